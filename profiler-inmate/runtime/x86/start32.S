/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stays in 32-bit mode, and turns paging on: one table of 4 MiB pages. */
#include "selectors.h"

#define CR0_START		0x80010033	/* PG WP NE ET MP PE */
#define CR4_START		0x610		/* OSXMMEXCPT OSFXSR PSE */

#define ENTRY_BLOCK		0x83
#define ENTRY_DEVICE		0x9b		/* uncached */
#define BLOCK_BYTES		0x400000
#define BLOCKS_OF_GIGABYTE	256

	.section .boot.mode, "ax"
	.code32
	.global	start_mode
start_mode:
	mov	$CR4_START, %eax
	mov	%eax, %cr4
	mov	$table, %eax
	mov	%eax, %cr3
	mov	$CR0_START, %eax
	mov	%eax, %cr0
	jmp	1f
1:	test	%ebx, %ebx
	jnz	second
	mov	$stack_top, %esp
	call	exceptions_init
	call	inmate_enter
halt:
	cli
	hlt
	jmp	halt

/* Another CPU, EBX = its stack: to where inmate_cpu_on() says. */
second:
	lea	-16(%ebx), %esp
	call	exceptions_init
	mov	secondary_argument, %eax
	mov	%eax, (%esp)
	mov	secondary_entry, %eax
	movl	$0, secondary_entry	/* the block may be used again */
	call	*%eax
	jmp	halt

/* The first gigabyte cached, the fourth not. */
	.global	tables_fill
tables_fill:
	mov	$ENTRY_BLOCK, %eax
	mov	$0xc0000000 + ENTRY_DEVICE, %edx
	xor	%ecx, %ecx
1:	mov	%eax, table(, %ecx, 4)
	mov	%edx, table + 3 * BLOCKS_OF_GIGABYTE * 4(, %ecx, 4)
	add	$BLOCK_BYTES, %eax
	add	$BLOCK_BYTES, %edx
	inc	%ecx
	cmp	$BLOCKS_OF_GIGABYTE, %ecx
	jne	1b
	ret

	.bss
	.balign	4096
table:	.skip	4096
