/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The glue between cells, CPUs and regulators.
 *
 * The policy lives in the cell (struct reg_cell) and is the one source of
 * truth. Its CPUs are told by EVENT_REGULATION, and look for themselves at
 * every period boundary; a CPU reset or a cell restart re-applies it. Locks:
 * one for requests (a check takes some thousand instructions), inside it
 * reg_cell.lock, innermost but for the console; both taken on any CPU with
 * interrupts masked, the latter held for a few dozen instructions.
 */
#ifndef HV_REGULATION_H
#define HV_REGULATION_H

#include "abi/regulation.h"
#include "reason.h"
#include "types.h"

/*
 * Finds regulators and counter sources; from setup, before any cell exists, with
 * the checked system configuration in place, after memsys_init().
 */
int regulation_init(void);

/*
 * Applies the policy records of the cell's configuration; cell not yet
 * running, cell->cpus and cell->config valid.
 */
int regulation_cell_init(struct cell *cell, struct reason *reason);
void regulation_cell_exit(struct cell *cell);

/* This CPU joins cpu->cell, or is reset in it: settings in force before entry. */
void regulation_cpu_reset(struct per_cpu *cpu);
/* This CPU leaves its cell or is parked: no tick, no counter, no stall. */
void regulation_cpu_stop(struct per_cpu *cpu);
/* This CPU was idle without a tick: boundaries that passed are no lateness. */
void regulation_cpu_resume(struct per_cpu *cpu);

/* EVENT_REGULATION arrived on this CPU. */
void regulation_cpu_event(struct per_cpu *cpu);
/*
 * The interrupt came that events are told by: where a setting is all there is, it is
 * in force when this returns. Interrupts masked, from where ticks come as well.
 */
void regulation_kick(struct per_cpu *cpu);

/* A PMU overflow interrupt arrived on this CPU at the hypervisor's level. */
void regulation_overflow(struct per_cpu *cpu);

/* From the tick of this CPU: a deadline of it has come. */
void regulation_period(struct per_cpu *cpu, uint64_t now_ns);
void regulation_poll(struct per_cpu *cpu, uint64_t now_ns);
void regulation_throttle(struct per_cpu *cpu, uint64_t now_ns);

/*
 * The last thing before the guest goes on, where throttle.fresh is set: the time
 * since it left, at `left_ns` (0: not known), until `now_ns` was not its own. It
 * may run for as much longer. On architectures that do not call it, it was.
 */
void regulation_throttle_resume(struct per_cpu *cpu, uint64_t left_ns,
				uint64_t now_ns);
void regulation_burst(struct per_cpu *cpu, uint64_t now_ns);
/* It polls for others, and kicks those that must look for themselves. */
void regulation_watch(struct per_cpu *cpu, uint64_t now_ns);

/*
 * For platforms that look at a polled source by themselves: whether what was
 * armed on this CPU is used up, and what to do when it is.
 */
bool regulation_alarmed(struct per_cpu *cpu);
void regulation_alarm(struct per_cpu *cpu);

/*
 * Last thing before every return to the guest when cpu->stall_requested is
 * set: holds the CPU until its budget is replenished. Interrupts that arrive
 * meanwhile are taken at the hypervisor's level and stay pending for the
 * guest; management events are answered at once. Every wait is bounded by
 * the next refill.
 */
void regulation_stall(struct per_cpu *cpu);

/* Hypercalls; caller has copied the request in and checked who may call. */
int regulation_set(struct cell *cell, struct reg_request *request);

/*
 * The same with nothing but another total budget, and without an answer. The short way,
 * a small part of the time: where a best-effort cell keeps a budget already. False: it
 * is regulation_budget() that tells, with 0 or an error and the reason. Any CPU; `self`
 * is the one that calls. The cell need not be held.
 */
bool regulation_amend(struct per_cpu *self, uint64_t cell_id,
		      uint64_t bytes_per_s);
/*
 * WEIR_HC_BUDGET, with the arguments of hypercall_handle() where they are: the short way
 * when the root asks, else hypercall_whole().
 */
long regulation_call_budget(struct per_cpu *self, uint64_t number,
			    uint64_t cell_id, uint64_t bytes_per_s);
int regulation_budget(struct cell *cell, uint64_t bytes_per_s,
		      struct reason *reason);
int regulation_get(struct cell *cell, struct reg_status *status);

/*
 * WEIR_HC_CONTROL, in this order: whether the caller may ask for that (-EINVAL,
 * -EPERM, -ERANGE); whether it is its turn (-EBUSY); what it asks of the cell. At
 * the end each call is counted.
 */
int regulation_control_turn(struct cell *caller, struct reason *reason);
int regulation_control_permit(const struct cell *caller,
			      const struct control_request *request,
			      struct reason *reason);
int regulation_control(struct cell *caller, struct cell *cell,
		       struct control_request *request);
void regulation_control_count(struct cell *caller, bool granted);

/* The cell has stopped or failed: what it holds of others lapses. Any CPU. */
void regulation_cell_stopped(struct cell *cell);

/* Bit masks for WEIR_HC_QUERY. */
uint64_t regulation_regulators(void);
uint64_t regulation_sources(void);

#endif
