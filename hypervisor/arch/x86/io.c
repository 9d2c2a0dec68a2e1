/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses to ports that are not the cell's. */
#include "exits.h"

#include "hv/cell.h"
#include "hv/percpu.h"
#include "vcpu.h"

/* What a port without a device reads as, in the low `size` bytes of RAX. */
static void read_nothing(struct per_cpu *cpu, unsigned int size)
{
	uint64_t *rax = &cpu->arch.regs->gpr[GPR_RAX];
	uint64_t ones = UINT64_MAX >> (64 - 8 * size);

	/* A register of 32 bits written is one of 64 bits written. */
	*rax = size == 4 ? ones : *rax | ones;
}

/*
 * A kernel looks for devices at many ports: for the root those it does not
 * have are empty. Another cell is told what it has.
 */
void exit_io(struct per_cpu *cpu, const struct io_access *access)
{
	exit_count(cpu, CPU_STAT_PIO);
	if (cpu->cell != cell_root() || access->is_string) {
		cpu_fault(cpu, PARK_IO_PORT, access->port, access->size);
		return;
	}
	if (access->is_input)
		read_nothing(cpu, access->size);
	vcpu_skip(cpu);
}
