/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticket spinlock. Interrupts are masked in the hypervisor; waiters relax. */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include "hv/types.h"

struct spinlock {
	uint32_t next;
	uint32_t serving;
};

void spin_lock(struct spinlock *lock);
bool spin_trylock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);

#endif
