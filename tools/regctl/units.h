/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quantities as people write and read them.
 *
 * Values are exact: integers only, decimal fractions included. What does not
 * come out in whole base units (bytes per second, nanoseconds, bytes) is
 * rounded to the nearest one, halves up; a value above zero never becomes
 * zero. SI prefixes are powers of 1000 and IEC prefixes powers of 1024.
 *
 * Parsers are pure. They return 0, or -EINVAL with the place and the cause in
 * `error`, and leave the result alone in that case.
 */
#ifndef REGCTL_UNITS_H
#define REGCTL_UNITS_H

#include <stddef.h>
#include <stdint.h>

struct parse_error {
	unsigned int column;	/* 1 is the first character */
	char text[192];
};

/* Writes the error and returns -EINVAL. */
int parse_refuse(struct parse_error *error, unsigned int column,
		 const char *format, ...)
	__attribute__((format(printf, 3, 4)));

enum rate_kind {
	RATE_BYTES,		/* value: bytes per second */
	RATE_MAX,		/* no limit */
	RATE_TRANSACTIONS,	/* value: lines per period */
	RATE_PERCENT,		/* value: parts per million of the peak */
};

struct rate {
	enum rate_kind kind;
	uint64_t value;
};

/* What a relative rate refers to; 0 where it is not known. */
struct rate_base {
	uint64_t line_bytes;
	uint64_t period_ns;
	uint64_t peak_bytes_per_s; /* as calibrated on this machine */
};

/* NUMBER[.FRACTION](k|M|G|Ki|Mi|Gi)B/s, "max", Ntx/period, N[.F]% */
int rate_parse(const char *text, struct rate *rate, struct parse_error *error);

/* To bytes per second; UINT64_MAX is "max". Column 1 in errors. */
int rate_resolve(const struct rate *rate, const struct rate_base *base,
		 uint64_t *bytes_per_s, struct parse_error *error);

/* NUMBER[.FRACTION](ns|us|ms|s) */
int time_parse(const char *text, uint64_t *time_ns, struct parse_error *error);

/* NUMBER[.FRACTION](k|M|G|Ki|Mi|Gi)B */
int size_parse(const char *text, uint64_t *size_bytes,
	       struct parse_error *error);

/* "0,2-5": bit n is CPU n, below 64; no CPU twice, ranges ascending. */
int cpu_list_parse(const char *text, uint64_t *cpus,
		   struct parse_error *error);

/* A plain decimal number, at least `least`. */
int count_parse(const char *text, uint64_t least, uint64_t *count,
		struct parse_error *error);

/* An address: decimal, or hexadecimal with 0x. */
int address_parse(const char *text, uint64_t *address,
		  struct parse_error *error);

/* How rates and sizes are spelled. */
enum unit_style {
	UNIT_BOTH,		/* 200 MB/s (190.7 MiB/s) */
	UNIT_SI,		/* 200 MB/s */
	UNIT_IEC,		/* 190.735 MiB/s */
	UNIT_BYTES,		/* 200000000 */
};

/* Room for every formatted quantity, and for a list of 64 CPUs. */
#define QUANTITY_BYTES	192

/* Rounded to three decimals (one in the parenthesis); "max" for UINT64_MAX. */
void rate_format(char text[QUANTITY_BYTES], uint64_t bytes_per_s,
		 enum unit_style style);
void size_format(char text[QUANTITY_BYTES], uint64_t size_bytes,
		 enum unit_style style);
void time_format(char text[QUANTITY_BYTES], uint64_t time_ns);

/* effective - requested as a signed percentage; "exact" for none. */
void error_format(char text[QUANTITY_BYTES], uint64_t requested,
		  uint64_t effective);

/* "0,2-5"; the empty text for none. */
void cpu_list_format(char text[QUANTITY_BYTES], uint64_t cpus);

#endif
