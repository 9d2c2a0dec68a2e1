/* SPDX-License-Identifier: GPL-2.0-only */
/* The last-level cache, by CPUID leaf 4 (SDM volume 2A, CPUID, 04H). */
#include "hv/arch/cache.h"

#include "msr-access.h"

#define LEAF_CACHE		4u
#define SUBLEAVES_MAX		8u
#define TYPE_NONE		0u
#define TYPE_INSTRUCTION	2u
#define EDX_COMPLEX_INDEXING	BIT(2)

bool arch_cache_last(struct color_cache *cache, bool *is_hashed)
{
	struct cpuid_regs last = { 0 };

	for (uint32_t n = 0; n < SUBLEAVES_MAX; n++) {
		struct cpuid_regs regs = cpuid_query(LEAF_CACHE, n);

		if ((regs.eax & 31) == TYPE_NONE)
			break;
		/* Levels ascend. */
		if ((regs.eax & 31) != TYPE_INSTRUCTION)
			last = regs;
	}
	if (last.eax == 0)
		return false;
	*is_hashed = last.edx & EDX_COMPLEX_INDEXING;
	cache->line_bytes = (last.ebx & 0xfff) + 1;
	cache->ways = (last.ebx >> 22) + 1;
	cache->sets = last.ecx + 1;
	return true;
}
