/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMMUs that do not suit, do not answer, refuse commands, or report what devices
 * did: each wait ends, each call says so, and what comes after works.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arm64-smmu-checks.h"
#include "hv/errno.h"
#include "hv/setup.h"
#include "hypervisor/arch/arm64/smmu.h"

#define NS_PER_S	1000000000ull

static void expect_refusal(int error, const char *words)
{
	struct reason reason = { "" };

	assert_int_equal(smmu_init(&reason), error);
	if (!strstr(reason.text, words) || !strstr(reason.text, "0x9050000"))
		fail_msg("wanted \"%s\", found \"%s\"", words, reason.text);
	assert_int_equal(smmu_enable(), 0);
	smmu_lawful();
}

static void test_lacks(void **state)
{
	(void)state;
	smmu_boot(&smmu_kinds[0], 1);
	smmu_model.idr0_clear = 1;
	expect_refusal(-ENODEV, "has no stage 2 (IDR0.S2P is 0)");
	smmu_boot(&smmu_kinds[0], 1);
	smmu_model.idr0_clear = 2u << 2;
	smmu_model.idr0_set = 1u << 2;
	expect_refusal(-ENODEV, "AArch64 with 4 KiB pages");
	smmu_boot(&smmu_kinds[0], 1);
	smmu_model.idr5_clear = 1u << 4;
	expect_refusal(-ENODEV, "AArch64 with 4 KiB pages");
	smmu_boot(&smmu_kinds[0], 1);
	smmu_model.idr0_set = 3u << 21;
	expect_refusal(-ENODEV, "big-endian");
	smmu_boot(&smmu_kinds[0], 1);
	smmu_model.idr0_set = 2u << 24;
	expect_refusal(-ENODEV, "stalls devices");
	for (unsigned int bit = 28; bit <= 30; bit++) {
		smmu_boot(&smmu_kinds[0], 1);
		smmu_model.idr1_set = 1u << bit;
		expect_refusal(-ENODEV, "where it wants");
	}
	smmu_boot(&smmu_kinds[0], 1);
	smmu_model.unit[0].cr0_written = 1;
	expect_refusal(-EBUSY, "is in use");
}

static void test_streams_beyond(void **state)
{
	struct smmu_kind kind = smmu_kinds[0];
	struct reason reason;

	(void)state;
	kind.stream_bits = 12;
	smmu_boot(&kind, 1);
	assert_int_equal(smmu_init(&reason), -EINVAL);
	assert_non_null(strstr(reason.text, "stream id 0x1a03"));
	assert_non_null(strstr(reason.text, "end at 0xfff"));
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++) {
		smmu_boot(&smmu_kinds[0], SMMU_MODEL_UNITS);
		smmu_model.unit[n].kind.stream_bits = 12;
		assert_int_equal(smmu_init(&reason), -EINVAL);
		assert_non_null(strstr(reason.text, "end at 0xfff"));
	}
	/* More are known, but one level of them would be too large. */
	kind.stream_bits = 20;
	kind.linear = true;
	smmu_boot(&kind, 1);
	assert_int_equal(smmu_init(&reason), 0);
	kind.stream_bits = 5;
	smmu_boot(&kind, 1);
	assert_int_equal(smmu_init(&reason), -EINVAL);
	assert_non_null(strstr(reason.text, "end at 0x1f"));
	/* What a unit knows is not what a table of this hypervisor has. */
	smmu_boot(&smmu_kinds[0], 1);
	smmu_model.unit[0].kind.linear = true;
	assert_int_equal(smmu_init(&reason), -EINVAL);
	assert_non_null(strstr(reason.text, "end at 0xff"));
	smmu_boot(&smmu_kinds[2], 1);
	((struct smmu_system *)system_config)->streams[2].id = 1u << 20;
	assert_int_equal(smmu_init(&reason), -EINVAL);
	assert_non_null(strstr(reason.text, "end at 0xfffff"));
	smmu_lawful();
}

/* Whatever is not answered ends. */
static void test_no_answer(void **state)
{
	static const uint32_t dead[] = { 8, 4, 1 };

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(dead); n++) {
		struct reason reason;
		uint64_t phys;

		smmu_boot(&smmu_kinds[1], SMMU_MODEL_UNITS);
		assert_int_equal(smmu_init(&reason), 0);
		assert_int_equal(smmu_cell_init(cell_root(), &reason), 0);
		device_map_all(&smmu_devices, cell_root());
		smmu_model.dead_cr0 = dead[n];
		smmu_model.unit[1].cr1 = 0x123;
		smmu_model.unit[1].irq = 5;
		assert_int_equal(smmu_enable(), -EIO);
		assert_true(fake.now_ns < 2 * NS_PER_S);
		/* It is as it was: nothing is translated. */
		assert_int_equal(smmu_model_dma(0, STREAM_NOBODYS, 0x1000,
						true, &phys), 0);
		assert_int_equal(smmu_model.unit[0].cr0_written, 0);
		assert_int_equal(smmu_model.unit[1].cr1, 0x123);
		assert_int_equal(smmu_model.unit[1].irq, 5);
	}
	smmu_boot(&smmu_kinds[1], 1);
	smmu_model.dead_commands = ~0u;
	assert_int_equal(smmu_init(NULL), 0);
	assert_int_equal(smmu_enable(), -EIO);
	assert_true(fake.now_ns < 2 * NS_PER_S);
}

/* No command is taken until the queue is full, and long after; then all are. */
static void test_queue_full(void **state)
{
	const struct memory_region ram = { 0x40000000, 0x40000000, PAGE_BYTES,
					   MEM_DMA | MEM_READ | MEM_WRITE };

	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		smmu_start(&smmu_kinds[k]);
		/* Three hundred waits to their end are otherwise a minute here. */
		fake.relax_ns = 100000;
		smmu_model.dead_commands = ~0u;
		for (unsigned int n = 0; n < 300; n++)
			assert_int_equal(smmu_config_commit(), -EIO);
		assert_int_equal(smmu_unmap(cell_root(), &ram), -EIO);
		assert_true(fake.now_ns < 301 * NS_PER_S / 2);
		smmu_model.dead_commands = 0;
		assert_int_equal(smmu_map(cell_root(), &ram), 0);
		assert_int_equal(smmu_unmap(cell_root(), &ram), 0);
		smmu_refused(STREAM_ROOT, 0x40000000);
		assert_int_equal(smmu_config_commit(), 0);
		smmu_lawful();
	}
}

/* One of them is enough, whichever it is. */
static void test_one_without_answer(void **state)
{
	const struct memory_region ram = { 0x40000000, 0x40000000, PAGE_BYTES,
					   MEM_DMA | MEM_READ | MEM_WRITE };

	(void)state;
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++) {
		smmu_start(&smmu_kinds[0]);
		smmu_model.dead_commands = 1u << n;
		assert_int_equal(smmu_config_commit(), -EIO);
		assert_int_equal(smmu_unmap(cell_root(), &ram), -EIO);
		smmu_lawful();
	}
}

static void test_queue_wraps(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		smmu_start(&smmu_kinds[k]);
		for (unsigned int n = 0; n < 700; n++)
			assert_int_equal(smmu_config_commit(), 0);
		assert_true(smmu_model.commands > 2 * 3 * 700);
		smmu_lawful();
	}
}

/* An error of the queue is that call's, and the queue goes on. */
static void test_command_refused(void **state)
{
	static const uint64_t opcodes[] = { 0x04, 0x30 };
	const struct memory_region ram = { 0x40000000, 0x40000000, PAGE_BYTES,
					   MEM_DMA | MEM_READ | MEM_WRITE };

	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		for (size_t n = 0; n < ARRAY_COUNT(opcodes); n++) {
			smmu_start(&smmu_kinds[k]);
			smmu_model.refused_command = opcodes[n];
			assert_int_equal(smmu_config_commit(), -EIO);
			/* Others are taken, though it is in the queue. */
			assert_int_equal(smmu_unmap(cell_root(), &ram), 0);
			smmu_refused(STREAM_ROOT, 0x40000000);
			assert_int_equal(smmu_map(cell_root(), &ram), 0);
			smmu_model.refused_command = UINT64_MAX;
			assert_int_equal(smmu_config_commit(), 0);
			smmu_reaches(STREAM_ROOT, 0x40000000, 0x40000000);
			smmu_lawful();
		}
	}
}

/* A stream that cannot be taken from the root is nobody's, not the cell's. */
static void test_change_not_answered(void **state)
{
	struct blob_cell blob;
	struct cell *cell;

	(void)state;
	smmu_start(&smmu_kinds[0]);
	blob_cell_init(&blob, 1);
	blob.memory[BLOB_OWN].flags |= MEM_DMA;
	blob.stream.id = STREAM_CELL;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	cell = cell_by_id(1);
	assert_int_equal(smmu_cell_init(cell, NULL), 0);
	device_map_all(&smmu_devices, cell);
	smmu_model.dead_commands = ~0u;
	assert_int_equal(smmu_config_commit(), -EIO);
	smmu_refused(STREAM_CELL, 0);
	smmu_model.dead_commands = 0;
	assert_int_equal(smmu_config_commit(), 0);
	smmu_reaches(STREAM_CELL, 0, BLOB_CELL_RAM);
	smmu_lawful();
}

static uint32_t mark;

/* Whether the hypervisor has printed this since the last time. */
static bool said(const char *text)
{
	const struct console_ring *ring =
		fake_ram(FAKE_HV_START + image_header.console_ring);
	static char since[CONSOLE_RING_BYTES + 1];
	uint32_t count = 0;

	if (ring->tail - mark > CONSOLE_RING_BYTES)
		mark = ring->tail - CONSOLE_RING_BYTES;
	for (; mark != ring->tail; mark++)
		since[count++] = ring->content[mark % CONSOLE_RING_BYTES];
	since[count] = '\0';
	return strstr(since, text) != NULL;
}

static void expect_said(const struct smmu_kind *kind)
{
	uint64_t phys;

	smmu_start(kind);
	assert_int_equal(smmu_faults_report(), 0);
	said("");
	smmu_model_dma(1, STREAM_ROOT, 0x123456, true, &phys);
	assert_int_equal(smmu_faults_report(), 1);
	assert_true(said("SMMU 0x9070000: write at 0x123456 by stream 0x5 refused, event 0x10"));
	smmu_model_dma(1, STREAM_ROOT, 0x7e000008, false, &phys);
	smmu_model_dma(0, STREAM_NOBODYS, 0x40000000, false, &phys);
	assert_int_equal(smmu_faults_report(), 2);
	assert_true(said("SMMU 0x9050000: stream 0x6 refused, event 0x4"));
	/* Beyond the table. */
	smmu_model_dma(1, STREAM_CELL, 0x7e000010, false, &phys);
	smmu_model_dma(0, 0x1fff, 0x40000000, false, &phys);
	assert_int_equal(smmu_faults_report(), 2);
	assert_true(said("SMMU 0x9050000: stream 0x1fff refused, event 0x2\nSMMU 0x9070000: read at 0x7e000010 by stream 0x21 refused, event 0x10"));
	assert_int_equal(smmu_faults_report(), 0);
	smmu_model_error(0, 1u << 2 | 1u << 8);
	assert_int_equal(smmu_faults_report(), 1);
	assert_true(said("SMMU 0x9050000: it reports errors 0x104"));
	assert_int_equal(smmu_faults_report(), 0);
	/* An error of the queue is for whoever has put the command there. */
	smmu_model_error(0, 1u << 0);
	assert_int_equal(smmu_faults_report(), 0);
	assert_int_equal(smmu_config_commit(), -EIO);
	assert_int_equal(smmu_config_commit(), 0);
	smmu_model_dma(0, STREAM_NOBODYS, 0, true, &phys);
	smmu_restore();
	assert_true(said("SMMU 0x9050000: stream 0x6 refused, event 0x4"));
	assert_int_equal(smmu_faults_report(), 0);
	smmu_lawful();
}

static void test_faults_said(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++)
		expect_said(&smmu_kinds[k]);
}

/* More than the queue holds: those are counted, the rest is said to be lost. */
static void test_faults_overflow(void **state)
{
	(void)state;
	for (size_t k = 0; k < SMMU_KINDS; k++) {
		unsigned int log2 = smmu_kinds[k].events_log2 < 7 ?
					    smmu_kinds[k].events_log2 : 7;
		uint64_t phys;
		char all[80];

		smmu_start(&smmu_kinds[k]);
		for (unsigned int round = 0; round < 5; round++) {
			said("");
			for (unsigned int n = 0; n < (2u << log2); n++)
				smmu_model_dma(0, STREAM_NOBODYS, 0, true,
					       &phys);
			assert_int_equal(smmu_faults_report(), (1u << log2) + 1);
			snprintf(all, sizeof(all), ", %u in all are known of, others are lost",
				 (round + 1) << log2);
			assert_true(said(all));
			assert_int_equal(smmu_faults_report(), 0);
		}
		for (unsigned int n = 0; n < (3u << log2); n++) {
			smmu_model_dma(0, STREAM_NOBODYS, 0, true, &phys);
			assert_int_equal(smmu_faults_report(), 1);
		}
		smmu_lawful();
	}
}

/* It is not driven, and that is said; nor are its registers touched. */
static void test_another_kind(void **state)
{
	struct system_desc *system;

	(void)state;
	smmu_boot(&smmu_kinds[0], 1);
	system = (struct system_desc *)system_config;
	system->platform.iommu_units[1].type = IOMMU_MMU500;
	said("");
	assert_int_equal(smmu_init(NULL), 0);
	assert_true(said("WARNING: the SMMUv2 (MMU-500) at 0x9050000 is not driven: a device reaches the memory of every cell"));
	assert_int_equal(smmu_cell_init(cell_root(), NULL), 0);
	assert_int_equal(smmu_enable(), 0);
	assert_int_equal(smmu_model.unit[0].cr0, 0);
	smmu_start(&smmu_kinds[0]);
	assert_false(said("WARNING"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lacks),
		cmocka_unit_test(test_streams_beyond),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_queue_full),
		cmocka_unit_test(test_one_without_answer),
		cmocka_unit_test(test_queue_wraps),
		cmocka_unit_test(test_command_refused),
		cmocka_unit_test(test_change_not_answered),
		cmocka_unit_test(test_another_kind),
		cmocka_unit_test(test_faults_said),
		cmocka_unit_test(test_faults_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
