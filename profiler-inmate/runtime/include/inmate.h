/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The runtime of bare-metal guests.
 *
 * A guest supplies inmate_main(); it runs on the cell's first CPU with paging
 * and caches on, interrupts masked, 16 KiB of stack. Returning from it sets
 * the cell state to shut down and halts. inmate-arch.h has what differs
 * between architectures.
 *
 * Everything here is for that one CPU unless it says otherwise.
 */
#ifndef INMATE_H
#define INMATE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/hypercall.h"

#include "inmate-arch.h"

#define INMATE_LINE_BYTES	64u

void inmate_main(void);
/* Called by the start code: checks the communication region, runs the guest. */
void inmate_enter(void);

/* --- console.c: the virtual console, or a UART the cell owns ------------ */

void inmate_putc(char character);
/* Understands %s %c %u %d %x, also with l and ll, width and 0 padding. */
void inmate_printf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* Of the architecture: does nothing for a UART it does not know. */
void uart_putc(const struct console_desc *console, char character);

/* --- cmdline.c: NAME=VALUE words separated by blanks -------------------- */

/* The text placed at the command-line address by the loader. */
const char *cmdline_text(void);
/* Copies the value, truncating; false (and `fallback` copied) when absent. */
bool cmdline_string(const char *name, const char *fallback, char *value,
		    size_t size);
/* Decimal with an optional k, M or G (powers of 1024). */
uint64_t cmdline_bytes(const char *name, uint64_t fallback);
/* Decimal with a unit: ns, us, ms or s. */
uint64_t cmdline_ns(const char *name, uint64_t fallback_ns);
/* Decimal, or 0x and small hexadecimal digits. */
uint64_t cmdline_number(const char *name, uint64_t fallback);

/* --- comm.c: the communication region ----------------------------------- */

struct INMATE_COMM_REGION *comm_region(void);
void comm_set_state(enum cell_state state);
/*
 * Looks for a message and answers it. True when the hypervisor asked to shut
 * down and `agree` allowed it: the guest then stops what it does and returns.
 */
bool comm_poll(bool agree);

/* --- hypercalls, other CPUs --------------------------------------------- */

long inmate_hypercall(uint64_t number, uint64_t arg1, uint64_t arg2);
/*
 * Starts another CPU of the cell at `entry`, which gets `argument` and never
 * returns. `cpu` is its MPIDR affinity or APIC id; `stack_top` is 16-byte
 * aligned.
 */
long inmate_cpu_on(uint64_t cpu, void (*entry)(void *argument), void *argument,
		   void *stack_top);
void inmate_halt(void) __attribute__((noreturn));

/* --- the timer of this CPU ---------------------------------------------- */

uint64_t timer_now_ticks(void);
uint64_t timer_hz(void);
uint64_t timer_ticks_to_ns(uint64_t ticks);
uint64_t timer_ns_to_ticks(uint64_t ns);
/* Interrupt IRQ_TIMER at this absolute count. */
void timer_arm(uint64_t ticks);
void timer_disarm(void);

/* --- the clock work is measured with ------------------------------------- */

/*
 * clock=model on the command line (default) or clock=timer: the time of the
 * memory-system model where there is one, else that of the timer.
 */
void clock_init(void);
uint64_t clock_cycles(void);
uint64_t clock_hz(void);
/* Busy waiting: the CPU stays busy in model time. */
void clock_wait_until(uint64_t cycles);

/* --- guard.c: a deadline, and who is held back when it is missed --------- */

/*
 *   deadline=TIME  of each job (default 0: none)
 *   guard=ID       the cell to hold back (default 0: the root); the cell needs
 *                  a permission for it in its configuration
 *   duty=N         ask for so many thousandths of the time of its CPUs
 *   budget=BYTES   ask for so many bytes per second
 *   calm=N         release it after so many jobs in time (default 20; 0: never)
 */
struct guard {
	uint64_t deadline_cycles;	/* 0: nothing is guarded */
	uint64_t budget_bytes_per_s;
	uint64_t calm_jobs;
	uint32_t cell_id;
	uint16_t what;			/* CONTROL_*, abi/control.h */
	uint16_t duty_permille;
	bool holds;
	uint64_t in_time;		/* jobs in a row */
	uint64_t missed;
	uint64_t missed_held;		/* of them while it held the other back */
	uint64_t asked;
	uint64_t refused;
};

/* After clock_init(). */
void guard_init(struct guard *guard);
/* After each job: how long it took. Prints a line for each change. */
void guard_job(struct guard *guard, uint64_t job, uint64_t cycles);
/* Releases, and prints "guard: missed N held N asked N refused N". */
void guard_end(struct guard *guard);

/* --- input.c: what the root cell put into memory it shares (abi/input.h) -- */

/*
 * shared=BYTES on the command line is the size of that memory (8M). NULL when
 * there is no input in it; the cell's configuration must map such memory.
 */
const void *inmate_input(uint64_t *bytes);

/* --- interrupts --------------------------------------------------------- */

typedef void (*irq_handler)(unsigned int irq);

/* The interrupt controller's part of this CPU, and its private interrupts. */
void irq_init(irq_handler handler);
void irq_enable(unsigned int irq);

/* --- memory.c ----------------------------------------------------------- */

void *inmate_memset(void *to, int value, size_t size);
/* A pseudo-random sequence; never returns the same value for ever. */
uint64_t random_next(uint64_t *state);
/*
 * RAM behind the image, line aligned; NULL when the cell has not so much.
 * ram=BYTES on the command line (INMATE_RAM_BYTES) says where RAM ends; from
 * INMATE_HOLE_BASE to INMATE_HOLE_END there is none.
 */
void *inmate_alloc(uint64_t size);

#endif
