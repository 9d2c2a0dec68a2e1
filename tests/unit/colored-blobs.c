/* SPDX-License-Identifier: GPL-2.0-only */
/* Valid colored configurations for the fake machine. */
#include "colored-blobs.h"

#include <string.h>

static void block_init(struct weir_block *block, size_t size)
{
	memcpy(block->signature, WEIR_BLOCK_SIGNATURE, sizeof(block->signature));
	block->revision = WEIR_BLOCK_REVISION;
	block->num_records = 2;
	block->size = (uint32_t)size;
}

void colored_system_init(struct colored_system *blob)
{
	struct blob_system plain;

	blob_system_init(&plain);
	memset(blob, 0, sizeof(*blob));
	blob->system = plain.system;
	blob->system.root_cell.num_pci_devices = 0;
	blob->cpus = plain.cpus;
	memcpy(blob->memory, plain.memory, sizeof(blob->memory));
	blob->irqchip = plain.irqchip;
	block_init(&blob->block,
		   sizeof(*blob) - offsetof(struct colored_system, block));
	blob->counter = plain.counter;
	blob->coloring = (struct weir_record_coloring){
		.record = { .type = WEIR_RECORD_COLORING,
			    .size = sizeof(blob->coloring) },
		.llc_sets = 1024,
		.llc_ways = 16,
		.llc_line_bytes = 64,
	};
}

void recolor_system_init(struct recolor_system *blob)
{
	struct colored_system colored;

	colored_system_init(&colored);
	memset(blob, 0, sizeof(*blob));
	blob->system = colored.system;
	blob->system.root_cell.num_memory_regions = RECOLOR_REGIONS;
	blob->cpus = colored.cpus;
	blob->irqchip = colored.irqchip;
	blob->memory[RECOLOR_FIXED] = colored.memory[BLOB_RAM];
	blob->memory[RECOLOR_FIXED].size = RECOLOR_RAM -
		blob->memory[RECOLOR_FIXED].phys_start;
	blob->memory[RECOLOR_OWN] = blob->memory[RECOLOR_FIXED];
	blob->memory[RECOLOR_OWN].phys_start = RECOLOR_RAM;
	blob->memory[RECOLOR_OWN].virt_start = RECOLOR_RAM;
	blob->memory[RECOLOR_OWN].size = RECOLOR_RAM_BYTES;
	blob->memory[RECOLOR_OWN].flags &= ~MEM_DMA;
	blob->memory[RECOLOR_OWN].flags |= MEM_COLORED;
	blob->memory[RECOLOR_REST] = colored.memory[BLOB_REST];
	blob->memory[RECOLOR_SHARED] = colored.memory[BLOB_SHARED];
	block_init(&blob->block,
		   sizeof(*blob) - offsetof(struct recolor_system, block));
	blob->block.num_records = 3;
	blob->counter = colored.counter;
	blob->coloring = colored.coloring;
	blob->root = (struct weir_record_root_colors){
		.record = { .type = WEIR_RECORD_ROOT_COLORS,
			    .size = sizeof(blob->root) },
		.span_bytes = RECOLOR_SPAN_BYTES,
		.window_address = RECOLOR_WINDOW,
	};
}

void own_system_init(struct own_system *blob)
{
	recolor_system_init(&blob->recolor);
	blob->recolor.block.num_records++;
	blob->recolor.block.size += sizeof(blob->own);
	blob->own = (struct weir_record_own_colors){
		.record = { .type = WEIR_RECORD_OWN_COLORS,
			    .size = sizeof(blob->own) },
		.list = { 0x3 },
	};
}

void colored_cell_init(struct colored_cell *blob, unsigned int id,
		       uint64_t colors)
{
	struct blob_cell plain;

	blob_cell_init(&plain, id);
	memset(blob, 0, sizeof(*blob));
	blob->cell = plain.cell;
	blob->cell.num_memory_regions = COLORED_REGIONS;
	blob->cell.num_cache_regions = 0;
	blob->cell.num_irqchips = 0;
	blob->cell.num_pci_caps = 0;
	blob->cell.num_stream_ids = 0;
	blob->cpus = plain.cpus;
	blob->memory[COLORED_OWN] = plain.memory[BLOB_OWN];
	blob->memory[COLORED_OWN].phys_start = COLORED_RAM;
	blob->memory[COLORED_OWN].size = COLORED_RAM_BYTES;
	blob->memory[COLORED_OWN].flags |= MEM_COLORED;
	blob->memory[COLORED_COMM] = plain.memory[BLOB_COMM_PAGE];
	blob->memory[COLORED_SHARED] = plain.memory[BLOB_CELL_SHARED];
	blob->pci = plain.pci;
	blob->pci.num_caps = 0;
	blob->pci.shmem_regions_start = 1;
	block_init(&blob->block,
		   sizeof(*blob) - offsetof(struct colored_cell, block));
	blob->colors = (struct weir_record_colors){
		.record = { .type = WEIR_RECORD_COLORS,
			    .size = sizeof(blob->colors) },
		.how = COLORS_LIST,
		.list = { colors, 0 },
	};
	blob->options = plain.options;
}

static struct memory_region shared_region(uint64_t virt)
{
	return (struct memory_region){
		SHARED_START, virt, SHARED_BYTES,
		MEM_READ | MEM_WRITE | MEM_COLORED | MEM_ROOTSHARED };
}

static struct weir_record_shared_colors shared_record(uint32_t region)
{
	return (struct weir_record_shared_colors){
		.record = { .type = WEIR_RECORD_SHARED_COLORS,
			    .size = sizeof(struct weir_record_shared_colors) },
		.region = region,
		.list = { SHARED_COLORS },
	};
}

/* Two pages of each 16. */
uint64_t shared_phys(uint64_t offset)
{
	return SHARED_START + offset / (2 * PAGE_BYTES) * (16 * PAGE_BYTES) +
	       12 * PAGE_BYTES + offset % (2 * PAGE_BYTES);
}

void shared_system_init(struct shared_system *blob)
{
	struct recolor_system plain;

	recolor_system_init(&plain);
	memset(blob, 0, sizeof(*blob));
	blob->system = plain.system;
	blob->system.root_cell.num_memory_regions = RECOLOR_REGIONS + 1;
	blob->cpus = plain.cpus;
	memcpy(blob->memory, plain.memory, sizeof(plain.memory));
	blob->memory[RECOLOR_REGIONS] = shared_region(SHARED_ROOT);
	blob->irqchip = plain.irqchip;
	block_init(&blob->block,
		   sizeof(*blob) - offsetof(struct shared_system, block));
	blob->block.num_records = 5;
	blob->counter = plain.counter;
	blob->coloring = plain.coloring;
	blob->root = plain.root;
	blob->shared = shared_record(RECOLOR_REGIONS);
	blob->own = (struct weir_record_own_colors){
		.record = { .type = 200, .size = sizeof(blob->own),
			    .flags = WEIR_RECORD_OPTIONAL },
		.list = { 0x2003 },
	};
}

void shared_cell_init(struct shared_cell *blob, unsigned int id,
		      uint64_t colors)
{
	struct colored_cell plain;

	colored_cell_init(&plain, id, colors);
	memset(blob, 0, sizeof(*blob));
	blob->cell = plain.cell;
	blob->cell.num_memory_regions = COLORED_REGIONS + 1;
	blob->cpus = plain.cpus;
	memcpy(blob->memory, plain.memory, sizeof(plain.memory));
	blob->memory[COLORED_REGIONS] = shared_region(SHARED_CELL);
	blob->pci = plain.pci;
	block_init(&blob->block,
		   sizeof(*blob) - offsetof(struct shared_cell, block));
	blob->block.num_records = 3;
	blob->colors = plain.colors;
	blob->options = plain.options;
	blob->shared = shared_record(COLORED_REGIONS);
}
