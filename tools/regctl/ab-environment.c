// SPDX-License-Identifier: GPL-2.0-only
/* What a comparison ran on, as far as the machine tells. */
#include "ab.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "abi/hypercall.h"
#include "profiler-inmate/workloads/workload.h"

#define PATH_BYTES	512
#define FILE_MAX_BYTES	(64u << 20)

static const struct {
	const char *key;
	const char *path;
} files[] = {
	{ "kernel_build", "/proc/sys/kernel/version" },
	{ "kernel_command_line", "/proc/cmdline" },
	{ "board", "/proc/device-tree/model" },
	{ "product", "/sys/class/dmi/id/product_name" },
	{ "clock_source",
	  "/sys/devices/system/clocksource/clocksource0/current_clocksource" },
	{ "frequency_governor",
	  "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor" },
	{ "frequency_khz", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq" },
	{ "frequency_max_khz",
	  "/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq" },
	{ "turbo_off", "/sys/devices/system/cpu/intel_pstate/no_turbo" },
	{ "boost", "/sys/devices/system/cpu/cpufreq/boost" },
	{ "smt", "/sys/devices/system/cpu/smt/control" },
};

/* The first line of a file, if there is one. */
static void line_add(json_t *environment, const char *key, const char *path)
{
	char line[1024] = "";
	FILE *file = fopen(path, "r");

	if (!file)
		return;
	if (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		json_object_set_new(environment, key, json_string(line));
	}
	fclose(file);
}

/* What the kernel says of its first CPU: the name on x86, numbers on arm64. */
static void cpu_add(json_t *environment)
{
	static const char *const names[] = { "model name", "CPU implementer",
					     "CPU part", "microcode" };
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[1024];

	while (file && fgets(line, sizeof(line), file) && *line != '\n') {
		char *value = strstr(line, ": ");

		line[strcspn(line, "\n")] = '\0';
		line[strcspn(line, "\t:")] = '\0';
		for (size_t n = 0; value && n < 4; n++)
			if (!strcmp(line, names[n]))
				json_object_set_new(environment, names[n],
						    json_string(value + 2));
	}
	if (file)
		fclose(file);
}

static void hash_add(json_t *environment, const char *key, const void *data,
		     size_t size)
{
	uint8_t digest[SHA3_512_BYTES];
	char hex[2 * SHA3_512_BYTES + 1];

	sha3_512(digest, data, size);
	for (size_t n = 0; n < sizeof(digest); n++)
		snprintf(&hex[2 * n], 3, "%02x", digest[n]);
	json_object_set_new(environment, key, json_string(hex));
}

/* Of a file, where it can be read. */
static void file_hash_add(json_t *environment, const char *key, const char *path)
{
	FILE *file = fopen(path, "rb");
	char *data = malloc(FILE_MAX_BYTES);
	size_t size = file && data ? fread(data, 1, FILE_MAX_BYTES, file) : 0;

	if (size)
		hash_add(environment, key, data, size);
	free(data);
	if (file)
		fclose(file);
}

/* What runs in a cell: its image, and the configuration it was created from. */
static void program_add(json_t *environment, const struct app *app,
			const char *sysfs, const struct scenario_program *program)
{
	json_t *images = json_object_get(environment, "images_sha3_512");
	json_t *cells = json_object_get(environment, "cells_sha3_512");
	struct reg_cell_info info;
	struct weir_cell_id cell;
	char path[PATH_BYTES];

	if (!program->in_cell)
		return;
	file_hash_add(images, program->image, program->image);
	if (reg_cell_id(app->device, program->cell, &cell) ||
	    reg_cell_find(app->device, &cell, &info))
		return;
	snprintf(path, sizeof(path), "%s/cells/%u/configuration", sysfs,
		 info.id);
	file_hash_add(cells, program->cell, path);
}

static void programs_add(json_t *environment, const struct app *app,
			 const struct scenario *scenario, const char *sysfs)
{
	json_object_set_new(environment, "cells_sha3_512", json_object());
	json_object_set_new(environment, "images_sha3_512", json_object());
	for (unsigned int n = 0; n < scenario->arms_count; n++)
		program_add(environment, app, sysfs,
			    scenario_victim(scenario, n));
	for (unsigned int n = 0; n < scenario->loads_count; n++)
		program_add(environment, app, sysfs, &scenario->load[n]);
}

static void cells_add(json_t *environment, const struct app *app,
		      const struct scenario *scenario)
{
	const char *sysfs = app->sysfs_path ? app->sysfs_path : WEIR_SYSFS;
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/version", sysfs);
	line_add(environment, "weir", path);
	snprintf(path, sizeof(path), "%s/cells/0/name", sysfs);
	line_add(environment, "system_configuration", path);
	snprintf(path, sizeof(path), "%s/cells/0/configuration", sysfs);
	file_hash_add(environment, "system_configuration_sha3_512", path);
	if (*scenario->input)
		file_hash_add(environment, "input_sha3_512", scenario->input);
	programs_add(environment, app, scenario, sysfs);
}

/* What a machine does not tell is listed too. */
static void machine_add(json_t *environment)
{
	json_t *untold = json_array();

	cpu_add(environment);
	for (size_t n = 0; n < sizeof(files) / sizeof(*files); n++) {
		line_add(environment, files[n].key, files[n].path);
		if (!json_object_get(environment, files[n].key))
			json_array_append_new(untold, json_string(files[n].key));
	}
	json_object_set_new(environment, "not_told", untold);
}

json_t *ab_environment(const struct app *app, const struct scenario *scenario,
		       const char *text)
{
	struct utsname name;
	json_t *environment;

	uname(&name);
	environment = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:i}", "system",
				name.sysname, "kernel", name.release, "machine",
				name.machine, "cpus",
				(json_int_t)sysconf(_SC_NPROCESSORS_CONF),
				"cpus_of_linux",
				(json_int_t)sysconf(_SC_NPROCESSORS_ONLN),
				"seed", (json_int_t)scenario->seed,
				"abi_revision", WEIR_ABI_REVISION);
	hash_add(environment, "scenario_sha3_512", text, strlen(text));
	cells_add(environment, app, scenario);
	machine_add(environment);
	return environment;
}

const char *ab_environment_changed(json_t *before, json_t *now)
{
	const char *key;
	json_t *value;

	json_object_foreach(now, key, value) {
		/* It moves by itself. */
		if (!strcmp(key, "frequency_khz"))
			continue;
		if (!json_equal(json_object_get(before, key), value))
			return key;
	}
	return NULL;
}
