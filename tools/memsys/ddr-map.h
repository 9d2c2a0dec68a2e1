/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which bank and which row of it a line is in: lines of a row lie side by side,
 * rows go round all banks. One map for whatever models banks.
 */
#ifndef MEMSYS_DDR_MAP_H
#define MEMSYS_DDR_MAP_H

#include <stdint.h>

struct ddr_map {
	uint32_t row_shift;		/* of a line's number */
	uint32_t bank_mask;
	uint32_t bank_shift;
};

/* Both powers of two. */
static inline struct ddr_map ddr_map_make(uint32_t banks, uint32_t row_lines)
{
	uint32_t row_shift = (uint32_t)__builtin_ctz(row_lines);

	return (struct ddr_map){ row_shift, banks - 1,
				 row_shift + (uint32_t)__builtin_ctz(banks) };
}

static inline uint32_t ddr_map_bank(const struct ddr_map *map, uint64_t line)
{
	return (uint32_t)(line >> map->row_shift) & map->bank_mask;
}

static inline uint64_t ddr_map_row(const struct ddr_map *map, uint64_t line)
{
	return line >> map->bank_shift;
}

#endif
