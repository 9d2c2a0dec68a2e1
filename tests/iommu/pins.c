/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pins of the I/O interrupt controller, through the table of remapped
 * interrupts. The lines are those of the two serial ports, which interrupt as
 * soon as they may while they have room.
 */
#include "trial.h"

#include "apic.h"
#include "configs/x86/q35.h"
#include "guest.h"
#include "hv/arch/cpu.h"
#include "tests/vmx/test.h"

#define COM1			0x3f8
#define PORT_INTERRUPTS		1
#define INTERRUPT_ROOM		2
#define PIN_COM1		4u
#define PIN_COM2		Q35_PIN_CELL

#define CHIP_SELECT		BOCHS_IOAPIC_BASE
#define CHIP_WINDOW		(BOCHS_IOAPIC_BASE + 0x10)
#define INDEX_ENTRIES		0x10
#define ENTRY_MASKED		(1ull << 16)
#define ENTRY_REMAPPABLE	(1ull << 48)	/* VT-d, 5.1.5.1 */
#define ENTRY_CPU_SHIFT		56

#define VECTOR_ROOT		0x71u
#define VECTOR_ROOT_NEXT	0x72u
#define VECTOR_CELL		0x73u
#define VECTOR_FOREIGN		0x74u

static bool pin_write(unsigned int pin, uint64_t entry)
{
	unsigned int index = INDEX_ENTRIES + 2 * pin;

	return guest_store(CHIP_SELECT, 4, index + 1) &&
	       guest_store(CHIP_WINDOW, 4, (uint32_t)(entry >> 32)) &&
	       guest_store(CHIP_SELECT, 4, index) &&
	       guest_store(CHIP_WINDOW, 4, (uint32_t)entry);
}

static uint64_t pin_read(unsigned int pin)
{
	unsigned int index = INDEX_ENTRIES + 2 * pin;
	uint32_t low = 0, high = 0;

	guest_store(CHIP_SELECT, 4, index);
	guest_load(CHIP_WINDOW, &low);
	guest_store(CHIP_SELECT, 4, index + 1);
	guest_load(CHIP_WINDOW, &high);
	return low | (uint64_t)high << 32;
}

/* In the controller, past what is kept of it. */
static uint64_t chip_has(unsigned int pin)
{
	volatile uint32_t *chip = (void *)trial_memory(BOCHS_IOAPIC_BASE);
	unsigned int index = INDEX_ENTRIES + 2 * pin;
	uint64_t entry;

	chip[0] = index;
	entry = chip[4];
	chip[0] = index + 1;
	return entry | (uint64_t)chip[4] << 32;
}

/* A new edge of the port's line, and whether that interrupts. */
static bool interrupts(uint16_t port, unsigned int cpu, uint8_t vector)
{
	port_write8(port + PORT_INTERRUPTS, 0);
	guest_interrupted(cpu, vector);
	port_write8(port + PORT_INTERRUPTS, INTERRUPT_ROOM);
	port_write8(port + PORT_INTERRUPTS, 0);
	return guest_interrupted(cpu, vector);
}

void trial_pins_root(void)
{
	test_begin("a pin of the root interrupts through the table");
	expect(pin_write(PIN_COM1, VECTOR_ROOT));
	expect_equal(pin_read(PIN_COM1), VECTOR_ROOT);
	expect(chip_has(PIN_COM1) & ENTRY_REMAPPABLE);
	expect(interrupts(COM1, TRIAL_ROOT_CPU, VECTOR_ROOT));
	/* Changed, and the unit knows at once. */
	expect(pin_write(PIN_COM1, VECTOR_ROOT_NEXT));
	expect(interrupts(COM1, TRIAL_ROOT_CPU, VECTOR_ROOT_NEXT));
	expect(!guest_interrupted(TRIAL_ROOT_CPU, VECTOR_ROOT));
	expect(pin_write(PIN_COM1, VECTOR_ROOT | ENTRY_MASKED));
	expect(!interrupts(COM1, TRIAL_ROOT_CPU, VECTOR_ROOT));
	test_end();
}

static bool job_done, cell_refused;

static void cell_pin(void)
{
	cell_refused = !pin_write(PIN_COM1, VECTOR_CELL |
				  1ull << ENTRY_CPU_SHIFT);
	job_done = pin_write(PIN_COM2, VECTOR_CELL |
			     (uint64_t)TRIAL_CELL_CPU << ENTRY_CPU_SHIFT);
}

void trial_pins_cell(void)
{
	test_begin("a pin of the cell interrupts the cell, and is no other's");
	job_done = false;
	expect(guest_job(TRIAL_CELL_CPU, cell_pin));
	expect(job_done);
	expect(cell_refused);
	expect(interrupts(BOCHS_COM2, TRIAL_CELL_CPU, VECTOR_CELL));
	/* The root finds it masked, and its write goes nowhere. */
	expect_equal(pin_read(PIN_COM2), ENTRY_MASKED);
	expect(pin_write(PIN_COM2, VECTOR_ROOT));
	expect(interrupts(BOCHS_COM2, TRIAL_CELL_CPU, VECTOR_CELL));
	expect(!guest_interrupted(TRIAL_ROOT_CPU, VECTOR_ROOT));
	/* Nor does one of its own reach the cell's CPU. */
	expect(pin_write(PIN_COM1, VECTOR_FOREIGN |
			 (uint64_t)TRIAL_CELL_CPU << ENTRY_CPU_SHIFT));
	expect(chip_has(PIN_COM1) & ENTRY_MASKED);
	expect(!interrupts(COM1, TRIAL_CELL_CPU, VECTOR_FOREIGN));
	expect(pin_write(PIN_COM1, VECTOR_ROOT | ENTRY_MASKED));
	test_end();
}

void trial_pins_gone(void)
{
	test_begin("the pin of a cell that goes is masked");
	expect(chip_has(PIN_COM2) & ENTRY_MASKED);
	expect(!interrupts(BOCHS_COM2, TRIAL_CELL_CPU, VECTOR_CELL));
	expect(pin_write(PIN_COM2, VECTOR_ROOT));
	expect(interrupts(BOCHS_COM2, TRIAL_ROOT_CPU, VECTOR_ROOT));
	expect(pin_write(PIN_COM2, ENTRY_MASKED));
	test_end();
}
