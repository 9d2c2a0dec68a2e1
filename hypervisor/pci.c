/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI configuration space, as far as moderated: which functions a cell sees.
 *
 * When the root's configuration maps the configuration space as memory, the
 * root reaches all of it and no cell can be given a device. Otherwise accesses
 * trap: the root sees what no other cell has, a cell what its configuration
 * lists, and of that it may write the command register, the interrupt line and
 * the capabilities marked writable.
 */
#include "hv/pci.h"

#include "hv/cell.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/setup.h"

#define FUNCTION_BYTES		4096u
#define FUNCTION_SHIFT		12
#define BUS_BYTES		(256u * FUNCTION_BYTES)

#define CONFIG_COMMAND		0x04
#define CONFIG_COMMAND_BYTES	2
#define CONFIG_IRQ_LINE		0x3c

static pci_message_access message_access;

static uint64_t space_bytes(void)
{
	const struct platform_info *platform = &system_config->platform;

	if (platform->pci_mmconfig_base == 0 || platform->pci_is_virtual)
		return 0;
	return (platform->pci_mmconfig_end_bus + 1ull) * BUS_BYTES;
}

static bool root_maps_space(void)
{
	uint64_t base = system_config->platform.pci_mmconfig_base;
	struct config_view view;

	cell_view(cell_root(), &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		const struct memory_region *region = &view.memory[i];

		if (region->size && !(region->flags & MEM_COMM_REGION) &&
		    region->virt_start < base + space_bytes() &&
		    base < region->virt_start + region->size)
			return true;
	}
	return false;
}

/* The cell's entry for a function that is real hardware; NULL when none. */
static const struct pci_device *cell_function(const struct cell *cell,
					      uint16_t bdf)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_pci_devices; i++) {
		const struct pci_device *device = &view.pci[i];

		if (device->bdf == bdf && device->type != PCI_TYPE_IVSHMEM &&
		    device->domain == system_config->platform.pci_domain)
			return device;
	}
	return NULL;
}

const struct cell *pci_owner(uint16_t bdf)
{
	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		const struct cell *cell = cell_slot(i);

		if (cell && cell_function(cell, bdf))
			return cell;
	}
	return cell_root();
}

bool pci_taken_from_root(uint16_t bdf)
{
	return pci_owner(bdf) != cell_root();
}

void pci_messages_check(pci_message_access access)
{
	message_access = access;
}

static bool within(unsigned int offset, unsigned int size, unsigned int start,
		   unsigned int length)
{
	return offset >= start && offset + size <= start + length;
}

static bool write_allowed(const struct cell *cell,
			  const struct pci_device *device, unsigned int offset,
			  unsigned int size)
{
	struct config_view view;

	if (within(offset, size, CONFIG_COMMAND, CONFIG_COMMAND_BYTES) ||
	    within(offset, size, CONFIG_IRQ_LINE, 1))
		return true;
	cell_view(cell, &view);
	for (unsigned int i = 0; i < device->num_caps; i++) {
		const struct pci_capability *cap =
			&view.caps[device->caps_start + i];

		if ((cap->flags & PCI_CAP_WRITABLE) &&
		    within(offset, size, cap->start, cap->len))
			return true;
	}
	return false;
}

/* An absent function reads as all ones; writes go nowhere. */
static enum mmio_result access_nothing(struct mmio_access *access)
{
	if (!access->is_write)
		access->value = UINT64_MAX >> (64 - 8 * access->size);
	return MMIO_HANDLED;
}

static bool access_message(const struct cell *cell, uint16_t bdf,
			   unsigned int offset, struct mmio_access *access)
{
	uint32_t value = (uint32_t)access->value;

	if (!message_access ||
	    !message_access(cell, bdf, offset, access->size, access->is_write,
			    &value))
		return false;
	if (!access->is_write)
		access->value = value;
	return true;
}

static enum mmio_result space_access(void *context, struct mmio_access *access)
{
	struct cell *cell = context;
	uint16_t bdf = (uint16_t)(access->address >> FUNCTION_SHIFT);
	unsigned int offset = (unsigned int)access->address % FUNCTION_BYTES;
	const struct pci_device *device = cell_function(cell, bdf);
	uint8_t *window;

	if (access->size > 4 || offset & (access->size - 1u))
		return MMIO_REFUSED;
	if (cell == cell_root() ? pci_taken_from_root(bdf) : !device)
		return access_nothing(access);
	if (cell != cell_root() && access->is_write &&
	    !write_allowed(cell, device, offset, access->size))
		return MMIO_HANDLED;
	if (access_message(cell, bdf, offset, access))
		return MMIO_HANDLED;
	window = hv_window(hpa(system_config->platform.pci_mmconfig_base +
			       access->address),
			   MAP_READ | MAP_WRITE | MAP_DEVICE);
	mmio_perform(window + offset, access);
	hv_window_close();
	return MMIO_HANDLED;
}

static bool has_devices(const struct cell *cell)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_pci_devices; i++) {
		if (view.pci[i].type != PCI_TYPE_IVSHMEM)
			return true;
	}
	return false;
}

int pci_cell_init(struct cell *cell, struct reason *reason)
{
	int error;

	if (space_bytes() == 0 || root_maps_space()) {
		if (cell == cell_root() || !has_devices(cell))
			return 0;
		return refuse(reason, -EINVAL,
			      "PCI devices cannot be hidden from the root cell: it maps their configuration space");
	}
	if (cell != cell_root() && !has_devices(cell))
		return 0;
	error = mmio_register(&cell->mmio,
			      system_config->platform.pci_mmconfig_base,
			      space_bytes(), space_access, cell);
	if (error)
		return refuse(reason, error,
			      "PCI configuration space cannot be moderated (error %d)",
			      error);
	return 0;
}
