/* SPDX-License-Identifier: GPL-2.0-only */
/* A booted fake machine for tests of cells and hypercalls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"

int cells_setup(void **state)
{
	struct blob_system system;

	(void)state;
	fake_machine();
	blob_system_init(&system);
	return fake_boot(&system, sizeof(system));
}

long cells_create(const void *blob, size_t size)
{
	memset(fake_ram(CONFIG_GPA), 0, 0x11000);
	memcpy(fake_ram(CONFIG_GPA), blob, size);
	return fake_hypercall(0, HC_CELL_CREATE, CONFIG_GPA, 0);
}

struct cell *cells_make(unsigned int id)
{
	struct blob_cell blob;
	long error;

	blob_cell_init(&blob, id);
	error = cells_create(&blob, sizeof(blob));
	if (error)
		fail_msg("create: %ld: %s", error, cells_last_reason());
	return cell_by_id(id);
}

struct cell *cells_make_running(unsigned int id)
{
	struct cell *cell = cells_make(id);

	assert_int_equal(fake_hypercall(0, HC_CELL_START, id, 0), 0);
	return cell;
}

const char *cells_last_reason(void)
{
	struct reason_report *report = fake_ram(BUFFER_GPA);

	memset(report, 0, sizeof(*report));
	report->size = sizeof(*report);
	assert_int_equal(fake_hypercall(0, WEIR_HC_LAST_REASON, BUFFER_GPA, 0),
			 0);
	return report->text;
}

void cells_expect(long result, long error, const char *words)
{
	const char *text = cells_last_reason();

	if (result != error || !strstr(text, words))
		fail_msg("wanted %ld with \"%s\", found %ld: \"%s\"", error,
			 words, result, text);
}

long cells_ask_root_colors(uint64_t colors)
{
	struct color_request *request = fake_ram(BUFFER_GPA);

	memset(request, 0, sizeof(*request));
	request->size = sizeof(*request);
	request->flags = COLOR_REQUEST_CHECK;
	request->colors[0] = colors;
	return fake_hypercall(0, WEIR_HC_COLORS_SET, BUFFER_GPA, 0);
}

bool memory_is(uint64_t start, uint64_t size, uint8_t value)
{
	const uint8_t *bytes = fake_ram(start);

	for (uint64_t i = 0; i < size; i++) {
		if (bytes[i] != value)
			return false;
	}
	return true;
}

void memory_fill(uint64_t start, uint64_t size, uint8_t value)
{
	memset(fake_ram(start), value, size);
}
