/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake machine as a whole: booting it, and acting as its guests. */
#include <pthread.h>
#include <setjmp.h>
#include <string.h>

#include "fake-internal.h"
#include "fake.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/coloring.h"
#include "hv/config-check.h"
#include "hv/console.h"
#include "hv/partition.h"
#include "hv/regulation.h"
#include "hv/relocate.h"
#include "hv/setup.h"

#define CORE_BYTES	0x10000ull
#define RING_OFFSET	0x1000ull

struct image_header image_header;

static bool threads;
static _Thread_local jmp_buf back;

bool fake_threads(void)
{
	return threads;
}

void fake_activated(struct per_cpu *cpu)
{
	(void)cpu;
	longjmp(back, 1);
}

void fake_system_desc(struct system_desc *system)
{
	memcpy(system->signature, CONFIG_SYSTEM_SIGNATURE,
	       CONFIG_SIGNATURE_BYTES);
	system->architecture = CONFIG_ARCH_ARM64;
	system->revision = CONFIG_REVISION;
	system->hypervisor_memory.phys_start = FAKE_HV_START;
	system->hypervisor_memory.size = FAKE_HV_BYTES;
	system->platform.arm = (struct platform_arm){
		.maintenance_irq = 25, .gic_version = 3,
		.gicd_base = 0x08000000, .gicr_base = 0x080a0000,
	};
	memcpy(system->root_cell.name, "root", sizeof("root"));
}

void fake_cell_desc(struct cell_desc *cell, unsigned int id)
{
	memcpy(cell->signature, CONFIG_CELL_SIGNATURE, CONFIG_SIGNATURE_BYTES);
	cell->architecture = CONFIG_ARCH_ARM64;
	cell->revision = CONFIG_REVISION;
	cell->id = id;
}

/* What an earlier machine of this process left behind. */
static void forget_cells(void)
{
	for (unsigned int i = 0; i < HV_MAX_CELLS; i++) {
		if (cell_slot(i))
			cell_slot(i)->used = false;
	}
	/* Taken by a test that failed, or now. */
	management_begin(NULL);
	management_end();
}

void fake_machine(void)
{
	forget_cells();
	memset(&fake, 0, sizeof(fake));
	memset(fake_pmu, 0, sizeof(fake_pmu));
	fake.timer_ns = UINT64_MAX;
	fake_memory_init();
	memset(&image_header, 0, sizeof(image_header));
	image_header.core_size = CORE_BYTES;
	image_header.percpu_size = sizeof(struct per_cpu);
	image_header.console_ring = RING_OFFSET;
	image_header.image_phys = FAKE_HV_START;
	image_header.max_cpus = HV_MAX_CPUS;
	memcpy(image_header.version, "test", 5);
	fake_set_cpu(NULL);
}

/* Where the driver puts the configuration. */
static uint8_t *config_place(void)
{
	return (uint8_t *)arch_hv_base() + image_header.core_size +
	       image_header.max_cpus * image_header.percpu_size;
}

struct per_cpu *fake_cpu_area(unsigned int cpu)
{
	uint8_t *areas = (uint8_t *)arch_hv_base() + image_header.core_size;

	return (void *)(areas + cpu * image_header.percpu_size);
}

static uint64_t place_config(const void *config, size_t size)
{
	const struct system_desc *system = (const void *)config_place();
	struct config_view view;

	memcpy(config_place(), config, size);
	image_header.config_size = size;
	config_view_init(&view, &system->root_cell,
			 size - offsetof(struct system_desc, root_cell));
	image_header.online_cpus =
		(uint32_t)__builtin_popcountll(config_cpus(&view));
	return config_cpus(&view);
}

static void make_cpus(uint64_t cpus)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = fake_cpu_area(i);

		if (!(cpus >> i & 1))
			continue;
		cpu->id = i;
		cpu->entered = true;
		cpu->active = true;
		cpu->arch.in_guest = true;
		tick_cpu_init(&cpu->tick);
	}
}

int fake_boot(const void *config, size_t size)
{
	uint8_t *base = arch_hv_base();
	uint64_t used;
	int error = config_check_system(config, size, arch_config(), NULL);

	if (error)
		return error;
	make_cpus(place_config(config, size));
	fake_on_cpu(0);
	system_config = (const void *)config_place();
	system_config_size = size;
	used = page_round_up((uint64_t)(config_place() + size - base));
	hv_memory_init(hpa(FAKE_HV_START), FAKE_HV_BYTES);
	page_pool_init(base + used, (FAKE_HV_BYTES - used) / PAGE_BYTES);
	error = hv_remap_init();
	if (error)
		return error;
	console_init((void *)(base + RING_OFFSET));
	error = coloring_init(NULL);
	if (!error)
		error = relocate_prepare(NULL);
	if (!error)
		error = regulation_init();
	partition_init();
	return error ? error : cell_root_init(NULL);
}

void fake_on_cpu(unsigned int cpu)
{
	fake_set_cpu(fake_cpu_area(cpu));
}

void fake_settle(void)
{
	struct per_cpu *before = this_cpu();

	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = percpu_get(i);

		if (!cpu)
			continue;
		fake_set_cpu(cpu);
		cpu_take_events(cpu);
	}
	fake_set_cpu(before);
}

long fake_hypercall(unsigned int cpu, uint64_t number, uint64_t arg1,
		    uint64_t arg2)
{
	long result;

	fake_on_cpu(cpu);
	result = hypercall_handle(this_cpu(), number, arg1, arg2);
	fake_settle();
	return result;
}

/* One CPU of several threads: in, and back when the guest would run. */
static void *enter(void *argument)
{
	struct fake_entry *entry = argument;

	fake_on_cpu(entry->cpu);
	if (setjmp(back))
		entry->result = 0;
	else if (entry->leave)
		entry->result = (int)hypercall_handle(this_cpu(), HC_DISABLE,
						      0, 0);
	else
		entry->result = setup_enter(this_cpu());
	return NULL;
}

static void run_threads(struct fake_entry *entries, unsigned int count)
{
	pthread_t thread[HV_MAX_CPUS];

	threads = true;
	for (unsigned int i = 0; i < count; i++)
		pthread_create(&thread[i], NULL, enter, &entries[i]);
	for (unsigned int i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
	threads = false;
}

void fake_enter(struct fake_entry *entries, unsigned int count)
{
	run_threads(entries, count);
}

void fake_place_config(const void *config, size_t size)
{
	place_config(config, size);
}
