/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sessions, the grid of samples, and records in the ring. */
#include "sampler.h"

#define NS_PER_S		1000000000ull
#define INTERVAL_MIN_NS		1000u
#define INTERVAL_MAX_NS		1000000000u
#define FOLLOWS_PER_S		10u

static void state_set(struct sampler *sampler, enum profile_state state)
{
	__atomic_store_n(&sampler->ring->state, state, __ATOMIC_RELEASE);
}

static uint64_t ns_to_cycles(const struct sampler *sampler, uint64_t ns)
{
	return (ns * (sampler->clock_hz / 1000) + 500000) / 1000000;
}

void sampler_name(struct sampler_source *source, const char *word,
		  unsigned int n)
{
	char *name = source->name;

	while (*word)
		*name++ = *word++;
	if (n >= 10)
		*name++ = (char)('0' + n / 10);
	*name++ = (char)('0' + n % 10);
	*name = '\0';
}

void sampler_init(struct sampler *sampler, struct profile_ring *ring,
		  uint64_t ring_bytes)
{
	uint64_t *word = (uint64_t *)ring;

	sampler->ring = ring;
	sampler->ring_bytes = ring_bytes;
	for (uint64_t n = 0; n < sizeof(*ring) / sizeof(*word); n++)
		word[n] = 0;
	ring->revision = PROFILE_REVISION;
	ring->records_offset = PROFILE_RECORDS_OFFSET;
	ring->bytes = ring_bytes;
	ring->clock_hz = sampler->clock_hz;
	ring->interval_min_cycles =
		(uint32_t)ns_to_cycles(sampler, INTERVAL_MIN_NS);
	ring->sources_available = (1u << sampler->sources_count) - 1;
	/* Who finds the magic number finds all the rest. */
	__atomic_store_n(&ring->magic, PROFILE_MAGIC, __ATOMIC_RELEASE);
}

static void choose_sources(struct sampler *sampler, uint64_t mask)
{
	sampler->chosen_count = 0;
	for (unsigned int n = 0; n < sampler->sources_count; n++)
		if (!mask || mask & 1ull << n)
			sampler->chosen[sampler->chosen_count++] = n;
}

static void fetch(const struct sampler *sampler)
{
	if (sampler->fetch)
		sampler->fetch();
}

static void describe_sources(struct sampler *sampler)
{
	fetch(sampler);
	for (unsigned int n = 0; n < sampler->chosen_count; n++) {
		const struct sampler_source *source =
			&sampler->sources[sampler->chosen[n]];
		struct profile_source *told = &sampler->ring->source[n];

		source->read(source, &sampler->told[n]);
		for (unsigned int c = 0; c < PROFILE_NAME_BYTES; c++)
			told->name[c] = source->name[c];
		told->kind = source->kind;
		told->id = source->id;
		told->flags = source->flags;
		told->first_cycles = sampler->told[n].cycles;
		told->first_read_bytes = sampler->told[n].read_bytes;
		told->first_written_bytes = sampler->told[n].written_bytes;
		told->first_busy_cycles = sampler->told[n].busy_cycles;
	}
}

/* The largest power of two that fits. */
static uint32_t records_fitting(const struct sampler *sampler)
{
	uint64_t room = (sampler->ring_bytes - PROFILE_RECORDS_OFFSET) /
			sampler->record_bytes;
	uint32_t count = 1;

	while (2ull * count <= room && count < 1u << 30)
		count *= 2;
	return count;
}

static void session_publish(struct sampler *sampler)
{
	struct profile_ring *ring = sampler->ring;

	ring->sources_count = sampler->chosen_count;
	ring->record_bytes = sampler->record_bytes;
	ring->records_count = sampler->records_count;
	ring->interval_cycles = sampler->interval_cycles;
	ring->start_cycles = sampler->start_cycles;
	ring->produced = 0;
	ring->overruns = 0;
	ring->skipped = 0;
}

static void session_begin(struct sampler *sampler, uint64_t now_cycles)
{
	const volatile struct profile_ring *ring = sampler->ring;
	uint64_t interval_ns = ring->wanted_interval_ns;
	uint64_t mask = ring->wanted_sources;

	choose_sources(sampler, mask);
	if (interval_ns < INTERVAL_MIN_NS || interval_ns > INTERVAL_MAX_NS ||
	    !sampler->chosen_count || mask >> sampler->sources_count) {
		state_set(sampler, PROFILE_STATE_REFUSED);
		return;
	}
	sampler->record_bytes = (uint32_t)(sizeof(struct profile_record) +
		sampler->chosen_count * sizeof(struct profile_value));
	sampler->records_count = records_fitting(sampler);
	sampler->interval_cycles = ns_to_cycles(sampler, interval_ns);
	sampler->start_cycles = now_cycles;
	sampler->followed_cycles = now_cycles;
	/* At point 0 nothing has moved yet: it is described, not recorded. */
	sampler->sequence = 1;
	sampler->produced = 0;
	sampler->overruns = 0;
	sampler->skipped = 0;
	sampler->stopping = false;
	sampler->running = true;
	describe_sources(sampler);
	session_publish(sampler);
	state_set(sampler, PROFILE_STATE_RUNNING);
}

void sampler_poll(struct sampler *sampler, uint64_t now_cycles)
{
	const volatile struct profile_ring *ring = sampler->ring;
	uint32_t wanted = __atomic_load_n(&ring->wanted_session,
					  __ATOMIC_ACQUIRE);

	if (wanted == sampler->session)
		return;
	sampler->session = wanted;
	if (ring->command == PROFILE_COMMAND_RUN) {
		sampler->running = false;
		session_begin(sampler, now_cycles);
	} else if (sampler->running) {
		sampler->stopping = true;
	}
	__atomic_store_n(&sampler->ring->session, wanted, __ATOMIC_RELEASE);
}

uint64_t sampler_due_cycles(const struct sampler *sampler)
{
	return sampler->running ? sampler->start_cycles + sampler->sequence *
				  sampler->interval_cycles : UINT64_MAX;
}

void sampler_follow(struct sampler *sampler, uint64_t now_cycles)
{
	struct sampler_reading unused;

	if (!sampler->running || now_cycles - sampler->followed_cycles <
				 sampler->clock_hz / FOLLOWS_PER_S)
		return;
	sampler->followed_cycles = now_cycles;
	for (unsigned int n = 0; n < sampler->chosen_count; n++) {
		const struct sampler_source *source =
			&sampler->sources[sampler->chosen[n]];

		if (source->narrow)
			source->read(source, &unused);
	}
}

/* What is owed, as far as it fits; *told follows. */
static uint32_t delta(uint64_t *told, uint64_t now)
{
	uint64_t owed = now > *told ? now - *told : 0;
	uint32_t value = owed > UINT32_MAX ? UINT32_MAX : (uint32_t)owed;

	*told += value;
	return value;
}

static void record_write(struct sampler *sampler, uint64_t now_cycles)
{
	uint64_t slot = sampler->produced & (sampler->records_count - 1);
	struct profile_record *record = (struct profile_record *)
		((char *)sampler->ring + PROFILE_RECORDS_OFFSET +
		 slot * sampler->record_bytes);

	record->sequence = sampler->sequence;
	record->time_cycles = now_cycles;
	fetch(sampler);
	for (unsigned int n = 0; n < sampler->chosen_count; n++) {
		const struct sampler_source *source =
			&sampler->sources[sampler->chosen[n]];
		struct sampler_reading *told = &sampler->told[n], now;
		struct profile_value *value = &record->value[n];

		source->read(source, &now);
		value->cycles = delta(&told->cycles, now.cycles);
		value->read_bytes = delta(&told->read_bytes, now.read_bytes);
		value->written_bytes = delta(&told->written_bytes,
					     now.written_bytes);
		value->busy_cycles = delta(&told->busy_cycles, now.busy_cycles);
	}
	sampler->produced++;
	__atomic_store_n(&sampler->ring->produced, sampler->produced,
			 __ATOMIC_RELEASE);
}

void sampler_sample(struct sampler *sampler, uint64_t now_cycles)
{
	uint64_t point = (now_cycles - sampler->start_cycles) /
			 sampler->interval_cycles;
	uint64_t consumed = __atomic_load_n(&sampler->ring->consumed,
					    __ATOMIC_ACQUIRE);

	if (point > sampler->sequence) {
		sampler->skipped += point - sampler->sequence;
		sampler->ring->skipped = sampler->skipped;
		sampler->sequence = point;
	}
	if (sampler->produced - consumed < sampler->records_count) {
		record_write(sampler, now_cycles);
		/* The last record holds what is left: it is not dropped. */
		if (sampler->stopping) {
			sampler->running = false;
			state_set(sampler, PROFILE_STATE_STOPPED);
		}
	} else {
		sampler->overruns++;
		sampler->ring->overruns = sampler->overruns;
	}
	sampler->sequence++;
}
