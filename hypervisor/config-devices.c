/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: caches, interrupts, ports and PCI devices. */
#include "config-internal.h"
#include "hv/errno.h"

#define IVSHMEM_MAX_PEERS	12
#define IVSHMEM_FIXED_SECTIONS	2	/* state table, common section */
#define CACHE_MAX_WAYS		32
#define ARM_FIRST_SPI		32
#define ARM_LAST_SPI		1019
#define PCI_CONFIG_BYTES	256
#define PCI_EXTENDED_BYTES	4096

static int check_caches(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;

	for (uint32_t i = 0; i < view->desc->num_cache_regions; i++) {
		const struct cache_region *cache = &view->cache[i];

		if (cache->type < CACHE_L3_CODE || cache->type > CACHE_L3)
			return refuse(subject->reason, -EINVAL,
				      "cache region %u: type is %u, allowed are %u to %u",
				      i, cache->type, CACHE_L3_CODE, CACHE_L3);
		if (cache->size == 0 || cache->size > CACHE_MAX_WAYS ||
		    cache->start > CACHE_MAX_WAYS - cache->size)
			return refuse(subject->reason, -EINVAL,
				      "cache region %u: %u ways from %u, allowed are 0 to %u",
				      i, cache->size, cache->start,
				      CACHE_MAX_WAYS - 1);
		if (cache->flags & ~CACHE_ROOTSHARED)
			return refuse(subject->reason, -EINVAL,
				      "cache region %u: flags 0x%x are not known",
				      i, cache->flags);
	}
	return 0;
}

static bool pin_set(const struct irqchip *chip, unsigned int pin)
{
	return chip->pin_bitmap[pin / 32] >> (pin % 32) & 1;
}

static int check_pins(const struct irqchip *chip, uint32_t n,
		      struct reason *reason)
{
	if (chip->pin_base < ARM_FIRST_SPI || chip->pin_base % 32 ||
	    chip->pin_base > ARM_LAST_SPI)
		return refuse(reason, -EINVAL,
			      "irqchip %u: pin base is %u, a multiple of 32 from 32 to 992 is needed",
			      n, chip->pin_base);
	for (unsigned int pin = 0; pin < 128; pin++) {
		if (pin_set(chip, pin) && chip->pin_base + pin > ARM_LAST_SPI)
			return refuse(reason, -EINVAL,
				      "irqchip %u: interrupt %u, the last possible is %u",
				      n, chip->pin_base + pin, ARM_LAST_SPI);
	}
	return 0;
}

static int check_irqchips(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;

	if (subject->arch == CONFIG_ARCH_X86)
		return 0;
	for (uint32_t i = 0; i < view->desc->num_irqchips; i++) {
		int error = check_pins(&view->irqchips[i], i, subject->reason);

		if (error)
			return error;
	}
	return 0;
}

static int check_ports(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;

	if (subject->arch != CONFIG_ARCH_X86 && view->desc->num_pio_regions)
		return refuse(subject->reason, -EINVAL,
			      "%u port ranges, but this architecture has no ports",
			      view->desc->num_pio_regions);
	for (uint32_t i = 0; i < view->desc->num_pio_regions; i++) {
		const struct pio_region *pio = &view->pio[i];

		if (pio->length == 0 || pio->length > 0x10000u - pio->base)
			return refuse(subject->reason, -EINVAL,
				      "port range %u: %u ports from 0x%x, the last is 0xffff",
				      i, pio->length, pio->base);
	}
	return 0;
}

static int check_ivshmem(const struct config_subject *subject,
			 const struct pci_device *device, uint32_t n)
{
	uint64_t sections = IVSHMEM_FIXED_SECTIONS + (uint64_t)device->shmem_peers;
	uint32_t regions = subject->view.desc->num_memory_regions;

	if (device->shmem_peers == 0 || device->shmem_peers > IVSHMEM_MAX_PEERS ||
	    device->shmem_dev_id >= device->shmem_peers)
		return refuse(subject->reason, -EINVAL,
			      "PCI device %u: ivshmem id %u of %u peers, at most %u",
			      n, device->shmem_dev_id, device->shmem_peers,
			      IVSHMEM_MAX_PEERS);
	if (device->shmem_regions_start + sections > regions)
		return refuse(subject->reason, -EINVAL,
			      "PCI device %u: ivshmem sections from region %u, only %u regions",
			      n, device->shmem_regions_start, regions);
	return 0;
}

static int check_pci_device(const struct config_subject *subject,
			    const struct pci_device *device, uint32_t n)
{
	uint32_t caps = subject->view.desc->num_pci_caps;

	if (device->type < PCI_TYPE_DEVICE || device->type > PCI_TYPE_IVSHMEM)
		return refuse(subject->reason, -EINVAL,
			      "PCI device %u: type is %u, allowed are %u to %u",
			      n, device->type, PCI_TYPE_DEVICE,
			      PCI_TYPE_IVSHMEM);
	if ((uint32_t)device->caps_start + device->num_caps > caps)
		return refuse(subject->reason, -EINVAL,
			      "PCI device %u: capabilities %u and %u on, only %u are listed",
			      n, device->caps_start, device->num_caps, caps);
	if (device->msi_bits & ~3u)
		return refuse(subject->reason, -EINVAL,
			      "PCI device %u: MSI bits 0x%x are not known", n,
			      device->msi_bits);
	if (!range_fits(device->msix_address, device->msix_region_size))
		return refuse(subject->reason, -EINVAL,
			      "PCI device %u: MSI-X table beyond %u address bits",
			      n, CONFIG_ADDRESS_BITS);
	if (device->type == PCI_TYPE_IVSHMEM)
		return check_ivshmem(subject, device, n);
	return 0;
}

static int check_pci(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;

	for (uint32_t i = 0; i < view->desc->num_pci_devices; i++) {
		const struct pci_device *device = &view->pci[i];
		int error = check_pci_device(subject, device, i);

		if (error)
			return error;
		for (uint32_t j = 0; j < i; j++) {
			if (view->pci[j].domain == device->domain &&
			    view->pci[j].bdf == device->bdf)
				return refuse(subject->reason, -EINVAL,
					      "PCI devices %u and %u have the same address 0x%x",
					      j, i, device->bdf);
		}
	}
	return 0;
}

static int check_pci_caps(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;

	for (uint32_t i = 0; i < view->desc->num_pci_caps; i++) {
		const struct pci_capability *cap = &view->caps[i];
		uint32_t limit = cap->id & PCI_CAP_EXTENDED ?
					 PCI_EXTENDED_BYTES : PCI_CONFIG_BYTES;

		if ((uint32_t)cap->start + cap->len > limit)
			return refuse(subject->reason, -EINVAL,
				      "PCI capability %u: %u bytes at 0x%x end beyond 0x%x",
				      i, cap->len, cap->start, limit);
		if (cap->flags & ~PCI_CAP_WRITABLE)
			return refuse(subject->reason, -EINVAL,
				      "PCI capability %u: flags 0x%x are not known",
				      i, cap->flags);
	}
	return 0;
}

int config_check_devices(const struct config_subject *subject)
{
	int (*const checks[])(const struct config_subject *subject) = {
		check_caches, check_irqchips, check_ports,
		check_pci,    check_pci_caps,
	};

	for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
		int error = checks[i](subject);

		if (error)
			return error;
	}
	return 0;
}
