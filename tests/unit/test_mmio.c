/* SPDX-License-Identifier: GPL-2.0-only */
/* Dispatch of device accesses, and the moderation of sub-page regions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "hv/mmio.h"
#include "hv/subpage.h"

static struct mmio_space space;
static void *seen_context;
static struct mmio_access seen;

static enum mmio_result handler(void *context, struct mmio_access *access)
{
	seen_context = context;
	seen = *access;
	access->value = 0xabcd;
	return MMIO_HANDLED;
}

static int setup(void **state)
{
	(void)state;
	memset(&space, 0, sizeof(space));
	seen_context = NULL;
	return 0;
}

static enum mmio_result read_at(uint64_t address, uint8_t size)
{
	struct mmio_access access = { .address = address, .size = size };
	enum mmio_result result = mmio_dispatch(&space, &access);

	assert_int_equal(access.address, address);
	return result;
}

static void test_register_keeps_order(void **state)
{
	int names[5];

	(void)state;
	assert_int_equal(mmio_register(&space, 0x3000, 0x100, handler,
				       &names[3]), 0);
	assert_int_equal(mmio_register(&space, 0x1000, 0x100, handler,
				       &names[1]), 0);
	assert_int_equal(mmio_register(&space, 0x4000, 0x100, handler,
				       &names[4]), 0);
	assert_int_equal(mmio_register(&space, 0x2000, 0x1000, handler,
				       &names[2]), 0);
	for (unsigned int i = 1; i < space.count; i++)
		assert_true(space.region[i - 1].start < space.region[i].start);
	for (uint64_t i = 1; i <= 4; i++) {
		assert_int_equal(read_at(i * 0x1000 + 8, 4), MMIO_HANDLED);
		assert_ptr_equal(seen_context, &names[i]);
		assert_int_equal(seen.address, 8);
	}
}

static void test_register_refusals(void **state)
{
	(void)state;
	assert_int_equal(mmio_register(&space, 0x1000, 0, handler, NULL),
			 -EINVAL);
	assert_int_equal(mmio_register(&space, UINT64_MAX, 2, handler, NULL),
			 -EINVAL);
	assert_int_equal(mmio_register(&space, UINT64_MAX - 1, 2, handler, NULL),
			 0);
	assert_int_equal(mmio_register(&space, 0x1000, 0x100, handler, NULL), 0);
	assert_int_equal(mmio_register(&space, 0x10ff, 1, handler, NULL),
			 -EINVAL);
	assert_int_equal(mmio_register(&space, 0xf00, 0x101, handler, NULL),
			 -EINVAL);
	assert_int_equal(mmio_register(&space, 0, UINT64_MAX, handler, NULL),
			 -EINVAL);
	assert_int_equal(mmio_register(&space, 0x1100, 1, handler, NULL), 0);
	assert_int_equal(mmio_register(&space, 0xfff, 1, handler, NULL), 0);
	assert_int_equal(space.count, 4);
}

static void test_space_ends(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < MMIO_MAX_REGIONS; i++)
		assert_int_equal(mmio_register(&space, i * 16, 16, handler,
					       NULL), 0);
	assert_int_equal(mmio_register(&space, 0x10000, 16, handler, NULL),
			 -ENOMEM);
	assert_int_equal(read_at(MMIO_MAX_REGIONS * 16 - 1, 1), MMIO_HANDLED);
	assert_int_equal(read_at(MMIO_MAX_REGIONS * 16, 1), MMIO_UNHANDLED);
}

static void test_unregister(void **state)
{
	(void)state;
	mmio_unregister(&space, 0x1000);
	assert_int_equal(mmio_register(&space, 0x1000, 16, handler, NULL), 0);
	assert_int_equal(mmio_register(&space, 0x2000, 16, handler, NULL), 0);
	mmio_unregister(&space, 0x1004);
	assert_int_equal(space.count, 2);
	mmio_unregister(&space, 0x1000);
	assert_int_equal(read_at(0x1000, 4), MMIO_UNHANDLED);
	assert_int_equal(read_at(0x2000, 4), MMIO_HANDLED);
	mmio_unregister(&space, 0x2000);
	assert_int_equal(space.count, 0);
	assert_int_equal(read_at(0x2000, 4), MMIO_UNHANDLED);
}

static void test_edges(void **state)
{
	(void)state;
	assert_int_equal(mmio_register(&space, 0x1000, 0x10, handler, NULL), 0);
	assert_int_equal(mmio_register(&space, UINT64_MAX - 7, 8, handler,
				       NULL), 0);
	assert_int_equal(read_at(0xfff, 1), MMIO_UNHANDLED);
	assert_int_equal(read_at(0x100f, 1), MMIO_HANDLED);
	assert_int_equal(read_at(0x1010, 1), MMIO_UNHANDLED);
	assert_int_equal(read_at(0xffe, 4), MMIO_REFUSED);
	assert_int_equal(read_at(0x100e, 4), MMIO_REFUSED);
	assert_int_equal(read_at(0x1000, 0), MMIO_REFUSED);
	assert_int_equal(read_at(UINT64_MAX, 1), MMIO_HANDLED);
	assert_int_equal(read_at(UINT64_MAX, 2), MMIO_REFUSED);
	assert_int_equal(read_at(UINT64_MAX - 7, 8), MMIO_HANDLED);
}

static void test_perform(void **state)
{
	uint8_t memory[24] __attribute__((aligned(8)));
	static const uint8_t sizes[] = { 1, 2, 4, 8 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (size_t offset = 0; offset < 8; offset++) {
			struct mmio_access access = {
				.value = 0x8877665544332211ull,
				.size = sizes[i],
				.is_write = true,
			};

			memset(memory, 0xee, sizeof(memory));
			mmio_perform(memory + 8 + offset, &access);
			assert_int_equal(memory[7 + offset], 0xee);
			assert_int_equal(memory[8 + offset], 0x11);
			assert_int_equal(memory[7 + offset + sizes[i]],
					 sizes[i] * 0x11);
			assert_int_equal(memory[8 + offset + sizes[i]], 0xee);
			access.is_write = false;
			access.value = UINT64_MAX;
			mmio_perform(memory + 8 + offset, &access);
			assert_int_equal(access.value,
					 0x8877665544332211ull >>
						 (64 - 8 * sizes[i]) ?
					 0x8877665544332211ull &
						 (UINT64_MAX >>
						  (64 - 8 * sizes[i])) : 0);
		}
	}
}

/* Every combination of flags against the rule written down another way. */
static void test_moderation(void **state)
{
	static const uint64_t widths[] = { MEM_IO_8, MEM_IO_16, MEM_IO_32,
					   MEM_IO_64 };

	(void)state;
	for (unsigned int bits = 0; bits < 128; bits++) {
		struct memory_region region = {
			.phys_start = 0x9000004,
			.virt_start = 0x1004,
			.size = 0x20,
			.flags = MEM_IO,
		};

		region.flags |= bits & 1 ? MEM_READ : 0;
		region.flags |= bits & 2 ? MEM_WRITE : 0;
		region.flags |= bits & 4 ? MEM_IO_UNALIGNED : 0;
		for (unsigned int w = 0; w < 4; w++)
			region.flags |= bits >> (3 + w) & 1 ? widths[w] : 0;
		for (unsigned int n = 0; n < 4 * 8 * 2; n++) {
			struct mmio_access access = {
				.address = n % 8,
				.size = (uint8_t)(1 << (n / 8 % 4)),
				.is_write = n / 32,
			};
			bool aligned = (4 + n % 8) % access.size == 0;
			bool wanted = (bits & (access.is_write ? 2 : 1)) &&
				      (bits >> (3 + n / 8 % 4) & 1) &&
				      (aligned || (bits & 4));

			assert_int_equal(subpage_allows(&region, &access),
					 wanted);
		}
	}
}

static void test_what_is_a_subpage(void **state)
{
	struct memory_region region = { .virt_start = 0x1000, .size = 0x2000 };

	(void)state;
	assert_false(region_is_subpage(&region));
	region.size = 0x2001;
	assert_true(region_is_subpage(&region));
	region.size = 0x1000;
	region.virt_start = 0x1008;
	assert_true(region_is_subpage(&region));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_register_keeps_order, setup),
		cmocka_unit_test_setup(test_register_refusals, setup),
		cmocka_unit_test_setup(test_space_ends, setup),
		cmocka_unit_test_setup(test_unregister, setup),
		cmocka_unit_test_setup(test_edges, setup),
		cmocka_unit_test_setup(test_perform, setup),
		cmocka_unit_test_setup(test_moderation, setup),
		cmocka_unit_test_setup(test_what_is_a_subpage, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
