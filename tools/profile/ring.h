/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reader's side of a profiler's ring (abi/profile.h). Whatever the ring
 * says is checked before it is used, and again copied out of it. Pure.
 */
#ifndef PROFILE_RING_H
#define PROFILE_RING_H

#include "session.h"

struct ring {
	struct profile_ring *shared;
	uint64_t bytes;		/* mapped */
	/* of the session, copied when it began */
	struct session_head head;
	uint32_t session;
	uint32_t record_bytes;
	uint32_t records_count;
	uint64_t consumed;
};

/* -EINVAL with the cause in *why: no ring, or another revision. */
int ring_check(const struct profile_ring *shared, const char **why);

/* Asks for a session; ring_began() says when it runs. */
void ring_ask(struct ring *ring, uint64_t interval_ns, uint64_t sources);
/*
 * 1: it runs and `head` is filled, all but start_unix_ns; 0: not yet; -EINVAL with
 * *why.
 */
int ring_began(struct ring *ring, const char **why);
void ring_ask_stop(struct profile_ring *shared);

typedef int (*ring_take)(void *context, const struct session_sample *sample,
			 const struct profile_value *values);
/*
 * Hands all records there are to `take` and frees their places. The number, or
 * a negative errno: what `take` returned, or -EPROTO for a ring gone mad.
 */
long ring_drain(struct ring *ring, ring_take take, void *context);
/* The session is over and everything was taken. */
bool ring_is_empty_and_stopped(const struct ring *ring);

#endif
