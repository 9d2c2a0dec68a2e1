/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that an earlier owner may have left: counts the words that are not
 * zero behind its own image and stack, then fills them all, for the next one.
 */
#include "inmate.h"

#define PATTERN		0x5ca1ab1e0ddba115ull

void inmate_main(void)
{
	uint64_t ram_bytes = cmdline_bytes("ram", 4ull << 20);
	uint64_t *first = inmate_alloc(8);
	uint64_t *end = (uint64_t *)ram_bytes;
	uint64_t dirty = 0;

	for (uint64_t *word = first; word < end; word++) {
		dirty += *word != 0;
		*word = PATTERN;
	}
	__asm__ volatile("dsb sy" ::: "memory");
	inmate_printf("pattern: %lu of %lu words are not zero\n", dirty,
		      (uint64_t)(end - first));
}
