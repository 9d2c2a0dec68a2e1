/* SPDX-License-Identifier: GPL-2.0-only */
/* Exception syndromes taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hypervisor/arch/arm64/include/syndrome.h"

/* ISS of a data abort: ISV, SAS, SSE, SRT, SF, then WnR and DFSC. */
static uint64_t data_abort(unsigned int sas, bool sse, unsigned int srt,
			   bool sf, bool wnr, unsigned int dfsc)
{
	return 0x24ull << 26 | 1ull << 25 | 1ull << 24 | (uint64_t)sas << 22 |
	       (uint64_t)sse << 21 | (uint64_t)srt << 16 | (uint64_t)sf << 15 |
	       (uint64_t)wnr << 6 | dfsc;
}

static uint64_t loaded(unsigned int sas, bool sse, bool sf, uint64_t value)
{
	struct abort_syndrome abort;

	abort = syndrome_abort(data_abort(sas, sse, 0, sf, false, 7));
	return syndrome_load(&abort, value);
}

static void finds_class_and_length(void **state)
{
	(void)state;
	assert_int_equal(syndrome_class(0x93c08007), EC_DATA_ABORT);
	assert_int_equal(syndrome_class(0x5a004a48), EC_HVC64);
	assert_int_equal(syndrome_length(0x93c08007), 4);
	assert_int_equal(syndrome_length(0x4c000000), 2);
	assert_int_equal(syndrome_class(0xffffffff), 0x3f);
	/* ISS2 of later architectures is above bit 32. */
	assert_int_equal(syndrome_class(0xff93c08007), EC_DATA_ABORT);
}

static void decodes_accesses(void **state)
{
	(void)state;
	for (unsigned int sas = 0; sas < 4; sas++) {
		for (unsigned int srt = 0; srt < 32; srt++) {
			struct abort_syndrome abort;

			abort = syndrome_abort(data_abort(sas, srt & 1, srt,
							  srt & 2, srt & 4, 6));
			assert_true(abort.decoded);
			assert_int_equal(abort.size, 1 << sas);
			assert_int_equal(abort.reg, srt);
			assert_int_equal(abort.sign_extend, srt & 1);
			assert_int_equal(abort.to_64_bits, (srt & 2) != 0);
			assert_int_equal(abort.is_write, (srt & 4) != 0);
			assert_false(abort.walk);
			assert_true(abort.far_valid);
		}
	}
}

static void tells_what_is_not_a_plain_access(void **state)
{
	const uint64_t esr = data_abort(2, false, 3, true, true, 6);

	(void)state;
	assert_false(syndrome_abort(esr & ~(1ull << 24)).decoded);
	assert_true(syndrome_abort(esr | 1u << 7).walk);
	assert_false(syndrome_abort(esr | 1u << 10).far_valid);
	/* Cache maintenance reports a write and writes nothing. */
	assert_false(syndrome_abort(esr | 1u << 8).is_write);
}

static void tells_faults_apart(void **state)
{
	(void)state;
	for (unsigned int level = 0; level < 4; level++) {
		assert_int_equal(syndrome_fault(0x04 + level), FAULT_TRANSLATION);
		assert_int_equal(syndrome_fault(0x08 + level), FAULT_ACCESS_FLAG);
		assert_int_equal(syndrome_fault(0x0c + level), FAULT_PERMISSION);
		assert_int_equal(syndrome_fault(0x00 + level), FAULT_OTHER);
		assert_int_equal(syndrome_fault(0x14 + level), FAULT_OTHER);
	}
	assert_int_equal(syndrome_fault(0x10), FAULT_OTHER);
	assert_int_equal(syndrome_fault(0x21), FAULT_OTHER);
	assert_int_equal(syndrome_fault(0x3f), FAULT_OTHER);
}

static void extends_loads(void **state)
{
	(void)state;
	assert_int_equal(loaded(0, false, false, 0xffffffffffffff80), 0x80);
	assert_int_equal(loaded(0, true, false, 0x80), 0xffffff80);
	assert_int_equal(loaded(0, true, true, 0x80), 0xffffffffffffff80);
	assert_int_equal(loaded(0, true, true, 0x17f), 0x7f);
	assert_int_equal(loaded(1, false, false, 0x18000), 0x8000);
	assert_int_equal(loaded(1, true, false, 0x8000), 0xffff8000);
	assert_int_equal(loaded(1, true, true, 0x8000), 0xffffffffffff8000);
	assert_int_equal(loaded(2, false, false, 0x180000000), 0x80000000);
	assert_int_equal(loaded(2, true, true, 0x80000000),
			 0xffffffff80000000);
	assert_int_equal(loaded(3, false, true, 0x8000000000000001),
			 0x8000000000000001);
	assert_int_equal(loaded(3, true, true, 0x8000000000000001),
			 0x8000000000000001);
}

static void cuts_stores(void **state)
{
	struct abort_syndrome abort = { .size = 1 };

	(void)state;
	assert_int_equal(syndrome_store(&abort, 0x1122334455667788), 0x88);
	abort.size = 2;
	assert_int_equal(syndrome_store(&abort, 0x1122334455667788), 0x7788);
	abort.size = 4;
	assert_int_equal(syndrome_store(&abort, 0x1122334455667788),
			 0x55667788);
	abort.size = 8;
	assert_int_equal(syndrome_store(&abort, 0x1122334455667788),
			 0x1122334455667788);
}

static void joins_the_address(void **state)
{
	(void)state;
	/* HPFAR_EL2 bits 4 and up are address bits 12 and up. */
	assert_int_equal(syndrome_address(0x80000, 0xffff800008000104),
			 0x08000104);
	assert_int_equal(syndrome_address(0x8000000000000010, 0xfff), 0x1fff);
	assert_int_equal(syndrome_address(0xf, 0), 0);
}

static void decodes_system_registers(void **state)
{
	struct sysreg_syndrome trap;

	(void)state;
	/* msr ICC_SGI1R_EL1 (S3_0_C12_C11_5), x7 */
	trap = syndrome_sysreg(0x62000000ull | 3 << 20 | 5 << 17 | 0 << 14 |
			       12 << 10 | 7 << 5 | 11 << 1 | 0);
	assert_int_equal(trap.reg, SYSREG(3, 0, 12, 11, 5));
	assert_int_equal(trap.rt, 7);
	assert_false(trap.is_read);
	/* mrs x31, PMCCNTR_EL0 (S3_3_C9_C13_0) */
	trap = syndrome_sysreg(0x62000000ull | 3 << 20 | 0 << 17 | 3 << 14 |
			       9 << 10 | 31 << 5 | 13 << 1 | 1);
	assert_int_equal(trap.reg, SYSREG(3, 3, 9, 13, 0));
	assert_int_equal(trap.rt, 31);
	assert_true(trap.is_read);
}

/* ITSTATE of an IT block: condition in 7:5, what remains in 4:0. */
static uint64_t spsr_with_it(uint64_t it)
{
	return 0x1f3 | (it & 3) << 25 | (it & 0xfc) << 8;
}

static void advances_the_it_block(void **state)
{
	(void)state;
	/* ITTT EQ: 0000 0001, then 0000 0010, 0000 0100, then out. */
	assert_int_equal(syndrome_advance_it(spsr_with_it(0x01)),
			 spsr_with_it(0x02));
	assert_int_equal(syndrome_advance_it(spsr_with_it(0x02)),
			 spsr_with_it(0x04));
	assert_int_equal(syndrome_advance_it(spsr_with_it(0x1c)),
			 spsr_with_it(0x18));
	assert_int_equal(syndrome_advance_it(spsr_with_it(0x18)),
			 spsr_with_it(0x00));
	assert_int_equal(syndrome_advance_it(spsr_with_it(0xb6)),
			 spsr_with_it(0xac));
	assert_int_equal(syndrome_advance_it(spsr_with_it(0)), spsr_with_it(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_class_and_length),
		cmocka_unit_test(decodes_accesses),
		cmocka_unit_test(tells_what_is_not_a_plain_access),
		cmocka_unit_test(tells_faults_apart),
		cmocka_unit_test(extends_loads),
		cmocka_unit_test(cuts_stores),
		cmocka_unit_test(joins_the_address),
		cmocka_unit_test(decodes_system_registers),
		cmocka_unit_test(advances_the_it_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
