// SPDX-License-Identifier: GPL-2.0-only
/* Registers of all CPUs, marked, saved, and compared. */
#include "state.h"

#include "root.h"
#include "x86.h"

#define CPUID_PCID		(1u << 17)	/* leaf 1, ECX */
#define CPUID_XSAVE		(1u << 26)
#define CPUID_FSGSBASE		(1u << 0)	/* leaf 7, EBX */
#define CPUID_SMEP		(1u << 7)
#define CPUID_SMAP		(1u << 20)
#define CPUID_UMIP		(1u << 2)	/* leaf 7, ECX */
#define CPUID_PKU		(1u << 3)
#define CPUID_CET_SS		(1u << 7)

#define CR4_UMIP		(1ull << 11)
#define CR4_FSGSBASE		(1ull << 16)
#define CR4_PCIDE		(1ull << 17)
#define CR4_OSXSAVE		(1ull << 18)
#define CR4_SMEP		(1ull << 20)
#define CR4_SMAP		(1ull << 21)
#define CR4_PKE			(1ull << 22)
#define CR4_CET			(1ull << 23)

#define XCR0_MARK		7	/* x87, SSE, AVX */
#define PCID_MARK		5ull
/* The address of breakpoint 0, which nothing executes; G0 and what reads as 1. */
#define DR0_MARK		0xffffffffa0001000ull
#define DR7_MARK		0x402ull
#define MXCSR_MARK		0x9f80u	/* flush to zero */
#define XMM_MARK		0x5a5aa5a51234fedcull

static const struct {
	uint32_t msr;
	uint64_t mark;		/* 0: as it is */
} msrs[] = {
	{ MSR_APIC_BASE, 0 },
	{ 0x174, 0x10 },			/* SYSENTER: CS, ESP, EIP */
	{ 0x175, 0xffffffff81111000ull },
	{ 0x176, 0xffffffff81222000ull },
	{ 0x277, 0x0407050600070106ull },	/* PAT, as Linux has it */
	{ MSR_EFER, 0 },
	{ 0xc0000081, 0x0023001000000000ull },	/* STAR, LSTAR, CSTAR, FMASK */
	{ 0xc0000082, 0xffffffff81333000ull },
	{ 0xc0000083, 0xffffffff81444000ull },
	{ 0xc0000084, 0x257fd5 },
	{ 0xc0000100, 0x00007f1234567000ull },	/* FS base */
	{ MSR_GS_BASE, 0 },
	{ 0xc0000102, 0x00007f7654321000ull },	/* base that SWAPGS brings */
	{ 0xc0000103, 0x1001 },			/* TSC_AUX */
};

#define MSRS			(sizeof(msrs) / sizeof(msrs[0]))

struct cpu_state {
	uint64_t cr0, cr3, cr4, dr0, dr7, rflags, xcr0, xmm;
	uint64_t msr[MSRS];
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) gdtr, idtr;
	uint32_t mxcsr, tr_limit;
	uint16_t selector[8];	/* CS SS DS ES FS GS LDTR TR */
};

static struct cpu_state saved[CPUS_MAX], now[CPUS_MAX];

static uint64_t features_cr4(void)
{
	struct cpuid basic = cpuid(1, 0), extended = cpuid(7, 0);
	uint64_t cr4 = 0;

	cr4 |= basic.ecx & CPUID_XSAVE ? CR4_OSXSAVE : 0;
	cr4 |= basic.ecx & CPUID_PCID ? CR4_PCIDE : 0;
	cr4 |= extended.ebx & CPUID_FSGSBASE ? CR4_FSGSBASE : 0;
	cr4 |= extended.ebx & CPUID_SMEP ? CR4_SMEP : 0;
	cr4 |= extended.ebx & CPUID_SMAP ? CR4_SMAP : 0;
	cr4 |= extended.ecx & CPUID_UMIP ? CR4_UMIP : 0;
	cr4 |= extended.ecx & CPUID_PKU ? CR4_PKE : 0;
	cr4 |= extended.ecx & CPUID_CET_SS ? CR4_CET : 0;
	return cr4;
}

static int mark_step(void *data)
{
	uint64_t cr4 = read_cr4() | features_cr4();
	uint32_t mxcsr = MXCSR_MARK;

	(void)data;
	__asm__ volatile("mov %0, %%cr4" :: "r"(cr4) : "memory");
	if (cr4 & CR4_PCIDE)
		__asm__ volatile("mov %0, %%cr3"
				 :: "r"(read_cr3() | PCID_MARK) : "memory");
	if (cr4 & CR4_OSXSAVE)
		__asm__ volatile("xsetbv" :: "c"(0), "a"(XCR0_MARK), "d"(0));
	for (unsigned int i = 0; i < MSRS; i++)
		if (msrs[i].mark)
			wrmsr(msrs[i].msr, msrs[i].mark);
	__asm__ volatile("mov %0, %%dr0" :: "r"(DR0_MARK));
	__asm__ volatile("mov %0, %%dr7" :: "r"(DR7_MARK));
	__asm__ volatile("ldmxcsr %0" :: "m"(mxcsr));
	__asm__ volatile("movq %0, %%xmm5" :: "r"(XMM_MARK));
	return 0;
}

static void read_segments(struct cpu_state *state)
{
	uint16_t *selector = state->selector;

	__asm__ volatile("sgdt %0" : "=m"(state->gdtr));
	__asm__ volatile("sidt %0" : "=m"(state->idtr));
	__asm__ volatile("mov %%cs, %0" : "=r"(selector[0]));
	__asm__ volatile("mov %%ss, %0" : "=r"(selector[1]));
	__asm__ volatile("mov %%ds, %0" : "=r"(selector[2]));
	__asm__ volatile("mov %%es, %0" : "=r"(selector[3]));
	__asm__ volatile("mov %%fs, %0" : "=r"(selector[4]));
	__asm__ volatile("mov %%gs, %0" : "=r"(selector[5]));
	__asm__ volatile("sldt %0" : "=r"(selector[6]));
	__asm__ volatile("str %0" : "=r"(selector[7]));
	__asm__ volatile("lsl %1, %0"
			 : "=r"(state->tr_limit) : "r"((uint32_t)selector[7]));
}

static void state_read(struct cpu_state *state)
{
	uint32_t low = 0, high = 0;

	memset(state, 0, sizeof(*state));
	state->cr0 = read_cr0();
	state->cr3 = read_cr3();
	state->cr4 = read_cr4() & ~CR4_VMXE;
	if (state->cr4 & CR4_OSXSAVE)
		__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	state->xcr0 = low | (uint64_t)high << 32;
	__asm__ volatile("mov %%dr0, %0" : "=r"(state->dr0));
	__asm__ volatile("mov %%dr7, %0" : "=r"(state->dr7));
	__asm__ volatile("stmxcsr %0" : "=m"(state->mxcsr));
	__asm__ volatile("movq %%xmm5, %0" : "=r"(state->xmm));
	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(state->rflags));
	/* Arithmetic flags are nobody's to keep. */
	state->rflags &= ~0x8d5ull;
	for (unsigned int i = 0; i < MSRS; i++)
		state->msr[i] = rdmsr(msrs[i].msr);
	read_segments(state);
}

static int read_step(void *data)
{
	struct cpu_state *states = data;

	state_read(&states[cpu_this()->number]);
	return 0;
}

void states_mark(void)
{
	cpus_call(mark_step, NULL);
}

void states_save(void)
{
	cpus_call(read_step, saved);
}

static void state_compare(const struct cpu_state *a, const struct cpu_state *b)
{
	expect_equal(a->cr0, b->cr0);
	expect_equal(a->cr3, b->cr3);
	expect_equal(a->cr4, b->cr4);
	expect_equal(a->dr0, b->dr0);
	expect_equal(a->dr7, b->dr7);
	expect_equal(a->xcr0, b->xcr0);
	expect_equal(a->mxcsr, b->mxcsr);
	expect_equal(a->xmm, b->xmm);
	expect_equal(a->rflags, b->rflags);
	expect_equal(a->gdtr.base, b->gdtr.base);
	expect_equal(a->gdtr.limit, b->gdtr.limit);
	expect_equal(a->idtr.base, b->idtr.base);
	expect_equal(a->idtr.limit, b->idtr.limit);
	expect_equal(a->tr_limit, b->tr_limit);
	for (unsigned int i = 0; i < 8; i++)
		expect_equal(a->selector[i], b->selector[i]);
	for (unsigned int i = 0; i < MSRS; i++)
		if (!expect_equal(a->msr[i], b->msr[i]))
			print("  MSR 0x%x\n", msrs[i].msr);
}

void states_compare(void)
{
	cpus_call(read_step, now);
	for (unsigned int n = 0; n < cpus_online(); n++)
		state_compare(&now[n], &saved[n]);
}
