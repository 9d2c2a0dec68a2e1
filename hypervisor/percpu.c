/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the per-CPU areas are. */
#include "hv/percpu.h"

struct per_cpu *percpu_get(unsigned int id)
{
	struct per_cpu *cpu = percpu_of(id);

	if (id >= image_header.max_cpus || id >= HV_MAX_CPUS)
		return NULL;
	/* Areas of CPUs that never entered are all zero. */
	return cpu->entered ? cpu : NULL;
}
