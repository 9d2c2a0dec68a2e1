/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of cells and hypercalls share: a booted fake machine. */
#ifndef TEST_CELLS_H
#define TEST_CELLS_H

#include "blobs.h"

#define CONFIG_GPA	0x48000000ull	/* in root memory */
#define BUFFER_GPA	0x48100000ull

/* For cmocka: a machine with four CPUs in the root cell. */
int cells_setup(void **state);

/* Places a configuration in root memory and creates the cell from CPU 0. */
long cells_create(const void *blob, size_t size);
/* Cell `id` of blob_cell_init(), changed by nobody; must succeed. */
struct cell *cells_make(unsigned int id);
/* The same, started. */
struct cell *cells_make_running(unsigned int id);

/* What the root learns from WEIR_HC_LAST_REASON. */
const char *cells_last_reason(void);
/* Fails unless `result` is `error` and the reason has these words. */
void cells_expect(long result, long error, const char *words);

/* Whether the root's memory could go to these colors; nothing moves. */
long cells_ask_root_colors(uint64_t colors);

/* A byte of physical memory is `value` from `start` on. */
bool memory_is(uint64_t start, uint64_t size, uint8_t value);
void memory_fill(uint64_t start, uint64_t size, uint8_t value);

#endif
