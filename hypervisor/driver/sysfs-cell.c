// SPDX-License-Identifier: GPL-2.0-only
/* /sys/devices/weir/cells/<id>: one cell, one value per file. */

#include <linux/cpumask.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/version.h>

#include "weir.h"

struct cell_attribute {
	struct attribute attr;
	ssize_t (*show)(const struct weir_cell *cell, char *buffer);
};

static ssize_t name_show(const struct weir_cell *cell, char *buffer)
{
	return sysfs_emit(buffer, "%s\n", cell->name);
}

static const char *const state_names[] = {
	[CELL_RUNNING] = "running",
	[CELL_RUNNING_LOCKED] = "running/locked",
	[CELL_SHUT_DOWN] = "shut down",
	[CELL_FAILED] = "failed",
	[CELL_FAILED_COMM_REV] = "failed",
};

static ssize_t state_show(const struct weir_cell *cell, char *buffer)
{
	long state = weir_hypercall(HC_CELL_GET_STATE, cell->id, 0);

	/* The cell wrote one that does not exist. */
	if (state == -EINVAL || state >= (long)ARRAY_SIZE(state_names))
		return sysfs_emit(buffer, "invalid\n");
	if (state < 0)
		return state;
	return sysfs_emit(buffer, "%s\n", state_names[state]);
}

static ssize_t cpus_assigned_show(const struct weir_cell *cell, char *buffer)
{
	return sysfs_emit(buffer, "%*pb\n", cpumask_pr_args(&cell->cpus));
}

static ssize_t cpus_assigned_list_show(const struct weir_cell *cell,
				       char *buffer)
{
	return sysfs_emit(buffer, "%*pbl\n", cpumask_pr_args(&cell->cpus));
}

static void cpus_failed(const struct weir_cell *cell, cpumask_t *failed)
{
	unsigned int cpu;

	cpumask_clear(failed);
	for_each_cpu(cpu, &cell->cpus)
		if (weir_hypercall(HC_CPU_GET_INFO, cpu, CPU_INFO_STATE) ==
		    CPU_STATE_FAILED)
			cpumask_set_cpu(cpu, failed);
}

static ssize_t cpus_failed_show(const struct weir_cell *cell, char *buffer)
{
	cpumask_t failed;

	cpus_failed(cell, &failed);
	return sysfs_emit(buffer, "%*pb\n", cpumask_pr_args(&failed));
}

static ssize_t cpus_failed_list_show(const struct weir_cell *cell,
				     char *buffer)
{
	cpumask_t failed;

	cpus_failed(cell, &failed);
	return sysfs_emit(buffer, "%*pbl\n", cpumask_pr_args(&failed));
}

static ssize_t reason_show(const struct weir_cell *cell, char *buffer)
{
	struct cell_report *report = kzalloc(sizeof(*report), GFP_KERNEL);
	ssize_t ret;

	if (!report)
		return -ENOMEM;
	ret = cell_report_fetch(cell->id, report);
	if (!ret)
		ret = sysfs_emit(buffer, "%.*s\n",
				 (int)sizeof(report->text), report->text);
	kfree(report);
	return ret;
}

enum reg_value {
	REG_VALUE_BUDGET,
	REG_VALUE_EFFECTIVE,
	REG_VALUE_PERIOD,
	REG_VALUE_USED_LINES,
	REG_VALUE_STALLS,
	REG_VALUE_STALL_NS,
	REG_VALUE_GENERATION,
};

static u64 reg_cpu_value(const struct reg_cpu_stats *cpu, enum reg_value what)
{
	switch (what) {
	case REG_VALUE_USED_LINES:
		return cpu->read_lines + cpu->written_lines;
	case REG_VALUE_STALLS:
		return cpu->stalls;
	default:
		return cpu->stall_ns;
	}
}

static u64 reg_value(const struct reg_status *status, enum reg_value what)
{
	u64 sum = 0;
	u32 n;

	switch (what) {
	case REG_VALUE_BUDGET:
		return status->requested.budget_bytes_per_s;
	case REG_VALUE_EFFECTIVE:
		return status->effective.budget_bytes_per_s;
	case REG_VALUE_PERIOD:
		return status->effective.period_ns;
	case REG_VALUE_GENERATION:
		return status->generation;
	default:
		break;
	}
	for (n = 0; n < min_t(u32, status->num_cpus, REG_STATUS_MAX_CPUS); n++)
		sum += reg_cpu_value(&status->cpu[n], what);
	return sum;
}

static ssize_t status_emit(char *buffer, const struct reg_status *status,
			   enum reg_value what)
{
	u64 value = reg_value(status, what);

	if (what <= REG_VALUE_EFFECTIVE && value == REG_BUDGET_UNLIMITED)
		return sysfs_emit(buffer, "max\n");
	return sysfs_emit(buffer, "%llu\n", value);
}

static ssize_t reg_show(const struct weir_cell *cell, char *buffer,
			enum reg_value what)
{
	struct reg_status *status = kzalloc(sizeof(*status), GFP_KERNEL);
	ssize_t ret;

	if (!status)
		return -ENOMEM;
	ret = regulation_status(cell->id, status);
	if (!ret)
		ret = status_emit(buffer, status, what);
	kfree(status);
	return ret;
}

static ssize_t regulator_show(const struct weir_cell *cell, char *buffer)
{
	struct reg_status *status = kzalloc(sizeof(*status), GFP_KERNEL);
	ssize_t ret;

	if (!status)
		return -ENOMEM;
	ret = regulation_status(cell->id, status);
	if (!ret)
		ret = sysfs_emit(buffer, "%.*s\n",
				 REG_NAME_BYTES, status->regulator_name);
	kfree(status);
	return ret;
}

/* Bytes per second; "max" without a limit. */
static ssize_t budget_show(const struct weir_cell *cell, char *buffer)
{
	return reg_show(cell, buffer, REG_VALUE_BUDGET);
}

static ssize_t effective_show(const struct weir_cell *cell, char *buffer)
{
	return reg_show(cell, buffer, REG_VALUE_EFFECTIVE);
}

/* Nanoseconds. */
static ssize_t period_show(const struct weir_cell *cell, char *buffer)
{
	return reg_show(cell, buffer, REG_VALUE_PERIOD);
}

static ssize_t used_lines_show(const struct weir_cell *cell, char *buffer)
{
	return reg_show(cell, buffer, REG_VALUE_USED_LINES);
}

static ssize_t stalls_show(const struct weir_cell *cell, char *buffer)
{
	return reg_show(cell, buffer, REG_VALUE_STALLS);
}

static ssize_t stall_ns_show(const struct weir_cell *cell, char *buffer)
{
	return reg_show(cell, buffer, REG_VALUE_STALL_NS);
}

static ssize_t generation_show(const struct weir_cell *cell, char *buffer)
{
	return reg_show(cell, buffer, REG_VALUE_GENERATION);
}

static ssize_t colors_show(const struct weir_cell *cell, char *buffer)
{
	return colors_list(cell->id, buffer);
}

#define CELL_ATTRIBUTE(name) \
	static struct cell_attribute cell_attr_##name = __ATTR_RO(name)

CELL_ATTRIBUTE(name);
CELL_ATTRIBUTE(state);
CELL_ATTRIBUTE(cpus_assigned);
CELL_ATTRIBUTE(cpus_assigned_list);
CELL_ATTRIBUTE(cpus_failed);
CELL_ATTRIBUTE(cpus_failed_list);
CELL_ATTRIBUTE(reason);
CELL_ATTRIBUTE(budget);
CELL_ATTRIBUTE(effective);
CELL_ATTRIBUTE(period);
CELL_ATTRIBUTE(used_lines);
CELL_ATTRIBUTE(stalls);
CELL_ATTRIBUTE(stall_ns);
CELL_ATTRIBUTE(regulator);
CELL_ATTRIBUTE(generation);
CELL_ATTRIBUTE(colors);

static struct attribute *cell_attrs[] = {
	&cell_attr_name.attr,
	&cell_attr_state.attr,
	&cell_attr_cpus_assigned.attr,
	&cell_attr_cpus_assigned_list.attr,
	&cell_attr_cpus_failed.attr,
	&cell_attr_cpus_failed_list.attr,
	&cell_attr_reason.attr,
	&cell_attr_budget.attr,
	&cell_attr_effective.attr,
	&cell_attr_period.attr,
	&cell_attr_used_lines.attr,
	&cell_attr_stalls.attr,
	&cell_attr_stall_ns.attr,
	&cell_attr_regulator.attr,
	&cell_attr_generation.attr,
	&cell_attr_colors.attr,
	NULL,
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define BIN_ATTRIBUTE	const struct bin_attribute
#else
#define BIN_ATTRIBUTE	struct bin_attribute
#endif

/* As it is in force: who measures can say what it was. */
static ssize_t configuration_read(struct file *file, struct kobject *kobj,
				  BIN_ATTRIBUTE *attribute, char *buffer,
				  loff_t offset, size_t size)
{
	const struct weir_cell *cell = container_of(kobj, struct weir_cell,
						    kobj);
	const struct validator_blob *blob = cell == weir.root ? &weir.system :
								&cell->blob;

	return memory_read_from_buffer(buffer, size, &offset, blob->config,
				       blob->size);
}

static BIN_ATTRIBUTE cell_attr_configuration = {
	.attr = { .name = "configuration", .mode = 0400 },
	.read = configuration_read,
};

static BIN_ATTRIBUTE *cell_bin_attrs[] = {
	&cell_attr_configuration,
	NULL,
};

static const struct attribute_group cell_group = {
	.attrs = cell_attrs,
	.bin_attrs = cell_bin_attrs,
};

static const struct attribute_group *cell_groups[] = {
	&cell_group,
	NULL,
};

static ssize_t cell_show(struct kobject *kobj, struct attribute *attr,
			 char *buffer)
{
	const struct cell_attribute *attribute =
		container_of(attr, struct cell_attribute, attr);

	return attribute->show(container_of(kobj, struct weir_cell, kobj),
			       buffer);
}

static void cell_free(struct kobject *kobj)
{
	struct weir_cell *cell = container_of(kobj, struct weir_cell, kobj);

	kfree(cell->blob.config);
	kfree(cell);
}

static const struct sysfs_ops cell_sysfs_ops = {
	.show = cell_show,
};

struct kobj_type cell_kobj_type = {
	.release = cell_free,
	.sysfs_ops = &cell_sysfs_ops,
	.default_groups = cell_groups,
};
