/* SPDX-License-Identifier: GPL-2.0-only */
/* VMX controls from capability MSRs: what is needed, optional, refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "vmx-caps.h"
#include "x86-regs.h"

/* What Bochs's corei7_skylake_x says; VMX_BASIC of a page, write-back. */
static const struct vmx_caps skylake = {
	.basic = 0x00d810000000002b,
	.pin = 0x0000007f00000016,
	.cpu = 0xfff9fffe04006172,
	.cpu2 = 0x02177fff00000000,
	.exit = 0x01ffffff00036dfb,
	.entry = 0x0003ffff000011fb,
	.misc = 0x600401e0,
	.ept_vpid = 0x00000f0106334141,
	.cr0_fixed0 = 0x80000021,
	.cr0_fixed1 = 0xffffffff,
	.cr4_fixed0 = 0x2000,
	.cr4_fixed1 = 0x3767ff,
};

static int compute(const struct vmx_caps *caps, struct vmx_controls *controls)
{
	const char *why = NULL;
	int error = vmx_controls_compute(caps, controls, &why);

	assert_true((error != 0) == (why != NULL));
	return error;
}

/* Everything a control field may be: required bits set, others allowed. */
static void assert_legal(uint64_t caps, uint32_t value)
{
	assert_int_equal(value & caps & UINT32_MAX, caps & UINT32_MAX);
	assert_int_equal(value & ~(caps >> 32) & UINT32_MAX, 0);
}

static void takes_a_real_machine(void **state)
{
	struct vmx_controls controls;

	(void)state;
	assert_int_equal(compute(&skylake, &controls), 0);
	assert_legal(skylake.pin, controls.pin);
	assert_legal(skylake.cpu, controls.cpu);
	assert_legal(skylake.cpu2, controls.cpu2);
	assert_legal(skylake.exit, controls.exit);
	assert_legal(skylake.entry, controls.entry);
	assert_int_equal(controls.revision, 0x2b);
	assert_int_equal(controls.timer_shift, 0);
	assert_true(controls.block_1g);
}

static void keeps_off_what_costs_exits(void **state)
{
	struct vmx_controls controls;

	(void)state;
	assert_int_equal(compute(&skylake, &controls), 0);
	assert_false(controls.pin & PIN_TIMER);
	assert_false(controls.pin & BIT(0));	/* external interrupts */
	assert_false(controls.cpu & (CPU_HLT_EXITING | CPU_CR3_LOAD_EXITING |
				     CPU_CR3_STORE_EXITING | CPU_NMI_WINDOW));
	assert_false(controls.entry & ENTRY_LONG_MODE);
}

static void owns_fixed_bits_of_control_registers(void **state)
{
	struct vmx_controls controls;

	(void)state;
	assert_int_equal(compute(&skylake, &controls), 0);
	assert_int_equal(controls.cr0_set, CR0_NE);
	assert_int_equal(controls.cr0_owned, CR0_NE | ~0xffffffffull);
	assert_int_equal(controls.cr4_set, CR4_VMXE);
	assert_true(controls.cr4_owned & CR4_VMXE);
	assert_true(controls.cr4_owned & BIT(23));
	assert_false(controls.cr4_owned & CR4_PAE);
}

static void switches_perf_control_by_both_or_neither(void **state)
{
	struct vmx_caps caps = skylake;
	struct vmx_controls controls;

	(void)state;
	assert_int_equal(compute(&caps, &controls), 0);
	assert_true(controls.perf_control);
	caps.entry &= ~(ENTRY_LOAD_PERF << 32);
	assert_int_equal(compute(&caps, &controls), 0);
	assert_false(controls.perf_control);
	assert_false(controls.exit & EXIT_LOAD_PERF);
}

static void leaves_out_optional_controls(void **state)
{
	struct vmx_caps caps = skylake;
	struct vmx_controls controls;

	(void)state;
	caps.cpu2 &= ~((CPU2_APIC_ACCESS | CPU2_XSAVES | CPU2_INVPCID) << 32);
	caps.ept_vpid &= ~BIT(17);
	assert_int_equal(compute(&caps, &controls), 0);
	assert_false(controls.cpu2 &
		     (CPU2_APIC_ACCESS | CPU2_XSAVES | CPU2_INVPCID));
	assert_false(controls.block_1g);
}

/* Each needed bit taken away alone must be refused. */
static void each_missing(uint64_t *field, const struct vmx_caps *caps,
			 uint64_t bits)
{
	const uint64_t whole = *field;
	struct vmx_controls controls;

	for (unsigned int n = 0; n < 64; n++) {
		if (!(bits & BIT(n)))
			continue;
		*field = whole & ~BIT(n);
		assert_int_equal(compute(caps, &controls), -ENODEV);
	}
	*field = whole;
}

static void refuses_what_is_missing(void **state)
{
	struct vmx_caps caps = skylake;

	(void)state;
	each_missing(&caps.pin, &caps,
		     (PIN_NMI_EXITING | PIN_VIRTUAL_NMIS | PIN_TIMER) << 32);
	each_missing(&caps.cpu, &caps,
		     (CPU_IO_BITMAPS | CPU_MSR_BITMAPS | CPU_SECONDARY) << 32);
	each_missing(&caps.cpu2, &caps,
		     (CPU2_EPT | CPU2_VPID | CPU2_UNRESTRICTED) << 32);
	each_missing(&caps.exit, &caps,
		     (EXIT_HOST_64 | EXIT_SAVE_PAT | EXIT_LOAD_PAT |
		      EXIT_SAVE_EFER | EXIT_LOAD_EFER) << 32);
	each_missing(&caps.entry, &caps,
		     (ENTRY_LOAD_PAT | ENTRY_LOAD_EFER) << 32);
	each_missing(&caps.ept_vpid, &caps,
		     BIT(6) | BIT(14) | BIT(16) | BIT(20) | BIT(25) | BIT(32) |
		     BIT(42));
}

/* Old controls without the TRUE MSRs want CR3 exits always. */
static void refuses_exits_that_cannot_be_off(void **state)
{
	struct vmx_caps caps = skylake;
	struct vmx_controls controls;

	(void)state;
	caps.cpu |= CPU_CR3_LOAD_EXITING;
	assert_int_equal(compute(&caps, &controls), -ENODEV);
}

/* When the timer reaches 0, counted as the SDM says (25.5.1). */
static uint64_t fires_at(uint64_t now, uint64_t value, unsigned int shift)
{
	return value ? ((now >> shift) + value) << shift : now;
}

static void timer_fires_soon_and_never_early(void **state)
{
	uint64_t seed = 88172645463325252ull;

	(void)state;
	for (unsigned int i = 0; i < 1000000; i++) {
		unsigned int shift = i % 8;
		uint64_t now, deadline, at;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		now = seed >> 8;
		deadline = now + (seed & 0xfffff);
		at = fires_at(now, vmx_timer_value(deadline, now, shift), shift);
		assert_true(at >= deadline);
		assert_true(at - deadline < 1ull << shift);
	}
	assert_int_equal(vmx_timer_value(5, 10, 3), 0);
	assert_int_equal(vmx_timer_value(UINT64_MAX, 0, 0), UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_real_machine),
		cmocka_unit_test(keeps_off_what_costs_exits),
		cmocka_unit_test(owns_fixed_bits_of_control_registers),
		cmocka_unit_test(switches_perf_control_by_both_or_neither),
		cmocka_unit_test(leaves_out_optional_controls),
		cmocka_unit_test(refuses_what_is_missing),
		cmocka_unit_test(refuses_exits_that_cannot_be_off),
		cmocka_unit_test(timer_fires_soon_and_never_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
