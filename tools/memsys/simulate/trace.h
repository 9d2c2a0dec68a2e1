/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recorded accesses: a text file, an access a line,
 *
 *   GAP ADDRESS r|w
 *
 * GAP is the time since the access before in ns, decimals allowed; ADDRESS is
 * physical, decimal or 0x and hexadecimal. '#' starts a comment.
 */
#ifndef SIMULATE_TRACE_H
#define SIMULATE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_access {
	uint64_t gap_ps;
	uint64_t line;
	bool store;
};

struct trace {
	struct trace_access *accesses;
	size_t accesses_count;
	size_t accesses_room;
};

#define TRACE_MAX_ACCESSES	(64u << 20)
#define TRACE_REASON_BYTES	192

/*
 * 0, or the negative errno with the reason in words, the line of the file
 * among them. Free in any case.
 */
int trace_load(struct trace *trace, const char *path, uint64_t line_bytes,
	       char reason[TRACE_REASON_BYTES]);
void trace_free(struct trace *trace);

#endif
