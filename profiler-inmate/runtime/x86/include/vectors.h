/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entries of interrupts and exceptions, for assembly. Each one has 16 bytes and
 * leaves error code and vector on the stack, an error code of 0 where the CPU
 * pushes none (SDM 3A, 6.13).
 */
#ifndef X86_VECTORS_H
#define X86_VECTORS_H

	/* vector_entries: so many, which go to vector_common. */
	.macro	vector_table count
	.text
	.global	vector_entries
	.balign	16
vector_entries:
	.set	vector, 0
	.rept	\count
	.balign	16
	/* With these the CPU pushes an error code. */
	.if vector - 8 && (vector < 10 || vector > 14) && vector - 17 && vector - 21
	push	$0
	.endif
	push	$vector
	jmp	vector_common
	.set	vector, vector + 1
	.endr
	.endm

	/* vector_common of 64-bit mode: handler(struct frame *), R15 first. */
	.macro	vector_common64 handler
vector_common:
	push	%rax
	push	%rcx
	push	%rdx
	push	%rbx
	push	%rbp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, %rdi
	cld
	call	\handler
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rbp
	pop	%rbx
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq
	.endm

#endif
