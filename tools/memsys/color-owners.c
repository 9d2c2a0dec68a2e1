// SPDX-License-Identifier: GPL-2.0-only
/* Who owns which color: every access judged by a table. */
#include "color-owners.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/memsys.h"

#define PAGE_SHIFT	12
#define FIRST_MAX	16u

enum who { WHO_ROOT, WHO_CELL, WHO_HYPERVISOR, WHO_SHARED, WHO_COUNT };

static const char *const who_names[WHO_COUNT] = {
	"root", "cell", "hypervisor", "shared",
};

/* Masks of colors. */
struct table {
	uint64_t hypervisor;
	uint64_t root;
	uint64_t cell[MEMSYS_MAX_CPUS];	/* by CPU; 0: it is the root's */
	uint64_t root_shared;
	uint64_t cell_shared[MEMSYS_MAX_CPUS];
};

struct count {
	uint64_t accesses;
	uint64_t foreign;
};

struct first {
	enum who who;
	unsigned int cpu;
	uint64_t phys;
};

struct color_owners {
	FILE *file;
	unsigned int colors;
	bool on;
	bool has_other;
	struct color_owners_range memory;
	struct table table;
	struct table other;
	uint64_t foreign;
	uint64_t foreign_other;
	struct count counts[WHO_COUNT][MEMSYS_MAX_CPUS][COLOR_OWNERS_MAX_COLORS];
	unsigned int first_count;
	struct first first[FIRST_MAX];
};

/* ---------------------------------------------------------------- tables */

static bool cells_set(struct table *table, uint64_t cpus, uint64_t colors)
{
	if (!cpus || cpus >> (MEMSYS_MAX_CPUS - 1) >> 1)
		return false;
	for (unsigned int cpu = 0; cpu < MEMSYS_MAX_CPUS; cpu++) {
		if (!(cpus >> cpu & 1))
			continue;
		if (table->cell[cpu])
			return false;
		table->cell[cpu] = colors;
	}
	return true;
}

/* What the root has with these CPUs' cells. */
static bool shared_set(struct table *table, const char *mask, uint64_t colors)
{
	char *end;
	uint64_t cpus = strtoull(mask, &end, 16);

	if (!*mask || *end || cpus >> (MEMSYS_MAX_CPUS - 1) >> 1)
		return false;
	for (unsigned int cpu = 0; cpu < MEMSYS_MAX_CPUS; cpu++) {
		if (cpus >> cpu & 1)
			table->cell_shared[cpu] |= colors;
	}
	table->root_shared |= colors;
	return true;
}

static bool owner_set(struct table *table, const char *who, uint64_t colors)
{
	uint64_t *named = !strcmp(who, "h") ? &table->hypervisor :
			  !strcmp(who, "r") ? &table->root : NULL;
	char *end;
	uint64_t cpus;

	if (named) {
		if (*named)
			return false;
		*named = colors;
		return true;
	}
	if (*who == 's')
		return shared_set(table, who + 1, colors);
	cpus = strtoull(who, &end, 16);
	return !*end && cells_set(table, cpus, colors);
}

static bool table_parse(struct table *table, unsigned int colors,
			const char *text)
{
	uint64_t all = colors == 64 ? UINT64_MAX : (1ull << colors) - 1;
	uint64_t taken = 0;

	while (text) {
		unsigned long long mask;
		char who[20];
		int used = 0;

		if (sscanf(text, "%19[0-9a-fhrs]:%llx%n", who, &mask, &used) != 2)
			return false;
		if (!mask || (mask & ~all) || (mask & taken) ||
		    !owner_set(table, who, mask) ||
		    (text[used] != '/' && text[used] != '\0'))
			return false;
		taken |= mask;
		text = text[used] ? text + used + 1 : NULL;
	}
	return true;
}

static bool is_power(uint64_t value)
{
	return value && !(value & (value - 1));
}

struct color_owners *
color_owners_create(const char *path, unsigned int colors,
		    const struct color_owners_range *memory, const char *table,
		    const char *other)
{
	struct color_owners *owners = calloc(1, sizeof(*owners));

	if (!owners)
		return NULL;
	owners->colors = colors;
	owners->has_other = other;
	owners->memory = *memory;
	if (!is_power(colors) || colors > COLOR_OWNERS_MAX_COLORS || !table ||
	    !table_parse(&owners->table, colors, table) ||
	    (other && !table_parse(&owners->other, colors, other))) {
		free(owners);
		errno = EINVAL;
		return NULL;
	}
	owners->file = fopen(path, "w");
	if (!owners->file) {
		free(owners);
		return NULL;
	}
	fputs("who,cpu,color,accesses,foreign\n", owners->file);
	return owners;
}

/* -------------------------------------------------------------- accesses */

void color_owners_mark(struct color_owners *owners, bool on)
{
	owners->on = on;
}

static bool allowed(const struct table *table, unsigned int cpu,
		    bool is_hypervisor, unsigned int color)
{
	uint64_t colors = table->cell[cpu] ?
			  table->cell[cpu] | table->cell_shared[cpu] :
			  table->root | table->root_shared;

	if (is_hypervisor)
		colors |= table->hypervisor;
	return colors >> color & 1;
}

/* Pages of the hypervisor's memory that a cell sees too. */
static bool is_shared(const struct color_owners *owners, unsigned int color,
		      uint64_t phys)
{
	uint64_t cells = 0;

	if (phys - owners->memory.start >= owners->memory.bytes)
		return false;
	for (unsigned int cpu = 0; cpu < MEMSYS_MAX_CPUS; cpu++)
		cells |= owners->table.cell[cpu];
	return cells >> color & 1;
}

static void note_foreign(struct color_owners *owners, enum who who,
			 unsigned int cpu, uint64_t phys)
{
	owners->foreign++;
	if (owners->first_count == FIRST_MAX)
		return;
	owners->first[owners->first_count++] = (struct first){ who, cpu, phys };
}

void color_owners_access(struct color_owners *owners, unsigned int cpu,
			 bool is_hypervisor, uint64_t phys)
{
	unsigned int color = (unsigned int)(phys >> PAGE_SHIFT) &
			     (owners->colors - 1);
	struct count *count;
	enum who who;

	if (!owners->on || cpu >= MEMSYS_MAX_CPUS)
		return;
	who = is_hypervisor ? WHO_HYPERVISOR :
	      owners->table.cell[cpu] ? WHO_CELL : WHO_ROOT;
	if (is_hypervisor && is_shared(owners, color, phys)) {
		owners->counts[WHO_SHARED][cpu][color].accesses++;
		return;
	}
	count = &owners->counts[who][cpu][color];
	count->accesses++;
	if (!allowed(&owners->table, cpu, is_hypervisor, color)) {
		count->foreign++;
		note_foreign(owners, who, cpu, phys);
	}
	if (owners->has_other &&
	    !allowed(&owners->other, cpu, is_hypervisor, color))
		owners->foreign_other++;
}

uint64_t color_owners_foreign(const struct color_owners *owners)
{
	return owners->foreign;
}

uint64_t color_owners_foreign_other(const struct color_owners *owners)
{
	return owners->foreign_other;
}

/* ----------------------------------------------------------------- files */

static void write_counts(const struct color_owners *owners, enum who who,
			 unsigned int cpu)
{
	for (unsigned int color = 0; color < owners->colors; color++) {
		const struct count *count = &owners->counts[who][cpu][color];

		if (count->accesses)
			fprintf(owners->file, "%s,%u,%u,%llu,%llu\n",
				who_names[who], cpu, color,
				(unsigned long long)count->accesses,
				(unsigned long long)count->foreign);
	}
}

static void write_first(const struct color_owners *owners)
{
	for (unsigned int n = 0; n < owners->first_count; n++) {
		const struct first *first = &owners->first[n];

		fprintf(owners->file, "first,%u,%s,0x%llx,1\n", first->cpu,
			who_names[first->who],
			(unsigned long long)first->phys);
	}
}

int color_owners_close(struct color_owners *owners)
{
	int failed;

	for (unsigned int who = 0; who < WHO_COUNT; who++)
		for (unsigned int cpu = 0; cpu < MEMSYS_MAX_CPUS; cpu++)
			write_counts(owners, (enum who)who, cpu);
	write_first(owners);
	fprintf(owners->file, "foreign,,,,%llu\n",
		(unsigned long long)owners->foreign);
	if (owners->has_other)
		fprintf(owners->file, "other,,,,%llu\n",
			(unsigned long long)owners->foreign_other);
	failed = ferror(owners->file) ? -EIO : 0;
	if (fclose(owners->file))
		failed = -EIO;
	free(owners);
	return failed;
}
