/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake machine with caches to share out, for tests: boot, requests, cells. */
#ifndef X86_CAT_MACHINE_H
#define X86_CAT_MACHINE_H

#include "cells.h"
#include "hv/partition.h"
#include "x86-cat-model.h"

#define CELLS		3u		/* beside the root */
#define CAT_KINDS	4u

extern const struct cat_kind cat_kinds[CAT_KINDS];
extern bool alive[CELLS + 1];

/* Boots it, with CPU 0 current and all registers set. */
void machine_start(const struct cat_kind *kind);

/* Hypercalls of the root. */
long part_set(unsigned int cell, const struct part_settings *settings,
	      enum reg_operation operation, struct part_request *answer);
struct part_status part_status_of(unsigned int cell);
long part_set_l3(unsigned int cell, uint64_t mask, uint32_t ways,
		 struct part_request *answer);

long machine_create(unsigned int id, struct cache_region region);
void machine_destroy(unsigned int id);

#endif
