// SPDX-License-Identifier: GPL-2.0-only
/* One run of an arm: loads and settings around the victim. */
#include "ab.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STOP_LOOK_NS	1000000
#define STOP_TRIES	2000	/* some seconds: then it is killed */

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

void ab_signals_catch(void)
{
	interrupted = 0;
	app_signals_catch(interrupt);
}

bool ab_interrupted(void)
{
	return interrupted;
}

int ab_cpu_enter(struct ab_runner *runner)
{
	int cpu = runner->scenario->cpu;
	cpu_set_t set;

	sched_getaffinity(0, sizeof(runner->cpus), &runner->cpus);
	if (cpu < 0)
		return 0;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (!sched_setaffinity(0, sizeof(set), &set))
		return 0;
	app_complain(runner->app, "CPU %d: %s", cpu, strerror(errno));
	return APP_ABSENT;
}

void ab_cpus_leave(const struct ab_runner *runner)
{
	if (runner->scenario->cpu >= 0)
		sched_setaffinity(0, sizeof(runner->cpus), &runner->cpus);
}

/* --- loads --- */

/* A group of its own: a load's children end with it. */
static void group_kill(int number)
{
	(void)number;
	kill(0, SIGKILL);
}

static void load_execute(const struct ab_runner *runner, const char *words)
{
	int null = open("/dev/null", O_RDWR);

	ab_cpus_leave(runner);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	signal(SIGTERM, SIG_DFL);
	execl("/bin/sh", "sh", "-c", words, (char *)NULL);
	_exit(127);
}

/* Stands between us and the load: when we are killed, so is the load. */
static void load_guard(const struct ab_runner *runner, const char *words,
		       pid_t parent)
{
	int ended = 0;
	pid_t child;

	setpgid(0, 0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGUSR1, group_kill);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	if (getppid() != parent)
		_exit(127);
	child = fork();
	if (child == 0)
		load_execute(runner, words);
	while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(ended) ? WEXITSTATUS(ended) : 127);
}

static pid_t process_start(const struct ab_runner *runner, const char *words)
{
	pid_t parent = getpid(), child = fork();

	if (child == 0)
		load_guard(runner, words, parent);
	return child;
}

static int loads_start(struct ab_runner *runner,
		       const struct scenario_arm *arm)
{
	unsigned int end = arm->loads_first + arm->loads;
	int status = 0;

	runner->loads_first = runner->loads_started = arm->loads_first;
	fflush(NULL);
	while (runner->loads_started < end && !status) {
		unsigned int n = runner->loads_started++;
		const struct scenario_program *load = &runner->scenario->load[n];

		runner->load[n] = 0;
		if (load->in_cell) {
			status = ab_cell_start(runner, load);
			continue;
		}
		runner->load[n] = process_start(runner, load->words);
		if (runner->load[n] < 0) {
			app_complain(runner->app, "no process: %s",
				     strerror(errno));
			runner->load[n] = 0;
			status = APP_ABSENT;
		}
	}
	return status;
}

/* A load that ended before it was stopped is no load. */
static int loads_check(struct ab_runner *runner)
{
	for (unsigned int n = runner->loads_first; n < runner->loads_started; n++) {
		if (!runner->load[n] ||
		    waitpid(runner->load[n], NULL, WNOHANG) == 0)
			continue;
		runner->load[n] = 0;
		app_complain(runner->app, "a load ended by itself: %s",
			     runner->scenario->load[n].words);
		return APP_NO;
	}
	return 0;
}

static int load_stop(struct ab_runner *runner, unsigned int n)
{
	const struct scenario_program *load = &runner->scenario->load[n];
	const struct timespec pause = { .tv_nsec = STOP_LOOK_NS };
	const char *shutdown[] = { "cell", "shutdown", load->cell };

	if (load->in_cell)
		return ab_regctl(runner, shutdown, 3);
	if (!runner->load[n])
		return 0;
	/* Its group may not be there yet, nor all of it. */
	for (unsigned int tries = 0;
	     !waitpid(runner->load[n], NULL, WNOHANG); tries++) {
		kill(-runner->load[n], tries < STOP_TRIES ? SIGTERM : SIGKILL);
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int loads_stop(struct ab_runner *runner)
{
	int status = 0;

	while (runner->loads_started > runner->loads_first) {
		int ret = load_stop(runner, --runner->loads_started);

		status = status ? status : ret;
	}
	return status;
}

/* --- settings --- */

/* Splits at blanks, in place. */
static unsigned int words_split(char *text, const char **words,
				unsigned int most)
{
	unsigned int count = 0;
	char *rest = text, *word;

	while (count < most && (word = strtok_r(rest, " \t", &rest)))
		words[count++] = word;
	return count;
}

static int settings_apply(struct ab_runner *runner,
			  const struct scenario_arm *arm)
{
	int status = 0;

	for (unsigned int n = 0; n < arm->sets_count && !status; n++) {
		const char *words[APP_OPERANDS_MAX] = { "set" };
		char text[SCENARIO_LINE_BYTES];

		strcpy(text, arm->set[n]);
		status = ab_regctl(runner, words, 1 +
				   words_split(text, words + 1,
					       APP_OPERANDS_MAX - 1));
	}
	return status;
}

/* Back to the policies of the configurations. */
static int settings_undo(struct ab_runner *runner,
			 const struct scenario_arm *arm)
{
	int status = 0;

	for (unsigned int n = 0; n < arm->sets_count; n++) {
		const char *words[2] = { "reset" };
		char text[SCENARIO_LINE_BYTES];
		int ret;

		strcpy(text, arm->set[n]);
		if (!words_split(text, words + 1, 1))
			continue;
		ret = ab_regctl(runner, words, 2);
		status = status ? status : ret;
	}
	return status;
}

/* --- what everybody moved --- */

struct traffic {
	uint64_t now_ns, victim_bytes, others_bytes, stall_ns, others_cpus;
	uint64_t budget_bytes_per_s;
};

static void traffic_add(struct traffic *traffic,
			const struct reg_status *status, bool is_victim)
{
	uint64_t bytes = (reg_status_read_lines(status) +
			  reg_status_written_lines(status)) * status->line_bytes;

	if (is_victim) {
		traffic->victim_bytes += bytes;
		return;
	}
	traffic->others_bytes += bytes;
	traffic->others_cpus += status->num_cpus;
	if (status->effective.budget_bytes_per_s != REG_BUDGET_UNLIMITED)
		traffic->budget_bytes_per_s +=
			status->effective.budget_bytes_per_s;
	for (unsigned int n = 0; n < status->num_cpus; n++)
		traffic->stall_ns += status->cpu[n].stall_ns;
}

static int traffic_read(struct ab_runner *runner, struct traffic *traffic)
{
	const struct scenario_program *victim = runner->victim;
	struct reg_cell_info cells[REG_CELLS_MAX];
	struct reg_device *device = runner->app->device;
	int count = runner->native ? 0 : reg_cells_list(device, cells);

	*traffic = (struct traffic){ .now_ns = ab_now_ns(runner) };
	for (int n = 0; n < count; n++) {
		struct weir_cell_id id = { .id = (int32_t)cells[n].id };
		struct reg_status status;

		if (reg_get(device, &id, &status))
			return app_fail(runner->app);
		traffic_add(traffic, &status, victim->in_cell &&
					      !strcmp(victim->cell, cells[n].name));
	}
	return 0;
}

static uint64_t grown(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

static void run_fill(struct ab_run *run, const struct traffic *before,
		     const struct traffic *after)
{
	run->span_ns = grown(before->now_ns, after->now_ns);
	run->victim_bytes = grown(before->victim_bytes, after->victim_bytes);
	run->others_bytes = grown(before->others_bytes, after->others_bytes);
	run->stall_ns = grown(before->stall_ns, after->stall_ns);
	run->others_cpus = after->others_cpus;
	run->budget_bytes_per_s = after->budget_bytes_per_s;
}

static int victim_record(struct ab_runner *runner, const struct ab_run *run,
			 struct ab_output *output)
{
	int status = ab_record_begin(runner, run), ended;

	if (status)
		return status;
	status = ab_victim_run(runner, output);
	ended = ab_record_end(runner);
	return status ? status : ended;
}

/* The first ones do not count. */
static void warmup_drop(const struct scenario *scenario,
			struct ab_results *jobs)
{
	size_t first = scenario->warmup < jobs->iterations_count ?
		       scenario->warmup : jobs->iterations_count;

	jobs->iterations_count -= first;
	memmove(jobs->iterations, jobs->iterations + first,
		jobs->iterations_count * sizeof(*jobs->iterations));
}

/* Loads make themselves ready: that is not what they are there for. */
static void loads_settle(const struct ab_runner *runner)
{
	uint64_t settle_us = runner->scenario->settle_us;
	const struct timespec settle = {
		.tv_sec = (time_t)(settle_us / 1000000),
		.tv_nsec = (long)(settle_us % 1000000 * 1000),
	};

	nanosleep(&settle, NULL);
}

static int victim_measure(struct ab_runner *runner, struct ab_run *run,
			  struct ab_output *output)
{
	struct traffic before, after;
	int status = traffic_read(runner, &before);

	if (!status)
		status = victim_record(runner, run, output);
	if (!status)
		status = traffic_read(runner, &after);
	if (!status)
		status = loads_check(runner);
	if (status)
		return status;
	warmup_drop(runner->scenario, &output->jobs);
	if (output->differs) {
		app_complain(runner->app, "the victim's jobs differ in their checksums");
		return APP_NO;
	}
	if (output->lost || !output->jobs.iterations_count) {
		app_complain(runner->app, output->lost ?
			     "a job of the victim is missing on the console" :
			     "the victim reported no job that counts");
		return APP_NO;
	}
	run->iterations = output->jobs.iterations_count;
	memcpy(run->checksum, output->checksum, sizeof(run->checksum));
	run_fill(run, &before, &after);
	return 0;
}

/* --- without the hypervisor --- */

static int native_begin(struct ab_runner *runner, const struct scenario_arm *arm)
{
	const char *disable[] = { "disable" };

	runner->native = arm->native;
	runner->loads_first = runner->loads_started = 0;
	return arm->native ? ab_regctl(runner, disable, 1) : 0;
}

static int native_end(struct ab_runner *runner, const struct scenario_arm *arm)
{
	const char *enable[] = { "enable", runner->scenario->system };

	return arm->native ? ab_regctl(runner, enable, 2) : 0;
}

/* --- after a comparison that was killed --- */

static int cell_stop(struct ab_runner *runner,
		     const struct scenario_program *program)
{
	const char *shutdown[] = { "cell", "shutdown", program->cell };
	struct reg_cell_info info;
	struct weir_cell_id cell;

	if (!program->in_cell)
		return 0;
	if (reg_cell_id(runner->app->device, program->cell, &cell) ||
	    reg_cell_find(runner->app->device, &cell, &info))
		return app_fail(runner->app);
	return strncmp(info.state, "running", 7) ? 0 :
	       ab_regctl(runner, shutdown, 3);
}

static bool is_killed_native(struct ab_runner *runner)
{
	struct reg_cell_info cells[REG_CELLS_MAX];

	return *runner->scenario->system &&
	       reg_cells_list(runner->app->device, cells) <= 0;
}

int ab_leftovers_clear(struct ab_runner *runner)
{
	const struct scenario *scenario = runner->scenario;
	const char *enable[] = { "enable", scenario->system };
	int status = is_killed_native(runner) ? ab_regctl(runner, enable, 2) : 0;

	if (!status)
		status = ab_record_clear(runner);
	for (unsigned int n = 0; n < scenario->arms_count && !status; n++) {
		status = cell_stop(runner, scenario_victim(scenario, n));
		if (!status)
			status = settings_undo(runner, &scenario->arm[n]);
	}
	for (unsigned int n = 0; n < scenario->loads_count && !status; n++)
		status = cell_stop(runner, &scenario->load[n]);
	return status;
}

int ab_run_once(struct ab_runner *runner, unsigned int arm,
		struct ab_run *run, struct ab_output *output)
{
	const struct scenario_arm *about = &runner->scenario->arm[arm];
	int status = native_begin(runner, about), undone, stopped;

	runner->victim = scenario_victim(runner->scenario, arm);
	if (!status)
		status = loads_start(runner, about);
	/* Unregulated: else some would not be ready when the victim starts. */
	if (!status)
		loads_settle(runner);
	if (!status)
		status = settings_apply(runner, about);
	if (!status)
		status = victim_measure(runner, run, output);
	undone = settings_undo(runner, about);
	stopped = loads_stop(runner);
	status = status ? status : undone;
	status = status ? status : stopped;
	undone = native_end(runner, about);
	return status ? status : undone;
}
