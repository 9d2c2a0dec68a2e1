/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * First instruction of a guest: EL1, MMU off, registers zero. The image lies
 * at guest address 0, the command line at 0x1000.
 */
#define SCTLR_RES1	0x30d00800
#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_SA	(1 << 3)
#define SCTLR_I		(1 << 12)
/* Attribute 0: device nGnRnE, attribute 1: normal write-back. */
#define MAIR_VALUE	0xff00
/* 39-bit addresses, 4 KiB granule, inner shareable, write-back walks. */
#define TCR_VALUE	(25 | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 23) | (2 << 32))

	.section .boot, "ax"
	.global _start
_start:
	adrp	x0, stack_top
	mov	sp, x0

	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
	adrp	x1, bss_end
	add	x1, x1, :lo12:bss_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b

2:	bl	mmu_tables_build
	bl	cpu_setup
	bl	inmate_enter
3:	wfi
	b	3b

/* A secondary CPU: x0 points to {entry, argument, stack}. */
	.global secondary_start
secondary_start:
	mov	x19, x0
	ldr	x1, [x19, #16]
	mov	sp, x1
	bl	cpu_setup
	ldp	x1, x0, [x19]
	dmb	ish
	str	xzr, [x19]		/* the block may be used again */
	blr	x1
	b	3b

cpu_setup:
	adrp	x0, mmu_root
	add	x0, x0, :lo12:mmu_root
	msr	ttbr0_el1, x0
	ldr	x0, =MAIR_VALUE
	msr	mair_el1, x0
	ldr	x0, =TCR_VALUE
	msr	tcr_el1, x0
	adrp	x0, exception_vectors
	add	x0, x0, :lo12:exception_vectors
	msr	vbar_el1, x0
	isb
	tlbi	vmalle1
	dsb	nsh
	ldr	x0, =(SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I)
	msr	sctlr_el1, x0
	isb
	ret
	.ltorg

	.text
.macro save_and_call function
	stp	x29, x30, [sp, #-192]!
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	x10, x11, [sp, #96]
	stp	x12, x13, [sp, #112]
	stp	x14, x15, [sp, #128]
	stp	x16, x17, [sp, #144]
	str	x18, [sp, #160]
	bl	\function
	ldr	x18, [sp, #160]
	ldp	x16, x17, [sp, #144]
	ldp	x14, x15, [sp, #128]
	ldp	x12, x13, [sp, #112]
	ldp	x10, x11, [sp, #96]
	ldp	x8, x9, [sp, #80]
	ldp	x6, x7, [sp, #64]
	ldp	x4, x5, [sp, #48]
	ldp	x2, x3, [sp, #32]
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #192
	eret
.endm

.macro unexpected
	.balign	128
	b	exception_unexpected
.endm

	.balign	2048
exception_vectors:
	unexpected
	unexpected
	unexpected
	unexpected
	unexpected
	.balign	128
	save_and_call irq_dispatch
	unexpected
	unexpected
	.rept	8
	unexpected
	.endr
