// SPDX-License-Identifier: GPL-2.0-only
/* Which counter an executed instruction belongs to. */
#include "el2prof.h"

#include <errno.h>
#include <string.h>

/* Offsets of the vectors for exceptions from a lower EL: DDI 0487, D1.10.2. */
#define VECTORS_LOWER	0x400u
#define VECTORS_BYTES	0x800u
#define VECTOR_BYTES	0x80u

static const char *const vector_names[VECTOR_CLASSES] = {
	[VECTOR_SYNC] = "vector_sync",
	[VECTOR_IRQ] = "vector_irq",
	[VECTOR_FIQ] = "vector_fiq",
	[VECTOR_SERROR] = "vector_serror",
};

void profile_init(struct profile *profile, unsigned int num_cpus)
{
	memset(profile, 0, sizeof(*profile));
	profile->num_cpus = num_cpus;
	profile->sink = &profile->cpus[0].counts.outside_low;
	for (unsigned int n = 0; n < VECTOR_CLASSES; n++)
		profile_class(profile, vector_names[n]);
}

int profile_class(struct profile *profile, const char *name)
{
	unsigned int n = 0;

	while (n < profile->classes_count && strcmp(profile->classes[n], name))
		n++;
	if (n == PROFILE_MAX_CLASSES)
		return -ENOSPC;
	if (n == profile->classes_count) {
		strncpy(profile->classes[n], name, PROFILE_NAME_BYTES - 1);
		profile->classes_count++;
	}
	return (int)n;
}

static void attribute(struct profile *profile)
{
	*profile->sink += profile->executed - profile->attributed;
	profile->attributed = profile->executed;
}

static void exit_begin(struct profiled_cpu *cpu, uint64_t offset)
{
	cpu->in_exit = true;
	cpu->returning = false;
	cpu->exit_insns = 0;
	cpu->rank = 0;
	cpu->class = (unsigned int)(offset / VECTOR_BYTES) % VECTOR_CLASSES;
}

static void exit_end(struct profile *profile, struct profiled_cpu *cpu)
{
	struct class_total *total = &cpu->counts.classes[cpu->class];

	cpu->in_exit = false;
	cpu->returning = false;
	total->exits++;
	total->instructions += cpu->exit_insns;
	histogram_add(&profile->exits[cpu->class], cpu->exit_insns);
}

/* Not by an ERET: a CPU taken out of the hypervisor, or reset. */
static void exit_abandon(struct profile *profile, struct profiled_cpu *cpu)
{
	cpu->in_exit = false;
	cpu->returning = false;
	cpu->counts.el2_other += cpu->exit_insns;
	profile->exits_unfinished++;
}

static uint64_t *el2_sink(const struct profile *profile,
			  struct profiled_cpu *cpu, uint64_t address)
{
	for (unsigned int n = 0; n < profile->parts_count; n++)
		if (address >= profile->parts[n].low &&
		    address < profile->parts[n].high)
			return &cpu->counts.parts[n];
	return cpu->in_exit ? &cpu->exit_insns : &cpu->counts.el2_other;
}

static void block_at_el2(struct profile *profile, struct profiled_cpu *cpu,
			 uint64_t address)
{
	uint64_t offset = address - profile->vectors;
	bool enters = offset >= VECTORS_LOWER && offset < VECTORS_BYTES &&
		      offset % VECTOR_BYTES == 0;

	if (enters) {
		/* The guest was interrupted before its first instruction. */
		if (cpu->in_exit && cpu->returning)
			exit_end(profile, cpu);
		else if (cpu->in_exit)
			exit_abandon(profile, cpu);
		exit_begin(cpu, offset);
	}
	cpu->returning = false;
	profile->sink = el2_sink(profile, cpu, address);
}

static void block_outside(struct profile *profile, struct profiled_cpu *cpu,
			  uint64_t address)
{
	if (cpu->in_exit && cpu->returning)
		exit_end(profile, cpu);
	else if (cpu->in_exit)
		exit_abandon(profile, cpu);
	profile->sink = address >> 63 ? &cpu->counts.outside_high :
					&cpu->counts.outside_low;
}

void profile_block(struct profile *profile, unsigned int cpu, uint64_t address)
{
	attribute(profile);
	if (address >= profile->low && address < profile->high)
		block_at_el2(profile, &profile->cpus[cpu], address);
	else
		block_outside(profile, &profile->cpus[cpu], address);
}

void profile_return(struct profile *profile, unsigned int cpu)
{
	profile->cpus[cpu].returning = true;
}

void profile_probe(struct profile *profile, unsigned int index,
		   unsigned int probe)
{
	struct profiled_cpu *cpu = &profile->cpus[index];

	if (!cpu->in_exit || probe + 1 < cpu->rank)
		return;
	cpu->rank = probe + 1;
	cpu->class = profile->probes[probe].class;
}

void profile_bracket_begin(struct profile *profile, unsigned int index)
{
	struct profiled_cpu *cpu = &profile->cpus[index];

	attribute(profile);
	cpu->bracket_open = true;
	cpu->bracket_start = cpu->counts;
}

/* end - start, member by member: all of them are uint64_t. */
static void counts_subtract(struct counts *end, const struct counts *start)
{
	uint64_t *to = (uint64_t *)end;
	const uint64_t *from = (const uint64_t *)start;

	for (size_t n = 0; n < sizeof(*end) / sizeof(*to); n++)
		to[n] -= from[n];
}

void profile_bracket_end(struct profile *profile, unsigned int index)
{
	struct profiled_cpu *cpu = &profile->cpus[index];
	struct bracket *bracket;

	attribute(profile);
	if (!cpu->bracket_open ||
	    profile->brackets_count == PROFILE_MAX_BRACKETS) {
		profile->brackets_lost++;
		return;
	}
	cpu->bracket_open = false;
	bracket = &profile->brackets[profile->brackets_count++];
	bracket->cpu = index;
	bracket->counts = cpu->counts;
	counts_subtract(&bracket->counts, &cpu->bracket_start);
}
