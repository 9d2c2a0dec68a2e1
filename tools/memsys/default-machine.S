/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine file a plugin without machine=FILE takes, built in. */
	.section .rodata
	.globl	default_machine_text
	.globl	default_machine_end
	.hidden	default_machine_text
	.hidden	default_machine_end
default_machine_text:
	.incbin	"tools/memsys/machines/zcu102.conf"
default_machine_end:
	.section .note.GNU-stack, "", %progbits
