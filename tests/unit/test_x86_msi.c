/* SPDX-License-Identifier: GPL-2.0-only */
/* Message interrupts: which of what guests program their devices get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/mmio.h"
#include "hv/pci.h"
#include "hypervisor/arch/x86/include/apic.h"
#include "hypervisor/arch/x86/include/icr.h"
#include "hypervisor/arch/x86/msi.h"
#include "hypervisor/arch/x86/vtd.h"

#define SPACE		0x7f000000ull
#define TABLE		0x7e010000ull	/* MSI-X, in the root's shared region */
#define DEVICE		0x08		/* with messages of 64 bits */
#define NARROW		0x10		/* of 32 bits */
#define PLAIN		0x18		/* without the capability */
#define MSI		0x50		/* behind another capability */
#define ENABLE		0x10000u
#define MASKED		1u
#define VECTORS		4u

/* CPU n has APIC id n and is bit n of the flat logical model. */
void apic_cpus(struct icr_cpu *cpus)
{
	for (unsigned int n = 0; n < HV_MAX_CPUS; n++)
		cpus[n] = (struct icr_cpu){ n < 4, n, n < 4 ? 1u << (24 + n) : 0 };
}

bool apic_is_x2apic(void)
{
	return false;
}

static bool remaps;
static struct vtd_interrupt remapped;
static unsigned int drops;

bool vtd_remaps_interrupts(void)
{
	return remaps;
}

int vtd_interrupt_set(uint16_t source, uint16_t number,
		      const struct vtd_interrupt *interrupt)
{
	remapped = *interrupt;
	return source << 4 | number;
}

int vtd_interrupts_drop(uint16_t source)
{
	drops += source == DEVICE;
	return 0;
}

uint32_t vtd_message_address(unsigned int handle)
{
	return 0xfee00010 | handle << 5;
}

static uint32_t *reg(uint16_t bdf, unsigned int offset)
{
	return fake_ram(SPACE + ((uint64_t)bdf << 12) + offset);
}

static uint32_t bus_read(uint16_t bdf, unsigned int offset)
{
	return *reg(bdf, offset);
}

static void bus_write(uint16_t bdf, unsigned int offset, uint32_t value)
{
	*reg(bdf, offset) = value;
}

static const struct msi_bus bus = { bus_read, bus_write };

static void device_init(uint16_t bdf, uint32_t control)
{
	*reg(bdf, 0x04) = 0x00100006;
	*reg(bdf, 0x34) = 0x40;
	*reg(bdf, 0x40) = MSI << 8 | 0x01;
	*reg(bdf, MSI) = control | 0x05;
}

static int setup(void **state)
{
	struct blob_system system;

	(void)state;
	fake_machine();
	blob_system_init(&system);
	system.system.platform.pci_mmconfig_base = SPACE;
	system.pci.num_msix_vectors = VECTORS;
	system.pci.msix_address = TABLE;
	system.pci.msix_region_size = 0x1000;
	if (fake_boot(&system, sizeof(system)))
		return -1;
	remaps = false;
	drops = 0;
	device_init(DEVICE, 0x008a0000);	/* 64 bits, capable of 32 */
	device_init(NARROW, 0);
	for (unsigned int n = 0; n < VECTORS; n++)
		*(uint32_t *)fake_ram(TABLE + 16 * n + 12) = MASKED;
	msi_init(&bus);
	pci_messages_check(msi_config_access);
	return msix_cell_init(cell_root(), NULL);
}

static int teardown(void **state)
{
	(void)state;
	msix_restore();
	pci_messages_check(NULL);
	return 0;
}

/* By a CPU of the root: 0, or of cell 1: 1. */
static void write_by(unsigned int cpu, uint64_t address, uint8_t size,
		     uint64_t value)
{
	struct mmio_access access = { address, value, size, true };

	fake_on_cpu(cpu);
	assert_int_equal(mmio_dispatch(&fake_cpu_area(cpu)->cell->mmio,
				       &access), MMIO_HANDLED);
}

static uint64_t read_by(unsigned int cpu, uint64_t address, uint8_t size)
{
	struct mmio_access access = { address, 0, size, false };

	fake_on_cpu(cpu);
	assert_int_equal(mmio_dispatch(&fake_cpu_area(cpu)->cell->mmio,
				       &access), MMIO_HANDLED);
	return access.value;
}

static uint64_t at(uint16_t bdf, unsigned int offset)
{
	return SPACE + ((uint64_t)bdf << 12) + offset;
}

/* As a kernel does it. */
static void program(unsigned int cpu, uint16_t bdf, uint32_t address,
		    uint16_t data)
{
	bool wide = *reg(bdf, MSI) & 0x00800000;

	write_by(cpu, at(bdf, MSI + 4), 4, address);
	if (wide)
		write_by(cpu, at(bdf, MSI + 8), 4, 0);
	write_by(cpu, at(bdf, MSI + (wide ? 12 : 8)), 2, data);
	write_by(cpu, at(bdf, MSI + 2), 2, 1);
}

static void is_on(uint16_t bdf, uint32_t address, uint32_t data)
{
	bool wide = *reg(bdf, MSI) & 0x00800000;

	assert_true(*reg(bdf, MSI) & ENABLE);
	assert_int_equal(*reg(bdf, MSI + 4), address);
	assert_int_equal(*reg(bdf, MSI + (wide ? 12 : 8)), data);
}

static bool is_off(uint16_t bdf)
{
	return !(*reg(bdf, MSI) & ENABLE);
}

static long create(uint16_t vectors)
{
	struct blob_cell blob;

	blob_cell_init(&blob, 1);
	blob.pci.type = PCI_TYPE_DEVICE;
	blob.pci.bdf = DEVICE;
	blob.pci.num_msix_vectors = vectors;
	blob.pci.msix_address = vectors ? TABLE : 0;
	blob.pci.msix_region_size = 0x1000;
	blob.cap = (struct pci_capability){ 5, MSI, 14, PCI_CAP_WRITABLE };
	return cells_create(&blob, sizeof(blob));
}

static void test_own_cpus(void **state)
{
	(void)state;
	program(0, DEVICE, 0xfee02000, 0x41);
	is_on(DEVICE, 0xfee02000, 0x41);
	program(0, NARROW, 0xfee0100c, 0x131);
	is_on(NARROW, 0xfee0100c, 0x131);
	/* What was written is what is read, but for several messages. */
	assert_int_equal(read_by(0, at(DEVICE, MSI + 4), 4), 0xfee02000);
	assert_int_equal(read_by(0, at(DEVICE, MSI + 12), 2), 0x41);
	assert_int_equal(read_by(0, at(DEVICE, MSI), 4), 0x00810005);
	write_by(0, at(DEVICE, MSI + 2), 2, 0x00a0);
	assert_true(is_off(DEVICE));
}

static void test_foreign_cpus(void **state)
{
	(void)state;
	assert_int_equal(create(0), 0);
	/* CPU 1 is the cell's now. */
	program(0, NARROW, 0xfee01000, 0x41);
	assert_true(is_off(NARROW));
	program(0, NARROW, 0xfee02000, 0x41);
	is_on(NARROW, 0xfee02000, 0x41);
	/* Logical, to all: without CPU 1. */
	program(0, NARROW, 0xfee0f00c, 0x141);
	is_on(NARROW, 0xfee0d00c, 0x141);
	program(1, DEVICE, 0xfee02000, 0x41);
	assert_true(is_off(DEVICE));
	program(1, DEVICE, 0xfee01000, 0x41);
	is_on(DEVICE, 0xfee01000, 0x41);
}

static void test_what_is_no_interrupt(void **state)
{
	static const struct {
		uint32_t address;
		uint16_t data;
	} wrong[] = {
		{ 0x00000000, 0x41 }, { 0xfed00000, 0x41 },
		{ 0xfee02000, 0x00 }, { 0xfee02000, 0x0f },
		{ 0xfee02000, 0x241 }, { 0xfee02000, 0x400 },
		{ 0xfee02000, 0x500 }, { 0xfee02000, 0x641 },
		{ 0xfee02000, 0x700 }, { 0xfee02000, 0x8041 },
		{ 0xfee09000, 0x41 },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(wrong); n++) {
		program(0, DEVICE, 0xfee02000, 0x41);
		assert_false(is_off(DEVICE));
		program(0, DEVICE, wrong[n].address, wrong[n].data);
		assert_true(is_off(DEVICE));
	}
	program(0, DEVICE, 0xfee02000, 0x41);
	write_by(0, at(DEVICE, MSI + 8), 4, 1);
	assert_true(is_off(DEVICE));
}

/* At no step does the device have what was never asked for, and is on. */
static void test_in_pieces(void **state)
{
	(void)state;
	program(0, DEVICE, 0xfee02000, 0x41);
	for (unsigned int n = 0; n < 20000; n++) {
		unsigned int offset = MSI + (unsigned int)rand() % 16;
		uint8_t size = (uint8_t)(1 << rand() % 3);

		offset &= ~(size - 1u);
		write_by(0, at(DEVICE, offset), size, (uint64_t)rand() &
			 (rand() % 2 ? 0xff : 0xfee0ffff));
		if (rand() % 4 == 0)
			program(0, DEVICE, 0xfee00000 | (uint32_t)rand() % 16
				<< 12, (uint16_t)(rand() % 0x10000));
		if (is_off(DEVICE))
			continue;
		assert_int_equal(*reg(DEVICE, MSI + 4) >> 20, 0xfee);
		assert_int_equal(*reg(DEVICE, MSI + 8), 0);
		assert_true((*reg(DEVICE, MSI + 12) & 0xff) >= 16);
		assert_true((*reg(DEVICE, MSI + 12) & 0x8600) == 0);
		assert_int_equal(*reg(DEVICE, MSI) & 0x00700000, 0);
	}
}

static void test_other_registers_pass(void **state)
{
	(void)state;
	write_by(0, at(DEVICE, 0x10), 4, 0x12345678);
	assert_int_equal(*reg(DEVICE, 0x10), 0x12345678);
	write_by(0, at(PLAIN, MSI + 4), 4, 0x77);
	assert_int_equal(*reg(PLAIN, MSI + 4), 0x77);
	/* Mask bits, behind the message. */
	write_by(0, at(DEVICE, MSI + 16), 4, 0xff);
	assert_int_equal(*reg(DEVICE, MSI + 16), 0xff);
}

/* A list of capabilities that never ends. */
static void test_endless_list(void **state)
{
	(void)state;
	device_init(PLAIN, 0);
	*reg(PLAIN, MSI) = 0x40 << 8 | 0x09;
	write_by(0, at(PLAIN, MSI + 4), 4, 0x77);
	assert_int_equal(*reg(PLAIN, MSI + 4), 0x77);
}

static void test_changing_hands(void **state)
{
	(void)state;
	program(0, DEVICE, 0xfee02000, 0x41);
	assert_int_equal(create(0), 0);
	msi_config_commit();
	assert_true(is_off(DEVICE));
	assert_int_equal(drops, 1);
	program(1, DEVICE, 0xfee01000, 0x51);
	is_on(DEVICE, 0xfee01000, 0x51);
	/* The root does not see it. */
	assert_int_equal(read_by(0, at(DEVICE, MSI + 4), 4), 0xffffffff);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	msi_config_commit();
	assert_true(is_off(DEVICE));
	/* A CPU that the root lost takes its messages along. */
	program(0, NARROW, 0xfee01000, 0x61);
	is_on(NARROW, 0xfee01000, 0x61);
	assert_int_equal(create(0), 0);
	msi_config_commit();
	assert_true(is_off(NARROW));
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	msi_config_commit();
	is_on(NARROW, 0xfee01000, 0x61);
}

static void test_remapped(void **state)
{
	(void)state;
	*reg(DEVICE, MSI + 4) = 0xfee03000;
	*reg(DEVICE, MSI + 12) = 0x77;
	*reg(DEVICE, MSI) |= ENABLE;
	remaps = true;
	assert_int_equal(msi_adopt(cell_root()), 0);
	is_on(DEVICE, 0xfee00010 | (DEVICE << 4) << 5, 0);
	assert_int_equal(remapped.vector, 0x77);
	assert_int_equal(remapped.destination, 3);
	assert_int_equal(read_by(0, at(DEVICE, MSI + 4), 4), 0xfee03000);
	remaps = false;
	msi_restore();
	is_on(DEVICE, 0xfee03000, 0x77);
}

static uint32_t table_word(unsigned int n, unsigned int word)
{
	return *(uint32_t *)fake_ram(TABLE + 16 * n + 4 * word);
}

static void entry_program(unsigned int cpu, unsigned int n, uint32_t address,
			  uint32_t data)
{
	write_by(cpu, TABLE + 16 * n + 12, 4, MASKED);
	write_by(cpu, TABLE + 16 * n, 8, address);
	write_by(cpu, TABLE + 16 * n + 8, 4, data);
	write_by(cpu, TABLE + 16 * n + 12, 4, 0);
}

static void test_table(void **state)
{
	(void)state;
	entry_program(0, 2, 0xfee03000, 0x42);
	assert_int_equal(table_word(2, 3), 0);
	assert_int_equal(table_word(2, 0), 0xfee03000);
	assert_int_equal(table_word(2, 2), 0x42);
	entry_program(0, 2, 0xfee09000, 0x42);
	assert_int_equal(table_word(2, 3), MASKED);
	assert_int_equal(read_by(0, TABLE + 32, 4), 0xfee09000);
	entry_program(0, 2, 0xfee03000, 0x402);
	assert_int_equal(table_word(2, 3), MASKED);
	/* Changed while it is on. */
	entry_program(0, 1, 0xfee03000, 0x42);
	write_by(0, TABLE + 16 + 8, 4, 0x3);
	assert_int_equal(table_word(1, 3), MASKED);
	/* Registers behind the table. */
	write_by(0, TABLE + 16 * VECTORS, 1, 0x5a);
	assert_int_equal(table_word(VECTORS, 0) & 0xff, 0x5a);
}

static void test_table_of_a_cell(void **state)
{
	struct memory_region around = { TABLE - 0x3000, 0x9000, 0x10000, 0 };
	uint64_t virt, bytes;
	struct cell *cell;

	(void)state;
	entry_program(0, 0, 0xfee02000, 0x42);
	assert_int_equal(create(VECTORS), 0);
	cell = cell_by_id(1);
	assert_int_equal(msix_cell_init(cell, NULL), 0);
	msix_config_commit();
	assert_int_equal(table_word(0, 3), MASKED);
	entry_program(1, 0, 0xfee02000, 0x42);
	assert_int_equal(table_word(0, 3), MASKED);
	entry_program(1, 0, 0xfee01000, 0x42);
	assert_int_equal(table_word(0, 3), 0);
	/* The root has nothing there, and changes nothing. */
	assert_int_equal(read_by(0, TABLE, 4), 0xffffffff);
	write_by(0, TABLE + 8, 4, 0x99);
	assert_int_equal(table_word(0, 2), 0x42);
	/* Its pages are cut out of whatever region is around. */
	assert_int_equal(msix_tables_count(), 1);
	assert_true(msix_page_within(0, &around, &virt, &bytes));
	assert_int_equal(virt, 0xc000);
	assert_int_equal(bytes, 0x1000);
	around.size = 0x3000;
	assert_false(msix_page_within(0, &around, &virt, &bytes));
	around.size = 0x4000;
	assert_true(msix_page_within(0, &around, &virt, &bytes));
	assert_int_equal(bytes, 0x1000);
}

static void test_table_that_is_not_the_roots(void **state)
{
	struct reason reason = { "" };

	(void)state;
	assert_int_equal(create(VECTORS + 1), 0);
	assert_int_equal(msix_cell_init(cell_by_id(1), &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "MSI-X table"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_own_cpus),
		TEST(test_foreign_cpus),
		TEST(test_what_is_no_interrupt),
		TEST(test_in_pieces),
		TEST(test_other_registers_pass),
		TEST(test_endless_list),
		TEST(test_changing_hands),
		TEST(test_remapped),
		TEST(test_table),
		TEST(test_table_of_a_cell),
		TEST(test_table_that_is_not_the_roots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
