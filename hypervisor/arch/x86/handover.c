/* SPDX-License-Identifier: GPL-2.0-only */
/* What MSRs hold when a CPU changes hands. SDM vol. 4, table 2-2. */
#include "handover.h"

#include "host.h"
#include "msr-access.h"
#include "x86-regs.h"

#define ARRAY_LENGTH(a)		(sizeof(a) / sizeof((a)[0]))

#define TEST_CTRL_LOCKS		(BIT(31) | BIT(29)) /* #AC, #GP and bus locks */
#define ALL			UINT64_MAX

/* Bits of the mask are 0 for a cell. */
static const struct {
	uint32_t msr;
	uint64_t mask;
} list[] = {
	{ MSR_TEST_CTRL, TEST_CTRL_LOCKS },
	{ MSR_SPEC_CTRL, ALL },
	{ MSR_UMWAIT_CONTROL, ALL },
	{ MSR_U_CET, ALL },
	{ MSR_S_CET, ALL },
	{ MSR_PL0_SSP, ALL },
	{ MSR_PL0_SSP + 1, ALL },
	{ MSR_PL0_SSP + 2, ALL },
	{ MSR_PL0_SSP + 3, ALL },
	{ MSR_XSS, ALL },
	{ MSR_LBR_CTL, ALL },
	{ MSR_STAR, ALL },
	{ MSR_LSTAR, ALL },
	{ MSR_CSTAR, ALL },
	{ MSR_FMASK, ALL },
	{ MSR_KERNEL_GS_BASE, ALL },
	{ MSR_TSC_AUX, ALL },
};

_Static_assert(ARRAY_LENGTH(list) == HANDOVER_MSRS, "handover.h");

void handover_init(struct handover *handover)
{
	*handover = (struct handover){ 0 };
	for (unsigned int i = 0; i < HANDOVER_MSRS; i++)
		if (host_msr_exists(list[i].msr))
			handover->exists |= 1u << i;
}

static void keep(struct handover *handover)
{
	for (unsigned int i = 0; i < HANDOVER_MSRS; i++)
		if (handover->exists >> i & 1)
			handover->root[i] = msr_read(list[i].msr);
}

static void give(const struct handover *handover, bool is_root)
{
	for (unsigned int i = 0; i < HANDOVER_MSRS; i++)
		if (handover->exists >> i & 1)
			msr_write(list[i].msr,
				  is_root ? handover->root[i] :
				  handover->root[i] & ~list[i].mask);
}

void handover_apply(struct handover *handover, bool is_root)
{
	if (!handover->lent) {
		/* From the root to the root INIT changes none of them. */
		if (is_root)
			return;
		keep(handover);
	}
	give(handover, is_root);
	handover->lent = !is_root;
}
