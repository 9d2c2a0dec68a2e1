/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct image_header of abi/image.h, for assembly: what the linker fills in,
 * and zeroes for what who loads the image does. The other architecture's entry
 * is 0.
 */
#include "asm_offsets.h"

.macro define_image_header arm_entry, x86_entry
	.section .header, "aw"
	.global image_header
image_header:
	.ascii	"WEIRHYPV"
	.long	2
	.long	IMAGE_HEADER_BYTES
	.quad	header_core_size
	.quad	PERCPU_BYTES
	.quad	header_console_ring
	.quad	\arm_entry
	.quad	0			/* image_phys */
	.long	0			/* max_cpus */
	.long	0			/* online_cpus */
	.quad	0			/* config_size */
version:
	.ascii	"0.1"
	.zero	32 - (. - version)
	.zero	128			/* reason */
	.quad	\x86_entry
	.long	0			/* x86_tsc_khz */
	.long	0			/* x86_apic_khz */
	.if	. - image_header - IMAGE_HEADER_BYTES
	.error	"the header does not match abi/image.h"
	.endif
.endm
