/* SPDX-License-Identifier: GPL-2.0-only */
/* The console ring as a reader sees it at any moment, and the UART behind. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "hv/arch/paging.h"
#include "hv/console.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/printk.h"

#define UART_PHYS	0x60000000ull
#define UART_DR		0x00
#define UART_FR		0x18
#define UART_TXFF	0x20

static struct console_ring ring;

static int setup(void **state)
{
	(void)state;
	fake_machine();
	memset(&ring, 0, sizeof(ring));
	hv_memory_init(hpa(FAKE_HV_START), FAKE_HV_BYTES);
	page_pool_init(arch_hv_base(), FAKE_HV_BYTES / PAGE_BYTES);
	assert_int_equal(hv_remap_init(), 0);
	console_uart_exit();
	console_init(&ring);
	return 0;
}

static void test_ring(void **state)
{
	(void)state;
	printk("hello %u\n", 7u);
	assert_int_equal(ring.tail, 8);
	assert_int_equal(ring.busy, 0);
	assert_memory_equal(ring.content, "hello 7\n", 8);
	console_write_guest('x');
	assert_int_equal(ring.content[8], 'x');
	assert_int_equal(ring.tail, 9);
}

static void test_ring_wraps(void **state)
{
	char line[101];

	(void)state;
	memset(line, 'a', 100);
	line[100] = '\0';
	for (unsigned int i = 0; i < 30; i++) {
		line[0] = (char)('0' + i % 10);
		printk("%s", line);
	}
	assert_int_equal(ring.tail, 3000);
	/* 3000 - 2048 = 952: the oldest is in the middle of line 9. */
	assert_int_equal(ring.content[1000 % CONSOLE_RING_BYTES], '0');
	assert_int_equal(ring.content[2900 % CONSOLE_RING_BYTES], '9');
	assert_int_equal(ring.content[952 % CONSOLE_RING_BYTES], 'a');
}

static void test_counter_wraps(void **state)
{
	(void)state;
	ring.tail = UINT32_MAX - 1;
	console_init(&ring);
	printk("abcd");
	assert_int_equal(ring.tail, 2);
	assert_int_equal(ring.content[CONSOLE_RING_BYTES - 2], 'a');
	assert_int_equal(ring.content[CONSOLE_RING_BYTES - 1], 'b');
	assert_int_equal(ring.content[0], 'c');
	assert_int_equal(ring.content[1], 'd');
}

static void test_long_message(void **state)
{
	char text[401];

	(void)state;
	memset(text, 'z', 400);
	text[400] = '\0';
	printk("%s", text);
	assert_in_range(ring.tail, 100, 400);
}

/*
 * Writer and reader at once. Every message is 64 equal characters, each
 * message another one: a torn copy would mix or skip within a message.
 */
#define MESSAGE_CHARS	64u
#define MESSAGES	60000u
#define MESSAGES_MOST	(UINT32_MAX / MESSAGE_CHARS)
#define COPIES		100u

static bool writer_done, reader_done;
static uint32_t messages_written;

/*
 * Goes on until the reader has its copies: where both share a core, many messages
 * pass before the reader's turn comes, which then finds one half written. Between
 * two of them it lets the reader in.
 */
static void *write_messages(void *unused)
{
	char message[MESSAGE_CHARS];
	uint32_t i;

	for (i = 0; i < MESSAGES_MOST; i++) {
		if (i >= MESSAGES &&
		    __atomic_load_n(&reader_done, __ATOMIC_ACQUIRE))
			break;
		memset(message, 'A' + (int)(i % 50), sizeof(message));
		console_write(message, sizeof(message));
		if (i % 1000 == 0)
			sched_yield();
	}
	messages_written = i;
	__atomic_store_n(&writer_done, true, __ATOMIC_RELEASE);
	return unused;
}

/* The reader's half of the protocol of abi/hypercall.h. */
static bool take_copy(char *copy, uint32_t *tail)
{
	uint32_t before = __atomic_load_n(&ring.tail, __ATOMIC_ACQUIRE);

	if (__atomic_load_n(&ring.busy, __ATOMIC_ACQUIRE))
		return false;
	memcpy(copy, ring.content, CONSOLE_RING_BYTES);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*tail = before;
	return !__atomic_load_n(&ring.busy, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&ring.tail, __ATOMIC_RELAXED) == before;
}

static void check_copy(const char *copy, uint32_t tail)
{
	uint32_t start = tail > CONSOLE_RING_BYTES ? tail - CONSOLE_RING_BYTES
						   : 0;

	for (uint32_t at = start; at < tail; at++) {
		char wanted = (char)('A' + at / MESSAGE_CHARS % 50);

		if (copy[at % CONSOLE_RING_BYTES] != wanted)
			fail_msg("character %u of %u is '%c', not '%c'", at,
				 tail, copy[at % CONSOLE_RING_BYTES], wanted);
	}
}

__attribute__((no_sanitize("thread")))
static void test_reader_beside_writer(void **state)
{
	char copy[CONSOLE_RING_BYTES];
	unsigned int copies = 0;
	pthread_t writer;
	uint32_t tail;

	(void)state;
	writer_done = reader_done = false;
	pthread_create(&writer, NULL, write_messages, NULL);
	while (!__atomic_load_n(&writer_done, __ATOMIC_ACQUIRE)) {
		if (!take_copy(copy, &tail))
			continue;
		check_copy(copy, tail);
		if (++copies == COPIES)
			__atomic_store_n(&reader_done, true, __ATOMIC_RELEASE);
	}
	pthread_join(writer, NULL);
	assert_true(take_copy(copy, &tail));
	check_copy(copy, tail);
	assert_int_equal(tail, messages_written * MESSAGE_CHARS);
	assert_true(copies >= COPIES);
}

static const struct console_desc pl011 = {
	.address = UART_PHYS,
	.size = 0x1000,
	.type = CONSOLE_PL011,
	.flags = CONSOLE_MMIO,
};

static void test_uart(void **state)
{
	volatile uint32_t *dr = fake_ram(UART_PHYS + UART_DR);

	(void)state;
	assert_int_equal(console_uart_init(&pl011), 0);
	printk("abc");
	assert_int_equal(*dr, 'c');
	console_write_guest('d');
	assert_int_equal(*dr, 'd');
}

/* While the line is full guests do not wait; what it missed follows. */
static void test_uart_is_full(void **state)
{
	volatile uint32_t *dr = fake_ram(UART_PHYS + UART_DR);
	volatile uint32_t *fr = fake_ram(UART_PHYS + UART_FR);

	(void)state;
	assert_int_equal(console_uart_init(&pl011), 0);
	*fr = UART_TXFF;
	*dr = 0;
	console_write_guest('a');
	printk("bc");
	assert_int_equal(*dr, 0);
	assert_int_equal(ring.tail, 3);
	*fr = 0;
	console_write_guest('d');
	assert_int_equal(*dr, 'd');
	/* So much that the ring has lost some of it. */
	*fr = UART_TXFF;
	for (unsigned int i = 0; i < 3000; i++)
		console_write_guest('e');
	*fr = 0;
	console_write_guest('f');
	assert_int_equal(*dr, 'f');
}

static void test_unknown_uart(void **state)
{
	struct console_desc desc = pl011;

	(void)state;
	desc.type = CONSOLE_SCIF;
	assert_int_equal(console_uart_init(&desc), -ENODEV);
	desc.type = CONSOLE_NONE;
	assert_int_equal(console_uart_init(&desc), -ENODEV);
	desc = pl011;
	desc.flags = 0;
	assert_int_equal(console_uart_init(&desc), -ENODEV);
	desc = pl011;
	desc.size = 0;
	assert_int_equal(console_uart_init(&desc), -ENODEV);
	printk("still there");
	assert_int_equal(ring.tail, 11);
}

static void test_uart_divider(void **state)
{
	struct console_desc desc = pl011;
	volatile uint32_t *regs = fake_ram(UART_PHYS);

	(void)state;
	assert_int_equal(console_uart_init(&desc), 0);
	assert_int_equal(regs[0x30 / 4], 0);
	console_uart_exit();
	desc.divider = 13;
	assert_int_equal(console_uart_init(&desc), 0);
	assert_int_equal(regs[0x24 / 4], 13);
	assert_int_equal(regs[0x30 / 4], 0x301);
}

static void test_quota(void **state)
{
	struct quota quota = { 0 };
	uint64_t now = 1000000000;
	unsigned int count = 0;

	(void)state;
	while (console_quota_take(&quota, now))
		count++;
	assert_int_equal(count, CONSOLE_BURST_CHARS);
	assert_false(console_quota_take(&quota, now + CONSOLE_CHAR_NS - 1));
	assert_true(console_quota_take(&quota, now + CONSOLE_CHAR_NS));
	assert_false(console_quota_take(&quota, now + CONSOLE_CHAR_NS));
	/* Never more than the bucket, however long the cell was quiet. */
	now += 3600000000000ull;
	for (count = 0; console_quota_take(&quota, now);)
		count++;
	assert_int_equal(count, CONSOLE_BURST_CHARS);
	/* A clock that is a little behind on another CPU does no harm. */
	assert_false(console_quota_take(&quota, now - 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_ring, setup),
		cmocka_unit_test_setup(test_ring_wraps, setup),
		cmocka_unit_test_setup(test_counter_wraps, setup),
		cmocka_unit_test_setup(test_long_message, setup),
		cmocka_unit_test_setup(test_reader_beside_writer, setup),
		cmocka_unit_test_setup(test_uart, setup),
		cmocka_unit_test_setup(test_uart_is_full, setup),
		cmocka_unit_test_setup(test_unknown_uart, setup),
		cmocka_unit_test_setup(test_uart_divider, setup),
		cmocka_unit_test_setup(test_quota, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
