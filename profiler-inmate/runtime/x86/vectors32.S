/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An entry for each vector; all go to exception_dispatch(). */
#include "vectors.h"

	vector_table 64

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
