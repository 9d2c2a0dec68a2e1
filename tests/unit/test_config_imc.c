/* SPDX-License-Identifier: GPL-2.0-only */
/* What a system configuration says about memory controllers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

/* The fake's system, as one of x86 without an IOMMU, and a record or two. */
static struct {
	struct blob_system system;
	struct weir_record_iommu none;
	struct weir_record_imc imc[2];
} ABI_PACKED blob;

static void blob_make(const struct weir_record_imc *imc, unsigned int count)
{
	memset(&blob, 0, sizeof(blob));
	blob_system_init(&blob.system);
	blob.system.system.architecture = CONFIG_ARCH_X86;
	blob.system.system.root_cell.architecture = CONFIG_ARCH_X86;
	for (unsigned int n = 0; n < count; n++) {
		blob.imc[n] = *imc;
		blob.imc[n].record.type = WEIR_RECORD_IMC;
		blob.imc[n].record.size = sizeof(*imc);
	}
	blob.none.record.type = WEIR_RECORD_IOMMU;
	blob.none.record.size = sizeof(blob.none);
	blob.none.flags = WEIR_IOMMU_NONE;
	blob.system.block.num_records =
		(uint16_t)(blob.system.block.num_records + 1 + count);
	blob.system.block.size += (uint32_t)(sizeof(blob.none) +
					     count * sizeof(*imc));
}

/* words NULL: it is good. */
static void check(enum config_arch arch, const char *words)
{
	size_t bytes = (size_t)((const char *)&blob.system.block -
				(const char *)&blob) + blob.system.block.size;
	struct reason reason = { "" };
	int error = config_check_system(&blob, bytes, arch, &reason);

	if (!words && error)
		fail_msg("refused: %s", reason.text);
	if (words && (error != -EINVAL || !strstr(reason.text, words)))
		fail_msg("wanted \"%s\", found %d \"%s\"", words, error,
			 reason.text);
}

static void test_records(void **state)
{
	static const struct {
		struct weir_record_imc imc;
		const char *words;
	} cases[] = {
		{ { .kind = IMC_CLIENT, .address = 0xfed10000 }, NULL },
		{ { .kind = IMC_SERVER, .channels_count = 2,
		    .channel_bdf = { 0x3a52, 0x3a56 } }, NULL },
		{ { .kind = 0, .address = 0xfed10000 }, "kind 0" },
		{ { .kind = 3, .address = 0xfed10000 }, "kind 3" },
		{ { .kind = IMC_CLIENT }, "MCHBAR at 0x0" },
		{ { .kind = IMC_CLIENT, .address = 0xfed11000 },
		  "MCHBAR at 0xfed11000" },
		{ { .kind = IMC_CLIENT, .address = 0xffffffffffff8000 },
		  "MCHBAR at 0xffffffffffff8000" },
		{ { .kind = IMC_CLIENT, .address = 0xfed10000,
		    .channels_count = 1 }, "channels are named" },
		{ { .kind = IMC_SERVER }, "0 memory channels" },
		{ { .kind = IMC_SERVER, .channels_count = 13 },
		  "13 memory channels" },
		{ { .kind = IMC_SERVER, .channels_count = 1,
		    .address = 0xfed10000, .channel_bdf = { 0x3a52 } },
		  "no address" },
		{ { .kind = IMC_SERVER, .channels_count = 2,
		    .channel_bdf = { 0x3a52 } }, "memory channel 1" },
		{ { .kind = IMC_SERVER, .channels_count = 3,
		    .channel_bdf = { 0x3a52, 0x3a56, 0x3a52 } },
		  "memory channel 2: PCI function 0x3a52" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(cases); n++) {
		blob_make(&cases[n].imc, 1);
		check(CONFIG_ARCH_X86, cases[n].words);
	}
}

static void test_one_on_x86(void **state)
{
	static const struct weir_record_imc client = {
		.kind = IMC_CLIENT, .address = 0xfed10000,
	};

	(void)state;
	blob_make(&client, 2);
	check(CONFIG_ARCH_X86, "a second one");
	blob_make(&client, 1);
	blob.system.system.architecture = CONFIG_ARCH_ARM64;
	blob.system.system.root_cell.architecture = CONFIG_ARCH_ARM64;
	check(CONFIG_ARCH_ARM64, "x86's");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_one_on_x86),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
