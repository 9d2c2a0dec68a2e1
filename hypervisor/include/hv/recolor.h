/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The root cell changes its colors while it runs. What may move, and where to,
 * the system configuration says (struct weir_record_root_colors).
 *
 * A few pages at a time leave the root's second stage, are copied, and come back
 * elsewhere. Tables that are one piece at the end become blocks in the same way. A
 * CPU of the root that touches them meanwhile waits for just that in
 * its fault; where invalidations do not reach other CPUs, those are suspended for
 * it. README.md of coloring/ has the order of the moves and what it relies on.
 */
#ifndef HV_RECOLOR_H
#define HV_RECOLOR_H

#include "abi/hypercall.h"
#include "coloring/coloring.h"
#include "reason.h"
#include "types.h"

/* The root is on all colors, whatever the configuration wants. Setup, master. */
void recolor_init(void);
/*
 * Takes the colors of the configuration, all at once, or gives them back. Setup,
 * master, after all else that can fail; nobody runs. -ENOMEM and all as before.
 */
int recolor_enter(struct reason *reason);
void recolor_leave(void);

/*
 * Management calls, on a CPU of the root. Checks a request, and unless it says so
 * begins; fills the answer in any case. An empty set: all colors.
 */
int recolor_begin(struct color_request *request, struct reason *reason);
/*
 * Moves a few pages, or when all are moved makes a block or group of those that lie
 * in one piece now. Pages still to look at, at least 1; 0: the root has the
 * colors asked for, or those it had when it was turned back. -EBUSY: another
 * call is under way. -ENODATA: nothing moves. An error that it cannot go on
 * from turns it back, and is told by the step that ends it.
 */
long recolor_step(uint32_t flags, struct reason *reason);
/* Under the management lock: -EBUSY while pages move. */
int recolor_idle(struct reason *reason);
/* The same, or when the root does not have all colors. */
int recolor_complete(struct reason *reason);

/*
 * Pages of the cell do not move between these two. Any CPU, no lock held; only for
 * the root cell, where it can be moved, is there anything to wait for.
 */
void recolor_hold(const struct cell *cell);
void recolor_release(const struct cell *cell);
/*
 * A guest access to `address` found nothing mapped. True: now there is
 * something, and the access is to be repeated. On the CPU, no lock held.
 */
bool recolor_settled(const struct cell *cell, gpa_t address);

#endif
