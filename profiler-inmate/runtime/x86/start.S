/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * First instruction of a guest, at guest address 0: real mode, CS base 0. The
 * first CPU of a cell starts here when the cell does; another one by a start-up
 * message with vector 0, and finds its stack laid out by inmate_cpu_on().
 */
#define SELECTOR_CODE32		0x08
#define SELECTOR_CODE64		0x10
#define SELECTOR_DATA		0x18

#define CR0_PE			(1 << 0)
#define CR0_START		0x80010033	/* PG WP NE ET MP PE */
#define CR4_START		0x620		/* OSXMMEXCPT OSFXSR PAE */
#define MSR_MTRR_DEF_TYPE	0x2ff
#define MTRR_ENABLE_WB		0x806
#define MSR_EFER		0xc0000080
#define EFER_LME		0x100

#define ENTRY_TABLE		0x03
#define ENTRY_BLOCK		0x83
#define ENTRY_DEVICE		0x9b		/* uncached */
#define BLOCK_BYTES		0x200000

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
	ljmpl	$SELECTOR_CODE32, $start32

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
start32:
	mov	$SELECTOR_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss

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

/* The first gigabyte cached, the fourth not. */
tables_fill:
	movl	$table_giga + ENTRY_TABLE, table_root
	movl	$table_first + ENTRY_TABLE, table_giga
	movl	$table_fourth + ENTRY_TABLE, table_giga + 3 * 8
	mov	$ENTRY_BLOCK, %eax
	mov	$0xc0000000 + ENTRY_DEVICE, %edx
	xor	%ecx, %ecx
1:	mov	%eax, table_first(, %ecx, 8)
	mov	%edx, table_fourth(, %ecx, 8)
	add	$BLOCK_BYTES, %eax
	add	$BLOCK_BYTES, %edx
	inc	%ecx
	cmp	$512, %ecx
	jne	1b
	ret

	.code64
start64:
	test	%ebx, %ebx
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
