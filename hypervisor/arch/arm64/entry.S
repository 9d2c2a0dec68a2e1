/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Into EL2 and out of it: what runs with the MMU off or while it is switched.
 *
 * All of this lies in one page, which the tables map a second time at its
 * physical address.
 */
#include "../../image-header.S"
#include "asm_offsets.h"
#include "hv/errno.h"
#include "sysregs.h"

/* Of the stack, what boot_tables_build() may use. */
#define BOOT_STACK_BYTES	4096

	define_image_header header_entry, 0

/* dst: this CPU's struct per_cpu, where this code runs; clobbers tmp. */
.macro percpu_address dst, cpu, tmp
	adrp	\dst, image_header
	ldr	\tmp, [\dst, #IMAGE_CORE_SIZE]
	add	\dst, \dst, \tmp
	ldr	\tmp, =PERCPU_BYTES
	madd	\dst, \cpu, \tmp, \dst
.endm

	.section .text.boot, "ax"
/*
 * From the hyp stub: x0 = logical CPU number, x1 = physical address of the
 * image. MMU off, ELR_EL2 and SPSR_EL2 say where to return.
 */
	.global arch_entry
arch_entry:
	adrp	x2, image_header
	ldr	w3, [x2, #IMAGE_MAX_CPUS]
	mov	x4, #-EINVAL
	cmp	x0, x3
	b.hs	refuse
	cmp	x1, x2
	b.ne	refuse

	/* The stack is written past the cache: no line of it may be dirty. */
	percpu_address x2, x0, x3
	ldr	x3, =PERCPU_STACK_TOP
	add	x2, x2, x3
	sub	x3, x2, #BOOT_STACK_BYTES
	mrs	x4, ctr_el0
	ubfx	x4, x4, #16, #4
	mov	x5, #4
	lsl	x4, x5, x4
1:	dc	civac, x3
	add	x3, x3, x4
	cmp	x3, x2
	b.lo	1b
	dsb	sy

	mov	sp, x2
	stp	x18, x30, [sp, #-32]!
	str	x0, [sp, #16]
	mov	x0, x1
	bl	boot_tables_build
	sxtw	x4, w0
	ldr	x0, [sp, #16]
	ldp	x18, x30, [sp], #32
	cbnz	x4, refuse

	mrs	x1, sctlr_el2
	mrs	x2, tcr_el2
	mrs	x3, mair_el2
	mrs	x4, ttbr0_el2

	ldr	x5, =MAIR_EL2_VALUE
	msr	mair_el2, x5
	ldr	x5, =TCR_EL2_VALUE
	mrs	x6, id_aa64mmfr0_el1
	and	x6, x6, #0xf
	mov	x7, #5			/* 48 bits is what the tables hold */
	cmp	x6, x7
	csel	x6, x6, x7, lo
	orr	x5, x5, x6, lsl #TCR_EL2_PS_SHIFT
	msr	tcr_el2, x5
	adrp	x5, hv_root
	msr	ttbr0_el2, x5
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	ldr	x5, =SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | \
		SCTLR_I | SCTLR_WXN
	msr	sctlr_el2, x5
	isb
	ldr	x5, =entry_mapped
	br	x5

refuse:
	mov	x0, x4
	eret

/* The end of arch_cpu_leave(): x2 to x17 hold linux_el2[], in its order. */
	.global leave_unmapped
leave_unmapped:
	msr	sctlr_el2, x2
	isb
	msr	tcr_el2, x3
	msr	mair_el2, x4
	msr	ttbr0_el2, x5
	msr	tpidr_el2, x6
	msr	vbar_el2, x7
	msr	hcr_el2, x8
	msr	cptr_el2, x9
	msr	mdcr_el2, x10
	msr	cnthctl_el2, x11
	msr	cntvoff_el2, x12
	msr	vttbr_el2, x13
	msr	vtcr_el2, x14
	msr	hstr_el2, x15
	msr	vpidr_el2, x16
	msr	vmpidr_el2, x17
	isb
	tlbi	alle2
	tlbi	alle1
	ic	iallu
	dsb	nsh
	isb
	eret

/*
 * The end of tables_switch(): entries must not change from one valid mapping to
 * another while they are in use (DDI 0487, D8.14), so nothing is mapped meanwhile.
 */
	.global switch_unmapped
switch_unmapped:
	mrs	x5, sctlr_el2
	bic	x6, x5, #SCTLR_M
	msr	sctlr_el2, x6
	isb
	msr	ttbr0_el2, x3
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x5
	isb
	ret
	.ltorg

	.text
/*
 * void tables_switch(place, count, from, root, unmapped): no stack is used, as it
 * is among what is copied; x8 to x15 are kept, as C has it here.
 */
	.global tables_switch
tables_switch:
1:	cbz	x1, 4f
	ldr	x5, [x0], #8
	add	x6, x2, #4096
	cbz	x5, 3f
2:	ldp	x7, x16, [x2], #16
	stp	x7, x16, [x5], #16
	cmp	x2, x6
	b.lo	2b
3:	mov	x2, x6
	sub	x1, x1, #1
	b	1b
4:	dsb	sy
	br	x4

/* At the linked address: x0 = CPU, x1 to x4 = Linux's EL2 translation. */
entry_mapped:
	percpu_address x5, x0, x6
	ldr	x6, =PERCPU_STACK_TOP - GUEST_REGS_BYTES
	add	x6, x5, x6
	mov	sp, x6
	/* Linux is told 0; boot_tables_build() has had its stack here. */
	str	xzr, [sp]
	stp	x18, x19, [sp, #18 * 8]
	stp	x20, x21, [sp, #20 * 8]
	stp	x22, x23, [sp, #22 * 8]
	stp	x24, x25, [sp, #24 * 8]
	stp	x26, x27, [sp, #26 * 8]
	stp	x28, x29, [sp, #28 * 8]
	str	x30, [sp, #30 * 8]

	add	x7, x5, #PERCPU_LINUX_EL2
	str	x1, [x7, #EL2_SCTLR]
	str	x2, [x7, #EL2_TCR]
	str	x3, [x7, #EL2_MAIR]
	str	x4, [x7, #EL2_TTBR0]
	mrs	x8, tpidr_el2
	str	x8, [x7, #EL2_TPIDR]
	msr	tpidr_el2, x5

	mov	x1, x6
	mov	w2, w0
	mov	x0, x5
	mov	x29, xzr
	bl	cpu_enter
	sxtw	x0, w0
	/* It failed: Linux gets EL2 back. */

/* void arch_cpu_leave(long result): on this CPU's behalf, to Linux. */
	.global arch_cpu_leave
arch_cpu_leave:
	mrs	x1, tpidr_el2
	ldr	x2, =PERCPU_STACK_TOP - GUEST_REGS_BYTES
	add	x2, x1, x2
	mov	sp, x2
	ldp	x18, x19, [sp, #18 * 8]
	ldp	x20, x21, [sp, #20 * 8]
	ldp	x22, x23, [sp, #22 * 8]
	ldp	x24, x25, [sp, #24 * 8]
	ldp	x26, x27, [sp, #26 * 8]
	ldp	x28, x29, [sp, #28 * 8]
	ldr	x30, [sp, #30 * 8]
	add	x1, x1, #PERCPU_LINUX_EL2
	ldp	x2, x3, [x1]
	ldp	x4, x5, [x1, #2 * 8]
	ldp	x6, x7, [x1, #4 * 8]
	ldp	x8, x9, [x1, #6 * 8]
	ldp	x10, x11, [x1, #8 * 8]
	ldp	x12, x13, [x1, #10 * 8]
	ldp	x14, x15, [x1, #12 * 8]
	ldp	x16, x17, [x1, #14 * 8]
	ldr	x1, =boot_phys_leave
	ldr	x1, [x1]
	br	x1
	.ltorg
