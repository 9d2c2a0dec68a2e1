/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * INVEPT and INVVPID: what CPUs have cached of second stages, on a model that
 * keeps it until it is told to forget. Intel SDM vol. 3, 28.3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/paging.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "host.h"
#include "hypervisor/arch/x86/msi.h"
#include "hypervisor/arch/x86/vtd.h"
#include "msr-access.h"
#include "stage2.h"
#include "vcpu.h"
#include "vmcs.h"
#include "vmx.h"
#include "x86-regs.h"

#define CPUS		2u
#define TLB_ENTRIES	256u
#define POOL_PAGES	512u
#define POOL_PHYS	0x70000000ull
#define NOTHING		UINT64_MAX

/* --- memory: pages that come back are the first to go again ------------- */

static uint8_t pool[POOL_PAGES][PAGE_BYTES] __attribute__((aligned(4096)));
static void *freed[POOL_PAGES];
static unsigned int freed_count, taken;

hpa_t hv_virt_to_phys(const volatile void *virt)
{
	return hpa((uint64_t)((const volatile uint8_t *)virt - pool[0]) +
		   POOL_PHYS);
}

void *hv_phys_to_virt(hpa_t phys)
{
	return pool[0] + (phys.value - POOL_PHYS);
}

void *page_alloc(unsigned int count)
{
	void *pages;

	if (count == 1 && freed_count) {
		pages = freed[--freed_count];
	} else {
		assert_true(taken + count <= POOL_PAGES);
		pages = pool[taken];
		taken += count;
	}
	return memset(pages, 0, count * PAGE_BYTES);
}

void page_free(void *pages, unsigned int count)
{
	if (pages && count == 1)
		freed[freed_count++] = pages;
}

/* --- the CPU ------------------------------------------------------------ */

struct tlb {
	bool valid;
	uint64_t eptp, page, phys;
};

static struct machine {
	uint64_t vmcs[CPUS][0x8000];
	struct tlb tlb[CPUS][TLB_ENTRIES];
	unsigned int next[CPUS];
	unsigned int cpu;
	/* What came since the EPTP was written last. */
	bool invept, invvpid;
} machine;

uint64_t vmcs_read(uint64_t field)
{
	return machine.vmcs[machine.cpu][field];
}

void vmcs_write(uint64_t field, uint64_t value)
{
	machine.vmcs[machine.cpu][field] = value;
	if (field == VMCS_EPTP)
		machine.invept = machine.invvpid = false;
}

void vmx_invept(uint64_t eptp)
{
	for (unsigned int n = 0; n < TLB_ENTRIES; n++) {
		struct tlb *tlb = &machine.tlb[machine.cpu][n];

		tlb->valid &= tlb->eptp != eptp;
	}
	machine.invept = vmcs_read(VMCS_EPTP) == eptp;
}

void vmx_invvpid_all(void)
{
	machine.invvpid = true;
}

bool vmx_vmxon(hpa_t region)
{
	(void)region;
	return true;
}

bool vmx_vmclear(hpa_t region)
{
	(void)region;
	return true;
}

bool vmx_vmptrld(hpa_t region)
{
	(void)region;
	return true;
}

void vmx_off(void)
{
}

static uint64_t walk(uint64_t eptp, uint64_t address)
{
	uint64_t table = eptp & 0x000ffffffffff000ull;

	for (unsigned int level = 4; level-- > 0;) {
		uint64_t bytes = PAGE_BYTES << (9 * level);
		const uint64_t *entries = hv_phys_to_virt(hpa(table));
		uint64_t entry = entries[address / bytes % 512];

		if (!(entry & 7))
			return NOTHING;
		table = entry & 0x000ffffffffff000ull;
		if (level == 0 || entry & BIT(7))
			return table + (address & (bytes - 1) & PAGE_MASK);
	}
	return NOTHING;
}

/* Where the guest of the current CPU finds a page; what it finds it keeps. */
static uint64_t guest_access(uint64_t address)
{
	uint64_t eptp = vmcs_read(VMCS_EPTP);
	struct tlb *tlb = machine.tlb[machine.cpu];
	uint64_t phys;

	for (unsigned int n = 0; n < TLB_ENTRIES; n++) {
		if (tlb[n].valid && tlb[n].eptp == eptp &&
		    tlb[n].page == address)
			return tlb[n].phys;
	}
	phys = walk(eptp, address);
	/* What is not present is not cached (28.3.2). */
	if (phys != NOTHING)
		tlb[machine.next[machine.cpu]++ % TLB_ENTRIES] =
			(struct tlb){ true, eptp, address, phys };
	return phys;
}

/* --- what the backend needs beside -------------------------------------- */

static const uint64_t capabilities[][2] = {
	{ MSR_FEATURE_CONTROL, 5 },
	{ MSR_VMX_BASIC, 0x00d810000000002b },
	{ MSR_VMX_TRUE_PINBASED, 0x0000007f00000016 },
	{ MSR_VMX_TRUE_PROCBASED, 0xfff9fffe04006172 },
	{ MSR_VMX_TRUE_EXIT, 0x01ffffff00036dfb },
	{ MSR_VMX_TRUE_ENTRY, 0x0003ffff000011fb },
	{ MSR_VMX_PROCBASED2, 0x02177fff00000000 },
	{ MSR_VMX_EPT_VPID, 0x00000f0106334141 },
	{ MSR_VMX_MISC, 0x600401e0 },
	{ MSR_VMX_CR0_FIXED0, 0x80000021 }, { MSR_VMX_CR0_FIXED1, 0xffffffff },
	{ MSR_VMX_CR4_FIXED0, 0x2000 }, { MSR_VMX_CR4_FIXED1, 0x3767ff },
};

uint64_t msr_read(uint32_t msr)
{
	for (size_t n = 0; n < ARRAY_COUNT(capabilities); n++) {
		if (capabilities[n][0] == msr)
			return capabilities[n][1];
	}
	fail_msg("MSR 0x%x is read", msr);
	return 0;
}

void msr_write(uint32_t msr, uint64_t value)
{
	(void)value;
	fail_msg("MSR 0x%x is written", msr);
}

struct cpuid_regs cpuid_query(uint32_t leaf, uint32_t subleaf)
{
	(void)leaf;
	(void)subleaf;
	return (struct cpuid_regs){ .ecx = 1u << 5 };	/* VMX */
}

void printk(const char *format, ...)
{
	fail_msg("printed: %s", format);
}

void panic(const char *format, ...)
{
	fail_msg("panic: %s", format);
	abort();
}

uint64_t host_idt[256][2];

bool host_msr_exists(uint32_t msr)
{
	(void)msr;
	return false;
}

void exit_entry(void)
{
}

void enter_launch(struct guest_regs *regs)
{
	(void)regs;
	abort();
}

int vtd_map(const struct cell *cell, const struct memory_region *region)
{
	(void)cell;
	(void)region;
	return 0;
}

int vtd_unmap(const struct cell *cell, const struct memory_region *region)
{
	(void)cell;
	(void)region;
	return 0;
}

unsigned int msix_tables_count(void)
{
	return 0;
}

bool msix_page_within(unsigned int n, const struct memory_region *region,
		      uint64_t *virt, uint64_t *bytes)
{
	(void)n;
	(void)region;
	(void)virt;
	(void)bytes;
	return false;
}

/* --- tests -------------------------------------------------------------- */

static struct per_cpu cpus[CPUS];
static struct guest_regs regs[CPUS];
static struct cell cells[2];

static const struct memory_region low = {
	0x10000000, 0x200000, 0x400000, MEM_READ | MEM_WRITE | MEM_EXECUTE };

struct per_cpu *this_cpu(void)
{
	return &cpus[machine.cpu];
}

static void on(unsigned int cpu)
{
	machine.cpu = cpu;
}

static void cell_make(struct cell *cell)
{
	memset(cell, 0, sizeof(*cell));
	assert_int_equal(stage2_cell_init(cell, NULL), 0);
	cell->arch.msr_bitmap = page_alloc(1);
	cell->arch.io_bitmap = page_alloc(2);
	assert_int_equal(arch_cell_map(cell, &low), 0);
}

static int setup(void **state)
{
	(void)state;
	freed_count = taken = 0;
	memset(&machine, 0, sizeof(machine));
	memset(cpus, 0, sizeof(cpus));
	assert_int_equal(vcpu_init(), 0);
	assert_int_equal(stage2_init(), 0);
	for (unsigned int n = 0; n < ARRAY_COUNT(cells); n++)
		cell_make(&cells[n]);
	for (unsigned int n = 0; n < CPUS; n++) {
		on(n);
		cpus[n].arch.regs = &regs[n];
		cpus[n].cell = &cells[0];
		vcpu_load_cell(&cpus[n]);
	}
	on(0);
	return 0;
}

static void told(void)
{
	assert_true(machine.invept);
	assert_true(machine.invvpid);
}

static void test_lost_page(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < CPUS; n++) {
		on(n);
		told();
		assert_int_equal(guest_access(0x201000), 0x10001000);
	}
	assert_int_equal(arch_cell_unmap(&cells[0], &low), 0);
	/* The model does keep what it is not told to forget. */
	assert_int_equal(guest_access(0x201000), 0x10001000);
	for (unsigned int n = 0; n < CPUS; n++) {
		on(n);
		arch_cpu_flush_tlb(&cpus[n]);
		told();
		assert_true(guest_access(0x201000) == NOTHING);
	}
}

static void test_page_elsewhere(void **state)
{
	struct memory_region other = low;

	(void)state;
	other.phys_start = 0x20000000;
	assert_int_equal(guest_access(0x300000), 0x10100000);
	assert_int_equal(arch_cell_map(&cells[0], &other), 0);
	arch_cpu_flush_tlb(&cpus[0]);
	assert_int_equal(guest_access(0x300000), 0x20100000);
}

static void test_parked(void **state)
{
	(void)state;
	assert_int_equal(guest_access(0x201000), 0x10001000);
	cpus[0].parked = true;
	vcpu_park(&cpus[0]);
	told();
	assert_true(guest_access(0x201000) == NOTHING);
	/* Changes while it is parked leave it without memory. */
	arch_cpu_flush_tlb(&cpus[0]);
	told();
	assert_true(guest_access(0x201000) == NOTHING);
	assert_int_equal(arch_cell_unmap(&cells[0], &low), 0);
	cpus[0].parked = false;
	vcpu_reset(&cpus[0], 0, 0);
	vcpu_load_cell(&cpus[0]);
	told();
	assert_true(guest_access(0x201000) == NOTHING);
}

/* Away in another cell, it comes back to what has changed. */
static void test_comes_back(void **state)
{
	(void)state;
	assert_int_equal(guest_access(0x201000), 0x10001000);
	cpus[0].cell = &cells[1];
	vcpu_load_cell(&cpus[0]);
	told();
	assert_int_equal(arch_cell_unmap(&cells[0], &low), 0);
	cpus[0].cell = &cells[0];
	vcpu_load_cell(&cpus[0]);
	told();
	assert_true(guest_access(0x201000) == NOTHING);
}

/* A new cell may get the pages of an old one's tables, and its EPTP with them. */
static void test_same_tables_again(void **state)
{
	uint64_t eptp = vmcs_read(VMCS_EPTP);
	struct memory_region other = low;

	(void)state;
	other.phys_start = 0x30000000;
	assert_int_equal(guest_access(0x201000), 0x10001000);
	stage2_cell_exit(&cells[0]);
	assert_int_equal(stage2_cell_init(&cells[0], NULL), 0);
	assert_int_equal(arch_cell_map(&cells[0], &other), 0);
	vcpu_load_cell(&cpus[0]);
	assert_int_equal(vmcs_read(VMCS_EPTP), eptp);
	assert_int_equal(guest_access(0x201000), 0x30001000);
}

/* Away, forgotten by this CPU, and back as planned: nothing of before is used. */
static void change(struct page_table *table, const struct page_change *change)
{
	page_table_change_break(table, change);
	arch_cell_flush(change->virt, change->bytes);
	told();
	assert_true(guest_access(0x201000) == NOTHING);
	page_table_change_make(table, change);
}

static void move(struct page_table *table, uint64_t phys, uint32_t flags)
{
	page_table_leaves_break(table, 0x201000, 1);
	arch_cell_flush(0x201000, PAGE_BYTES);
	told();
	assert_true(guest_access(0x201000) == NOTHING);
	page_table_leaves_make(table, 0x201000, hpa(phys), 1, flags);
	assert_int_equal(guest_access(0x201000), phys);
	assert_int_equal(guest_access(0x202000), 0x10002000);
}

/*
 * A page of a block moves: the block is split, and the page goes and comes. When it
 * is where it was, the block comes back, and its table is somebody else's.
 */
static void test_moved_page(void **state)
{
	struct page_table *table = arch_cell_table(&cells[0]);
	const struct page_range within = { 0x200000, 0x200000 };
	struct page_change split, join;
	uint64_t next;
	uint32_t flags;
	hpa_t phys;

	(void)state;
	assert_true(arch_cell_translate(&cells[0], gpa(0x201000), &phys, &flags));
	assert_int_equal(guest_access(0x201000), 0x10001000);
	assert_int_equal(page_table_split_plan(table, 0x200000, &split), 0);
	change(table, &split);
	assert_int_equal(guest_access(0x201000), 0x10001000);
	move(table, 0x20001000, flags);
	assert_false(page_table_join_plan(table, 0x200000, &within, &join,
					  &next));
	move(table, 0x10001000, flags);
	assert_true(page_table_join_plan(table, 0x200000, &within, &join,
					 &next));
	change(table, &join);
	memset(join.gone, 0, PAGE_BYTES);
	assert_int_equal(guest_access(0x201000), 0x10001000);
	assert_int_equal(guest_access(0x3ff000), 0x101ff000);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lost_page),
		TEST(test_page_elsewhere),
		TEST(test_parked),
		TEST(test_comes_back),
		TEST(test_same_tables_again),
		TEST(test_moved_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
