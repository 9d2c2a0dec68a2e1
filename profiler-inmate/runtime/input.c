/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The input that the root cell put into shared memory. */
#include "abi/input.h"
#include "inmate.h"

const void *inmate_input(uint64_t *bytes)
{
	const volatile struct input_head *head = (const void *)(uintptr_t)
						 INMATE_SHARED_BASE;
	uint64_t shared_bytes = cmdline_bytes("shared", 8ull << 20);

	*bytes = head->bytes;
	if (head->magic != INPUT_MAGIC || !*bytes ||
	    shared_bytes < sizeof(*head) ||
	    *bytes > shared_bytes - sizeof(*head))
		return NULL;
	return (const void *)(uintptr_t)(INMATE_SHARED_BASE + sizeof(*head));
}
