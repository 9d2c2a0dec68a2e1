// SPDX-License-Identifier: GPL-2.0-only
/* Asking a profiler for a session, and taking its records. */
#include "ring.h"

#include <errno.h>
#include <string.h>

/* Another cell writes these: read once, in order. */
#define LOAD(place)	__atomic_load_n(place, __ATOMIC_ACQUIRE)
#define STORE(place, value) __atomic_store_n(place, value, __ATOMIC_RELEASE)

int ring_check(const struct profile_ring *shared, const char **why)
{
	if (LOAD(&shared->magic) != PROFILE_MAGIC)
		*why = "no profiler runs in that cell";
	else if (shared->revision != PROFILE_REVISION)
		*why = "the profiler speaks another revision";
	else if (shared->bytes < PROFILE_RECORDS_OFFSET + 4096 ||
		 shared->bytes > 1ull << 32)
		*why = "the profiler's ring has no sensible size";
	else
		return 0;
	return -EINVAL;
}

void ring_ask(struct ring *ring, uint64_t interval_ns, uint64_t sources)
{
	struct profile_ring *shared = ring->shared;

	shared->command = PROFILE_COMMAND_RUN;
	shared->wanted_interval_ns = interval_ns;
	shared->wanted_sources = sources;
	STORE(&shared->consumed, 0);
	ring->consumed = 0;
	ring->session = shared->wanted_session + 1;
	STORE(&shared->wanted_session, ring->session);
}

void ring_ask_stop(struct profile_ring *shared)
{
	shared->command = PROFILE_COMMAND_STOP;
	STORE(&shared->wanted_session, shared->wanted_session + 1);
}

static int session_copy(struct ring *ring)
{
	const struct profile_ring *shared = ring->shared;
	struct session_head *head = &ring->head;
	uint64_t records_bytes;

	*head = (struct session_head){
		.clock_hz = shared->clock_hz,
		.interval_cycles = shared->interval_cycles,
		.start_cycles = shared->start_cycles,
		.sources_count = shared->sources_count,
	};
	ring->record_bytes = shared->record_bytes;
	ring->records_count = shared->records_count;
	if (!head->sources_count || head->sources_count > PROFILE_MAX_SOURCES ||
	    !head->clock_hz || !head->interval_cycles ||
	    ring->record_bytes != sizeof(struct profile_record) +
			head->sources_count * sizeof(struct profile_value) ||
	    !ring->records_count ||
	    (ring->records_count & (ring->records_count - 1)))
		return -EINVAL;
	records_bytes = (uint64_t)ring->record_bytes * ring->records_count;
	if (records_bytes > ring->bytes - PROFILE_RECORDS_OFFSET)
		return -EINVAL;
	memcpy(head->source, shared->source, sizeof(head->source));
	for (unsigned int n = 0; n < PROFILE_MAX_SOURCES; n++)
		head->source[n].name[PROFILE_NAME_BYTES - 1] = '\0';
	return session_names_check(head);
}

int ring_began(struct ring *ring, const char **why)
{
	if (LOAD(&ring->shared->session) != ring->session)
		return 0;
	if (LOAD(&ring->shared->state) == PROFILE_STATE_REFUSED) {
		*why = "the profiler refuses this interval or these sources";
		return -EINVAL;
	}
	if (session_copy(ring)) {
		*why = "the profiler's ring makes no sense";
		return -EINVAL;
	}
	return 1;
}

long ring_drain(struct ring *ring, ring_take take, void *context)
{
	uint64_t produced = LOAD(&ring->shared->produced);
	uint64_t count = produced - ring->consumed;
	char buffer[sizeof(struct profile_record) +
		    PROFILE_MAX_SOURCES * sizeof(struct profile_value)];
	struct profile_value values[PROFILE_MAX_SOURCES];
	int ret = 0;

	if (count > ring->records_count)
		return -EPROTO;
	for (uint64_t n = 0; n < count && !ret; n++) {
		uint64_t slot = ring->consumed & (ring->records_count - 1);
		struct session_sample sample;

		memcpy(buffer, (const char *)ring->shared +
			       PROFILE_RECORDS_OFFSET + slot * ring->record_bytes,
		       ring->record_bytes);
		memcpy(&sample, buffer, sizeof(sample));
		memcpy(values, buffer + sizeof(sample),
		       ring->record_bytes - sizeof(sample));
		ret = take(context, &sample, values);
		ring->consumed++;
		STORE(&ring->shared->consumed, ring->consumed);
	}
	return ret ? ret : (long)count;
}

bool ring_is_empty_and_stopped(const struct ring *ring)
{
	return LOAD(&ring->shared->state) == PROFILE_STATE_STOPPED &&
	       LOAD(&ring->shared->produced) == ring->consumed;
}
