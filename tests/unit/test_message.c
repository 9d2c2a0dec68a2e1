/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to cells: answers, silence, and cells that vote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/errno.h"
#include "hv/setup.h"

/* What the cells do in each turn of a waiting loop of the hypervisor. */
static struct {
	uint32_t reply;		/* REPLY_NONE: keep silent */
	bool stop;		/* set the state to SHUT_DOWN instead */
	unsigned int patience;	/* turns before it is done */
	uint32_t seen;		/* bits of messages received */
	unsigned int received;
} cells;

static void cells_turn(void)
{
	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		struct cell *cell = cell_slot(i);
		struct comm_region_head *head;

		if (!cell || !cell->comm->head.msg_to_cell)
			continue;
		head = &cell->comm->head;
		cells.seen |= 1u << head->msg_to_cell;
		if (cells.patience) {
			cells.patience--;
			continue;
		}
		cells.received++;
		if (cells.stop) {
			head->cell_state = CELL_SHUT_DOWN;
		} else if (cells.reply) {
			head->msg_to_cell = MSG_NONE;
			head->reply_from_cell = cells.reply;
		}
	}
}

static int setup(void **state)
{
	memset(&cells, 0, sizeof(cells));
	return cells_setup(state);
}

/* A running cell that listens from now on. */
static struct cell *listening(unsigned int id)
{
	struct cell *cell = cells_make_running(id);

	fake.on_relax = cells_turn;
	return cell;
}

static void test_approved(void **state)
{
	uint64_t start;

	(void)state;
	listening(1);
	cells.reply = REPLY_APPROVED;
	cells.patience = 100;
	start = fake.now_ns;
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(cells.seen, 1u << MSG_SHUTDOWN_REQUEST);
	assert_true(fake.now_ns - start < 1000000);
}

static void test_denied(void **state)
{
	struct cell *cell = listening(1);

	(void)state;
	cells.reply = REPLY_DENIED;
	cells_expect(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), -EPERM,
		     "cell \"cell-1\" denied");
	cells_expect(fake_hypercall(0, HC_CELL_START, 1, 0), -EPERM, "denied");
	cells_expect(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0), -EPERM,
		     "denied");
	cells.reply = REPLY_UNKNOWN;
	cells_expect(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), -EPERM,
		     "did not understand");
	cells.reply = 77;
	cells_expect(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), -EPERM,
		     "did not understand");
	assert_ptr_equal(cell_by_id(1), cell);
	assert_true(fake_cpu_area(1)->arch.in_guest);
	assert_int_equal(fake_cpu_area(1)->arch.resets, 1);
	assert_false(fake_cpu_area(1)->suspended);
}

static void test_silence_ends(void **state)
{
	uint64_t start;

	(void)state;
	listening(1);
	start = fake.now_ns;
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	/* As the configuration says: 10 ms. */
	assert_in_range(fake.now_ns - start, 10000000, 11000000);
}

static void test_timeout_of_plain_configurations(void **state)
{
	static const struct {
		uint64_t timeout;
		uint64_t wanted_ns;
	} cases[] = {
		{ 0, MSG_TIMEOUT_DEFAULT_NS },
		{ 2000, 2000000 },
		{ 1, 1000 },
		{ UINT64_MAX, 0 },	/* years, not an overflow */
	};
	struct blob_cell blob;
	uint8_t plain[sizeof(blob)];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		blob_cell_init(&blob, 1);
		blob.cell.msg_reply_timeout = cases[i].timeout;
		assert_int_equal(cells_create(plain, blob_cell_plain(plain,
								     &blob)),
				 0);
		if (cases[i].wanted_ns)
			assert_int_equal(cell_by_id(1)->msg_timeout_ns,
					 cases[i].wanted_ns);
		else
			assert_true(cell_by_id(1)->msg_timeout_ns > BIT(62));
		assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	}
}

static void test_stopped_meanwhile(void **state)
{
	(void)state;
	listening(1);
	cells.stop = true;
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(cells.received, 1);
	assert_int_equal(cell_count(), 1);
}

/* An old reply in the page must not pass for an answer. */
static void test_old_reply(void **state)
{
	struct cell *cell = listening(1);

	(void)state;
	cell->comm->head.reply_from_cell = REPLY_APPROVED;
	cells.reply = REPLY_DENIED;
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), -EPERM);
}

static void test_passive_cell_is_not_asked(void **state)
{
	struct blob_cell blob;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.cell.flags |= CELL_PASSIVE_COMMREG;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	fake.on_relax = cells_turn;
	cells.reply = REPLY_DENIED;
	/* It does not vote either. */
	cell_by_id(1)->comm->head.cell_state = CELL_RUNNING_LOCKED;
	cells_make(2);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(cells.seen, 0);
}

static void test_locked_cell_blocks(void **state)
{
	struct cell *cell = cells_make_running(1);
	struct blob_cell blob;

	(void)state;
	cells_make_running(2);
	fake.on_relax = cells_turn;
	cells.reply = REPLY_APPROVED;
	cell->comm->head.cell_state = CELL_RUNNING_LOCKED;
	blob_cell_init(&blob, 3);
	cells_expect(cells_create(&blob, sizeof(blob)), -EPERM,
		     "cell \"cell-1\" is in the locked state");
	cells_expect(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), -EPERM,
		     "locked state");
	/* Nobody was asked for nothing, and start and load are no change. */
	assert_int_equal(cells.seen, 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 2, 0), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 2, 0), 0);
	/* Of its own end it decides by its answer. */
	cells.reply = REPLY_DENIED;
	cells_expect(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), -EPERM,
		     "denied");
	cells.reply = REPLY_APPROVED;
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
}

static void test_others_are_told(void **state)
{
	(void)state;
	listening(1);
	cells.reply = REPLY_RECEIVED;
	cells_make(2);
	assert_int_equal(cells.seen, 1u << MSG_RECONFIG_COMPLETED);
	assert_int_equal(cells.received, 1);
	cells.seen = 0;
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), 0);
	assert_int_equal(cells.seen, 1u << MSG_RECONFIG_COMPLETED);
	assert_int_equal(cells.received, 2);
}

static void test_silent_listener_does_not_hold_up(void **state)
{
	uint64_t start;

	(void)state;
	listening(1);
	start = fake.now_ns;
	cells_make(2);
	assert_in_range(fake.now_ns - start, 10000000, 11000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_approved, setup),
		cmocka_unit_test_setup(test_denied, setup),
		cmocka_unit_test_setup(test_silence_ends, setup),
		cmocka_unit_test_setup(test_timeout_of_plain_configurations,
				       setup),
		cmocka_unit_test_setup(test_stopped_meanwhile, setup),
		cmocka_unit_test_setup(test_old_reply, setup),
		cmocka_unit_test_setup(test_passive_cell_is_not_asked, setup),
		cmocka_unit_test_setup(test_locked_cell_blocks, setup),
		cmocka_unit_test_setup(test_others_are_told, setup),
		cmocka_unit_test_setup(test_silent_listener_does_not_hold_up,
				       setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
