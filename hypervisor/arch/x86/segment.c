/* SPDX-License-Identifier: GPL-2.0-only */
/* Segment descriptors, apart and together. */
#include "segment.h"

#define ACCESS_MASK		0xf0ffu
#define ACCESS_GRANULARITY	0x8000u
#define TYPE_TSS_BUSY		0xbu

static uint64_t bits(uint64_t value, unsigned int low, unsigned int count)
{
	return value >> low & (BIT(count) - 1);
}

struct segment segment_unpack(const uint64_t *gdt, unsigned int entries,
			      uint16_t selector)
{
	struct segment segment = {
		.selector = selector,
		.access = SEGMENT_UNUSABLE,
	};
	unsigned int index = selector / 8u;
	uint64_t entry;

	if (index == 0 || (selector & SELECTOR_TI) || index >= entries)
		return segment;
	entry = gdt[index];
	segment.access = (uint32_t)bits(entry, 40, 16) & ACCESS_MASK;
	segment.base = bits(entry, 16, 24) | bits(entry, 56, 8) << 24;
	segment.limit = (uint32_t)(bits(entry, 0, 16) |
				   bits(entry, 48, 4) << 16);
	if (segment.access & ACCESS_GRANULARITY)
		segment.limit = segment.limit << 12 | 0xfff;
	if (!(segment.access & SEGMENT_SYSTEM) && index + 1 < entries)
		segment.base |= bits(gdt[index + 1], 0, 32) << 32;
	return segment;
}

bool segment_pack(uint64_t *gdt, unsigned int entries,
		  const struct segment *segment)
{
	unsigned int index = segment->selector / 8u;
	bool system = !(segment->access & SEGMENT_SYSTEM);
	uint64_t access = segment->access & ACCESS_MASK;
	uint64_t limit = segment->limit;

	if ((segment->access & SEGMENT_UNUSABLE) || index == 0 ||
	    (segment->selector & SELECTOR_TI) || index + system >= entries)
		return false;
	if (access & ACCESS_GRANULARITY)
		limit >>= 12;
	if (system && (access & SEGMENT_TYPE) == TYPE_TSS_BUSY)
		access &= ~(uint64_t)SEGMENT_TYPE_BUSY;
	gdt[index] = bits(limit, 0, 16) | bits(segment->base, 0, 24) << 16 |
		     access << 40 | bits(limit, 16, 4) << 48 |
		     bits(segment->base, 24, 8) << 56;
	if (system)
		gdt[index + 1] = bits(segment->base, 32, 32);
	return true;
}
