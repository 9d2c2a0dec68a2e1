/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages in a device's memory (MSI-X), through the table of remapped
 * interrupts. The root has given message 0 of the device before it enabled.
 */
#include "trial.h"

#include "apic.h"
#include "configs/x86/q35.h"
#include "guest.h"
#include "hv/arch/cpu.h"
#include "hypervisor/arch/x86/pci-ports.h"
#include "nic.h"
#include "places.h"
#include "tests/vmx/test.h"
#include "hypervisor/arch/x86/vtd-regs.h"

#define ENTRY_BYTES		16u
#define ENTRY_DATA		8u
#define ENTRY_CONTROL		12u
#define ADDRESS_REMAPPABLE	(1u << 4)	/* VT-d, 5.1.5.2 */
#define CPU_SHIFT		12

#define VECTOR_ROOT		0x81u
#define VECTOR_CELL		0x83u
#define VECTOR_FOREIGN		0x84u

static bool message_write(unsigned int n, unsigned int cpu, uint32_t vector)
{
	uint64_t entry = Q35_TABLE + n * ENTRY_BYTES;

	return guest_store(entry + ENTRY_CONTROL, 4, 1) &&
	       guest_store(entry, 4, MESSAGE_ADDRESS | cpu << CPU_SHIFT) &&
	       guest_store(entry + 4, 4, 0) &&
	       guest_store(entry + ENTRY_DATA, 4, vector) &&
	       guest_store(entry + ENTRY_CONTROL, 4, 0);
}

static uint32_t message_read(unsigned int n, unsigned int offset)
{
	uint32_t value = 0;

	expect(guest_load(Q35_TABLE + n * ENTRY_BYTES + offset, &value));
	return value;
}

/* In the device, past what is kept of it. */
static uint32_t device_has(unsigned int n, unsigned int offset)
{
	const volatile uint32_t *table = (void *)trial_memory(Q35_TABLE);

	return table[(n * ENTRY_BYTES + offset) / 4];
}

static bool interrupts(unsigned int n, unsigned int cpu, uint8_t vector)
{
	nic_interrupt((volatile uint8_t *)trial_memory(Q35_NIC), n);
	return guest_interrupted(cpu, vector);
}

void trial_table_root(void)
{
	test_begin("messages of a table are as the root wrote them, and remapped");
	expect_equal(message_read(0, 0), MESSAGE_ADDRESS);
	expect_equal(message_read(0, ENTRY_DATA), ROOT_VECTOR);
	expect(device_has(0, 0) & ADDRESS_REMAPPABLE);
	expect_equal(device_has(0, ENTRY_DATA), 0);
	expect(interrupts(0, TRIAL_ROOT_CPU, ROOT_VECTOR));
	expect(message_write(1, TRIAL_ROOT_CPU, VECTOR_ROOT));
	expect(device_has(1, 0) != device_has(0, 0));
	expect(interrupts(1, TRIAL_ROOT_CPU, VECTOR_ROOT));
	expect(interrupts(0, TRIAL_ROOT_CPU, ROOT_VECTOR));
	expect(guest_store(Q35_TABLE + ENTRY_BYTES + ENTRY_CONTROL, 4, 1));
	expect(!interrupts(1, TRIAL_ROOT_CPU, VECTOR_ROOT));
	test_end();
}

static bool job_done;

static void cell_messages(void)
{
	job_done = message_write(1, TRIAL_CELL_CPU, VECTOR_CELL) &&
		   message_write(2, TRIAL_ROOT_CPU, VECTOR_FOREIGN) &&
		   guest_store(Q35_PCI_SPACE + Q35_DEVICE_TABLE * 4096ull +
			       Q35_TABLE_CONTROL + 2, 2, NIC_MESSAGES_ON >> 16);
}

void trial_table_cell(void)
{
	test_begin("messages of a cell's table reach the cell only");
	/* What the root had there is gone with the device. */
	expect(!interrupts(0, TRIAL_ROOT_CPU, ROOT_VECTOR));
	expect_equal(message_read(0, 0), UINT32_MAX);
	job_done = false;
	expect(guest_job(TRIAL_CELL_CPU, cell_messages));
	expect(job_done);
	expect(device_has(1, 0) & ADDRESS_REMAPPABLE);
	expect(interrupts(1, TRIAL_CELL_CPU, VECTOR_CELL));
	expect(device_has(2, ENTRY_CONTROL) & 1);
	expect(!interrupts(2, TRIAL_ROOT_CPU, VECTOR_FOREIGN));
	/* The root's write to it goes nowhere. */
	message_write(1, TRIAL_ROOT_CPU, VECTOR_ROOT);
	expect(interrupts(1, TRIAL_CELL_CPU, VECTOR_CELL));
	expect(!guest_interrupted(TRIAL_ROOT_CPU, VECTOR_ROOT));
	test_end();
}

void trial_table_gone(void)
{
	uint32_t control;

	test_begin("the table of a cell that goes is empty, and the root's");
	expect(device_has(1, ENTRY_CONTROL) & 1);
	control = guest_pci_read(Q35_DEVICE_TABLE, Q35_TABLE_CONTROL);
	guest_pci_write(Q35_DEVICE_TABLE, Q35_TABLE_CONTROL,
			control | NIC_MESSAGES_ON);
	expect(!interrupts(1, TRIAL_CELL_CPU, VECTOR_CELL));
	expect(message_write(0, TRIAL_ROOT_CPU, ROOT_VECTOR));
	expect(interrupts(0, TRIAL_ROOT_CPU, ROOT_VECTOR));
	test_end();
}
