/* SPDX-License-Identifier: GPL-2.0-only */
/* Valid configurations for the fake machine. */
#include "blobs.h"

#include <stdio.h>
#include <string.h>

#define RW	(MEM_READ | MEM_WRITE)

static void block_init(struct weir_block *block, unsigned int records,
		       size_t size)
{
	memcpy(block->signature, WEIR_BLOCK_SIGNATURE, sizeof(block->signature));
	block->revision = WEIR_BLOCK_REVISION;
	block->num_records = (uint16_t)records;
	block->size = (uint32_t)size;
}

static void record_init(struct weir_record *record, enum weir_record_type type,
			size_t size)
{
	record->type = (uint16_t)type;
	record->size = (uint16_t)size;
	record->flags = 0;
}

void blob_system_init(struct blob_system *blob)
{
	struct cell_desc *root = &blob->system.root_cell;

	memset(blob, 0, sizeof(*blob));
	fake_system_desc(&blob->system);
	blob->system.flags = SYSTEM_VIRTUAL_DEBUG_CONSOLE;
	root->cpu_set_size = sizeof(blob->cpus);
	root->num_memory_regions = BLOB_REGIONS;
	root->num_irqchips = 1;
	root->num_pci_devices = 1;
	blob->cpus = 0xf;
	blob->memory[BLOB_RAM] = (struct memory_region){
		0x40000000, 0x40000000, 0x30000000,
		RW | MEM_EXECUTE | MEM_DMA };
	blob->memory[BLOB_REST] = (struct memory_region){
		0x71000000, 0x71000000, 0x0d000000, RW | MEM_EXECUTE };
	blob->memory[BLOB_SHARED] = (struct memory_region){
		0x7e000000, 0x7e000000, 0x00100000, RW | MEM_ROOTSHARED };
	blob->irqchip = (struct irqchip){
		.address = 0x08000000, .pin_base = 32,
		.pin_bitmap = { ~0u, ~0u, ~0u, ~0u } };
	blob->pci = (struct pci_device){ .type = PCI_TYPE_DEVICE, .bdf = 8 };
	block_init(&blob->block, 2,
		   sizeof(*blob) - offsetof(struct blob_system, block));
	record_init(&blob->counter.record, WEIR_RECORD_COUNTER,
		    sizeof(blob->counter));
	blob->counter.source = COUNTER_PMUV3;
	blob->counter.overflow_irq = 23;
	blob->counter.event_read = 8;
	blob->counter.event_write = 0xffff;
	blob->counter.read_weight_q8 = 256;
	memcpy(blob->counter.event_name, "INST_RETIRED", 13);
	record_init(&blob->options.record, WEIR_RECORD_OPTIONS,
		    sizeof(blob->options));
}

static void cell_memory_init(struct memory_region *memory, unsigned int id)
{
	uint64_t own = BLOB_CELL_RAM + (id - 1) * 16 * MIB;

	memory[BLOB_OWN] = (struct memory_region){
		own, 0, BLOB_CELL_RAM_BYTES, RW | MEM_EXECUTE | MEM_LOADABLE };
	memory[BLOB_ROM] = (struct memory_region){
		own + (BLOB_CELL_ROM - BLOB_CELL_RAM), 0x10000000, PAGE_BYTES,
		MEM_READ };
	memory[BLOB_COMM_PAGE] = (struct memory_region){
		0, BLOB_COMM, PAGE_BYTES, RW | MEM_COMM_REGION };
	memory[BLOB_CELL_SHARED] = (struct memory_region){
		0x7e001000, 0x7e001000, 0x1000, RW | MEM_ROOTSHARED };
	memory[BLOB_CELL_UART] = (struct memory_region){
		BLOB_UART, BLOB_UART, 0x10,
		RW | MEM_IO | MEM_IO_8 | MEM_IO_32 | MEM_ROOTSHARED };
}

void blob_cell_init(struct blob_cell *blob, unsigned int id)
{
	struct cell_desc *cell = &blob->cell;

	memset(blob, 0, sizeof(*blob));
	fake_cell_desc(cell, id);
	snprintf(cell->name, sizeof(cell->name), "cell-%u", id);
	cell->flags = CELL_VIRTUAL_CONSOLE_PERMITTED;
	cell->cpu_set_size = sizeof(blob->cpus);
	cell->num_memory_regions = BLOB_CELL_REGIONS;
	cell->num_cache_regions = 1;
	cell->num_irqchips = 1;
	cell->num_pci_devices = 1;
	cell->num_pci_caps = 1;
	cell->num_stream_ids = 1;
	cell->console.type = CONSOLE_PL011;
	cell->console.flags = CONSOLE_MMIO;
	blob->cpus = BIT(id);
	cell_memory_init(blob->memory, id);
	blob->cache = (struct cache_region){ .size = 2, .type = CACHE_L3 };
	blob->irqchip = (struct irqchip){
		.address = 0x08000000, .pin_base = 32,
		.pin_bitmap = { 1u << id } };
	blob->pci = (struct pci_device){
		.type = PCI_TYPE_IVSHMEM, .bdf = (uint16_t)(id << 3),
		.num_caps = 1, .shmem_regions_start = 1, .shmem_peers = 2 };
	blob->cap = (struct pci_capability){ 9, 0x40, 0x20, PCI_CAP_WRITABLE };
	block_init(&blob->block, 2,
		   sizeof(*blob) - offsetof(struct blob_cell, block));
	record_init(&blob->policy.record, WEIR_RECORD_POLICY,
		    sizeof(blob->policy));
	record_init(&blob->options.record, WEIR_RECORD_OPTIONS,
		    sizeof(blob->options));
	blob->options.msg_timeout_ns = 10000000;
}

size_t blob_cell_plain(void *to, const struct blob_cell *blob)
{
	const size_t size = offsetof(struct blob_cell, pci);
	struct cell_desc *cell = to;

	memcpy(to, blob, size);
	cell->num_pci_devices = 0;
	cell->num_pci_caps = 0;
	cell->num_stream_ids = 0;
	return size;
}
