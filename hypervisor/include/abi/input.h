/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The input of a guest, in memory that its cell shares with the root cell: a head
 * at the start of the cell's first ROOTSHARED region, and `bytes` bytes behind
 * it. The root cell writes both while the guest does not run, the magic last; the
 * guest reads, and believes a head only as far as its region reaches.
 */
#ifndef ABI_INPUT_H
#define ABI_INPUT_H

#include "types.h"

#define INPUT_MAGIC	0x5455504e49524957ULL	/* "WIRINPUT" */

struct input_head {
	uint64_t magic;
	uint64_t bytes;		/* at least 1 */
	uint64_t reserved[6];
};
ABI_SIZE(struct input_head, 64);

#endif
