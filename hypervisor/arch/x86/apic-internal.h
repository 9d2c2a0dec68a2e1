/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files about the local interrupt controller. */
#ifndef X86_APIC_INTERNAL_H
#define X86_APIC_INTERNAL_H

#include "hv/types.h"

/* Registers of this CPU's, by enum apic_register. */
uint32_t apic_read(unsigned int reg);
void apic_write(unsigned int reg, uint32_t value);
/* An interrupt command for one CPU. */
void apic_send(uint32_t apic_id, uint32_t command);

#endif
