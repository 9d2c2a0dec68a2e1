/* SPDX-License-Identifier: GPL-2.0-only */
/* The statistics pages that the root cell reads: abi/statistics.h. */
#include "hv/statistics.h"

#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "hv/string.h"

/* How old what is shown of a busy CPU may become, where that can be helped. */
#define SEEN_INTERVAL_NS	10000u

uint64_t statistics_offset(void)
{
	return image_header.core_size + offsetof(struct per_cpu, reg) +
	       offsetof(struct reg_cpu, shown);
}

bool statistics_here(uint64_t offset)
{
	uint64_t from = statistics_offset();

	return offset >= from &&
	       (offset - from) % image_header.percpu_size == 0 &&
	       (offset - from) / image_header.percpu_size <
		       image_header.max_cpus;
}

void statistics_init(void)
{
	uint8_t *pages = (uint8_t *)arch_hv_base() + statistics_offset();

	for (uint32_t n = 0; n < image_header.max_cpus; n++) {
		struct statistics_head *head =
			(void *)(pages + n * image_header.percpu_size);

		*head = (struct statistics_head){
			.magic = STATISTICS_MAGIC,
			.revision = STATISTICS_REVISION,
			.cpus_max = image_header.max_cpus,
			.cpu = n,
			.cell_id = STATISTICS_NO_CELL,
			.clock_hz = hv_clock.model ? 0 : arch_timer_hz(),
		};
	}
}

void statistics_seen(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;
	uint64_t reads = 0, writes = 0;

	if (reg->active.source)
		reg->active.source->peek(cpu->id, &reg->counter, &reads,
					 &writes);
	reg->shown.seen_ns = now_ns;
	reg->shown.seen_read_lines = reg->stats.read_lines +
				     reg->counter.read_lines + reads;
	reg->shown.seen_written_lines = reg->stats.written_lines +
					reg->counter.write_lines + writes;
}

void statistics_refresh(struct per_cpu *cpu, uint64_t now_ns)
{
	if (now_ns - cpu->reg.shown.seen_ns < SEEN_INTERVAL_NS)
		return;
	statistics_begin(&cpu->reg);
	statistics_seen(cpu, now_ns);
	statistics_end(&cpu->reg);
}

void statistics_clear(struct reg_cpu *reg)
{
	struct statistics_head head = reg->shown;

	head.seen_read_lines = 0;
	head.seen_written_lines = 0;
	head.ticks = 0;
	head.tick_ns = 0;
	memset(reg, 0, sizeof(*reg));
	reg->shown = head;
}

void statistics_adopt(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;
	const struct counter_slot *slot = NULL;

	if (reg->active.source)
		slot = registry_source(reg->active.source->id);
	reg->shown.cell_id = cpu->cell->id;
	reg->shown.line_bytes = slot ? slot->caps.line_bytes : 0;
	reg->shown.generation = reg->active.generation;
	reg->shown.effective = reg->active.settings;
}
