/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine with remapping units that tests start, and what they expect of it. */
#ifndef X86_VTD_CHECKS_H
#define X86_VTD_CHECKS_H

#include "cells.h"
#include "device-checks.h"
#include "x86-vtd-model.h"

#define APIC_ID		3u
#define DEVICE		0x08		/* the root's, until a cell has it */
#define FAR_DEVICE	0x1a3		/* on a bus of its own, a cell's */
#define STRANGER	0x10		/* nobody's */
#define KINDS		5u

extern const struct vtd_kind kinds[KINDS];

extern const struct device_kind vtd_devices;

/* A configuration with so many units, before it is booted. */
void machine_init(struct blob_system *blob, unsigned int units);
/* As setup does it, once it is. */
void enable_units(const struct vtd_kind *kind);
void lawful(void);
/* A device reads and writes there, by all units; or it does not. */
void reaches(uint16_t source, uint64_t address, uint64_t wanted);
void refused(uint16_t source, uint64_t address);

#endif
