/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files that handle hypercalls share. */
#ifndef HYPERCALL_INTERNAL_H
#define HYPERCALL_INTERNAL_H

#include "abi/hypercall.h"
#include "hv/reason.h"
#include "hv/types.h"

/* One call being handled. */
struct call {
	struct per_cpu *cpu;
	struct cell *cell;		/* of the caller */
	uint64_t arg1;
	uint64_t arg2;
	struct reason reason;
};

/* The head of a buffer that is otherwise only written. */
struct buffer_head {
	uint32_t size;
	uint32_t cell_id;
};

/*
 * Copies the first `size` bytes of a buffer in, which is `whole` bytes long by
 * its own account as well. The answer must be writable: that is found out
 * now, not after something has changed.
 */
int call_copy_in(struct call *call, void *to, size_t size, size_t whole);
int call_copy_out(struct call *call, const void *from, size_t size);
/* The cell that a buffer of `whole` bytes asks about; to be put when it is 0. */
int call_look_begin(struct call *call, size_t whole, struct buffer_head *head,
		    struct cell **target);

/* hypercall-colors.c */
long call_colors(struct call *call);
long call_colors_set(struct call *call);
long call_colors_step(struct call *call);

#endif
