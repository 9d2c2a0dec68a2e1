/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the hypervisor counts: the counters of other cells' CPUs, a source for
 * each (WEIR_HC_COUNTERS), and the machine's memory controllers, one source
 * (WEIR_HC_TRAFFIC). One call for all CPUs, and one for the controllers, per
 * sample.
 */
#include "abi/hypercall.h"
#include "abi/statistics.h"
#include "sampler.h"

#define NS_PER_S	1000000000ull

static sampler_call *call;
static uint64_t clock_hz;
static bool has_cpus, has_controllers;

static struct counters_report counters __attribute__((aligned(8)));
static struct traffic_report traffic __attribute__((aligned(8)));

/* Counters that begin anew with each cell of their CPU, made to go on. */
static struct {
	struct counters_cpu last;
	uint64_t read_bytes, written_bytes;
} followed[COUNTERS_MAX_CPUS];

static uint64_t ns_to_cycles(uint64_t ns)
{
	return ns / NS_PER_S * clock_hz + ns % NS_PER_S * clock_hz / NS_PER_S;
}

static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

static void cpu_follow(unsigned int n)
{
	const struct counters_cpu *now = &counters.cpu[n];
	struct counters_cpu *last = &followed[n].last;

	followed[n].read_bytes += grown(last->read_lines, now->read_lines) *
				  now->line_bytes;
	followed[n].written_bytes += grown(last->written_lines,
					   now->written_lines) * now->line_bytes;
	*last = *now;
}

static long counters_fetch(void)
{
	long result;

	counters.size = sizeof(counters);
	counters.first_cpu = 0;
	result = call(WEIR_HC_COUNTERS, (uintptr_t)&counters, 0);
	for (unsigned int n = 0; !result && n < counters.cpus_count; n++)
		cpu_follow(n);
	return result;
}

static long traffic_fetch(void)
{
	traffic.size = sizeof(traffic);
	return call(WEIR_HC_TRAFFIC, (uintptr_t)&traffic, 0);
}

static void fetch(void)
{
	if (has_cpus)
		counters_fetch();
	if (has_controllers)
		traffic_fetch();
}

static void read_cpu(const struct sampler_source *source,
		     struct sampler_reading *reading)
{
	unsigned int n = source->id;

	*reading = (struct sampler_reading){
		.cycles = ns_to_cycles(followed[n].last.seen_ns),
		.read_bytes = followed[n].read_bytes,
		.written_bytes = followed[n].written_bytes,
	};
}

static void read_controllers(const struct sampler_source *source,
			     struct sampler_reading *reading)
{
	(void)source;
	*reading = (struct sampler_reading){
		.cycles = ns_to_cycles(traffic.now_ns),
		.read_bytes = traffic.read_lines * traffic.line_bytes,
		.written_bytes = traffic.write_lines * traffic.line_bytes,
	};
}

static void begin(struct sampler *sampler, sampler_call *hypercall)
{
	call = hypercall;
	clock_hz = sampler->clock_hz;
	sampler->fetch = fetch;
}

static bool anything_counts(void)
{
	for (unsigned int n = 0; n < counters.cpus_count; n++)
		if (counters.cpu[n].line_bytes)
			return true;
	return false;
}

int sampler_add_cpus(struct sampler *sampler, sampler_call *hypercall)
{
	begin(sampler, hypercall);
	if (counters_fetch() || !anything_counts() ||
	    sampler->sources_count + counters.cpus_count > PROFILE_MAX_SOURCES)
		return -1;
	for (unsigned int n = 0; n < counters.cpus_count; n++) {
		struct sampler_source *source =
			&sampler->sources[sampler->sources_count++];

		sampler_name(source, "cpu", n);
		source->kind = PROFILE_KIND_CPU;
		source->id = n;
		source->flags = PROFILE_SOURCE_OWN_CLOCK;
		source->read = read_cpu;
	}
	has_cpus = true;
	return 0;
}

int sampler_add_controllers(struct sampler *sampler, sampler_call *hypercall)
{
	struct sampler_source *source =
		&sampler->sources[sampler->sources_count];

	begin(sampler, hypercall);
	if (sampler->sources_count >= PROFILE_MAX_SOURCES || traffic_fetch())
		return -1;
	sampler_name(source, "imc", 0);
	source->kind = PROFILE_KIND_CONTROLLER;
	source->flags = PROFILE_SOURCE_OWN_CLOCK;
	source->read = read_controllers;
	sampler->sources_count++;
	has_controllers = true;
	return 0;
}
