/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI configuration space by ports: the root's accesses, and our own. */
#include "pci-ports.h"

#include "bitmaps.h"
#include "hv/cell.h"
#include "hv/pci.h"
#include "hv/spinlock.h"
#include "insn.h"
#include "msi.h"

/* PCI Local Bus Specification 3.0, 3.2.2.3.2: configuration mechanism 1. */
#define PORT_PCI_ADDRESS	0xcf8u
#define PORT_PCI_DATA		0xcfcu
#define PCI_ADDRESS_ENABLE	0x80000000u
#define PCI_ADDRESS_BDF_SHIFT	8
#define PCI_ADDRESS_OFFSET	0xfcu

/* Address and data are two accesses. */
static struct spinlock ports_lock;

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

static void perform(const struct io_access *access, uint32_t *value)
{
	if (access->is_input)
		*value = port_read(access->port, access->size);
	else
		port_write(access->port, access->size, *value);
}

static uint32_t select(uint16_t bdf, unsigned int offset)
{
	uint32_t before = port_read32(PORT_PCI_ADDRESS);

	port_write32(PORT_PCI_ADDRESS, PCI_ADDRESS_ENABLE |
					       (uint32_t)bdf << PCI_ADDRESS_BDF_SHIFT |
					       (offset & PCI_ADDRESS_OFFSET));
	return before;
}

static uint32_t bus_read(uint16_t bdf, unsigned int offset)
{
	uint32_t before = select(bdf, offset);
	uint32_t value = port_read32(PORT_PCI_DATA);

	port_write32(PORT_PCI_ADDRESS, before);
	return value;
}

static void bus_write(uint16_t bdf, unsigned int offset, uint32_t value)
{
	uint32_t before = select(bdf, offset);

	port_write32(PORT_PCI_DATA, value);
	port_write32(PORT_PCI_ADDRESS, before);
}

/* For messages: the caller's lock is taken inside this one or alone. */
static uint32_t locked_read(uint16_t bdf, unsigned int offset)
{
	uint32_t value;

	spin_lock(&ports_lock);
	value = bus_read(bdf, offset);
	spin_unlock(&ports_lock);
	return value;
}

static void locked_write(uint16_t bdf, unsigned int offset, uint32_t value)
{
	spin_lock(&ports_lock);
	bus_write(bdf, offset, value);
	spin_unlock(&ports_lock);
}

const struct msi_bus pci_ports = {
	.read = locked_read,
	.write = locked_write,
};

static bool is_data(const struct io_access *access)
{
	return access->port >= PORT_PCI_DATA && access->port <= PORT_PCI_LAST &&
	       access->port + access->size <= PORT_PCI_LAST + 1;
}

/*
 * The address register is 32 bits wide; what else is at its ports resets the
 * machine, under all cells. Data are those of functions no cell has.
 */
bool pci_ports_access(const struct io_access *access, uint32_t *value)
{
	uint32_t address;
	uint16_t bdf;

	if (access->port == PORT_PCI_ADDRESS && access->size == 4) {
		spin_lock(&ports_lock);
		perform(access, value);
		spin_unlock(&ports_lock);
		return true;
	}
	if (!is_data(access))
		return false;
	spin_lock(&ports_lock);
	address = port_read32(PORT_PCI_ADDRESS);
	spin_unlock(&ports_lock);
	bdf = (uint16_t)(address >> PCI_ADDRESS_BDF_SHIFT);
	if (pci_taken_from_root(bdf))
		return false;
	if ((address & PCI_ADDRESS_ENABLE) &&
	    msi_config_access(cell_root(), bdf,
			      (address & PCI_ADDRESS_OFFSET) +
				      (access->port & 3u),
			      access->size, !access->is_input, value))
		return true;
	spin_lock(&ports_lock);
	perform(access, value);
	spin_unlock(&ports_lock);
	return true;
}
