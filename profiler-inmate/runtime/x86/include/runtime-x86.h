/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of this runtime call from each other and from assembly. */
#ifndef RUNTIME_X86_H
#define RUNTIME_X86_H

#include "inmate.h"
#include "selectors.h"

/* vectors64.S, vectors32.S */
#define VECTORS			64
#define ENTRY_BYTES		16
#define GATE_INTERRUPT		0x8eull

extern const char vector_entries[];

struct table_register {
	uint16_t limit;
	uintptr_t base;
} __attribute__((packed));

void exception_dispatch(struct exception_frame *frame);
void irq_dispatch(unsigned int vector);

#endif
