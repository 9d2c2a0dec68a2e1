// SPDX-License-Identifier: GPL-2.0-only
/* Names of sources, for whoever reads a session: from a file, or from a profiler. */
#include "session.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* Printable, and with an end. No length of the C library's: tests/vmx has none. */
static bool is_name(const char *name)
{
	size_t at = 0;

	while (at < PROFILE_NAME_BYTES && name[at]) {
		if (name[at] < '!' || name[at] > '~')
			return false;
		at++;
	}
	return at && at < PROFILE_NAME_BYTES;
}

int session_names_check(const struct session_head *head)
{
	for (unsigned int n = 0; n < head->sources_count; n++) {
		if (!is_name(head->source[n].name))
			return -EINVAL;
	}
	return 0;
}
