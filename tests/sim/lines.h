/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake machine whose CPUs use lines when a test says so. */
#ifndef SIM_LINES_H
#define SIM_LINES_H

#include "abi/regulation.h"
#include "hv/percpu.h"

/* For cmocka: four CPUs in the root cell, one counter source, all joined. */
int lines_setup(void **state);
/* Before a machine is booted by other means. */
void lines_forget(void);
/* The CPUs of a machine just booted join the root cell. */
void lines_cpus_join(void);

/* The guest of this CPU uses lines; it is not asked whether it may. */
void lines_happen(struct per_cpu *cpu, uint64_t reads, uint64_t writes);
/* Between the source's start and stop. */
bool lines_counting(const struct per_cpu *cpu);
/* Lines until the alarm armed last; REG_NEVER: none. */
uint64_t lines_to_alarm(const struct per_cpu *cpu);

/* How the source behaves from the next boot on. */
void lines_interrupt(bool interrupts);
void lines_poll_every(uint64_t poll_ns);
void lines_watchable(bool watchable);

/* A cell is asked for what `settings.valid` names and accepts it; CPUs know. */
struct reg_request lines_set(struct cell *cell, struct reg_settings settings);
/* It refuses, with these words in its reason. */
void lines_refuse(struct cell *cell, struct reg_settings settings,
		  const char *words);

/* Below `limit`; everything follows from the seed. */
extern uint64_t lines_seed;
uint64_t lines_random(uint64_t limit);

#endif
