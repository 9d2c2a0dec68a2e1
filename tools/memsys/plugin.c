// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory-system plugin: feeds the model with what QEMU executes.
 *
 * Options (README.md explains them): ram=FILE base=ADDR page=ADDR machine=FILE
 * insn_ps=N on=0|1 banks=0|1 observer=FILE window=CYCLES, and of the check of
 * colors: check=FILE colors=N owners=CPUS:COLORS/... span=ADDR span_bytes=N
 * exempt=ADDR exempt_bytes=N shared=ADDR shared_bytes=N shared_colors=N. Of who owns
 * colors: ownership=FILE colors=N table=WHO:COLORS/... other=TABLE hypervisor=ADDR
 * memory=ADDR memory_bytes=N.
 */
#include "plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern const char default_machine_text[];
extern const char default_machine_end[];

struct plugin plugin;
int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

struct options {
	const char *ram;
	const char *machine;
	const char *observer;
	const char *check;
	const char *owners;
	const char *ownership;
	const char *table;
	const char *other;
	uint64_t hypervisor;
	struct color_owners_range memory;
	struct color_check_range span;
	struct color_check_range exempt;
	struct color_check_range shared;
	uint64_t shared_colors;
	uint64_t colors;
	uint64_t base;
	uint64_t page;
	uint64_t insn_ps;
	uint64_t window_cycles;
	uint64_t on;
	uint64_t banks;
};

static void complain(const char *format, va_list arguments)
{
	fputs("memsys: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

/* For install, which reports failure to QEMU. */
__attribute__((format(printf, 1, 2)))
static int refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(format, arguments);
	va_end(arguments);
	return -1;
}

void plugin_fatal(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(format, arguments);
	va_end(arguments);
	_exit(1);
}

/* ------------------------------------------------------------- options */

static int parse_number(const char *name, const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || errno)
		return refuse("%s: '%s' is not a number", name, text);
	return 0;
}

static int parse_option(struct options *options, const char *name,
			const char *value)
{
	const struct {
		const char *name;
		const char **text;
		uint64_t *number;
	} known[] = {
		{ "ram", &options->ram, NULL },
		{ "machine", &options->machine, NULL },
		{ "observer", &options->observer, NULL },
		{ "check", &options->check, NULL },
		{ "owners", &options->owners, NULL },
		{ "ownership", &options->ownership, NULL },
		{ "table", &options->table, NULL },
		{ "other", &options->other, NULL },
		{ "hypervisor", NULL, &options->hypervisor },
		{ "memory", NULL, &options->memory.start },
		{ "memory_bytes", NULL, &options->memory.bytes },
		{ "colors", NULL, &options->colors },
		{ "span", NULL, &options->span.start },
		{ "span_bytes", NULL, &options->span.bytes },
		{ "exempt", NULL, &options->exempt.start },
		{ "exempt_bytes", NULL, &options->exempt.bytes },
		{ "shared", NULL, &options->shared.start },
		{ "shared_bytes", NULL, &options->shared.bytes },
		{ "shared_colors", NULL, &options->shared_colors },
		{ "base", NULL, &options->base },
		{ "page", NULL, &options->page },
		{ "insn_ps", NULL, &options->insn_ps },
		{ "window", NULL, &options->window_cycles },
		{ "on", NULL, &options->on },
		{ "banks", NULL, &options->banks },
	};

	for (size_t n = 0; n < sizeof(known) / sizeof(known[0]); n++) {
		if (strcmp(known[n].name, name))
			continue;
		if (known[n].number)
			return parse_number(name, value, known[n].number);
		*known[n].text = value;
		return 0;
	}
	return refuse("there is no option %s", name);
}

static int parse_options(struct options *options, int argc, char **argv)
{
	for (int n = 0; n < argc; n++) {
		char name[16] = "";
		const char *value = strchr(argv[n], '=');
		size_t length = value ? (size_t)(value - argv[n]) : 0;

		if (!length || length >= sizeof(name))
			return refuse("'%s' is not option=value", argv[n]);
		memcpy(name, argv[n], length);
		if (parse_option(options, name, value + 1))
			return -1;
	}
	if (!options->ram)
		return refuse("ram=FILE is missing: the file of the RAM backend");
	if (options->page % MEMSYS_PAGE_BYTES || options->page < options->base)
		return refuse("page=0x%llx is not a page of the RAM",
			      (unsigned long long)options->page);
	if (!options->window_cycles || options->on > 1 || options->banks > 1 ||
	    !options->insn_ps || options->insn_ps > UINT32_MAX)
		return refuse("window=, on=, banks= or insn_ps= is out of range");
	return 0;
}

/* --------------------------------------------------------------- set-up */

static int load_machine(const char *path, struct memsys_config *config)
{
	struct memsys_config_error error;
	int failed;

	if (path)
		failed = memsys_config_load(path, config, &error);
	else
		failed = memsys_config_parse(
			default_machine_text,
			(size_t)(default_machine_end - default_machine_text),
			config, &error);
	if (!failed)
		return 0;
	if (error.line)
		return refuse("%s: line %u: %s", path ? path : "zcu102.conf",
			      error.line, error.reason);
	return refuse("%s: %s", path ? path : "zcu102.conf", error.reason);
}

static int limit_banks(const struct options *options,
		       struct memsys_config *config)
{
	if (options->banks && !memsys_config_has_banks(config))
		return refuse("the machine file says nothing of banks: banks=0 does without");
	config->limit_banks = options->banks;
	return 0;
}

/* The page is cleared: the file may be one of an earlier run. */
static int map_page(const struct options *options)
{
	uint64_t offset = options->page - options->base;
	int file = open(options->ram, O_RDWR | O_CLOEXEC);
	struct stat status;
	void *page;

	if (file < 0)
		return refuse("%s: %s", options->ram, strerror(errno));
	if (fstat(file, &status) ||
	    (uint64_t)status.st_size < offset + MEMSYS_PAGE_BYTES) {
		close(file);
		return refuse("%s does not reach the page at 0x%llx",
			      options->ram, (unsigned long long)options->page);
	}
	page = mmap(NULL, MEMSYS_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		    file, (off_t)offset);
	close(file);
	if (page == MAP_FAILED)
		return refuse("%s: %s", options->ram, strerror(errno));
	plugin.page = page;
	plugin.ram_phys = options->base;
	plugin.ram_bytes = (uint64_t)status.st_size;
	plugin.page_phys = options->page;
	memset(plugin.page, 0, sizeof(*plugin.page));
	return 0;
}

static int create_model(const struct options *options,
			const struct memsys_config *config)
{
	plugin.line_bytes = config->line_bytes;
	plugin.model = memsys_create(config, plugin.num_cpus);
	if (!plugin.model)
		return refuse("the model: %s", strerror(errno));
	memsys_attach(plugin.model, plugin.page);
	plugin.page->insn_ps = (uint32_t)options->insn_ps;
	if (!options->observer)
		return 0;
	plugin.observer = observer_create(options->observer,
					  config->line_bytes,
					  options->window_cycles,
					  plugin.num_cpus);
	if (!plugin.observer)
		return refuse("%s: %s", options->observer, strerror(errno));
	memsys_observe_with(plugin.model, observer_record, plugin.observer);
	return 0;
}

static int create_check(const struct options *options)
{
	if (!options->check)
		return 0;
	plugin.colors = color_check_create(options->check,
					   (unsigned int)options->colors,
					   &options->span, &options->exempt,
					   options->owners);
	if (!plugin.colors)
		return refuse("check=%s: %s", options->check, strerror(errno));
	color_check_share(plugin.colors, &options->shared,
			  options->shared_colors);
	return 0;
}

static int create_owners(const struct options *options)
{
	if (!options->ownership)
		return 0;
	plugin.hypervisor = options->hypervisor;
	plugin.owners = color_owners_create(options->ownership,
					    (unsigned int)options->colors,
					    &options->memory, options->table,
					    options->other);
	if (!plugin.owners)
		return refuse("ownership=%s: %s", options->ownership,
			      strerror(errno));
	return 0;
}

void plugin_exit(qemu_plugin_id_t id, void *unused)
{
	(void)id;
	(void)unused;
	plugin.running = false;
	if (plugin.observer && observer_close(plugin.observer))
		fputs("memsys: the observer's file is incomplete\n", stderr);
	plugin.observer = NULL;
	if (plugin.colors && color_check_close(plugin.colors))
		fputs("memsys: the file of the colors is incomplete\n", stderr);
	plugin.colors = NULL;
	if (plugin.owners && color_owners_close(plugin.owners))
		fputs("memsys: the file of the owners is incomplete\n", stderr);
	plugin.owners = NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	struct options options = {
		.base = 0x40000000,
		.page = 0x7ffff000,
		.insn_ps = 2000,
		.window_cycles = 24000,
		.banks = 1,
		.hypervisor = 0x80000000000,
	};
	struct memsys_config config;

	if (!info->system_emulation || strcmp(info->target_name, "aarch64"))
		return refuse("only qemu-system-aarch64 is supported");
	if (info->system.smp_vcpus < 1 ||
	    info->system.smp_vcpus > (int)MEMSYS_MAX_CPUS)
		return refuse("1 to %u CPUs are supported", MEMSYS_MAX_CPUS);
	plugin.id = id;
	plugin.num_cpus = (unsigned int)info->system.smp_vcpus;
	if (parse_options(&options, argc, argv) ||
	    load_machine(options.machine, &config))
		return -1;
	if (limit_banks(&options, &config))
		return -1;
	if (map_page(&options) || create_model(&options, &config) ||
	    create_check(&options) || create_owners(&options))
		return -1;
	plugin.always_on = options.on;
	if (plugin.always_on)
		hooks_start();
	hooks_install();
	return 0;
}
