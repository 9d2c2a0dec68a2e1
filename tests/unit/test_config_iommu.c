/* SPDX-License-Identifier: GPL-2.0-only */
/* What a system configuration says about IOMMUs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

#define UNIT_BASE	0xfed90000ull

/* The fake's system, as one of x86, and two more records. */
struct x86_blob {
	struct blob_system system;
	struct weir_record_iommu iommu[2];
} ABI_PACKED;

static void blob_init(struct x86_blob *blob, unsigned int count)
{
	memset(blob, 0, sizeof(*blob));
	blob_system_init(&blob->system);
	blob->system.system.architecture = CONFIG_ARCH_X86;
	blob->system.system.root_cell.architecture = CONFIG_ARCH_X86;
	for (unsigned int n = 0; n < count; n++) {
		blob->iommu[n].record.type = WEIR_RECORD_IOMMU;
		blob->iommu[n].record.size = sizeof(blob->iommu[n]);
		blob->iommu[n].base = UNIT_BASE + n * PAGE_BYTES;
		blob->iommu[n].size = PAGE_BYTES;
	}
	blob->system.block.num_records = (uint16_t)(
		blob->system.block.num_records + count);
	blob->system.block.size += (uint32_t)(count * sizeof(blob->iommu[0]));
}

static size_t blob_bytes(const struct x86_blob *blob)
{
	return offsetof(struct x86_blob, system.block) +
	       blob->system.block.size;
}

static int check(const struct x86_blob *blob, enum config_arch arch,
		 const char *words)
{
	struct reason reason = { "" };
	int error = config_check_system(blob, blob_bytes(blob), arch, &reason);

	if (words && !strstr(reason.text, words))
		fail_msg("wanted \"%s\", found %d \"%s\"", words, error,
			 reason.text);
	if (!words && error)
		fail_msg("refused: %s", reason.text);
	return error;
}

static void refused(const struct x86_blob *blob, const char *words)
{
	assert_int_equal(check(blob, CONFIG_ARCH_X86, words), -EINVAL);
}

static enum config_iommu said(const struct x86_blob *blob)
{
	struct config_view view;

	config_view_init(&view, &blob->system.system.root_cell,
			 blob_bytes(blob) - offsetof(struct system_desc,
						     root_cell));
	return config_iommu(&blob->system.system, &view);
}

static void test_silence(void **state)
{
	struct x86_blob blob;

	(void)state;
	blob_init(&blob, 0);
	refused(&blob, "nor said to be absent");
	assert_int_equal(said(&blob), CONFIG_IOMMU_UNSAID);
	/* arm64 has SMMUs, which this is not about. */
	blob.system.system.architecture = CONFIG_ARCH_ARM64;
	blob.system.system.root_cell.architecture = CONFIG_ARCH_ARM64;
	check(&blob, CONFIG_ARCH_ARM64, NULL);
}

static void test_none(void **state)
{
	struct x86_blob blob;

	(void)state;
	blob_init(&blob, 1);
	blob.iommu[0].flags = WEIR_IOMMU_NONE;
	refused(&blob, "yet one is described");
	blob.iommu[0].base = 0;
	blob.iommu[0].size = 0;
	check(&blob, CONFIG_ARCH_X86, NULL);
	assert_int_equal(said(&blob), CONFIG_IOMMU_NONE);
	blob.iommu[0].scope[5].type = IOMMU_SCOPE_HPET;
	refused(&blob, "yet one is described");
	blob_init(&blob, 2);
	blob.iommu[1].flags = WEIR_IOMMU_NONE;
	blob.iommu[1].base = 0;
	blob.iommu[1].size = 0;
	refused(&blob, "yet one is described");
	blob_init(&blob, 1);
	blob.iommu[0].flags = WEIR_IOMMU_NONE;
	blob.iommu[0].base = 0;
	blob.iommu[0].size = 0;
	blob.system.system.platform.iommu_units[3] = (struct iommu_unit){
		.type = IOMMU_INTEL, .base = UNIT_BASE, .size = 4096 };
	refused(&blob, "yet one is described");
}

static void test_units(void **state)
{
	struct weir_record_iommu unit;
	struct config_view view;
	struct x86_blob blob;

	(void)state;
	blob_init(&blob, 2);
	check(&blob, CONFIG_ARCH_X86, NULL);
	assert_int_equal(said(&blob), CONFIG_IOMMU_UNITS);
	config_view_init(&view, &blob.system.system.root_cell,
			 blob_bytes(&blob) - offsetof(struct system_desc,
						      root_cell));
	assert_true(config_iommu_unit(&blob.system.system, &view, 1, &unit));
	assert_int_equal(unit.base, UNIT_BASE + PAGE_BYTES);
	assert_false(config_iommu_unit(&blob.system.system, &view, 2, &unit));
}

/* As Jailhouse's configurations have it. */
static void test_standard_units(void **state)
{
	struct weir_record_iommu unit;
	struct config_view view;
	struct x86_blob blob;

	(void)state;
	blob_init(&blob, 0);
	blob.system.system.platform.iommu_units[2] = (struct iommu_unit){
		.type = IOMMU_INTEL, .base = UNIT_BASE, .size = 4096 };
	check(&blob, CONFIG_ARCH_X86, NULL);
	assert_int_equal(said(&blob), CONFIG_IOMMU_UNITS);
	config_view_init(&view, &blob.system.system.root_cell,
			 blob_bytes(&blob) - offsetof(struct system_desc,
						      root_cell));
	assert_true(config_iommu_unit(&blob.system.system, &view, 0, &unit));
	assert_int_equal(unit.base, UNIT_BASE);
	assert_false(config_iommu_unit(&blob.system.system, &view, 1, &unit));
}

static void test_fields(void **state)
{
	struct x86_blob blob;

	(void)state;
	blob_init(&blob, 1);
	blob.iommu[0].base |= 8;
	refused(&blob, "whole pages");
	blob_init(&blob, 1);
	blob.iommu[0].size = 0x200000;
	refused(&blob, "at most 0x100000 bytes");
	blob_init(&blob, 1);
	blob.iommu[0].base = BIT(48) - PAGE_BYTES;
	blob.iommu[0].size = 2 * PAGE_BYTES;
	refused(&blob, "whole pages");
	blob_init(&blob, 1);
	blob.iommu[0].segment = 1;
	refused(&blob, "segment 1");
	blob_init(&blob, 1);
	blob.iommu[0].flags = 2;
	refused(&blob, "flags 0x2");
	blob_init(&blob, 1);
	blob.iommu[0].scope[1].type = 1;
	refused(&blob, "interrupt source of type 1");
	blob_init(&blob, 1);
	blob.system.system.architecture = CONFIG_ARCH_ARM64;
	blob.system.system.root_cell.architecture = CONFIG_ARCH_ARM64;
	assert_int_equal(check(&blob, CONFIG_ARCH_ARM64, "x86's"), -EINVAL);
}

/* arm64: the fake's system with SMMUs, and two cells with a stream each. */
static struct blob_system arm;
static struct blob_cell cells[2];

static int check_arm(const char *words)
{
	struct reason reason = { "" };
	int error = config_check_system(&arm, sizeof(arm), CONFIG_ARCH_ARM64,
					&reason);

	if (!strstr(reason.text, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, reason.text);
	return error;
}

static void arm_init(void)
{
	blob_system_init(&arm);
	arm.system.platform.iommu_units[5] = (struct iommu_unit){
		.type = IOMMU_SMMUV3, .base = 0x9050000, .size = 0x20000 };
}

static void test_smmus(void **state)
{
	struct iommu_unit *unit = &arm.system.platform.iommu_units[5];

	(void)state;
	arm_init();
	assert_int_equal(check_arm(""), 0);
	assert_ptr_equal(config_smmu(&arm.system, 0), unit);
	assert_null(config_smmu(&arm.system, 1));
	unit->type = IOMMU_MMU500;
	assert_null(config_smmu(&arm.system, 0));
	unit->type = IOMMU_SMMUV3;
	unit->base |= 0x8000;
	assert_int_equal(check_arm("a multiple of 0x10000"), -EINVAL);
	unit->base &= ~0x8000ull;
	unit->size = 0x10000;
	assert_int_equal(check_arm("from 0x20000"), -EINVAL);
	unit->size = 0x101000;
	assert_int_equal(check_arm("to 0x100000"), -EINVAL);
	unit->size = 0x20000;
	unit->base = arm.memory[BLOB_REST].phys_start;
	assert_int_equal(check_arm("memory region 1 at 0x71000000 overlaps the SMMU at 0x71000000"),
			 -EINVAL);
	arm.system.architecture = CONFIG_ARCH_X86;
	assert_null(config_smmu(&arm.system, 0));
}

/* Described, and yet nothing holds the devices behind it. */
static void test_not_driven(void **state)
{
	static const char *const names[] = {
		"unit of no known type at 0x71000000", "AMD IOMMU at",
		"Intel IOMMU at", "", "PVU at", "SMMUv2 (MMU-500) at",
		"unit of no known type at",
	};
	struct iommu_unit *unit = &arm.system.platform.iommu_units[5];

	(void)state;
	arm_init();
	for (uint32_t type = 0; type < ARRAY_COUNT(names); type++) {
		struct reason reason = { "" };

		unit->type = type;
		unit->base = 0x71000000;
		assert_int_equal(config_check_driven(&arm.system, &reason),
				 type == IOMMU_SMMUV3 ? 0 : -ENODEV);
		assert_non_null(strstr(reason.text, names[type]));
		unit->base = 0;
		assert_int_equal(config_check_driven(&arm.system, &reason), 0);
	}
	unit->type = IOMMU_INTEL;
	unit->base = 0xfed90000;
	arm.system.architecture = CONFIG_ARCH_X86;
	assert_int_equal(config_check_driven(&arm.system, NULL), 0);
	unit->type = IOMMU_AMD;
	assert_int_equal(config_check_driven(&arm.system, NULL), -ENODEV);
}

/* A system whose root lists streams, as it lies in memory. */
struct streams_system {
	struct system_desc system;
	uint64_t cpus;
	struct memory_region memory[BLOB_REGIONS];
	struct irqchip irqchip;
	struct pci_device pci;
	union stream_id streams[2];
} ABI_PACKED;

static int check_streams(const struct streams_system *system, const char *words)
{
	struct config_view views[2];
	const struct config_view *other = &views[1];
	struct reason reason = { "" };
	int error;

	for (unsigned int n = 0; n < 2; n++)
		config_view_init(&views[n], &cells[n].cell, sizeof(cells[n]));
	error = config_check_together(&system->system, sizeof(*system),
				      &views[0], &other, 1, &reason);
	if (!strstr(reason.text, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, reason.text);
	return error;
}

static void test_streams(void **state)
{
	struct streams_system system;

	(void)state;
	arm_init();
	memcpy(&system, &arm, offsetof(struct streams_system, streams));
	system.system.root_cell.num_stream_ids = 2;
	system.streams[0].id = 7;
	system.streams[1].id = 0x10000;
	blob_cell_init(&cells[0], 1);
	blob_cell_init(&cells[1], 2);
	cells[0].stream.id = 7;
	cells[1].stream.id = 0x10000;
	assert_int_equal(check_streams(&system, ""), 0);
	cells[1].stream.id = 7;
	assert_int_equal(check_streams(&system, "stream id 0x7 belongs to cell \"cell-2\""),
			 -EBUSY);
	cells[0].stream.id = 8;
	assert_int_equal(check_streams(&system, "stream id 0x8 is none of cell"),
			 -EINVAL);
	/* Without an SMMU they are only numbers. */
	system.system.platform.iommu_units[5].type = IOMMU_MMU500;
	assert_int_equal(check_streams(&system, ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_standard_units),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_smmus),
		cmocka_unit_test(test_not_driven),
		cmocka_unit_test(test_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
