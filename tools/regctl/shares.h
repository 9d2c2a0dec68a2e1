/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of caches, bandwidth and clock as people write them:
 *
 *   ways:4-7   0xf0   25%   none        a cache
 *   data=0xf0,code=0x0f   ways:0-1,shared
 *   25%                                 bandwidth and clock
 *
 * Parsers are pure, as those of units.h.
 */
#ifndef REGCTL_SHARES_H
#define REGCTL_SHARES_H

#include <argp.h>

#include "output.h"
#include "units.h"

#define SHARE_CACHES	2u	/* PART_L3 and PART_L2 */

/* Of one cache; a percentage is resolved when the ways are known. */
struct share {
	uint64_t mask;
	uint64_t code_mask;
	uint32_t flags;			/* PART_CACHE_* */
	uint64_t ppm;			/* 0: the masks count */
};

struct shares {
	uint32_t valid;			/* PART_SET_* */
	uint32_t flags;			/* PART_FLUSH */
	struct share cache[SHARE_CACHES];
	uint32_t bandwidth_permille;
	uint32_t clock_permille;
};

int share_parse(const char *text, struct share *share,
		struct parse_error *error);
/* "25%" to thousandths, at least 1. */
int permille_parse(const char *text, uint32_t *permille,
		   struct parse_error *error);
/* A percentage of so many ways, at least one. Leaves masks alone. */
void share_resolve(const struct share *share, uint32_t ways,
		   struct part_cache *cache);

/* Options by which set and unset take them. */
enum {
	SHARES_KEY_CACHE = 0x280,
	SHARES_KEY_CACHE_L2,
	SHARES_KEY_BANDWIDTH,
	SHARES_KEY_CLOCK,
	SHARES_KEY_FLUSH,
};

#define SHARES_SET_OPTIONS                                                    \
	{ "cache", SHARES_KEY_CACHE, "WAYS", 0,                               \
	  "Ways of the last-level cache: ways:4-7, 0xf0, 25% or none", 0 },   \
	{ "cache-l2", SHARES_KEY_CACHE_L2, "WAYS", 0,                         \
	  "Ways of the L2, in the same way", 0 },                             \
	{ "bandwidth", SHARES_KEY_BANDWIDTH, "PERCENT", 0,                    \
	  "Delay memory accesses so that each CPU draws this much", 0 },      \
	{ "clock", SHARES_KEY_CLOCK, "PERCENT", 0,                            \
	  "Let the clock of each CPU run this much of the time", 0 },         \
	{ "flush", SHARES_KEY_FLUSH, NULL, 0,                                 \
	  "Write back what ways that are lost still hold", 0 }

#define SHARES_UNSET_OPTIONS                                                  \
	{ "cache", SHARES_KEY_CACHE, NULL, 0,                                 \
	  "Take its ways of the last-level cache away", 0 },                  \
	{ "cache-l2", SHARES_KEY_CACHE_L2, NULL, 0,                           \
	  "Take its ways of the L2 away", 0 },                                \
	{ "bandwidth", SHARES_KEY_BANDWIDTH, NULL, 0,                         \
	  "Delay its memory accesses no more", 0 },                           \
	{ "clock", SHARES_KEY_CLOCK, NULL, 0,                                 \
	  "Let its clock run all the time", 0 }

/* As the option functions of commands; -ENOENT: none of these. */
int shares_option(struct shares *shares, int key, const char *value,
		  struct parse_error *error);
int shares_unset_option(struct shares *shares, int key);

/* Sends them, or with --dry-run asks; prints the answer. An exit status. */
int shares_set(struct app *app, const struct weir_cell_id *cell,
	       const struct shares *shares);

enum share_column {
	SHARE_L3_WAYS,
	SHARE_L3_MASK,
	SHARE_L3_CODE,
	SHARE_L3_SHARED,
	SHARE_L2_WAYS,
	SHARE_L2_MASK,
	SHARE_BANDWIDTH,
	SHARE_CLOCK,
	SHARE_GENERATION,
	SHARE_COUNT,
};

/* Initialisers, for tables of which shares are a part. */
#define SHARE_COLUMNS                                                         \
	{ "L3 WAYS", "l3_ways", NULL, 0, 0 },                                 \
	{ "L3 MASK", "l3_mask", NULL, COLUMN_RIGHT, 0 },                      \
	{ "L3 CODE", "l3_code_mask", NULL, COLUMN_RIGHT | COLUMN_AUTO, 0 },   \
	{ "L3 SHARED", "l3_shared", NULL, COLUMN_WIDE, 0 },                   \
	{ "L2 WAYS", "l2_ways", NULL, COLUMN_AUTO, 0 },                       \
	{ "L2 MASK", "l2_mask", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },        \
	{ "BANDWIDTH", "bandwidth_permille", "1/1000", COLUMN_RIGHT, 0 },     \
	{ "CLOCK", "clock_permille", "1/1000", COLUMN_RIGHT, 0 },             \
	{ "GENERATION", "generation", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 }

/* Fills SHARE_COUNT values with what is in force. */
void shares_fill(struct value *row, const struct part_settings *effective,
		 uint64_t generation);

#endif
