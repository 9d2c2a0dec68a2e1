/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What exits mean, whatever made them. Each handler advances the guest behind
 * the instruction, injects an exception, or parks the CPU.
 */
#ifndef X86_EXITS_H
#define X86_EXITS_H

#include "arch_types.h"

/* Counts the exit. `stat` is an enum cpu_stat. */
void exit_count(struct per_cpu *cpu, unsigned int stat);

void exit_cpuid(struct per_cpu *cpu);
void exit_hypercall(struct per_cpu *cpu);
void exit_rdmsr(struct per_cpu *cpu);
void exit_wrmsr(struct per_cpu *cpu);
void exit_xsetbv(struct per_cpu *cpu);
void exit_rdpmc(struct per_cpu *cpu);
/* WBINVD and INVD. */
void exit_cache(struct per_cpu *cpu);

struct io_access {
	uint16_t port;
	uint8_t size;
	bool is_input;
	bool is_string;
	bool is_repeated;
};

void exit_io(struct per_cpu *cpu, const struct io_access *access);

/* A guest-physical access that is not mapped, or not so. */
struct memory_exit {
	uint64_t address;
	bool is_write;
	bool is_fetch;
	bool is_delivery;	/* of an event, not an instruction */
	uint64_t syndrome;
};

void exit_memory(struct per_cpu *cpu, const struct memory_exit *exit);

/*
 * Before every entry: what was asked of this CPU is done, the timer is armed.
 * On return the guest may be entered.
 */
void exit_finish(struct per_cpu *cpu);
/* Whether exit_finish() has something to do. */
bool exit_pending(const struct per_cpu *cpu);

#endif
