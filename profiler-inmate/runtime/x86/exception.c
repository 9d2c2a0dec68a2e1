/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Vectors 0 to 63: exceptions, and the interrupts of the local APIC. */
#include "inmate.h"
#include "runtime-x86.h"

#define VECTOR_FIRST_IRQ	32

bool (*exception_hook)(struct exception_frame *frame);

static void exception_unexpected(const struct exception_frame *frame)
{
	uintptr_t cr2;

	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	inmate_printf("exception: vector %lu error %lx rip %lx cr2 %lx\n",
		      (unsigned long)frame->vector, (unsigned long)frame->error,
		      (unsigned long)frame->rip, (unsigned long)cr2);
	comm_set_state(CELL_FAILED);
	inmate_halt();
}

void exception_dispatch(struct exception_frame *frame)
{
	if (frame->vector >= VECTOR_FIRST_IRQ)
		irq_dispatch((unsigned int)frame->vector);
	else if (!exception_hook || !exception_hook(frame))
		exception_unexpected(frame);
}
