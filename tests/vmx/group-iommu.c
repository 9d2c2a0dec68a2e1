// SPDX-License-Identifier: GPL-2.0-only
/*
 * In QEMU: the hypervisor does the tests (tests/iommu) while it is enabled;
 * here is what the root finds before and after.
 */
#include "abi/cell-config.h"
#include "groups.h"
#include "tests/iommu/edu.h"
#include "tests/iommu/nic.h"
#include "tests/iommu/places.h"
#include "weir.h"

#include "configs/x86/q35.h"

#define PORT_PCI_ADDRESS	0xcf8
#define PORT_PCI_DATA		0xcfc
#define CPUID_LA57		(1u << 16)	/* leaf 7, ECX */
#define PCI_ENABLE		0x80000000u
#define MESSAGE_ADDRESS		0xfee00000u
#define UNIT_STATUS		0x1c
#define STATUS_ALL		0x86000000u	/* translation, interrupts, queue */

static uint32_t pci_read(uint16_t bdf, unsigned int offset)
{
	uint32_t value;

	__asm__ volatile("outl %0, %1" :: "a"(PCI_ENABLE | (uint32_t)bdf << 8 |
					      offset),
			 "Nd"((uint16_t)PORT_PCI_ADDRESS));
	__asm__ volatile("inl %1, %0" : "=a"(value)
			 : "Nd"((uint16_t)PORT_PCI_DATA));
	return value;
}

/* One interrupt, soon. */
static void interrupted_since(uint64_t before)
{
	for (unsigned int n = 0; n < 1000; n++)
		pause();
	expect_equal(cpus[0].interrupts[ROOT_VECTOR], before + 1);
}

static void table_interrupts(void)
{
	uint64_t before = cpus[0].interrupts[ROOT_VECTOR];

	nic_interrupt(direct(Q35_NIC), 0);
	interrupted_since(before);
}

static void pci_write(uint16_t bdf, unsigned int offset, uint32_t value)
{
	__asm__ volatile("outl %0, %1" :: "a"(PCI_ENABLE | (uint32_t)bdf << 8 |
					      offset),
			 "Nd"((uint16_t)PORT_PCI_ADDRESS));
	__asm__ volatile("outl %0, %1" :: "a"(value),
			 "Nd"((uint16_t)PORT_PCI_DATA));
}

static volatile uint32_t *table(void)
{
	return direct(Q35_TABLE);
}

/* Where the configuration says, with its first message. */
static void test_table_placed(void)
{
	test_begin("a card with a table of messages is placed and interrupts");
	expect_equal(pci_read(Q35_DEVICE_TABLE, 0), NIC_ID);
	pci_write(Q35_DEVICE_TABLE, NIC_BAR_REGISTERS, Q35_NIC);
	pci_write(Q35_DEVICE_TABLE, NIC_BAR_TABLE, Q35_TABLE);
	pci_write(Q35_DEVICE_TABLE, EDU_COMMAND, EDU_COMMAND_ON);
	pci_write(Q35_DEVICE_TABLE, Q35_TABLE_CONTROL,
		  pci_read(Q35_DEVICE_TABLE, Q35_TABLE_CONTROL) |
		  NIC_MESSAGES_ON);
	table()[0] = MESSAGE_ADDRESS;
	table()[1] = 0;
	table()[2] = ROOT_VECTOR;
	table()[3] = 0;
	table_interrupts();
	test_end();
}

static volatile uint8_t *device(void)
{
	return direct(pci_read(Q35_DEVICE_ROOT, EDU_BAR) & ~0xfu);
}

static bool unit_is_off(void)
{
	const volatile uint32_t *status = direct(Q35_IOMMU + UNIT_STATUS);

	return !(*status & STATUS_ALL);
}

/* Memory that nobody has: only while nothing is translated. */
static bool device_copies(uint64_t to)
{
	volatile uint64_t *from = direct(PLACE_PATTERN);

	*from = rdtsc();
	*(volatile uint64_t *)direct(to) = 0;
	return edu_read(device(), PLACE_PATTERN, 8, 0) &&
	       edu_write(device(), to, 8, 0) &&
	       *(volatile uint64_t *)direct(to) == *from;
}

/* The start takes five levels where the CPU has them: the boots differ in that. */
static void test_levels(void)
{
	bool offered = cpuid(0, 0).eax >= 7 && cpuid(7, 0).ecx & CPUID_LA57;

	test_begin(offered ? "the root's addresses have five levels of tables" :
			     "the root's addresses have four levels of tables");
	expect_equal(!!(read_cr4() & CR4_LA57), offered);
	test_end();
}

static void place(const char *name, uint64_t at)
{
	struct file cell = file_get(name);

	memset(direct(at), 0, PAGE_BYTES);
	memcpy(direct(at), cell.data, cell.bytes);
}

static void test_in_and_out(void)
{
	uint64_t cr3 = read_cr3(), cr4 = read_cr4();

	test_begin("the root enables, and its devices are free when it is disabled");
	expect(unit_is_off());
	place("q35-dma.cell", PLACE_CONFIG);
	place("q35-colored.cell", PLACE_COLORED);
	expect(weir_begin());
	expect_equal(read_cr3(), cr3);
	expect_equal(read_cr4(), cr4);
	expect(unit_is_off());
	expect(device_copies(Q35_NOBODYS));
	expect(device_copies(BOCHS_CELL_RAM_BASE));
	test_end();
}

static void test_message(void)
{
	uint64_t before = cpus[0].interrupts[ROOT_VECTOR];

	test_begin("the device's message is what the root wrote");
	edu_interrupt(device());
	interrupted_since(before);
	expect_equal(table()[0], MESSAGE_ADDRESS);
	expect_equal(table()[2], ROOT_VECTOR);
	table_interrupts();
	test_end();
}

static void test_again(void)
{
	test_begin("all of it once more");
	/* Its APIC is as a cell left it: it starts anew. */
	cpus[1].online = false;
	expect_equal(cpu_online(1), 0);
	expect_equal(weir_prepare(), 0);
	expect_equal(weir_enable(), 0);
	expect(unit_is_off());
	test_end();
}

void group_iommu(void)
{
	test_levels();
	test_table_placed();
	test_in_and_out();
	test_message();
	test_again();
}
