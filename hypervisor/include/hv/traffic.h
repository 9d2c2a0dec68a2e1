/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traffic of the whole machine as its memory controllers count it, devices
 * included: to look at, not to regulate by, for it knows no CPUs.
 */
#ifndef HV_TRAFFIC_H
#define HV_TRAFFIC_H

#include "abi/hypercall.h"
#include "reason.h"

/*
 * Lines since the first call. Any CPU; takes a lock. Counters of 32 bits wrap:
 * who wants them whole asks before 2^32 lines have moved (5 s at 50 GB/s).
 * -ENODEV or -EBUSY with the reason.
 */
int traffic_read(struct traffic_report *report, struct reason *reason);
/* The hypervisor leaves: what was programmed is off again. One CPU. */
void traffic_release(void);

#endif
