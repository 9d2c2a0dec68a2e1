/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Guests run at guest address 0; the loader writes the command line at 0x1000. */
OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)
ENTRY(_start)

SECTIONS
{
	. = 0;
	.boot : { *(.boot) }
	ASSERT(. <= 0x1000, "start code must end below the command line")
	. = 0x1000;
	.cmdline : { *(.cmdline) }
	. = ALIGN(4096);
	.text : { *(.text .text.*) }
	. = ALIGN(16);
	.rodata : { *(.rodata .rodata.*) }
	. = ALIGN(16);
	.data : { *(.data .data.*) }
	/* objcopy writes the image to here; the loader clears nothing. */
	. = ALIGN(16);
	bss_start = .;
	.bss (NOLOAD) : { *(.bss .bss.* COMMON) }
	. = ALIGN(4096);
	bss_end = .;
	. += 16384;
	stack_top = .;
	image_end = .;
	/DISCARD/ : { *(.note*) *(.comment) *(.eh_frame*) }
}
