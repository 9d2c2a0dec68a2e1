/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses to ports that are not the cell's, and to PCI configuration. */
#include "exits.h"

#include "bitmaps.h"
#include "hv/cell.h"
#include "hv/pci.h"
#include "hv/percpu.h"
#include "vcpu.h"

/* PCI Local Bus Specification 3.0, 3.2.2.3.2: configuration mechanism 1. */
#define PORT_PCI_ADDRESS	0xcf8u
#define PORT_PCI_DATA		0xcfcu
#define PCI_ADDRESS_BDF_SHIFT	8

static uint32_t port_read(uint16_t port, unsigned int size)
{
	if (size == 1)
		return port_read8(port);
	return size == 2 ? port_read16(port) : port_read32(port);
}

static void port_write(uint16_t port, unsigned int size, uint32_t value)
{
	if (size == 1)
		port_write8(port, (uint8_t)value);
	else if (size == 2)
		port_write16(port, (uint16_t)value);
	else
		port_write32(port, value);
}

/*
 * The address register is 32 bits wide; what else is at its ports resets the
 * machine, under all cells. Data are those of functions no cell has.
 */
static bool root_may(const struct io_access *access)
{
	uint32_t address;

	if (access->port == PORT_PCI_ADDRESS)
		return access->size == 4;
	if (access->port < PORT_PCI_DATA || access->port > PORT_PCI_LAST ||
	    access->port + access->size > PORT_PCI_LAST + 1)
		return false;
	address = port_read32(PORT_PCI_ADDRESS);
	return !pci_taken_from_root((uint16_t)(address >>
					       PCI_ADDRESS_BDF_SHIFT));
}

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
	uint32_t value = UINT32_MAX;
	bool may;

	exit_count(cpu, CPU_STAT_PIO);
	if (cpu->cell != cell_root()) {
		cpu_fault(cpu, PARK_IO_PORT, access->port, access->size);
		return;
	}
	if (access->is_string) {
		vcpu_inject_gp(cpu);
		return;
	}
	may = root_may(access);
	if (access->is_input) {
		if (may)
			value = port_read(access->port, access->size);
		set_result(cpu, access->size, value);
	} else if (may) {
		port_write(access->port, access->size,
			   (uint32_t)vcpu_get_gpr(cpu, GPR_RAX));
	}
	vcpu_skip(cpu);
}
