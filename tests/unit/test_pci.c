/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI configuration space: which cell sees which function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/errno.h"
#include "hv/mmio.h"

#define SPACE		0x7f000000ull
#define SPACE_BYTES	0x100000ull
#define BDF_CELL	0x08		/* the device the cell gets */
#define BDF_ROOT	0x10
#define COMMAND		0x04
#define BAR0		0x10
#define CAP		0x40		/* writable, 32 bytes */

static uint64_t at(uint16_t bdf, unsigned int offset)
{
	return SPACE + ((uint64_t)bdf << 12) + offset;
}

static uint32_t *reg(uint16_t bdf, unsigned int offset)
{
	return fake_ram(at(bdf, offset));
}

static int boot(bool root_maps_space)
{
	struct blob_system system;
	long error;

	fake_machine();
	blob_system_init(&system);
	system.system.platform.pci_mmconfig_base = SPACE;
	if (root_maps_space)
		system.memory[BLOB_SHARED] = (struct memory_region){
			0x7e000000, 0x7e000000, 0x01100000,
			MEM_READ | MEM_WRITE | MEM_ROOTSHARED };
	error = fake_boot(&system, sizeof(system));
	*reg(BDF_CELL, 0) = 0x11112222;
	*reg(BDF_ROOT, 0) = 0x33334444;
	return (int)error;
}

static int setup(void **state)
{
	(void)state;
	return boot(false);
}

static long create_with_device(void)
{
	struct blob_cell blob;

	blob_cell_init(&blob, 1);
	blob.pci.type = PCI_TYPE_DEVICE;
	blob.pci.bdf = BDF_CELL;
	return cells_create(&blob, sizeof(blob));
}

static enum mmio_result access_by(unsigned int cpu, bool is_write,
				  uint64_t address, uint8_t size,
				  uint64_t *value)
{
	struct mmio_access access = { address, *value, size, is_write };
	enum mmio_result result;

	fake_on_cpu(cpu);
	result = mmio_dispatch(&fake_cpu_area(cpu)->cell->mmio, &access);
	*value = access.value;
	return result;
}

static uint64_t read_by(unsigned int cpu, uint64_t address, uint8_t size)
{
	uint64_t value = 0x5555;

	assert_int_equal(access_by(cpu, false, address, size, &value),
			 MMIO_HANDLED);
	return value;
}

static void write_by(unsigned int cpu, uint64_t address, uint8_t size,
		     uint64_t value)
{
	assert_int_equal(access_by(cpu, true, address, size, &value),
			 MMIO_HANDLED);
}

static void test_root_alone(void **state)
{
	(void)state;
	assert_int_equal(read_by(0, at(BDF_CELL, 0), 4), 0x11112222);
	assert_int_equal(read_by(0, at(BDF_ROOT, 0), 2), 0x4444);
	write_by(0, at(BDF_ROOT, BAR0), 4, 0xfe000000);
	assert_int_equal(*reg(BDF_ROOT, BAR0), 0xfe000000);
}

static void test_device_is_hidden(void **state)
{
	(void)state;
	assert_int_equal(create_with_device(), 0);
	assert_int_equal(read_by(0, at(BDF_CELL, 0), 4), 0xffffffff);
	assert_int_equal(read_by(0, at(BDF_CELL, 2), 2), 0xffff);
	write_by(0, at(BDF_CELL, COMMAND), 2, 7);
	assert_int_equal(*reg(BDF_CELL, COMMAND), 0);
	assert_int_equal(read_by(0, at(BDF_ROOT, 0), 4), 0x33334444);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(read_by(0, at(BDF_CELL, 0), 4), 0x11112222);
}

static void test_what_the_cell_may(void **state)
{
	(void)state;
	assert_int_equal(create_with_device(), 0);
	assert_int_equal(read_by(1, at(BDF_CELL, 0), 4), 0x11112222);
	assert_int_equal(read_by(1, at(BDF_ROOT, 0), 4), 0xffffffff);
	write_by(1, at(BDF_ROOT, COMMAND), 2, 7);
	assert_int_equal(*reg(BDF_ROOT, COMMAND), 0);
	write_by(1, at(BDF_CELL, COMMAND), 2, 6);
	assert_int_equal(*reg(BDF_CELL, COMMAND), 6);
	/* Not beyond: the status register is in the same word. */
	write_by(1, at(BDF_CELL, COMMAND), 4, 0xffff0000);
	assert_int_equal(*reg(BDF_CELL, COMMAND), 6);
	write_by(1, at(BDF_CELL, BAR0), 4, 0x12345678);
	assert_int_equal(*reg(BDF_CELL, BAR0), 0);
	write_by(1, at(BDF_CELL, CAP + 28), 4, 1);
	assert_int_equal(*reg(BDF_CELL, CAP + 28), 1);
	write_by(1, at(BDF_CELL, CAP + 32), 4, 1);
	assert_int_equal(*reg(BDF_CELL, CAP + 32), 0);
}

static void test_odd_accesses(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(access_by(0, false, at(BDF_ROOT, 0), 8, &value),
			 MMIO_REFUSED);
	assert_int_equal(access_by(0, false, at(BDF_ROOT, 1), 2, &value),
			 MMIO_REFUSED);
	assert_int_equal(access_by(0, false, SPACE + SPACE_BYTES, 4, &value),
			 MMIO_UNHANDLED);
	assert_int_equal(read_by(0, SPACE + SPACE_BYTES - 1, 1), 0);
}

static void test_cannot_hide_what_is_mapped(void **state)
{
	(void)state;
	assert_int_equal(boot(true), 0);
	cells_expect(create_with_device(), -EINVAL,
		     "cannot be hidden from the root cell");
	cells_make(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_root_alone, setup),
		cmocka_unit_test_setup(test_device_is_hidden, setup),
		cmocka_unit_test_setup(test_what_the_cell_may, setup),
		cmocka_unit_test_setup(test_odd_accesses, setup),
		cmocka_unit_test_setup(test_cannot_hide_what_is_mapped, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
