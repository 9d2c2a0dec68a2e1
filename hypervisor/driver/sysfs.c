// SPDX-License-Identifier: GPL-2.0-only
/* /sys/devices/weir: the hypervisor as a whole, one value per file. */

#include <linux/device.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "weir.h"

struct kobject *sysfs_cells;

static ssize_t enabled_show(struct device *device,
			    struct device_attribute *attribute, char *buffer)
{
	return sysfs_emit(buffer, "%d\n", READ_ONCE(weir.enabled));
}

static ssize_t version_show(struct device *device,
			    struct device_attribute *attribute, char *buffer)
{
	ssize_t count = 0;

	down_read(&weir.gate);
	if (weir.enabled)
		count = sysfs_emit(buffer, "%s\n", weir.version);
	up_read(&weir.gate);
	return count;
}

static ssize_t console_show(struct device *device,
			    struct device_attribute *attribute, char *buffer)
{
	return console_dump(buffer, PAGE_SIZE);
}

/* Pages; 0 while there is no hypervisor. */
static ssize_t info_show(char *buffer, unsigned long what)
{
	long value = weir_hypercall(HC_HYPERVISOR_GET_INFO, what, 0);

	return sysfs_emit(buffer, "%ld\n", max(value, 0l));
}

static ssize_t mem_pool_size_show(struct device *device,
				  struct device_attribute *attribute,
				  char *buffer)
{
	return info_show(buffer, INFO_MEM_POOL_SIZE);
}

static ssize_t mem_pool_used_show(struct device *device,
				  struct device_attribute *attribute,
				  char *buffer)
{
	return info_show(buffer, INFO_MEM_POOL_USED);
}

static ssize_t remap_pool_size_show(struct device *device,
				    struct device_attribute *attribute,
				    char *buffer)
{
	return info_show(buffer, INFO_REMAP_POOL_SIZE);
}

static ssize_t remap_pool_used_show(struct device *device,
				    struct device_attribute *attribute,
				    char *buffer)
{
	return info_show(buffer, INFO_REMAP_POOL_USED);
}

static DEVICE_ATTR_RO(enabled);
static DEVICE_ATTR_RO(version);
static DEVICE_ATTR(console, 0400, console_show, NULL);
static DEVICE_ATTR_RO(mem_pool_size);
static DEVICE_ATTR_RO(mem_pool_used);
static DEVICE_ATTR_RO(remap_pool_size);
static DEVICE_ATTR_RO(remap_pool_used);

static struct attribute *weir_attrs[] = {
	&dev_attr_enabled.attr,
	&dev_attr_version.attr,
	&dev_attr_console.attr,
	&dev_attr_mem_pool_size.attr,
	&dev_attr_mem_pool_used.attr,
	&dev_attr_remap_pool_size.attr,
	&dev_attr_remap_pool_used.attr,
	NULL,
};

static const struct attribute_group weir_group = {
	.attrs = weir_attrs,
};

static const struct attribute_group *weir_groups[] = {
	&weir_group,
	&coloring_group,
	NULL,
};

int sysfs_init(void)
{
	int ret;

	weir.device = root_device_register("weir");
	if (IS_ERR(weir.device))
		return PTR_ERR(weir.device);
	ret = sysfs_create_groups(&weir.device->kobj, weir_groups);
	if (ret)
		goto out_device;
	sysfs_cells = kobject_create_and_add("cells", &weir.device->kobj);
	if (!sysfs_cells) {
		ret = -ENOMEM;
		goto out_group;
	}
	return 0;

out_group:
	sysfs_remove_groups(&weir.device->kobj, weir_groups);
out_device:
	root_device_unregister(weir.device);
	return ret;
}

void sysfs_exit(void)
{
	kobject_put(sysfs_cells);
	sysfs_remove_groups(&weir.device->kobj, weir_groups);
	root_device_unregister(weir.device);
}
