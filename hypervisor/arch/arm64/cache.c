/* SPDX-License-Identifier: GPL-2.0-only */
/* The last-level cache, by identification registers. */
#include "hv/arch/cache.h"

#include "coloring/cache-id.h"
#include "sysregs.h"

/* ID_AA64MMFR2_EL1.CCIDX, DDI 0487, D19.2.66. */
#define MMFR2_CCIDX_SHIFT	20

/*
 * CSSELR_EL1 is the guest's too, and this is the only use of it here: the
 * value found is put back.
 */
bool arch_cache_last(struct color_cache *cache, bool *is_hashed)
{
	unsigned int level = clidr_last_level(read_sysreg(clidr_el1));
	uint64_t selected = read_sysreg(csselr_el1);
	uint64_t mmfr2 = read_sysreg(id_aa64mmfr2_el1);

	if (level == 0)
		return false;
	write_sysreg(csselr_el1, (uint64_t)(level - 1) << 1);
	isb();
	ccsidr_decode(read_sysreg(ccsidr_el1),
		      sysreg_field(mmfr2, MMFR2_CCIDX_SHIFT) != 0, cache);
	write_sysreg(csselr_el1, selected);
	isb();
	*is_hashed = false;	/* no register would say so */
	return true;
}
