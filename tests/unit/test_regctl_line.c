// SPDX-License-Identifier: GPL-2.0-only
/* Command lines of regctl: what reaches the driver, what is refused, how. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "abi/cell-config.h"
#include "abi/input.h"
#include "regctl-fake.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define MAX		"18446744073709551615"

static struct fake fake;

static int setup(void **state)
{
	(void)state;
	fake_setup(&fake);
	fake_file(&fake, "image", "IMAGE");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_teardown(&fake);
	return 0;
}

/* The command succeeds, and the driver saw just this. */
static void asks(const char *line, const char *log)
{
	int status = fake_run(&fake, line);

	if (status)
		fail_msg("'%s' ends with %d: %s", line, status, fake.err);
	if (strcmp(fake.log, log) != 0)
		fail_msg("'%s' asked\n%snot\n%s", line, fake.log, log);
}

/* The command ends with 2, says so, and nobody was asked anything. */
static void refuses(const char *line, const char *says)
{
	int status = fake_run(&fake, line);

	if (status != APP_USAGE)
		fail_msg("'%s' ends with %d: %s", line, status, fake.err);
	if (fake.calls)
		fail_msg("'%s' asked %s", line, fake.log);
	if (fake.out_size)
		fail_msg("'%s' wrote data: %s", line, fake.out);
	if (!strstr(fake.err, says))
		fail_msg("'%s' says '%s', not '%s'", line, fake.err, says);
}

static void test_set(void **state)
{
	(void)state;
	asks("set root --budget 200MB/s",
	     "set id=0 valid=0x1 budget=200000000 write=0 period=0 mode=0 "
	     "source=0 regulator=0\n");
	asks("set 0 --budget=200MiB/s --write max --period 500us --per-cpu",
	     "set id=0 valid=0xf budget=209715200 write=" MAX
	     " period=500000 mode=1 source=0 regulator=0\n");
	asks("set victim --pool --source pmuv3 --regulator memguard",
	     "set name=victim valid=0x38 budget=0 write=0 period=0 mode=0 "
	     "source=2 regulator=1\n");
	asks("set 7 --budget max",
	     "set id=7 valid=0x1 budget=" MAX " write=0 period=0 mode=0 "
	     "source=0 regulator=0\n");
}

static void test_set_transactions(void **state)
{
	(void)state;
	/* The cell's period and line size are asked for ... */
	asks("set root --budget 3125tx/period",
	     "get id=0\n"
	     "set id=0 valid=0x1 budget=200000000 write=0 period=0 mode=0 "
	     "source=0 regulator=0\n");
	/* ... and a period given at the same time is the one that counts. */
	asks("set root --write 10tx/period --period 100us",
	     "get id=0\n"
	     "set id=0 valid=0x6 budget=0 write=6400000 period=100000 mode=0 "
	     "source=0 regulator=0\n");
}

static void test_set_refusals(void **state)
{
	(void)state;
	refuses("set root", "nothing to set");
	refuses("set", "an operand is missing: CELL");
	refuses("set root victim --pool", "'victim' is one operand too many");
	refuses("set root --budget 200", "--budget '200', column 4:");
	refuses("set root --budget 200MX/s", "column 5: unknown unit 'MX/s'");
	refuses("set root --budget -1MB/s", "negative");
	refuses("set root --write nan", "--write 'nan', column 1:");
	refuses("set root --period 1", "--period '1', column 2:");
	refuses("set root --period 19us",
		"--period '19us': must be from 20us to 1s");
	refuses("set root --period 1.000000001s", "must be from 20us to 1s");
	refuses("set root --per-cpu --pool", "--per-cpu and --pool exclude");
	refuses("set root --source llc",
		"--source 'llc': unknown; there are memsys, pmuv3");
	refuses("set root --regulator no",
		"unknown; there are memguard, bucket");
	refuses("set root --budget 50%", "calibrated");
	refuses("set '' --pool", "must not be empty");
	refuses("set 12345678901234567890123456789012 --pool",
		"at most 31 characters");
}

static void test_period_limits_are_inclusive(void **state)
{
	(void)state;
	asks("set root --period 20us",
	     "set id=0 valid=0x4 budget=0 write=0 period=20000 mode=0 "
	     "source=0 regulator=0\n");
	asks("set root --period 1s",
	     "set id=0 valid=0x4 budget=0 write=0 period=1000000000 mode=0 "
	     "source=0 regulator=0\n");
}

static void test_set_class(void **state)
{
	(void)state;
	asks("set root --budget 1MB/s --class guaranteed",
	     "set id=0 valid=0x801 budget=1000000 write=0 period=0 mode=0 "
	     "source=0 regulator=0 class=1\n");
	asks("set victim --class best-effort",
	     "set name=victim valid=0x800 budget=0 write=0 period=0 mode=0 "
	     "source=0 regulator=0 class=0\n");
	asks("set root --lend on",
	     "set id=0 valid=0x1000 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 flags=1\n");
	asks("unset root --lend",
	     "set id=0 valid=0x1000 budget=18446744073709551615 "
	     "write=18446744073709551615 period=1000000 mode=0 source=0 "
	     "regulator=0 flags=0\n");
	refuses("set root --lend maybe", "must be on or off");
	refuses("set root --class gold", "there are guaranteed and best-effort");
}

/* What goes beside a budget. */
static void test_set_beside(void **state)
{
	(void)state;
	asks("set root --duty 40%",
	     "set id=0 valid=0x40 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 duty=400\n");
	asks("set root --duty 12.34% --throttle-period 2ms --cpus 1-3",
	     "set id=0 valid=0x1c0 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 duty=123 throttle=2000000 cpus=0xe\n");
	asks("set root --cpus all --duty 100%",
	     "set id=0 valid=0x140 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 duty=1000 cpus=0\n");
	asks("set root --regulator bucket --depth 64KiB --burst 16KiB/20us",
	     "set id=0 valid=0x620 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=2 depth=65536 burst=16384/20000\n");
	asks("set root --depth default",
	     "set id=0 valid=0x200 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 depth=0\n");
	asks("set root --regulator mempol --poll 6us --law window",
	     "set id=0 valid=0x6020 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=3 poll=6000 law=1\n");
	asks("set root --poll default --law bucket",
	     "set id=0 valid=0x6000 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 poll=0 law=0\n");
	refuses("set root --poll 999ns", "must be from 1us to 1ms");
	refuses("set root --poll 1001us", "must be from 1us to 1ms");
	refuses("set root --poll 0us", "must be from 1us to 1ms");
	refuses("set root --poll 6", "--poll '6', column");
	asks("set root --watch 3",
	     "set id=0 valid=0x8000 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 watch=4\n");
	asks("set root --watch none",
	     "set id=0 valid=0x8000 budget=0 write=0 period=0 mode=0 source=0 "
	     "regulator=0 watch=0\n");
	refuses("set root --watch 1-2", "must be one CPU, or none");
	refuses("set root --law order", "there are bucket and window");
	refuses("set root --duty 0%", "above 0%");
	refuses("set root --duty 101%", "at most 100%");
	refuses("set root --duty 400", "percentage");
	refuses("set root --throttle-period 99us", "must be from 100us to 1s");
	refuses("set root --throttle-period 1001ms", "must be from 100us");
	refuses("set root --cpus 3-1", "--cpus '3-1'");
	refuses("set root --depth 0B", "must be above 0");
	refuses("set root --burst 16KiB", "a size and a time, as 16KiB/20us");
	refuses("set root --burst 16K/20us", "--burst '16K/20us', column");
	refuses("set root --burst 16KiB/20", "--burst '16KiB/20', column");
	refuses("set root --burst 0B/20us", "must be above 0");
	refuses("set root --burst 1KiB/9us", "column 6: must be from 10us");
	refuses("set root --duty 40% --clock 50%", "without the settings of");
}

static void test_unset_and_reset(void **state)
{
	(void)state;
	asks("unset root",
	     "set id=0 valid=0x443 budget=" MAX " write=" MAX
	     " period=1000000 mode=0 source=0 regulator=0 duty=1000 "
	     "burst=0/20000\n");
	asks("unset root --duty",
	     "set id=0 valid=0x1c0 budget=" MAX " write=" MAX
	     " period=1000000 mode=0 source=0 regulator=0 duty=1000 "
	     "throttle=1000000 cpus=0\n");
	asks("unset root --burst --depth",
	     "set id=0 valid=0x600 budget=" MAX " write=" MAX
	     " period=1000000 mode=0 source=0 regulator=0 depth=0 "
	     "burst=0/20000\n");
	asks("unset root --poll --law",
	     "set id=0 valid=0x6000 budget=" MAX " write=" MAX
	     " period=1000000 mode=0 source=0 regulator=0 poll=0 law=0\n");
	asks("unset victim --write",
	     "set name=victim valid=0x2 budget=" MAX " write=" MAX
	     " period=1000000 mode=0 source=0 regulator=0\n");
	asks("unset 0 --period --per-cpu",
	     "set id=0 valid=0xc budget=" MAX " write=" MAX
	     " period=1000000 mode=0 source=0 regulator=0\n");
	asks("reset victim",
	     "clear name=victim valid=0 budget=0 write=0 period=0 mode=0 "
	     "source=0 regulator=0\n"
	     "unshare name=victim valid=0 flags=0 l3=0/0/0/0 l2=0/0/0/0 "
	     "bandwidth=0 clock=0\n");
	refuses("reset", "an operand is missing");
	refuses("unset root --budget=1MB/s", "");
}

static void test_cell_commands(void **state)
{
	(void)state;
	asks("cell start victim", "start name=victim\n");
	asks("cell start 2", "start id=2\n");
	asks("cell shutdown victim", "load name=victim\n");
	asks("cell destroy victim", "destroy name=victim\n");
	refuses("cell start", "an operand is missing: CELL");
	refuses("cell create", "an operand is missing: CONFIG");
	refuses("cell create /nonexistent", "/nonexistent: No such file");
	refuses("cell start a b", "'b' is one operand too many");
}

static void load_asks(const char *options, const char *log)
{
	char line[256];

	snprintf(line, sizeof(line), options, fake.sysfs, fake.sysfs);
	asks(line, log);
}

static void test_cell_load(void **state)
{
	(void)state;
	load_asks("cell load victim %s/image",
		  "load name=victim 6@0x0:IMAGE\n\n");
	load_asks("cell load 2 %s/image -a 0x1000 -s 'ws=256k jobs=50' "
		  "-a 4096",
		  "load id=2 6@0x1000:IMAGE\n 16@0x1000:ws=256k jobs=50\n");
	load_asks("cell load 2 --string=one -a 0x20 %s/image %s/image "
		  "--address 0x10",
		  "load id=2 4@0x20:one 6@0x0:IMAGE\n 6@0x10:IMAGE\n\n");
	/* An option between the words changes nothing. */
	load_asks("-q cell load 2 --si -s x -a 1",
		  "load id=2 2@0x1:x\n");
}

static void test_cell_load_refusals(void **state)
{
	char line[256];

	(void)state;
	refuses("cell load victim", "nothing to load");
	refuses("cell load victim -a 0x1000 image",
		"must follow the IMAGE or STRING");
	refuses("cell load victim -s x -a 1 -a 2", "a second address for 'x'");
	refuses("cell load victim -s x -a 0xg", "--address '0xg', column 3:");
	refuses("cell load victim /nonexistent", "/nonexistent: No such file");
	snprintf(line, sizeof(line), "cell load victim %s", fake.sysfs);
	refuses(line, "cannot be read");
	refuses("cell load 2 -s1 -s2 -s3 -s4 -s5 -s6 -s7 -s8 -s9 -s10 -s11 "
		"-s12 -s13 -s14 -s15 -s16 -s17",
		"--string '17': at most 16 images and strings");
}

static void test_cell_input(void **state)
{
	const struct input_head *head = (const void *)fake.shared;
	char line[256];

	(void)state;
	snprintf(line, sizeof(line), "cell input victim %s/image", fake.sysfs);
	assert_int_equal(fake_run(&fake, line), APP_NO);
	assert_non_null(strstr(fake.err, "is running/locked: shut it down"));
	fake_file(&fake, "cells/2/state", "shut down");
	memset(fake.shared, 0xff, sizeof(fake.shared));
	snprintf(line, sizeof(line), "cell input 2 %s/image --dry-run", fake.sysfs);
	asks(line, "");
	assert_non_null(strstr(fake.err, "would put 6 bytes"));
	assert_int_equal(fake.shared[0], 0xff);
	load_asks("cell input victim %s/image", "map id=2 70\n");
	assert_int_equal(head->magic, INPUT_MAGIC);
	assert_memory_equal(head, "WIRINPUT", 8);
	assert_int_equal(head->bytes, 6);
	assert_memory_equal(head + 1, "IMAGE\n\xff", 7);
	refuses("cell input victim", "an operand is missing");
	refuses("cell input victim /nonexistent", "No such file");
	refuses("cell input victim /dev/null", "is empty");
	assert_int_equal(fake_run(&fake, "cell input victim Makefile"),
			 APP_REFUSED);
	assert_int_equal(head->bytes, 6);
}

static void test_life_of_the_hypervisor(void **state)
{
	char line[256];

	(void)state;
	snprintf(line, sizeof(line), "enable %s/image", fake.sysfs);
	asks(line, "enable config=6 image=0\n");
	snprintf(line, sizeof(line), "enable %s/image --image %s/cells/0/name",
		 fake.sysfs, fake.sysfs);
	asks(line, "enable config=6 image=10\n");
	asks("disable", "disable\n");
	asks("disable --force", "destroy id=2\ndisable\n");
	refuses("enable", "an operand is missing: CONFIG");
	refuses("enable /nonexistent", "No such file");
	refuses("disable now", "one operand too many");
}

static void test_dry_run_changes_nothing(void **state)
{
	char line[256];

	(void)state;
	asks("--dry-run set root --budget 1GB/s",
	     "check id=0 valid=0x1 budget=1000000000 write=0 period=0 mode=0 "
	     "source=0 regulator=0\n");
	asks("cell start victim --dry-run", "");
	assert_non_null(strstr(fake.err, "would start victim"));
	asks("reset root --dry-run", "");
	asks("disable --force --dry-run", "");
	assert_non_null(strstr(fake.err, "would destroy cell victim"));
	snprintf(line, sizeof(line), "cell load 2 %s/image --dry-run",
		 fake.sysfs);
	asks(line, "");
	/* What is no configuration is found out even so. */
	snprintf(line, sizeof(line), "enable --dry-run %s/image", fake.sysfs);
	assert_int_equal(fake_run(&fake, line), APP_NO);
	assert_non_null(strstr(fake.err, "signature"));
}

/* The board with an SMMUv3, as "unit.cell" with another kind of unit there. */
static void place_unit(uint32_t type)
{
	uint8_t blob[8192];
	struct system_desc *system = (void *)blob;
	char path[128];
	FILE *file = fopen("build/configs/qemu-virt-smmu.cell", "rb");
	size_t size;

	assert_non_null(file);
	size = fread(blob, 1, sizeof(blob), file);
	fclose(file);
	assert_true(size > sizeof(*system) && size < sizeof(blob));
	assert_int_equal(system->platform.iommu_units[0].type, IOMMU_SMMUV3);
	system->platform.iommu_units[0].type = type;
	snprintf(path, sizeof(path), "%s/unit.cell", fake.sysfs);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(blob, 1, size, file), size);
	fclose(file);
}

static void test_enabling_with_other_units_warns(void **state)
{
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), "enable --quiet %s/unit.cell", fake.sysfs);
	place_unit(IOMMU_MMU500);
	assert_int_equal(fake_run(&fake, line), 0);
	assert_non_null(strstr(fake.err, "WARNING: the SMMUv2 (MMU-500) at 0x9050000 is not driven, as "));
	place_unit(IOMMU_SMMUV3);
	assert_int_equal(fake_run(&fake, line), 0);
	assert_null(strstr(fake.err, "WARNING"));
}

static void test_enabling_without_iommu_warns(void **state)
{
	(void)state;
	assert_int_equal(fake_run(&fake, "enable --quiet build/configs/bochs.cell"), 0);
	assert_non_null(strstr(fake.err, "WARNING: no IOMMU"));
	assert_int_equal(fake_run(&fake, "enable build/configs/bochs.cell --dry-run"), 0);
	assert_non_null(strstr(fake.err, "WARNING: no IOMMU"));
	assert_int_equal(fake_run(&fake, "enable build/configs/qemu-virt-demo.cell"), 0);
	assert_null(strstr(fake.err, "WARNING"));
}

static void test_global_options(void **state)
{
	(void)state;
	refuses("--json --csv status", "--json and --csv exclude each other");
	refuses("status --csv --json", "--json and --csv exclude each other");
	refuses("--si status --iec", "--bytes, --iec and --si exclude");
	refuses("", "which command?");
	refuses("stat", "there is no command 'stat'");
	refuses("cell", "regctl cell: which command?");
	refuses("cell frob", "there is no command 'frob'");
	refuses("completion zsh", "'zsh' is no shell known here");
	asks("--csv --no-headings -v status root", "get id=0\n");
	asks("status root --csv --csv", "get id=0\n");
}

static void test_status_and_monitor_options(void **state)
{
	(void)state;
	asks("status", "get id=0\nget id=2\n");
	asks("status victim", "get id=2\n");
	asks("status root victim", "get id=0\nget id=2\n");
	refuses("status --cpus 0-", "--cpus '0-', column 3:");
	asks("monitor root -n 2 -i 1ms", "get id=0\nget id=0\nget id=0\n");
	asks("monitor --count=1 --interval=1ms",
	     "get id=0\nget id=2\nget id=0\nget id=2\n");
	refuses("monitor -n 0", "--count '0', column 1: must be at least 1");
	refuses("monitor -i 100", "--interval '100', column 4:");
	refuses("monitor -i 999us", "must be from 1ms to 3600s");
	refuses("monitor -n 1 -o /nonexistent/x", "/nonexistent/x: No such");
}

static void test_shares(void **state)
{
	(void)state;
	asks("set root --cache ways:4-7",
	     "share id=0 valid=0x1 flags=0 l3=0xf0/0/0/0 l2=0/0/0/0 "
	     "bandwidth=0 clock=0\n");
	asks("set 2 --cache 0xf0,shared --cache-l2 data=0x3,code=ways:2-3 --flush",
	     "share id=2 valid=0x3 flags=1 l3=0xf0/0/0/1 l2=0x3/0xc/0/0 "
	     "bandwidth=0 clock=0\n");
	asks("set root --cache none --bandwidth 50% --clock 12.5%",
	     "share id=0 valid=0xd flags=0 l3=0/0/0/0 l2=0/0/0/0 "
	     "bandwidth=500 clock=125\n");
	/* Of twelve ways. */
	asks("set root --cache 25%",
	     "shares id=0\nshare id=0 valid=0x1 flags=0 l3=0/0/3/0 "
	     "l2=0/0/0/0 bandwidth=0 clock=0\n");
	asks("set root --cache 1%",
	     "shares id=0\nshare id=0 valid=0x1 flags=0 l3=0/0/1/0 "
	     "l2=0/0/0/0 bandwidth=0 clock=0\n");
	asks("--dry-run set root --clock 100%",
	     "share? id=0 valid=0x8 flags=0 l3=0/0/0/0 l2=0/0/0/0 "
	     "bandwidth=0 clock=1000\n");
	asks("unset 2 --cache --bandwidth",
	     "share id=2 valid=0x5 flags=0 l3=0/0/0/0 l2=0/0/0/0 "
	     "bandwidth=1000 clock=1000\n");
}

#define STEPS "step flags=0\nstep flags=0\nstep flags=0\nstep flags=0\n"

static void test_colors(void **state)
{
	(void)state;
	asks("set root --colors 4-15", "colors id=0 flags=0 list=fff0/0\n" STEPS);
	asks("set root --colors 0,2-3,64,127",
	     "colors id=0 flags=0 list=d/8000000000000001\n" STEPS);
	asks("set 0 --colors all", "colors id=0 flags=0 list=0/0\n" STEPS);
	asks("set root --colors 0-3 --dry-run",
	     "colors id=0 flags=1 list=f/0\n");
	refuses("set root --colors 4-", "write a list as 4-15");
	refuses("set root --colors 5-4", "write a list");
	refuses("set root --colors 128", "below 128");
	refuses("set root --colors none", "write a list");
	refuses("set root --colors 1,,2", "write a list");
	refuses("set root --colors 1-3 --budget max",
		"--colors goes without other settings");
	refuses("set root --colors 1-3 --clock 50%",
		"--colors goes without other settings");
	fake.error = -EBUSY;
	assert_int_equal(fake_run(&fake, "set root --colors 1-3"), APP_REFUSED);
	assert_non_null(strstr(fake.err, "the reason"));
}

static void test_shares_refused(void **state)
{
	(void)state;
	refuses("set root --cache 4-7", "write ways:4-7");
	refuses("set root --cache ways:7-4", "ways:");
	refuses("set root --cache ways:40", "0 to 31");
	refuses("set root --cache 0x0", "1 to 32 bits");
	refuses("set root --cache 0x100000000", "1 to 32 bits");
	refuses("set root --cache 0%", "above 0%");
	refuses("set root --cache 101%", "at most 100%");
	refuses("set root --cache shared", "which ways?");
	refuses("set root --cache code=0x3", "which ways?");
	refuses("set root --cache 25%,code=0x3", "masks of their own");
	refuses("set root --cache ways:0,,", "write ways:4-7");
	refuses("set root --bandwidth 500MB/s", "percentage");
	refuses("set root --clock 0%", "above 0%");
	refuses("set root --cache 0xf --budget 1MB/s", "go without");
	refuses("unset root --cache --budget", "go without");
	refuses("set root --flush", "nothing to set");
}

static void test_sessions_and_comparisons(void **state)
{
	(void)state;
	refuses("profile start file -i 999ns", "from 1us to 1s");
	refuses("profile start file -i 10", "unit");
	refuses("profile start", "an operand is missing");
	refuses("profile run -- true", "--output is needed");
	refuses("profile plan file", "FILE:CELL:SOURCE");
	refuses("profile plan file:cell:cpu0 -x 5MB/s", "percentage");
	refuses("profile plan file:cell:cpu0 -m 5%", "must be a rate");
	refuses("profile plan file:cell:cpu0 -p 19us", "from 20us to 1s");
	refuses("profile plan /nonexistent:cell:cpu0 -p auto", "No such file");
	refuses("profile export /nonexistent", "No such file");
	refuses("ab run scenario", "--output is needed");
	refuses("ab run /nonexistent -o /nonexistent/x", "No such file");
	refuses("ab compare a b -t 5MB/s", "percentage");
	refuses("ab compare /nonexistent b", "nonexistent");
	refuses("ab", "which command?");
	refuses("ab nothing", "no command");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sessions_and_comparisons, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_set, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set_beside, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_set_class, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set_transactions, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_set_refusals, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_period_limits_are_inclusive, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unset_and_reset, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_shares, setup, teardown),
		cmocka_unit_test_setup_teardown(test_colors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shares_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_cell_commands, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_cell_load, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_cell_load_refusals, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_cell_input, setup, teardown),
		cmocka_unit_test_setup_teardown(test_life_of_the_hypervisor,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_dry_run_changes_nothing,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_enabling_without_iommu_warns, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_enabling_with_other_units_warns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_global_options, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_status_and_monitor_options, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
