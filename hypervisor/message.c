/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to cells through their communication region. */
#include "cell-internal.h"
#include "hv/arch/cpu.h"
#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/wait.h"

/* However the cell's clock goes: never wait longer than that many times more. */
#define CLOCK_TRUST	8

enum answer {
	ANSWER_GIVEN,		/* see *reply */
	ANSWER_STOPPED,		/* the cell does not run (any more) */
	ANSWER_NONE,		/* not in time */
};

static bool cell_answers(const struct cell *cell)
{
	uint32_t state = cell->comm->head.cell_state;

	return !cell->loadable && !(cell->config->flags & CELL_PASSIVE_COMMREG) &&
	       (state == CELL_RUNNING || state == CELL_RUNNING_LOCKED);
}

/* The reply is read once: what the cell writes later does not count. */
static enum answer await_reply(const struct cell *cell, uint32_t *reply)
{
	const struct comm_region_head *head = &cell->comm->head;
	uint64_t start_ns = clock_now_ns();
	struct wait wait = wait_begin_ms(cell->msg_timeout_ns / 1000000 *
						 CLOCK_TRUST + 1000);

	do {
		*reply = head->reply_from_cell;
		if (*reply != REPLY_NONE)
			return ANSWER_GIVEN;
		if (!cell_answers(cell))
			return ANSWER_STOPPED;
		if (clock_now_ns() - start_ns >= cell->msg_timeout_ns)
			return ANSWER_NONE;
		arch_cpu_poll_irqs(this_cpu());
	} while (wait_turn(&wait));
	return ANSWER_NONE;
}

static enum answer cell_send(struct cell *cell, uint32_t message,
			     uint32_t *reply)
{
	struct comm_region_head *head = &cell->comm->head;
	enum answer answer;

	*reply = REPLY_NONE;
	if (!cell_answers(cell))
		return ANSWER_STOPPED;
	head->reply_from_cell = REPLY_NONE;
	/* The cell must not see the message beside an old reply. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	head->msg_to_cell = message;
	/* Others shall not wait for a CPU that waits for them. */
	memsys_cpu_stop(this_cpu());
	answer = await_reply(cell, reply);
	memsys_cpu_start(this_cpu());
	if (answer == ANSWER_NONE)
		printk("cell \"%s\": no reply to message %u within %llu us\n",
		       cell->config->name, message,
		       (unsigned long long)cell->msg_timeout_ns / 1000);
	return answer;
}

/* A cell that no longer answers must not keep its CPUs for ever. */
int cell_ask_shutdown(struct cell *cell, struct reason *reason)
{
	uint32_t reply;

	if (cell_send(cell, MSG_SHUTDOWN_REQUEST, &reply) != ANSWER_GIVEN ||
	    reply == REPLY_APPROVED)
		return 0;
	return refuse(reason, -EPERM, "cell \"%s\" %s the request to shut down",
		      cell->config->name,
		      reply == REPLY_DENIED ? "denied" : "did not understand");
}

int cells_vote(const struct cell *except, struct reason *reason)
{
	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		const struct cell *cell = cell_slot(i);

		if (!cell || cell == except || cell->loadable ||
		    (cell->config->flags & CELL_PASSIVE_COMMREG))
			continue;
		if (cell->comm->head.cell_state == CELL_RUNNING_LOCKED)
			return refuse(reason, -EPERM,
				      "cell \"%s\" is in the locked state: no cell may come or go",
				      cell->config->name);
	}
	return 0;
}

void cells_tell_reconfigured(const struct cell *except)
{
	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		struct cell *cell = cell_slot(i);
		uint32_t reply;

		if (cell && cell != except)
			cell_send(cell, MSG_RECONFIG_COMPLETED, &reply);
	}
}
