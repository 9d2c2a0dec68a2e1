/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The mailbox between hypervisor and cell. */
#include "inmate.h"

struct INMATE_COMM_REGION *comm_region(void)
{
	return (struct INMATE_COMM_REGION *)(uintptr_t)INMATE_COMM_BASE;
}

void comm_set_state(enum cell_state state)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	comm_region()->head.cell_state = state;
}

static void comm_reply(uint32_t reply)
{
	struct comm_region_head *head = &comm_region()->head;

	/* The hypervisor waits for the reply: the message goes first. */
	head->msg_to_cell = MSG_NONE;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	head->reply_from_cell = reply;
}

bool comm_poll(bool agree)
{
	switch (comm_region()->head.msg_to_cell) {
	case MSG_NONE:
		return false;
	case MSG_SHUTDOWN_REQUEST:
		comm_reply(agree ? REPLY_APPROVED : REPLY_DENIED);
		return agree;
	case MSG_RECONFIG_COMPLETED:
		comm_reply(REPLY_RECEIVED);
		return false;
	default:
		comm_reply(REPLY_UNKNOWN);
		return false;
	}
}
