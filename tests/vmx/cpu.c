// SPDX-License-Identifier: GPL-2.0-only
/* Descriptor tables, vectors, and what an interrupt or exception does. */
#include "root.h"

#define GATE_INTERRUPT		0x8eull
#define GATE_BYTES		16
#define ENTRY_BYTES		16
#define VECTOR_NMI		2
#define VECTOR_DOUBLE_FAULT	8
#define IST_NMI			1
#define TSS_AVAILABLE		0x89ull

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

struct fixup {
	uint64_t instruction, target;
};

extern const char vector_entries[];
extern const struct fixup fixups_start[], fixups_end[];

struct cpu cpus[CPUS_MAX];
void (*volatile interrupt_hook)(unsigned int vector);

static uint64_t idt[256][2];

struct cpu *cpu_this(void)
{
	struct cpu *cpu;

	/* The first word a CPU's GS points to is its own address. */
	__asm__ volatile("mov %%gs:0, %0" : "=r"(cpu));
	return cpu;
}

static void idt_fill(void)
{
	for (unsigned int n = 0; n < 256; n++) {
		uint64_t entry = (uint64_t)vector_entries + n * ENTRY_BYTES;
		uint64_t ist = n == VECTOR_NMI || n == VECTOR_DOUBLE_FAULT ?
			       IST_NMI : 0;

		idt[n][0] = (entry & 0xffff) | SELECTOR_CODE << 16 |
			    ist << 32 | GATE_INTERRUPT << 40 |
			    (entry >> 16 & 0xffff) << 48;
		idt[n][1] = entry >> 32;
	}
}

static void gdt_fill(struct cpu *cpu)
{
	uint64_t tss = (uint64_t)&cpu->tss;

	cpu->gdt[SELECTOR_CODE32 / 8] = 0x00cf9b000000ffffull;
	cpu->gdt[SELECTOR_CODE / 8] = 0x00af9b000000ffffull;
	cpu->gdt[SELECTOR_DATA / 8] = 0x00cf93000000ffffull;
	cpu->gdt[SELECTOR_TSS / 8] = (sizeof(cpu->tss) - 1) |
				     (tss & 0xffffff) << 16 |
				     TSS_AVAILABLE << 40 |
				     (tss >> 24 & 0xff) << 56;
	cpu->gdt[SELECTOR_TSS / 8 + 1] = tss >> 32;
	cpu->tss.ist[IST_NMI - 1] =
		(uint64_t)cpu->nmi_stack + sizeof(cpu->nmi_stack);
	cpu->tss.io_bitmap = sizeof(cpu->tss);
}

static void tables_load(struct cpu *cpu)
{
	struct table_register gdtr = {
		sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt
	};
	struct table_register idtr = { sizeof(idt) - 1, (uint64_t)idt };

	__asm__ volatile("lgdt %0" :: "m"(gdtr) : "memory");
	__asm__ volatile("lidt %0" :: "m"(idtr) : "memory");
	__asm__ volatile("ltr %w0" :: "r"(SELECTOR_TSS) : "memory");
}

void cpu_setup(struct cpu *cpu)
{
	static struct cpu *self[CPUS_MAX];

	if (!idt[0][0])
		idt_fill();
	cpu->trapped = NO_TRAP;
	gdt_fill(cpu);
	tables_load(cpu);
	self[cpu->number] = cpu;
	wrmsr(MSR_GS_BASE, (uint64_t)&self[cpu->number]);
	apic_setup(option_is("apic", "x2apic"));
	cpu->apic_id = apic_id();
}

static bool fixup_apply(struct frame *frame)
{
	for (const struct fixup *f = fixups_start; f < fixups_end; f++) {
		if (f->instruction == frame->rip) {
			cpu_this()->trapped = (uint32_t)frame->vector;
			cpu_this()->trap_error = frame->error;
			frame->rip = f->target;
			return true;
		}
	}
	return false;
}

static void exception(struct frame *frame)
{
	if (fixup_apply(frame))
		return;
	print("exception %lu error 0x%lx at 0x%lx, cr2 0x%lx, stack 0x%lx\n",
	      frame->vector, frame->error, frame->rip, read_cr2(), frame->rsp);
	machine_stop();
}

void interrupt(struct frame *frame)
{
	unsigned int vector = (unsigned int)frame->vector;
	struct cpu *cpu = cpu_this();

	cpu->interrupts[vector]++;
	if (vector == VECTOR_NMI)
		return;
	if (vector < 32) {
		exception(frame);
		return;
	}
	if (interrupt_hook)
		interrupt_hook(vector);
	if (vector != VECTOR_SPURIOUS)
		apic_eoi();
}
