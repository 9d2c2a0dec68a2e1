/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A minimal EL2 under a guest at EL1, for the profiler: exits of known length.
 * What counts as EL2 lies between el2_low and el2_high.
 */
	.section .text.el2, "ax"
	.globl	el2_low, el2_high, el2_vectors, el2_null, el2_mmio, el2_work
	.globl	el2_spin, el2_spin_end
	.balign	4096
el2_low:
el2_vectors:
	.rept	8
	b	.
	.balign	128
	.endr
	b	el2_sync
	.balign	128
	.rept	7
	b	.
	.balign	128
	.endr

	/* Every exit: the vector, and 4 instructions to the first branch. */
el2_sync:
	stp	x0, x30, [sp, #-16]!
	mrs	x0, esr_el2
	and	x0, x0, #0xffff
	cbz	x0, el2_null
	cmp	x0, #1
	b.eq	el2_mmio
	cmp	x0, #2
	b.eq	el2_work
	b	profile_done

	/* 1 + 4 + 2 instructions. */
el2_null:
	ldp	x0, x30, [sp], #16
	eret

	/* 1 + 6 + 4, with an access that leaves its block in the middle. */
el2_mmio:
	mov	x0, #0x09000000
	ldr	w0, [x0, #0x18]
	ldp	x0, x30, [sp], #16
	eret

	/* 1 + 8 + 4, and 201 of their own. */
el2_work:
	mov	x0, #100
	bl	el2_spin
	ldp	x0, x30, [sp], #16
	eret
el2_spin:
	subs	x0, x0, #1
	b.ne	el2_spin
	ret
el2_spin_end:
	.balign	4096
el2_high:

	.text
/* profile_main: enters the guest; it comes back to profile_done. */
	.globl	profile_main
profile_main:
	adr	x0, el2_vectors
	msr	vbar_el2, x0
	mov	x0, #(1 << 31)
	msr	hcr_el2, x0
	mov	x0, #0x3c5
	msr	spsr_el2, x0
	adr	x0, guest
	msr	elr_el2, x0
	isb
	eret

	/* In the bracket: 1 + 50 * 5 instructions, and its end. */
	.balign	64
guest:
	hint	#97
	isb
	hint	#97
	mov	x19, #50
1:	hvc	#0
	hvc	#1
	hvc	#2
	sub	x19, x19, #1
	cbnz	x19, 1b
	hint	#98
	hvc	#3
