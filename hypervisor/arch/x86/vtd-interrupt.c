/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where interrupts of devices go: one table, whose entries name the device that
 * may use them.
 */
#include "vtd-internal.h"

#include "hv/errno.h"

#define TABLE_PAGES		16u	/* VTD_HANDLES entries of 16 bytes */
#define TABLE_SIZE		11u	/* 2 to the power of it and one more */
#define HANDLE_NONE		VTD_HANDLES

static struct {
	uint64_t *table;
	uint32_t key[VTD_HANDLES];	/* source and number of what is present */
	struct spinlock lock;		/* CPUs of all cells change their own */
} interrupts;

int vtd_interrupts_init(void)
{
	interrupts.table = page_alloc(TABLE_PAGES);
	if (!interrupts.table)
		return -ENOMEM;
	for (unsigned int n = 0; n < 2 * VTD_HANDLES; n += 8)
		vtd_publish(&interrupts.table[n]);
	return 0;
}

uint64_t vtd_interrupt_table(void)
{
	return hv_virt_to_phys(interrupts.table).value | TABLE_SIZE |
	       (vtd.x2apic ? TABLE_X2APIC : 0);
}

static bool present(unsigned int handle)
{
	return interrupts.table[2 * handle] & ENTRY_PRESENT;
}

static unsigned int handle_find(uint32_t key)
{
	for (unsigned int n = 0; n < VTD_HANDLES; n++) {
		if (present(n) && interrupts.key[n] == key)
			return n;
	}
	return HANDLE_NONE;
}

static unsigned int handle_free(void)
{
	for (unsigned int n = 0; n < VTD_HANDLES; n++) {
		if (!present(n))
			return n;
	}
	return HANDLE_NONE;
}

static uint64_t encode(const struct vtd_interrupt *interrupt)
{
	uint64_t destination = interrupt->destination;

	return ENTRY_PRESENT | (interrupt->logical ? INTERRUPT_LOGICAL : 0) |
	       (interrupt->level ? INTERRUPT_LEVEL : 0) |
	       (uint64_t)(interrupt->mode & 7) << INTERRUPT_MODE_SHIFT |
	       (uint64_t)interrupt->vector << INTERRUPT_VECTOR_SHIFT |
	       (vtd.x2apic ? destination << INTERRUPT_X2APIC_SHIFT :
			     (destination & 0xff) << INTERRUPT_XAPIC_SHIFT);
}

/* The device stays the same while the entry is present: one word changes. */
static void entry_set(unsigned int handle, uint64_t low, uint16_t source)
{
	volatile uint64_t *entry = &interrupts.table[2 * handle];

	if (!(entry[0] & ENTRY_PRESENT))
		entry[1] = INTERRUPT_CHECK_SOURCE | source;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	entry[0] = low;
	vtd_publish(entry);
}

static int forget(void)
{
	int error = 0;

	for (unsigned int n = 0; n < vtd.units_count; n++) {
		int failed = vtd_unit_invalidate_interrupts(&vtd.unit[n]);

		error = failed ? failed : error;
	}
	return error;
}

static int interrupt_set(uint16_t source, uint16_t number,
			 const struct vtd_interrupt *interrupt)
{
	uint32_t key = (uint32_t)source << 16 | number;
	unsigned int handle = handle_find(key);
	int error;

	if (handle == HANDLE_NONE && interrupt)
		handle = handle_free();
	if (handle == HANDLE_NONE)
		return interrupt ? -ENOMEM : 0;
	interrupts.key[handle] = key;
	entry_set(handle, interrupt ? encode(interrupt) : 0, source);
	error = forget();
	return error ? error : (int)handle;
}

int vtd_interrupt_set(uint16_t source, uint16_t number,
		      const struct vtd_interrupt *interrupt)
{
	int result;

	spin_lock(&interrupts.lock);
	result = interrupt_set(source, number, interrupt);
	spin_unlock(&interrupts.lock);
	return result;
}

int vtd_interrupts_drop(uint16_t source)
{
	bool any = false;
	int error = 0;

	if (!vtd.remaps)
		return 0;
	spin_lock(&interrupts.lock);
	for (unsigned int n = 0; n < VTD_HANDLES; n++) {
		if (!present(n) || interrupts.key[n] >> 16 != source)
			continue;
		entry_set(n, 0, source);
		any = true;
	}
	if (any)
		error = forget();
	spin_unlock(&interrupts.lock);
	return error;
}

uint32_t vtd_message_address(unsigned int handle)
{
	return MESSAGE_ADDRESS | (handle & 0x7fff) << 5 | 1u << 4 |
	       (handle >> 15 & 1) << 2;
}

uint64_t vtd_pin_entry(unsigned int handle, uint64_t entry)
{
	const uint64_t kept = 0x1a0ffull; /* vector, polarity, trigger, mask */

	return (entry & kept) | (uint64_t)(handle & 0x7fff) << 49 | BIT(48) |
	       (uint64_t)(handle >> 15 & 1) << 11;
}
