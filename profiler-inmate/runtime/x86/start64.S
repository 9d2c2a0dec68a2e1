/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From 32-bit into 64-bit mode, on four-level tables. */
#include "start.h"

#define CR4_START		0x620		/* OSXMMEXCPT OSFXSR PAE */
#define MSR_EFER		0xc0000080
#define EFER_LME		0x100

#define ENTRY_TABLE		0x03
#define BLOCK_BYTES		0x200000

	.section .boot.mode, "ax"
	.code32
	.global	start_mode
start_mode:
	mov	$CR4_START, %eax
	mov	%eax, %cr4
	mov	$table_root, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	$CR0_START, %eax
	mov	%eax, %cr0
	ljmp	$SELECTOR_CODE64, $start64

	.global	tables_fill
tables_fill:
	movl	$table_giga + ENTRY_TABLE, table_root
	movl	$table_first + ENTRY_TABLE, table_giga
	movl	$table_fourth + ENTRY_TABLE, table_giga + 3 * 8
	fill_gigabytes table_first, table_fourth, 8, BLOCK_BYTES, 512

	.code64
start64:
	first_cpu

/* Another CPU, EBX = its stack: to where inmate_cpu_on() says. */
second:
	mov	%ebx, %esp
	call	exceptions_init
	mov	secondary_argument, %rdi
	mov	secondary_entry, %rax
	movq	$0, secondary_entry	/* the block may be used again */
	call	*%rax
	jmp	halt

	.bss
	.balign	4096
table_root:	.skip	4096
table_giga:	.skip	4096
table_first:	.skip	4096
table_fourth:	.skip	4096
