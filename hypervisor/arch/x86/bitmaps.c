/* SPDX-License-Identifier: GPL-2.0-only */
/* Which ports and MSRs a guest reaches by itself. */
#include "bitmaps.h"

#include "hv/string.h"
#include "x86-regs.h"

#define LOW_MSRS		0x2000u
#define HIGH_MSR_BASE		0xc0000000u
/* Offsets in the bitmap: reads low, reads high, writes low, writes high. */
#define HIGH_OFFSET		1024u
#define WRITE_OFFSET		2048u

#define R			MSR_DIRECT_READ
#define W			MSR_DIRECT_WRITE
#define RW			(R | W)
#define RI			(R | MSR_IGNORE_WRITE)

struct msr_range {
	uint32_t first;
	uint32_t last;
	uint8_t root;
	uint8_t cell;
};

/*
 * The list: SDM vol. 4, table 2-2. What is not here is nobody's. Sorted.
 * Cells get what a guest needs to run by itself, and what its CPU forgets when
 * it is reset; the root what a kernel uses, unless it is the hypervisor's
 * (VMX, cache allocation, microcode) or moves its clock.
 */
static const struct msr_range ranges[] = {
	{ 0x010, 0x010, RI, R },	/* TSC */
	{ 0x017, 0x017, R, R },		/* platform id */
	{ 0x01b, 0x01b, R, R },		/* APIC base */
	{ 0x033, 0x033, RW, 0 },	/* split locks */
	{ 0x034, 0x034, R, 0 },		/* SMI count */
	{ 0x03b, 0x03b, RI, R },	/* TSC adjustment */
	{ 0x048, 0x049, RW, RW },	/* speculation control and barrier */
	{ 0x079, 0x079, MSR_IGNORE_WRITE, 0 },	/* microcode update */
	{ 0x08b, 0x08b, RW, RI },	/* its revision */
	{ 0x0bd, 0x0bd, R, 0 },	/* whether x2APIC is for ever */
	{ 0x0ce, 0x0cf, R, R },		/* platform and core capabilities */
	{ 0x0e1, 0x0e1, RW, 0 },	/* UMWAIT */
	{ 0x0e2, 0x0e2, RI, 0 },	/* C-state configuration */
	{ 0x0e7, 0x0e8, RW, R },	/* MPERF, APERF */
	{ 0x0fe, 0x0fe, R, R },		/* MTRR capabilities */
	{ 0x10a, 0x10a, R, R },		/* architectural capabilities */
	{ 0x10b, 0x10b, W, 0 },		/* L1D flush */
	{ 0x122, 0x123, RW, 0 },	/* TSX and microcode options */
	{ 0x140, 0x140, RI, RI },	/* CPUID faulting */
	{ 0x174, 0x176, RW, RW },	/* SYSENTER */
	{ 0x179, 0x17b, RI, 0 },	/* machine check, global */
	{ 0x198, 0x198, R, 0 },		/* performance state */
	{ 0x199, 0x199, RW, 0 },
	{ 0x19a, 0x19a, RI, 0 },	/* clock modulation */
	{ 0x19b, 0x19c, RW, 0 },	/* thermal */
	{ 0x1a0, 0x1a0, RI, R },	/* miscellaneous features */
	{ 0x1a2, 0x1a2, R, 0 },		/* temperature target */
	{ 0x1a4, 0x1a4, RI, 0 },	/* prefetchers */
	{ 0x1ad, 0x1ae, RI, 0 },	/* turbo ratios */
	{ 0x1b0, 0x1b2, RW, 0 },	/* energy bias, package thermal */
	{ 0x1c8, 0x1c9, RW, 0 },	/* last branches: choice, top */
	{ 0x1d9, 0x1d9, RW, RW },	/* debug control */
	{ 0x1fc, 0x1fc, RI, 0 },	/* power control */
	{ 0x200, 0x21f, RI, RI },	/* MTRRs */
	{ 0x250, 0x250, RI, RI },
	{ 0x258, 0x259, RI, RI },
	{ 0x268, 0x26f, RI, RI },
	{ 0x277, 0x277, RW, RW },	/* PAT */
	{ 0x280, 0x29f, RI, 0 },	/* machine check, interrupts */
	{ 0x2ff, 0x2ff, RI, 0 },	/* MTRR default; cells: a shadow */
	{ 0x3f8, 0x3fd, R, 0 },		/* C-state residency */
	{ 0x400, 0x47f, RW, 0 },	/* machine check banks */
	{ 0x606, 0x606, R, 0 },		/* energy units and counters */
	{ 0x60d, 0x60d, R, 0 },
	{ 0x610, 0x611, RI, 0 },
	{ 0x619, 0x619, R, 0 },
	{ 0x630, 0x632, R, 0 },
	{ 0x638, 0x64f, RI, 0 },
	{ 0x680, 0x69f, RW, 0 },	/* last branches: from */
	{ 0x6a0, 0x6a8, RW, 0 },	/* control-flow enforcement */
	{ 0x6c0, 0x6df, RW, 0 },	/* last branches: to */
	{ 0x6e0, 0x6e0, RW, RW },	/* TSC deadline */
	{ 0x770, 0x777, RW, 0 },	/* hardware performance states */
	{ 0x981, 0x982, R, 0 },	/* memory encryption */
	{ 0xc80, 0xd8f, RI, 0 },	/* RDT: the hypervisor sets it */
	{ 0xda0, 0xda0, RW, 0 },	/* extended supervisor state */
	{ 0xdc0, 0xddf, RW, 0 },	/* last branches: kind */
	{ 0x1200, 0x121f, RW, 0 },	/* architectural last branches */
	{ 0x14ce, 0x14cf, RW, 0 },
	{ 0x1500, 0x151f, RW, 0 },
	{ 0x1600, 0x161f, RW, 0 },
	{ 0xc0000080, 0xc0000084, RW, RW },	/* EFER, SYSCALL */
	{ 0xc0000100, 0xc0000103, RW, RW },	/* segment bases, TSC_AUX */
};

/* Counters, while the hypervisor has none of them. */
static const struct msr_range counter_ranges[] = {
	{ 0x0c1, 0x0c8, RW, 0 },
	{ 0x186, 0x18d, RW, 0 },
	{ 0x1a6, 0x1a7, RW, 0 },	/* off-core responses */
	{ 0x309, 0x318, RW, 0 },
	{ 0x345, 0x345, R, 0 },	/* capabilities */
	{ 0x38d, 0x392, RW, 0 },	/* control and status */
	{ 0x3f1, 0x3f1, RW, 0 },	/* PEBS */
	{ 0x3f6, 0x3f7, RW, 0 },
	{ 0x4c1, 0x4c8, RW, 0 },
	{ 0x600, 0x600, RW, 0 },	/* debug store */
};

/* x2APIC registers without harm (SDM vol. 3, table 10-6). ICR and LVT exit. */
static const struct msr_range x2apic_ranges[] = {
	{ 0x802, 0x803, R, R },		/* id, version */
	{ 0x808, 0x808, RW, RW },	/* task priority */
	{ 0x80a, 0x80a, R, R },		/* processor priority */
	{ 0x80b, 0x80b, W, W },		/* EOI */
	{ 0x80d, 0x80d, R, R },		/* logical destination */
	{ 0x80f, 0x80f, RW, RW },	/* spurious vector */
	{ 0x810, 0x827, R, R },		/* ISR, TMR, IRR */
	{ 0x828, 0x828, RW, RW },	/* errors */
	{ 0x82f, 0x82f, R, R },		/* LVT: corrected machine checks */
	{ 0x830, 0x830, R, R },		/* ICR */
	{ 0x832, 0x837, R, R },		/* LVT */
	{ 0x838, 0x838, RW, RW },	/* timer */
	{ 0x839, 0x839, R, R },
	{ 0x83e, 0x83e, RW, RW },
	{ 0x83f, 0x83f, W, W },		/* self IPI */
};

static unsigned int find(const struct msr_range *list, size_t count,
			 const struct msr_viewer *viewer, uint32_t msr)
{
	for (size_t i = 0; i < count; i++) {
		if (msr >= list[i].first && msr <= list[i].last)
			return viewer->is_root ? list[i].root : list[i].cell;
	}
	return 0;
}

unsigned int msr_policy(const struct msr_viewer *viewer, uint32_t msr)
{
	unsigned int policy;

	if (msr >= MSR_X2APIC_BASE && msr <= MSR_X2APIC_END)
		return viewer->x2apic ?
			       find(x2apic_ranges, ARRAY_COUNT(x2apic_ranges),
				    viewer, msr) : 0;
	policy = find(ranges, ARRAY_COUNT(ranges), viewer, msr);
	if (!policy && viewer->counters)
		policy = find(counter_ranges, ARRAY_COUNT(counter_ranges),
			      viewer, msr);
	return policy;
}

/* Byte and bit of an MSR for reads; false when the bitmap has none. */
static bool msr_place(uint32_t msr, size_t *byte, uint8_t *bit)
{
	uint32_t index = msr < LOW_MSRS ? msr : msr - HIGH_MSR_BASE;

	if (index >= LOW_MSRS)
		return false;
	*byte = index / 8 + (msr < LOW_MSRS ? 0 : HIGH_OFFSET);
	*bit = (uint8_t)(1u << index % 8);
	return true;
}

static void msr_clear(uint8_t *bitmap, uint32_t msr, unsigned int policy)
{
	size_t byte;
	uint8_t bit;

	if (!msr_place(msr, &byte, &bit))
		return;
	if (policy & MSR_DIRECT_READ)
		bitmap[byte] &= (uint8_t)~bit;
	if (policy & MSR_DIRECT_WRITE)
		bitmap[byte + WRITE_OFFSET] &= (uint8_t)~bit;
}

static void msr_set(uint8_t *bitmap, uint32_t msr)
{
	size_t byte;
	uint8_t bit;

	if (!msr_place(msr, &byte, &bit))
		return;
	bitmap[byte] |= bit;
	bitmap[byte + WRITE_OFFSET] |= bit;
}

static void clear_list(uint8_t *bitmap, const struct msr_viewer *viewer,
		       const struct msr_range *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (uint32_t msr = list[i].first; msr <= list[i].last; msr++)
			msr_clear(bitmap, msr,
				  viewer->is_root ? list[i].root :
						    list[i].cell);
	}
}

void msr_bitmap_build(uint8_t *bitmap, const struct msr_viewer *viewer,
		      int (*counter_use)(uint32_t msr))
{
	memset(bitmap, 0xff, BITMAP_BYTES);
	clear_list(bitmap, viewer, ranges, ARRAY_COUNT(ranges));
	if (viewer->x2apic)
		clear_list(bitmap, viewer, x2apic_ranges,
			   ARRAY_COUNT(x2apic_ranges));
	if (viewer->counters)
		clear_list(bitmap, viewer, counter_ranges,
			   ARRAY_COUNT(counter_ranges));
	for (uint32_t msr = 0; counter_use && msr < LOW_MSRS; msr++) {
		int use = counter_use(msr);

		if (use > 0)
			msr_clear(bitmap, msr, RW);
		else if (use < 0)
			msr_set(bitmap, msr);
	}
}

bool msr_bitmap_exits(const uint8_t *bitmap, uint32_t msr, bool is_write)
{
	size_t byte;
	uint8_t bit;

	if (!msr_place(msr, &byte, &bit))
		return true;
	return bitmap[byte + (is_write ? WRITE_OFFSET : 0)] & bit;
}

void io_bitmap_build(uint8_t *bitmap, const struct pio_region *list,
		     uint32_t count)
{
	memset(bitmap, 0xff, 2 * BITMAP_BYTES);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t end = (uint32_t)list[i].base + list[i].length;

		for (uint32_t port = list[i].base; port < end && port < 0x10000;
		     port++) {
			if (port < PORT_PCI_FIRST || port > PORT_PCI_LAST)
				bitmap[port / 8] &= (uint8_t)~(1u << port % 8);
		}
	}
}

bool io_bitmap_exits(const uint8_t *bitmap, uint16_t port)
{
	return bitmap[port / 8] >> port % 8 & 1;
}
