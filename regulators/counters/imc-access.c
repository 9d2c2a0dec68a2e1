/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of memory controllers. */
#include "imc-access.h"

#include "hv/paging.h"

void *imc_map(uint64_t phys)
{
	return hv_map(hpa(phys), PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_DEVICE);
}

uint32_t imc_read32(const void *page, uint32_t offset)
{
	return *(const volatile uint32_t *)((const char *)page + offset);
}

void imc_write32(void *page, uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)((char *)page + offset) = value;
}
