/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Vectors 0 to 63: exceptions, and the interrupts of the local APIC. */
#include "inmate.h"
#include "runtime-x86.h"

#define VECTORS			64
#define VECTOR_FIRST_IRQ	32
#define STUB_BYTES		16
#define SELECTOR_CODE64		0x10ull
#define GATE_INTERRUPT		0x8eull

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

extern const char vector_stubs[];

bool (*exception_hook)(struct exception_frame *frame);

static uint64_t idt[VECTORS][2];

void exceptions_init(void)
{
	struct table_register idtr = { sizeof(idt) - 1, (uint64_t)idt };

	/* Guests lie below 4 GiB; every CPU writes the same. */
	for (unsigned int n = 0; n < VECTORS; n++) {
		uint64_t stub = (uint64_t)vector_stubs + n * STUB_BYTES;

		idt[n][0] = (stub & 0xffff) | SELECTOR_CODE64 << 16 |
			    GATE_INTERRUPT << 40 | (stub >> 16 & 0xffff) << 48;
	}
	__asm__ volatile("lidt %0" :: "m"(idtr) : "memory");
}

static void exception_unexpected(const struct exception_frame *frame)
{
	uint64_t cr2;

	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	inmate_printf("exception: vector %lu error %lx rip %lx cr2 %lx\n",
		      frame->vector, frame->error, frame->rip, cr2);
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
