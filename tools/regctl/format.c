// SPDX-License-Identifier: GPL-2.0-only
/* Spelling of quantities: rates, sizes, times, rounding errors, CPU lists. */
#include "units.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

struct scale {
	const char *names[4];
	uint64_t factors[4];	/* ascending; the first is 1 */
};

static const struct scale si_scale = {
	{ "B", "kB", "MB", "GB" }, { 1, 1000, 1000000, 1000000000 },
};

static const struct scale iec_scale = {
	{ "B", "KiB", "MiB", "GiB" }, { 1, 1024, 1048576, 1073741824 },
};

static const struct scale time_scale = {
	{ "ns", "us", "ms", "s" }, { 1, 1000, 1000000, 1000000000 },
};

/* value / factor with `decimals` digits, nearest, without trailing zeros. */
static void decimal_format(char *text, size_t size, uint64_t value,
			   uint64_t factor, unsigned int decimals)
{
	uint64_t base = 1;
	wide scaled;
	size_t length;
	unsigned int i;

	for (i = 0; i < decimals; i++)
		base *= 10;
	scaled = ((wide)value * base + factor / 2) / factor;
	length = (size_t)snprintf(text, size, "%llu.%0*llu",
				  (unsigned long long)(scaled / base),
				  (int)decimals,
				  (unsigned long long)(scaled % base));
	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[--length] = '\0';
}

static void scale_format(char *text, size_t size, uint64_t value,
			 const struct scale *scale, unsigned int decimals)
{
	char number[48];
	unsigned int i = 3;

	while (value < scale->factors[i] && i > 0)
		i--;
	decimal_format(number, sizeof(number), value, scale->factors[i],
		       decimals);
	snprintf(text, size, "%s %s", number, scale->names[i]);
}

/* A number of bytes, with `suffix` behind every unit. */
static void bytes_format(char text[QUANTITY_BYTES], uint64_t value,
			 const char *suffix, enum unit_style style)
{
	char si[64];
	char iec[64];

	scale_format(si, sizeof(si), value, &si_scale, 3);
	scale_format(iec, sizeof(iec), value, &iec_scale,
		     style == UNIT_IEC ? 3 : 1);
	if (style == UNIT_BYTES)
		snprintf(text, QUANTITY_BYTES, "%llu",
			 (unsigned long long)value);
	else if (style == UNIT_IEC)
		snprintf(text, QUANTITY_BYTES, "%s%s", iec, suffix);
	else if (style == UNIT_SI || value < 1000)
		snprintf(text, QUANTITY_BYTES, "%s%s", si, suffix);
	else
		snprintf(text, QUANTITY_BYTES, "%s%s (%s%s)", si, suffix, iec,
			 suffix);
}

void rate_format(char text[QUANTITY_BYTES], uint64_t bytes_per_s,
		 enum unit_style style)
{
	if (bytes_per_s == UINT64_MAX)
		strcpy(text, "max");
	else
		bytes_format(text, bytes_per_s, "/s", style);
}

void size_format(char text[QUANTITY_BYTES], uint64_t size_bytes,
		 enum unit_style style)
{
	bytes_format(text, size_bytes, "", style);
}

void time_format(char text[QUANTITY_BYTES], uint64_t time_ns)
{
	scale_format(text, QUANTITY_BYTES, time_ns, &time_scale, 3);
}

void error_format(char text[QUANTITY_BYTES], uint64_t requested,
		  uint64_t effective)
{
	bool less = effective < requested;
	uint64_t difference = less ? requested - effective :
				     effective - requested;
	uint64_t milli;

	if (difference == 0) {
		strcpy(text, "exact");
		return;
	}
	if (requested == 0 || requested == UINT64_MAX ||
	    effective == UINT64_MAX) {
		strcpy(text, "-");
		return;
	}
	/* In thousandths of a percent, saturated far above sense. */
	if (difference / requested > 1000000)
		milli = 100000000000ull;
	else
		milli = (uint64_t)(((wide)difference * 100000 +
				    requested / 2) / requested);
	if (milli == 0)
		snprintf(text, QUANTITY_BYTES, "%c<0.001 %%", less ? '-' : '+');
	else
		snprintf(text, QUANTITY_BYTES, "%c%llu.%03llu %%",
			 less ? '-' : '+',
			 (unsigned long long)(milli / 1000),
			 (unsigned long long)(milli % 1000));
}

static size_t range_format(char *text, size_t size, bool comma,
			   unsigned int first, unsigned int last)
{
	const char *separator = comma ? "," : "";

	if (first == last)
		return (size_t)snprintf(text, size, "%s%u", separator, first);
	return (size_t)snprintf(text, size, "%s%u-%u", separator, first, last);
}

void cpu_list_format(char text[QUANTITY_BYTES], uint64_t cpus)
{
	size_t length = 0;
	unsigned int cpu = 0;

	text[0] = '\0';
	while (cpu < 64) {
		unsigned int first = cpu;

		while (cpu < 64 && (cpus >> cpu & 1))
			cpu++;
		if (cpu == first) {
			cpu++;
			continue;
		}
		length += range_format(text + length, QUANTITY_BYTES - length,
				       length > 0, first, cpu - 1);
	}
}
