/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where messages go: the ring that the driver reads, and a UART.
 *
 * One lock, the innermost of all, taken with interrupts masked. The ring takes
 * every character at once; the UART is fed from the ring as far as it accepts
 * characters, so that a cell's output never waits for the line.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include "abi/cell-config.h"
#include "abi/hypercall.h"
#include "quota.h"
#include "types.h"

/* A kind of UART. */
struct uart {
	enum console_type type;
	/* Prepares the device whose registers are at `base`. */
	void (*init)(volatile void *base, const struct console_desc *desc);
	/* Writes one character if the device takes it now. */
	bool (*try_write)(volatile void *base, char c);
};

extern const struct uart uart_pl011;

/* The ring is usable from here on; a UART once it is mapped. */
void console_init(struct console_ring *ring);
/* 0, or -ENODEV when the kind is not known: the ring works all the same. */
int console_uart_init(const struct console_desc *desc);
/* Back to silence on the UART, which its owner gets back. */
void console_uart_exit(void);

/* One message. Waits at most a bounded time for the UART. Any context. */
void console_write(const char *text, size_t size);
/* As console_write(), but never waits: for guests. */
void console_write_guest(char c);

/* How fast a cell may write: a bucket of characters. */
#define CONSOLE_BURST_CHARS		4096u
#define CONSOLE_CHAR_NS			10000u	/* one more every so often */

/* Takes one character from the bucket; false when it is empty. */
bool console_quota_take(struct quota *quota, uint64_t now_ns);

#endif
