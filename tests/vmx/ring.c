// SPDX-License-Identifier: GPL-2.0-only
/* What hypervisor and cells print, read from the virtual console. */
#include "weir.h"

#include "abi/image.h"

#define GATHERED_BYTES		16384u

static char gathered[GATHERED_BYTES];
static unsigned int gathered_count;
static uint32_t seen;

static const volatile struct console_ring *ring(void)
{
	const struct system_desc *system = system_file().data;
	char *memory = direct(system->hypervisor_memory.phys_start);
	const struct image_header *head = (const void *)image_file().data;

	return (const volatile void *)(memory + head->console_ring);
}

void ring_forget(void)
{
	seen = ring()->tail;
	gathered_count = 0;
	gathered[0] = '\0';
}

/* What came since; when the ring has lapped, the oldest is lost. */
static void ring_gather(void)
{
	const volatile struct console_ring *console = ring();
	uint32_t tail = console->tail;

	if (tail - seen > CONSOLE_RING_BYTES)
		seen = tail - CONSOLE_RING_BYTES;
	for (; seen != tail; seen++) {
		if (gathered_count + 1 >= GATHERED_BYTES)
			gathered_count = 0;
		gathered[gathered_count++] =
			console->content[seen % CONSOLE_RING_BYTES];
	}
	gathered[gathered_count] = '\0';
}

/* Where the last `text` ends, or NULL. */
static const char *find_last(const char *text)
{
	size_t length = strnlen(text, 128);
	const char *found = NULL;

	for (unsigned int n = 0; n + length <= gathered_count; n++)
		if (!strncmp(gathered + n, text, length))
			found = gathered + n + length;
	return found;
}

bool wait_until(bool (*condition)(void *data), void *data, uint64_t ms)
{
	uint64_t end = rdtsc() + ms * (TSC_HZ / 1000);

	for (;;) {
		if (condition(data))
			return true;
		if (rdtsc() > end)
			return false;
		for (int n = 0; n < 1000; n++)
			pause();
	}
}

static bool text_came(void *data)
{
	ring_gather();
	return find_last(data);
}

bool ring_wait(const char *text, uint64_t ms)
{
	return wait_until(text_came, (void *)(uintptr_t)text, ms);
}

uint64_t ring_number(const char *text)
{
	const char *digit;
	uint64_t value = 0;

	ring_gather();
	digit = find_last(text);
	if (!digit || *digit < '0' || *digit > '9')
		return ~0ull;
	for (; *digit >= '0' && *digit <= '9'; digit++)
		value = value * 10 + (uint64_t)(*digit - '0');
	return value;
}

void ring_show(void)
{
	ring_gather();
	print("-- hypervisor and cells printed:\n");
	for (unsigned int n = 0; n < gathered_count; n++)
		if (gathered[n] != '\r')
			console_putc(gathered[n]);
	print("--\n");
}
