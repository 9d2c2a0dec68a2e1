/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses to ports that are not the cell's, and to PCI configuration. */
#include "exits.h"

#include "hv/cell.h"
#include "hv/percpu.h"
#include "pci-ports.h"
#include "vcpu.h"

/* A register of 32 bits written is one of 64 bits written. */
static void set_result(struct per_cpu *cpu, unsigned int size, uint32_t value)
{
	uint64_t *rax = &cpu->arch.regs->gpr[GPR_RAX];
	uint64_t mask = UINT64_MAX >> (64 - 8 * size);

	*rax = size == 4 ? value : (*rax & ~mask) | (value & mask);
}

/*
 * A kernel looks for devices at many ports: for the root those it does not
 * have are empty. Another cell is told what it has.
 */
void exit_io(struct per_cpu *cpu, const struct io_access *access)
{
	uint32_t value = (uint32_t)vcpu_get_gpr(cpu, GPR_RAX);
	bool done;

	exit_count(cpu, CPU_STAT_PIO);
	if (cpu->cell != cell_root()) {
		cpu_fault(cpu, PARK_IO_PORT, access->port, access->size);
		return;
	}
	if (access->is_string) {
		vcpu_inject_gp(cpu);
		return;
	}
	done = pci_ports_access(access, &value);
	if (access->is_input)
		set_result(cpu, access->size, done ? value : UINT32_MAX);
	vcpu_skip(cpu);
}
