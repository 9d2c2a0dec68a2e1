// SPDX-License-Identifier: GPL-2.0-only
/* Parsing of quantities: rates, times, sizes, CPU lists, numbers. */
#include "units.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array)		(sizeof(array) / sizeof((array)[0]))
#define FRACTION_DIGITS_MAX	18
#define CPU_COUNT		64

__extension__ typedef unsigned __int128 wide;

struct unit {
	const char *name;
	uint64_t factor;
};

struct unit_set {
	const struct unit *units;
	size_t count;
	const char *accepted;	/* completes "write ..." */
};

static const struct unit rate_units[] = {
	{ "B/s", 1 },
	{ "kB/s", 1000 },
	{ "MB/s", 1000000 },
	{ "GB/s", 1000000000 },
	{ "KiB/s", 1024 },
	{ "MiB/s", 1048576 },
	{ "GiB/s", 1073741824 },
	{ "tx/period", 1 },
	{ "%", 10000 },
};

static const struct unit time_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
};

static const struct unit size_units[] = {
	{ "B", 1 },
	{ "kB", 1000 },
	{ "MB", 1000000 },
	{ "GB", 1000000000 },
	{ "KiB", 1024 },
	{ "MiB", 1048576 },
	{ "GiB", 1073741824 },
};

static const struct unit_set rate_set = {
	rate_units, COUNT(rate_units),
	"NUMBER[.FRACTION] and B/s, kB/s, MB/s, GB/s, KiB/s, MiB/s or GiB/s; "
	"or Ntx/period, N% or max",
};

static const struct unit_set time_set = {
	time_units, COUNT(time_units),
	"NUMBER[.FRACTION] and ns, us, ms or s",
};

static const struct unit_set size_set = {
	size_units, COUNT(size_units),
	"NUMBER[.FRACTION] and B, kB, MB, GB, KiB, MiB or GiB",
};

/* A number as written, before its unit is known. */
struct number {
	uint64_t whole;
	uint64_t fraction;		/* ... of fraction_base */
	uint64_t fraction_base;		/* a power of ten */
	const char *end;
};

int parse_refuse(struct parse_error *error, unsigned int column,
		 const char *format, ...)
{
	va_list arguments;

	error->column = column;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static unsigned int column_of(const char *text, const char *place)
{
	return (unsigned int)(place - text) + 1;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits at `*place`, which is moved behind them. */
static int digits_parse(const char *text, const char **place, uint64_t *value,
			struct parse_error *error)
{
	const char *start = *place;
	wide sum = 0;

	for (; is_digit(**place); ++*place) {
		unsigned int digit = (unsigned int)(**place - '0');

		sum = sum * 10u + digit;
		if (sum > UINT64_MAX)
			return parse_refuse(error, column_of(text, start),
					    "the number is too large");
	}
	*value = (uint64_t)sum;
	return 0;
}

static int fraction_parse(const char *text, struct number *number,
			  struct parse_error *error)
{
	const char *start = number->end;
	const char *digit;

	if (!is_digit(*start))
		return parse_refuse(error, column_of(text, start),
				    "a digit must follow the point");
	for (digit = start; is_digit(*digit); digit++) {
		if (digit - start == FRACTION_DIGITS_MAX)
			return parse_refuse(error, column_of(text, digit),
					    "at most %d digits may follow the point",
					    FRACTION_DIGITS_MAX);
		number->fraction_base *= 10;
	}
	return digits_parse(text, &number->end, &number->fraction, error);
}

/* What is wrong with a text that does not start with a digit. */
static int number_refuse(const char *text, const struct unit_set *set,
			 struct parse_error *error)
{
	if (*text == '\0')
		return parse_refuse(error, 1, "nothing given; write %s",
				    set->accepted);
	if (*text == '-')
		return parse_refuse(error, 1, "must not be negative");
	return parse_refuse(error, 1, "a number is expected; write %s",
			    set->accepted);
}

static int number_parse(const char *text, const struct unit_set *set,
			struct number *number, struct parse_error *error)
{
	int ret;

	number->fraction = 0;
	number->fraction_base = 1;
	number->end = text;
	if (!is_digit(*text))
		return number_refuse(text, set, error);
	ret = digits_parse(text, &number->end, &number->whole, error);
	if (ret || *number->end != '.')
		return ret;
	number->end++;
	return fraction_parse(text, number, error);
}

static size_t common_length(const char *a, const char *b)
{
	size_t length = 0;

	while (a[length] != '\0' && a[length] == b[length])
		length++;
	return length;
}

/* Says why `place` holds none of the units, at the first wrong character. */
static int unit_refuse(const char *text, const char *place,
		       const struct unit_set *set, struct parse_error *error)
{
	size_t longest = 0;
	size_t i;

	if (*place == '\0')
		return parse_refuse(error, column_of(text, place),
				    "a unit is missing; write %s",
				    set->accepted);
	if (*place == 'K' && place[1] != 'i')
		return parse_refuse(error, column_of(text, place),
				    "K is ambiguous: k is 1000, Ki is 1024");
	for (i = 0; i < set->count; i++) {
		size_t length = common_length(place, set->units[i].name);

		if (set->units[i].name[length] == '\0')
			return parse_refuse(error,
					    column_of(text, place + length),
					    "unexpected '%s' after the unit",
					    place + length);
		if (length > longest)
			longest = length;
	}
	return parse_refuse(error, column_of(text, place + longest),
			    "unknown unit '%s'; write %s", place,
			    set->accepted);
}

/* Finds the unit, which must be all that is left of the text. */
static int unit_parse(const char *text, const char *place,
		      const struct unit_set *set, const struct unit **unit,
		      struct parse_error *error)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (strcmp(place, set->units[i].name) == 0) {
			*unit = &set->units[i];
			return 0;
		}
	}
	return unit_refuse(text, place, set, error);
}

/* number * factor to the nearest whole; UINT64_MAX itself is kept for "max". */
static int number_scale(const struct number *number, uint64_t factor,
			uint64_t *value, struct parse_error *error)
{
	wide part = (wide)number->fraction * factor;
	wide result = (wide)number->whole * factor;

	result += (part + number->fraction_base / 2) / number->fraction_base;
	if (result >= UINT64_MAX)
		return parse_refuse(error, 1, "the value is too large");
	if (result == 0 && (number->whole != 0 || number->fraction != 0))
		return parse_refuse(error, 1, "the value is too small");
	*value = (uint64_t)result;
	return 0;
}

static int quantity_parse(const char *text, const struct unit_set *set,
			  const struct unit **unit, uint64_t *value,
			  struct parse_error *error)
{
	struct number number = { 0 };
	int ret;

	ret = number_parse(text, set, &number, error);
	if (ret)
		return ret;
	ret = unit_parse(text, number.end, set, unit, error);
	if (ret)
		return ret;
	if (strcmp((*unit)->name, "tx/period") == 0 &&
	    number.fraction_base != 1)
		return parse_refuse(error, 1,
				    "transactions per period must be a whole number");
	return number_scale(&number, (*unit)->factor, value, error);
}

int rate_parse(const char *text, struct rate *rate, struct parse_error *error)
{
	const struct unit *unit;
	struct rate result;
	int ret;

	if (strcmp(text, "max") == 0) {
		*rate = (struct rate){ RATE_MAX, UINT64_MAX };
		return 0;
	}
	ret = quantity_parse(text, &rate_set, &unit, &result.value, error);
	if (ret)
		return ret;
	if (strcmp(unit->name, "tx/period") == 0)
		result.kind = RATE_TRANSACTIONS;
	else if (strcmp(unit->name, "%") == 0)
		result.kind = RATE_PERCENT;
	else
		result.kind = RATE_BYTES;
	*rate = result;
	return 0;
}

static int resolve_transactions(uint64_t count, const struct rate_base *base,
				uint64_t *bytes_per_s,
				struct parse_error *error)
{
	wide per_s;

	if (base->line_bytes == 0 || base->period_ns == 0)
		return parse_refuse(error, 1,
				    "tx/period needs a period and a line size, "
				    "and they are not known");
	/* Below 2^64 * 2^32 * 2^30: line sizes are small. */
	per_s = (wide)count * (uint32_t)base->line_bytes * 1000000000u;
	per_s = (per_s + base->period_ns / 2) / base->period_ns;
	if (per_s >= UINT64_MAX)
		return parse_refuse(error, 1, "the value is too large");
	*bytes_per_s = (uint64_t)per_s;
	return 0;
}

static int resolve_percent(uint64_t ppm, const struct rate_base *base,
			   uint64_t *bytes_per_s, struct parse_error *error)
{
	wide part;

	if (base->peak_bytes_per_s == 0)
		return parse_refuse(error, 1,
				    "%% needs a calibrated peak bandwidth, "
				    "and this machine has none; give a rate");
	if (ppm > 1000000)
		return parse_refuse(error, 1, "at most 100%% can be asked for");
	part = ((wide)base->peak_bytes_per_s * ppm + 500000) / 1000000;
	*bytes_per_s = part == 0 && ppm ? 1 : (uint64_t)part;
	return 0;
}

int rate_resolve(const struct rate *rate, const struct rate_base *base,
		 uint64_t *bytes_per_s, struct parse_error *error)
{
	switch (rate->kind) {
	case RATE_TRANSACTIONS:
		return resolve_transactions(rate->value, base, bytes_per_s,
					    error);
	case RATE_PERCENT:
		return resolve_percent(rate->value, base, bytes_per_s, error);
	case RATE_BYTES:
	case RATE_MAX:
	default:
		*bytes_per_s = rate->value;
		return 0;
	}
}

int time_parse(const char *text, uint64_t *time_ns, struct parse_error *error)
{
	const struct unit *unit;

	return quantity_parse(text, &time_set, &unit, time_ns, error);
}

int size_parse(const char *text, uint64_t *size_bytes,
	       struct parse_error *error)
{
	const struct unit *unit;

	return quantity_parse(text, &size_set, &unit, size_bytes, error);
}

static int cpu_parse(const char *text, const char **place, uint64_t *cpu,
		     struct parse_error *error)
{
	const char *start = *place;
	int ret;

	if (!is_digit(*start))
		return parse_refuse(error, column_of(text, start),
				    "a CPU number is expected, as in 0,2-5");
	ret = digits_parse(text, place, cpu, error);
	if (ret)
		return ret;
	if (*cpu >= CPU_COUNT)
		return parse_refuse(error, column_of(text, start),
				    "CPU %llu is out of range; 0 to %d are allowed",
				    (unsigned long long)*cpu, CPU_COUNT - 1);
	return 0;
}

/* One CPU or one range, added to the mask. */
static int cpu_range_parse(const char *text, const char **place, uint64_t *mask,
			   struct parse_error *error)
{
	const char *start = *place;
	uint64_t first, last, range;
	int ret;

	ret = cpu_parse(text, place, &first, error);
	if (ret)
		return ret;
	last = first;
	if (**place == '-') {
		++*place;
		ret = cpu_parse(text, place, &last, error);
		if (ret)
			return ret;
	}
	if (last < first)
		return parse_refuse(error, column_of(text, start),
				    "the range must ascend");
	range = (UINT64_MAX >> (CPU_COUNT - 1 - (last - first))) << first;
	if (*mask & range)
		return parse_refuse(error, column_of(text, start),
				    "a CPU is named twice");
	*mask |= range;
	return 0;
}

int cpu_list_parse(const char *text, uint64_t *cpus, struct parse_error *error)
{
	const char *place = text;
	uint64_t mask = 0;
	int ret;

	for (;;) {
		ret = cpu_range_parse(text, &place, &mask, error);
		if (ret)
			return ret;
		if (*place == '\0')
			break;
		if (*place != ',')
			return parse_refuse(error, column_of(text, place),
					    "unexpected '%s'; ranges are separated "
					    "by commas, as in 0,2-5", place);
		place++;
	}
	*cpus = mask;
	return 0;
}

int count_parse(const char *text, uint64_t least, uint64_t *count,
		struct parse_error *error)
{
	const char *place = text;
	uint64_t value = 0;
	int ret;

	if (*text == '-')
		return parse_refuse(error, 1, "must not be negative");
	if (!is_digit(*text))
		return parse_refuse(error, 1, "a whole number is expected");
	ret = digits_parse(text, &place, &value, error);
	if (ret)
		return ret;
	if (*place != '\0')
		return parse_refuse(error, column_of(text, place),
				    "unexpected '%s' after the number", place);
	if (value < least)
		return parse_refuse(error, 1, "must be at least %llu",
				    (unsigned long long)least);
	*count = value;
	return 0;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int address_parse(const char *text, uint64_t *address,
		  struct parse_error *error)
{
	const char *digit = text + 2;
	uint64_t value = 0;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return count_parse(text, 0, address, error);
	if (hex_digit(*digit) < 0)
		return parse_refuse(error, 3,
				    "a hexadecimal digit must follow 0x");
	for (; hex_digit(*digit) >= 0; digit++) {
		if (value >> 60)
			return parse_refuse(error, 1,
					    "the number is too large");
		value = value << 4 | (uint64_t)hex_digit(*digit);
	}
	if (*digit != '\0')
		return parse_refuse(error, column_of(text, digit),
				    "unexpected '%s' after the number", digit);
	*address = value;
	return 0;
}
