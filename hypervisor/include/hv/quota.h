/* SPDX-License-Identifier: GPL-2.0-only */
/* How often something may be done: a bucket of turns that fills with time. */
#ifndef HV_QUOTA_H
#define HV_QUOTA_H

#include "types.h"

struct quota {
	uint64_t full_ns;	/* when the bucket is full again */
};

/*
 * Takes one of `burst` turns, which come back one every `turn_ns`; false when
 * there is none. The caller has the lock that guards the quota.
 */
static inline bool quota_take(struct quota *quota, uint64_t now_ns,
			      uint64_t turn_ns, uint64_t burst)
{
	uint64_t full_ns = quota->full_ns > now_ns ? quota->full_ns : now_ns;

	if (full_ns - now_ns + turn_ns > turn_ns * burst)
		return false;
	quota->full_ns = full_ns + turn_ns;
	return true;
}

#endif
