// SPDX-License-Identifier: GPL-2.0-only
/* The check of colors: owners found out from accesses, violations counted. */
#include "color-check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/memsys.h"

#define PAGE_SHIFT	12
#define MAX_OWNERS	MEMSYS_MAX_CPUS
#define OUTSIDE		COLOR_CHECK_MAX_COLORS	/* a column of its own */

enum kind { KIND_OWN, KIND_ROOT, KIND_VIOLATION, KINDS };

static const char *const kind_names[KINDS] = { "own", "root", "violation" };

struct owner {
	uint64_t cpus;
	uint64_t colors;
	unsigned int binding;
};

struct count {
	uint64_t accesses;
	uint64_t fills;
};

struct color_check {
	FILE *file;
	unsigned int colors;
	struct color_check_range span;
	struct color_check_range exempt;
	struct color_check_range shared;
	uint64_t shared_colors;
	unsigned int owners_count;
	struct owner owners[MAX_OWNERS];
	/* By index into owners; -1: none. */
	int owner_of_color[COLOR_CHECK_MAX_COLORS];
	int owner_of_cpu[MEMSYS_MAX_CPUS];
	uint64_t bound;		/* CPUs */
	struct count counts[KINDS][MEMSYS_MAX_CPUS][COLOR_CHECK_MAX_COLORS + 1];
};

/* Enters one owner; false when a CPU or color is out of range or taken. */
static bool owner_add(struct color_check *check, struct owner owner)
{
	int index = (int)check->owners_count;

	if (index == MAX_OWNERS || !owner.cpus || !owner.colors)
		return false;
	for (unsigned int n = 0; n < 64; n++) {
		if (owner.cpus >> n & 1) {
			if (n >= MEMSYS_MAX_CPUS || check->owner_of_cpu[n] >= 0)
				return false;
			check->owner_of_cpu[n] = index;
		}
		if (owner.colors >> n & 1) {
			if (n >= check->colors || check->owner_of_color[n] >= 0)
				return false;
			check->owner_of_color[n] = index;
		}
	}
	check->owners[check->owners_count++] = owner;
	return true;
}

static bool parse_owners(struct color_check *check, const char *text)
{
	while (text) {
		struct owner owner;
		int used = 0;
		unsigned long long cpus, colors;

		if (sscanf(text, "%llx:%llx%n", &cpus, &colors, &used) != 2)
			return false;
		owner = (struct owner){ cpus, colors, 1 };
		if (!owner_add(check, owner) ||
		    (text[used] != '/' && text[used] != '\0'))
			return false;
		text = text[used] ? text + used + 1 : NULL;
	}
	return true;
}

static bool is_power(uint64_t value)
{
	return value && !(value & (value - 1));
}

struct color_check *color_check_create(const char *path, unsigned int colors,
				       const struct color_check_range *span,
				       const struct color_check_range *exempt,
				       const char *owners)
{
	struct color_check *check = calloc(1, sizeof(*check));

	if (!check)
		return NULL;
	check->colors = colors;
	check->span = *span;
	check->exempt = *exempt;
	memset(check->owner_of_color, -1, sizeof(check->owner_of_color));
	memset(check->owner_of_cpu, -1, sizeof(check->owner_of_cpu));
	if (!is_power(colors) || colors > COLOR_CHECK_MAX_COLORS ||
	    !span->bytes || !owners || !parse_owners(check, owners)) {
		free(check);
		errno = EINVAL;
		return NULL;
	}
	check->file = fopen(path, "w");
	if (!check->file) {
		free(check);
		return NULL;
	}
	fputs("kind,binding,cpu,color,accesses,fills\n", check->file);
	return check;
}

static bool within(const struct color_check_range *range, uint64_t phys)
{
	return phys - range->start < range->bytes;
}

static void write_line(const struct color_check *check, enum kind kind,
		       unsigned int binding, unsigned int cpu,
		       unsigned int color)
{
	const struct count *count = &check->counts[kind][cpu][color];

	if (!count->accesses)
		return;
	fprintf(check->file, "%s,", kind_names[kind]);
	if (kind == KIND_OWN)
		fprintf(check->file, "%u", binding);
	fprintf(check->file, ",%u,", cpu);
	if (color != OUTSIDE)
		fprintf(check->file, "%u", color);
	fprintf(check->file, ",%llu,%llu\n",
		(unsigned long long)count->accesses,
		(unsigned long long)count->fills);
}

static void write_cpu(const struct color_check *check, enum kind kind,
		      unsigned int cpu)
{
	int owner = check->owner_of_cpu[cpu];
	unsigned int binding = owner < 0 ? 0 : check->owners[owner].binding;

	for (unsigned int color = 0; color <= OUTSIDE; color++)
		write_line(check, kind, binding, cpu, color);
}

/* Its memory is loaded or cleared: its CPUs are nobody's until they return. */
static void unbind(struct color_check *check, struct owner *owner)
{
	if (!(check->bound & owner->cpus))
		return;
	for (unsigned int cpu = 0; cpu < MEMSYS_MAX_CPUS; cpu++) {
		if (!(owner->cpus >> cpu & 1))
			continue;
		write_cpu(check, KIND_OWN, cpu);
		memset(check->counts[KIND_OWN][cpu], 0,
		       sizeof(check->counts[KIND_OWN][cpu]));
	}
	check->bound &= ~owner->cpus;
	owner->binding++;
}

static enum kind classify(struct color_check *check, unsigned int cpu,
			  int page_owner)
{
	if (page_owner >= 0 && check->owner_of_cpu[cpu] == page_owner) {
		check->bound |= 1ull << cpu;
		return KIND_OWN;
	}
	if (check->bound >> cpu & 1)
		return KIND_VIOLATION;
	if (page_owner >= 0)
		unbind(check, &check->owners[page_owner]);
	return KIND_ROOT;
}

void color_check_share(struct color_check *check,
		       const struct color_check_range *range, uint64_t colors)
{
	check->shared = *range;
	check->shared_colors = colors;
}

/* Of those that anybody may touch. */
static bool is_free(const struct color_check *check, uint64_t phys)
{
	unsigned int color = (unsigned int)(phys >> PAGE_SHIFT) &
			     (check->colors - 1);

	return within(&check->exempt, phys) ||
	       (within(&check->shared, phys) &&
		(check->shared_colors >> color & 1));
}

void color_check_access(struct color_check *check, unsigned int cpu,
			uint64_t phys, uint64_t fills)
{
	unsigned int color = OUTSIDE;
	int page_owner = -1;
	enum kind kind;

	if (cpu >= MEMSYS_MAX_CPUS)
		return;
	if (within(&check->span, phys)) {
		color = (unsigned int)(phys >> PAGE_SHIFT) &
			(check->colors - 1);
		page_owner = check->owner_of_color[color];
	} else if (is_free(check, phys)) {
		return;
	}
	kind = classify(check, cpu, page_owner);
	check->counts[kind][cpu][color].accesses++;
	check->counts[kind][cpu][color].fills += fills;
}

uint64_t color_check_violations(const struct color_check *check)
{
	uint64_t sum = 0;

	for (unsigned int cpu = 0; cpu < MEMSYS_MAX_CPUS; cpu++) {
		for (unsigned int color = 0; color <= OUTSIDE; color++)
			sum += check->counts[KIND_VIOLATION][cpu][color].accesses;
	}
	return sum;
}

int color_check_close(struct color_check *check)
{
	int failed;

	for (unsigned int kind = 0; kind < KINDS; kind++) {
		for (unsigned int cpu = 0; cpu < MEMSYS_MAX_CPUS; cpu++)
			write_cpu(check, (enum kind)kind, cpu);
	}
	fprintf(check->file, "violations,,,,%llu,\n",
		(unsigned long long)color_check_violations(check));
	failed = ferror(check->file) ? -EIO : 0;
	if (fclose(check->file))
		failed = -EIO;
	free(check);
	return failed;
}
