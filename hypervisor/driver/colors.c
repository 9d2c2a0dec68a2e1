// SPDX-License-Identifier: GPL-2.0-only
/* Colors: what the hypervisor says of them, and where colored memory lies. */

#include <linux/bitmap.h>
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

ssize_t colors_list(u32 cell_id, char *buffer)
{
	struct color_report *report = report_fetch(cell_id);
	DECLARE_BITMAP(colors, COLORS_MAX);
	unsigned int n;

	if (IS_ERR(report))
		return PTR_ERR(report);
	bitmap_zero(colors, COLORS_MAX);
	for (n = 0; n < COLORS_MAX; n++)
		if (report->colors[n / 64] >> (n % 64) & 1)
			__set_bit(n, colors);
	kfree(report);
	return sysfs_emit(buffer, "%*pbl\n", (int)COLORS_MAX, colors);
}

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
	NULL,
};

const struct attribute_group coloring_group = {
	.name = "coloring",
	.attrs = coloring_attrs,
};
