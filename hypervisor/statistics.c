/* SPDX-License-Identifier: GPL-2.0-only */
/* The statistics pages that the root cell reads: abi/statistics.h. */
#include "hv/statistics.h"

#include "abi/hypercall.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "hv/string.h"

/* How old what is shown of a busy CPU may become, where that can be helped. */
#define SEEN_INTERVAL_NS	10000u
/* How often a page is read anew that its CPU changes meanwhile. */
#define LOOK_TRIES		16u

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

static uint64_t load(const uint64_t *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void page_read(const struct reg_cpu *reg, struct counters_cpu *seen)
{
	seen->cell_id = __atomic_load_n(&reg->shown.cell_id, __ATOMIC_RELAXED);
	seen->line_bytes = __atomic_load_n(&reg->shown.line_bytes,
					   __ATOMIC_RELAXED);
	seen->seen_ns = load(&reg->shown.seen_ns);
	seen->read_lines = greater(load(&reg->shown.seen_read_lines),
				   load(&reg->stats.read_lines) +
					   load(&reg->counter.read_lines));
	seen->written_lines = greater(load(&reg->shown.seen_written_lines),
				      load(&reg->stats.written_lines) +
					      load(&reg->counter.write_lines));
}

void statistics_look(const struct per_cpu *cpu, struct counters_cpu *seen)
{
	const uint32_t *sequence = &cpu->reg.shown.sequence;

	for (unsigned int n = 0; n < LOOK_TRIES; n++) {
		uint32_t before = __atomic_load_n(sequence, __ATOMIC_ACQUIRE);

		page_read(&cpu->reg, seen);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(before & 1) &&
		    __atomic_load_n(sequence, __ATOMIC_RELAXED) == before)
			break;
	}
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
