/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions as guests: exits, jobs, and interrupts that are seen waiting. */
#include "guest.h"

#include "apic.h"
#include "hypervisor/arch/x86/apic-internal.h"
#include "exits.h"
#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "hv/wait.h"
#include "x86-regs.h"

#define FIRST_CPU		0u
#define VECTORS			256u
#define PATIENCE_MS		1000u
#define PORT_PCI_ADDRESS	0xcf8u
#define PORT_PCI_DATA		0xcfcu
#define PCI_ENABLE		0x80000000u

/* Written by the CPU itself, but for `look` and `job`. */
static struct {
	void (*volatile job)(void);
	volatile bool requested[VECTORS];
	volatile bool look;		/* at what is requested, and take it */
} other[HV_MAX_CPUS];

static volatile bool leaving;
static unsigned int faults;

void guest_fault(unsigned int vector)
{
	(void)vector;
	faults++;
}

unsigned int guest_faults(void)
{
	return faults;
}

/* Vectors wait in the APIC, since the hypervisor takes no interrupts. */
static void take_vectors(unsigned int cpu)
{
	for (unsigned int word = 0; word < VECTORS / 32; word++) {
		uint32_t bits = apic_read(APIC_IRR + word * 16);

		for (unsigned int n = 0; n < 32; n++)
			other[cpu].requested[word * 32 + n] = bits >> n & 1;
	}
	__asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
	other[cpu].look = false;
}

void guest_turn(void)
{
	struct per_cpu *cpu = this_cpu();

	if (exit_pending(cpu))
		exit_finish(cpu);
	if (other[cpu->id].look)
		take_vectors(cpu->id);
	if (other[cpu->id].job) {
		other[cpu->id].job();
		other[cpu->id].job = NULL;
	}
	arch_cpu_relax();
}

void guest_wait_ms(uint64_t ms)
{
	struct wait wait = wait_begin_ms(ms);

	while (wait_turn(&wait))
		guest_turn();
}

long guest_hypercall(uint32_t number, uint64_t arg1, uint64_t arg2)
{
	struct per_cpu *cpu = this_cpu();
	uint64_t *gpr = cpu->arch.regs->gpr;

	gpr[GPR_RAX] = number;
	gpr[GPR_RDI] = arg1;
	gpr[GPR_RSI] = arg2;
	exit_hypercall(cpu);
	return (int)gpr[GPR_RAX];
}

static uint32_t port(uint16_t number, bool is_input, uint32_t value)
{
	struct per_cpu *cpu = this_cpu();
	const struct io_access access = { .port = number, .size = 4,
					  .is_input = is_input };

	cpu->arch.regs->gpr[GPR_RAX] = value;
	exit_io(cpu, &access);
	return (uint32_t)cpu->arch.regs->gpr[GPR_RAX];
}

static void port_select(uint16_t bdf, unsigned int offset)
{
	port(PORT_PCI_ADDRESS, false, PCI_ENABLE | (uint32_t)bdf << 8 | offset);
}

uint32_t guest_pci_read(uint16_t bdf, unsigned int offset)
{
	port_select(bdf, offset);
	return port(PORT_PCI_DATA, true, 0);
}

void guest_pci_write(uint16_t bdf, unsigned int offset, uint32_t value)
{
	port_select(bdf, offset);
	port(PORT_PCI_DATA, false, value);
}

bool guest_load(uint64_t address, uint32_t *value)
{
	struct mmio_access access = { .address = address, .size = 4 };
	enum mmio_result result = mmio_dispatch(&this_cpu()->cell->mmio,
						&access);

	*value = (uint32_t)access.value;
	return result == MMIO_HANDLED;
}

bool guest_store(uint64_t address, uint8_t size, uint32_t value)
{
	struct mmio_access access = { .address = address, .value = value,
				      .size = size, .is_write = true };

	return mmio_dispatch(&this_cpu()->cell->mmio, &access) == MMIO_HANDLED;
}

bool guest_job(unsigned int cpu, void (*job)(void))
{
	struct wait wait = wait_begin_ms(PATIENCE_MS);

	other[cpu].job = job;
	while (other[cpu].job) {
		if (!wait_turn(&wait))
			return false;
		guest_turn();
	}
	return true;
}

bool guest_interrupted(unsigned int cpu, uint8_t vector)
{
	struct wait wait = wait_begin_ms(PATIENCE_MS);

	guest_wait_ms(1);
	other[cpu].look = true;
	while (other[cpu].look && wait_turn(&wait))
		guest_turn();
	return !other[cpu].look && other[cpu].requested[vector];
}

static void leave(void)
{
	guest_hypercall(HC_DISABLE, 0, 0);
}

void guest_run(struct per_cpu *cpu)
{
	if (cpu->id == FIRST_CPU) {
		trial_run();
		leaving = true;
		leave();
	}
	for (;;) {
		guest_turn();
		if (leaving)
			leave();
	}
}
