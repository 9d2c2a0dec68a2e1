/* SPDX-License-Identifier: GPL-2.0-only */
/* Enabling and disabling: the path from bare Linux to root cell and back. */
#ifndef HV_SETUP_H
#define HV_SETUP_H

#include "abi/cell-config.h"
#include "abi/image.h"
#include "config-check.h"
#include "reason.h"
#include "types.h"

/* Start of the image, and so at the start of a page. */
extern struct image_header image_header __attribute__((aligned(4096)));
extern const struct system_desc *system_config;	/* checked copy */
extern size_t system_config_size;

/* The root cell's part of it. */
static inline void system_view(struct config_view *root)
{
	config_view_init(root, &system_config->root_cell,
			 system_config_size -
				 offsetof(struct system_desc, root_cell));
}

/*
 * Called by every CPU on its own stack with the EL2 MMU on, and interrupts
 * masked. Waits for the others, one of them sets up what is global, then each
 * its own part. On success activates the guest and does not return; on
 * failure returns the negative errno after undoing this CPU's part.
 */
int setup_enter(struct per_cpu *cpu);

/*
 * HC_DISABLE on this root CPU: waits for all the others to call it as well.
 * 0: the caller's architecture code, which sees the result of the hypercall,
 * now calls arch_cpu_restore() and leaves the hypervisor's level; negative:
 * refused, the guest goes on.
 */
int setup_disable(struct per_cpu *cpu, struct reason *reason);

#endif
