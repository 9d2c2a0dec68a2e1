/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to the parts of a checked configuration. */
#include "hv/config-check.h"

void config_view_init(struct config_view *view, const struct cell_desc *desc,
		      size_t size)
{
	const uint8_t *at = (const uint8_t *)desc + sizeof(*desc);
	const uint8_t *end = (const uint8_t *)desc + size;

	view->desc = desc;
	view->size = size;
	view->cpu_set = at;
	at += desc->cpu_set_size;
	view->memory = (const void *)at;
	at += desc->num_memory_regions * sizeof(struct memory_region);
	view->cache = (const void *)at;
	at += desc->num_cache_regions * sizeof(struct cache_region);
	view->irqchips = (const void *)at;
	at += desc->num_irqchips * sizeof(struct irqchip);
	view->pio = (const void *)at;
	at += desc->num_pio_regions * sizeof(struct pio_region);
	view->pci = (const void *)at;
	at += desc->num_pci_devices * sizeof(struct pci_device);
	view->caps = (const void *)at;
	at += desc->num_pci_caps * sizeof(struct pci_capability);
	view->streams = (const void *)at;
	at += desc->num_stream_ids * sizeof(union stream_id);
	view->weir = at < end ? (const void *)at : NULL;
}

uint64_t config_cpus(const struct config_view *view)
{
	uint64_t cpus = 0;

	for (unsigned int i = 0; i < 8; i++)
		cpus |= (uint64_t)view->cpu_set[i] << (8 * i);
	return cpus;
}

const struct weir_record *config_record(const struct config_view *view,
					enum weir_record_type type,
					unsigned int n)
{
	const uint8_t *at;

	if (!view->weir)
		return NULL;
	at = (const uint8_t *)(view->weir + 1);
	for (unsigned int i = 0; i < view->weir->num_records; i++) {
		const struct weir_record *record = (const void *)at;

		if (record->type == type && n-- == 0)
			return record;
		at += record->size;
	}
	return NULL;
}
