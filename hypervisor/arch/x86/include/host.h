/* SPDX-License-Identifier: GPL-2.0-only */
/* What a CPU has while the hypervisor runs on it, and what the kernel had. */
#ifndef X86_HOST_H
#define X86_HOST_H

#include "arch_types.h"

/* Keeps the kernel's state. First of all C code on this CPU. */
void host_save_kernel(struct per_cpu *cpu);
/* This CPU's own tables, vectors, and this_cpu(). */
void host_load(struct per_cpu *cpu);
/*
 * Gives the kernel's state back, registers of cpu->arch.kernel, and goes on
 * there with these general registers. The backend is off. Neither this_cpu() nor
 * anything that uses it works while this runs.
 */
void host_leave(struct per_cpu *cpu, const struct guest_regs *regs)
	__attribute__((noreturn));

/* Whether reading it is no #GP. */
bool host_msr_exists(uint32_t msr);
/* RDPMC; false: it is #GP. */
bool host_read_counter(uint32_t index, uint64_t *value);
/* Components XCR0 may have; 0 when there is no XSAVE. */
uint64_t host_xcr0_supported(void);
/* Floating point and vector registers as after a reset. */
void host_reset_fpu(void);

/*
 * No NMI is taken on this CPU from here on: the CPU keeps one, until
 * host_free_nmis(), or the IRETQ by which the kernel goes on. Those of before
 * are in arch_percpu.nmis. After 10 ms without the NMI that begins it, nothing
 * is held back.
 */
void host_hold_nmis(struct per_cpu *cpu);
void host_free_nmis(struct per_cpu *cpu);

extern uint64_t host_idt[256][2];

/* entry.S */
void nmi_unblock(void);
void host_reload_cs(void);

/* What came since exit_finish() looked; in arch_percpu.nmis. */
#define HOST_NMI_KICK		0x1u
#define HOST_NMI_OTHER		0x2u

/* For entry.S */
void host_nmi(void);
/* As entry.S leaves it. */
struct exception_frame {
	uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

void host_exception(struct exception_frame *frame);

#endif
