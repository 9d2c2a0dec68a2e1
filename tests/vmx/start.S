/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first instructions: from multiboot's 32-bit entry, and from a start-up
 * message, into long mode at the linked address.
 */
#include "layout.h"

#define PHYS(symbol)	((symbol) - ROOT_VIRT)

#define MULTIBOOT_MAGIC	0x1badb002
/* Modules on page boundaries, memory map, addresses given below. */
#define MULTIBOOT_FLAGS	((1 << 0) | (1 << 1) | (1 << 16))

#define CR0_PE		(1 << 0)
#define CR0_START	0x80050033	/* PG AM WP NE ET MP PE */
#define CR4_START	0x006b0		/* OSXMMEXCPT OSFXSR PGE PAE PSE */
#define CR4_LA57	(1 << 12)
#define CPUID_FEATURES	7
#define CPUID_LA57_BIT	16
#define MSR_EFER	0xc0000080
#define EFER_START	0x901		/* NXE LME SCE */

#define PAGE_GIGA	0x83		/* present, writable, large */
#define PAGE_GLOBAL	0x100
#define PAGE_TABLE	0x03

	.section .head, "ax"
	.balign	4
	.global	multiboot_header
multiboot_header:
	.long	MULTIBOOT_MAGIC, MULTIBOOT_FLAGS
	.long	-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
	.long	PHYS(multiboot_header), PHYS(image_start), PHYS(data_end)
	.long	PHYS(bss_end), PHYS(start32)

	.code32
start32:
	cld
	mov	%ebx, PHYS(multiboot_info)

/* Both come here: 32-bit code without paging. As many levels as there can be. */
long_mode:
	mov	$PHYS(boot_pml4), %esi
	mov	$CR4_START, %edi
	xor	%eax, %eax
	cpuid
	cmp	$CPUID_FEATURES, %eax
	jb	1f
	mov	$CPUID_FEATURES, %eax
	xor	%ecx, %ecx
	cpuid
	bt	$CPUID_LA57_BIT, %ecx
	jnc	1f
	mov	$PHYS(boot_pml5), %esi
	or	$CR4_LA57, %edi
1:	mov	%esi, %cr3
	mov	%edi, %cr4
	mov	$MSR_EFER, %ecx
	mov	$EFER_START, %eax
	xor	%edx, %edx
	wrmsr
	mov	$CR0_START, %eax
	mov	%eax, %cr0
	lgdt	PHYS(boot_gdtr)
	ljmp	$SELECTOR_CODE, $PHYS(start64_low)

/* A copy of this lies at AP_START; CS is its segment. */
	.code16
	.global ap_blob, ap_blob_end
ap_blob:
	cli
	cld
	mov	%cs, %ax
	mov	%ax, %ds
	lgdtl	ap_gdtr - ap_blob
	mov	%cr0, %eax
	or	$CR0_PE, %eax
	mov	%eax, %cr0
	ljmpl	$SELECTOR_CODE32, $PHYS(ap_start32)
	.balign	4
ap_gdtr:
	.word	boot_gdt_end - boot_gdt - 1
	.long	PHYS(boot_gdt)
ap_blob_end:

	.code32
ap_start32:
	mov	$SELECTOR_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	jmp	long_mode

	.code64
start64_low:
	mov	$start64, %rax
	jmp	*%rax

	.text
start64:
	mov	$SELECTOR_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	xor	%eax, %eax
	mov	%eax, %fs
	mov	%eax, %gs
	/* The table they came from is not mapped by these. */
	mov	$PHYS(root_pml4), %eax
	mov	%cr4, %rdx
	test	$CR4_LA57, %edx
	jz	1f
	mov	$PHYS(root_pml5), %eax
1:	mov	%rax, %cr3
	mov	start_stack(%rip), %rsp
	xor	%ebp, %ebp
	mov	start_entry(%rip), %rax
	call	*%rax
2:	cli
	hlt
	jmp	2b

	.data
	.balign	8
	.global start_stack, start_entry, multiboot_info
start_stack:	.quad	boot_stack_top
start_entry:	.quad	root_main
multiboot_info:	.quad	0

	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08 32-bit code */
	.quad	0x00af9b000000ffff	/* 0x10 64-bit code */
	.quad	0x00cf93000000ffff	/* 0x18 data */
boot_gdt_end:
boot_gdtr:
	.word	boot_gdt_end - boot_gdt - 1
	.long	PHYS(boot_gdt)

/* Physical memory at DIRECT_VIRT, the image at ROOT_VIRT; both global. */
	.balign	4096
boot_pml4:
	.quad	PHYS(direct_pdpt) + PAGE_TABLE
	.fill	DIRECT_SLOT - 1, 8, 0
	.quad	PHYS(direct_pdpt) + PAGE_TABLE
	.fill	510 - DIRECT_SLOT, 8, 0
	.quad	PHYS(image_pdpt) + PAGE_TABLE
/* The same without the identity map that the start needs. */
root_pml4:
	.fill	DIRECT_SLOT, 8, 0
	.quad	PHYS(direct_pdpt) + PAGE_TABLE
	.fill	510 - DIRECT_SLOT, 8, 0
	.quad	PHYS(image_pdpt) + PAGE_TABLE
/* With five levels, both again: bits 56 to 48 of an address are 0 or all ones. */
boot_pml5:
	.quad	PHYS(boot_pml4) + PAGE_TABLE
	.fill	510, 8, 0
	.quad	PHYS(boot_pml4) + PAGE_TABLE
root_pml5:
	.fill	511, 8, 0
	.quad	PHYS(root_pml4) + PAGE_TABLE
direct_pdpt:
	.quad	0x00000000 + PAGE_GIGA + PAGE_GLOBAL
	.quad	0x40000000 + PAGE_GIGA + PAGE_GLOBAL
	.quad	0x80000000 + PAGE_GIGA + PAGE_GLOBAL
	.quad	0xc0000000 + PAGE_GIGA + PAGE_GLOBAL
	.fill	508, 8, 0
image_pdpt:
	.fill	510, 8, 0
	.quad	0x00000000 + PAGE_GIGA + PAGE_GLOBAL
	.quad	0

	.bss
	.balign	4096
	.global boot_stack_top
	.skip	ROOT_STACK_BYTES
boot_stack_top:
