/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket spinlock. Interrupts are masked in the hypervisor; waiters relax.
 *
 * Taking one that is free is inlined, since a tick pays for it each time.
 */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include "hv/types.h"

struct spinlock {
	uint32_t next;
	uint32_t serving;
};

/* The lock is taken: until it is this ticket's turn. */
void spin_wait(struct spinlock *lock, uint32_t ticket);

static inline void spin_lock(struct spinlock *lock)
{
	uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	if (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket)
		spin_wait(lock, ticket);
}

static inline void spin_unlock(struct spinlock *lock)
{
	__atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}

/* Never waits. */
static inline bool spin_trylock(struct spinlock *lock)
{
	uint32_t serving = __atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE);
	uint32_t expected = serving;

	return __atomic_compare_exchange_n(&lock->next, &expected, serving + 1,
					   false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

#endif
