/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A stub for each vector; all go to exception_dispatch(). */

	.text
	.global	vector_stubs
	.balign	16
vector_stubs:
vector = 0
	.rept	64
	.balign	16
	/* With these the CPU pushes an error code. */
	.if vector - 8 && (vector < 10 || vector > 14) && vector - 17 && vector - 21
	push	$0
	.endif
	push	$vector
	jmp	vector_common
vector = vector + 1
	.endr

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
	call	exception_dispatch
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
