/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A guest that is asked, and what it answers.
 *
 *   mode=approve   agrees, after it has refused `times=N` requests (0)
 *   mode=nonsense  answers two requests with what is no answer, then agrees
 *   mode=locked    is in the locked state until it agrees
 *   mode=silent    reads nothing and answers nothing
 *   mode=state     its state is none that exists
 *
 * Prints "NAME: ..." with `name=` for each message.
 */
#include "inmate.h"

#define NO_REPLY_AT_ALL		99u
#define NO_STATE_AT_ALL		77u

static char name[16], mode[16];
static unsigned int changes_count;

static void reply(uint32_t answer)
{
	struct comm_region_head *head = &comm_region()->head;

	head->msg_to_cell = MSG_NONE;
	__asm__ volatile("dmb ishst" ::: "memory");
	head->reply_from_cell = answer;
}

/* The n-th request to shut down, from 1. */
static uint32_t decision(uint64_t n)
{
	static const uint32_t nonsense[] = { NO_REPLY_AT_ALL, REPLY_UNKNOWN };

	if (mode[0] == 'n' && n <= 2)
		return nonsense[n - 1];
	return n <= cmdline_number("times", 0) ? REPLY_DENIED : REPLY_APPROVED;
}

/* True when it has agreed to shut down. */
static bool answer_one(void)
{
	static uint64_t requests_count;
	uint32_t answer;

	switch (comm_region()->head.msg_to_cell) {
	case MSG_SHUTDOWN_REQUEST:
		answer = decision(++requests_count);
		inmate_printf("%s: request %lu, reply %u\n", name,
			      requests_count, answer);
		reply(answer);
		return answer == REPLY_APPROVED;
	case MSG_RECONFIG_COMPLETED:
		inmate_printf("%s: change %u\n", name, ++changes_count);
		reply(REPLY_RECEIVED);
		return false;
	default:
		return false;
	}
}

void inmate_main(void)
{
	cmdline_string("name", "voter", name, sizeof(name));
	cmdline_string("mode", "approve", mode, sizeof(mode));
	inmate_printf("%s: %s\n", name, mode);
	if (mode[0] == 'l')
		comm_set_state(CELL_RUNNING_LOCKED);
	if (mode[0] == 's' && mode[1] == 't')
		comm_set_state((enum cell_state)NO_STATE_AT_ALL);
	if (mode[0] == 's')
		inmate_halt();
	while (!answer_one())
		__asm__ volatile("yield");
}
