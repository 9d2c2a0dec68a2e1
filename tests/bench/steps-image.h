/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's image for x86 in a host process, run instruction by instruction.
 *
 * It is where it is linked to be, and its functions are called there. Registers of
 * the machine and the time stamp counter are a model's. Counts are those of the
 * image's own instructions, exact and the same in each run. Host tools only.
 */
#ifndef STEPS_IMAGE_H
#define STEPS_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#define STEPS_MSRS	64u

extern uint64_t steps_tsc;

/* Loads weir.elf; the GS base is the per-CPU block. Ends the process when it cannot. */
void steps_open(const char *path, void *gs_base);
/* Where a function or an object of the image is, local ones as well. */
void *steps_symbol(const char *name);
/* A model-specific register, 0 at first. */
uint64_t *steps_msr(uint32_t msr);

/* Around calls of the image's functions; not nested. */
void steps_begin(void);
uint64_t steps_end(void);

#endif
