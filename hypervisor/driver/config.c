// SPDX-License-Identifier: GPL-2.0-only
/* Configurations: copying them in and checking what the driver relies on. */

#include <linux/cpu.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "weir.h"

void *config_copy(u64 address, u64 size, size_t least, char *reason)
{
	void *config;

	if (size < least || size > CONFIG_MAX_BYTES) {
		weir_refuse(reason, 0,
			    "configuration of %llu bytes: %zu to %u are possible",
			    size, least, CONFIG_MAX_BYTES);
		return ERR_PTR(-EINVAL);
	}
	config = memdup_user(u64_to_user_ptr(address), size);
	if (IS_ERR(config))
		weir_refuse(reason, 0, "cannot read the configuration");
	return config;
}

static int head_check(const char *signature, const char *expected,
		      u8 architecture, u16 revision, char *reason)
{
	if (memcmp(signature, expected, CONFIG_SIGNATURE_BYTES))
		return weir_refuse(reason, -EINVAL,
				   "not a configuration: signature is not %s",
				   expected);
	if (revision != CONFIG_REVISION)
		return weir_refuse(reason, -EINVAL,
				   "configuration revision is %u, need %u",
				   revision, CONFIG_REVISION);
	if (architecture != arch_config)
		return weir_refuse(reason, -EINVAL,
				   "configuration is for architecture %u, this is %u",
				   architecture, arch_config);
	return 0;
}

/* Signature apart: that of a root cell inside a system is free. */
static int cell_extent_check(const struct cell_desc *cell, size_t size,
			     char *reason)
{
	u64 least = sizeof(*cell) + (u64)cell->cpu_set_size +
		(u64)cell->num_memory_regions * sizeof(struct memory_region);

	if (strnlen(cell->name, sizeof(cell->name)) == sizeof(cell->name))
		return weir_refuse(reason, -EINVAL,
				   "the cell's name is not terminated");
	if (cell->cpu_set_size % 8 || least > size)
		return weir_refuse(reason, -EINVAL,
				   "CPU set and memory regions need %llu bytes, the configuration has %zu",
				   least, size);
	return 0;
}

int config_check_system_head(const struct system_desc *config, size_t size,
			     char *reason)
{
	const struct memory_region *memory = &config->hypervisor_memory;
	u64 start = memory->phys_start, bytes = memory->size;
	int ret;

	ret = head_check(config->signature, CONFIG_SYSTEM_SIGNATURE,
			 config->architecture, config->revision, reason);
	if (ret)
		return ret;
	if (!bytes || !PAGE_ALIGNED(start) || !PAGE_ALIGNED(bytes) ||
	    start + bytes < start || bytes > SZ_1G)
		return weir_refuse(reason, -EINVAL,
				   "hypervisor memory 0x%llx, 0x%llx bytes: not whole pages of up to 1 GiB",
				   start, bytes);
	return cell_extent_check(&config->root_cell,
				 size - offsetof(struct system_desc, root_cell),
				 reason);
}

int config_check_cell_head(const struct cell_desc *cell, size_t size,
			   char *reason)
{
	int ret;

	ret = head_check(cell->signature, CONFIG_CELL_SIGNATURE,
			 cell->architecture, cell->revision, reason);
	if (ret)
		return ret;
	return cell_extent_check(cell, size, reason);
}

int config_cpus(const struct cell_desc *cell, cpumask_t *cpus, char *reason)
{
	const u8 *set = (const u8 *)(cell + 1);
	u32 cpu, bits = cell->cpu_set_size * 8;

	cpumask_clear(cpus);
	for (cpu = 0; cpu < bits; cpu++) {
		if (!(set[cpu / 8] & (1u << (cpu % 8))))
			continue;
		if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
			return weir_refuse(reason, -EINVAL,
					   "CPU %u of the configuration does not exist",
					   cpu);
		cpumask_set_cpu(cpu, cpus);
	}
	if (cpumask_empty(cpus))
		return weir_refuse(reason, -EINVAL,
				   "the configuration names no CPU");
	return 0;
}

const struct memory_region *config_memory(const struct cell_desc *cell)
{
	const u8 *set = (const u8 *)(cell + 1);

	return (const struct memory_region *)(set + cell->cpu_set_size);
}
