/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who owns which color: the check of every access of a span of time.
 *
 * A table says whose each color is: the hypervisor's (h), the root cell's (r), or
 * a cell's, which is told by its CPUs. In between two marks of the guest, each access
 * to RAM must be on a color of its own: of the CPU's cell, when it is not at the
 * hypervisor's level, and of the hypervisor or of the CPU's cell, which it then
 * serves, when it is. Anything else is foreign.
 *
 * Pages of a cell's colors within the hypervisor's memory are the cell's
 * communication region: the hypervisor has to look there, on any CPU. Such
 * accesses are counted as shared.
 *
 * Color: bits 12 and up of the address, lowest first.
 */
#ifndef MEMSYS_COLOR_OWNERS_H
#define MEMSYS_COLOR_OWNERS_H

#include <stdbool.h>
#include <stdint.h>

#define COLOR_OWNERS_MAX_COLORS 64u

/* The marks: HINT instructions that do nothing else, Arm ARM DDI 0487, C6.2. */
#define COLOR_OWNERS_BEGIN_HINT 99u
#define COLOR_OWNERS_END_HINT	100u

struct color_owners;

struct color_owners_range {
	uint64_t start;
	uint64_t bytes;
};

/*
 * `table` is WHO:COLORS[/WHO:COLORS...], WHO h, r, a mask of CPUs, or s and a mask of
 * CPUs: what their cells share with the root. Masks are hexadecimal, no cell's CPU and
 * no color comes twice. `other`: NULL, or a second table, by
 * which the same accesses are judged. `memory` is the hypervisor's. NULL with
 * errno: ENOMEM, EINVAL, or why the file cannot be written.
 */
struct color_owners *
color_owners_create(const char *path, unsigned int colors,
		    const struct color_owners_range *memory, const char *table,
		    const char *other);
void color_owners_mark(struct color_owners *owners, bool on);
/* `is_hypervisor`: by an instruction of the hypervisor. */
void color_owners_access(struct color_owners *owners, unsigned int cpu,
			 bool is_hypervisor, uint64_t phys);

/* By the first table, and by the other. */
uint64_t color_owners_foreign(const struct color_owners *owners);
uint64_t color_owners_foreign_other(const struct color_owners *owners);

/*
 * Ends the file: who,cpu,color,accesses,foreign. Who is "hypervisor", "root",
 * "cell" or "shared"; `foreign` is how many of the accesses were. Lines "first", with the
 * address in place of accesses, are the first foreign ones. The last two are
 * "foreign" and "other", sums by the two tables. 0 or -EIO.
 */
int color_owners_close(struct color_owners *owners);

#endif
