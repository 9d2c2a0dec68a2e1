/* SPDX-License-Identifier: GPL-2.0-only */
/* Segment descriptors (Intel SDM vol. 3, 3.4.5 and 7.2.3). Pure. */
#ifndef X86_SEGMENT_H
#define X86_SEGMENT_H

#include "arch_types.h"

#define SELECTOR_TI		0x4u
#define SEGMENT_TYPE		0xfu
#define SEGMENT_SYSTEM		0x10u	/* clear: a system segment */
#define SEGMENT_LONG		0x2000u
#define SEGMENT_TYPE_BUSY	0x2u	/* of a task state segment */

/*
 * What a selector means by this table of `entries`; unusable when it is null,
 * of a local table, or beyond the end.
 */
struct segment segment_unpack(const uint64_t *gdt, unsigned int entries,
			      uint16_t selector);

/*
 * Writes the descriptor, or the two of a system segment, where the selector
 * points; a task state segment becomes available. False when it does not fit
 * or there is nothing to write.
 */
bool segment_pack(uint64_t *gdt, unsigned int entries,
		  const struct segment *segment);

#endif
