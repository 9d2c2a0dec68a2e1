/* SPDX-License-Identifier: GPL-2.0-only */
/* Trapped device accesses: who handles which guest-physical range. */
#ifndef HV_MMIO_H
#define HV_MMIO_H

#include "types.h"

#define MMIO_MAX_REGIONS	64

struct mmio_access {
	uint64_t address;	/* in handlers: offset from the region's start */
	uint64_t value;		/* written, or to be filled by a read */
	uint8_t size;		/* bytes: 1, 2, 4, 8 */
	bool is_write;
};

enum mmio_result {
	MMIO_HANDLED,
	MMIO_UNHANDLED,		/* nobody's: the cell is parked */
	MMIO_REFUSED,		/* somebody's, but not so: the cell is parked */
};

typedef enum mmio_result (*mmio_handler)(void *context, struct mmio_access *access);

struct mmio_region {
	uint64_t start;
	uint64_t size;
	mmio_handler handler;
	void *context;
};

struct mmio_space {
	unsigned int count;
	unsigned int last;	/* where the last access went: a guess */
	struct mmio_region region[MMIO_MAX_REGIONS]; /* sorted by start */
};

/* -ENOMEM when full, -EINVAL when it overlaps. Cell not running, or suspended. */
int mmio_register(struct mmio_space *space, uint64_t start, uint64_t size,
		  mmio_handler handler, void *context);
void mmio_unregister(struct mmio_space *space, uint64_t start);

/* Binary search; `access->address` is guest physical. On the accessing CPU. */
enum mmio_result mmio_dispatch(struct mmio_space *space, struct mmio_access *access);

/* The access itself on a host address, in the width given. */
void mmio_perform(volatile void *address, struct mmio_access *access);

#endif
