/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the VMX backend. */
#ifndef X86_VMX_H
#define X86_VMX_H

#include "arch_types.h"
#include "vmx-caps.h"

/* What every CPU of this machine gets; after vcpu_init(). */
extern struct vmx_controls vmx_controls;

/* vmx-exit.c, for entry.S */
void vmx_exit(struct per_cpu *cpu);
void vmx_entry_failed(struct per_cpu *cpu) __attribute__((noreturn));

/* entry.S */
void exit_entry(void);
void enter_launch(struct guest_regs *regs) __attribute__((noreturn));
void enter_resume(void);

#endif
