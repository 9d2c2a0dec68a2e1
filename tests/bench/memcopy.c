// SPDX-License-Identifier: GPL-2.0-only
/*
 * memcopy [MIB]: copies so many MiB with memcpy(), 32 at a time, and prints on
 * standard output how many bytes in how many ns of the hypervisor's clock.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/libreg/reg.h"

#define BUFFER_BYTES	(32u << 20)

static uint64_t now_ns(struct reg_device *device)
{
	const struct weir_cell_id root = { 0 };
	struct reg_status status;

	if (reg_get(device, &root, &status)) {
		fprintf(stderr, "memcopy: %s\n", reg_last_error(device)->text);
		exit(1);
	}
	return status.now_ns;
}

int main(int argc, char **argv)
{
	const struct reg_options options = { 0 };
	uint64_t bytes = (argc > 1 ? strtoull(argv[1], NULL, 10) : 128) << 20;
	char *from = malloc(BUFFER_BYTES), *to = malloc(BUFFER_BYTES);
	struct reg_device *device;
	uint64_t began_ns;

	if (!from || !to || reg_open(&device, &options))
		return 1;
	/* Linux finds the pages before, not meanwhile. */
	memset(from, 1, BUFFER_BYTES);
	memset(to, 2, BUFFER_BYTES);
	began_ns = now_ns(device);
	for (uint64_t done = 0; done < bytes; done += BUFFER_BYTES) {
		memcpy(to, from, BUFFER_BYTES);
		/* What nobody reads would not be copied. */
		__asm__ volatile("" : : "r"(to), "r"(from) : "memory");
	}
	printf("%" PRIu64 " %" PRIu64 "\n", bytes, now_ns(device) - began_ns);
	reg_close(device);
	return 0;
}
