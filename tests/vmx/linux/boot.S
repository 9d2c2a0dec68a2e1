/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sector from which the machine boots, for kernels that are unpacked already:
 * an emulator takes minutes to decompress 60 MB. Reads command line, kernel and
 * archive from the disk, where ../run has put them, and enters the kernel in
 * 64-bit mode with parameters as Documentation/x86/boot.rst, "64-bit boot
 * protocol", and zero-page.rst of the kernel define them.
 */
/* Parameters and tables, three pages. */
#define PARAMS_BASE		0x200000
#define PML4_BASE		0x201000
#define PDPT_BASE		0x202000

/* Offsets in the parameters. */
#define PARAM_E820_COUNT	0x1e8
#define PARAM_BOOT_FLAG		0x1fe
#define PARAM_SIGNATURE		0x202
#define PARAM_VERSION		0x206
#define PARAM_LOADER		0x210
#define PARAM_FLAGS		0x211
#define PARAM_INITRD		0x218
#define PARAM_INITRD_BYTES	0x21c
#define PARAM_COMMAND_LINE	0x228
#define PARAM_E820		0x2d0

#define SIGNATURE		0x53726448	/* "HdrS" */
#define VERSION			0x20f
#define LOADER_UNKNOWN		0xff
/* Loaded high; memory may be laid out at random. */
#define FLAGS			0x03

#define E820_BYTES		20
#define E820_RAM		1

#define PAGE_GIGA		0x83
#define PAGE_TABLE		0x03
#define CR0_PE			(1 << 0)
#define CR0_PG			(1 << 31)
#define CR4_PAE			(1 << 5)
#define MSR_EFER		0xc0000080
#define EFER_LME		(1 << 8)
/* Where the kernel expects its selectors. */
#define SELECTOR_CODE32		0x08
#define SELECTOR_CODE		0x10
#define SELECTOR_DATA		0x18

/* First ATA channel, ACS-2: 7.37 READ SECTORS, 28-bit addresses. */
#define ATA_DATA		0x1f0
#define ATA_COUNT		0x1f2
#define ATA_COMMAND		0x1f7
#define ATA_READ		0x20
#define ATA_LBA			0xe0
#define ATA_BUSY		0x80
#define ATA_DATA_READY		0x08
#define SECTOR_WORDS		256
#define CHUNK_SECTORS		256

/* The table at the end. */
#define FILE_SECTOR		0
#define FILE_CHUNKS		4
#define FILE_ADDRESS		8
#define FILE_BYTES		12

	.section .text
	.code16
	.global boot_sector
boot_sector:
	cli
	cld
	xor	%eax, %eax
	mov	%ax, %ds
	in	$0x92, %al		/* A20 */
	or	$2, %al
	and	$0xfe, %al
	out	%al, $0x92
	lgdtl	gdtr
	mov	%cr0, %eax
	or	$CR0_PE, %eax
	mov	%eax, %cr0
	ljmpl	$SELECTOR_CODE32, $start32

	.code32
start32:
	mov	$SELECTOR_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss

	mov	$command_line, %ebp
next_file:
	mov	FILE_SECTOR(%ebp), %ebx
	mov	FILE_ADDRESS(%ebp), %edi
next_chunk:
	mov	$ATA_COUNT, %edx
	xor	%eax, %eax		/* 256 sectors */
	out	%al, %dx
	mov	%ebx, %eax
	inc	%edx
	out	%al, %dx
	shr	$8, %eax
	inc	%edx
	out	%al, %dx
	shr	$8, %eax
	inc	%edx
	out	%al, %dx
	shr	$8, %eax
	or	$ATA_LBA, %al
	inc	%edx
	out	%al, %dx
	inc	%edx
	mov	$ATA_READ, %al
	out	%al, %dx
	mov	$CHUNK_SECTORS, %esi
next_sector:
	in	%dx, %al
	test	$ATA_BUSY, %al
	jnz	next_sector
	test	$ATA_DATA_READY, %al
	jz	next_sector
	mov	$ATA_DATA, %edx
	mov	$SECTOR_WORDS, %ecx
	rep insw
	mov	$ATA_COMMAND, %edx
	dec	%esi
	jnz	next_sector
	add	$CHUNK_SECTORS, %ebx
	decl	FILE_CHUNKS(%ebp)
	jnz	next_chunk
	add	$FILE_BYTES, %ebp
	cmp	$files_end, %ebp
	jne	next_file

	mov	$PARAMS_BASE, %edi
	mov	$3 * 4096 / 4, %ecx
	xor	%eax, %eax
	rep stosl
	/* Entries have 8 bytes, addresses below 4 GiB: the upper half is 0. */
	movl	$PDPT_BASE + PAGE_TABLE, PML4_BASE
	movl	$0x00000000 + PAGE_GIGA, PDPT_BASE
	movl	$0x40000000 + PAGE_GIGA, PDPT_BASE + 8
	movl	$0x80000000 + PAGE_GIGA, PDPT_BASE + 16
	movl	$0xc0000000 + PAGE_GIGA, PDPT_BASE + 24

	mov	$PARAMS_BASE, %ebx
	movw	$0xaa55, PARAM_BOOT_FLAG(%ebx)
	movl	$SIGNATURE, PARAM_SIGNATURE(%ebx)
	movw	$VERSION, PARAM_VERSION(%ebx)
	movb	$LOADER_UNKNOWN, PARAM_LOADER(%ebx)
	movb	$FLAGS, PARAM_FLAGS(%ebx)
	mov	initrd + FILE_ADDRESS, %eax
	mov	%eax, PARAM_INITRD(%ebx)
	mov	initrd_bytes, %eax
	mov	%eax, PARAM_INITRD_BYTES(%ebx)
	mov	command_line + FILE_ADDRESS, %eax
	mov	%eax, PARAM_COMMAND_LINE(%ebx)
	movb	$(memory_map_end - memory_map) / E820_BYTES, \
		PARAM_E820_COUNT(%ebx)
	mov	$memory_map, %esi
	lea	PARAM_E820(%ebx), %edi
	mov	$(memory_map_end - memory_map), %ecx
	rep movsb

	mov	$PML4_BASE, %eax
	mov	%eax, %cr3
	mov	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	%cr0, %eax
	or	$CR0_PG, %eax
	mov	%eax, %cr0
	ljmp	$SELECTOR_CODE, $start64

	.code64
start64:
	mov	%ebx, %esi
	mov	kernel + FILE_ADDRESS, %eax
	jmp	*%rax

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 32-bit code */
	.quad	0x00af9b000000ffff	/* 64-bit code */
	.quad	0x00cf93000000ffff	/* data */
gdtr:
	.word	. - gdt - 1
	.long	gdt

/* RAM, as the BIOS of this machine of 512 MiB says. */
memory_map:
	.quad	0, 0x9f000
	.long	E820_RAM
	.quad	0x100000, 0x1fef0000
	.long	E820_RAM
memory_map_end:

	/* Filled in by ../run: first sector, chunks, address of each. */
	.org	boot_sector + 0x1d4
initrd_bytes:
	.long	0
command_line:
	.long	0, 0, 0
kernel:
	.long	0, 0, 0
initrd:
	.long	0, 0, 0
files_end:
	.org	boot_sector + 0x1fe
	.word	0xaa55
	.section .note.GNU-stack, "", @progbits
