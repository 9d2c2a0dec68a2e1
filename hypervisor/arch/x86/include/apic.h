/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local interrupt controller: the hypervisor's own use of it, and what
 * guests may do with it. Intel SDM vol. 3, chapter 10.
 */
#ifndef X86_APIC_H
#define X86_APIC_H

#include "hv/cell.h"
#include "hv/mmio.h"

#define APIC_PAGE		0xfee00000ull

/* Offsets in the page; MSRs of an x2APIC are 0x800 + offset / 16. */
enum apic_register {
	APIC_ID = 0x020,
	APIC_VERSION = 0x030,
	APIC_TPR = 0x080,
	APIC_EOI = 0x0b0,
	APIC_LDR = 0x0d0,
	APIC_DFR = 0x0e0,
	APIC_SVR = 0x0f0,
	APIC_ISR = 0x100,
	APIC_IRR = 0x200,
	APIC_ESR = 0x280,
	APIC_LVT_CMCI = 0x2f0,
	APIC_ICR = 0x300,
	APIC_ICR_HIGH = 0x310,
	APIC_LVT_TIMER = 0x320,
	APIC_LVT_THERMAL = 0x330,
	APIC_LVT_PERF = 0x340,
	APIC_LVT_LINT0 = 0x350,
	APIC_LVT_LINT1 = 0x360,
	APIC_LVT_ERROR = 0x370,
	APIC_TIMER_INITIAL = 0x380,
	APIC_TIMER_CURRENT = 0x390,
	APIC_TIMER_DIVIDE = 0x3e0,
	APIC_SELF = 0x3f0,
};

/* Once, master CPU: which kind the machine has, and its registers mapped. */
int apic_init(void);
/* argument of arch_cpu_reset(): the entry is the start of CS, not within it. */
#define RESET_AT_SEGMENT	1

/* On this CPU: its id; -EIO when it is not of the machine's kind. */
int apic_cpu_init(struct per_cpu *cpu);
bool apic_is_x2apic(void);
/* As after a reset: nothing pending, in service or enabled. On this CPU. */
void apic_reset(struct per_cpu *cpu);
void apic_eoi(void);
/* Any CPU, any context but NMI. */
void apic_send_nmi(uint32_t apic_id);
/* An interrupt for this CPU itself. */
void apic_send_self(const struct per_cpu *cpu, uint8_t vector);

struct icr_cpu;
/* Fills HV_MAX_CPUS of them. */
void apic_cpus(struct icr_cpu *cpus);

/* The page of the cell, for xAPIC guests. */
int apic_cell_init(struct cell *cell);
/*
 * x2APIC registers by MSR. 0, or -EINVAL: the guest gets #GP; -EPERM: it is
 * parked.
 */
int apic_guest_rdmsr(struct per_cpu *cpu, uint32_t msr, uint64_t *value);
int apic_guest_wrmsr(struct per_cpu *cpu, uint32_t msr, uint64_t value);

#endif
