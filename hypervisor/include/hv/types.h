/* SPDX-License-Identifier: GPL-2.0-only */
/* Basic types: address kinds that cannot be mixed up, pages, limits. */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT		12
#define PAGE_BYTES		4096ull
#define PAGE_MASK		(~(PAGE_BYTES - 1))

#define HV_MAX_CPUS		16
#define HV_MAX_CELLS		16

#define ARRAY_COUNT(a)		(sizeof(a) / sizeof((a)[0]))
#define BIT(n)			(1ull << (n))

/* A host-physical address. */
typedef struct { uint64_t value; } hpa_t;
/* A guest-physical (intermediate) address. */
typedef struct { uint64_t value; } gpa_t;

static inline hpa_t hpa(uint64_t value) { return (hpa_t){ value }; }
static inline gpa_t gpa(uint64_t value) { return (gpa_t){ value }; }

static inline uint64_t page_round_up(uint64_t value)
{
	return (value + PAGE_BYTES - 1) & PAGE_MASK;
}

struct cell;
struct per_cpu;

#endif
