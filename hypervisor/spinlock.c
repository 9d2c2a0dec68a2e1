/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticket spinlock. */
#include "hv/spinlock.h"

#include "hv/arch/cpu.h"

void spin_lock(struct spinlock *lock)
{
	uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket)
		arch_cpu_relax();
}

bool spin_trylock(struct spinlock *lock)
{
	uint32_t serving = __atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE);
	uint32_t expected = serving;

	return __atomic_compare_exchange_n(&lock->next, &expected, serving + 1,
					   false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

void spin_unlock(struct spinlock *lock)
{
	__atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}
