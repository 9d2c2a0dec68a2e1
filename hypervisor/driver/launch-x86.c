// SPDX-License-Identifier: GPL-2.0-only
/* Tables on which an x86-64 kernel and the hypervisor image meet. */

#include "launch-x86.h"

/* SDM vol. 3, 4.5: entries of 4- and 5-level paging. */
#define ENTRY_PRESENT		0x1ull
#define ENTRY_WRITE		0x2ull
#define ENTRY_BLOCK		0x80ull

#define PAGE_LEVEL_BITS		9
#define TABLE_ENTRIES		512u
#define TABLE_BYTES		4096ull
#define BLOCK_BYTES		0x200000ull
#define MEMORY_MAX_BYTES	0x40000000ull
#define CR4_LA57		0x1000ull

/* SDM vol. 3, 6.14.1 and 10.4.4. */
#define GATE_INTERRUPT		0x8e00ull
#define VECTOR_NMI		2
#define MSR_APIC_BASE_NUMBER	0x1bu
#define APIC_X2APIC		0x400u
#define APIC_ID_OFFSET		0x20
#define MSR_X2APIC_ID		0x802u

/* In launch-x86-code.S. */
struct launch_transfer {
	struct image_x86_cpu *state;
	uint64_t cpu;
	uint64_t image_phys;
	uint64_t entry_phys;
	uint64_t cr3;
	uint64_t state_phys;
	volatile void *apic;
	uint32_t apic_id;		/* as the command register has it */
	uint16_t idt_limit;
	const void *idt ABI_PACKED;
};

_Static_assert(offsetof(struct launch_transfer, idt_limit) == 60 &&
	       offsetof(struct launch_transfer, idt) == 62,
	       "launch-x86-code.S");

int launch_enter(const struct launch_transfer *transfer);
extern const char launch_leave[];
extern const char launch_nmi[];

struct table_pool {
	const struct launch *launch;
	unsigned int used;
};

static uint64_t *table_virt(const struct launch *launch, uint64_t phys)
{
	return (uint64_t *)((char *)launch->tables +
			    (phys - launch->tables_phys));
}

static uint64_t table_take(struct table_pool *pool)
{
	uint64_t phys = pool->launch->tables_phys + pool->used * TABLE_BYTES;
	uint64_t *table = table_virt(pool->launch, phys);

	for (unsigned int i = 0; i < TABLE_ENTRIES; i++)
		table[i] = 0;
	pool->used++;
	return phys;
}

static unsigned int levels_count(void)
{
	uint64_t cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r" (cr4));
	return cr4 & CR4_LA57 ? 5 : 4;
}

/*
 * Level 0 maps pages, level 1 blocks of 2 MiB. The depth of both ranges mapped
 * here bounds what is taken: root, four tables each for two ranges at most.
 */
static void map(struct table_pool *pool, unsigned int level, uint64_t virt,
		uint64_t phys)
{
	unsigned int depth = levels_count();
	uint64_t *table = table_virt(pool->launch, pool->launch->tables_phys);
	unsigned int index;

	for (unsigned int at = depth - 1;; at--) {
		index = (unsigned int)(virt >> (12 + PAGE_LEVEL_BITS * at)) &
			(TABLE_ENTRIES - 1);
		if (at == level)
			break;
		if (!(table[index] & ENTRY_PRESENT))
			table[index] = table_take(pool) | ENTRY_PRESENT |
				       ENTRY_WRITE;
		table = table_virt(pool->launch,
				   table[index] & ~(TABLE_BYTES - 1));
	}
	table[index] = phys | ENTRY_PRESENT | ENTRY_WRITE |
		       (level ? ENTRY_BLOCK : 0);
}

static uint32_t msr_low(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a" (low), "=d" (high) : "c" (msr));
	return low;
}

static bool is_x2apic(void)
{
	return msr_low(MSR_APIC_BASE_NUMBER) & APIC_X2APIC;
}

/* In the upper bits, where the APIC's page has it in both registers. */
static uint32_t apic_id(const struct launch *launch)
{
	const volatile char *page = launch->apic;

	if (is_x2apic())
		return msr_low(MSR_X2APIC_ID);
	return *(const volatile uint32_t *)(page + APIC_ID_OFFSET);
}

/* For the one NMI that the kernel's own handler must not see. */
static void gates_fill(struct launch *launch)
{
	uint64_t target = (uint64_t)launch_nmi;
	uint16_t cs;

	__asm__ volatile("mov %%cs, %0" : "=r" (cs));
	launch->nmi_gates[2 * VECTOR_NMI] =
		(target & 0xffff) | (uint64_t)cs << 16 |
		GATE_INTERRUPT << 32 | (target >> 16 & 0xffff) << 48;
	launch->nmi_gates[2 * VECTOR_NMI + 1] = target >> 32;
}

static int launch_check(const struct launch *launch)
{
	const struct image_header *header = launch->memory;

	if (launch->memory_phys % BLOCK_BYTES ||
	    launch->tables_phys % TABLE_BYTES ||
	    launch->memory_bytes < BLOCK_BYTES ||
	    launch->memory_bytes > MEMORY_MAX_BYTES ||
	    !header->x86_entry || header->x86_entry >= header->core_size ||
	    header->image_phys != launch->memory_phys ||
	    header->percpu_size < sizeof(struct image_x86_cpu) ||
	    (!launch->apic && !is_x2apic()))
		return -EINVAL;
	return 0;
}

/*
 * The image, the per-CPU areas and the head of the configuration are within
 * the first 2 MiB: that is all the image needs before it has its own tables.
 */
int launch_prepare(struct launch *launch)
{
	struct table_pool pool = { .launch = launch };
	uint64_t code = (uint64_t)launch_code & ~(TABLE_BYTES - 1);
	int error = launch_check(launch);

	if (error)
		return error;
	launch->cr3 = table_take(&pool);
	map(&pool, 1, launch->memory_phys, launch->memory_phys);
	map(&pool, 0, code, launch->code_phys & ~(TABLE_BYTES - 1));
	gates_fill(launch);
	return 0;
}

/* The descriptors tell the hypervisor what TR and the segments are. */
static void gdt_copy(struct image_x86_cpu *state)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} ABI_PACKED gdtr;
	const volatile uint64_t *gdt;

	__asm__ volatile("sgdt %0" : "=m" (gdtr));
	gdt = (const volatile uint64_t *)gdtr.base;
	for (unsigned int i = 0; i < IMAGE_X86_GDT_ENTRIES; i++)
		state->gdt[i] = i * 8 + 7 <= gdtr.limit ? gdt[i] : 0;
}

int launch_cpu(const struct launch *launch, unsigned int cpu)
{
	const struct image_header *header = launch->memory;
	uint64_t offset = header->core_size + cpu * header->percpu_size;
	struct image_x86_cpu *state = (void *)((char *)launch->memory + offset);
	const struct launch_transfer transfer = {
		.state = state,
		.cpu = cpu,
		.image_phys = launch->memory_phys,
		.entry_phys = launch->memory_phys + header->x86_entry,
		.cr3 = launch->cr3,
		.state_phys = launch->memory_phys + offset,
		.apic = is_x2apic() ? NULL : launch->apic,
		.apic_id = apic_id(launch),
		.idt_limit = sizeof(launch->nmi_gates) - 1,
		.idt = launch->nmi_gates,
	};

	if (cpu >= header->max_cpus ||
	    offset + sizeof(*state) > BLOCK_BYTES)
		return -EINVAL;
	state->self = (uint64_t)state;
	state->leave = (uint64_t)launch_leave;
	state->leave_phys = launch->code_phys +
			    (uint64_t)(launch_leave - launch_code);
	gdt_copy(state);
	return launch_enter(&transfer);
}
