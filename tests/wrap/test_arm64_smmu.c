/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMMUs behind their registers: what devices of the root and of a cell reach,
 * colored or not, on units of all kinds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arm64-smmu-checks.h"
#include "colored-blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hypervisor/arch/arm64/smmu.h"

static struct cell *cell_with_stream(uint32_t stream)
{
	struct blob_cell blob;

	blob_cell_init(&blob, 1);
	blob.stream.id = stream;
	return device_cell_create(&smmu_devices, &blob);
}

/* The fake's cell goes by a hypercall; its slot is free before its tables are. */
static void cell_goes(const struct cell *cell)
{
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	smmu_cell_exit(cell);
	assert_int_equal(smmu_map(cell_root(), &device_cell_ram), 0);
	assert_int_equal(smmu_config_commit(), 0);
}

static void test_no_unit(void **state)
{
	struct reason reason;

	(void)state;
	smmu_boot(&smmu_kinds[0], 0);
	assert_int_equal(smmu_init(&reason), 0);
	assert_int_equal(smmu_cell_init(cell_root(), &reason), 0);
	assert_int_equal(smmu_map(cell_root(), &device_cell_ram), 0);
	assert_int_equal(smmu_unmap(cell_root(), &device_cell_ram), 0);
	assert_int_equal(smmu_enable(), 0);
	assert_int_equal(smmu_config_commit(), 0);
	assert_int_equal(smmu_faults_report(), 0);
	smmu_restore();
	smmu_lawful();
}

/* The registers as somebody left them before. */
static void leave_registers(struct smmu_model_unit *unit)
{
	unit->cr1 = 0x123;
	unit->cr2 = 1;
	unit->streams = 0x4000000044000000ull;
	unit->streams_cfg = 0x10208;
	unit->commands = 0x4000000045000008ull;
	unit->command_prod = unit->command_cons = 0x17;
	unit->events = 0x4000000046000007ull;
	unit->event_prod = unit->event_cons = 0x80000005;
	unit->irq = 5;
	unit->cr0 = unit->cr0_written = 0xc;
	unit->gerror = 0x85;
	unit->gerrorn = 0x80;
}

static void expect_registers(const struct smmu_model_unit *unit)
{
	struct smmu_model_unit *left = calloc(1, sizeof(*left));

	assert_non_null(left);
	leave_registers(left);
	assert_int_equal(unit->cr0, left->cr0);
	assert_int_equal(unit->cr1, left->cr1);
	assert_int_equal(unit->cr2, left->cr2);
	assert_true(unit->streams == left->streams);
	assert_int_equal(unit->streams_cfg, left->streams_cfg);
	assert_true(unit->commands == left->commands);
	assert_int_equal(unit->command_prod, left->command_prod);
	assert_int_equal(unit->command_cons, left->command_cons);
	assert_true(unit->events == left->events);
	assert_int_equal(unit->event_prod, left->event_prod);
	assert_int_equal(unit->event_cons, left->event_cons);
	assert_int_equal(unit->irq, left->irq);
	free(left);
}

static void expect_on(const struct smmu_kind *kind)
{
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++) {
		assert_int_equal(smmu_model.unit[n].cr0, 0xd);
		assert_int_equal(smmu_model.unit[n].irq, 0);
		assert_int_equal(smmu_model.unit[n].cr1,
				 kind->coherent ? 0xd75 : 0);
		assert_int_equal(smmu_model.unit[n].cr2, 6);
	}
	/* What is recorded now, nothing of before. */
	smmu_refused(STREAM_NOBODYS, 0x40000000);
	assert_int_equal(smmu_faults_report(), 2 * SMMU_MODEL_UNITS);
	smmu_reaches(STREAM_ROOT, 0x40000000, 0x40000000);
}

static void on_and_off(const struct smmu_kind *kind)
{
	struct reason reason;

	smmu_boot(kind, SMMU_MODEL_UNITS);
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++)
		leave_registers(&smmu_model.unit[n]);
	assert_int_equal(smmu_init(&reason), 0);
	assert_int_equal(smmu_cell_init(cell_root(), &reason), 0);
	device_map_all(&smmu_devices, cell_root());
	/* Nothing has changed so far: a device reaches all. */
	smmu_reaches(STREAM_NOBODYS, FAKE_HV_START, FAKE_HV_START);
	expect_registers(&smmu_model.unit[1]);
	assert_int_equal(smmu_enable(), 0);
	expect_on(kind);
	assert_int_equal(smmu_model.flushes == 0, kind->coherent);
	smmu_restore();
	smmu_restore();
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++)
		expect_registers(&smmu_model.unit[n]);
	assert_true(smmu_model_forgot());
	assert_int_equal(smmu_enable(), 0);
	expect_on(kind);
	smmu_restore();
	smmu_reaches(STREAM_NOBODYS, FAKE_HV_START, FAKE_HV_START);
	smmu_lawful();
}

static void test_on_and_off(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++)
		on_and_off(&smmu_kinds[k]);
}

static void test_devices_of_the_root(void **state)
{
	uint64_t phys;

	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		const struct smmu_kind *kind = &smmu_kinds[k];

		smmu_start(kind);
		smmu_reaches(STREAM_ROOT, 0x40000000, 0x40000000);
		smmu_reaches(STREAM_ROOT, 0x6ffff123, 0x6ffff123);
		smmu_reaches(STREAM_CELL, BLOB_CELL_RAM, BLOB_CELL_RAM);
		smmu_reaches(smmu_third(kind), BLOB_CELL_RAM, BLOB_CELL_RAM);
		/* The hypervisor, a region without MEM_DMA, nothing, far away. */
		smmu_refused(STREAM_ROOT, FAKE_HV_START);
		smmu_refused(STREAM_ROOT, 0x7e000000);
		smmu_refused(STREAM_ROOT, 0x1000);
		smmu_refused(STREAM_ROOT, 1ull << 34);
		smmu_refused(STREAM_ROOT, 1ull << 50);
		/* Not listed: beside one that is, and beyond the table. */
		assert_int_equal(smmu_model_dma(0, STREAM_NOBODYS, 0x40000000,
						false, &phys), 4);
		assert_int_equal(smmu_model_dma(1, 0x1fff, 0x40000000, false,
						&phys),
				 2);
		smmu_lawful();
	}
}

static void comes_and_goes(uint32_t stream)
{
	struct cell *cell;
	uint64_t phys;

	/* In the caches of the units before it changes hands. */
	smmu_reaches(stream, BLOB_CELL_RAM + 0x123, BLOB_CELL_RAM + 0x123);
	smmu_reaches(STREAM_ROOT, BLOB_CELL_RAM, BLOB_CELL_RAM);
	cell = cell_with_stream(stream);
	smmu_reaches(stream, 0x123, BLOB_CELL_RAM + 0x123);
	smmu_reaches(stream, BLOB_CELL_RAM_BYTES - 8,
		     BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES - 8);
	smmu_refused(stream, BLOB_CELL_RAM_BYTES);
	smmu_refused(stream, BLOB_CELL_RAM);
	smmu_refused(STREAM_ROOT, BLOB_CELL_RAM);
	smmu_refused(STREAM_ROOT, BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES - 1);
	smmu_reaches(STREAM_ROOT, BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES,
		     BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES);
	/* It may be read only. */
	assert_int_equal(smmu_model_dma(0, stream, 0x10000000, false, &phys),
			 0);
	assert_int_equal(phys, BLOB_CELL_ROM);
	assert_int_equal(smmu_model_dma(0, stream, 0x10000000, true, &phys),
			 0x13);
	cell_goes(cell);
	smmu_reaches(stream, BLOB_CELL_RAM + 0x123, BLOB_CELL_RAM + 0x123);
	smmu_refused(stream, 0x123);
	smmu_reaches(STREAM_ROOT, BLOB_CELL_RAM, BLOB_CELL_RAM);
}

static void test_devices_of_a_cell(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		size_t used;

		smmu_start(&smmu_kinds[k]);
		comes_and_goes(STREAM_CELL);
		used = page_pool_used();
		for (unsigned int n = 0; n < 3; n++)
			comes_and_goes(n % 2 ? STREAM_CELL :
					       smmu_third(&smmu_kinds[k]));
		assert_int_equal(page_pool_used(), used);
		smmu_lawful();
	}
}

/* Units of two kinds: the tables suit both, each knows of each change. */
static void test_mixed(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS * SMMU_KINDS; k++) {
		smmu_model_mix(&smmu_kinds[k / SMMU_KINDS],
			       &smmu_kinds[k % SMMU_KINDS]);
		smmu_boot_model(SMMU_MODEL_UNITS);
		smmu_on();
		comes_and_goes(smmu_third(&smmu_model.kind));
		comes_and_goes(STREAM_CELL);
		smmu_lawful();
	}
}

/* Its table goes when no unit walks it any more, and not before. */
static void test_cell_goes_alone(void **state)
{
	(void)state;
	for (unsigned int dead = 0; dead <= 1; dead++) {
		const struct cell *cell;
		size_t used;

		smmu_start(&smmu_kinds[0]);
		cell = cell_with_stream(STREAM_CELL);
		smmu_reaches(STREAM_CELL, 0, BLOB_CELL_RAM);
		assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
		used = page_pool_used();
		smmu_model.dead_commands = dead;
		smmu_cell_exit(cell);
		assert_int_equal(page_pool_used() < used, !dead);
		if (!dead) {
			smmu_refused(STREAM_CELL, 0);
			smmu_reaches(STREAM_CELL, 0x40000000, 0x40000000);
		}
		smmu_lawful();
	}
}

static struct cell *colored_cell(uint32_t stream,
				 const struct memory_region **own)
{
	struct {
		struct cell_desc cell;
		uint64_t cpus;
		struct memory_region memory[COLORED_REGIONS];
		struct pci_device pci;
		union stream_id stream;
		struct weir_block block;
		struct weir_record_colors colors;
		struct weir_record_options options;
	} ABI_PACKED blob = { .stream = { .id = stream } };
	struct colored_cell plain;
	struct config_view view;
	struct cell *cell;

	colored_cell_init(&plain, 1, 0x33c0);
	blob.cell = plain.cell;
	blob.cell.num_stream_ids = 1;
	blob.cpus = plain.cpus;
	memcpy(blob.memory, plain.memory, sizeof(blob.memory));
	blob.memory[COLORED_OWN].flags |= MEM_DMA;
	blob.pci = plain.pci;
	blob.block = plain.block;
	blob.colors = plain.colors;
	blob.options = plain.options;
	if (cells_create(&blob, sizeof(blob)))
		fail_msg("create: %s", cells_last_reason());
	cell = cell_by_id(1);
	cell_view(cell, &view);
	assert_int_equal(smmu_cell_init(cell, NULL), 0);
	*own = &view.memory[COLORED_OWN];
	return cell;
}

static void test_devices_of_a_colored_cell(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		const struct memory_region *own;
		struct cell *cell;

		smmu_start(&smmu_kinds[k]);
		smmu_reaches(STREAM_CELL, COLORED_RAM, COLORED_RAM);
		cell = colored_cell(STREAM_CELL, &own);
		device_give_colored(&smmu_devices, cell, own);
		assert_int_equal(smmu_config_commit(), 0);
		device_expect_colored(&smmu_devices, cell, own, STREAM_CELL,
				      STREAM_ROOT);
		device_take_colored(&smmu_devices, cell, own);
		smmu_refused(STREAM_CELL, own->virt_start);
		smmu_lawful();
	}
}

/* The machine of shared_system_init() with units, all regions for devices. */
static void start_shared(const struct smmu_kind *kind)
{
	struct {
		struct system_desc system;
		uint64_t cpus;
		struct memory_region memory[RECOLOR_REGIONS + 1];
		struct irqchip irqchip;
		union stream_id streams[3];
		struct weir_block block;
		struct weir_record_counter counter;
		struct weir_record_coloring coloring;
		struct weir_record_root_colors root;
		struct weir_record_shared_colors shared;
		struct weir_record_own_colors own;
	} ABI_PACKED blob;
	struct shared_system plain;
	struct smmu_system units;

	fake_machine();
	fake.relax_ns = 1000;
	smmu_model_init(kind);
	smmu_system_init(&units, kind, SMMU_MODEL_UNITS);
	shared_system_init(&plain);
	blob.system = plain.system;
	blob.system.platform = units.system.platform;
	blob.system.root_cell.num_stream_ids = ARRAY_COUNT(blob.streams);
	blob.cpus = plain.cpus;
	memcpy(blob.memory, plain.memory, sizeof(blob.memory));
	blob.memory[RECOLOR_REGIONS].flags |= MEM_DMA;
	blob.irqchip = plain.irqchip;
	memcpy(blob.streams, units.streams, sizeof(blob.streams));
	memcpy(&blob.block, &plain.block,
	       sizeof(plain) - offsetof(struct shared_system, block));
	assert_int_equal(fake_boot(&blob, sizeof(blob)), 0);
	smmu_on();
}

/* One that shares, whose device reaches what has these flags too. */
static struct cell *sharing_cell(uint64_t flags)
{
	struct {
		struct cell_desc cell;
		uint64_t cpus;
		struct memory_region memory[COLORED_REGIONS + 1];
		struct pci_device pci;
		union stream_id stream;
		struct weir_block block;
		struct weir_record_colors colors;
		struct weir_record_options options;
		struct weir_record_shared_colors shared;
	} ABI_PACKED blob = { .stream = { .id = STREAM_CELL } };
	struct shared_cell plain;
	struct cell *cell;

	shared_cell_init(&plain, 1, 0x00f0);
	blob.cell = plain.cell;
	blob.cell.num_stream_ids = 1;
	blob.cpus = plain.cpus;
	memcpy(blob.memory, plain.memory, sizeof(blob.memory));
	blob.memory[COLORED_REGIONS].flags |= flags;
	blob.pci = plain.pci;
	memcpy(&blob.block, &plain.block,
	       sizeof(plain) - offsetof(struct shared_cell, block));
	if (cells_create(&blob, sizeof(blob)))
		fail_msg("create: %s", cells_last_reason());
	cell = cell_by_id(1);
	assert_int_equal(smmu_cell_init(cell, NULL), 0);
	device_map_all(&smmu_devices, cell);
	assert_int_equal(smmu_config_commit(), 0);
	return cell;
}

static void test_devices_of_who_shares(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		const struct cell *cell;

		/* Where the root has it is beyond the 36 bits of this one. */
		if (smmu_kinds[k].address == 1)
			continue;
		start_shared(&smmu_kinds[k]);
		device_expect_shared(&smmu_devices, STREAM_ROOT, SHARED_ROOT);
		cell = sharing_cell(MEM_DMA);
		device_expect_shared(&smmu_devices, STREAM_CELL, SHARED_CELL);
		smmu_refused(STREAM_CELL, SHARED_ROOT);
		cell_goes(cell);
		device_expect_shared(&smmu_devices, STREAM_ROOT, SHARED_ROOT);
		/* Its CPU alone. */
		cell = sharing_cell(0);
		smmu_refused(STREAM_CELL, SHARED_CELL);
		device_expect_shared(&smmu_devices, STREAM_ROOT, SHARED_ROOT);
		smmu_lawful();
	}
}

static void test_random(void **state)
{
	(void)state;
	srand(7);
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		struct cell *cell;

		smmu_start(&smmu_kinds[k]);
		cell = cell_with_stream(STREAM_CELL);
		assert_int_equal(smmu_unmap(cell, &(struct memory_region){
			0, 0, BLOB_CELL_RAM_BYTES, 0 }), 0);
		device_random_regions(&smmu_devices, cell, STREAM_CELL, 1500);
		smmu_lawful();
	}
}

static void test_out_of_reach(void **state)
{
	struct memory_region region = { 0x50000000, 1ull << 36, PAGE_BYTES,
					MEM_DMA | MEM_READ };

	(void)state;
	smmu_start(&smmu_kinds[4]);
	assert_int_equal(smmu_map(cell_root(), &region), -ERANGE);
	region.virt_start = (1ull << 36) - PAGE_BYTES;
	assert_int_equal(smmu_map(cell_root(), &region), 0);
	region.phys_start = 1ull << 36;
	assert_int_equal(smmu_map(cell_root(), &region), -ERANGE);
	region.flags = MEM_READ;
	assert_int_equal(smmu_map(cell_root(), &region), 0);
	/* Only its last page is. */
	region = (struct memory_region){ (1ull << 36) - PAGE_BYTES, 0x50000000,
					 2 * PAGE_BYTES, MEM_DMA | MEM_READ };
	assert_int_equal(smmu_map(cell_root(), &region), -ERANGE);
	region.phys_start = 0x50000000;
	region.virt_start = (1ull << 36) - PAGE_BYTES;
	assert_int_equal(smmu_map(cell_root(), &region), -ERANGE);
	smmu_lawful();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_unit),
		cmocka_unit_test(test_on_and_off),
		cmocka_unit_test(test_devices_of_the_root),
		cmocka_unit_test(test_devices_of_a_cell),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_cell_goes_alone),
		cmocka_unit_test(test_devices_of_a_colored_cell),
		cmocka_unit_test(test_devices_of_who_shares),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_out_of_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
