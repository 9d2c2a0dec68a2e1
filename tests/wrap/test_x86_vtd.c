/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remapping units behind their registers: what devices of the root and of a
 * cell reach, on units of all kinds, and what units say when they refuse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hypervisor/arch/x86/vtd.h"
#include "x86-vtd-checks.h"

static void boot(const struct vtd_kind *kind, unsigned int units)
{
	struct blob_system blob;

	fake_machine();
	fake.relax_ns = 1000;
	vtd_model_init(kind);
	machine_init(&blob, units);
	assert_int_equal(fake_boot(&blob, sizeof(blob)), 0);
}

static void start(const struct vtd_kind *kind)
{
	boot(kind, VTD_MODEL_UNITS);
	enable_units(kind);
}

static struct cell *cell_with_device(uint16_t bdf)
{
	struct blob_cell blob;

	blob_cell_init(&blob, 1);
	blob.pci.type = PCI_TYPE_DEVICE;
	blob.pci.bdf = bdf;
	return device_cell_create(&vtd_devices, &blob);
}

static void test_no_unit(void **state)
{
	struct memory_region region = { 0x40000000, 0x40000000, 0x1000,
					MEM_READ | MEM_DMA };

	(void)state;
	boot(&kinds[0], 0);
	assert_int_equal(vtd_init(true), 0);
	assert_false(vtd_remaps_interrupts());
	assert_int_equal(vtd_cell_init(cell_root(), NULL), 0);
	assert_int_equal(vtd_map(cell_root(), &region), 0);
	assert_int_equal(vtd_enable(APIC_ID), 0);
	assert_int_equal(vtd_config_commit(), 0);
	assert_false(vtd_faults_report());
	vtd_restore();
	lawful();
}

static void test_on_and_off(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		const struct vtd_kind *kind = &kinds[k];

		start(kind);
		for (unsigned int n = 0; n < VTD_MODEL_UNITS; n++) {
			uint32_t status = vtd_model.unit[n].status;

			assert_true(status & COMMAND_TRANSLATE);
			assert_true(status & COMMAND_QUEUE);
			assert_int_equal(!!(status & COMMAND_INTERRUPTS),
					 kind->interrupts);
		}
		assert_int_equal(vtd_remaps_interrupts(), kind->interrupts);
		assert_int_equal(vtd_model.flushes == 0, kind->coherent);
		vtd_restore();
		vtd_restore();
		for (unsigned int n = 0; n < VTD_MODEL_UNITS; n++)
			assert_int_equal(vtd_model.unit[n].status &
					 (COMMAND_TRANSLATE | COMMAND_QUEUE |
					  COMMAND_INTERRUPTS), 0);
		lawful();
	}
}

static void test_devices_of_the_root(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		start(&kinds[k]);
		reaches(DEVICE, 0x40000000, 0x40000000);
		reaches(DEVICE, 0x6ffff123, 0x6ffff123);
		reaches(DEVICE, BLOB_CELL_RAM, BLOB_CELL_RAM);
		/* The hypervisor, a region without MEM_DMA, nothing, far away. */
		refused(DEVICE, FAKE_HV_START);
		refused(DEVICE, 0x7e000000);
		refused(DEVICE, 0x1000);
		refused(DEVICE, 1ull << 40);
		refused(STRANGER, 0x40000000);
		refused(FAR_DEVICE, 0x40000000);
		lawful();
	}
}

static void cell_comes_and_goes(void)
{
	uint64_t phys;

	/* In the caches of the units before it changes hands. */
	reaches(DEVICE, BLOB_CELL_RAM + 0x123, BLOB_CELL_RAM + 0x123);
	cell_with_device(DEVICE);
	reaches(DEVICE, 0x123, BLOB_CELL_RAM + 0x123);
	reaches(DEVICE, BLOB_CELL_RAM_BYTES - 8,
		BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES - 8);
	refused(DEVICE, BLOB_CELL_RAM_BYTES);
	refused(DEVICE, BLOB_CELL_RAM);
	/* It may be read only. */
	assert_int_equal(vtd_model_dma(0, DEVICE, 0x10000000, false, &phys), 0);
	assert_int_equal(phys, BLOB_CELL_ROM);
	assert_int_equal(vtd_model_dma(0, DEVICE, 0x10000000, true, &phys), 5);
	vtd_faults_report();
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(vtd_map(cell_root(), &device_cell_ram), 0);
	assert_int_equal(vtd_config_commit(), 0);
	reaches(DEVICE, BLOB_CELL_RAM + 0x123, BLOB_CELL_RAM + 0x123);
	refused(DEVICE, 0x123);
}

static void test_devices_of_a_cell(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		start(&kinds[k]);
		cell_comes_and_goes();
		lawful();
	}
}

static void test_root_loses_memory(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		start(&kinds[k]);
		reaches(DEVICE, BLOB_CELL_RAM, BLOB_CELL_RAM);
		reaches(DEVICE, BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES,
			BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES);
		cell_with_device(FAR_DEVICE);
		refused(DEVICE, BLOB_CELL_RAM);
		refused(DEVICE, BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES - 1);
		reaches(DEVICE, BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES,
			BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES);
		reaches(FAR_DEVICE, 0, BLOB_CELL_RAM);
		lawful();
	}
}

static void test_in_use(void **state)
{
	(void)state;
	boot(&kinds[0], 1);
	vtd_model.unit[0].status = COMMAND_TRANSLATE;
	assert_int_equal(vtd_init(true), -EBUSY);
	boot(&kinds[0], 1);
	vtd_model.unit[0].status = COMMAND_INTERRUPTS;
	assert_int_equal(vtd_init(true), -EBUSY);
}

/* Whatever is not answered ends, and is said. */
static void test_no_answer(void **state)
{
	const uint32_t dead[] = { COMMAND_QUEUE, COMMAND_SET_ROOT,
				  COMMAND_TRANSLATE, COMMAND_SET_TABLE,
				  COMMAND_INTERRUPTS };

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(dead); n++) {
		boot(&kinds[0], 1);
		vtd_model.dead_command = dead[n];
		assert_int_equal(vtd_init(true), 0);
		assert_int_equal(vtd_cell_init(cell_root(), NULL), 0);
		device_map_all(&vtd_devices, cell_root());
		assert_int_equal(vtd_enable(APIC_ID), -EIO);
		assert_false(vtd_remaps_interrupts());
		assert_true(fake.now_ns < 2000000000ull);
	}
	start(&kinds[0]);
	vtd_model.dead_queue = true;
	assert_int_equal(vtd_config_commit(), -EIO);
}

static void test_queue_wraps(void **state)
{
	(void)state;
	start(&kinds[1]);
	for (unsigned int n = 0; n < 3 * QUEUE_ENTRIES; n++)
		assert_int_equal(vtd_config_commit(), 0);
	assert_true(vtd_model.invalidations > 9 * QUEUE_ENTRIES);
	lawful();
}

static void test_faults(void **state)
{
	uint64_t phys;

	(void)state;
	start(&kinds[0]);
	assert_false(vtd_faults_report());
	assert_int_equal(vtd_model_dma(1, STRANGER, 0x40000000, true, &phys),
			 2);
	assert_int_equal(vtd_model.reports, 1);
	assert_int_equal(vtd_model.unit[1].fault_address,
			 0xfee00000 | APIC_ID << 12);
	assert_true(vtd_faults_report());
	assert_false(vtd_faults_report());
	/* More than there are records: told as well, and cleared. */
	for (unsigned int n = 0; n < 2 * VTD_MODEL_RECORDS; n++)
		vtd_model_dma(0, STRANGER, 0x1000ull * n, false, &phys);
	assert_true(vtd_model.unit[0].fault_status & FAULT_OVERFLOW);
	assert_true(vtd_faults_report());
	assert_false(vtd_model.unit[0].fault_status & FAULT_OVERFLOW);
	assert_false(vtd_faults_report());
	/* From any place of the ring. */
	for (unsigned int n = 0; n < 9; n++) {
		assert_int_equal(vtd_model_dma(0, FAR_DEVICE, 0, true, &phys),
				 1);
		assert_true(vtd_faults_report());
		assert_false(vtd_faults_report());
	}
	vtd_restore();
	assert_false(vtd_faults_report());
	lawful();
}

/* To another CPU, in both modes of the local APICs. */
static void test_report_to(void **state)
{
	uint64_t phys;

	(void)state;
	start(&kinds[0]);
	vtd_report_to(0x12345);
	vtd_model_dma(0, STRANGER, 0, true, &phys);
	assert_int_equal(vtd_model.reports, 1);
	for (unsigned int n = 0; n < VTD_MODEL_UNITS; n++)
		assert_true(vtd_model.unit[n].fault_address ==
			    (0x1230000000000ull | 0xfee45000));
	vtd_restore();
	/* Off, they are nobody's but the kernel's. */
	vtd_report_to(APIC_ID);
	assert_true(vtd_model.unit[0].fault_control & FAULT_MASKED);
	lawful();
}

static void goes_to(uint16_t source, int handle,
		    const struct vtd_interrupt *wanted)
{
	struct vtd_model_interrupt found;

	assert_true(handle >= 0);
	assert_int_equal(vtd_model_message(0, source,
					   vtd_message_address((unsigned int)handle),
					   &found), 0);
	assert_int_equal(found.vector, wanted->vector);
	assert_int_equal(found.destination, wanted->destination);
	assert_int_equal(found.mode, wanted->mode);
	assert_int_equal(found.logical, wanted->logical);
	assert_int_equal(found.level, wanted->level);
}

static void interrupts_on(const struct vtd_kind *kind)
{
	struct vtd_interrupt a = { 2, 0x41, 0, false, false };
	struct vtd_interrupt b = { kind->x2apic ? 0x12345 : 0x81, 0xfe, 1,
				   true, true };
	struct vtd_model_interrupt found;
	int first, second;

	start(kind);
	first = vtd_interrupt_set(DEVICE, 0, &a);
	second = vtd_interrupt_set(DEVICE, 1, &b);
	assert_int_not_equal(first, second);
	goes_to(DEVICE, first, &a);
	goes_to(DEVICE, second, &b);
	/* Changed in place, and the unit's cache knows. */
	a.vector = 0x99;
	assert_int_equal(vtd_interrupt_set(DEVICE, 0, &a), first);
	goes_to(DEVICE, first, &a);
	/* Another device cannot use it; nor can one forge a plain message. */
	assert_int_equal(vtd_model_message(0, STRANGER,
			 vtd_message_address((unsigned int)first), &found),
			 0x26);
	assert_int_equal(vtd_model_message(0, DEVICE, 0xfee01000, &found),
			 0x25);
	assert_true(vtd_faults_report());
	assert_int_equal(vtd_interrupts_drop(DEVICE), 0);
	assert_int_equal(vtd_model_message(0, DEVICE,
			 vtd_message_address((unsigned int)second), &found),
			 0x22);
	assert_int_equal(vtd_interrupt_set(STRANGER, 7, &b), first);
	goes_to(STRANGER, first, &b);
	assert_int_equal(vtd_interrupt_set(STRANGER, 7, NULL), first);
	lawful();
}

static void test_interrupts(void **state)
{
	(void)state;
	for (size_t k = 0; k < 3; k++)
		interrupts_on(&kinds[k]);
}

static void test_interrupts_run_out(void **state)
{
	const struct vtd_interrupt any = { 1, 0x30, 0, false, false };

	(void)state;
	start(&kinds[0]);
	for (unsigned int n = 0; n < VTD_HANDLES; n++)
		assert_true(vtd_interrupt_set(DEVICE, (uint16_t)n, &any) >= 0);
	assert_int_equal(vtd_interrupt_set(DEVICE, VTD_HANDLES, &any), -ENOMEM);
	assert_int_equal(vtd_interrupt_set(DEVICE, 9, NULL) >= 0, 1);
	assert_int_equal(vtd_interrupt_set(STRANGER, 0, &any), 9);
}

static void test_pins(void **state)
{
	const uint64_t entry = 0x0100000000000000ull | 0xa930;
	uint64_t remapped = vtd_pin_entry(0x8123, entry | BIT(16));

	(void)state;
	assert_int_equal(remapped >> 49, 0x123);
	assert_true(remapped & BIT(48));
	assert_true(remapped & BIT(11));
	assert_true(remapped & BIT(16));
	assert_int_equal(remapped & 0xff, 0x30);
	assert_int_equal(remapped & 0xa000, 0xa000);
	assert_int_equal(remapped & 0x700, 0);
}

static void test_random(void **state)
{
	unsigned int looked = 0;

	(void)state;
	srand(5);
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		struct cell *cell;

		start(&kinds[k]);
		cell = cell_with_device(FAR_DEVICE);
		assert_int_equal(vtd_unmap(cell, &(struct memory_region){
			0, 0, BLOB_CELL_RAM_BYTES, 0 }), 0);
		looked += device_random_regions(&vtd_devices, cell, FAR_DEVICE,
						4000);
		lawful();
	}
	printf("data: vtd_accesses %u\n", looked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_unit),
		cmocka_unit_test(test_on_and_off),
		cmocka_unit_test(test_devices_of_the_root),
		cmocka_unit_test(test_devices_of_a_cell),
		cmocka_unit_test(test_root_loses_memory),
		cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_queue_wraps),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_report_to),
		cmocka_unit_test(test_interrupts),
		cmocka_unit_test(test_interrupts_run_out),
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
