/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enabling and disabling with a thread for every CPU. The hypervisor's state
 * starts fresh with its image, so every case has a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "blobs.h"
#include "hv/errno.h"
#include "hv/setup.h"

#define CPUS	4

static struct blob_system blob;
static struct fake_entry entries[CPUS];

/* In the child a wrong value ends the process. */
#define EXPECT(condition)                                                     \
	do {                                                                  \
		if (!(condition)) {                                           \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,    \
				#condition);                                  \
			_exit(1);                                             \
		}                                                             \
	} while (0)

static void in_child(void (*body)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(60);
		fake_machine();
		blob_system_init(&blob);
		fake_place_config(&blob, sizeof(blob));
		for (unsigned int i = 0; i < CPUS; i++)
			entries[i] = (struct fake_entry){ .cpu = i,
							  .result = 99 };
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void expect_results(unsigned int count, int result)
{
	for (unsigned int i = 0; i < count; i++)
		EXPECT(entries[i].result == result);
}

/* All gave up with this reason; only what was begun was undone. */
static void expect_failure(unsigned int count, int error, const char *words)
{
	expect_results(count, error);
	if (!strstr(image_header.reason, words)) {
		fprintf(stderr, "reason: \"%s\"\n", image_header.reason);
		_exit(1);
	}
	for (unsigned int i = 0; i < CPUS; i++) {
		struct per_cpu *cpu = fake_cpu_area(i);

		EXPECT(cpu->arch.inits == cpu->arch.restores);
		EXPECT(!cpu->arch.in_guest && !cpu->active);
	}
}

static void enable(void)
{
	fake_enter(entries, CPUS);
	expect_results(CPUS, 0);
	EXPECT(image_header.reason[0] == '\0');
	EXPECT(cell_count() == 1);
	EXPECT(cell_root()->cpus == 0xf);
	for (unsigned int i = 0; i < CPUS; i++) {
		struct per_cpu *cpu = fake_cpu_area(i);

		EXPECT(cpu->id == i && cpu->cell == cell_root());
		EXPECT(cpu->active && cpu->arch.in_guest);
		EXPECT(cpu->arch.inits == 1 && cpu->arch.restores == 0);
	}
}

static void test_enable(void **state)
{
	(void)state;
	in_child(enable);
}

static void enable_and_disable(void)
{
	enable();
	for (unsigned int i = 0; i < CPUS; i++)
		entries[i].leave = true;
	fake_enter(entries, CPUS);
	expect_results(CPUS, 0);
	for (unsigned int i = 0; i < CPUS; i++)
		EXPECT(!fake_cpu_area(i)->active);
}

static void test_enable_and_disable(void **state)
{
	(void)state;
	in_child(enable_and_disable);
}

static void disable_needs_all(void)
{
	enable();
	fake.relax_ns = 1000000;
	for (unsigned int i = 0; i < CPUS; i++)
		entries[i].leave = true;
	fake_enter(entries, CPUS - 1);
	expect_results(CPUS - 1, -ETIMEDOUT);
	for (unsigned int i = 0; i < CPUS; i++)
		EXPECT(fake_cpu_area(i)->active);
	/* They may try again. */
	fake_enter(entries, CPUS);
	expect_results(CPUS, 0);
}

static void test_disable_needs_all(void **state)
{
	(void)state;
	in_child(disable_needs_all);
}

static void one_cpu_stays_away(void)
{
	fake.relax_ns = 1000000;
	fake_enter(entries, CPUS - 1);
	expect_failure(CPUS - 1, -ETIMEDOUT, "all CPUs to enter, 3 of 4");
}

static void test_one_cpu_stays_away(void **state)
{
	(void)state;
	in_child(one_cpu_stays_away);
}

static void bad_configuration(void)
{
	blob.system.revision = 13;
	fake_place_config(&blob, sizeof(blob));
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -EINVAL, "revision is 13");
}

static void test_bad_configuration(void **state)
{
	(void)state;
	in_child(bad_configuration);
}

static void wrong_place(void)
{
	image_header.image_phys += PAGE_BYTES;
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -EINVAL, "its memory starts at 0x70000000");
}

static void test_wrong_place(void **state)
{
	(void)state;
	in_child(wrong_place);
}

static void too_little_memory(void)
{
	blob.system.hypervisor_memory.size = 64 * PAGE_BYTES;
	fake_place_config(&blob, sizeof(blob));
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -ENOMEM, "too small");
}

static void test_too_little_memory(void **state)
{
	(void)state;
	in_child(too_little_memory);
}

/* Memory for some of it only: whatever is missing is said. */
static void scarce_memory(void)
{
	uint64_t used = image_header.core_size +
			image_header.max_cpus * image_header.percpu_size;

	blob.system.hypervisor_memory.size =
		page_round_up(used + sizeof(blob)) + 24 * PAGE_BYTES;
	fake_place_config(&blob, sizeof(blob));
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -ENOMEM, "");
	EXPECT(image_header.reason[0]);
}

static void test_scarce_memory(void **state)
{
	(void)state;
	in_child(scarce_memory);
}

static void other_cpus_than_configured(void)
{
	blob.cpus = 0x17;
	fake_place_config(&blob, sizeof(blob));
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -EINVAL, "online 0xf, the root cell's are 0x17");
}

static void test_other_cpus_than_configured(void **state)
{
	(void)state;
	in_child(other_cpus_than_configured);
}

static void early_failure(void)
{
	fake.fail_early = true;
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -EIO, "machine does not suit");
}

static void test_early_failure(void **state)
{
	(void)state;
	in_child(early_failure);
}

static void one_cpu_fails(void)
{
	fake.fail_cpus = 4;
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -EIO, "CPU 2 cannot be set up");
	EXPECT(fake_cpu_area(2)->arch.restores == 1);
}

static void test_one_cpu_fails(void **state)
{
	(void)state;
	in_child(one_cpu_fails);
}

static void late_failure(void)
{
	fake.fail_late = true;
	fake_enter(entries, CPUS);
	expect_failure(CPUS, -EIO, "root cell cannot be set up");
	for (unsigned int i = 0; i < CPUS; i++)
		EXPECT(fake_cpu_area(i)->arch.restores == 1);
}

static void test_late_failure(void **state)
{
	(void)state;
	in_child(late_failure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enable),
		cmocka_unit_test(test_enable_and_disable),
		cmocka_unit_test(test_disable_needs_all),
		cmocka_unit_test(test_one_cpu_stays_away),
		cmocka_unit_test(test_bad_configuration),
		cmocka_unit_test(test_wrong_place),
		cmocka_unit_test(test_too_little_memory),
		cmocka_unit_test(test_scarce_memory),
		cmocka_unit_test(test_other_cpus_than_configured),
		cmocka_unit_test(test_early_failure),
		cmocka_unit_test(test_one_cpu_fails),
		cmocka_unit_test(test_late_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
