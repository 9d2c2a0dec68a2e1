/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parameters of the modelled machine, and the parser of the files that hold
 * them.
 *
 * A file is lines of "key = value"; '#' starts a comment. Every key of
 * struct memsys_config appears once, but for those of banks, which may be left
 * out together; unknown, repeated and missing keys, signs, fractions, suffixes
 * and figures out of range are errors.
 */
#ifndef MEMSYS_CONFIG_H
#define MEMSYS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMSYS_NAME_BYTES	32u
#define MEMSYS_MAX_STREAMS	16u
/* A file longer than this is refused. */
#define MEMSYS_CONFIG_MAX_BYTES 16384u

struct memsys_config {
	char machine[MEMSYS_NAME_BYTES];
	uint64_t clock_hz;
	uint64_t base_cpi_milli;	/* cycles per 1000 instructions */
	uint64_t line_bytes;
	uint64_t l1_bytes;		/* of each core */
	uint64_t l1_ways;
	uint64_t llc_bytes;		/* shared */
	uint64_t llc_ways;
	uint64_t llc_hit_cycles;	/* what an L1 miss costs at least */
	uint64_t ddr_latency_cycles;	/* what an LLC miss costs on an idle DDR */
	uint64_t overlap_misses;	/* of one stream, under way at a time */
	uint64_t stream_count;		/* followed at a time, per core */
	uint64_t ddr_sustained_bytes_per_s;
	uint64_t ddr_peak_bytes_per_s;
	uint64_t slack_cycles;		/* see limit_cycles, abi/memsys.h */
	uint64_t epoch_cycles;
	/* Banks of DDR, for what models them; all given, or none and 0. */
	uint64_t ddr_banks;
	uint64_t ddr_row_bytes;		/* of one bank */
	uint64_t ddr_row_cycle_ps;	/* tRC: a bank's time for another row */
	uint64_t ddr_row_hit_ps;	/* ... for the row that is open */
	uint64_t ddr_hit_cap;		/* hits served before the oldest request */
	uint64_t core_lines;		/* misses of one core under way at most */
	/* Not of a file, set where a file has banks: the model of epochs limits
	 * each bank as well. */
	bool limit_banks;
};

static inline bool memsys_config_has_banks(const struct memsys_config *config)
{
	return config->ddr_banks != 0;
}

/* Where and why a text was refused. */
struct memsys_config_error {
	unsigned int line;		/* from 1; 0: the whole file */
	char reason[120];
};

/* Parses `bytes` bytes of text. 0, or -EINVAL with *error filled in. */
int memsys_config_parse(const char *text, size_t bytes,
			struct memsys_config *config,
			struct memsys_config_error *error);

/*
 * Reads and parses a file. 0, -EINVAL with *error filled in, or the negative
 * errno of what failed, with line 0 and the reason in words.
 */
int memsys_config_load(const char *path, struct memsys_config *config,
		       struct memsys_config_error *error);

/*
 * Checks what concerns several parameters at a time: sets are a power of two,
 * rates fit each other and the epoch. 0 or -EINVAL with the reason, line 0.
 */
int memsys_config_check(const struct memsys_config *config,
			struct memsys_config_error *error);

#endif
