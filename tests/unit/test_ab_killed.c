// SPDX-License-Identifier: GPL-2.0-only
/* A comparison that is killed, again and again, and goes on. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REGCTL	"build/host/regctl"
#define KILLS	60u

/* It takes the same time always; its load runs until it is stopped. */
static const char scenario[] =
	"victim run printf 'clock_hz 1000\\njob 0 start 1 cycles 7\\n"
	"job 1 start 9 cycles 8\\n'\n"
	"load run sleep 86397; true\n"
	"repetitions 10\n"
	"settle_us 500\n"
	"arm alone\n"
	"arm beside\n"
	"loads all\n";

static char directory[32];

static void path_of(char path[64], const char *name)
{
	snprintf(path, 64, "%s/%s", directory, name);
}

static pid_t start(const char *name, bool resume)
{
	char text[64], results[64];
	pid_t child;

	path_of(text, "scenario");
	path_of(results, name);
	child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(REGCTL, REGCTL, "ab", "run", text, "-o", results,
		      "--sysfs", "/nonexistent", "--device", "/nonexistent",
		      resume ? "--resume" : NULL, (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0);
	return child;
}

static int end(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* What a shell command prints. */
static void shell(const char *command, char text[4096])
{
	FILE *pipe = popen(command, "r");
	size_t size;

	assert_non_null(pipe);
	size = fread(text, 1, 4095, pipe);
	text[size] = '\0';
	pclose(pipe);
}

static void assert_shell(const char *format, const char *wanted)
{
	static char text[4096];
	char command[256];

	snprintf(command, sizeof(command), format, directory, directory);
	shell(command, text);
	assert_string_equal(text, wanted);
}

static int setup(void **state)
{
	char path[64];
	FILE *file;

	(void)state;
	strcpy(directory, "/tmp/weir-ab.XXXXXX");
	assert_non_null(mkdtemp(directory));
	path_of(path, "scenario");
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(scenario, file);
	fclose(file);
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

/* A load does not outlive who started it, nor do its children. */
static void no_load_is_left(void)
{
	for (unsigned int tries = 0; tries < 200; tries++) {
		char text[4096];

		shell("grep -lax 'sleep.86397.' /proc/[0-9]*/cmdline 2>/dev/null",
		      text);
		if (!*text)
			return;
		usleep(10000);
	}
	fail_msg("a load still runs");
}

static void test_killed_anywhere_it_goes_on(void **state)
{
	char killed[64];
	unsigned int dead = 0;

	(void)state;
	assert_int_equal(end(start("whole", false)), 0);
	/* As when it is killed before it wrote anything. */
	path_of(killed, "killed");
	assert_int_equal(mkdir(killed, 0777), 0);
	for (unsigned int n = 0; n < KILLS; n++) {
		pid_t child = start("killed", true);
		int status;

		usleep(n * 7919 % 40 * 500);
		kill(child, SIGKILL);
		status = end(child);
		if (status != -SIGKILL && status)
			fail_msg("going on after %u kills ends with %d", n,
				 status);
		dead += status != 0;
	}
	print_message("%u of %u were killed\n", dead, KILLS);
	assert_true(dead > KILLS / 4);
	no_load_is_left();
	assert_int_equal(end(start("killed", true)), 0);
	assert_shell("sort %s/whole/iterations.csv >%s/a", "");
	assert_shell("sort %s/killed/iterations.csv | cmp - %s/a", "");
	assert_shell("cut -d, -f 1-3 %s/whole/runs.csv | sort >%s/a", "");
	assert_shell("cut -d, -f 1-3 %s/killed/runs.csv | sort | cmp - %s/a", "");
	assert_shell("wc -l <%s/killed/runs.csv", "21\n");
}

/* Nothing is gone on with that was measured elsewhere. */
static void test_the_environment_is_the_same(void **state)
{
	(void)state;
	assert_int_equal(end(start("whole", false)), 0);
	assert_int_equal(end(start("whole", false)), 2);
	assert_int_equal(end(start("whole", true)), 0);
	assert_shell("sed -i 's/\"cpus\": /&9/' %s/whole/environment.json", "");
	assert_int_equal(end(start("whole", true)), 2);
	assert_int_equal(end(start("nowhere", true)), 2);
}

/* Writes another scenario, runs it into `name`; the exit status. */
static int run_scenario(const char *text, const char *name)
{
	char path[64];
	FILE *file;

	path_of(path, "scenario");
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return end(start(name, false));
}

#define PRINTS(checksums)						\
	"victim run printf 'clock_hz 9\\njob 0 start 1 cycles 7 sum %s\\n"	\
	"job 1 start 9 cycles 8 sum %s\\n' " checksums "\n"

/* Jobs that did other work are no measurement of this one. */
static void test_equal_work_or_none(void **state)
{
	(void)state;
	assert_int_equal(run_scenario(PRINTS("ab ab") "arm a\narm b\n"
				      PRINTS("ab ab"), "equal"), 0);
	assert_shell("tail -n +2 %s/equal/runs.csv | cut -d, -f 10",
		     "ab\r\nab\r\n");
	assert_shell("grep -c '\"checksum\": \"ab\"' %s/equal/summary.json",
		     "2\n");
	assert_int_equal(run_scenario(PRINTS("ab ac") "arm a\n", "jobs"), 1);
	assert_int_equal(run_scenario(PRINTS("ab ab") "arm a\narm b\n"
				      PRINTS("ac ac"), "arms"), 1);
	/* What was right stays. */
	assert_shell("tail -n +2 %s/arms/runs.csv | cut -d, -f 1,10", "a,ab\r\n");
	assert_int_equal(run_scenario(PRINTS("ab ab") "arm a\narm b\n"
				      "checksum own\n" PRINTS("ac ac"),
				      "own"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed_anywhere_it_goes_on,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_environment_is_the_same,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_equal_work_or_none,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
