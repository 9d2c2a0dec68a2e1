/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies between the hypervisor and a guest's memory. */
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/recolor.h"
#include "hv/string.h"

/* What one step of a copy reaches: to the end of a page or of the buffer. */
static size_t step_bytes(uint64_t address, size_t left)
{
	size_t in_page = (size_t)(PAGE_BYTES - (address & ~PAGE_MASK));

	return in_page < left ? in_page : left;
}

/* One piece within a page: RAM the guest may use in the way asked? */
static bool guest_page(const struct cell *cell, uint64_t address,
		       uint32_t wanted, hpa_t *phys)
{
	uint32_t flags;

	return arch_cell_translate(cell, gpa(address), phys, &flags) &&
	       (flags & wanted) == wanted && !(flags & MAP_DEVICE);
}

bool guest_translate(const struct cell *cell, gpa_t address, hpa_t *phys,
		     uint32_t *flags)
{
	bool mapped;

	recolor_hold(cell);
	mapped = arch_cell_translate(cell, address, phys, flags);
	recolor_release(cell);
	return mapped;
}

/* The whole range is looked at before its first byte is touched. */
static int guest_check(const struct cell *cell, gpa_t start, size_t size,
		       uint32_t wanted)
{
	hpa_t phys;

	if (size > UINT64_MAX - start.value)
		return -EINVAL;
	for (size_t done = 0; done < size;) {
		uint64_t address = start.value + done;
		bool usable;

		recolor_hold(cell);
		usable = guest_page(cell, address, wanted, &phys);
		recolor_release(cell);
		if (!usable)
			return -EINVAL;
		done += step_bytes(address, size - done);
	}
	return 0;
}

/* A piece within a page, which does not move meanwhile. */
static int piece_copy(const struct cell *cell, uint64_t address, void *to,
		      const void *from, size_t size)
{
	uint8_t *window;
	hpa_t phys;

	if (!guest_page(cell, address, to ? MAP_READ : MAP_WRITE, &phys))
		return -EINVAL;
	window = hv_window(phys, MAP_READ | (to ? 0 : MAP_WRITE));
	window += address & ~PAGE_MASK;
	if (to)
		memcpy(to, window, size);
	else
		memcpy(window, from, size);
	return 0;
}

static int guest_copy(const struct cell *cell, gpa_t start, void *to,
		      const void *from, size_t size)
{
	uint32_t wanted = to ? MAP_READ : MAP_WRITE;
	int error = 0;

	if (guest_check(cell, start, size, wanted) < 0)
		return -EINVAL;
	for (size_t done = 0; done < size && !error;) {
		uint64_t address = start.value + done;
		size_t step = step_bytes(address, size - done);

		recolor_hold(cell);
		error = piece_copy(cell, address, to ? (uint8_t *)to + done : NULL,
				   from ? (const uint8_t *)from + done : NULL,
				   step);
		recolor_release(cell);
		done += step;
	}
	hv_window_close();
	return error;
}

int guest_read(struct cell *cell, gpa_t from, void *to, size_t size)
{
	return guest_copy(cell, from, to, NULL, size);
}

int guest_write(struct cell *cell, gpa_t to, const void *from, size_t size)
{
	return guest_copy(cell, to, NULL, from, size);
}

bool guest_writable(struct cell *cell, gpa_t to, size_t size)
{
	return guest_check(cell, to, size, MAP_WRITE) == 0;
}
