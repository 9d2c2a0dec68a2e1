/* SPDX-License-Identifier: GPL-2.0-only */
/* A session as CSV, JSON and SVG. */
#ifndef PROFILE_EXPORT_H
#define PROFILE_EXPORT_H

#include <jansson.h>

#include "series.h"

struct export_request {
	const struct session *session;
	uint64_t sources;		/* bit mask */
	uint64_t window_cycles;		/* of bandwidth over time */
	uint64_t envelope_cycles;	/* finest window of the envelope */
};

/* A window of its own for lengths the caller leaves open: at most a thousand. */
uint64_t export_window_default(const struct session *session);
uint64_t cycles_to_ns(const struct session *session, uint64_t cycles);
uint64_t ns_to_cycles(const struct session *session, uint64_t ns);

/* 0, -ENOMEM or -E2BIG (too many windows). */
int export_csv(const struct export_request *request, FILE *out, bool headings);
/* The document, a new reference. */
int export_json(const struct export_request *request, json_t **document);
int export_svg(const struct export_request *request, FILE *out,
	       const char *title);

#endif
