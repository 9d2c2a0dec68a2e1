/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the fake share. */
#ifndef FAKE_INTERNAL_H
#define FAKE_INTERNAL_H

#include "hv/types.h"

/* Fresh physical memory and empty hypervisor tables. */
void fake_memory_init(void);

void fake_set_cpu(struct per_cpu *cpu);

/* How a thread of fake_enable() comes back from arch_cpu_activate(). */
_Noreturn void fake_activated(struct per_cpu *cpu);
/* True while several threads run. */
bool fake_threads(void);

#endif
