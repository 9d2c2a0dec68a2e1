/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the per-CPU areas are: right behind the image. */
#include "hv/percpu.h"

#include "hv/arch/paging.h"
#include "hv/setup.h"

struct per_cpu *percpu_get(unsigned int id)
{
	uint8_t *areas = (uint8_t *)arch_hv_base() + image_header.core_size;
	struct per_cpu *cpu;

	if (id >= image_header.max_cpus || id >= HV_MAX_CPUS)
		return NULL;
	cpu = (struct per_cpu *)(void *)(areas + id * image_header.percpu_size);
	/* Areas of CPUs that never entered are all zero. */
	return cpu->entered ? cpu : NULL;
}
