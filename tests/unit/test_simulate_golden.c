// SPDX-License-Identifier: GPL-2.0-only
/* Scenarios whose results are known, to the byte; what is printed and drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define SIMULATE	"build/sim/weir-simulate "
#define SCENARIOS	"tools/memsys/simulate/scenarios/"
#define GOLDEN		"tests/golden/simulate/"

static void shell(const char *command)
{
	int status = system(command);

	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg("%s: status %d", command, WEXITSTATUS(status));
}

/* After a change that is meant: write the golden file anew, and look at it. */
static void expect_golden(const char *name)
{
	char command[512];

	snprintf(command, sizeof(command),
		 SIMULATE SCENARIOS "%s.scenario --json | diff -u " GOLDEN
		 "%s.json - >&2", name, name);
	shell(command);
}

static void isolation(void **state)
{
	(void)state;
	expect_golden("isolation");
}

static void isolation_synchronous(void **state)
{
	(void)state;
	expect_golden("isolation-synchronous");
}

static void isolation_writes(void **state)
{
	(void)state;
	expect_golden("isolation-writes");
}

static void isolation_phases(void **state)
{
	(void)state;
	expect_golden("isolation-phases");
}

static void isolation_writes_phases(void **state)
{
	(void)state;
	expect_golden("isolation-writes-phases");
}

static void cache(void **state)
{
	(void)state;
	expect_golden("cache");
}

static void colors(void **state)
{
	(void)state;
	expect_golden("colors");
}

static void pool(void **state)
{
	(void)state;
	expect_golden("pool");
}

static void storm(void **state)
{
	(void)state;
	expect_golden("storm");
}

static void utilisation(void **state)
{
	(void)state;
	expect_golden("utilisation");
}

static void lending(void **state)
{
	(void)state;
	expect_golden("lending");
}

static void watch(void **state)
{
	(void)state;
	expect_golden("watch");
}

static void deadline(void **state)
{
	(void)state;
	expect_golden("deadline");
}

#define SHORT								      \
	"printf 'duration = 2ms\\nbaseline = a\\n[cell c]\\ncpus = 0-2\\n"     \
	"load = stream\\nbudget = 100MB/s\\n[variant a]\\n"		      \
	"[variant b]\\nc.budget = max\\n' "				      \
	">build/unit/short.scenario && " SIMULATE "build/unit/short.scenario "

static void tables_and_drawings(void **state)
{
	(void)state;
	shell(SHORT "--csv --svg build/unit/short.svg >build/unit/short.csv");
	shell("head -n 1 build/unit/short.csv | grep -q "
	      "'^VARIANT,CELL,CPUS,BUDGET.B/s.,PERIOD.ns.,'");
	shell("grep -q '^a,c,0-2,100000000,1000000,[0-9]*,[0-9.]*,1.000,' build/unit/short.csv");
	shell("grep -q '</svg>' build/unit/short.svg && "
	      "grep -q '<polyline' build/unit/short.svg");
	/* Numbers as people write them. */
	shell("grep -q '>10000<' build/unit/short.svg && "
	      "! grep -q 'e+' build/unit/short.svg");
	shell(SHORT "| grep -q '^VARIANT *CELL'");
	shell(SHORT "--no-headings | grep -q '^a *c *0-2'");
}

static void refusals_are_the_hypervisors(void **state)
{
	(void)state;
	shell("printf '[cell c]\\ncpus = 0\\nbudget = 1B/s\\n' "
	      ">build/unit/refused.scenario; " SIMULATE
	      "build/unit/refused.scenario 2>build/unit/refused.text; "
	      "test $? -eq 4 && grep -q 'per second; 0 stops the cell$' "
	      "build/unit/refused.text");
	shell(SIMULATE "Makefile 2>build/unit/refused.text; test $? -eq 2 && "
	      "grep -q 'Makefile:[0-9]*: ' build/unit/refused.text");
	shell(SIMULATE "2>build/unit/refused.text; test $? -eq 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(isolation),
		cmocka_unit_test(isolation_synchronous),
		cmocka_unit_test(isolation_writes),
		cmocka_unit_test(isolation_phases),
		cmocka_unit_test(isolation_writes_phases),
		cmocka_unit_test(cache),
		cmocka_unit_test(colors),
		cmocka_unit_test(pool),
		cmocka_unit_test(storm),
		cmocka_unit_test(lending),
		cmocka_unit_test(utilisation),
		cmocka_unit_test(watch),
		cmocka_unit_test(deadline),
		cmocka_unit_test(tables_and_drawings),
		cmocka_unit_test(refusals_are_the_hypervisors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
