/* SPDX-License-Identifier: GPL-2.0-only */
/* Which controls this CPU gets, or what it lacks. */
#include "vmx-caps.h"

#include "hv/errno.h"
#include "x86-regs.h"

#define BASIC_REVISION		0x7fffffffull
#define BASIC_BYTES_SHIFT	32
#define BASIC_BYTES		0x1fffull
#define BASIC_TYPE_SHIFT	50
#define BASIC_TYPE		0xfull
#define TYPE_WRITE_BACK		6u

#define MISC_TIMER_SHIFT	0x1full
#define MISC_HLT		BIT(6)

/* IA32_VMX_EPT_VPID_CAP, A.10 */
#define EPT_FOUR_LEVELS		BIT(6)
#define EPT_WRITE_BACK		BIT(14)
#define EPT_BLOCK_2M		BIT(16)
#define EPT_BLOCK_1G		BIT(17)
#define EPT_INVEPT		BIT(20)
#define EPT_INVEPT_SINGLE	BIT(25)
#define VPID_INVVPID		BIT(32)
#define VPID_ALL		BIT(42)

struct control {
	uint64_t allowed;	/* low half: bits that are 1, high: may be 1 */
	uint64_t needed;
	uint64_t optional;
	uint64_t refused;	/* must be able to be 0 */
	const char *why;
};

static int control_compute(const struct control *control, uint32_t *value,
			   const char **why)
{
	uint64_t always = control->allowed & UINT32_MAX;
	uint64_t possible = control->allowed >> 32;

	if ((control->needed & ~possible) || (control->refused & always)) {
		*why = control->why;
		return -ENODEV;
	}
	*value = (uint32_t)(always | control->needed |
			    (control->optional & possible));
	return 0;
}

static int check_basic(const struct vmx_caps *caps, const char **why)
{
	const struct {
		bool there;
		const char *why;
	} facts[] = {
		{ (caps->basic >> BASIC_BYTES_SHIFT & BASIC_BYTES) <= PAGE_BYTES,
		  "VMCS of a page" },
		{ (caps->basic >> BASIC_TYPE_SHIFT & BASIC_TYPE) ==
		  TYPE_WRITE_BACK, "VMCS in write-back memory" },
		{ caps->misc & MISC_HLT, "halted guests" },
		{ caps->ept_vpid & EPT_FOUR_LEVELS, "EPT of four levels" },
		{ caps->ept_vpid & EPT_WRITE_BACK, "EPT in write-back memory" },
		{ caps->ept_vpid & EPT_BLOCK_2M, "EPT blocks of 2 MiB" },
		{ (caps->ept_vpid & EPT_INVEPT) &&
		  (caps->ept_vpid & EPT_INVEPT_SINGLE), "INVEPT" },
		{ (caps->ept_vpid & VPID_INVVPID) &&
		  (caps->ept_vpid & VPID_ALL), "INVVPID" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(facts); i++) {
		if (!facts[i].there) {
			*why = facts[i].why;
			return -ENODEV;
		}
	}
	return 0;
}

static int compute_all(const struct vmx_caps *caps,
		       struct vmx_controls *controls, const char **why)
{
	const struct control pin = {
		.allowed = caps->pin,
		.needed = PIN_NMI_EXITING | PIN_VIRTUAL_NMIS | PIN_TIMER,
		.why = "NMI exits, virtual NMIs and the preemption timer",
	}, cpu = {
		.allowed = caps->cpu,
		.needed = CPU_IO_BITMAPS | CPU_MSR_BITMAPS | CPU_SECONDARY |
			  CPU_NMI_WINDOW,
		.optional = CPU_RDPMC_EXITING,
		.refused = CPU_CR3_LOAD_EXITING | CPU_CR3_STORE_EXITING |
			   CPU_HLT_EXITING,
		.why = "bitmaps of ports and MSRs",
	}, cpu2 = {
		.allowed = caps->cpu2,
		.needed = CPU2_EPT | CPU2_VPID | CPU2_UNRESTRICTED,
		.optional = CPU2_APIC_ACCESS | CPU2_RDTSCP | CPU2_INVPCID |
			    CPU2_XSAVES | CPU2_WBINVD_EXITING | CPU2_USER_WAIT,
		.why = "EPT, VPID and unrestricted guests",
	}, exit = {
		.allowed = caps->exit,
		.needed = EXIT_HOST_64 | EXIT_SAVE_DEBUG | EXIT_SAVE_PAT |
			  EXIT_LOAD_PAT | EXIT_SAVE_EFER | EXIT_LOAD_EFER,
		.optional = EXIT_LOAD_PERF,
		.why = "PAT and EFER switched by exits",
	}, entry = {
		.allowed = caps->entry,
		.needed = ENTRY_LOAD_DEBUG | ENTRY_LOAD_PAT | ENTRY_LOAD_EFER,
		.optional = ENTRY_LOAD_PERF,
		.why = "PAT and EFER switched by entries",
	};
	int error = control_compute(&pin, &controls->pin, why);

	if (!error)
		error = control_compute(&cpu, &controls->cpu, why);
	if (!error)
		error = control_compute(&cpu2, &controls->cpu2, why);
	if (!error)
		error = control_compute(&exit, &controls->exit, why);
	if (!error)
		error = control_compute(&entry, &controls->entry, why);
	return error;
}

int vmx_controls_compute(const struct vmx_caps *caps,
			 struct vmx_controls *controls, const char **why)
{
	/* Unrestricted guests decide about these two (23.8). */
	const uint64_t free = CR0_PE | CR0_PG;
	int error = check_basic(caps, why);

	if (!error)
		error = compute_all(caps, controls, why);
	if (error)
		return error;
	controls->perf_control = (controls->exit & EXIT_LOAD_PERF) &&
				 (controls->entry & ENTRY_LOAD_PERF);
	if (!controls->perf_control) {
		controls->exit &= ~(uint32_t)EXIT_LOAD_PERF;
		controls->entry &= ~(uint32_t)ENTRY_LOAD_PERF;
	}
	/* On only while they are wanted. */
	controls->pin &= ~(uint32_t)PIN_TIMER;
	controls->cpu &= ~(uint32_t)CPU_NMI_WINDOW;
	controls->entry &= ~(uint32_t)ENTRY_LONG_MODE;
	controls->cr0_set = caps->cr0_fixed0 & ~free;
	controls->cr0_owned = controls->cr0_set | ~caps->cr0_fixed1;
	controls->cr4_set = caps->cr4_fixed0;
	controls->cr4_owned = controls->cr4_set | ~caps->cr4_fixed1;
	controls->timer_shift = (unsigned int)(caps->misc & MISC_TIMER_SHIFT);
	controls->revision = (uint32_t)(caps->basic & BASIC_REVISION);
	controls->block_1g = caps->ept_vpid & EPT_BLOCK_1G;
	return 0;
}

