/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry at EL2 with the MMU off, and the loops whose counts are exact. */
/* Offsets in struct memsys_cpu; checks.c states that they are these. */

#define PAGE		0x7ffff000
#define CPU_CYCLES	0
#define CPU_INSNS	16
#define CPU_LOADS	24
#define CPU_STORES	32
#define CPU_FILLS	40
#define CPU_WRITEBACKS	48
#define CPU_STALLS	56

	.section .text.start, "ax"
	.globl	start
start:
	adr	x1, vectors
	msr	vbar_el2, x1
	mrs	x0, mpidr_el1
	and	x0, x0, #0xff
	adrp	x1, stacks_end
	add	x1, x1, :lo12:stacks_end
	sub	x1, x1, x0, lsl #12
	mov	sp, x1
	cbz	x0, 1f
	bl	secondary_main
1:	bl	main
2:	wfi
	b	2b

	/* An exception is a failure: name it and stop the machine. */
	.balign	2048
vectors:
	.rept	16
	mrs	x0, esr_el2
	mrs	x1, elr_el2
	b	unexpected
	.balign	128
	.endr

	.text
/*
 * measure_NAME(from, steps, stride, result): runs the loop over `steps` steps
 * of `stride` bytes and stores how far the counters of CPU 0 moved. Only
 * registers are used in between: every counted access is the loop's.
 */
	.macro	read_counters base, c0, c1, c2, c3, c4, c5, c6
	ldr	\c0, [\base, #CPU_CYCLES]
	ldr	\c1, [\base, #CPU_INSNS]
	ldp	\c2, \c3, [\base, #CPU_LOADS]
	ldp	\c4, \c5, [\base, #CPU_FILLS]
	ldr	\c6, [\base, #CPU_STALLS]
	.endm

	.macro	measure name, operation:vararg
	.balign	256
	.globl	measure_\name
measure_\name:
	stp	x19, x20, [sp, #-16]!
	ldr	x4, =PAGE + 256
	b	1f			/* the counters are read in a new block */
1:	read_counters x4, x5, x6, x7, x8, x9, x10, x11
	b	2f
2:	\operation
	add	x0, x0, x2
	sub	x1, x1, #1
	cbnz	x1, 2b
	read_counters x4, x12, x13, x14, x15, x16, x17, x19
	sub	x12, x12, x5
	sub	x13, x13, x6
	sub	x14, x14, x7
	sub	x15, x15, x8
	sub	x16, x16, x9
	sub	x17, x17, x10
	sub	x19, x19, x11
	stp	x12, x13, [x3]
	stp	x14, x15, [x3, #16]
	stp	x16, x17, [x3, #32]
	str	x19, [x3, #48]
	ldp	x19, x20, [sp], #16
	ret
	.ltorg
	.endm

	measure	read, ldr x20, [x0]
	measure	write, str x0, [x0]
	measure	pair, ldp x20, x19, [x0]
	measure	chase, ldr x0, [x0]

/* psci_cpu_on(cpu): 0 or a PSCI error. */
	.globl	psci_cpu_on
psci_cpu_on:
	mov	x1, x0
	ldr	x0, =0xc4000003
	adr	x2, start
	mov	x3, #0
	smc	#0
	ret
	.globl	psci_system_off
psci_system_off:
	ldr	x0, =0x84000008
	smc	#0
	b	psci_system_off
	.ltorg
