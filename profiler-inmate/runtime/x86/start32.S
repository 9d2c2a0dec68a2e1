/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stays in 32-bit mode, and turns paging on: one table of 4 MiB pages. */
#include "start.h"

#define CR4_START		0x610		/* OSXMMEXCPT OSFXSR PSE */

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
1:
	first_cpu

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

	.global	tables_fill
tables_fill:
	fill_gigabytes table, table_fourth, 4, BLOCK_BYTES, BLOCKS_OF_GIGABYTE

	.bss
	.balign	4096
table:	.skip	4096
	.set	table_fourth, table + 3 * BLOCKS_OF_GIGABYTE * 4
