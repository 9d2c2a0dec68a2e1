// SPDX-License-Identifier: GPL-2.0-only
/* Sets of colors, and lists as a person writes them. */
#include "reg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COLORS_MAX	(64 * REG_COLOR_WORDS)

bool reg_color_has(const struct reg_color_set *set, unsigned int color)
{
	return color < COLORS_MAX && (set->word[color / 64] >> color % 64 & 1);
}

int reg_color_list_parse(const char *text, struct reg_color_set *set)
{
	const char *place = text;

	memset(set, 0, sizeof(*set));
	for (;;) {
		unsigned long first, last;
		char *end;

		if (*place < '0' || *place > '9')
			return -EINVAL;
		first = strtoul(place, &end, 10);
		last = first;
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last >= COLORS_MAX)
			return -EINVAL;
		for (; first <= last; first++)
			set->word[first / 64] |= 1ull << first % 64;
		if (*end == '\0')
			return 0;
		if (*end != ',')
			return -EINVAL;
		place = end + 1;
	}
}
