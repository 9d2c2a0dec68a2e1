/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The runtime of bare-metal guests.
 *
 * A guest supplies inmate_main(); it runs on the cell's first CPU with the MMU
 * and caches on (RAM below 128 MiB cacheable, the rest device memory but for
 * the gigabyte at 0x80000000), interrupts masked, 16 KiB of stack. Returning
 * from it sets the cell state to shut down and halts.
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
#include "abi/memsys.h"

#define INMATE_COMM_BASE	0x80000000ull
#define INMATE_MEMSYS_PAGE	0x80001000ull
#define INMATE_LINE_BYTES	64u

void inmate_main(void);

/* --- console.c: the virtual console, or a PL011 the cell owns ----------- */

void inmate_putc(char character);
/* Understands %s %c %u %d %x %lu %lx %llu %llx, width and 0 padding. */
void inmate_printf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

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
uint64_t cmdline_number(const char *name, uint64_t fallback);

/* --- comm.c: the communication region ----------------------------------- */

struct comm_region_arm *comm_region(void);
void comm_set_state(enum cell_state state);
/*
 * Looks for a message and answers it. True when the hypervisor asked to shut
 * down and `agree` allowed it: the guest then stops what it does and returns.
 */
bool comm_poll(bool agree);

/* --- hypercall.c -------------------------------------------------------- */

long inmate_hypercall(uint64_t number, uint64_t arg1, uint64_t arg2);
/* PSCI by SMC; result as PSCI defines it. */
long inmate_psci(uint64_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3);
/* Starts another CPU of the cell at `entry`, which gets `argument` and never
 * returns. `cpu` is its MPIDR affinity; `stack_top` is 16-byte aligned. */
long inmate_cpu_on(uint64_t cpu, void (*entry)(void *argument), void *argument,
		   void *stack_top);
void inmate_halt(void) __attribute__((noreturn));

/* --- timer.c: the virtual timer of this CPU ----------------------------- */

uint64_t timer_now_ticks(void);
uint64_t timer_hz(void);
uint64_t timer_ticks_to_ns(uint64_t ticks);
uint64_t timer_ns_to_ticks(uint64_t ns);
/* Interrupt at this absolute count, PPI 27. */
void timer_arm(uint64_t ticks);
void timer_disarm(void);

/* --- irq.c: GICv2 and GICv3, as the communication region says ----------- */

#define IRQ_VIRTUAL_TIMER	27
#define IRQ_NONE		1023

typedef void (*irq_handler)(unsigned int irq);

/* Private interrupts and the CPU interface of this CPU. */
void irq_init(irq_handler handler);
void irq_enable(unsigned int irq);
static inline void irq_unmask(void) { __asm__ volatile("msr daifclr, #2" ::: "memory"); }
static inline void irq_mask(void) { __asm__ volatile("msr daifset, #2" ::: "memory"); }

/* --- clock.c: model time where there is a model, else the timer --------- */

/* Chooses by the command line: clock=model (default) or clock=timer. */
void clock_init(void);
uint64_t clock_cycles(void);
uint64_t clock_hz(void);
/* Busy waiting: the CPU stays busy in model time. */
void clock_wait_until(uint64_t cycles);

/* --- memory.c ----------------------------------------------------------- */

void *inmate_memset(void *to, int value, size_t size);
/* A pseudo-random sequence; never returns the same value for ever. */
uint64_t random_next(uint64_t *state);
/* RAM behind the image, line aligned; NULL when the cell has not so much.
 * `ram_bytes` of the command line (default 16M) says how much there is. */
void *inmate_alloc(uint64_t size);

#endif
