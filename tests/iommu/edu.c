/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's device edu: its two services. */
#include "edu.h"

#define EDU_RAISE		0x60
#define EDU_LOWER		0x64
#define EDU_SOURCE		0x80
#define EDU_DESTINATION		0x88
#define EDU_COUNT		0x90
#define EDU_START		0x98
#define EDU_BUFFER		0x40000u
#define START_RUN		1u
#define START_TO_MEMORY		2u
#define PATIENCE_TURNS		10000000u

static volatile uint32_t *word(volatile uint8_t *registers, unsigned int offset)
{
	return (volatile uint32_t *)(volatile void *)(registers + offset);
}

static void put(volatile uint8_t *registers, unsigned int offset,
		uint64_t value)
{
	*(volatile uint64_t *)(volatile void *)(registers + offset) = value;
}

static bool run(volatile uint8_t *registers, uint64_t command)
{
	put(registers, EDU_START, command | START_RUN);
	for (uint32_t n = 0; n < PATIENCE_TURNS; n++) {
		if (!(*word(registers, EDU_START) & START_RUN))
			return true;
		__builtin_ia32_pause();
	}
	return false;
}

bool edu_read(volatile uint8_t *registers, uint64_t address, uint32_t bytes,
	      uint32_t at)
{
	put(registers, EDU_SOURCE, address);
	put(registers, EDU_DESTINATION, EDU_BUFFER + at);
	put(registers, EDU_COUNT, bytes);
	return run(registers, 0);
}

bool edu_write(volatile uint8_t *registers, uint64_t address, uint32_t bytes,
	       uint32_t at)
{
	put(registers, EDU_SOURCE, EDU_BUFFER + at);
	put(registers, EDU_DESTINATION, address);
	put(registers, EDU_COUNT, bytes);
	return run(registers, START_TO_MEMORY);
}

void edu_interrupt(volatile uint8_t *registers)
{
	*word(registers, EDU_RAISE) = 1;
	*word(registers, EDU_LOWER) = 1;
}
