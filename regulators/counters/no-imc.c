/* SPDX-License-Identifier: GPL-2.0-only */
/* Where no counters of the memory controllers are known. */
#include "hv/errno.h"
#include "hv/traffic.h"

int traffic_read(struct traffic_report *report, struct reason *reason)
{
	(void)report;
	return refuse(reason, -ENODEV,
		      "this machine's memory controllers are not known");
}

/* Nothing was programmed. */
void traffic_release(void)
{
}
