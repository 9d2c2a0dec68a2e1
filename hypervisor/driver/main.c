// SPDX-License-Identifier: GPL-2.0-only
/* The module: device node, ioctl dispatch, life time. */

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "weir.h"

struct weir weir = {
	.command_lock = __MUTEX_INITIALIZER(weir.command_lock),
	.gate = __RWSEM_INITIALIZER(weir.gate),
	.cells = LIST_HEAD_INIT(weir.cells),
};

static int run_enable(void *request, char *reason)
{
	return weir_enable(request, reason);
}

static int run_disable(void *request, char *reason)
{
	return weir_disable(reason);
}

static int run_cell_create(void *request, char *reason)
{
	return cell_create(request, reason);
}

static int run_cell_load(void *request, char *reason)
{
	return cell_load(request, reason);
}

static int run_cell_start(void *request, char *reason)
{
	return cell_start(request, reason);
}

static int run_cell_destroy(void *request, char *reason)
{
	return cell_destroy(request, reason);
}

static int run_reg_set(void *request, char *reason)
{
	return regulation_set(request, reason);
}

static int run_reg_get(void *request, char *reason)
{
	return regulation_get(request, reason);
}

static int run_part_set(void *request, char *reason)
{
	return partition_set(request, reason);
}

static int run_part_get(void *request, char *reason)
{
	return partition_get(request, reason);
}

static int run_cell_report(void *request, char *reason)
{
	return cell_report(request, reason);
}

static int run_traffic(void *request, char *reason)
{
	return traffic_get(request, reason);
}

static int run_colors_set(void *request, char *reason)
{
	return colors_set(request, reason);
}

static int run_colors_step(void *request, char *reason)
{
	return colors_step(request, reason);
}

struct command {
	int (*run)(void *request, char *reason);
	u16 size;
	u16 reason;		/* offset of the line in the request */
	bool needs_enabled;
};

#define COMMAND(type, line, runner, enabled) {		\
	.run = runner,					\
	.size = sizeof(struct type),			\
	.reason = offsetof(struct type, line),		\
	.needs_enabled = enabled,			\
}

/* By ioctl number: the size encoded in the command word may grow. */
static const struct command commands[] = {
	[_IOC_NR(WEIR_ENABLE)] =
		COMMAND(weir_enable, reason, run_enable, false),
	[_IOC_NR(WEIR_DISABLE)] =
		COMMAND(weir_disable, reason, run_disable, false),
	[_IOC_NR(WEIR_CELL_CREATE)] =
		COMMAND(weir_cell_create, reason, run_cell_create, true),
	[_IOC_NR(WEIR_CELL_LOAD)] =
		COMMAND(weir_cell_load, reason, run_cell_load, true),
	[_IOC_NR(WEIR_CELL_START)] =
		COMMAND(weir_cell_op, reason, run_cell_start, true),
	[_IOC_NR(WEIR_CELL_DESTROY)] =
		COMMAND(weir_cell_op, reason, run_cell_destroy, true),
	[_IOC_NR(WEIR_REG_SET)] =
		COMMAND(weir_reg_set, request.reason, run_reg_set, true),
	[_IOC_NR(WEIR_REG_GET)] =
		COMMAND(weir_reg_get, reason, run_reg_get, true),
	[_IOC_NR(WEIR_CELL_REPORT)] =
		COMMAND(weir_cell_report, reason, run_cell_report, true),
	[_IOC_NR(WEIR_PART_SET)] =
		COMMAND(weir_part_set, request.reason, run_part_set, true),
	[_IOC_NR(WEIR_PART_GET)] =
		COMMAND(weir_part_get, reason, run_part_get, true),
	[_IOC_NR(WEIR_TRAFFIC)] =
		COMMAND(weir_traffic, reason, run_traffic, true),
	[_IOC_NR(WEIR_COLORS_SET)] =
		COMMAND(weir_colors_set, reason, run_colors_set, true),
	[_IOC_NR(WEIR_COLORS_STEP)] =
		COMMAND(weir_colors_step, reason, run_colors_step, true),
};

static int command_run(const struct command *command, struct file *file,
		       void *request)
{
	char *reason = request + command->reason;
	int ret;

	memset(reason, 0, WEIR_REASON_BYTES);
	if (mutex_lock_interruptible(&weir.command_lock))
		return -ERESTARTSYS;
	weir.caller = file;
	if (command->needs_enabled && !weir.enabled)
		ret = weir_refuse(reason, -ENODEV, "Weir is not enabled");
	else
		ret = command->run(request, reason);
	mutex_unlock(&weir.command_lock);
	return ret;
}

/* As well as it can be; the error is told in any case. */
static void reason_deliver(void __user *user, const char *text)
{
	if (copy_to_user(user, text, strlen(text) + 1))
		pr_debug("weir: %s\n", text);
}

long weir_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	const struct command *command;
	unsigned int nr = _IOC_NR(number);
	void *request;
	u32 size;
	int ret;

	if (_IOC_TYPE(number) != WEIR_IOCTL_MAGIC || nr >= ARRAY_SIZE(commands))
		return -ENOTTY;
	command = &commands[array_index_nospec(nr, ARRAY_SIZE(commands))];
	if (!command->run)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < sizeof(size))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;

	request = kzalloc(command->size, GFP_KERNEL);
	if (!request)
		return -ENOMEM;
	ret = copy_struct_from_user(request, command->size, user, size);
	if (ret == -E2BIG)
		reason_deliver(user + command->reason,
			       "the request says what this driver does not know");
	if (ret)
		goto out;
	*(u32 *)request = size;
	ret = command_run(command, file, request);
	if (ret != -ERESTARTSYS &&
	    copy_to_user(user, request, min_t(size_t, size, command->size)))
		ret = -EFAULT;
out:
	kfree(request);
	return ret;
}

static struct miscdevice weir_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "weir",
	.fops = &weir_file_operations,
	.mode = 0600,
};

/* Nobody else stops CPUs that do not belong to Linux. */
static int weir_reboot(struct notifier_block *block, unsigned long event,
		       void *data)
{
	mutex_lock(&weir.command_lock);
	weir_shut_down();
	mutex_unlock(&weir.command_lock);
	return NOTIFY_DONE;
}

static struct notifier_block weir_reboot_notifier = {
	.notifier_call = weir_reboot,
};

static int __init weir_init(void)
{
	int ret;

	ret = sysfs_init();
	if (ret)
		return ret;
	ret = register_reboot_notifier(&weir_reboot_notifier);
	if (ret)
		goto out_sysfs;
	ret = misc_register(&weir_misc);
	if (ret)
		goto out_reboot;
	return 0;

out_reboot:
	unregister_reboot_notifier(&weir_reboot_notifier);
out_sysfs:
	sysfs_exit();
	return ret;
}

/* While enabled the module holds a reference to itself. */
static void __exit weir_exit(void)
{
	misc_deregister(&weir_misc);
	unregister_reboot_notifier(&weir_reboot_notifier);
	console_stop();
	sysfs_exit();
}

module_init(weir_init);
module_exit(weir_exit);

MODULE_DESCRIPTION("Weir partitioning hypervisor: loader and management");
MODULE_LICENSE("GPL");
MODULE_FIRMWARE(WEIR_FIRMWARE);
