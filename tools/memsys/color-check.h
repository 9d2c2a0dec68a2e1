/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The check of colors: which CPU touches pages of which color, on every access.
 *
 * A span of physical memory is divided among owners, sets of CPUs with colors
 * of their own. What belongs to whom when is told by the accesses themselves:
 * a CPU of an owner is bound to its colors from its first access to them
 * until anybody else touches pages of the owner, as happens when its memory is
 * loaded or cleared. A bound CPU may touch its colors and the exempt range;
 * anything else is a violation. A CPU that is not bound stands for the root
 * cell, which is not colored: its accesses to owned pages are counted apart.
 *
 * Color: bits 12 and up of the address, lowest first.
 */
#ifndef MEMSYS_COLOR_CHECK_H
#define MEMSYS_COLOR_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#define COLOR_CHECK_MAX_COLORS 64u

struct color_check_range {
	uint64_t start;
	uint64_t bytes;
};

struct color_check;

/*
 * `owners` is "CPUS:COLORS[/CPUS:COLORS...]", both masks in hexadecimal; no CPU
 * and no color twice. NULL with errno; ENOMEM, EINVAL, or why the file cannot
 * be written.
 */
struct color_check *color_check_create(const char *path, unsigned int colors,
				       const struct color_check_range *span,
				       const struct color_check_range *exempt,
				       const char *owners);

/* Pages of these colors in `range`, outside the span, are everybody's: shared memory. */
void color_check_share(struct color_check *check,
		       const struct color_check_range *range, uint64_t colors);

/* One access, for which so many lines were fetched from DDR. */
void color_check_access(struct color_check *check, unsigned int cpu,
			uint64_t phys, uint64_t fills);
uint64_t color_check_violations(const struct color_check *check);

/*
 * Ends the file: kind,binding,cpu,color,accesses,fills. Kind is "own", "root"
 * or "violation"; binding, of own accesses, counts how often the owner's memory
 * was loaded or cleared; color is empty outside the span. A last line of kind
 * "violations" has the sum of their accesses. 0 or -EIO.
 */
int color_check_close(struct color_check *check);

#endif
