/* SPDX-License-Identifier: GPL-2.0-only */
/* One line for a person: what was refused, where, and what is allowed. */
#ifndef HV_REASON_H
#define HV_REASON_H

#define REASON_BYTES	128

struct reason {
	char text[REASON_BYTES];	/* always NUL terminated */
};

/*
 * Writes the line and returns `error` (negative errno), so that a check can
 * `return refuse(reason, -EINVAL, "...")`. Understands %s %c %u %d %x %llu
 * %lld %llx and widths; truncates. `reason` may be NULL. Pure.
 */
int refuse(struct reason *reason, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
