/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of SMMUv3s: from a stream and an address to memory. Streams: IHI 0070,
 * 3.3 and 5.2; second stages: DDI 0487, D8.2 and D8.3, 4 KiB granule.
 */
#include <stddef.h>
#include <string.h>

#include "arm64-smmu-walk.h"

#define F_BAD_STREAM	0x02u
#define F_BAD_STE	0x04u
#define F_TRANSLATION	0x10u
#define F_ADDRESS	0x11u
#define F_ACCESS	0x12u
#define F_PERMISSION	0x13u

static const unsigned int oas_bits[] = { 32, 36, 40, 42, 44, 48, 52, 52 };

static unsigned int address_bits(void)
{
	unsigned int bits = oas_bits[smmu_model.kind.address];

	return bits > 48 ? 48 : bits;
}

static uint64_t bits_of(uint64_t value, unsigned int high, unsigned int low)
{
	return value >> low & ((2ull << (high - low)) - 1);
}

/* Where its entry is; 0: there is none. */
static uint64_t entry_find(const struct smmu_model_unit *unit, uint32_t stream)
{
	uint64_t base = unit->streams & 0xfffffffffffc0ull, descriptor;
	unsigned int log2 = (unsigned int)bits_of(unit->streams_cfg, 5, 0);
	unsigned int split = (unsigned int)bits_of(unit->streams_cfg, 10, 6);
	uint64_t span;

	if (log2 > unit->kind.stream_bits)
		smmu_model_violate("more streams than the unit knows");
	if ((uint64_t)stream >> log2)
		return 0;
	if (bits_of(unit->streams_cfg, 17, 16) == 0) {
		if (base & ((64ull << log2) - 1))
			smmu_model_violate("a table of streams not aligned");
		return base + 64ull * stream;
	}
	if (unit->kind.linear || (split != 6 && split != 8 && split != 10))
		smmu_model_violate("a table of streams of two levels");
	if (log2 > split && base & ((8ull << (log2 - split)) - 1))
		smmu_model_violate("a first level not aligned");
	descriptor = smmu_model_memory(unit, base + 8ull * (stream >> split));
	span = bits_of(descriptor, 4, 0);
	if (span == 0)
		return 0;
	stream &= (1u << split) - 1;
	if (span > split + 1 || descriptor & 0xfff0000000000020ull ||
	    descriptor & 0xfffffffffffc0ull & ((64ull << (span - 1)) - 1))
		smmu_model_violate("a first level's pointer");
	if (stream >> (span - 1))
		return 0;
	return (descriptor & 0xfffffffffffc0ull) + 64ull * stream;
}

/* 5.2: for a second stage alone, in these very words. */
static void entry_check(const uint64_t *word)
{
	bool coherent = smmu_model.kind.coherent;
	unsigned int oas = smmu_model.kind.address;

	if (word[0] != (1 | 6 << 1) || word[1] != 1ull << 44)
		smmu_model_violate("an entry that is not for stage 2 alone");
	if (word[4] | word[5] | word[6] | word[7] ||
	    word[3] & 0xfff000000000000full)
		smmu_model_violate("reserved fields of an entry");
	if (bits_of(word[2], 15, 0) == 0 || bits_of(word[2], 31, 16))
		smmu_model_violate("a VMID that means something else");
	if (bits_of(word[2], 41, 40) != coherent ||
	    bits_of(word[2], 43, 42) != coherent ||
	    bits_of(word[2], 45, 44) != (coherent ? 3u : 0u))
		smmu_model_violate("walks that do not suit caches");
	if (bits_of(word[2], 47, 46) != 0 || bits_of(word[2], 51, 51) != 1 ||
	    bits_of(word[2], 52, 52) != 0 || bits_of(word[2], 56, 55) != 0)
		smmu_model_violate("a granule, format or order");
	if (bits_of(word[2], 50, 48) != (oas > 5 ? 5 : oas))
		smmu_model_violate("an address size");
	if (bits_of(word[2], 58, 57) != 2)
		smmu_model_violate("faults that stall, or are not recorded");
	if (word[2] >> 59)
		smmu_model_violate("reserved fields of an entry");
}

static unsigned int entry_get(struct smmu_model_unit *unit, uint32_t stream,
			      const uint64_t **words)
{
	uint64_t at = entry_find(unit, stream);

	if (!at || stream >= SMMU_MODEL_STREAMS)
		return F_BAD_STREAM;
	if (!unit->stream[stream].valid) {
		for (unsigned int i = 0; i < 8; i++)
			unit->stream[stream].word[i] =
				smmu_model_memory(unit, at + 8 * i);
		if (!(unit->stream[stream].word[0] & 1))
			return F_BAD_STE;
		entry_check(unit->stream[stream].word);
		unit->stream[stream].valid = true;
	}
	*words = unit->stream[stream].word;
	return 0;
}

/* A unit may fetch it now, and does: it is whole, and what it has of it already. */
static void entry_watch(struct smmu_model_unit *unit, uint32_t stream)
{
	uint64_t at = entry_find(unit, stream), word[8];

	for (unsigned int i = 0; at && i < 8; i++)
		word[i] = smmu_model_memory(unit, at + 8 * i);
	if (!at || stream >= SMMU_MODEL_STREAMS || !(word[0] & 1))
		return;
	entry_check(word);
	if (unit->stream[stream].valid &&
	    memcmp(unit->stream[stream].word, word, sizeof(word)))
		smmu_model_violate("an entry changed while it is in use");
	memcpy(unit->stream[stream].word, word, sizeof(word));
	unit->stream[stream].valid = true;
}

void smmu_barrier(void)
{
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++) {
		if (!(smmu_model.unit[n].cr0 & 1))
			continue;
		for (unsigned int i = 0; i < SMMU_MODEL_WATCHED; i++)
			entry_watch(&smmu_model.unit[n],
				    smmu_model.watched[i]);
	}
}

/* All 16 say the same, or a TLB mixes them up (D8.6.1). */
static void group_check(const struct smmu_model_unit *unit, uint64_t table,
			uint64_t index, uint64_t entry)
{
	uint64_t first = index & ~15ull;

	for (uint64_t n = 0; n < 16; n++) {
		uint64_t other = smmu_model_memory(unit,
						   table + 8 * (first + n));
		uint64_t wanted = (entry & ~0xf000ull) + (n << 12);

		if (other != wanted)
			smmu_model_violate("a group of pages with a stranger");
	}
	if (!unit->kind.resizes)
		smmu_model_violate("a group that needs a break to go");
}

/* D8.3.1 and D8.3.2, of an entry at Arm's level 1 to 3. */
static unsigned int leaf_take(const struct smmu_model_unit *unit,
			      uint64_t entry, unsigned int level,
			      uint64_t address, uint64_t *page, bool *read,
			      bool *write)
{
	unsigned int shift = 12 + 9 * (3 - level);
	uint64_t base = bits_of(entry, 47, 12) << 12;
	uint64_t offset = address & ((1ull << shift) - 1) & ~0xfffull;

	if (level < 3 && !unit->kind.resizes)
		smmu_model_violate("a block that needs a break to go");
	if (base & ((1ull << shift) - 1))
		smmu_model_violate("a block that is not aligned");
	if (!bits_of(entry, 10, 10))
		return F_ACCESS;
	if (base >> address_bits())
		return F_ADDRESS;
	*page = base | offset;
	*read = bits_of(entry, 6, 6);
	*write = bits_of(entry, 7, 7);
	return 0;
}

static unsigned int walk(const struct smmu_model_unit *unit,
			 const uint64_t *words, uint64_t address,
			 uint64_t *page, bool *read, bool *write)
{
	unsigned int input = 64 - (unsigned int)bits_of(words[2], 37, 32);
	unsigned int start = (unsigned int)bits_of(words[2], 39, 38);
	unsigned int level = start == 2 ? 0 : start == 1 ? 1 : 2;
	uint64_t table = words[3] & 0xffffffffffff0ull;
	unsigned int top = 12 + 9 * (3 - level);

	if (input > address_bits() || input > top + 9 + 4 || input <= top)
		smmu_model_violate("an input size that does not suit");
	if (table & ((8ull << (input - top)) - 1))
		smmu_model_violate("a second stage that is not aligned");
	if (address >> input)
		return F_TRANSLATION;
	for (;; level++) {
		unsigned int shift = 12 + 9 * (3 - level);
		uint64_t index = (address >> shift) &
			((1ull << (shift == top ? input - top : 9)) - 1);
		uint64_t entry = smmu_model_memory(unit, table + 8 * index);

		if (!(entry & 1))
			return F_TRANSLATION;
		if (level == 3 ? !(entry & 2) : level == 0 && !(entry & 2))
			return F_TRANSLATION;
		if (level == 3 || !(entry & 2)) {
			if (level == 3 && bits_of(entry, 52, 52))
				group_check(unit, table, index, entry);
			return leaf_take(unit, entry, level, address, page,
					 read, write);
		}
		table = bits_of(entry, 47, 12) << 12;
	}
}

static unsigned int refuse_access(struct smmu_model_unit *unit, uint32_t stream,
				  uint64_t address, bool is_write,
				  unsigned int type)
{
	const uint64_t words[4] = {
		type | (uint64_t)stream << 32,
		(is_write ? 0 : 1ull << 35) | 1ull << 39, address,
		address & ~0xfffull,
	};

	if (type == F_BAD_STREAM && !(unit->cr2 & 2))
		return type;
	smmu_model_record(unit, words);
	return type;
}

static unsigned int translate(struct smmu_model_unit *unit, uint32_t stream,
			      uint64_t address, bool is_write, uint64_t *phys)
{
	const uint64_t *words = NULL;
	unsigned int type = entry_get(unit, stream, &words);
	unsigned int n;
	uint16_t vmid;

	if (type)
		return type;
	vmid = (uint16_t)words[2];
	for (n = 0; n < SMMU_MODEL_CACHED; n++) {
		if (unit->tlb[n].valid && unit->tlb[n].vmid == vmid &&
		    unit->tlb[n].page == address >> 12)
			break;
	}
	if (n == SMMU_MODEL_CACHED) {
		n = unit->tlb_next++ % SMMU_MODEL_CACHED;
		unit->tlb[n].valid = false;
		type = walk(unit, words, address, &unit->tlb[n].phys,
			    &unit->tlb[n].read, &unit->tlb[n].write);
		if (type)
			return type;
		unit->tlb[n].vmid = vmid;
		unit->tlb[n].page = address >> 12;
		unit->tlb[n].valid = true;
	}
	if (is_write ? !unit->tlb[n].write : !unit->tlb[n].read)
		return F_PERMISSION;
	*phys = unit->tlb[n].phys | (address & 0xfff);
	return 0;
}

unsigned int smmu_model_dma(unsigned int number, uint32_t stream,
			    uint64_t address, bool is_write, uint64_t *phys)
{
	struct smmu_model_unit *unit = &smmu_model.unit[number];
	unsigned int type;

	*phys = address;
	if (!(unit->cr0 & 1))
		return 0;
	type = translate(unit, stream, address, is_write, phys);
	return type ? refuse_access(unit, stream, address, is_write, type) : 0;
}
