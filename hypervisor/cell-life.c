/* SPDX-License-Identifier: GPL-2.0-only */
/* Create, start, set loadable, destroy. */
#include "cell-internal.h"
#include "hv/arch/cpu.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/pci.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/recolor.h"
#include "hv/regulation.h"
#include "hv/setup.h"
#include "hv/string.h"

static unsigned int pages_for(size_t bytes)
{
	return (unsigned int)(page_round_up(bytes) / PAGE_BYTES);
}

/*
 * Bytes of the configuration in guest memory: the descriptor says how long its
 * arrays are, a Weir block behind them how long it is. What it says is only
 * believed as a length; the whole is checked once it is copied.
 */
static int config_measure(gpa_t config, size_t *size, struct reason *reason)
{
	struct cell *root = cell_root();
	struct weir_block block;
	struct cell_desc desc;
	uint64_t bytes;

	if (guest_read(root, config, &desc, sizeof(desc)) < 0)
		return refuse(reason, -EINVAL,
			      "configuration at 0x%llx is not in the root cell's memory",
			      (unsigned long long)config.value);
	bytes = config_bytes(&desc);
	if (bytes <= CONFIG_MAX_BYTES &&
	    guest_read(root, gpa(config.value + bytes), &block,
		       sizeof(block)) == 0 &&
	    !memcmp(block.signature, WEIR_BLOCK_SIGNATURE,
		    sizeof(block.signature)))
		bytes += block.size;
	if (bytes > CONFIG_MAX_BYTES)
		return refuse(reason, -E2BIG,
			      "configuration of %llu bytes: at most %u are allowed",
			      (unsigned long long)bytes, CONFIG_MAX_BYTES);
	*size = (size_t)bytes;
	return 0;
}

static int config_fetch(struct cell *cell, gpa_t config, struct reason *reason)
{
	int error = config_measure(config, &cell->config_size, reason);

	if (error)
		return error;
	cell->config_page_count = pages_for(cell->config_size);
	cell->config_pages = page_alloc(cell->config_page_count);
	if (!cell->config_pages)
		return refuse(reason, -ENOMEM,
			      "no %u pages left for the configuration",
			      cell->config_page_count);
	cell->config = cell->config_pages;
	if (guest_read(cell_root(), config, cell->config_pages,
		       cell->config_size) < 0)
		return refuse(reason, -EINVAL,
			      "configuration at 0x%llx is not in the root cell's memory",
			      (unsigned long long)config.value);
	return config_check_cell(cell->config, cell->config_size, arch_config(),
				 reason);
}

/* Checked beside the others, it gets its colors. */
static int place_beside_others(struct cell *cell, struct reason *reason)
{
	const struct config_view *others[HV_MAX_CELLS];
	struct config_view views[HV_MAX_CELLS];
	struct config_view view;
	unsigned int count = 0;
	int error;

	cell_view(cell, &view);
	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		const struct cell *other = cell_slot(i);

		if (!other)
			continue;
		cell_view(other, &views[count]);
		others[count] = &views[count];
		count++;
	}
	error = config_check_together(system_config, system_config_size, &view,
				      others, count, reason);
	if (!error)
		coloring_settle(cell, others, count);
	return error;
}

static int check_cpus(const struct cell *cell, struct reason *reason)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		const struct per_cpu *cpu = percpu_get(i);

		if (!(cell->cpus >> i & 1))
			continue;
		if (!cpu || cpu->cell != cell_root())
			return refuse(reason, -EBUSY,
				      "CPU %u is not the root cell's", i);
		if (cpu == this_cpu())
			return refuse(reason, -EBUSY,
				      "CPU %u executes this very call", i);
	}
	return 0;
}

static int comm_alloc(struct cell *cell, struct reason *reason)
{
	cell->comm = coloring_page(cell);
	if (!cell->comm)
		return refuse(reason, -ENOMEM,
			      "no page left for the communication region");
	cell->comm_phys = hv_virt_to_phys(cell->comm);
	cell_fill_comm(cell, CELL_SHUT_DOWN);
	return 0;
}

static void cell_free(struct cell *cell)
{
	page_free(cell->comm, 1);
	page_free(cell->config_pages, cell->config_page_count);
	cell->comm = NULL;
	cell->config_pages = NULL;
	cell->config = NULL;
}

/* All that can be refused, while every CPU still runs. */
static int cell_prepare(struct cell *cell, struct reason *reason)
{
	int error = arch_cell_init(cell, reason);

	if (error)
		return error;
	error = cell_map_all(cell, reason);
	if (!error)
		error = pci_cell_init(cell, reason);
	if (!error)
		error = regulation_cell_init(cell, reason);
	if (error)
		arch_cell_exit(cell);
	if (error)
		return error;
	error = partition_cell_init(cell, reason);
	if (error) {
		regulation_cell_exit(cell);
		arch_cell_exit(cell);
	}
	return error;
}

static void move_cpus(uint64_t cpus, struct cell *to)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = cpus >> i & 1 ? percpu_get(i) : NULL;

		if (cpu)
			cpu->cell = to;
	}
}

/* Memory, CPUs and interrupts change hands; the root stands still. */
static int cell_take_over(struct cell *cell, struct reason *reason)
{
	struct cell *root = cell_root();
	uint64_t all = root->cpus;
	int error = cpus_suspend(all, reason);

	if (error)
		return error;
	error = root_give(cell, reason);
	if (!error) {
		cpus_park(cell->cpus);
		root->cpus &= ~cell->cpus;
		move_cpus(cell->cpus, cell);
		cell_publish(cell);
		arch_config_commit(cell);
		/* Parked anew, in the cell it now belongs to. */
		cpus_post(cell->cpus, EVENT_PARK);
	}
	cpus_post(all, EVENT_FLUSH_TLB);
	cpus_resume(all);
	return error;
}

static int cell_build(struct cell *cell, gpa_t config, struct reason *reason)
{
	int error = config_fetch(cell, config, reason);

	if (!error)
		error = place_beside_others(cell, reason);
	if (error)
		return error;
	cell_read_options(cell);
	cell->loadable = false;
	error = check_cpus(cell, reason);
	if (!error)
		error = cells_vote(NULL, reason);
	if (!error)
		error = comm_alloc(cell, reason);
	if (!error)
		error = cell_prepare(cell, reason);
	if (error)
		return error;
	error = cell_take_over(cell, reason);
	if (error) {
		partition_cell_exit(cell);
		regulation_cell_exit(cell);
		arch_cell_exit(cell);
	}
	return error;
}

static int create_locked(gpa_t config, struct reason *reason)
{
	struct cell *cell = cell_take_slot();
	int error = recolor_idle(reason);

	if (error)
		return error;
	if (!cell)
		return refuse(reason, -ENOMEM, "%u cells exist, no more fit",
			      HV_MAX_CELLS);
	error = cell_build(cell, config, reason);
	if (error) {
		cell_free(cell);
		return error;
	}
	cell_scrub(cell);
	printk("created cell \"%s\"\n", cell->config->name);
	cells_tell_reconfigured(cell);
	return 0;
}

/* The cell of a management call that is not for the root. */
static int find_cell(uint32_t id, struct cell **cell, struct reason *reason)
{
	*cell = cell_by_id(id);
	if (!*cell)
		return refuse(reason, -ENOENT, "there is no cell %u", id);
	if (*cell == cell_root())
		return refuse(reason, -EINVAL,
			      "cell %u is the root cell", id);
	return 0;
}

/* Asks, then stops the cell's CPUs and takes their guests away. */
static int cell_stop(struct cell *cell, struct reason *reason)
{
	int error = cell_ask_shutdown(cell, reason);

	if (!error)
		error = cpus_suspend(cell->cpus, reason);
	if (error)
		return error;
	cpus_park(cell->cpus);
	regulation_cell_stopped(cell);
	cell->comm->head.cell_state = CELL_SHUT_DOWN;
	return 0;
}

/* What the root sees changes: its other CPUs are stopped meanwhile. */
static int root_change(const struct cell *cell, struct reason *reason,
		       int (*change)(const struct cell *cell,
				     struct reason *reason))
{
	uint64_t cpus = cell_root()->cpus;
	int error = cpus_suspend(cpus, reason);

	if (error)
		return error;
	error = change(cell, reason);
	cpus_post(cpus, EVENT_FLUSH_TLB);
	cpus_resume(cpus);
	return error;
}

static int hide_loadable(const struct cell *cell, struct reason *reason)
{
	(void)reason;
	root_unmap_loadable(cell);
	return 0;
}

static int set_loadable_locked(uint32_t id, struct reason *reason)
{
	struct cell *cell;
	int error = find_cell(id, &cell, reason);

	if (error || cell->loadable)
		return error;
	error = cell_stop(cell, reason);
	if (error)
		return error;
	cpus_resume(cell->cpus);
	error = root_change(cell, reason, root_map_loadable);
	if (error)
		return error;
	cell->loadable = true;
	printk("cell \"%s\" can be loaded\n", cell->config->name);
	return 0;
}

static void cell_release(struct cell *cell)
{
	uint64_t starters = arch_cell_starters(cell);

	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = starters >> i & 1 ? percpu_get(i) : NULL;

		if (!cpu)
			continue;
		cpu->reset_address = cell->config->cpu_reset_address;
		cpu->reset_argument = 0;
	}
	cpus_post(cell->cpus & ~starters, EVENT_PARK | EVENT_FLUSH_TLB);
	cpus_post(starters, EVENT_RESET | EVENT_FLUSH_TLB);
	cpus_resume(cell->cpus);
}

static int start_locked(uint32_t id, struct reason *reason)
{
	struct cell *cell;
	int error = find_cell(id, &cell, reason);

	if (error)
		return error;
	if (cell->loadable) {
		error = root_change(cell, reason, hide_loadable);
		if (error)
			return error;
		cell->loadable = false;
		cell->comm->head.cell_state = CELL_SHUT_DOWN;
	}
	error = cell_stop(cell, reason);
	if (error)
		return error;
	cell_flush_memory(cell);
	cell_fill_comm(cell, CELL_RUNNING);
	spin_lock(&cell->lock);
	memset(&cell->report, 0, sizeof(cell->report));
	spin_unlock(&cell->lock);
	arch_cell_reset(cell);
	cell_release(cell);
	printk("started cell \"%s\"\n", cell->config->name);
	return 0;
}

/* The way back of cell_take_over(). */
static void cell_give_back(struct cell *cell)
{
	struct cell *root = cell_root();
	uint64_t all = root->cpus | cell->cpus;

	cell_unpublish(cell);
	partition_cell_exit(cell);
	regulation_cell_exit(cell);
	arch_cell_exit(cell);
	root_take_back(cell);
	root->cpus |= cell->cpus;
	move_cpus(cell->cpus, root);
	arch_config_commit(root);
	cpus_post(cell->cpus, EVENT_PARK);
	cpus_post(all, EVENT_FLUSH_TLB);
	printk("destroyed cell \"%s\"\n", cell->config->name);
	/* Root CPUs that look through the cells are still suspended. */
	cell_free(cell);
	cpus_resume(all);
}

static int destroy_locked(uint32_t id, struct reason *reason)
{
	struct cell *cell;
	int error = find_cell(id, &cell, reason);

	if (!error)
		error = cells_vote(cell, reason);
	if (!error && cell->loadable)
		error = root_change(cell, reason, hide_loadable);
	if (error)
		return error;
	cell->loadable = false;
	error = cell_stop(cell, reason);
	if (error)
		return error;
	/* Neither maps it for anyone who runs: the cell's CPUs stand still. */
	cell_scrub(cell);
	error = cpus_suspend(cell_root()->cpus, reason);
	if (error) {
		cpus_resume(cell->cpus);
		return error;
	}
	cell_give_back(cell);
	cells_tell_reconfigured(NULL);
	return 0;
}

int cell_create(gpa_t config, struct reason *reason)
{
	int error = management_begin(reason);

	if (error)
		return error;
	error = create_locked(config, reason);
	management_end();
	return error;
}

int cell_start(uint32_t id, struct reason *reason)
{
	int error = management_begin(reason);

	if (error)
		return error;
	error = start_locked(id, reason);
	management_end();
	return error;
}

int cell_set_loadable(uint32_t id, struct reason *reason)
{
	int error = management_begin(reason);

	if (error)
		return error;
	error = set_loadable_locked(id, reason);
	management_end();
	return error;
}

int cell_destroy(uint32_t id, struct reason *reason)
{
	int error = management_begin(reason);

	if (error)
		return error;
	error = destroy_locked(id, reason);
	management_end();
	return error;
}

int cell_root_init(struct reason *reason)
{
	struct cell *root = cell_root();
	int error;

	memset(root, 0, sizeof(*root));
	root->config = &system_config->root_cell;
	root->config_size = system_config_size -
			    offsetof(struct system_desc, root_cell);
	cell_read_options(root);
	error = comm_alloc(root, reason);
	if (error)
		return error;
	cell_fill_comm(root, CELL_RUNNING);
	cell_publish(root);
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = percpu_get(i);

		if (cpu)
			cpu->cell = root;
	}
	recolor_init();
	error = arch_cell_init(root, reason);
	if (!error)
		error = root_map_all(root, reason);
	if (!error)
		error = pci_cell_init(root, reason);
	if (!error)
		error = regulation_cell_init(root, reason);
	if (!error)
		error = partition_cell_init(root, reason);
	return error;
}
