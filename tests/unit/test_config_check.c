/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: every refusal, each field in turn, and random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

#define ARM64	CONFIG_ARCH_ARM64

/* A copy that ends where its memory does, so that sanitizers see overruns. */
static int check_exact(bool is_system, const void *bytes, size_t size,
		       struct reason *reason)
{
	void *copy = malloc(size ? size : 1);
	int error;

	memcpy(copy, bytes, size);
	reason->text[0] = '\0';
	error = is_system ? config_check_system(copy, size, ARM64, reason) :
			    config_check_cell(copy, size, ARM64, reason);
	free(copy);
	return error;
}

static void expect_ok(bool is_system, const void *bytes, size_t size)
{
	struct reason reason;

	if (check_exact(is_system, bytes, size, &reason))
		fail_msg("refused: %s", reason.text);
}

static void expect_refusal(bool is_system, const void *bytes, size_t size,
			   int error, const char *words)
{
	struct reason reason;
	int found = check_exact(is_system, bytes, size, &reason);

	if (found != error || !strstr(reason.text, words))
		fail_msg("wanted %d with \"%s\", found %d: \"%s\"", error,
			 words, found, reason.text);
}

static void test_good_ones(void **state)
{
	struct blob_system system;
	struct blob_cell cell;
	uint8_t plain[sizeof(cell)];

	(void)state;
	blob_system_init(&system);
	expect_ok(true, &system, sizeof(system));
	for (unsigned int id = 1; id <= 3; id++) {
		blob_cell_init(&cell, id);
		expect_ok(false, &cell, sizeof(cell));
		expect_ok(false, plain, blob_cell_plain(plain, &cell));
	}
}

/*
 * One change to a good blob: so many bytes at an offset become a value, and
 * the refusal names these words.
 */
struct corruption {
	size_t offset;
	size_t bytes;
	uint64_t value;
	const char *words;
};

#define AT(type, field) offsetof(type, field), sizeof(((type *)0)->field)
#define C(field)	AT(struct blob_cell, field)
#define S(field)	AT(struct blob_system, field)

static const struct corruption cell_corruptions[] = {
	{ C(cell.signature[0]), 'X', "signature" },
	{ C(cell.signature[4]), 'S', "signature" },
	{ C(cell.architecture), CONFIG_ARCH_X86, "architecture is 0" },
	{ C(cell.revision), 13, "revision is 13" },
	{ C(cell.revision), 15, "revision is 15" },
	{ C(cell.name[0]), 0, "name is empty" },
	{ C(cell.name[1]), 7, "byte 1 is 0x07" },
	{ C(cell.name[1]), 0xc3, "byte 1 is 0xc3" },
	{ C(cell.id), 0, "cell id is 0" },
	{ C(cell.id), 0x80000000, "cell id is" },
	{ C(cell.flags), 8, "unknown here are 0x8" },
	{ C(cell.flags), CELL_TEST_DEVICE, "unknown here are 0x2" },
	{ C(cell.cpu_set_size), 0, "CPU set of 0 bytes" },
	{ C(cell.cpu_set_size), 4, "CPU set of 4 bytes" },
	{ C(cell.cpu_set_size), 0xfffffff8, "only" },
	{ C(cell.num_memory_regions), 0xffffffff, "only" },
	{ C(cell.num_cache_regions), 0xffffffff, "only" },
	{ C(cell.num_irqchips), 0x08000000, "only" },
	{ C(cell.num_pio_regions), 0xffffffff, "only" },
	{ C(cell.num_pci_devices), 0xffffffff, "only" },
	{ C(cell.num_pci_caps), 0xffffffff, "only" },
	{ C(cell.num_stream_ids), 0xffffffff, "only" },
	{ C(cell.num_stream_ids), 0, "are no" },
	{ C(cell.num_stream_ids), 2, "are no" },
	{ C(cell.cpu_reset_address), 2, "reset address" },
	{ C(cell.console.type), 11, "console type is 11" },
	{ C(cell.console.flags), 0x10, "unknown are 0x10" },
	{ C(cell.console.address), BIT(48) + 1, "address bits" },
	{ C(cell.console.address), UINT64_MAX, "address bits" },
	{ C(cpus), 0, "CPU set is empty" },
	{ C(cpus), BIT(16), "names CPU 16" },
	{ C(cpus), BIT(63), "names CPU 63" },
	{ C(memory[1].flags), 0x400, "unknown are 0x400" },
	{ C(memory[1].flags), BIT(63), "unknown are 0x8000000000000000" },
	{ C(memory[1].flags), MEM_READ | BIT(20), "unknown are 0x100000" },
	{ C(memory[1].size), 0, "region 1: size is 0" },
	{ C(memory[1].size), UINT64_MAX & PAGE_MASK, "address bits" },
	{ C(memory[1].phys_start), BIT(48), "address bits" },
	{ C(memory[1].phys_start), UINT64_MAX & PAGE_MASK, "address bits" },
	{ C(memory[1].virt_start), BIT(48), "address bits" },
	{ C(memory[1].phys_start), 0x71400008, "not page aligned" },
	{ C(memory[1].virt_start), 0, "overlap" },
	{ C(memory[1].virt_start), BLOB_CELL_RAM_BYTES - PAGE_BYTES, "overlap" },
	{ C(memory[1].virt_start), BLOB_UART & PAGE_MASK, "overlap" },
	{ C(memory[1].flags), MEM_READ | MEM_COMM_REGION, "second communication" },
	{ C(memory[1].flags), MEM_READ | MEM_IO | MEM_LOADABLE, "not loadable" },
	{ C(memory[2].size), 2 * PAGE_BYTES, "one page is needed" },
	{ C(memory[2].flags), MEM_READ | MEM_COMM_REGION | MEM_IO, "do not suit" },
	{ C(memory[2].flags), MEM_WRITE | MEM_COMM_REGION, "do not suit" },
	{ C(memory[4].flags), MEM_READ | MEM_EXECUTE | MEM_IO_8, "whole pages" },
	{ C(memory[4].flags), MEM_READ | MEM_LOADABLE | MEM_IO_8, "whole pages" },
	{ C(memory[4].flags), MEM_READ | MEM_COMM_REGION | MEM_IO_8, "whole pages" },
	{ C(memory[4].flags), MEM_READ | MEM_IO, "access width" },
	{ C(memory[4].phys_start), BLOB_UART + 4, "modulo 8" },
	{ C(cache.type), 0, "cache region 0: type is 0" },
	{ C(cache.type), 4, "type is 4" },
	{ C(cache.size), 0, "0 ways" },
	{ C(cache.size), 33, "33 ways" },
	{ C(cache.start), 31, "from 31" },
	{ C(cache.start), 0xffffffff, "from" },
	{ C(cache.flags), 2, "flags 0x2" },
	{ C(irqchip.pin_base), 0, "pin base is 0" },
	{ C(irqchip.pin_base), 33, "pin base is 33" },
	{ C(irqchip.pin_base), 1024, "pin base is 1024" },
	{ C(irqchip.pin_base), 0xffffffe0, "pin base is" },
	{ C(pci.type), 0, "type is 0" },
	{ C(pci.type), 4, "type is 4" },
	{ C(pci.caps_start), 1, "capabilities" },
	{ C(pci.caps_start), 0xffff, "capabilities" },
	{ C(pci.num_caps), 2, "capabilities" },
	{ C(pci.msi_bits), 4, "MSI bits" },
	{ C(pci.msix_address), BIT(48) + 1, "MSI-X" },
	{ C(pci.shmem_regions_start), 2, "ivshmem sections" },
	{ C(pci.shmem_regions_start), 0xffffffff, "ivshmem sections" },
	{ C(pci.shmem_peers), 0, "of 0 peers" },
	{ C(pci.shmem_peers), 13, "of 13 peers" },
	{ C(pci.shmem_dev_id), 2, "ivshmem id 2" },
	{ C(cap.start), 0xf0, "capability 0" },
	{ C(cap.len), 0xffff, "capability 0" },
	{ C(cap.flags), 2, "flags 0x2" },
	{ C(block.signature[0]), 'V', "are no WEIRBLK block" },
	{ C(block.signature[7]), 1, "are no WEIRBLK block" },
	{ C(block.revision), 2, "revision 2" },
	{ C(block.size), 16, "says 16 bytes" },
	{ C(block.size), 0xffffffff, "says" },
	{ C(block.num_records), 0, "follow the last" },
	{ C(block.num_records), 1, "follow the last of 1" },
	{ C(block.num_records), 3, "record 2" },
	{ C(block.num_records), 33, "at most 32" },
	{ C(policy.record.type), 0, "type 0 is not known" },
	{ C(policy.record.type), 200, "type 200 is not known" },
	{ C(policy.record.type), 0xffff, "type 65535 is not known" },
	{ C(policy.record.type), WEIR_RECORD_OPTIONS, "112 bytes" },
	{ C(policy.record.size), 0, "record 0" },
	{ C(policy.record.size), 4, "record 0" },
	{ C(policy.record.size), 44, "record 0" },
	{ C(policy.record.size), 40, "40 bytes" },
	{ C(policy.record.size), 0xfff8, "record 0" },
	{ C(policy.record.flags), 2, "flags 0x2" },
	{ C(policy.settings.valid), REG_SET_KNOWN + 1, "unknown bits" },
	{ C(policy.settings.mode), REG_MODE_KNOWN + 1, "unknown bits" },
	{ C(policy.settings.flags), 0x80000000, "unknown bits" },
	{ C(policy.settings.reserved[0]), 1, "unknown bits" },
	{ C(policy.settings.reserved[1]), 1, "unknown bits" },
	{ C(policy.settings.valid), REG_SET_DUTY, "duty of 0 permille" },
	{ C(policy.settings.valid), REG_SET_PERIOD, "period of 0 ns" },
	{ C(policy.settings.valid), REG_SET_BUDGET, "budget of 0" },
	{ C(policy.settings.valid), REG_SET_WRITE_BUDGET, "budget of 0" },
	{ C(options.permissions), 2, "permissions 0x2" },
	{ C(options.options), 2, "options 0x2" },
	{ C(options.msg_timeout_ns), UINT64_MAX, "message timeout" },
};

static const struct corruption system_corruptions[] = {
	{ S(system.signature[0]), 'X', "signature" },
	{ S(system.signature[3]), 'L', "signature" },
	{ S(system.architecture), CONFIG_ARCH_ARM, "architecture is 1" },
	{ S(system.revision), 12, "revision is 12" },
	{ S(system.flags), 2, "unknown are 0x2" },
	{ S(system.hypervisor_memory.size), 0, "whole pages" },
	{ S(system.hypervisor_memory.size), 0x1001, "whole pages" },
	{ S(system.hypervisor_memory.phys_start), 0x70000800, "whole pages" },
	{ S(system.hypervisor_memory.phys_start), BIT(48), "address bits" },
	{ S(system.hypervisor_memory.size), BIT(63), "address bits" },
	{ S(system.hypervisor_memory.phys_start), 0x6f000000, "hypervisor" },
	{ S(system.hypervisor_memory.phys_start), 0x71000000, "hypervisor" },
	{ S(system.debug_console.type), 99, "console type is 99" },
	{ S(system.platform.pci_mmconfig_base), 0x1008, "PCI configuration" },
	{ S(system.platform.pci_mmconfig_base), BIT(48), "PCI configuration" },
	{ S(system.platform.iommu_units[7].type), 6, "IOMMU 7" },
	{ S(system.platform.iommu_units[0].base), UINT64_MAX, "IOMMU 0" },
	{ S(system.platform.arm.gic_version), 1, "GIC version is 1" },
	{ S(system.platform.arm.gic_version), 4, "GIC version is 4" },
	{ S(system.platform.arm.maintenance_irq), 15, "maintenance interrupt" },
	{ S(system.platform.arm.maintenance_irq), 32, "maintenance interrupt" },
	{ S(system.platform.arm.gicd_base), 0, "distributor" },
	{ S(system.platform.arm.gicr_base), 0x10, "page aligned" },
	{ S(system.platform.arm.gicv_base), BIT(48), "page aligned" },
	{ S(system.root_cell.id), 1, "root cell has id 1" },
	{ S(system.root_cell.name[0]), 0, "name is empty" },
	{ S(system.root_cell.num_pio_regions), 0xffffffff, "only" },
	{ S(cpus), 0, "CPU set is empty" },
	{ S(memory[1].flags), MEM_READ | MEM_LOADABLE, "no loadable memory" },
	{ S(memory[1].virt_start), 0x40000000, "overlap" },
	{ S(counter.source), 0, "source 0" },
	{ S(counter.source), 5, "source 5" },
	{ S(counter.overflow_irq), 15, "overflow interrupt 15" },
	{ S(counter.overflow_irq), 32, "overflow interrupt 32" },
	{ S(counter.read_weight_q8), 0, "counts nothing" },
	{ S(counter.record.size), 64, "record 0" },
};

static void corrupt(void *bytes, const struct corruption *corruption)
{
	memcpy((uint8_t *)bytes + corruption->offset, &corruption->value,
	       corruption->bytes);
}

static void test_every_cell_field(void **state)
{
	struct blob_cell cell;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cell_corruptions); i++) {
		blob_cell_init(&cell, 1);
		corrupt(&cell, &cell_corruptions[i]);
		expect_refusal(false, &cell, sizeof(cell), -EINVAL,
			       cell_corruptions[i].words);
	}
}

static void test_every_system_field(void **state)
{
	struct blob_system system;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(system_corruptions); i++) {
		blob_system_init(&system);
		corrupt(&system, &system_corruptions[i]);
		expect_refusal(true, &system, sizeof(system), -EINVAL,
			       system_corruptions[i].words);
	}
}

static void test_unterminated_texts(void **state)
{
	struct blob_system system;
	struct blob_cell cell;

	(void)state;
	blob_cell_init(&cell, 1);
	memset(cell.cell.name, 'a', CONFIG_NAME_BYTES);
	expect_refusal(false, &cell, sizeof(cell), -EINVAL, "not terminated");
	cell.cell.name[CONFIG_NAME_BYTES - 1] = '\0';
	expect_ok(false, &cell, sizeof(cell));
	blob_system_init(&system);
	memset(system.system.root_cell.name, 'a', CONFIG_NAME_BYTES);
	expect_refusal(true, &system, sizeof(system), -EINVAL,
		       "not terminated");
	blob_system_init(&system);
	memset(system.counter.event_name, 'a', sizeof(system.counter.event_name));
	expect_refusal(true, &system, sizeof(system), -EINVAL,
		       "event name is not terminated");
}

static void test_every_length(void **state)
{
	struct blob_system system;
	struct blob_cell cell;
	struct reason reason;
	/* A blob that ends before its Weir block is a complete one. */
	const size_t whole = offsetof(struct blob_cell, block);
	const size_t whole_system = offsetof(struct blob_system, block);

	(void)state;
	blob_cell_init(&cell, 1);
	for (size_t size = 0; size < sizeof(cell); size++)
		assert_int_equal(check_exact(false, &cell, size, &reason),
				 size == whole ? 0 : -EINVAL);
	blob_system_init(&system);
	for (size_t size = 0; size < sizeof(system); size++)
		assert_int_equal(check_exact(true, &system, size, &reason),
				 size == whole_system ? 0 : -EINVAL);
}

static void test_too_long(void **state)
{
	static uint8_t bytes[CONFIG_MAX_BYTES + 1];

	(void)state;
	blob_cell_init((struct blob_cell *)bytes, 1);
	expect_refusal(false, bytes, sizeof(bytes), -E2BIG, "at most 65536");
	expect_refusal(false, bytes, sizeof(bytes) - 1, -EINVAL, "are there");
}

static void test_records(void **state)
{
	struct blob_system system;
	struct blob_cell cell;

	(void)state;
	blob_cell_init(&cell, 1);
	cell.policy.record.type = 99;
	cell.policy.record.flags = WEIR_RECORD_OPTIONAL;
	expect_ok(false, &cell, sizeof(cell));
	/* What describes the machine is not a cell's to say. */
	blob_cell_init(&cell, 1);
	cell.options.record.type = WEIR_RECORD_MEMSYS;
	expect_refusal(false, &cell, sizeof(cell), -EINVAL,
		       "belongs in a system");
	blob_cell_init(&cell, 1);
	cell.policy.settings.valid = REG_SET_PERIOD;
	cell.policy.settings.period_ns = REG_PERIOD_MIN_NS;
	expect_ok(false, &cell, sizeof(cell));
	cell.policy.settings.period_ns--;
	expect_refusal(false, &cell, sizeof(cell), -EINVAL, "19999 ns");
	cell.policy.settings.period_ns = REG_PERIOD_MAX_NS;
	expect_ok(false, &cell, sizeof(cell));
	cell.policy.settings.period_ns++;
	expect_refusal(false, &cell, sizeof(cell), -EINVAL, "1000000001 ns");
	blob_cell_init(&cell, 1);
	cell.policy.settings.valid = REG_SET_REGULATOR;
	cell.policy.settings.regulator = 9;
	expect_refusal(false, &cell, sizeof(cell), -EINVAL, "regulator 9");
	blob_system_init(&system);
	system.options.record.type = WEIR_RECORD_MEMSYS;
	expect_refusal(true, &system, sizeof(system), -EINVAL, "is not a page");
}

static void memsys_record(struct blob_system *system,
			  struct weir_record_memsys **record)
{
	blob_system_init(system);
	system->options.record.type = WEIR_RECORD_MEMSYS;
	*record = (void *)&system->options;
	(*record)->page_address = BLOB_MEMSYS_PAGE;
	(*record)->heartbeat_ns = 20000;
	(*record)->heartbeat_min_ns = 2000;
}

static void test_memsys_record(void **state)
{
	struct weir_record_memsys *record;
	struct blob_system system;

	(void)state;
	memsys_record(&system, &record);
	expect_ok(true, &system, sizeof(system));
	record->page_address++;
	expect_refusal(true, &system, sizeof(system), -EINVAL, "not a page");
	record->page_address = FAKE_HV_START + PAGE_BYTES;
	expect_refusal(true, &system, sizeof(system), -EINVAL,
		       "hypervisor's memory");
	record->page_address = 0x50000000;
	expect_refusal(true, &system, sizeof(system), -EINVAL,
		       "overlaps the memory-system page");
	memsys_record(&system, &record);
	system.memory[BLOB_SHARED] = (struct memory_region){
		BLOB_MEMSYS_PAGE, BLOB_MEMSYS_PAGE, PAGE_BYTES, MEM_READ };
	expect_refusal(true, &system, sizeof(system), -EINVAL,
		       "does not get the memory-system page");
	memsys_record(&system, &record);
	record->heartbeat_ns = 999;
	expect_refusal(true, &system, sizeof(system), -EINVAL, "999 ns");
	record->heartbeat_ns = 1000001;
	expect_refusal(true, &system, sizeof(system), -EINVAL, "1000001 ns");
	memsys_record(&system, &record);
	record->heartbeat_min_ns = 0;
	expect_refusal(true, &system, sizeof(system), -EINVAL, "of 0 ns");
	record->heartbeat_min_ns = 20001;
	expect_refusal(true, &system, sizeof(system), -EINVAL, "20001 ns");
	memsys_record(&system, &record);
	memcpy(&system.counter.record, &record->record, 8);
	expect_refusal(true, &system, sizeof(system), -EINVAL, "record");
}

static void test_cache_record(void **state)
{
	static const struct {
		struct weir_record_cache cache;
		const char *words;	/* NULL: it is good */
	} cases[] = {
		{ { .level = 3, .ways = 12, .classes = 4 }, NULL },
		{ { .level = 2, .ways_min = 2, .flags = 3 }, NULL },
		{ { .level = 3, .ways = 32, .classes = 128 }, NULL },
		{ { .level = 1 }, "cache level 1" },
		{ { .level = 4 }, "cache level 4" },
		{ { .level = 3, .ways = 33, .classes = 4 }, "33 ways" },
		{ { .level = 3, .ways = 4, .ways_min = 5, .classes = 4 },
		  "at least 5" },
		{ { .level = 3, .ways = 4 }, "in 0 classes" },
		{ { .level = 3, .classes = 4 }, "0 ways in 4 classes" },
		{ { .level = 3, .ways = 4, .classes = 129 }, "129 classes" },
		{ { .level = 3, .flags = 4 }, "flags 0x4" },
		{ { .level = 3, .reserved = 1 }, "not known" },
	};
	struct blob_system system;
	struct weir_record_cache *record = (void *)&system.options;
	size_t size = sizeof(system) - sizeof(system.options) +
		      sizeof(*record);

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(cases); n++) {
		blob_system_init(&system);
		system.block.size -= (uint32_t)(sizeof(system) - size);
		*record = cases[n].cache;
		record->record.type = WEIR_RECORD_CACHE;
		record->record.size = sizeof(*record);
		if (cases[n].words)
			expect_refusal(true, &system, size, -EINVAL,
				       cases[n].words);
		else
			expect_ok(true, &system, size);
	}
}

static void test_interrupt_range(void **state)
{
	struct blob_cell cell;

	(void)state;
	blob_cell_init(&cell, 1);
	cell.irqchip.pin_base = 992;
	cell.irqchip.pin_bitmap[0] = 1u << 27;
	expect_ok(false, &cell, sizeof(cell));
	cell.irqchip.pin_bitmap[0] = 1u << 28;
	expect_refusal(false, &cell, sizeof(cell), -EINVAL, "interrupt 1020");
	cell.irqchip.pin_bitmap[0] = 0;
	cell.irqchip.pin_bitmap[1] = 1;
	expect_refusal(false, &cell, sizeof(cell), -EINVAL, "interrupt 1024");
}

static void test_two_subpages_in_a_page(void **state)
{
	struct blob_cell cell;
	struct memory_region *rom;

	(void)state;
	blob_cell_init(&cell, 1);
	rom = &cell.memory[BLOB_ROM];
	*rom = cell.memory[BLOB_CELL_UART];
	rom->phys_start += 0x10;
	rom->virt_start += 0x10;
	expect_ok(false, &cell, sizeof(cell));
	rom->phys_start -= 8;
	rom->virt_start -= 8;
	expect_refusal(false, &cell, sizeof(cell), -EINVAL, "overlap");
	/* An absent ivshmem section is all zero and nobody's neighbour. */
	memset(rom, 0, sizeof(*rom));
	expect_ok(false, &cell, sizeof(cell));
}

static void test_same_pci_address(void **state)
{
	struct {
		struct cell_desc cell;
		uint64_t cpus;
		struct pci_device pci[2];
	} ABI_PACKED blob;
	struct blob_cell from;

	(void)state;
	blob_cell_init(&from, 1);
	memset(&blob, 0, sizeof(blob));
	memcpy(&blob.cell, &from.cell, offsetof(struct cell_desc,
						num_memory_regions));
	blob.cell.num_pci_devices = 2;
	blob.cpus = 2;
	blob.pci[0].type = PCI_TYPE_DEVICE;
	blob.pci[1].type = PCI_TYPE_BRIDGE;
	blob.pci[1].bdf = 8;
	expect_ok(false, &blob, sizeof(blob));
	blob.pci[1].bdf = 0;
	expect_refusal(false, &blob, sizeof(blob), -EINVAL, "same address");
}

static void test_x86_knows_ports(void **state)
{
	struct {
		struct cell_desc cell;
		uint64_t cpus;
		struct pio_region pio;
	} ABI_PACKED blob;
	struct blob_cell from;
	struct reason reason;

	(void)state;
	blob_cell_init(&from, 1);
	memset(&blob, 0, sizeof(blob));
	memcpy(&blob.cell, &from.cell, offsetof(struct cell_desc,
						num_memory_regions));
	blob.cell.num_pio_regions = 1;
	blob.cpus = 2;
	blob.pio = (struct pio_region){ 0x3f8, 8 };
	expect_refusal(false, &blob, sizeof(blob), -EINVAL, "no ports");
	blob.cell.architecture = CONFIG_ARCH_X86;
	assert_int_equal(config_check_cell(&blob, sizeof(blob), CONFIG_ARCH_X86,
					   &reason), 0);
	blob.pio = (struct pio_region){ 0xffff, 1 };
	assert_int_equal(config_check_cell(&blob, sizeof(blob), CONFIG_ARCH_X86,
					   &reason), 0);
	blob.pio.length = 2;
	assert_int_equal(config_check_cell(&blob, sizeof(blob), CONFIG_ARCH_X86,
					   &reason), -EINVAL);
	blob.pio.length = 0;
	assert_int_equal(config_check_cell(&blob, sizeof(blob), CONFIG_ARCH_X86,
					   NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_ones),
		cmocka_unit_test(test_every_cell_field),
		cmocka_unit_test(test_every_system_field),
		cmocka_unit_test(test_unterminated_texts),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_memsys_record),
		cmocka_unit_test(test_cache_record),
		cmocka_unit_test(test_interrupt_range),
		cmocka_unit_test(test_two_subpages_in_a_page),
		cmocka_unit_test(test_same_pci_address),
		cmocka_unit_test(test_x86_knows_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
