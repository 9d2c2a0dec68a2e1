/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guaranteed bandwidth: what cells are promised, and whether the machine can
 * keep it. Pure; the hypervisor, the driver and the tools link the same code.
 */
#ifndef HV_GUARANTEE_H
#define HV_GUARANTEE_H

#include "abi/weir-config.h"
#include "hv/config-check.h"
#include "hv/reason.h"
#include "hv/types.h"

/* Bytes per second. */
struct guarantee {
	uint64_t total;		/* reads and write-backs */
	uint64_t writes;	/* that may all be write-backs */
};

/* What settings promise their cell; all fields of them filled. */
struct guarantee guarantee_of(const struct reg_settings *settings);

/*
 * Whether what is asked for can be promised beside what has been admitted; a
 * machine without `record` promises nothing. 0, -EINVAL: there is no budget to
 * guarantee, -ENODEV: nobody has said what the machine sustains, -ENOSPC: it is
 * not enough, with the numbers.
 */
int guarantee_admit(const struct weir_record_bandwidth *record,
		    const struct guarantee *admitted,
		    const struct reg_settings *asked, struct reason *reason);

/* The policy of a configuration as settings; what it leaves out is unlimited. */
struct reg_settings guarantee_policy(const struct config_view *view);

#endif
