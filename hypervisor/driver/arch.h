/* SPDX-License-Identifier: GPL-2.0-only */
/* What each architecture gives the driver. */
#ifndef DRIVER_ARCH_H
#define DRIVER_ARCH_H

#include <linux/sysfs.h>
#include <linux/types.h>

#include "abi/cell-config.h"
#include "abi/image.h"

extern const enum config_arch arch_config;

/* A statistic of a CPU and its file in sysfs. */
struct arch_stat {
	struct attribute attr;
	unsigned int stat;	/* enum cpu_stat */
};

#define ARCH_STAT(file, number) {				\
	.attr = { .name = file, .mode = 0444 },			\
	.stat = number,						\
}

extern const struct arch_stat arch_stats[];
extern const unsigned int arch_stats_count;

/*
 * Whether Linux leaves the hypervisor level free on every CPU. Runs nothing
 * that could fault if it does not. Task context. -ENODEV with a reason.
 */
int arch_check(char *reason);

/*
 * After image and configuration are in hypervisor memory, before any CPU
 * enters; arch_release() when none is in it any more, or this failed. Task
 * context.
 */
int arch_prepare(char *reason);
void arch_release(void);

/* Offset of the first instruction, or 0 if the image has none for us. */
u64 arch_image_entry(const struct image_header *header);

/*
 * Enters the image on this CPU; returns as a guest with 0, or at the level
 * before with a negative errno. Interrupts off, the other CPUs within the
 * same call.
 */
int arch_enter(phys_addr_t image, u64 entry);

/* Only while the hypervisor is enabled. */
long arch_hypercall(u32 number, unsigned long arg1, unsigned long arg2);

/* Writes back and drops the data cache over a range, for whoever reads it
 * with caches off, and lets new instructions be seen by all CPUs. */
void arch_cache_flush(const void *start, size_t bytes);

#endif
