/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a running x86-64 kernel into the hypervisor image, with nothing of the
 * kernel's but its registers: shared by the Linux driver and any other kernel
 * that enables Weir.
 *
 * The caller has copied image and configuration to hypervisor memory, filled
 * in the header as abi/image.h says, and zeroed the rest of the memory.
 */
#ifndef DRIVER_LAUNCH_X86_H
#define DRIVER_LAUNCH_X86_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>

#include "hv/errno.h"
#endif

#include "abi/image.h"

/* Pages that launch_prepare() needs for tables, whatever the depth. */
#define LAUNCH_TABLE_PAGES	9

struct launch {
	/* from the caller */
	void *memory;			/* hypervisor memory, mapped */
	uint64_t memory_phys;
	uint64_t memory_bytes;
	void *tables;			/* LAUNCH_TABLE_PAGES pages in a row, */
	uint64_t tables_phys;		/* physically too; kept while enabled */
	uint64_t code_phys;		/* of launch_enter */
	volatile void *apic;		/* its page; NULL in x2APIC mode */
	/* by launch_prepare() */
	uint64_t cr3;
	uint64_t nmi_gates[6];		/* of vectors 0 to 2 */
};

/*
 * First byte of the code that runs on both sides. It lies within one page;
 * its physical address is launch.code_phys.
 */
extern const char launch_code[];

/*
 * Fills the tables. Once, before launch_cpu(). -EINVAL: an address is not
 * aligned (memory to 2 MiB, tables to a page), or the image has no x86 entry,
 * or sizes are out of range, or the APIC's page is missing.
 */
int launch_prepare(struct launch *launch);

/*
 * Enters on this CPU, interrupts off, all CPUs within the same call. 0: this
 * code now runs as a guest of the hypervisor; negative errno: as before, and
 * the header says why. -EIO: no NMI came that this CPU sent to itself. `cpu` is
 * below header.max_cpus. NMIs wait meanwhile; one of them is not lost.
 */
int launch_cpu(const struct launch *launch, unsigned int cpu);

#endif
