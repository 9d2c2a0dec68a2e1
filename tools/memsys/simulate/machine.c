// SPDX-License-Identifier: GPL-2.0-only
/* The least configurations that a validator accepts. */
#include "machine.h"

#include <stdio.h>
#include <string.h>

#include "abi/control.h"
#include "fake.h"

#define RW		(MEM_READ | MEM_WRITE)
#define CELLS_START	0x71000000ull
#define CELLS_BYTES	0x0d000000ull
#define CELL_BYTES	0x00200000ull
#define COMM_GPA	0x80000000ull
#define GICD_BASE	0x08000000ull

void machine_blob_init(struct machine_blob *blob, unsigned int cpus_count,
		       uint64_t sustainable_bytes_per_s)
{
	struct cell_desc *root = &blob->system.root_cell;

	memset(blob, 0, sizeof(*blob));
	fake_system_desc(&blob->system);
	root->cpu_set_size = sizeof(blob->cpus);
	root->num_memory_regions = 2;
	root->num_irqchips = 1;
	blob->cpus = BIT(cpus_count) - 1;
	blob->memory[0] = (struct memory_region){
		FAKE_RAM_START, FAKE_RAM_START, FAKE_HV_START - FAKE_RAM_START,
		RW | MEM_EXECUTE | MEM_DMA };
	blob->memory[1] = (struct memory_region){
		CELLS_START, CELLS_START, CELLS_BYTES, RW | MEM_EXECUTE };
	blob->irqchip = (struct irqchip){
		.address = GICD_BASE, .pin_base = 32,
		.pin_bitmap = { ~0u, ~0u, ~0u, ~0u } };
	memcpy(blob->block.signature, WEIR_BLOCK_SIGNATURE,
	       sizeof(blob->block.signature));
	blob->block.revision = WEIR_BLOCK_REVISION;
	blob->block.num_records = 2;
	blob->block.size = sizeof(blob->block) + sizeof(blob->counter) +
			   sizeof(blob->bandwidth);
	blob->counter.record.type = WEIR_RECORD_COUNTER;
	blob->counter.record.size = sizeof(blob->counter);
	blob->counter.source = COUNTER_FAKE;
	blob->counter.event_write = 0xffff;
	blob->counter.read_weight_q8 = 256;
	snprintf(blob->counter.event_name, sizeof(blob->counter.event_name),
		 "lines");
	blob->bandwidth.record.type = WEIR_RECORD_BANDWIDTH;
	blob->bandwidth.record.size = sizeof(blob->bandwidth);
	blob->bandwidth.sustainable_bytes_per_s = sustainable_bytes_per_s;
}

void cell_blob_init(struct cell_blob *blob, unsigned int id, const char *name,
		    uint64_t cpus)
{
	struct cell_desc *cell = &blob->cell;

	memset(blob, 0, sizeof(*blob));
	fake_cell_desc(cell, id);
	snprintf(cell->name, sizeof(cell->name), "%s", name);
	cell->flags = CELL_PASSIVE_COMMREG;
	cell->cpu_set_size = sizeof(blob->cpus);
	cell->num_memory_regions = 2;
	cell->num_irqchips = 1;
	blob->cpus = cpus;
	blob->memory[0] = (struct memory_region){
		CELLS_START + (id - 1) * CELL_BYTES, 0, CELL_BYTES,
		RW | MEM_EXECUTE | MEM_LOADABLE };
	blob->memory[1] = (struct memory_region){
		0, COMM_GPA, PAGE_BYTES, RW | MEM_COMM_REGION };
	blob->irqchip = (struct irqchip){
		.address = GICD_BASE, .pin_base = 32,
		.pin_bitmap = { 1u << id } };
}

static void record_add(struct cell_blob *blob, const void *record, size_t size)
{
	struct weir_block *block = &blob->block;

	if (!block->size) {
		memcpy(block->signature, WEIR_BLOCK_SIGNATURE,
		       sizeof(block->signature));
		block->revision = WEIR_BLOCK_REVISION;
		block->size = sizeof(*block);
	}
	memcpy(&blob->records[block->size - sizeof(*block)], record, size);
	block->num_records++;
	block->size += (uint32_t)size;
}

void cell_blob_critical(struct cell_blob *blob, uint64_t bound_ns)
{
	struct weir_record_critical critical = {
		.record = { WEIR_RECORD_CRITICAL, sizeof(critical), 0 },
		.period_ns = 1000000, .bound_ns = bound_ns, .irqs_count = 1,
	};

	record_add(blob, &critical, sizeof(critical));
}

void cell_blob_control(struct cell_blob *blob, unsigned int id,
		       uint16_t duty_permille, uint64_t budget_bytes_per_s)
{
	struct weir_record_control control = {
		.record = { WEIR_RECORD_CONTROL, sizeof(control), 0 },
		.cell_id = id,
		.duty_min_permille = duty_permille,
		.budget_min_bytes_per_s = budget_bytes_per_s,
	};

	if (duty_permille)
		control.what |= CONTROL_DUTY;
	if (budget_bytes_per_s)
		control.what |= CONTROL_BUDGET;
	record_add(blob, &control, sizeof(control));
}

size_t cell_blob_size(const struct cell_blob *blob)
{
	return offsetof(struct cell_blob, block) + blob->block.size;
}
