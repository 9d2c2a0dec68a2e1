/* SPDX-License-Identifier: GPL-2.0-only */
/* Page tables of guests, walked for the hypervisor. */
#include "walk.h"

#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/image.h"
#include "hv/paging.h"
#include "hv/percpu.h"
#include "hv/string.h"
#include "layout.h"
#include "pgtable.h"
#include "x86-regs.h"

#define ENTRY_PRESENT		BIT(0)
#define ENTRY_BLOCK		BIT(7)
#define ENTRY_ADDRESS		0x000ffffffffff000ull
#define LEGACY_BLOCK		0xffc00000ull
#define LEGACY_HIGH_SHIFT	13
#define LEGACY_HIGH		0xffull

/*
 * The entry of this CPU's window (remap.c), found once: its tables stay. What
 * guest_read() does costs a walk of the hypervisor's tables at each page, and
 * an instruction is fetched through five.
 */
static volatile uint64_t *window_entry(struct per_cpu *cpu)
{
	uint64_t virt = HV_REMAP_BASE + cpu->id * PAGE_BYTES;
	uint64_t *table = arch_hv_table()->root;

	if (cpu->arch.window)
		return cpu->arch.window;
	for (unsigned int level = 3; level > 0; level--)
		table = hv_phys_to_virt(hpa(table[virt >> (12 + 9 * level) & 511] &
					    ENTRY_ADDRESS));
	cpu->arch.window = &table[virt >> 12 & 511];
	return cpu->arch.window;
}

static void window_set(struct per_cpu *cpu, uint64_t entry)
{
	uint64_t virt = HV_REMAP_BASE + cpu->id * PAGE_BYTES;

	*window_entry(cpu) = entry;
	__asm__ volatile("invlpg (%0)" : : "r" (virt) : "memory");
}

/*
 * RAM of the cell that it may read, up to the end of its page; NULL: it is none.
 * Until the next look, or until the window is closed.
 */
static const void *look(struct cell *cell, uint64_t address)
{
	struct per_cpu *cpu = this_cpu();
	uint32_t flags;
	hpa_t phys;

	if (!arch_cell_translate(cell, gpa(address), &phys, &flags) ||
	    !(flags & MAP_READ) || (flags & MAP_DEVICE))
		return NULL;
	window_set(cpu, x86_leaf(0, hpa(phys.value & PAGE_MASK), MAP_READ));
	return (const void *)(uintptr_t)(HV_REMAP_BASE +
			cpu->id * PAGE_BYTES + (address & ~PAGE_MASK));
}

/* Entries of 8 bytes; `levels` tables of 512, the root of 4 when PAE. */
static bool walk_wide(struct cell *cell, uint64_t root, unsigned int levels,
		      uint64_t linear, gpa_t *address)
{
	uint64_t table = root;

	for (unsigned int level = levels; level-- > 0;) {
		unsigned int shift = PAGE_SHIFT + 9 * level;
		uint64_t offset_mask = BIT(shift) - 1;
		const uint64_t *at = look(cell, table +
					  (linear >> shift & 511) * 8);
		uint64_t entry = at ? *at : 0;

		if (!(entry & ENTRY_PRESENT))
			return false;
		if (level == 0 || (level < 3 && (entry & ENTRY_BLOCK) &&
				   levels != 3) ||
		    (level == 1 && (entry & ENTRY_BLOCK))) {
			*address = gpa((entry & ENTRY_ADDRESS & ~offset_mask) |
				       (linear & offset_mask));
			return true;
		}
		table = entry & ENTRY_ADDRESS;
	}
	return false;
}

static uint32_t legacy_entry(struct cell *cell, uint64_t address)
{
	const uint32_t *at = look(cell, address);

	return at ? *at : 0;
}

static bool walk_legacy(struct cell *cell, const struct vcpu_mode *mode,
			uint64_t linear, gpa_t *address)
{
	uint64_t table = mode->cr3 & 0xfffff000ull;
	uint32_t entry = legacy_entry(cell, table + (linear >> 22 & 1023) * 4);

	if (!(entry & ENTRY_PRESENT))
		return false;
	if ((entry & ENTRY_BLOCK) && (mode->cr4 & CR4_PSE)) {
		uint64_t high = entry >> LEGACY_HIGH_SHIFT & LEGACY_HIGH;

		*address = gpa((entry & LEGACY_BLOCK) | high << 32 |
			       (linear & 0x3fffff));
		return true;
	}
	table = entry & 0xfffff000ull;
	entry = legacy_entry(cell, table + (linear >> 12 & 1023) * 4);
	if (!(entry & ENTRY_PRESENT))
		return false;
	*address = gpa((entry & 0xfffff000ull) | (linear & 0xfff));
	return true;
}

/*
 * Guest-physical address of a linear one, as the guest's tables have it now.
 * Rights are not looked at: the access has passed them. False: not mapped.
 */
static bool walk(struct cell *cell, const struct vcpu_mode *mode,
		 uint64_t linear, gpa_t *address)
{
	if (!(mode->cr0 & CR0_PG)) {
		*address = gpa(linear & UINT32_MAX);
		return true;
	}
	if (mode->efer & EFER_LMA)
		return walk_wide(cell, mode->cr3 & ENTRY_ADDRESS,
				 mode->cr4 & CR4_LA57 ? 5 : 4, linear, address);
	linear &= UINT32_MAX;
	if (mode->cr4 & CR4_PAE)
		return walk_wide(cell, mode->cr3 & 0xffffffe0ull, 3, linear,
				 address);
	return walk_legacy(cell, mode, linear, address);
}

unsigned int guest_fetch(struct cell *cell, const struct vcpu_mode *mode,
			 uint64_t linear, uint8_t *bytes, unsigned int count)
{
	unsigned int done = 0;

	while (done < count) {
		uint64_t at = linear + done;
		uint64_t in_page = PAGE_BYTES - (at & ~PAGE_MASK);
		unsigned int step = count - done;
		const void *from;
		gpa_t address;

		if (step > in_page)
			step = (unsigned int)in_page;
		if (!walk(cell, mode, at, &address))
			break;
		from = look(cell, address.value);
		if (!from)
			break;
		memcpy(bytes + done, from, step);
		done += step;
	}
	window_set(this_cpu(), 0);
	return done;
}
