// SPDX-License-Identifier: GPL-2.0-only
/* Cells: creating, starting and destroying them, and moving their CPUs. */

#include <linux/cpu.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "arch.h"
#include "weir.h"

struct weir_cell *cell_alloc(u32 id, const char *name)
{
	struct weir_cell *cell = kzalloc(sizeof(*cell), GFP_KERNEL);

	if (!cell)
		return NULL;
	INIT_LIST_HEAD(&cell->node);
	INIT_LIST_HEAD(&cell->stats);
	cell->id = id;
	strscpy(cell->name, name, sizeof(cell->name));
	kobject_init(&cell->kobj, &cell_kobj_type);
	return cell;
}

int cell_publish(struct weir_cell *cell)
{
	int ret;

	list_add_tail(&cell->node, &weir.cells);
	ret = kobject_add(&cell->kobj, sysfs_cells, "%u", cell->id);
	if (!ret)
		ret = sysfs_stats_add(cell);
	return ret;
}

void cell_retract(struct weir_cell *cell)
{
	list_del_init(&cell->node);
	sysfs_stats_remove(cell);
	kobject_del(&cell->kobj);
	kobject_put(&cell->kobj);
}

struct weir_cell *cell_find(const struct weir_cell_id *id, char *reason)
{
	struct weir_cell *cell;

	if (id->id == -1 &&
	    strnlen(id->name, sizeof(id->name)) == sizeof(id->name)) {
		weir_refuse(reason, 0, "the cell's name is not terminated");
		return ERR_PTR(-EINVAL);
	}
	list_for_each_entry(cell, &weir.cells, node) {
		if (id->id == -1 ? !strcmp(cell->name, id->name) :
				   cell->id == (u32)id->id)
			return cell;
	}
	if (id->id == -1)
		weir_refuse(reason, 0, "no cell is named %s", id->name);
	else
		weir_refuse(reason, 0, "no cell has id %d", id->id);
	return ERR_PTR(-ENOENT);
}

/* Linux takes back what cpus_take() took. */
static void cpus_return(struct weir_cell *cell)
{
	unsigned int cpu;
	int ret;

	for_each_cpu(cpu, &cell->cpus_taken) {
		ret = add_cpu(cpu);
		if (ret)
			pr_err("weir: CPU %u does not come back online: %d\n",
			       cpu, ret);
	}
	cpumask_clear(&cell->cpus_taken);
}

static int cpus_take(struct weir_cell *cell, char *reason)
{
	unsigned int cpu;
	int ret = 0;

	for_each_cpu_and(cpu, &cell->cpus, cpu_online_mask) {
		if (fatal_signal_pending(current))
			ret = -EINTR;
		else
			ret = remove_cpu(cpu);
		if (ret)
			break;
		cpumask_set_cpu(cpu, &cell->cpus_taken);
	}
	if (!ret)
		return 0;
	weir_refuse(reason, 0, "Linux does not give up CPU %u: error %d", cpu,
		    ret);
	cpus_return(cell);
	return ret;
}

/* Memory that Linux uses must not disappear under it. */
static int memory_check(const struct weir_cell *cell, char *reason)
{
	const struct cell_desc *config = cell->blob.config;
	const struct memory_region *region = config_memory(config);
	u32 n;

	for (n = 0; n < config->num_memory_regions; n++, region++) {
		if (region->flags & (MEM_COMM_REGION | MEM_ROOTSHARED) ||
		    !region->size)
			continue;
		/* Linux cannot know which pages it has there. */
		if (validator_in_root_span(&weir.system, region))
			continue;
		if (region_intersects(region->phys_start,
				      validator_span(&weir.system, &cell->blob,
						     region),
				      IORESOURCE_SYSTEM_RAM,
				      IORES_DESC_NONE) != REGION_DISJOINT)
			return weir_refuse(reason, -EBUSY,
					   "memory region %u at 0x%llx is used by Linux",
					   n, region->phys_start);
	}
	return 0;
}

static unsigned int cells_count(void)
{
	const struct weir_cell *cell;
	unsigned int count = 0;

	list_for_each_entry(cell, &weir.cells, node)
		count++;
	return count;
}

/* Against the system and the cells that exist. */
static int neighbours_check(const struct weir_cell *cell, char *reason)
{
	struct validator_blob *others;
	const struct weir_cell *other;
	unsigned int count = 0;
	int ret;

	others = kcalloc(cells_count(), sizeof(*others), GFP_KERNEL);
	if (!others)
		return -ENOMEM;
	list_for_each_entry(other, &weir.cells, node)
		if (other != weir.root)
			others[count++] = other->blob;
	ret = validator_check_together(&weir.system, &cell->blob, others,
				       count, reason);
	kfree(others);
	return ret;
}

/* All that can be refused before a CPU is touched. */
static int create_check(struct weir_cell *cell, char *reason)
{
	const struct cell_desc *config = cell->blob.config;
	int ret;

	ret = validator_check_cell(&cell->blob, arch_config, reason);
	if (!ret)
		ret = neighbours_check(cell, reason);
	if (!ret)
		ret = memory_check(cell, reason);
	if (ret)
		return ret;
	cell->id = config->id;
	strscpy(cell->name, config->name, sizeof(cell->name));
	return config_cpu_mask(config, &cell->cpus, reason);
}

int cell_create(struct weir_cell_create *request, char *reason)
{
	struct weir_cell *cell = cell_alloc(0, "");
	long ret;

	if (!cell)
		return -ENOMEM;
	ret = config_copy(&cell->blob, request->config_address,
			  request->config_size, reason);
	if (!ret)
		ret = create_check(cell, reason);
	if (!ret)
		ret = cpus_take(cell, reason);
	if (ret)
		goto out_cell;
	ret = weir_command(HC_CELL_CREATE, virt_to_phys((void *)cell->blob.config), 0,
			   reason);
	if (ret < 0)
		goto out_cpus;

	cpumask_andnot(&weir.root->cpus, &weir.root->cpus, &cell->cpus);
	ret = cell_publish(cell) ?: sysfs_stats_update(weir.root);
	if (ret)
		pr_warn("weir: no sysfs entry for cell %s: %ld\n", cell->name,
			ret);
	request->cell_id = cell->id;
	return 0;

out_cpus:
	cpus_return(cell);
out_cell:
	kobject_put(&cell->kobj);
	return ret;
}

int cell_start(struct weir_cell_op *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	return weir_command(HC_CELL_START, cell->id, 0, reason);
}

int cell_end(struct weir_cell *cell, char *reason)
{
	long ret;

	ret = weir_command(HC_CELL_DESTROY, cell->id, 0, reason);
	if (ret < 0)
		return ret;
	cpumask_or(&weir.root->cpus, &weir.root->cpus, &cell->cpus);
	cpus_return(cell);
	cell_retract(cell);
	sysfs_stats_update(weir.root);
	return 0;
}

int cell_destroy(struct weir_cell_op *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	if (cell == weir.root)
		return weir_refuse(reason, -EINVAL,
				   "the root cell cannot be destroyed");
	if (atomic_read(&cell->mappings))
		return weir_refuse(reason, -EBUSY,
				   "a program has the shared memory of cell %s mapped",
				   cell->name);
	return cell_end(cell, reason);
}
