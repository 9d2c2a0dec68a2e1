/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What devices reach and interrupt, by QEMU's model of a remapping unit: root
 * and cell as guests of the hypervisor, whose code this is all around.
 */
#include "apic.h"
#include "configs/x86/q35.h"
#include "edu.h"
#include "guest.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "hv/string.h"
#include "hypervisor/arch/x86/pci-ports.h"
#include "places.h"
#include "tests/vmx/test.h"
#include "trial.h"
#include "hypervisor/arch/x86/vtd-internal.h"
#include "x86-regs.h"

#define CELL_ID			1u
#define ROOT_CPU		TRIAL_ROOT_CPU
#define CELL_CPU		TRIAL_CELL_CPU
#define CELL_VECTOR		0x51u
#define FOREIGN_VECTOR		0x61u
#define FREE_HANDLE		0x700u
#define CELL_SPARE		0x8000ull	/* an address of the cell's memory */
#define LIVES			2u

/* Why: VT-d, table 25; 0x20 and on: interrupts. */
#define REASON_WRITE		"refused, reason 0x5"
#define REASON_READ		"refused, reason 0x6"

#define COM1			0x3f8
#define STATUS_PORT		(COM1 + 5)
#define STATUS_ROOM		0x20

#define MESSAGE_CONTROL		Q35_MESSAGE
#define MESSAGE_ADDRESS_LOW	(Q35_MESSAGE + 4)
#define MESSAGE_ADDRESS_HIGH	(Q35_MESSAGE + 8)
#define MESSAGE_DATA		(Q35_MESSAGE + 12)
#define CONTROL_ON		(1u << 16)

#define ICR_INIT		0x4500u
#define ICR_START		0x4608u

static volatile uint8_t *root_device, *cell_device;
static uint32_t mark;			/* in the console's ring */

void print(const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	hv_vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (const char *c = line; *c; c++) {
		while (!(port_read8(STATUS_PORT) & STATUS_ROOM))
			arch_cpu_relax();
		port_write8(COM1, (uint8_t)*c);
	}
}

static const struct console_ring *ring(void)
{
	return (const void *)((const uint8_t *)arch_hv_base() +
			      image_header.console_ring);
}

void trial_forget_said(void)
{
	guest_wait_ms(1);
	mark = ring()->tail;
}

/* Whether the hypervisor has printed this since. */
bool trial_said(const char *text)
{
	size_t length = strnlen(text, 128);

	guest_wait_ms(1);
	for (uint32_t at = mark; at + length <= ring()->tail; at++) {
		size_t n = 0;

		while (n < length && ring()->content[(at + n) %
						     CONSOLE_RING_BYTES] ==
					     text[n])
			n++;
		if (n == length)
			return true;
	}
	return false;
}

uint64_t *trial_memory(uint64_t phys)
{
	static struct {
		uint64_t phys;
		void *virt;
	} seen[16];

	for (unsigned int n = 0; n < ARRAY_COUNT(seen); n++) {
		if (!seen[n].virt) {
			seen[n].phys = phys;
			seen[n].virt = hv_map(hpa(phys), PAGE_BYTES,
					      MAP_READ | MAP_WRITE);
		}
		if (seen[n].phys == phys)
			return seen[n].virt;
	}
	panic("too many pages\n");
}

static uint64_t pattern(void)
{
	static uint64_t last = 0x5765697200000000;

	return ++last;
}

/* What the root's device gets to see there, by way of a copy. */
static uint64_t device_reads(uint64_t address)
{
	*trial_memory(PLACE_COPY) = 0;
	expect(edu_read(root_device, address, 8, 0));
	guest_turn();
	expect(edu_write(root_device, PLACE_COPY, 8, 0));
	guest_turn();
	return *trial_memory(PLACE_COPY);
}

/* The device writes there; what is found at `phys` then. */
static uint64_t device_writes(volatile uint8_t *device, uint64_t source,
			      uint64_t address, uint64_t phys)
{
	expect(edu_read(device, source, 8, 0));
	expect(edu_write(device, address, 8, 0));
	guest_turn();
	return *trial_memory(phys);
}

bool trial_root_writes(uint64_t address)
{
	*trial_memory(PLACE_PATTERN) = pattern();
	return device_writes(root_device, PLACE_PATTERN, address, address) ==
	       *trial_memory(PLACE_PATTERN);
}

static bool root_reads(uint64_t address)
{
	*trial_memory(address) = pattern();
	return device_reads(address) == *trial_memory(address);
}

static bool said_refused(const char *kind, uint64_t address, const char *why)
{
	char text[80];

	hv_snprintf(text, sizeof(text), "%s at 0x%llx by device 00:03.0 %s",
		    kind, (unsigned long long)address, why);
	return trial_said(text);
}

void trial_refused_to_root(uint64_t address)
{
	trial_forget_said();
	expect(!trial_root_writes(address));
	expect(said_refused("write", address, REASON_WRITE));
	trial_forget_said();
	expect(!root_reads(address));
	expect(said_refused("read", address, REASON_READ));
}

static void test_levels(void)
{
	uint64_t kernel = percpu_get(ROOT_CPU)->arch.kernel.cr4;

	test_begin("the hypervisor's tables are as deep as the root's");
	expect_equal(read_cr4() & CR4_LA57, kernel & CR4_LA57);
	test_end();
}

static void test_on(void)
{
	const struct vtd_unit *unit = &vtd.unit[0];

	test_begin("the unit is found, and on");
	expect_equal(vtd.units_count, 1);
	expect(vtd_remaps_interrupts());
	expect_equal(vtd_read32(unit->registers, VTD_STATUS) &
			     (COMMAND_TRANSLATE | COMMAND_INTERRUPTS |
			      COMMAND_QUEUE),
		     COMMAND_TRANSLATE | COMMAND_INTERRUPTS | COMMAND_QUEUE);
	test_report("levels", vtd.levels);
	test_end();
}

static volatile uint8_t *device_open(uint16_t bdf)
{
	uint32_t bar = guest_pci_read(bdf, EDU_BAR) & ~0xfu;

	expect_equal(guest_pci_read(bdf, 0), EDU_ID);
	guest_pci_write(bdf, EDU_COMMAND, EDU_COMMAND_ON);
	expect(bar != 0);
	return hv_map(hpa(bar), EDU_BYTES, MAP_READ | MAP_WRITE | MAP_DEVICE);
}

static void test_root_memory(void)
{
	test_begin("a device of the root reaches the root's memory");
	root_device = device_open(Q35_DEVICE_ROOT);
	cell_device = device_open(Q35_DEVICE_CELL);
	trial_forget_said();
	expect(root_reads(PLACE_PATTERN));
	expect(trial_root_writes(PLACE_COPY + PAGE_BYTES));
	expect(root_reads(BOCHS_CELL_RAM_BASE));
	expect(!trial_said("IOMMU"));
	test_end();
}

static void test_outside(void)
{
	test_begin("but nobody's memory not, nor the hypervisor's: reported");
	trial_refused_to_root(Q35_NOBODYS);
	trial_refused_to_root(BOCHS_HYPERVISOR_BASE + BOCHS_HYPERVISOR_BYTES -
			PAGE_BYTES);
	expect_equal(guest_faults(), 0);
	test_end();
}

static void icr(uint32_t command)
{
	expect(guest_store(APIC_PAGE + APIC_ICR_HIGH, 4, CELL_CPU << 24));
	expect(guest_store(APIC_PAGE + APIC_ICR, 4, command));
	guest_wait_ms(1);
}

/* The CPU that faults are reported to. */
static struct per_cpu *reporter(void)
{
	uint32_t address = vtd_read32(vtd.unit[0].registers, VTD_FAULT_ADDRESS);

	return percpu_get(address >> 12 & 0xff);
}

/* An NMI while one of ours is under way is taken for that one. */
static void test_merged(void)
{
	test_begin("a fault that merges with a kick is reported");
	reporter()->arch.kick_sent = 1;
	trial_refused_to_root(Q35_NOBODYS);
	test_end();
}

static void test_parked(void)
{
	test_begin("so it is by a CPU that is offline");
	vtd_report_to(percpu_get(CELL_CPU)->arch.apic_id);
	icr(ICR_INIT);
	expect(percpu_get(CELL_CPU)->parked);
	trial_refused_to_root(Q35_NOBODYS);
	icr(ICR_START);
	expect(!percpu_get(CELL_CPU)->parked);
	test_end();
}

static void test_create(void)
{
	test_begin("a cell takes memory from the root's device at once");
	expect(trial_root_writes(BOCHS_CELL_RAM_BASE + CELL_SPARE));
	expect_equal(guest_hypercall(HC_CELL_CREATE, PLACE_CONFIG, 0), 0);
	/* A cell's CPU has nothing to do with devices of others. */
	expect_equal(reporter()->id, ROOT_CPU);
	trial_refused_to_root(BOCHS_CELL_RAM_BASE + CELL_SPARE);
	test_end();
}

static bool cell_writes(uint64_t address, uint64_t phys)
{
	uint64_t *from = trial_memory(BOCHS_CELL_RAM_BASE + PAGE_BYTES);

	*from = pattern();
	return device_writes(cell_device, PAGE_BYTES, address, phys) == *from;
}

static void test_cell_memory(void)
{
	test_begin("the cell's device reaches its memory at its addresses");
	trial_forget_said();
	expect(cell_writes(CELL_SPARE, BOCHS_CELL_RAM_BASE + CELL_SPARE));
	expect(!trial_said("IOMMU"));
	expect(!cell_writes(PLACE_COPY, PLACE_COPY));
	expect(trial_said("write at 0x4011000 by device 00:04.0 " REASON_WRITE));
	expect(!cell_writes(BOCHS_CELL_RAM_BASE + CELL_SPARE,
			    BOCHS_CELL_RAM_BASE + CELL_SPARE));
	expect(trial_said("write at 0x1a008000 by device 00:04.0 " REASON_WRITE));
	trial_forget_said();
	*trial_memory(PLACE_PATTERN) = pattern();
	edu_read(cell_device, PLACE_PATTERN, 8, 0);
	edu_write(cell_device, CELL_SPARE, 8, 0);
	expect(trial_said("read at 0x4010000 by device 00:04.0 " REASON_READ));
	expect(*trial_memory(BOCHS_CELL_RAM_BASE + CELL_SPARE) !=
	       *trial_memory(PLACE_PATTERN));
	test_end();
}

static void test_loadable(void)
{
	test_begin("loading gives its memory to the root's device, starting takes it");
	expect_equal(guest_hypercall(HC_CELL_SET_LOADABLE, CELL_ID, 0), 0);
	expect(trial_root_writes(BOCHS_CELL_RAM_BASE + CELL_SPARE));
	expect_equal(guest_hypercall(HC_CELL_START, CELL_ID, 0), 0);
	trial_refused_to_root(BOCHS_CELL_RAM_BASE + CELL_SPARE);
	test_end();
}

static void root_message(uint32_t address, uint32_t data)
{
	guest_pci_write(Q35_DEVICE_ROOT, MESSAGE_ADDRESS_LOW, address);
	guest_pci_write(Q35_DEVICE_ROOT, MESSAGE_ADDRESS_HIGH, 0);
	guest_pci_write(Q35_DEVICE_ROOT, MESSAGE_DATA, data);
	guest_pci_write(Q35_DEVICE_ROOT, MESSAGE_CONTROL, CONTROL_ON);
}

/* In the device, past what is kept of it. */
static uint32_t device_has(uint16_t bdf, unsigned int offset)
{
	return pci_ports.read(bdf, offset);
}

static bool interrupts(volatile uint8_t *device, unsigned int cpu,
		       uint8_t vector)
{
	edu_interrupt(device);
	return guest_interrupted(cpu, vector);
}

static void test_message(void)
{
	test_begin("a message of the root's device goes through the table");
	root_message(MESSAGE_ADDRESS, ROOT_VECTOR);
	expect_equal(guest_pci_read(Q35_DEVICE_ROOT, MESSAGE_ADDRESS_LOW),
		     MESSAGE_ADDRESS);
	expect_equal(guest_pci_read(Q35_DEVICE_ROOT, MESSAGE_DATA) & 0xffff,
		     ROOT_VECTOR);
	expect(device_has(Q35_DEVICE_ROOT, MESSAGE_ADDRESS_LOW) & BIT(4));
	expect_equal(device_has(Q35_DEVICE_ROOT, MESSAGE_DATA) & 0xffff, 0);
	expect(interrupts(root_device, ROOT_CPU, ROOT_VECTOR));
	/* Changed, and the unit knows at once. */
	root_message(MESSAGE_ADDRESS, ROOT_VECTOR + 1);
	expect(interrupts(root_device, ROOT_CPU, ROOT_VECTOR + 1));
	expect(!guest_interrupted(ROOT_CPU, ROOT_VECTOR));
	root_message(MESSAGE_ADDRESS, ROOT_VECTOR);
	test_end();
}

static uint64_t space(uint16_t bdf, unsigned int offset)
{
	return Q35_PCI_SPACE + bdf * 4096ull + offset;
}

static uint64_t cell_space(unsigned int offset)
{
	return space(Q35_DEVICE_CELL, offset);
}

static bool job_done;
static uint32_t cell_sees[3];		/* of its device, the root's, a BAR */

/* What it may not write goes nowhere. */
static void cell_looks(void)
{
	job_done = guest_load(cell_space(0), &cell_sees[0]) &&
		   guest_load(space(Q35_DEVICE_ROOT, 0), &cell_sees[1]) &&
		   guest_store(space(Q35_DEVICE_ROOT, EDU_COMMAND), 2, 0) &&
		   guest_store(cell_space(EDU_BAR), 4, 0) &&
		   guest_load(cell_space(EDU_BAR), &cell_sees[2]);
}

static void test_configuration(void)
{
	uint32_t bar = device_has(Q35_DEVICE_CELL, EDU_BAR);

	test_begin("root and cell see their own devices' configuration only");
	expect_equal(guest_pci_read(Q35_DEVICE_CELL, 0), UINT32_MAX);
	guest_pci_write(Q35_DEVICE_CELL, EDU_COMMAND, 0);
	guest_pci_write(Q35_DEVICE_CELL, EDU_BAR, 0);
	expect_equal(device_has(Q35_DEVICE_CELL, EDU_BAR), bar);
	expect_equal(guest_pci_read(Q35_DEVICE_ROOT, 0), EDU_ID);
	job_done = false;
	expect(guest_job(CELL_CPU, cell_looks));
	expect(job_done);
	expect_equal(cell_sees[0], EDU_ID);
	expect_equal(cell_sees[1], UINT32_MAX);
	expect_equal(cell_sees[2], bar);
	expect_equal(device_has(Q35_DEVICE_CELL, EDU_BAR), bar);
	expect_equal(device_has(Q35_DEVICE_ROOT, EDU_COMMAND) & 0xffff,
		     EDU_COMMAND_ON);
	expect_equal(device_has(Q35_DEVICE_CELL, EDU_COMMAND) & 0xffff,
		     EDU_COMMAND_ON);
	test_end();
}

/* On the cell's CPU, as its program. */
static void cell_message(void)
{
	job_done = guest_store(APIC_PAGE + APIC_SVR, 4, 0x1ff) &&
		   guest_store(cell_space(MESSAGE_ADDRESS_LOW), 4,
			       MESSAGE_ADDRESS | CELL_CPU << 12) &&
		   guest_store(cell_space(MESSAGE_ADDRESS_HIGH), 4, 0) &&
		   guest_store(cell_space(MESSAGE_DATA), 2, CELL_VECTOR) &&
		   guest_store(cell_space(MESSAGE_CONTROL) + 2, 2, 1);
}

static void test_cell_message(void)
{
	test_begin("a message of the cell's device reaches the cell's CPU");
	job_done = false;
	expect(guest_job(CELL_CPU, cell_message));
	expect(job_done);
	expect(interrupts(cell_device, CELL_CPU, CELL_VECTOR));
	test_end();
}

static void test_foreign_cpu(void)
{
	test_begin("a message to another cell's CPU stays off, and is said");
	trial_forget_said();
	root_message(MESSAGE_ADDRESS | CELL_CPU << 12, FOREIGN_VECTOR);
	expect(trial_said("is not its cell's, messages stay off"));
	expect(!(device_has(Q35_DEVICE_ROOT, MESSAGE_CONTROL) & CONTROL_ON));
	expect(!interrupts(root_device, CELL_CPU, FOREIGN_VECTOR));
	root_message(MESSAGE_ADDRESS, ROOT_VECTOR);
	test_end();
}

/* The device has something else than it was given, as if it were malicious. */
static void device_forge(uint32_t address, uint32_t data)
{
	pci_ports.write(Q35_DEVICE_ROOT, MESSAGE_ADDRESS_LOW, address);
	pci_ports.write(Q35_DEVICE_ROOT, MESSAGE_DATA, data);
}

static void test_forged(void)
{
	uint32_t own = device_has(Q35_DEVICE_ROOT, MESSAGE_ADDRESS_LOW);
	uint32_t cells = device_has(Q35_DEVICE_CELL, MESSAGE_ADDRESS_LOW);

	test_begin("a device that forges messages interrupts nobody");
	expect(own != cells);
	device_forge(cells, 0);
	expect(!interrupts(root_device, CELL_CPU, CELL_VECTOR));
	device_forge(vtd_message_address(FREE_HANDLE), 0);
	edu_interrupt(root_device);
	expect(!guest_interrupted(ROOT_CPU, ROOT_VECTOR));
	device_forge(own, 0);
	expect(interrupts(root_device, ROOT_CPU, ROOT_VECTOR));
	expect(interrupts(cell_device, CELL_CPU, CELL_VECTOR));
	test_end();
}

static void test_destroy(void)
{
	test_begin("the device of a cell that goes is the root's again");
	expect_equal(guest_hypercall(HC_CELL_DESTROY, CELL_ID, 0), 0);
	expect(!(device_has(Q35_DEVICE_CELL, MESSAGE_CONTROL) & CONTROL_ON));
	expect(!interrupts(cell_device, CELL_CPU, CELL_VECTOR));
	*trial_memory(PLACE_PATTERN) = pattern();
	expect_equal(device_writes(cell_device, PLACE_PATTERN,
				   BOCHS_CELL_RAM_BASE + CELL_SPARE,
				   BOCHS_CELL_RAM_BASE + CELL_SPARE),
		     *trial_memory(PLACE_PATTERN));
	expect(trial_root_writes(BOCHS_CELL_RAM_BASE + CELL_SPARE));
	test_end();
}

/* As the root gets a CPU back online, without which it does not disable. */
static void test_cpu_back(void)
{
	test_begin("the CPU of the cell is back, and no fault was left");
	icr(ICR_INIT);
	icr(ICR_START);
	expect(!percpu_get(CELL_CPU)->parked);
	expect_equal(guest_faults(), 0);
	test_end();
}

void trial_run(void)
{
	test_levels();
	test_on();
	test_root_memory();
	test_outside();
	test_merged();
	test_parked();
	test_message();
	trial_pins_root();
	trial_table_root();
	for (unsigned int life = 0; life < LIVES; life++) {
		test_create();
		test_cell_memory();
		test_loadable();
		test_configuration();
		test_cell_message();
		test_foreign_cpu();
		test_forged();
		trial_pins_cell();
		trial_table_cell();
		test_destroy();
		trial_pins_gone();
		trial_table_gone();
		test_cpu_back();
	}
	trial_colored(cell_device, root_device);
	test_cpu_back();
	tests_done();
}
