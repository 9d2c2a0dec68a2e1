// SPDX-License-Identifier: GPL-2.0-only
/* Enabling and disabling with the driver's own launch code. */
#include "weir.h"

#include "hypervisor/driver/launch-x86.h"

static uint8_t tables[LAUNCH_TABLE_PAGES * PAGE_BYTES]
	__attribute__((aligned(4096)));
static struct launch launch;
static struct reason_report report;

static struct file option_file(const char *option_name, const char *usual)
{
	static char name[64];
	const char *wanted = option(option_name);
	size_t n = 0;

	if (!wanted)
		wanted = usual;
	for (; n + 1 < sizeof(name) && wanted[n] && wanted[n] != ' '; n++)
		name[n] = wanted[n];
	name[n] = '\0';
	return file_get(name);
}

struct file system_file(void)
{
	return option_file("system", "bochs.cell");
}

static struct image_header *header(void)
{
	return launch.memory;
}

struct file image_file(void)
{
	return option_file("image", "weir.bin");
}

/* What driver/enable.c does in memory_fill(). */
static int memory_fill(const struct system_desc *system, struct file image,
		       struct file config)
{
	struct image_header *head = launch.memory;
	uint32_t max_cpus = cpus_online();
	uint64_t offset;

	memset(launch.memory, 0, launch.memory_bytes);
	memcpy(launch.memory, image.data, image.bytes);
	if (memcmp(head->magic, IMAGE_MAGIC, sizeof(head->magic)) ||
	    head->revision != IMAGE_REVISION)
		return -EINVAL;
	offset = head->core_size + max_cpus * head->percpu_size;
	if (offset + config.bytes > launch.memory_bytes)
		return -ENOMEM;
	memcpy((char *)launch.memory + offset, config.data, config.bytes);
	head->image_phys = launch.memory_phys;
	head->max_cpus = max_cpus;
	head->online_cpus = cpus_online();
	head->config_size = config.bytes;
	head->x86_tsc_khz = system->platform.x86.tsc_khz;
	head->x86_apic_khz = system->platform.x86.apic_khz;
	return 0;
}

int weir_prepare(void)
{
	struct file config = system_file();
	const struct system_desc *system = config.data;
	int error;

	launch.memory_phys = system->hypervisor_memory.phys_start;
	launch.memory_bytes = system->hypervisor_memory.size;
	launch.memory = direct(launch.memory_phys);
	launch.tables = tables;
	launch.tables_phys = virt_to_phys(tables);
	launch.code_phys = virt_to_phys(launch_code);
	launch.apic = apic_is_x2apic() ? NULL : direct(APIC_PHYS);
	error = memory_fill(system, image_file(), config);
	return error ? error : launch_prepare(&launch);
}

static int enter_step(void *data)
{
	(void)data;
	return launch_cpu(&launch, cpu_this()->number);
}

int weir_enable(void)
{
	return cpus_call(enter_step, NULL);
}

const char *weir_reason(void)
{
	return header()->reason;
}

static int leave_step(void *data)
{
	(void)data;
	return (int)hypercall(HC_DISABLE, 0, 0);
}

int weir_disable(void)
{
	return cpus_call(leave_step, NULL);
}

long hypercall(uint32_t number, uint64_t arg1, uint64_t arg2)
{
	uint64_t result = number;

	__asm__ volatile("vmcall"
			 : "+a"(result) : "D"(arg1), "S"(arg2) : "memory");
	return (int)result;
}

const char *refusal(void)
{
	report = (struct reason_report){ .size = sizeof(report) };
	if (hypercall(WEIR_HC_LAST_REASON, virt_to_phys(&report), 0))
		return "(no reason to be had)";
	return report.text;
}

/* Online or offline, one after the other. */
static int cpus_move(uint64_t wanted, int (*move)(unsigned int number))
{
	int error = 0;

	for (unsigned int n = 0; n < CPUS_MAX && !error; n++)
		if (wanted >> n & 1)
			error = move(n);
	return error;
}

/* --- cells -------------------------------------------------------------- */

/* A copy with zeroes behind it: a configuration without a block needs them. */
static uint8_t config_copy[PAGE_BYTES] __attribute__((aligned(4096)));

static const struct cell_desc *cell_desc(const struct cell_files *files)
{
	return file_get(files->config).data;
}

uint32_t cell_id(const struct cell_files *files)
{
	return cell_desc(files)->id;
}

static uint64_t cell_cpus(const struct cell_files *files)
{
	return *(const uint64_t *)(const void *)(cell_desc(files) + 1);
}

static const struct memory_region *cell_ram(const struct cell_files *files)
{
	const struct cell_desc *desc = cell_desc(files);

	return (const void *)((const char *)(desc + 1) + desc->cpu_set_size);
}

/* The first region is loadable RAM at 0; the command line lies at 0x1000. */
static int cell_load(const struct cell_files *files)
{
	struct file image = file_get(files->image);
	char *ram = direct(cell_ram(files)->phys_start);
	int error;

	error = (int)hypercall(HC_CELL_SET_LOADABLE, cell_id(files), 0);
	if (error)
		return error;
	memcpy(ram, image.data, image.bytes);
	memcpy(ram + PAGE_BYTES, files->words, strnlen(files->words, 256) + 1);
	return (int)hypercall(HC_CELL_START, cell_id(files), 0);
}

int cell_begin(const struct cell_files *files)
{
	struct file config = file_get(files->config);
	int error;

	memset(config_copy, 0, sizeof(config_copy));
	memcpy(config_copy, config.data, config.bytes);
	error = cpus_move(cell_cpus(files), cpu_offline);
	if (!error)
		error = (int)hypercall(HC_CELL_CREATE,
				       virt_to_phys(config_copy), 0);
	return error ? error : cell_load(files);
}

int cell_restart(const struct cell_files *files)
{
	return cell_load(files);
}

int cell_end(const struct cell_files *files)
{
	int error = (int)hypercall(HC_CELL_DESTROY, cell_id(files), 0);

	return error ? error : cpus_move(cell_cpus(files), cpu_online);
}

bool weir_begin(void)
{
	const struct system_desc *system = system_file().data;
	const uint64_t *wanted = (const void *)(system + 1);
	int error = cpus_move(*wanted & ~1ull, cpu_online);

	if (!error)
		error = weir_prepare();
	if (!error)
		error = weir_enable();
	if (error)
		print("cannot begin: %d %s\n", error, weir_reason());
	return !error;
}
