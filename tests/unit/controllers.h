/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells that hold back others, for tests on the machine of tests/sim/lines.h. */
#ifndef TEST_CONTROLLERS_H
#define TEST_CONTROLLERS_H

#include "abi/control.h"
#include "cells.h"

#define MB		1000000ull
#define MS		1000000ull
#define CELL_BUFFER	0x1000ull	/* in the cell's own memory */

/* What is in force on a cell that nothing limits, for control_expect(). */
#define FREE		REG_DUTY_FULL, REG_BUDGET_UNLIMITED

struct controller {
	struct blob_cell blob;
	struct weir_record_control control[2];
} ABI_PACKED;

/* A permission for all that can be asked for. */
void control_permit(struct weir_record_control *record, uint32_t id,
		    uint16_t duty_min, uint64_t budget_min);
/*
 * Cell 1 or 2, running: it may hold back the root, down to 100 permille and 50
 * MB/s, and cell 3, down to 10 permille and 1 MB/s.
 */
struct cell *controller_make(unsigned int id);

/* The cell's buffer, and a call with this in it. */
struct control_request *control_buffer(unsigned int id);
long control_call(unsigned int id, const struct control_request *request);

/* A request for what is not 0. */
struct control_request control_ask(uint32_t cell_id, uint16_t duty,
				   uint64_t budget);
/* These must be granted, after the time that a call takes its turn. */
void control_asks(unsigned int id, uint32_t cell_id, uint16_t duty,
		  uint64_t budget);
void control_releases(unsigned int id, uint32_t cell_id, uint16_t what);
/* This is not, with that in its reason. */
void control_refused(unsigned int id, struct control_request request, long error,
		     const char *words);

/* What is in force on a cell, as settled and as its CPU `cpu` has it. */
void control_expect(struct cell *cell, unsigned int cpu, uint16_t duty,
		    uint64_t budget);
void control_root_sets(struct cell *cell, uint16_t duty, uint64_t budget);
struct reg_status control_status(struct cell *cell);

#endif
