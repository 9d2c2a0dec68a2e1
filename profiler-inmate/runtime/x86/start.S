/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * First instruction of a guest, at guest address 0: real mode, CS base 0. The
 * first CPU of a cell starts here when the cell does; another one by a start-up
 * message with vector 0, and finds its stack laid out by inmate_cpu_on().
 * start64.S or start32.S goes on at start_mode, in 32-bit mode without paging.
 */
#include "selectors.h"

#define CR0_PE			(1 << 0)
#define MSR_MTRR_DEF_TYPE	0x2ff
#define MTRR_ENABLE_WB		0x806

	.section .boot, "ax"
	.code16
	.global	_start
_start:
	cli
	cld
	lgdtl	%cs:gdtr
	mov	%cr0, %eax
	or	$CR0_PE, %eax
	/* The reset leaves caches off: CD and NW. */
	and	$0x9fffffff, %eax
	mov	%eax, %cr0
	ljmpl	$SELECTOR_CODE32, $start_flat

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00af9b000000ffff
	.quad	0x00cf93000000ffff
gdt_end:
gdtr:
	.word	gdt_end - gdt - 1
	.long	gdt

	.code32
start_flat:
	mov	$SELECTOR_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss

	/* EBX: the stack of another CPU, 0 on the first one. */
	xor	%ebx, %ebx
	xchg	%ebx, secondary_stack
	test	%ebx, %ebx
	jnz	1f
	mov	$stack_top, %esp
	mov	$bss_start, %edi
	mov	$bss_end, %ecx
	sub	%edi, %ecx
	xor	%eax, %eax
	rep stosb
	call	tables_fill

1:	mov	$MSR_MTRR_DEF_TYPE, %ecx
	mov	$MTRR_ENABLE_WB, %eax
	xor	%edx, %edx
	wrmsr
	jmp	start_mode
