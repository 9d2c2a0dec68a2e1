/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking over: all CPUs enter together, or none stays. */
#include "hv/setup.h"

#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/coloring.h"
#include "hv/config-check.h"
#include "hv/console.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "hv/paging.h"
#include "hv/partition.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/recolor.h"
#include "hv/regulation.h"
#include "hv/relocate.h"
#include "hv/spinlock.h"
#include "hv/string.h"
#include "hv/wait.h"

#define SETUP_PATIENCE_MS	20000

#define OUTCOME_OPEN		0
#define OUTCOME_ACTIVE		1	/* negative: the error */

const struct system_desc *system_config;
size_t system_config_size;

/*
 * One word decides: whoever sets the outcome first has settled it for all, so
 * that no CPU goes on while another one gives up.
 */
static struct {
	uint32_t entered;	/* CPUs that came in */
	uint32_t prepared;	/* 1 when the global part is done */
	uint32_t ready;		/* CPUs whose own part is done */
	int32_t outcome;
	bool has_master;
	struct spinlock serial;
} setup;

static int32_t outcome(void)
{
	return __atomic_load_n(&setup.outcome, __ATOMIC_ACQUIRE);
}

/* Returns what was settled, by this call or before it. */
static int32_t settle(int32_t value)
{
	int32_t open = OUTCOME_OPEN;

	if (__atomic_compare_exchange_n(&setup.outcome, &open, value, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return value;
	return open;
}

static int setup_fail(int error, const struct reason *reason)
{
	int32_t settled = OUTCOME_OPEN;

	if (__atomic_compare_exchange_n(&setup.outcome, &settled, error, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		hv_snprintf(image_header.reason,
			    sizeof(image_header.reason), "%s", reason->text);
		printk("setup failed: %s\n", reason->text);
		settled = error;
	}
	return settled;
}

/* Until `*word` is `value`: 0, or the error that was settled meanwhile. */
static int setup_wait(const uint32_t *word, uint32_t value, const char *what)
{
	struct wait wait = wait_begin_ms(SETUP_PATIENCE_MS);

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) {
		struct reason reason;

		if (outcome() < 0)
			return outcome();
		if (wait_turn(&wait))
			continue;
		return setup_fail(refuse(&reason, -ETIMEDOUT,
					 "waited %u ms for %s, %u of %u there",
					 SETUP_PATIENCE_MS, what,
					 __atomic_load_n(word, __ATOMIC_RELAXED),
					 value),
				  &reason);
	}
	return 0;
}

static uint64_t config_offset(void)
{
	return image_header.core_size +
	       image_header.max_cpus * image_header.percpu_size;
}

/* The configuration as the driver has placed it, and whether it fits. */
static int find_config(struct reason *reason)
{
	const uint8_t *base = arch_hv_base();
	const struct system_desc *system = (const void *)(base + config_offset());
	size_t size = (size_t)image_header.config_size;
	int error;

	error = config_check_system(system, size, arch_config(), reason);
	if (error)
		return error;
	if (system->hypervisor_memory.phys_start != image_header.image_phys)
		return refuse(reason, -EINVAL,
			      "hypervisor is at 0x%llx, its memory starts at 0x%llx",
			      (unsigned long long)image_header.image_phys,
			      (unsigned long long)
				      system->hypervisor_memory.phys_start);
	if (system->hypervisor_memory.size <= config_offset() + size)
		return refuse(reason, -ENOMEM,
			      "hypervisor memory of 0x%llx bytes is too small, 0x%llx are in use",
			      (unsigned long long)system->hypervisor_memory.size,
			      (unsigned long long)(config_offset() + size));
	system_config = system;
	system_config_size = size;
	return 0;
}

static int init_memory(struct reason *reason)
{
	uint64_t size = system_config->hypervisor_memory.size;
	uint64_t used = page_round_up(config_offset() + system_config_size);

	hv_memory_init(hpa(image_header.image_phys), size);
	page_pool_init((uint8_t *)arch_hv_base() + used,
		       (size_t)((size - used) / PAGE_BYTES));
	if (hv_remap_init() < 0)
		return refuse(reason, -ENOMEM,
			      "hypervisor memory of 0x%llx bytes is too small",
			      (unsigned long long)size);
	return 0;
}

static int init_clock(struct reason *reason)
{
	const struct weir_record *record;
	struct config_view view;
	int error;

	system_view(&view);
	record = config_record(&view, WEIR_RECORD_MEMSYS, 0);
	if (!record)
		return 0;
	error = memsys_init((const void *)record);
	if (error)
		return refuse(reason, error,
			      "the memory-system page does not answer (error %d)",
			      error);
	return 0;
}

static int init_machine(struct reason *reason)
{
	int error = arch_init_early();

	if (error)
		return refuse(reason, error,
			      "this machine does not suit (error %d, see the console)",
			      error);
	return 0;
}

/* As many CPUs came in as the root cell has, and the right ones. */
static int check_root_cpus(struct reason *reason)
{
	uint64_t cpus = cell_root()->cpus;
	uint64_t entered = 0;

	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		if (percpu_get(i))
			entered |= BIT(i);
	}
	if (entered != cpus)
		return refuse(reason, -EINVAL,
			      "CPUs online 0x%llx, the root cell's are 0x%llx: they must be the same",
			      (unsigned long long)entered,
			      (unsigned long long)cpus);
	return 0;
}

/* The global part: memory, console, devices, root cell. Master only. */
static int setup_prepare(struct reason *reason)
{
	int error = find_config(reason);

	if (!error)
		error = init_memory(reason);
	if (error)
		return error;
	console_init((void *)((uint8_t *)arch_hv_base() +
			      image_header.console_ring));
	error = console_uart_init(&system_config->debug_console);
	printk("Weir %.31s: %u CPUs, %llu KiB at 0x%llx%s\n",
	       image_header.version, image_header.online_cpus,
	       (unsigned long long)system_config->hypervisor_memory.size / 1024,
	       (unsigned long long)image_header.image_phys,
	       error ? ", no debug UART" : "");
	error = init_clock(reason);
	if (!error)
		error = coloring_init(reason);
	if (!error)
		error = relocate_prepare(reason);
	if (!error)
		error = init_machine(reason);
	if (!error && regulation_init() < 0)
		error = refuse(reason, -EIO, "regulation cannot be set up");
	if (!error) {
		partition_init();
		error = cell_root_init(reason);
	}
	return error ? error : check_root_cpus(reason);
}

static int prepare_or_wait(bool master)
{
	struct reason reason = { "" };
	int error;

	if (!master)
		return setup_wait(&setup.prepared, 1, "the first CPU");
	error = setup_prepare(&reason);
	if (error)
		return setup_fail(error, &reason);
	__atomic_store_n(&setup.prepared, 1, __ATOMIC_RELEASE);
	return 0;
}

/* This CPU's own part; `*started` tells whether there is something to undo. */
static int setup_cpu(struct per_cpu *cpu, bool *started)
{
	struct reason reason;
	int error = 0;

	spin_lock(&setup.serial);
	if (outcome() == OUTCOME_OPEN) {
		*started = true;
		error = arch_cpu_init(cpu);
		if (!error)
			partition_cpu_init(cpu);
	}
	spin_unlock(&setup.serial);
	if (error)
		return setup_fail(refuse(&reason, error,
					 "CPU %u cannot be set up (error %d, see the console)",
					 cpu->id, error),
				  &reason);
	__atomic_fetch_add(&setup.ready, 1, __ATOMIC_ACQ_REL);
	return setup_wait(&setup.ready, image_header.online_cpus, "all CPUs");
}

static int setup_finish(bool master)
{
	struct wait wait = wait_begin_ms(SETUP_PATIENCE_MS);
	struct reason reason;
	int error;

	if (master) {
		error = arch_init_late();
		if (error)
			return setup_fail(refuse(&reason, error,
						 "the root cell cannot be set up (error %d)",
						 error),
					  &reason);
		error = recolor_enter(&reason);
		if (error)
			return setup_fail(error, &reason);
		error = relocate_map(&reason);
		if (error) {
			recolor_leave();
			return setup_fail(error, &reason);
		}
		error = settle(OUTCOME_ACTIVE);
		if (error != OUTCOME_ACTIVE)
			recolor_leave();
		return error;
	}
	while (outcome() == OUTCOME_OPEN) {
		if (!wait_turn(&wait))
			return setup_fail(refuse(&reason, -ETIMEDOUT,
						 "waited %u ms for the first CPU",
						 SETUP_PATIENCE_MS),
					  &reason);
	}
	return outcome();
}

static void setup_activate(struct per_cpu *cpu)
{
	cpu->active = true;
	memsys_cpu_start(cpu);
	partition_cpu_apply(cpu);
	regulation_cpu_reset(cpu);
	cpu_handle_events(cpu);
	arch_cpu_activate(cpu);
}

static unsigned int cpu_number(const struct per_cpu *cpu)
{
	uint64_t areas = (uintptr_t)arch_hv_base() + image_header.core_size;

	return (unsigned int)(((uintptr_t)cpu - areas) /
			      image_header.percpu_size);
}

int setup_enter(struct per_cpu *cpu)
{
	bool started = false;
	bool master;
	int error;

	cpu->id = cpu_number(cpu);
	cpu->entered = true;
	tick_cpu_init(&cpu->tick);
	master = !__atomic_test_and_set(&setup.has_master, __ATOMIC_ACQ_REL);
	__atomic_fetch_add(&setup.entered, 1, __ATOMIC_ACQ_REL);
	error = setup_wait(&setup.entered, image_header.online_cpus,
			   "all CPUs to enter");
	if (!error)
		error = prepare_or_wait(master);
	if (!error)
		error = setup_cpu(cpu, &started);
	if (!error)
		error = setup_finish(master);
	if (error == OUTCOME_ACTIVE) {
		relocate_cpu(cpu, master);
		setup_activate(cpu);
	}
	if (started)
		arch_cpu_restore(cpu);
	if (master)
		memsys_exit();
	return error;
}
