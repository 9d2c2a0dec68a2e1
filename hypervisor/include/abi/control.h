/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Control: what one cell may ask to be taken from another one.
 *
 * A cell that must meet a deadline can hold back the cells that are in its way:
 * throttle them, or tighten their budget. It needs a permission for each of
 * them (WEIR_RECORD_CONTROL), which says how far down that may go. What is in
 * force on a cell is the tighter of what the root has set and of everything
 * that is asked for: nobody can ask for more than the root gives, and the
 * root's changes are in force at once. What a cell holds ends when it
 * releases it, stops, fails, is shut down or destroyed.
 */
#ifndef ABI_CONTROL_H
#define ABI_CONTROL_H

#include "types.h"

/* What can be asked for. */
#define CONTROL_DUTY			0x0001u /* of each CPU of the cell */
#define CONTROL_BUDGET			0x0002u /* reads and write-backs together */
#define CONTROL_KNOWN			0x0003u

/* No permission goes further down with the root cell, which must go on. */
#define CONTROL_ROOT_DUTY_MIN_PERMILLE	50u
#define CONTROL_ROOT_BUDGET_MIN_BYTES_PER_S 1000000ull

/*
 * A cell may call so many times in a row, and once in every interval in the
 * long run; further calls are answered -EBUSY and do nothing.
 */
#define CONTROL_BURST_CALLS		16u
#define CONTROL_INTERVAL_NS		500000u

/* control_request.operation */
enum control_operation {
	CONTROL_ASK = 1,	/* for what is named; the rest stays as it is */
	CONTROL_RELEASE = 2,	/* what is named; all is fine, held or not */
};

/*
 * WEIR_HC_CONTROL. The caller fills everything down to the budget, where only what
 * `what` names counts. When the call fails nothing has changed, and `reason`
 * says why in one line.
 */
struct control_request {
	uint32_t size;			/* of this structure, in bytes */
	uint32_t operation;
	uint32_t cell_id;		/* the cell to be held back */
	uint16_t what;			/* CONTROL_* */
	uint16_t duty_permille;		/* of the time of each of its CPUs */
	uint64_t budget_bytes_per_s;
	/* answer */
	uint64_t budget_in_force_bytes_per_s; /* or REG_BUDGET_UNLIMITED */
	uint64_t now_ns;		/* hypervisor clock */
	uint16_t duty_in_force_permille;
	uint16_t held;			/* CONTROL_*: the caller's, from now on */
	uint32_t reserved;		/* 0 */
	char reason[128];
} ABI_PACKED;
ABI_SIZE(struct control_request, 176);
ABI_OFFSET(struct control_request, reason, 48);

/* Cells that can hold the same one. */
#define CONTROL_HOLDS_MAX		8

/* What one cell asks of another: an entry of the latter's reg_status. */
struct control_hold {
	uint32_t cell_id;		/* of the one who asks */
	uint16_t what;			/* CONTROL_* it holds; 0: nothing now */
	uint16_t duty_permille;
	uint64_t budget_bytes_per_s;
	uint64_t since_ns;		/* it holds something without a break */
	uint64_t held_ns;		/* before that, in all */
	uint64_t requests;		/* that were granted, releases included */
	uint64_t lapses;		/* ended by other than a release */
};
ABI_SIZE(struct control_hold, 48);

#endif
