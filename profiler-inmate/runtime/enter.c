/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the start code to inmate_main(): is this the hypervisor we know? */
#include "inmate.h"

static bool comm_region_known(void)
{
	static const char signature[6] = COMM_REGION_SIGNATURE;
	const struct comm_region_head *head = &comm_region()->head;

	for (size_t n = 0; n < sizeof(signature); n++)
		if (head->signature[n] != signature[n])
			return false;
	return head->revision == COMM_REGION_REVISION;
}

void inmate_enter(void)
{
	if (!comm_region_known()) {
		comm_set_state(CELL_FAILED_COMM_REV);
		inmate_halt();
	}
	comm_set_state(CELL_RUNNING);
	inmate_main();
	comm_set_state(CELL_SHUT_DOWN);
	inmate_halt();
}
