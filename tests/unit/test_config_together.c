/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: a cell against the system and against other cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

static struct blob_system system_blob;
static struct blob_cell cell, other;

static int setup(void **state)
{
	(void)state;
	blob_system_init(&system_blob);
	blob_cell_init(&cell, 1);
	blob_cell_init(&other, 2);
	return 0;
}

static int check(struct reason *reason)
{
	struct config_view view, other_view;
	const struct config_view *others[] = { &other_view };
	int error;

	reason->text[0] = '\0';
	/* Each must be valid by itself, or the test tests something else. */
	error = config_check_system(&system_blob, sizeof(system_blob),
				    CONFIG_ARCH_ARM64, reason);
	if (!error)
		error = config_check_cell(&cell, sizeof(cell),
					  CONFIG_ARCH_ARM64, reason);
	if (!error)
		error = config_check_cell(&other, sizeof(other),
					  CONFIG_ARCH_ARM64, reason);
	if (error)
		fail_msg("not valid alone: %s", reason->text);
	config_view_init(&view, &cell.cell, sizeof(cell));
	config_view_init(&other_view, &other.cell, sizeof(other));
	return config_check_together(&system_blob.system, sizeof(system_blob),
				     &view, others, 1, reason);
}

static void expect_ok(void)
{
	struct reason reason;

	if (check(&reason))
		fail_msg("refused: %s", reason.text);
}

static void expect_refusal(int error, const char *words)
{
	struct reason reason;
	int found = check(&reason);

	if (found != error || !strstr(reason.text, words))
		fail_msg("wanted %d with \"%s\", found %d: \"%s\"", error,
			 words, found, reason.text);
}

static void test_good_neighbours(void **state)
{
	(void)state;
	expect_ok();
}

static void test_names_and_ids(void **state)
{
	(void)state;
	cell.cell.id = 2;
	expect_refusal(-EEXIST, "id 2 is in use by \"cell-2\"");
	cell.cell.id = 7;
	memcpy(cell.cell.name, "cell-2", 7);
	expect_refusal(-EEXIST, "name \"cell-2\" is in use");
	memcpy(cell.cell.name, "root", 5);
	expect_refusal(-EEXIST, "name \"root\" is in use");
	memcpy(cell.cell.name, "roo", 4);
	expect_ok();
}

static void test_cpus(void **state)
{
	(void)state;
	cell.cpus = 1 << 2;
	expect_refusal(-EBUSY, "CPU 2 belongs to cell \"cell-2\"");
	cell.cpus = 1 << 4;
	expect_refusal(-EINVAL, "CPU 4 is none of the root cell's");
	cell.cpus = 0xf;
	expect_refusal(-EINVAL, "needs one");
	cell.cpus = 0xb;
	expect_ok();
}

static void test_hypervisor_memory(void **state)
{
	struct memory_region *rom = &cell.memory[BLOB_ROM];

	(void)state;
	rom->phys_start = FAKE_HV_START;
	expect_refusal(-EINVAL, "overlaps the hypervisor's");
	rom->phys_start = FAKE_HV_START + FAKE_HV_BYTES - PAGE_BYTES;
	expect_refusal(-EINVAL, "overlaps the hypervisor's");
	rom->phys_start = FAKE_HV_START - PAGE_BYTES;
	expect_ok();
	rom->size = 2 * PAGE_BYTES;
	expect_refusal(-EINVAL, "overlaps the hypervisor's");
	/* Sharing does not make it anybody's. */
	rom->flags |= MEM_ROOTSHARED;
	expect_refusal(-EINVAL, "overlaps the hypervisor's");
	/* A communication region has no physical address of its own. */
	cell.memory[BLOB_COMM_PAGE].phys_start = FAKE_HV_START;
	rom->size = PAGE_BYTES;
	expect_ok();
}

static void test_memsys_page(void **state)
{
	struct weir_record_memsys *record = (void *)&system_blob.options;
	struct memory_region *rom = &cell.memory[BLOB_ROM];

	(void)state;
	record->record.type = WEIR_RECORD_MEMSYS;
	record->page_address = BLOB_MEMSYS_PAGE;
	record->heartbeat_ns = 20000;
	record->heartbeat_min_ns = 2000;
	rom->phys_start = BLOB_MEMSYS_PAGE;
	expect_ok();
	/* All may look. */
	other.memory[BLOB_ROM].phys_start = BLOB_MEMSYS_PAGE;
	expect_ok();
	rom->flags = MEM_READ | MEM_WRITE;
	expect_refusal(-EINVAL, "memory-system page");
	rom->flags = MEM_READ | MEM_EXECUTE;
	expect_refusal(-EINVAL, "memory-system page");
	rom->flags = MEM_READ | MEM_LOADABLE;
	expect_refusal(-EINVAL, "memory-system page");
	rom->flags = MEM_READ;
	rom->phys_start -= PAGE_BYTES;
	rom->size += PAGE_BYTES;
	expect_refusal(-EINVAL, "memory-system page");
}

static void test_neighbours_memory(void **state)
{
	struct memory_region *own = &cell.memory[BLOB_OWN];
	const struct memory_region *theirs = &other.memory[BLOB_OWN];

	(void)state;
	own->phys_start = theirs->phys_start;
	expect_refusal(-EBUSY, "overlaps region 0 of cell \"cell-2\"");
	own->phys_start = theirs->phys_start + theirs->size - PAGE_BYTES;
	expect_refusal(-EBUSY, "overlaps region 0");
	own->phys_start = theirs->phys_start + theirs->size;
	expect_ok();
	own->phys_start = theirs->phys_start - own->size;
	expect_ok();
	own->phys_start += PAGE_BYTES;
	expect_refusal(-EBUSY, "overlaps region 0");
}

static void test_sharing_takes_two(void **state)
{
	(void)state;
	cell.memory[BLOB_CELL_SHARED].flags &= ~MEM_ROOTSHARED;
	expect_refusal(-EBUSY, "overlaps region 3");
	cell.memory[BLOB_CELL_SHARED].flags |= MEM_ROOTSHARED;
	other.memory[BLOB_CELL_SHARED].flags &= ~MEM_ROOTSHARED;
	expect_refusal(-EBUSY, "overlaps region 3");
}

static void test_only_what_the_root_has(void **state)
{
	struct memory_region *rom = &cell.memory[BLOB_ROM];

	(void)state;
	rom->phys_start = 0x08000000;
	expect_refusal(-EINVAL, "0x8000000 is none of the root cell's");
	/* The first byte that is missing is named. */
	rom->phys_start = 0x7e0ff000;
	rom->size = 2 * PAGE_BYTES;
	expect_refusal(-EINVAL, "0x7e100000 is none of the root cell's");
	/* A region may span several of the root's. */
	rom->phys_start = 0x7dfff000;
	rom->flags |= MEM_ROOTSHARED;
	expect_ok();
}

static void test_subpage_of_a_mapped_page(void **state)
{
	struct memory_region *uart = &cell.memory[BLOB_CELL_UART];

	(void)state;
	uart->flags &= ~MEM_ROOTSHARED;
	uart->phys_start = 0x7d000010;
	expect_refusal(-EINVAL, "smaller than a page");
	system_blob.memory[BLOB_SHARED] = *uart;
	system_blob.memory[BLOB_REST].size = 0x0c000000;
	cell.memory[BLOB_CELL_SHARED].size = 0;
	cell.memory[BLOB_CELL_SHARED].flags = 0;
	other.memory[BLOB_CELL_SHARED] = cell.memory[BLOB_CELL_SHARED];
	memset(&other.memory[BLOB_CELL_UART], 0,
	       sizeof(other.memory[BLOB_CELL_UART]));
	expect_ok();
}

static void test_interrupts(void **state)
{
	(void)state;
	cell.irqchip.pin_bitmap[0] = 1u << 2;
	expect_refusal(-EBUSY, "interrupt 34 belongs to cell \"cell-2\"");
	cell.irqchip.pin_bitmap[0] = 0;
	cell.irqchip.pin_base = 160;
	cell.irqchip.pin_bitmap[3] = 1u << 5;
	expect_refusal(-EINVAL, "interrupt 261 is none of cell \"root\"");
}

static void test_pci_devices(void **state)
{
	(void)state;
	/* Peers of shared memory have the same address. */
	cell.pci.bdf = other.pci.bdf;
	expect_ok();
	cell.pci.type = PCI_TYPE_DEVICE;
	expect_ok();
	other.pci.type = PCI_TYPE_DEVICE;
	expect_refusal(-EBUSY, "PCI device 0x10 belongs to cell \"cell-2\"");
	cell.pci.domain = 1;
	expect_ok();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_good_neighbours, setup),
		cmocka_unit_test_setup(test_names_and_ids, setup),
		cmocka_unit_test_setup(test_cpus, setup),
		cmocka_unit_test_setup(test_hypervisor_memory, setup),
		cmocka_unit_test_setup(test_memsys_page, setup),
		cmocka_unit_test_setup(test_neighbours_memory, setup),
		cmocka_unit_test_setup(test_sharing_takes_two, setup),
		cmocka_unit_test_setup(test_only_what_the_root_has, setup),
		cmocka_unit_test_setup(test_subpage_of_a_mapped_page, setup),
		cmocka_unit_test_setup(test_interrupts, setup),
		cmocka_unit_test_setup(test_pci_devices, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
