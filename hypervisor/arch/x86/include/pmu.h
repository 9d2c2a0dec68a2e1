/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Architectural performance monitoring, shared with the guests (Intel SDM vol.
 * 3, chapter "Performance Monitoring"; version 2 and later).
 *
 * The highest general counters are the hypervisor's. The guests keep the
 * others and all fixed ones: what they read from CPUID leaf 0xA and from the
 * global registers says so, and their writes reach nothing else. The overflow
 * interrupt is an NMI for whoever it is; a guest gets its own from us, as its
 * own LVT entry says.
 *
 * For the exit handlers, all on the CPU concerned with interrupts masked:
 *   CPUID		pmu_guest_cpuid() on leaves 0xA and 0x23
 *   RDMSR, WRMSR	pmu_guest_rdmsr(), pmu_guest_wrmsr(); registers that
 *			pmu_guest_direct() names may be left out of the bitmap
 *   RDPMC		pmu_guest_rdpmc()
 *   APIC LVT 0x340	pmu_guest_lvt_read(), pmu_guest_lvt_write()
 *   NMI		pmu_nmi(), in the hypervisor as well as by an exit
 */
#ifndef X86_PMU_H
#define X86_PMU_H

#include "hv/types.h"
#include "msr-access.h"

#define PMU_RESERVED_MAX	2u	/* reads and writes */

/* In arch_percpu, one a CPU. */
struct pmu_cpu {
	/* The hypervisor's counters. */
	uint64_t running;	/* their bits of GLOBAL_CTRL */
	uint32_t overflows;	/* by reserved counter, found and not taken */
	bool late;		/* an NMI is to come for what was found early */
	/* What the guest believes. */
	uint64_t control;	/* GLOBAL_CTRL */
	uint64_t freeze;	/* freeze bits of DEBUGCTL */
	uint64_t status;	/* GLOBAL_STATUS, beside what the register has */
	bool due;		/* its PMI, the NMI for which is on its way */
	bool inherited;		/* had all counters before we came: the root */
	uint64_t dead_select[PMU_RESERVED_MAX]; /* what it left or writes ... */
	uint64_t dead_count[PMU_RESERVED_MAX]; /* ... to those taken away */
	uint32_t lvt;
};

/*
 * Reads CPUID and tries the counters out; master CPU, once, before any guest
 * runs, interrupts masked. What was in the registers is in them again.
 */
void pmu_init(void);
/* Takes the registers over from the running system, on each CPU. */
void pmu_cpu_init(struct pmu_cpu *cpu);
/* Gives them back, with what the root has written meanwhile. */
void pmu_cpu_restore(struct pmu_cpu *cpu);
/* The CPU starts in a cell: all registers of its guest as after a reset. */
void pmu_guest_reset(struct pmu_cpu *cpu);

/* Whether pmu_guest_rdmsr() and pmu_guest_wrmsr() are in charge. */
bool pmu_guest_has_msr(uint32_t msr);
/* Whether the guest may read and write it without an exit. */
bool pmu_guest_direct(uint32_t msr);
/* 0, or -EINVAL where the guest gets #GP. */
int pmu_guest_rdmsr(struct pmu_cpu *cpu, uint32_t msr, uint64_t *value);
int pmu_guest_wrmsr(struct pmu_cpu *cpu, uint32_t msr, uint64_t value);
int pmu_guest_rdpmc(struct pmu_cpu *cpu, uint32_t index, uint64_t *value);
/* Corrects what CPUID said. Other leaves than 0xA and 0x23 stay. */
void pmu_guest_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *regs);

static inline uint32_t pmu_guest_lvt_read(const struct pmu_cpu *cpu)
{
	return cpu->lvt;
}

void pmu_guest_lvt_write(struct pmu_cpu *cpu, uint32_t value);

/* pmu_nmi() */
#define PMU_NMI_CLAIMED		0x1u	/* a PMI was among the causes */
#define PMU_NMI_OVERFLOW	0x2u	/* call regulation_overflow() */
#define PMU_NMI_GUEST		0x4u	/* deliver *lvt to the guest */

/*
 * An NMI has arrived: finds out whether the counters caused it. NMIs merge, so
 * that a claimed one may have had another cause as well. The guest's entry is
 * given as it was before its delivery, which masked it.
 */
uint32_t pmu_nmi(struct pmu_cpu *cpu, uint32_t *lvt);

/*
 * What the rest of the architecture supplies; host tests model them.
 */
struct pmu_cpu *pmu_this_cpu(void);
/*
 * GLOBAL_CTRL from the next entry on. The VM-entry and VM-exit controls "load
 * IA32_PERF_GLOBAL_CTRL" put it in force and 0 while the hypervisor runs;
 * where they are missing it is the register itself, and the hypervisor's own
 * instructions count.
 */
void pmu_hw_control(uint64_t value);
/* The guest's IA32_DEBUGCTL, where the VMCS keeps it. */
uint64_t pmu_hw_debugctl_read(void);
void pmu_hw_debugctl_write(uint64_t value);
/* The physical local APIC's LVT entry for performance counters. */
uint32_t pmu_hw_lvt_read(void);
void pmu_hw_lvt_write(uint32_t value);

#endif
