// SPDX-License-Identifier: GPL-2.0-only
/* Configurations: copies of the caller's, and what the driver reads there. */

#include <linux/cpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "abi/weir-config.h"
#include "hv/reason.h"
#include "weir.h"

/* The validator writes its reasons where the driver writes its own. */
int refuse(struct reason *reason, int error, const char *format, ...)
{
	va_list args;

	if (!reason)
		return error;
	va_start(args, format);
	vscnprintf(reason->text, sizeof(reason->text), format, args);
	va_end(args);
	return error;
}

int config_copy(struct validator_blob *blob, u64 address, u64 size,
		char *reason)
{
	void *config;

	if (!size || size > CONFIG_MAX_BYTES)
		return weir_refuse(reason, -EINVAL,
				   "configuration of %llu bytes: 1 to %u are possible",
				   size, CONFIG_MAX_BYTES);
	/* The hypervisor looks for a Weir block behind what is there. */
	config = kzalloc(size + sizeof(struct weir_block), GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	if (copy_from_user(config, u64_to_user_ptr(address), size)) {
		kfree(config);
		return weir_refuse(reason, -EFAULT,
				   "cannot read the configuration");
	}
	blob->config = config;
	blob->size = size;
	return 0;
}

int config_cpu_mask(const struct cell_desc *cell, cpumask_t *cpus,
		    char *reason)
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
	return 0;
}

const struct memory_region *config_memory(const struct cell_desc *cell)
{
	const u8 *set = (const u8 *)(cell + 1);

	return (const struct memory_region *)(set + cell->cpu_set_size);
}
