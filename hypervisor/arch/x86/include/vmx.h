/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the VMX backend. */
#ifndef X86_VMX_H
#define X86_VMX_H

/* For vmx-entry.S: as in vmcs.h. */
#define FIELD_EXIT_REASON	0x4402
#define REASON_TIMER		52

#ifndef __ASSEMBLY__
#include "arch_types.h"
#include "vmx-caps.h"

/* In arch_percpu.vcpu: the words, and the pages. */
struct vmx_cpu {
	bool on;			/* VMXON was executed */
	volatile bool forced;		/* an NMI wants the guest to leave */
	bool timer_on;			/* the control, as in the VMCS */
	uint32_t cpu_controls;		/* primary, as in the VMCS */
} __attribute__((may_alias));

_Static_assert(sizeof(struct vmx_cpu) <= 8 * VCPU_WORDS, "arch_types.h");

#define VMX_PAGE_VMXON		0
#define VMX_PAGE_VMCS		1

/* A macro: struct per_cpu need not be known here. */
#define vmx_cpu(cpu)		((struct vmx_cpu *)(void *)(cpu)->arch.vcpu.word)

/* What every CPU of this machine gets; after vcpu_init(). */
extern struct vmx_controls vmx_controls;

/* vmx-exit.c, for vmx-entry.S */
void vmx_exit(struct per_cpu *cpu, uint64_t reason);
/*
 * The preemption timer has fired. Keeps what C functions keep. Not 0: more is to
 * be done, by vmx_exit().
 */
uint32_t vmx_tick(struct per_cpu *cpu);
void vmx_entry_failed(struct per_cpu *cpu) __attribute__((noreturn));

/* vmx-entry.S */
void exit_entry(void);
void enter_launch(struct guest_regs *regs) __attribute__((noreturn));

#endif
#endif
