/* SPDX-License-Identifier: GPL-2.0-only */
/* The configurations that ship pass the validator, alone and together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hv/config-check.h"

struct blob {
	uint8_t bytes[CONFIG_MAX_BYTES];
	size_t size;
};

static const char *const systems[] = {
	"qemu-virt-gicv2",	 "qemu-virt-gicv3", "qemu-virt-model-gicv2",
	"qemu-virt-model",	 "qemu-virt-demo",  "qemu-virt-shell",
};

static const char *const cells[] = { "victim", "bomb", "jitter" };

static void blob_load(struct blob *blob, const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "build/configs/%s.cell", name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot open %s", path);
	blob->size = fread(blob->bytes, 1, sizeof(blob->bytes), file);
	fclose(file);
}

static void test_systems(void **state)
{
	struct reason reason;
	static struct blob blob;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(systems); i++) {
		blob_load(&blob, systems[i]);
		if (config_check_system(blob.bytes, blob.size,
					CONFIG_ARCH_ARM64, &reason))
			fail_msg("%s: %s", systems[i], reason.text);
	}
}

static void test_x86(void **state)
{
	static const char *const names[] = { "bochs-jitter", "bochs-hostile" };
	static struct blob system, blob;
	struct config_view view;
	struct reason reason;

	(void)state;
	blob_load(&system, "bochs");
	if (config_check_system(system.bytes, system.size, CONFIG_ARCH_X86,
				&reason))
		fail_msg("bochs: %s", reason.text);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		blob_load(&blob, names[i]);
		if (config_check_cell(blob.bytes, blob.size, CONFIG_ARCH_X86,
				      &reason))
			fail_msg("%s: %s", names[i], reason.text);
		config_view_init(&view, (const void *)blob.bytes, blob.size);
		if (config_check_together((const void *)system.bytes,
					  system.size, &view, NULL, 0, &reason))
			fail_msg("%s: %s", names[i], reason.text);
	}
}

static void test_cells_beside_each_other(void **state)
{
	static struct blob system, blob[ARRAY_COUNT(cells)];
	struct config_view view[ARRAY_COUNT(cells)];
	const struct config_view *others[1] = { &view[0] };
	struct reason reason;

	(void)state;
	blob_load(&system, "qemu-virt-model");
	for (size_t i = 0; i < ARRAY_COUNT(cells); i++) {
		blob_load(&blob[i], cells[i]);
		if (config_check_cell(blob[i].bytes, blob[i].size,
				      CONFIG_ARCH_ARM64, &reason))
			fail_msg("%s: %s", cells[i], reason.text);
		config_view_init(&view[i], (const void *)blob[i].bytes,
				 blob[i].size);
		if (config_check_together((const void *)system.bytes,
					  system.size, &view[i], others, i > 0,
					  &reason))
			fail_msg("%s: %s", cells[i], reason.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_systems),
		cmocka_unit_test(test_cells_beside_each_other),
		cmocka_unit_test(test_x86),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
