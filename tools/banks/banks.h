/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which address bits choose a DRAM bank, found by time: two lines of one bank
 * in different rows, read in turn, close each other's row each time; any other
 * two do not.
 *
 * Rows and banks are taken to be sums (parities) of address bits. Then what two
 * lines do depends on the bits in which their addresses differ alone, and the
 * differences without a bank change are a vector space: its complement are the
 * bank functions. Times are ns for a pair of reads; addresses are physical.
 */
#ifndef BANKS_BANKS_H
#define BANKS_BANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BANKS_BITS_MAX		40u
#define BANKS_FUNCTIONS_MAX	8u
#define BANKS_REASON_BYTES	160u

/*
 * Times two lines whose addresses differ in `difference`, at place `sample`
 * of several. -ENOENT: there are no such lines in reach. Other errors end the
 * search.
 */
struct bank_clock {
	int (*pair)(void *context, uint64_t difference, unsigned int sample,
		    double *time_ns);
	void *context;
	unsigned int low_bit;	/* a line's first address bit */
	unsigned int high_bit;	/* the last one looked at */
	unsigned int samples;	/* places for each difference */
};

enum bank_bit {
	BANK_BIT_UNKNOWN,	/* no such lines, or the places disagree */
	BANK_BIT_NONE,		/* column or row only */
	BANK_BIT_BANK,
};

struct bank_map {
	bool found;
	char reason[BANKS_REASON_BYTES];	/* why nothing was found */
	double fast_ns, slow_ns;	/* of pairs that meet and do not */
	enum bank_bit bit[BANKS_BITS_MAX + 1];
	/* Of the places, in permille: how many say so. */
	unsigned int confidence[BANKS_BITS_MAX + 1];
	unsigned int functions_count;
	uint64_t function[BANKS_FUNCTIONS_MAX];
};

/*
 * 0, and map->found says whether anything could be told; or what the clock
 * returned. Takes some hundred differences.
 */
int bank_map_find(const struct bank_clock *clock, struct bank_map *map);

/* A function that no bit of the page offset is in can make colors. */
bool bank_function_colors(uint64_t function);

/* ----------------------------------------------------------- this machine */

struct bank_probe;

/*
 * Memory of this process whose physical addresses are known, as much as
 * `bytes`. NULL with the reason: not privileged, no memory.
 */
struct bank_probe *bank_probe_open(uint64_t bytes, char *reason,
				   size_t reason_bytes);
void bank_probe_close(struct bank_probe *probe);
void bank_probe_clock(struct bank_probe *probe, struct bank_clock *clock);

#endif
