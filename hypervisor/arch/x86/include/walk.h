/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest's own page tables (Intel SDM vol. 3, chapter 4). */
#ifndef X86_WALK_H
#define X86_WALK_H

#include "hv/cell.h"
#include "vcpu.h"

/* Bytes at a linear address; how many there were, as far as mapped. */
unsigned int guest_fetch(struct cell *cell, const struct vcpu_mode *mode,
			 uint64_t linear, uint8_t *bytes, unsigned int count);

#endif
