// SPDX-License-Identifier: GPL-2.0-only
/* Colors: what the hypervisor says of them, and where colored memory lies. */

#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "weir.h"

#define COLORS_MAX		(64 * ARRAY_SIZE(((struct color_report *)0)->colors))

/* The caller frees; ERR_PTR. */
static struct color_report *report_fetch(u32 cell_id)
{
	struct color_report *report = kzalloc(sizeof(*report), GFP_KERNEL);
	long ret;

	if (!report)
		return ERR_PTR(-ENOMEM);
	report->size = sizeof(*report);
	report->cell_id = cell_id;
	ret = weir_hypercall(WEIR_HC_COLORS, virt_to_phys(report), 0);
	if (!ret)
		return report;
	kfree(report);
	return ERR_PTR(ret);
}

int colors_learn(void)
{
	struct color_report *report = report_fetch(0);

	if (IS_ERR(report))
		return PTR_ERR(report);
	if (report->llc_sets)
		validator_settle_cache(&weir.system, report->llc_sets,
				       report->llc_ways,
				       report->llc_line_bytes);
	kfree(report);
	return 0;
}

/* ------------------------------------------------- changing the root's */

#define SLICE_MS	20	/* of one request */

int colors_set(struct weir_colors_set *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);
	struct color_request *buffer;
	long ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	buffer = kmemdup(&request->request, sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	buffer->size = sizeof(*buffer);
	buffer->cell_id = cell->id;
	ret = weir_command(WEIR_HC_COLORS_SET, virt_to_phys(buffer), 0, reason);
	request->request = *buffer;
	if (!ret && !buffer->flags)
		weir.colorer = weir.caller;
	kfree(buffer);
	return ret;
}

/* What the root has now is what cells are checked against. */
static void root_settle(void)
{
	struct color_report *report = report_fetch(0);

	weir.colorer = NULL;
	if (IS_ERR(report))
		return;
	validator_settle_root(&weir.system, report->colors);
	kfree(report);
}

/* A few pages. Another call may have been in the way. */
static long step(u32 flags, char *reason)
{
	long left;

	do {
		left = weir_hypercall(WEIR_HC_COLORS_STEP, flags, 0);
		cond_resched();
	} while (left == -EBUSY);
	if (left < 0) {
		down_write(&weir.gate);
		if (weir.enabled)
			weir_last_reason(left, reason);
		up_write(&weir.gate);
	}
	if (left <= 0)
		root_settle();
	return left;
}

int colors_step(struct weir_colors_step *request, char *reason)
{
	unsigned long end = jiffies + msecs_to_jiffies(SLICE_MS);
	struct color_request *buffer;
	u32 flags = request->flags;
	long left;

	if (weir.colorer != weir.caller)
		return weir_refuse(reason, -ENODATA,
				   "this program is not changing the colors of the root cell");
	buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	do {
		left = step(flags, reason);
		flags = 0;
	} while (left > 0 && time_before(jiffies, end));
	buffer->size = sizeof(*buffer);
	buffer->flags = COLOR_REQUEST_LOOK;
	weir_hypercall(WEIR_HC_COLORS_SET, virt_to_phys(buffer), 0);
	request->answer = *buffer;
	kfree(buffer);
	/* There is a last step that finds nothing more to do. */
	if (left > 0 && !request->answer.left_bytes)
		request->answer.left_bytes = 1;
	return min(left, 0L);
}

static long finish(u32 flags, char *reason)
{
	long left = step(flags, reason);

	while (left > 0)
		left = step(0, reason);
	return left;
}

int colors_give_back(char *reason)
{
	struct weir_colors_set all = { .size = sizeof(all) };
	struct color_report *report = report_fetch(0);
	bool has_all = IS_ERR(report) || !(report->colors[0] | report->colors[1]);
	int ret;

	if (!IS_ERR(report))
		kfree(report);
	if (weir.colorer)
		finish(COLOR_STEP_TURN, reason);
	if (has_all)
		return 0;
	ret = colors_set(&all, reason);
	return ret ?: finish(0, reason);
}

void colors_abandon(const struct file *file)
{
	char reason[WEIR_REASON_BYTES] = "";

	/* Only its own descriptor makes it so, and that is closed once. */
	if (READ_ONCE(weir.colorer) != file)
		return;
	mutex_lock(&weir.command_lock);
	if (weir.colorer == file && weir.enabled)
		finish(COLOR_STEP_TURN, reason);
	mutex_unlock(&weir.command_lock);
}

static ssize_t list_show(char *buffer, const u64 *words)
{
	DECLARE_BITMAP(colors, COLORS_MAX);
	unsigned int n;

	bitmap_zero(colors, COLORS_MAX);
	for (n = 0; n < COLORS_MAX; n++)
		if (words[n / 64] >> (n % 64) & 1)
			__set_bit(n, colors);
	return sysfs_emit(buffer, "%*pbl\n", (int)COLORS_MAX, colors);
}

ssize_t colors_list(u32 cell_id, char *buffer)
{
	struct color_report *report = report_fetch(cell_id);
	ssize_t ret;

	if (IS_ERR(report))
		return PTR_ERR(report);
	ret = list_show(buffer, report->colors);
	kfree(report);
	return ret;
}

#define COLORING_LIST(name, words)					\
	static ssize_t name##_show(struct device *device,		\
				   struct device_attribute *attribute,	\
				   char *buffer)			\
	{								\
		struct color_report *report = report_fetch(0);		\
		ssize_t ret;						\
									\
		if (IS_ERR(report))					\
			return sysfs_emit(buffer, "\n");		\
		ret = list_show(buffer, report->words);			\
		kfree(report);						\
		return ret;						\
	}								\
	static DEVICE_ATTR_RO(name)

COLORING_LIST(hypervisor_colors, hypervisor);
COLORING_LIST(shared_colors, shared);

static ssize_t number_show(char *buffer, u32 (*field)(const struct color_report *))
{
	struct color_report *report = report_fetch(0);
	ssize_t ret;

	if (IS_ERR(report))
		return sysfs_emit(buffer, "0\n");
	ret = sysfs_emit(buffer, "%u\n", field(report));
	kfree(report);
	return ret;
}

#define COLORING_NUMBER(name)						\
	static u32 name##_of(const struct color_report *report)		\
	{								\
		return report->name;					\
	}								\
	static ssize_t name##_show(struct device *device,		\
				   struct device_attribute *attribute,	\
				   char *buffer)			\
	{								\
		return number_show(buffer, name##_of);			\
	}								\
	static DEVICE_ATTR_RO(name)

COLORING_NUMBER(colors_count);
COLORING_NUMBER(llc_colors_count);
COLORING_NUMBER(llc_sets);
COLORING_NUMBER(llc_ways);
COLORING_NUMBER(llc_line_bytes);

/* The address bits of each bit of a color, the lowest first. */
static ssize_t functions_show(struct device *device,
			      struct device_attribute *attribute, char *buffer)
{
	struct color_report *report = report_fetch(0);
	ssize_t count = 0;
	unsigned int n;

	if (IS_ERR(report))
		return sysfs_emit(buffer, "\n");
	for (n = 0; n < ARRAY_SIZE(report->functions); n++)
		if (report->functions[n])
			count += sysfs_emit_at(buffer, count, "%s0x%llx",
					       n ? " " : "",
					       report->functions[n]);
	count += sysfs_emit_at(buffer, count, "\n");
	kfree(report);
	return count;
}
static DEVICE_ATTR_RO(functions);

static struct attribute *coloring_attrs[] = {
	&dev_attr_colors_count.attr,
	&dev_attr_llc_colors_count.attr,
	&dev_attr_llc_sets.attr,
	&dev_attr_llc_ways.attr,
	&dev_attr_llc_line_bytes.attr,
	&dev_attr_functions.attr,
	&dev_attr_hypervisor_colors.attr,
	&dev_attr_shared_colors.attr,
	NULL,
};

const struct attribute_group coloring_group = {
	.name = "coloring",
	.attrs = coloring_attrs,
};
