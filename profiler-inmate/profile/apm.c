/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * AMD's AXI performance monitor (PG037, register space): counters that are told
 * what to count of which port. ZynqMP has one before its DDR controller, at
 * 0xfd0b0000 with six ports and ten counters (UG1087, APM_DDR). A port takes two
 * counters, bytes read and bytes written: five ports at a time.
 */
#include <stddef.h>

#include "registers.h"
#include "sampler.h"

#define APM_CLOCK_HIGH		0x000u
#define APM_CLOCK_LOW		0x004u
#define APM_SELECTORS		0x044u	/* a byte for each counter */
#define APM_COUNTERS		0x100u	/* 16 bytes apart */
#define APM_CONTROL		0x300u

#define COUNTER_STRIDE		0x10u
#define CONTROL_COUNT		(1u << 0)
#define CONTROL_COUNT_RESET	(1u << 1)
#define CONTROL_CLOCK		(1u << 16)
#define CONTROL_CLOCK_RESET	(1u << 17)
#define SELECTOR_PORT_SHIFT	5
#define METRIC_WRITTEN_BYTES	2u
#define METRIC_READ_BYTES	3u

#define COUNTERS_MAX		10u
#define PORTS_MAX		8u
#define CLOCK_TRIES		3

static struct wide_counter counters[COUNTERS_MAX];

static uint64_t read_clock(const volatile void *base)
{
	uint32_t high = register_read(base, APM_CLOCK_HIGH), low = 0;

	for (unsigned int n = 0; n < CLOCK_TRIES; n++) {
		uint32_t before = high;

		low = register_read(base, APM_CLOCK_LOW);
		high = register_read(base, APM_CLOCK_HIGH);
		if (high == before)
			break;
	}
	return (uint64_t)high << 32 | low;
}

static uint64_t read_counter(const volatile void *base, unsigned int n)
{
	return wide_follow(&counters[n],
			   register_read(base, APM_COUNTERS +
					       n * COUNTER_STRIDE));
}

/* The first of the two counters of a port. */
static void read_port(const struct sampler_source *source,
		      struct sampler_reading *reading)
{
	unsigned int first = source->counter;

	reading->cycles = read_clock(source->registers);
	reading->read_bytes = read_counter(source->registers, first);
	reading->written_bytes = read_counter(source->registers, first + 1);
	reading->busy_cycles = 0;
}

static void select_metric(volatile void *base, unsigned int counter,
			  unsigned int port, uint32_t metric)
{
	uint32_t offset = APM_SELECTORS + (counter & ~3u);
	uint32_t shift = 8 * (counter & 3u);
	uint32_t value = register_read(base, offset) & ~(0xffu << shift);

	register_write(base, offset,
		       value | (port << SELECTOR_PORT_SHIFT | metric) << shift);
}

static void add_port(struct sampler *sampler, volatile void *base,
		     unsigned int port, unsigned int counter)
{
	struct sampler_source *source =
		&sampler->sources[sampler->sources_count++];

	*source = (struct sampler_source){
		.kind = PROFILE_KIND_CONTROLLER,
		.id = port,
		.flags = PROFILE_SOURCE_OWN_CLOCK,
		.narrow = true,
		.counter = counter,
		.registers = base,
		.read = read_port,
	};
	sampler_name(source, "apm", port);
	select_metric(base, counter, port, METRIC_READ_BYTES);
	select_metric(base, counter + 1, port, METRIC_WRITTEN_BYTES);
}

int sampler_add_apm(struct sampler *sampler, volatile void *registers,
		    uint32_t ports)
{
	unsigned int wanted = 0, counter = 0;

	for (unsigned int port = 0; port < PORTS_MAX; port++)
		wanted += ports >> port & 1;
	if (ports == 0 || ports >> PORTS_MAX || 2 * wanted > COUNTERS_MAX ||
	    sampler->sources_count + wanted > PROFILE_MAX_SOURCES)
		return -1;
	register_write(registers, APM_CONTROL,
		       CONTROL_COUNT_RESET | CONTROL_CLOCK_RESET);
	for (unsigned int port = 0; port < PORTS_MAX; port++) {
		if (!(ports >> port & 1))
			continue;
		add_port(sampler, registers, port, counter);
		counter += 2;
	}
	register_write(registers, APM_CONTROL, CONTROL_COUNT | CONTROL_CLOCK);
	return 0;
}
