/* SPDX-License-Identifier: GPL-2.0-only */
/* Dispatch of trapped device accesses. */
#include "hv/mmio.h"

#include "hv/errno.h"

/* Index of the first region that ends after `address`; count if none. */
static unsigned int mmio_find(const struct mmio_space *space, uint64_t address)
{
	unsigned int low = 0;
	unsigned int high = space->count;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;
		const struct mmio_region *region = &space->region[middle];

		if (region->start + (region->size - 1) < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int mmio_register(struct mmio_space *space, uint64_t start, uint64_t size,
		  mmio_handler handler, void *context)
{
	unsigned int at;

	if (size == 0 || start + (size - 1) < start)
		return -EINVAL;
	at = mmio_find(space, start);
	if (at < space->count && space->region[at].start <= start + (size - 1))
		return -EINVAL;
	if (space->count == MMIO_MAX_REGIONS)
		return -ENOMEM;
	for (unsigned int i = space->count; i > at; i--)
		space->region[i] = space->region[i - 1];
	space->region[at] = (struct mmio_region){
		.start = start,
		.size = size,
		.handler = handler,
		.context = context,
	};
	space->count++;
	return 0;
}

void mmio_unregister(struct mmio_space *space, uint64_t start)
{
	unsigned int at = mmio_find(space, start);

	if (at == space->count || space->region[at].start != start)
		return;
	space->count--;
	for (unsigned int i = at; i < space->count; i++)
		space->region[i] = space->region[i + 1];
}

/* As mmio_find(), with a look at the region that was hit last. */
static unsigned int mmio_guess(struct mmio_space *space, uint64_t address)
{
	unsigned int at = __atomic_load_n(&space->last, __ATOMIC_RELAXED);

	if (at < space->count &&
	    address - space->region[at].start < space->region[at].size)
		return at;
	at = mmio_find(space, address);
	__atomic_store_n(&space->last, at, __ATOMIC_RELAXED);
	return at;
}

enum mmio_result mmio_dispatch(struct mmio_space *space,
			       struct mmio_access *access)
{
	uint64_t address = access->address;
	uint64_t last = address + (access->size - 1u);
	unsigned int at = mmio_guess(space, address);
	const struct mmio_region *region = &space->region[at];
	enum mmio_result result;

	if (access->size == 0 || last < address)
		return MMIO_REFUSED;
	if (at == space->count || region->start > last)
		return MMIO_UNHANDLED;
	/* An access that sticks out of its region is nobody's business. */
	if (address < region->start ||
	    last > region->start + (region->size - 1))
		return MMIO_REFUSED;
	access->address = address - region->start;
	result = region->handler(region->context, access);
	access->address = address;
	return result;
}

/* Devices do not take unaligned accesses: those go byte by byte. */
static void perform_bytes(volatile uint8_t *at, struct mmio_access *access)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < access->size; i++) {
		if (access->is_write)
			at[i] = (uint8_t)(access->value >> (8 * i));
		else
			value |= (uint64_t)at[i] << (8 * i);
	}
	if (!access->is_write)
		access->value = value;
}

static void perform_read(volatile void *at, struct mmio_access *access)
{
	switch (access->size) {
	case 1:
		access->value = *(volatile uint8_t *)at;
		break;
	case 2:
		access->value = *(volatile uint16_t *)at;
		break;
	case 4:
		access->value = *(volatile uint32_t *)at;
		break;
	default:
		access->value = *(volatile uint64_t *)at;
	}
}

static void perform_write(volatile void *at, const struct mmio_access *access)
{
	switch (access->size) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)access->value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)access->value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)access->value;
		break;
	default:
		*(volatile uint64_t *)at = access->value;
	}
}

void mmio_perform(volatile void *address, struct mmio_access *access)
{
	if ((uintptr_t)address & (access->size - 1u))
		perform_bytes(address, access);
	else if (access->is_write)
		perform_write(address, access);
	else
		perform_read(address, access);
}
