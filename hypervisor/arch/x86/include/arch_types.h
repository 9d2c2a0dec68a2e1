/* SPDX-License-Identifier: GPL-2.0-only */
/* The x86 part of cells and CPUs. */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "abi/image.h"
#include "handover.h"
#include "hv/paging.h"
#include "hv/types.h"
#include "insn.h"
#include "pmu.h"

/* arch_hv_base() */
#define ARCH_HV_BASE		((void *)&image_header)

/* enum cpu_stat: how many there are. */
#define ARCH_CPU_STATS		CPU_STATS_X86

/* reg_settings.mode beyond REG_MODE_KNOWN: none outside of host builds. */
#define ARCH_REG_MODES		0u

/* Each CPU invalidates for itself. */
#define ARCH_TLB_BROADCAST	false

/* By the number an instruction gives them. RSP is not here. */
enum gpr {
	GPR_RAX,
	GPR_RCX,
	GPR_RDX,
	GPR_RBX,
	GPR_RSP,
	GPR_RBP,
	GPR_RSI,
	GPR_RDI,
	GPR_COUNT = 16,
};

struct guest_regs {
	uint64_t gpr[GPR_COUNT];
};

enum segment_name {
	SEGMENT_ES,
	SEGMENT_CS,
	SEGMENT_SS,
	SEGMENT_DS,
	SEGMENT_FS,
	SEGMENT_GS,
	SEGMENT_LDTR,
	SEGMENT_TR,
	SEGMENT_COUNT,
};

/* `access` as in bits 8 to 23 of a descriptor; SDM vol. 3, 24.4.1. */
#define SEGMENT_UNUSABLE	0x10000u

struct segment {
	uint64_t base;
	uint32_t limit;		/* in bytes */
	uint32_t access;
	uint16_t selector;
};

/* What the kernel had, as found at entry or left by its guest. */
struct kernel_state {
	struct segment segment[SEGMENT_COUNT];
	struct table_register gdtr;
	struct table_register idtr;
	uint64_t cr0;
	uint64_t cr3;
	uint64_t cr4;
	uint64_t dr7;
	uint64_t efer;
	uint64_t pat;
	uint64_t debugctl;
	uint64_t sysenter_cs;
	uint64_t sysenter_esp;
	uint64_t sysenter_eip;
	uint64_t rip;
	uint64_t rsp;
	uint64_t rflags;
};

/* What the backend of vcpu.h keeps; what that is, it knows alone. */
#define VCPU_WORDS		8
#define VCPU_PAGES		2

struct vcpu_state {
	uint64_t word[VCPU_WORDS];
	uint8_t *page[VCPU_PAGES];	/* of the pool */
};

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t io_bitmap;
} __attribute__((packed));

#define HV_GDT_ENTRIES		5
/* Of NMIs, and of faults, which an NMI may interrupt. */
#define IST_STACK_BYTES		4096

struct arch_percpu {
	struct image_x86_cpu launch;	/* abi/image.h: at the very start */
	struct per_cpu *self;		/* what GS:0 finds */
	struct guest_regs *regs;	/* on this CPU's stack */
	struct kernel_state kernel;
	bool taken;			/* the APIC is known, the backend on */
	uint32_t apic_id;
	uint32_t apic_ldr;		/* xAPIC: logical destination register */
	uint32_t icr_high;		/* xAPIC: what the guest wrote there */
	uint32_t kick_sent;		/* atomic: an NMI of ours is under way */
	uint32_t nmis;			/* atomic: HOST_NMI_* */
	volatile uint32_t nmi_hold;	/* NMIS_*, layout.h */
	bool guest_nmi;			/* one of them is for the guest */
	uint32_t wait_sipi;		/* atomic: INIT came, no start-up yet */
	volatile uint32_t msr_faults;	/* accesses that met #GP */
	volatile bool msr_probe;	/* which is no news */
	uint64_t deadline;		/* of the timer, in TSC ticks */
	uint64_t left;			/* by the timer, TSC; 0: for another reason */
	uint64_t measured;		/* entry whose passage is being; 0: none */
	uint32_t passage;		/* an entry and an exit, in TSC ticks */
	struct handover handover;
	uint64_t mtrr_def_type;		/* what a cell's guest believes */
	volatile uint64_t *window;	/* entry of this CPU's window, walk.c */
	uint64_t storm_start;		/* of intercepted exceptions, TSC */
	uint32_t storm_count;
	struct pmu_cpu pmu;
	uint64_t gdt[HV_GDT_ENTRIES];
	uint64_t leave_gdt[IMAGE_X86_GDT_ENTRIES];
	struct tss tss;
	uint8_t nmi_stack[IST_STACK_BYTES] __attribute__((aligned(16)));
	uint8_t fault_stack[IST_STACK_BYTES] __attribute__((aligned(16)));
	struct vcpu_state vcpu;
};

#define MSR_BITMAP_PAGES	1
#define IO_BITMAP_PAGES		2

struct arch_cell {
	struct page_table stage2;
	uint8_t *msr_bitmap;		/* one page */
	uint8_t *io_bitmap;		/* two pages */
	uint8_t ioapic_index[4];	/* which register its window shows */
};

#endif
