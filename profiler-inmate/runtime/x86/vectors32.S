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
	push	%eax
	push	%ecx
	push	%edx
	push	%ebx
	push	%ebp
	push	%esi
	push	%edi
	mov	%esp, %eax
	push	%eax
	cld
	call	exception_dispatch
	add	$4, %esp
	pop	%edi
	pop	%esi
	pop	%ebp
	pop	%ebx
	pop	%edx
	pop	%ecx
	pop	%eax
	add	$8, %esp
	iret
