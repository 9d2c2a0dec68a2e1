/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticket spinlock: what is not inlined. */
#include "hv/spinlock.h"

#include "hv/arch/cpu.h"

void spin_wait(struct spinlock *lock, uint32_t ticket)
{
	while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket)
		arch_cpu_relax();
}
