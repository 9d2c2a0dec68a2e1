/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image: header first, one kind of access a page. Everything is linked at
 * HV_BASE, where hypervisor memory is mapped linearly; ARCH_TEXT is what has a
 * place of its own behind the boot code.
 */
PHDRS
{
	header PT_LOAD FLAGS(6);
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = HV_BASE;

	.header : {
		KEEP(*(.header))
	} :header

	. = ALIGN(PAGE_BYTES_LD);
	text_start = .;
	.text : {
		boot_start = .;
		KEEP(*(.text.boot))
		boot_end = .;
		ARCH_TEXT
		*(.text .text.*)
	} :text

	. = ALIGN(PAGE_BYTES_LD);
	rodata_start = .;
	.rodata : {
		*(.rodata .rodata.*)
	} :rodata
	. = ALIGN(8);
	regulators : {
		__start_regulators = .;
		KEEP(*(regulators))
		__stop_regulators = .;
	}
	counter_sources : {
		__start_counter_sources = .;
		KEEP(*(counter_sources))
		__stop_counter_sources = .;
	}

	. = ALIGN(PAGE_BYTES_LD);
	data_start = .;
	.data : {
		*(.data .data.*)
	} :data
	.bss : {
		*(.bss .bss.*)
		. = ALIGN(PAGE_BYTES_LD);
		console_ring = .;
		. += PAGE_BYTES_LD;
		. = ALIGN(PAGE_BYTES_LD);
	}
	image_end = .;

	header_core_size = ABSOLUTE(image_end - HV_BASE);
	header_console_ring = ABSOLUTE(console_ring - HV_BASE);
	header_entry = ABSOLUTE(arch_entry - HV_BASE);

	/DISCARD/ : {
		*(.comment .note.* .eh_frame)
	}
}

ASSERT(boot_end - boot_start <= PAGE_BYTES_LD, "the boot code exceeds a page")
ASSERT(boot_start % PAGE_BYTES_LD == 0, "the boot code is not page aligned")
ASSERT(image_end - HV_BASE < 0x100000, "the image exceeds 1 MiB")
