/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver does on Linux: enabling, hypercalls, cells. */
#ifndef VMX_WEIR_H
#define VMX_WEIR_H

#include "abi/hypercall.h"
#include "root.h"

/* The system configuration: bochs.cell unless the command line has system=NAME. */
struct file system_file(void);
/* The hypervisor: weir.bin unless the command line has image=NAME. */
struct file image_file(void);
/*
 * Takes image and system configuration (weir.bin, system_file()) to
 * hypervisor memory. To be called again before each weir_enable().
 */
int weir_prepare(void);
/* All CPUs in; negative errno when one failed, weir_reason() says why. */
int weir_enable(void);
/* All CPUs out by HC_DISABLE. */
int weir_disable(void);
const char *weir_reason(void);

long hypercall(uint32_t number, uint64_t arg1, uint64_t arg2);
/* The hypervisor's line about the last management call that failed. */
const char *refusal(void);

/*
 * The other CPUs of the configuration come, it is prepared and enabled. When that
 * fails, says why.
 */
bool weir_begin(void);

/* Configuration, image, and command line of a cell, by their files. */
struct cell_files {
	const char *config, *image, *words;
};

/* Its CPUs go offline, the cell comes, is loaded and started. */
int cell_begin(const struct cell_files *files);
/* Loads anew with other words, and starts. */
int cell_restart(const struct cell_files *files);
/* Destroys the cell; its CPUs come back online. */
int cell_end(const struct cell_files *files);
uint32_t cell_id(const struct cell_files *files);

/*
 * The hypervisor's console ring: forget what is in it; wait until `text` has
 * been printed since. False when it does not come within `ms` of machine time.
 */
void ring_forget(void);
bool ring_wait(const char *text, uint64_t ms);
/* The decimal number behind the last `text` since ring_forget(); or ~0. */
uint64_t ring_number(const char *text);
/* Prints what was gathered since, for the log of a failed test. */
void ring_show(void);
bool wait_until(bool (*condition)(void *data), void *data, uint64_t ms);

#endif
