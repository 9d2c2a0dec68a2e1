/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions taken to EL2 (Arm ARM DDI 0487, D1.4.2), and the way back.
 *
 * While a guest runs, SP_EL2 points at its struct guest_regs on this CPU's
 * stack. A synchronous exception saves all registers; an interrupt, and a call
 * that comes back to its guest, only those that C may change, and the rest when
 * there is more to do than that.
 * All C of the hypervisor is compiled to preserve x8 to x15 as well, and not
 * to touch x18 (flags-arm64 in the Makefile): these are not among the first.
 */
#include "asm_offsets.h"

.macro save_changeable
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #2 * 8]
	stp	x4, x5, [sp, #4 * 8]
	stp	x6, x7, [sp, #6 * 8]
	stp	x16, x17, [sp, #16 * 8]
	str	x30, [sp, #30 * 8]
.endm

/* After save_changeable. */
.macro save_others
	stp	x8, x9, [sp, #8 * 8]
	stp	x10, x11, [sp, #10 * 8]
	stp	x12, x13, [sp, #12 * 8]
	stp	x14, x15, [sp, #14 * 8]
	stp	x18, x19, [sp, #18 * 8]
	stp	x20, x21, [sp, #20 * 8]
	stp	x22, x23, [sp, #22 * 8]
	stp	x24, x25, [sp, #24 * 8]
	stp	x26, x27, [sp, #26 * 8]
	stp	x28, x29, [sp, #28 * 8]
.endm

.macro restore_changeable
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #2 * 8]
	ldp	x4, x5, [sp, #4 * 8]
	ldp	x6, x7, [sp, #6 * 8]
	ldp	x16, x17, [sp, #16 * 8]
	ldr	x30, [sp, #30 * 8]
.endm

/* Nothing behind ERET may be executed ahead of it. */
.macro return_to_guest
	eret
	dsb	nsh
	isb
.endm

.macro vector target
	.balign	0x80
	b	\target
.endm

/* After save_changeable; the handler may change all registers of the guest. */
.macro handle_full handler
	save_others
	mrs	x0, tpidr_el2
	bl	\handler
	b	restore_all
.endm

/* The same for one that needs to see those only that C may change. */
.macro handle_brief handler
	mrs	x0, tpidr_el2
	bl	\handler
	mrs	x0, tpidr_el2
	ldr	x1, [x0, #PERCPU_ATTENTION]
	cbnz	x1, exit_with_more
	restore_changeable
	return_to_guest
.endm

.macro vector_full handler
	.balign	0x80
	save_changeable
	handle_full \handler
.endm

.macro vector_irq
	.balign	0x80
	save_changeable
	handle_brief trap_irq
.endm

/* A call of ours but HC_DISABLE, after which others have this CPU's registers. */
.macro vector_sync
	.balign	0x80
	save_changeable
	cbz	x0, sync_full
	mrs	x1, esr_el2
	mov	w2, #ESR_HYPERCALL_HVC64 & 0xffff
	movk	w2, #ESR_HYPERCALL_HVC64 >> 16, lsl #16
	cmp	x1, x2
	b.ne	sync_full
	handle_brief trap_hypercall
.endm

	.section .text.vectors, "ax"
	.balign	0x800
	.global	el2_vectors
el2_vectors:
	vector	el2_broken		/* current level, SP_EL0 */
	vector	el2_broken
	vector	el2_broken
	vector	el2_broken
	vector	el2_broken		/* current level, SP_EL2 */
	vector	el2_broken
	vector	el2_broken
	vector	el2_broken
	vector_sync			/* lower level, AArch64 */
	vector_irq
	vector_irq
	vector_full trap_serror
	vector_full trap_sync		/* lower level, AArch32 */
	vector_irq
	vector_irq
	vector_full trap_serror
	.balign	0x80

sync_full:
	handle_full trap_sync

exit_with_more:
	save_others
	bl	exit_slow
restore_all:
	ldp	x8, x9, [sp, #8 * 8]
	ldp	x10, x11, [sp, #10 * 8]
	ldp	x12, x13, [sp, #12 * 8]
	ldp	x14, x15, [sp, #14 * 8]
	ldp	x18, x19, [sp, #18 * 8]
	ldp	x20, x21, [sp, #20 * 8]
	ldp	x22, x23, [sp, #22 * 8]
	ldp	x24, x25, [sp, #24 * 8]
	ldp	x26, x27, [sp, #26 * 8]
	ldp	x28, x29, [sp, #28 * 8]
	restore_changeable
	return_to_guest

/* void arch_cpu_activate(struct per_cpu *): first entry, Linux goes on. */
	.global	arch_cpu_activate
arch_cpu_activate:
	ldr	x1, =PERCPU_STACK_TOP - GUEST_REGS_BYTES
	add	x1, x0, x1
	mov	sp, x1
	bl	exit_slow
	b	restore_all

/*
 * The hypervisor itself went wrong. The stack may be the reason: a small one
 * of its own serves for the message.
 */
el2_broken:
	mrs	x0, tpidr_el2
	ldr	x1, =PERCPU_PANIC_STACK_TOP
	add	x1, x0, x1
	mov	x4, sp
	mov	sp, x1
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	b	trap_broken
	.ltorg
