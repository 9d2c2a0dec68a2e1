/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading recorded accesses. */
#include "trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP_MAX_NS	1e12
#define LINE_BYTES_MAX	256

static int append(struct trace *trace, const struct trace_access *access)
{
	if (trace->accesses_count == trace->accesses_room) {
		size_t room = trace->accesses_room ? 2 * trace->accesses_room :
						     4096;
		struct trace_access *grown;

		if (room > TRACE_MAX_ACCESSES)
			return -E2BIG;
		grown = realloc(trace->accesses, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		trace->accesses = grown;
		trace->accesses_room = room;
	}
	trace->accesses[trace->accesses_count++] = *access;
	return 0;
}

/* NULL, or what is wrong with the line. */
static const char *parse(char *text, uint64_t line_bytes,
			 struct trace_access *access)
{
	double gap_ns;
	char *end;

	gap_ns = strtod(text, &end);
	if (end == text || !(gap_ns >= 0) || gap_ns > GAP_MAX_NS)
		return "no time in ns";
	access->gap_ps = (uint64_t)(gap_ns * 1000 + 0.5);
	text = end + strspn(end, " \t");
	if (*text < '0' || *text > '9')
		return "no address";
	errno = 0;
	access->line = strtoull(text, &end, 0) / line_bytes;
	if (errno || access->line >> 48)
		return "the address is too large";
	text = end + strspn(end, " \t");
	if (end == text || (*text != 'r' && *text != 'w'))
		return "neither r nor w";
	access->store = *text == 'w';
	return text[1 + strspn(text + 1, " \t\r\n")] ? "text behind it" : NULL;
}

static int read_lines(struct trace *trace, FILE *stream, uint64_t line_bytes,
		      char reason[TRACE_REASON_BYTES])
{
	char text[LINE_BYTES_MAX];
	unsigned int number = 0;
	int err = 0;

	while (!err && fgets(text, sizeof(text), stream)) {
		struct trace_access access;
		const char *wrong;

		number++;
		text[strcspn(text, "#")] = '\0';
		if (!text[strspn(text, " \t\r\n")])
			continue;
		wrong = parse(text, line_bytes, &access);
		err = wrong ? -EINVAL : append(trace, &access);
		if (err)
			snprintf(reason, TRACE_REASON_BYTES, "line %u: %s",
				 number, wrong ? wrong : strerror(-err));
	}
	if (!err && !trace->accesses_count) {
		snprintf(reason, TRACE_REASON_BYTES, "no access in it");
		err = -EINVAL;
	}
	return err;
}

int trace_load(struct trace *trace, const char *path, uint64_t line_bytes,
	       char reason[TRACE_REASON_BYTES])
{
	FILE *stream = fopen(path, "r");
	int err;

	*trace = (struct trace){ 0 };
	if (!stream) {
		err = -errno;
		snprintf(reason, TRACE_REASON_BYTES, "%s", strerror(errno));
		return err;
	}
	err = read_lines(trace, stream, line_bytes, reason);
	fclose(stream);
	return err;
}

void trace_free(struct trace *trace)
{
	free(trace->accesses);
	*trace = (struct trace){ 0 };
}
