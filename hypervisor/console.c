/* SPDX-License-Identifier: GPL-2.0-only */
/* The console ring that the driver reads, and the UART behind it. */
#include "hv/console.h"

#include "hv/arch/console.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/spinlock.h"

/* A UART that does not take a character for so many turns is left alone. */
#define UART_PATIENCE_TURNS	10000u

static struct {
	struct spinlock lock;
	struct console_ring *ring;
	const struct uart *uart;
	volatile void *uart_base;
	uint32_t uart_size;
	uint32_t sent;		/* characters of the ring the UART has got */
	bool returned;		/* the carriage return of a line feed is out */
} console;

static const struct uart *const uarts[] = {
	&uart_pl011,
};

void console_init(struct console_ring *ring)
{
	console.ring = ring;
	console.sent = ring->tail;
}

static const struct uart *uart_in_memory(uint16_t type)
{
	for (size_t i = 0; i < ARRAY_COUNT(uarts); i++) {
		if (uarts[i]->type == type)
			return uarts[i];
	}
	return NULL;
}

int console_uart_init(const struct console_desc *desc)
{
	const struct uart *uart;
	volatile void *base = NULL;

	if (desc->size == 0)
		return -ENODEV;
	if (desc->flags & CONSOLE_MMIO)
		uart = uart_in_memory(desc->type);
	else
		uart = arch_uart(desc, &base);
	if (!uart)
		return -ENODEV;
	if (desc->flags & CONSOLE_MMIO) {
		base = hv_map(hpa(desc->address), desc->size,
			      MAP_READ | MAP_WRITE | MAP_DEVICE);
		if (!base)
			return -ENOMEM;
	}
	uart->init(base, desc);
	console.uart_base = base;
	console.uart_size = desc->size;
	console.uart = uart;
	return 0;
}

void console_uart_exit(void)
{
	spin_lock(&console.lock);
	console.uart = NULL;
	spin_unlock(&console.lock);
}

/*
 * A reader takes nothing while `busy` is set, and takes again when `tail` has
 * moved: so `busy` must be seen before the first character changes, and the
 * characters and `tail` before `busy` is clear again.
 */
static void ring_write(const char *text, size_t size)
{
	struct console_ring *ring = console.ring;
	uint32_t tail = ring->tail;

	ring->busy = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (size_t i = 0; i < size; i++)
		ring->content[tail++ % CONSOLE_RING_BYTES] = text[i];
	__atomic_thread_fence(__ATOMIC_RELEASE);
	ring->tail = tail;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	ring->busy = 0;
}

static bool uart_try(char c, unsigned int patience)
{
	for (unsigned int i = 0; i <= patience; i++) {
		if (console.uart->try_write(console.uart_base, c))
			return true;
	}
	return false;
}

/* Terminals want a carriage return before a line feed. */
static bool uart_put(char c, unsigned int patience)
{
	if (c == '\n' && !console.returned) {
		if (!uart_try('\r', patience))
			return false;
		console.returned = true;
	}
	if (!uart_try(c, patience))
		return false;
	console.returned = false;
	return true;
}

/* Hands on what the UART has not got yet, as far as it takes it. */
static void uart_drain(unsigned int patience)
{
	const struct console_ring *ring = console.ring;
	uint32_t left = ring->tail - console.sent;

	if (!console.uart)
		return;
	if (left > CONSOLE_RING_BYTES) {
		console.sent = ring->tail - CONSOLE_RING_BYTES;
		left = CONSOLE_RING_BYTES;
	}
	for (; left; left--) {
		char c = ring->content[console.sent % CONSOLE_RING_BYTES];

		if (!uart_put(c, patience))
			return;
		console.sent++;
	}
}

void console_write(const char *text, size_t size)
{
	spin_lock(&console.lock);
	if (console.ring) {
		ring_write(text, size);
		uart_drain(UART_PATIENCE_TURNS);
	}
	spin_unlock(&console.lock);
}

void console_write_guest(char c)
{
	spin_lock(&console.lock);
	if (console.ring) {
		ring_write(&c, 1);
		uart_drain(0);
	}
	spin_unlock(&console.lock);
}

/*
 * Every character moves the time at which the bucket is full by one character
 * time; it is empty when that time is a whole bucket away.
 */
bool console_quota_take(struct quota *quota, uint64_t now_ns)
{
	return quota_take(quota, now_ns, CONSOLE_CHAR_NS, CONSOLE_BURST_CHARS);
}
