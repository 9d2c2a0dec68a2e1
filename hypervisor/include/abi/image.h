/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The head of the hypervisor image: agreement between driver and hypervisor.
 *
 * The driver copies the image to the start of hypervisor memory, zeroes the
 * rest, and places the system configuration right behind the per-CPU areas, at
 * core_size + max_cpus * percpu_size. Then every online CPU enters with
 * interrupts off, all of them within the same call; they wait for each other.
 *
 * arm64 entry: Linux's hyp stub accepts `hvc #0` with x0 = HVC_SOFT_RESTART (1),
 * x1 = physical entry address, x2 to x4 = arguments, and branches there at EL2
 * with the MMU off, VBAR_EL2 still the stub's and ELR_EL2/SPSR_EL2 those of
 * the caller (Linux arch/arm64/kernel/hyp-stub.S). The driver passes x1 =
 * image_phys + arm_entry, x2 = logical CPU number, x3 = image_phys. The
 * hypervisor saves VBAR_EL2 and the other EL2 registers it changes, and
 * returns to the caller at EL1 as a guest with x0 = 0, or on failure with x0 =
 * negative errno and EL2 as it was. x1 to x17 may be changed; x18 to x30 and SP
 * are preserved. HC_DISABLE, once every root CPU has called it, returns in the
 * same way with EL2 as it was before.
 */
#ifndef ABI_IMAGE_H
#define ABI_IMAGE_H

#include "types.h"

#define IMAGE_MAGIC			"WEIRHYPV"
#define IMAGE_REVISION			1

struct image_header {
	char magic[8];
	uint32_t revision;
	uint32_t header_size;
	uint64_t core_size;		/* bytes of image incl. bss, page multiple */
	uint64_t percpu_size;		/* bytes per CPU, page multiple */
	uint64_t console_ring;		/* offset of struct console_ring, page */
	uint64_t arm_entry;		/* offset of the first instruction */
	/* filled in by the driver */
	uint64_t image_phys;
	uint32_t max_cpus;		/* highest logical CPU number + 1 */
	uint32_t online_cpus;
	uint64_t config_size;		/* bytes of the system configuration */
	char version[32];		/* of the image, NUL terminated */
	/* written by the hypervisor when enabling fails, NUL terminated */
	char reason[128];
} ABI_PACKED;
ABI_SIZE(struct image_header, 232);

#endif
