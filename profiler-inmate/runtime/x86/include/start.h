/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the starts of both modes share, for assembly. */
#ifndef X86_START_H
#define X86_START_H

#include "selectors.h"

#define CR0_START		0x80010033	/* PG WP NE ET MP PE */

#define ENTRY_BLOCK		0x83
#define ENTRY_DEVICE		0x9b		/* uncached */

	/* tables_fill: the first gigabyte cached, the fourth not. */
	.macro	fill_gigabytes first, fourth, entry_bytes, block_bytes, count
	mov	$ENTRY_BLOCK, %eax
	mov	$0xc0000000 + ENTRY_DEVICE, %edx
	xor	%ecx, %ecx
1:	mov	%eax, \first(, %ecx, \entry_bytes)
	mov	%edx, \fourth(, %ecx, \entry_bytes)
	add	$\block_bytes, %eax
	add	$\block_bytes, %edx
	inc	%ecx
	cmp	$\count, %ecx
	jne	1b
	ret
	.endm

	/* EBX = 0: the first CPU, into C; else to `second` with its stack. */
	.macro	first_cpu
	test	%ebx, %ebx
	jnz	second
	mov	$stack_top, %esp
	call	exceptions_init
	call	inmate_enter
halt:
	cli
	hlt
	jmp	halt
	.endm

#endif
