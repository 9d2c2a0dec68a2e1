// SPDX-License-Identifier: GPL-2.0-only
/* cells/<id>/statistics: exits of a cell, and of each of its CPUs. */

#include <linux/cpumask.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "arch.h"
#include "weir.h"

#define STATS_SUM	(-1)

/* The directory `statistics` (cpu is STATS_SUM) or one `cpu<n>` below it. */
struct stats_node {
	struct kobject kobj;
	struct list_head node;		/* in cell->stats, command_lock */
	const struct weir_cell *cell;	/* an ancestor, so it outlives us */
	int cpu;
};

static u64 cpu_stat(unsigned int cpu, unsigned int stat)
{
	long value = weir_hypercall(HC_CPU_GET_INFO, cpu,
				    CPU_INFO_STAT_BASE + stat);

	return value > 0 ? value : 0;
}

static ssize_t stats_show(struct kobject *kobj, struct attribute *attr,
			  char *buffer)
{
	const struct stats_node *stats =
		container_of(kobj, struct stats_node, kobj);
	unsigned int stat =
		container_of(attr, struct arch_stat, attr)->stat;
	unsigned int cpu;
	u64 sum = 0;

	if (stats->cpu != STATS_SUM)
		return sysfs_emit(buffer, "%llu\n", cpu_stat(stats->cpu, stat));
	for_each_cpu(cpu, &stats->cell->cpus)
		sum += cpu_stat(cpu, stat);
	return sysfs_emit(buffer, "%llu\n", sum);
}

static void stats_free(struct kobject *kobj)
{
	kfree(container_of(kobj, struct stats_node, kobj));
}

static const struct sysfs_ops stats_sysfs_ops = {
	.show = stats_show,
};

static struct kobj_type stats_kobj_type = {
	.release = stats_free,
	.sysfs_ops = &stats_sysfs_ops,
};

static int stats_files_add(struct stats_node *stats)
{
	unsigned int n;
	int ret = 0;

	for (n = 0; n < arch_stats_count && !ret; n++)
		ret = sysfs_create_file(&stats->kobj, &arch_stats[n].attr);
	return ret;
}

/* Files go with their directory. */
static void stats_remove(struct stats_node *stats)
{
	list_del(&stats->node);
	kobject_del(&stats->kobj);
	kobject_put(&stats->kobj);
}

static int stats_add(struct weir_cell *cell, struct kobject *parent, int cpu)
{
	struct stats_node *stats = kzalloc(sizeof(*stats), GFP_KERNEL);
	int ret;

	if (!stats)
		return -ENOMEM;
	stats->cell = cell;
	stats->cpu = cpu;
	kobject_init(&stats->kobj, &stats_kobj_type);
	/* The newest first, so that removal ends with the parent. */
	list_add(&stats->node, &cell->stats);
	if (cpu == STATS_SUM)
		ret = kobject_add(&stats->kobj, parent, "statistics");
	else
		ret = kobject_add(&stats->kobj, parent, "cpu%d", cpu);
	if (!ret)
		ret = stats_files_add(stats);
	return ret;
}

static bool stats_of_cpu_exist(const struct weir_cell *cell, int cpu)
{
	const struct stats_node *stats;

	list_for_each_entry(stats, &cell->stats, node)
		if (stats->cpu == cpu)
			return true;
	return false;
}

int sysfs_stats_add(struct weir_cell *cell)
{
	int ret = stats_add(cell, &cell->kobj, STATS_SUM);

	return ret ? ret : sysfs_stats_update(cell);
}

int sysfs_stats_update(struct weir_cell *cell)
{
	struct stats_node *stats, *next;
	struct kobject *parent;
	unsigned int cpu;
	int ret = 0;

	if (list_empty(&cell->stats))
		return 0;
	list_for_each_entry_safe(stats, next, &cell->stats, node)
		if (stats->cpu != STATS_SUM &&
		    !cpumask_test_cpu(stats->cpu, &cell->cpus))
			stats_remove(stats);
	parent = &list_last_entry(&cell->stats, struct stats_node, node)->kobj;
	for_each_cpu(cpu, &cell->cpus)
		if (!ret && !stats_of_cpu_exist(cell, cpu))
			ret = stats_add(cell, parent, cpu);
	return ret;
}

void sysfs_stats_remove(struct weir_cell *cell)
{
	struct stats_node *stats, *next;

	list_for_each_entry_safe(stats, next, &cell->stats, node)
		stats_remove(stats);
}
