/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of memory controllers: 32 bits at an offset in a mapped page. */
#ifndef COUNTERS_IMC_ACCESS_H
#define COUNTERS_IMC_ACCESS_H

#include "hv/types.h"

/* A page of device memory; NULL when the remap area is full. Setup only. */
void *imc_map(uint64_t phys);
uint32_t imc_read32(const void *page, uint32_t offset);
void imc_write32(void *page, uint32_t offset, uint32_t value);

#endif
