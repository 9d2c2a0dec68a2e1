/* SPDX-License-Identifier: GPL-2.0-only */
/* A comparison in figures: each arm, and each arm against the first. */
#ifndef AB_SUMMARY_H
#define AB_SUMMARY_H

#include <jansson.h>

#include "compare.h"
#include "results.h"

struct arm_summary {
	double *times_ns;	/* sorted */
	struct description time_ns;
	unsigned int runs;
	const char *checksum;	/* of its jobs, in the results; NULL: none told */
	double slowdown;	/* medians, against the first arm */
	struct interval slowdown_95;
	double p_value;		/* -1: too few samples */
	double victim_bytes_per_s;
	double others_bytes_per_s;
	double others_throughput; /* against the first arm with as many loads and
				   * no settings; 0: there is none */
	double stalled_share;	/* of the others' CPU time */
};

struct ab_summary {
	const struct scenario *scenario;
	const struct ab_results *results;
	struct arm_summary arm[SCENARIO_ARMS_MAX];
};

/* 0 or -ENOMEM; arms without results have a count of 0. Free in any case. */
int summary_make(struct ab_summary *summary, const struct scenario *scenario,
		 const struct ab_results *results);
void summary_free(struct ab_summary *summary);

/* The document, with `environment` (its reference is taken) inside. */
json_t *summary_json(const struct ab_summary *summary, json_t *environment);
/* One self-contained page. */
void summary_html(const struct ab_summary *summary, const json_t *environment,
		  FILE *out);

#endif
