// SPDX-License-Identifier: GPL-2.0-only
/* The victim of a comparison: in its cell or as a command, and what it says. */
#include "ab.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S	1000000000ull
#define LOOK_NS		2000000

static int line_take(struct ab_output *output)
{
	struct ab_iteration job = { 0 };
	const char *found = strstr(output->line, "clock_hz ");
	char checksum[AB_CHECKSUM_BYTES] = "";
	uint64_t number;

	if (found)
		output->clock_hz = strtoull(found + 9, NULL, 10);
	found = strstr(output->line, "job ");
	if (!found || sscanf(found, "job %" SCNu64 " start %" SCNu64
			     " cycles %" SCNu64 " sum %31[0-9a-f]", &number,
			     &job.start_cycles, &job.cycles, checksum) < 3)
		return 0;
	/* A console that lost characters must not pass for a measurement. */
	if (number != output->jobs.iterations_count || !output->clock_hz) {
		output->lost = true;
		return 0;
	}
	if (!number)
		memcpy(output->checksum, checksum, sizeof(checksum));
	output->differs |= strcmp(output->checksum, checksum) != 0;
	job.clock_hz = output->clock_hz;
	return results_add_iteration(&output->jobs, &job);
}

int ab_output_take(struct ab_output *output, const char *bytes, size_t size)
{
	int ret = 0;

	for (size_t n = 0; n < size && !ret; n++) {
		if (bytes[n] == '\n') {
			output->line[output->length] = '\0';
			output->length = 0;
			ret = line_take(output);
		} else if (output->length < sizeof(output->line) - 1) {
			output->line[output->length++] = bytes[n];
		}
	}
	return ret;
}

uint64_t ab_now_ns(struct ab_runner *runner)
{
	const struct weir_cell_id root = { .id = 0 };
	struct reg_status status;
	struct timespec now;

	if (reg_get(runner->app->device, &root, &status) == 0)
		return status.now_ns;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int ab_regctl(struct ab_runner *runner, const char *const *words,
	      unsigned int count)
{
	struct app app = {
		.err = runner->app->err, .quiet = true,
		.transport = runner->app->transport,
		.device_path = runner->app->device_path,
		.sysfs_path = runner->app->sysfs_path,
	};
	char *argv[APP_OPERANDS_MAX + 2] = { (char *)"regctl" };
	int status;

	if (count > APP_OPERANDS_MAX)
		return APP_USAGE;
	for (unsigned int n = 0; n < count; n++)
		argv[n + 1] = (char *)words[n];
	app.out = fopen("/dev/null", "w");
	if (!app.out)
		return app_fail_memory(runner->app);
	status = regctl_run(&app, (int)count + 1, argv);
	fclose(app.out);
	return status;
}

int ab_cell_start(struct ab_runner *runner,
		  const struct scenario_program *program)
{
	const char *load[] = { "cell", "load", program->cell, program->image,
			       "-a", "0", "-s", program->words, "-a", "0x1000" };
	const char *start[] = { "cell", "start", program->cell };
	int status = ab_regctl(runner, load, *program->words ? 10 : 6);

	return status ? status : ab_regctl(runner, start, 3);
}

/* Reads until the end, or until the console has given all it had. */
static int console_take(struct ab_runner *runner, int fd,
			struct ab_output *output)
{
	char bytes[2048];
	ssize_t count;

	while ((count = read(fd, bytes, sizeof(bytes))) > 0)
		if (output && ab_output_take(output, bytes, (size_t)count))
			return app_fail_memory(runner->app);
	return 0;
}

static int cell_await(struct ab_runner *runner, int fd,
		      struct ab_output *output)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	struct weir_cell_id cell;
	struct reg_cell_info info;
	struct app *app = runner->app;
	int status = 0;

	if (reg_cell_id(app->device, runner->victim->cell, &cell))
		return app_fail(app);
	do {
		nanosleep(&pause, NULL);
		if (reg_cell_find(app->device, &cell, &info))
			return app_fail(app);
		/* The state first: what was printed before is then there. */
		status = console_take(runner, fd, output);
	} while (!status && !ab_interrupted() &&
		 !strncmp(info.state, "running", 7));
	if (!status && !ab_interrupted() && strcmp(info.state, "shut down")) {
		app_complain(app, "the victim's cell is %s", info.state);
		status = APP_NO;
	}
	return status;
}

static int cell_run(struct ab_runner *runner, struct ab_output *output)
{
	const char *input[] = { "cell", "input", runner->victim->cell,
				runner->scenario->input };
	int fd = reg_console_open(runner->app->device, false);
	int status;

	if (fd < 0)
		return app_fail(runner->app);
	status = console_take(runner, fd, NULL);
	if (!status && *runner->scenario->input)
		status = ab_regctl(runner, input, 4);
	if (!status)
		status = ab_cell_start(runner, runner->victim);
	if (!status)
		status = cell_await(runner, fd, output);
	close(fd);
	return status;
}

static pid_t command_start(const struct ab_runner *runner, int *from)
{
	int ends[2];
	pid_t child;

	if (pipe(ends))
		return -1;
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		ab_cpus_leave(runner);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("/bin/sh", "sh", "-c", runner->victim->words,
		      (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	*from = ends[0];
	return child;
}

/* A command that times nothing itself is one job, from its start to its end. */
static int command_run(struct ab_runner *runner, struct ab_output *output)
{
	struct ab_iteration whole = { .clock_hz = NS_PER_S };
	int from, ended = 0, status;
	pid_t child;

	fflush(NULL);
	whole.start_cycles = ab_now_ns(runner);
	child = command_start(runner, &from);
	if (child < 0) {
		app_complain(runner->app, "no process: %s", strerror(errno));
		return APP_ABSENT;
	}
	status = console_take(runner, from, output);
	close(from);
	while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
		;
	whole.cycles = ab_now_ns(runner) - whole.start_cycles;
	if (!ab_interrupted() && (!WIFEXITED(ended) || WEXITSTATUS(ended))) {
		app_complain(runner->app, "the victim failed: %s",
			     runner->victim->words);
		return APP_NO;
	}
	if (!output->clock_hz && !output->jobs.iterations_count &&
	    results_add_iteration(&output->jobs, &whole))
		return app_fail_memory(runner->app);
	return status;
}

int ab_victim_run(struct ab_runner *runner, struct ab_output *output)
{
	return runner->victim->in_cell ? cell_run(runner, output) :
					 command_run(runner, output);
}
