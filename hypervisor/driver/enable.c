// SPDX-License-Identifier: GPL-2.0-only
/* Enabling and disabling: memory, image, and all CPUs at once. */

#include <linux/cpu.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>

#include "arch.h"
#include "weir.h"

/* One passage of all CPUs into the hypervisor or out of it. */
struct passage {
	const cpumask_t *cpus;	/* that must be online, and no others */
	atomic_t done;
	int error;
};

static void passage_record(struct passage *passage, int error)
{
	if (error)
		cmpxchg(&passage->error, 0, error);
	else
		atomic_inc(&passage->done);
}

/* stop_machine() has every CPU here with interrupts off and tasks at rest. */
static int enter_cpu(void *data)
{
	struct passage *passage = data;

	if (!cpumask_equal(cpu_online_mask, passage->cpus))
		return -EAGAIN;
	passage_record(passage, arch_enter(weir.memory_phys,
					   arch_image_entry(weir.header)));
	return 0;
}

static int leave_cpu(void *data)
{
	struct passage *passage = data;

	if (!cpumask_equal(cpu_online_mask, passage->cpus))
		return -EAGAIN;
	passage_record(passage, (int)arch_hypercall(HC_DISABLE, 0, 0));
	return 0;
}

/* The online CPUs must be exactly `cpus`. */
static int cpus_check(const cpumask_t *cpus, char *reason)
{
	cpumask_t other;

	if (cpumask_andnot(&other, cpus, cpu_online_mask))
		return weir_refuse(reason, -EBUSY,
				   "CPUs %*pbl of the root cell are offline",
				   cpumask_pr_args(&other));
	if (cpumask_andnot(&other, cpu_online_mask, cpus))
		return weir_refuse(reason, -EINVAL,
				   "CPUs %*pbl are online but not in the root cell",
				   cpumask_pr_args(&other));
	return 0;
}

static int all_cpus_pass(int (*step)(void *), struct passage *passage,
			 char *reason)
{
	int ret;

	ret = cpus_check(passage->cpus, reason);
	if (ret)
		return ret;
	ret = stop_machine(step, passage, cpu_online_mask);
	if (ret)
		return weir_refuse(reason, ret,
				   "a CPU came or went meanwhile, try again");
	if (passage->error && atomic_read(&passage->done))
		weir.stuck = true;
	return passage->error;
}

/* Returns with hypervisor memory claimed and mapped. */
static int memory_claim(const struct system_desc *config, char *reason)
{
	u64 start = config->hypervisor_memory.phys_start;
	u64 bytes = config->hypervisor_memory.size;

	if (region_intersects(start, bytes, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return weir_refuse(reason, -EBUSY,
				   "hypervisor memory 0x%llx is used by Linux: boot it with a lower mem=",
				   start);
	if (!request_mem_region(start, bytes, "weir"))
		return weir_refuse(reason, -EBUSY,
				   "hypervisor memory 0x%llx, 0x%llx bytes is claimed by another driver",
				   start, bytes);
	weir.memory = memremap(start, bytes, MEMREMAP_WB);
	if (!weir.memory) {
		release_mem_region(start, bytes);
		return weir_refuse(reason, -ENOMEM,
				   "cannot map the hypervisor memory");
	}
	weir.memory_phys = start;
	weir.memory_bytes = bytes;
	weir.header = weir.memory;
	return 0;
}

static void memory_release(void)
{
	arch_release();
	weir.header = NULL;
	memunmap(weir.memory);
	weir.memory = NULL;
	release_mem_region(weir.memory_phys, weir.memory_bytes);
}

/* Image, zeroes, configuration, header: all that the hypervisor finds when it starts. */
static int memory_fill(const struct weir_enable *request,
		       const cpumask_t *cpus, char *reason)
{
	struct image_header *header = weir.header;
	u64 config_offset, config_end;
	u32 max_cpus = cpumask_last(cpus) + 1;
	int ret;

	memset(weir.memory, 0, weir.memory_bytes);
	ret = image_copy(request, weir.memory, weir.memory_bytes, reason);
	if (ret)
		return ret;

	config_offset = header->core_size + max_cpus * header->percpu_size;
	config_end = config_offset + weir.system.size;
	if (config_end > weir.memory_bytes)
		return weir_refuse(reason, -ENOMEM,
				   "hypervisor memory of %zu bytes, at least %llu are needed",
				   weir.memory_bytes, config_end);
	memcpy(weir.memory + config_offset, weir.system.config,
	       weir.system.size);

	header->image_phys = weir.memory_phys;
	header->max_cpus = max_cpus;
	header->online_cpus = cpumask_weight(cpus);
	header->config_size = weir.system.size;
	header->reason[0] = '\0';
	strscpy(weir.version, header->version, sizeof(weir.version));
	weir.percpu_bytes = header->percpu_size;
	weir.max_cpus = max_cpus;
	ret = arch_prepare(reason);
	if (ret)
		return ret;
	arch_cache_flush(weir.memory, weir.memory_bytes);
	return 0;
}

/* What it wrote with caches on or off, whichever it was. */
static void reason_fetch(char *reason)
{
	arch_cache_flush(weir.header, sizeof(*weir.header));
	strscpy(reason, weir.header->reason, WEIR_REASON_BYTES);
}

static int enter_all(const cpumask_t *cpus, char *reason)
{
	struct passage passage = { .cpus = cpus };
	int ret;

	down_write(&weir.gate);
	ret = all_cpus_pass(enter_cpu, &passage, reason);
	weir.enabled = !ret;
	up_write(&weir.gate);

	if (weir.stuck)
		return weir_refuse(reason, -EIO,
				   "only some CPUs entered: reboot (error %d)",
				   ret);
	if (ret && !reason[0])
		reason_fetch(reason);
	if (ret && !reason[0])
		weir_refuse(reason, 0, "the hypervisor did not start: error %d",
			    ret);
	return ret;
}

static void statistics_learn(void)
{
	long offset = weir_hypercall(WEIR_HC_QUERY, WEIR_FEATURE_STATISTICS, 0);

	weir.statistics_phys = offset > 0 ? weir.memory_phys + offset : 0;
}

static int root_prepare(const struct system_desc *config, char *reason)
{
	struct weir_cell *root;
	int ret;

	root = cell_alloc(0, config->root_cell.name);
	if (!root)
		return -ENOMEM;
	ret = config_cpu_mask(&config->root_cell, &root->cpus, reason);
	if (!ret)
		ret = cpus_check(&root->cpus, reason);
	if (ret) {
		kobject_put(&root->kobj);
		return ret;
	}
	weir.root = root;
	return 0;
}

static int enable_checked(const struct weir_enable *request, char *reason)
{
	const struct system_desc *config = weir.system.config;
	u64 ring;
	int ret;

	ret = root_prepare(config, reason);
	if (ret)
		return ret;
	ret = memory_claim(config, reason);
	if (ret)
		goto out_root;
	ret = memory_fill(request, &weir.root->cpus, reason);
	if (ret)
		goto out_memory;
	ring = weir.header->console_ring;

	ret = enter_all(&weir.root->cpus, reason);
	if (weir.stuck)
		goto out_stuck;
	if (ret) {
		console_attach(weir.memory + ring);
		console_detach();
		goto out_memory;
	}
	if (config->flags & SYSTEM_VIRTUAL_DEBUG_CONSOLE)
		console_attach(weir.memory + ring);
	statistics_learn();
	ret = colors_learn();
	if (ret)
		pr_warn("weir: no colors: error %d\n", ret);
	ret = cell_publish(weir.root);
	if (ret)
		pr_warn("weir: no sysfs entry for the root cell: %d\n", ret);
	__module_get(THIS_MODULE);
	return 0;

out_stuck:
	__module_get(THIS_MODULE);
	return ret;
out_memory:
	memory_release();
out_root:
	kobject_put(&weir.root->kobj);
	weir.root = NULL;
	return ret;
}

static void config_drop(void)
{
	kfree(weir.system.config);
	weir.system.config = NULL;
}

int weir_enable(struct weir_enable *request, char *reason)
{
	int ret;

	if (weir.stuck)
		return weir_refuse(reason, -EIO, "reboot first");
	if (weir.enabled)
		return weir_refuse(reason, -EBUSY, "Weir is already enabled");
	ret = arch_check(reason);
	if (ret)
		return ret;
	ret = config_copy(&weir.system, request->config_address,
			  request->config_size, reason);
	if (ret)
		return ret;
	ret = validator_check_system(&weir.system, arch_config, reason);
	/* One that passes may have noted what is not known yet. */
	if (!ret) {
		reason[0] = '\0';
		ret = enable_checked(request, reason);
	}
	if (ret)
		config_drop();
	else
		pr_info("weir: %s enabled\n", weir.version);
	return ret;
}

static int leave_all(char *reason)
{
	struct passage passage = { .cpus = &weir.root->cpus };
	int ret;

	down_write(&weir.gate);
	ret = all_cpus_pass(leave_cpu, &passage, reason);
	if (!ret || weir.stuck)
		weir.enabled = false;
	else if (passage.error)
		weir_last_reason(ret, reason);
	up_write(&weir.gate);

	if (weir.stuck)
		return weir_refuse(reason, -EIO,
				   "only some CPUs left: reboot (error %d)",
				   ret);
	return ret;
}

int weir_disable(char *reason)
{
	int ret;

	if (!weir.enabled)
		return weir_refuse(reason, -ENODEV, "Weir is not enabled");
	if (!list_is_singular(&weir.cells))
		return weir_refuse(reason, -EBUSY,
				   "cells exist: destroy them first");
	if (atomic_read(&weir.root->mappings))
		return weir_refuse(reason, -EBUSY,
				   "a program has the statistics mapped: end it first");
	ret = leave_all(reason);
	if (ret)
		return ret;
	console_detach();
	cell_retract(weir.root);
	weir.root = NULL;
	memory_release();
	config_drop();
	module_put(THIS_MODULE);
	pr_info("weir: disabled\n");
	return 0;
}

void weir_shut_down(void)
{
	char reason[WEIR_REASON_BYTES] = "";
	struct weir_cell *cell, *next;

	if (!weir.enabled)
		return;
	list_for_each_entry_safe(cell, next, &weir.cells, node)
		if (cell != weir.root && cell_end(cell, reason))
			pr_warn("weir: cell %s stays: %s\n", cell->name,
				reason);
	reason[0] = '\0';
	if (colors_give_back(reason))
		pr_warn("weir: the root cell keeps its colors: %s\n", reason);
	if (weir_disable(reason))
		pr_warn("weir: still enabled: %s\n", reason);
}
