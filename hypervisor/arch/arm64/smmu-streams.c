/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of streams, one for all units: an entry for each that the root's
 * configuration lists. The others have none, so that their devices reach nothing.
 */
#include "smmu-internal.h"

#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/string.h"

#define STREAM_BYTES		(STREAM_WORDS * sizeof(uint64_t))
/* A page of entries, of which a first level has one pointer each. */
#define PAGE_STREAMS		(1u << STREAM_SPLIT)
/* What a first level, or a linear table, may take of memory. */
#define MAX_BITS_TWO_LEVEL	20u
#define MAX_BITS_LINEAR		8u

static struct {
	uint64_t *table;
	unsigned int bits;
	bool two_level;
	bool kept;	/* a unit may have entries that are invalid by now */
} streams;

static unsigned int bits_known(void)
{
	unsigned int most = smmu.two_level ? MAX_BITS_TWO_LEVEL :
					     MAX_BITS_LINEAR;

	return smmu.stream_bits < most ? smmu.stream_bits : most;
}

/* For the highest number that the root lists, at least a page of them. */
static int choose_bits(const struct config_view *root, struct reason *reason)
{
	uint32_t count = root->desc->num_stream_ids;

	streams.bits = bits_known() < STREAM_SPLIT ? bits_known() :
						     STREAM_SPLIT;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t id = root->streams[i].id;

		if ((uint64_t)id >> bits_known())
			return refuse(reason, -EINVAL,
				      "stream id 0x%x of the root cell: the SMMUs' tables end at 0x%llx",
				      id, BIT(bits_known()) - 1ull);
		while ((uint64_t)id >> streams.bits)
			streams.bits++;
	}
	streams.two_level = streams.bits > STREAM_SPLIT && smmu.two_level;
	streams.kept = false;
	return 0;
}

static unsigned int pages_for(uint64_t bytes)
{
	return (unsigned int)(page_round_up(bytes) / PAGE_BYTES);
}

static uint64_t table_bytes(void)
{
	return streams.two_level ?
		       sizeof(uint64_t) << (streams.bits - STREAM_SPLIT) :
		       (uint64_t)STREAM_BYTES << streams.bits;
}

/* The page of entries that holds it, made when it is the first of them. */
static int page_need(uint32_t stream)
{
	uint64_t *pointer = &streams.table[stream / PAGE_STREAMS];
	void *page;

	if (!streams.two_level || *pointer)
		return 0;
	page = page_alloc(1);
	if (!page)
		return -ENOMEM;
	smmu_publish(page, PAGE_BYTES);
	*pointer = hv_virt_to_phys(page).value | STREAM_SPAN;
	smmu_publish(pointer, sizeof(*pointer));
	return 0;
}

int smmu_streams_init(struct reason *reason)
{
	struct config_view root;
	int error;

	cell_view(cell_root(), &root);
	error = choose_bits(&root, reason);
	if (error)
		return error;
	streams.table = page_alloc(pages_for(table_bytes()));
	error = streams.table ? 0 : -ENOMEM;
	if (!error)
		smmu_publish(streams.table, table_bytes());
	for (uint32_t i = 0; !error && i < root.desc->num_stream_ids; i++)
		error = page_need(root.streams[i].id);
	if (error)
		return refuse(reason, error,
			      "no pages left for the SMMUs' table of streams, %u bits",
			      streams.bits);
	return 0;
}

hpa_t smmu_streams_table(void)
{
	return hv_virt_to_phys(streams.table);
}

uint32_t smmu_streams_config(void)
{
	if (!streams.two_level)
		return streams.bits;
	return STREAMS_TWO_LEVEL | STREAM_SPLIT << STREAMS_SPLIT_SHIFT |
	       streams.bits;
}

uint64_t *smmu_stream_entry(uint32_t stream)
{
	uint64_t *entries = streams.table;

	if (streams.two_level) {
		entries = hv_phys_to_virt(hpa(entries[stream / PAGE_STREAMS] &
					      STREAM_POINTER));
		stream %= PAGE_STREAMS;
	}
	return entries + STREAM_WORDS * stream;
}

/* The word with the valid bit is written alone: first to 0, then last. */
static void valid_write(uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
	smmu_publish(entry, STREAM_BYTES);
}

static bool same(const uint64_t *a, const uint64_t *b)
{
	for (unsigned int i = 0; i < STREAM_WORDS; i++) {
		if (a[i] != b[i])
			return false;
	}
	return true;
}

int smmu_streams_set(void (*wanted)(uint32_t stream, uint64_t *words))
{
	uint64_t words[STREAM_WORDS];
	struct config_view root;

	cell_view(cell_root(), &root);
	for (uint32_t i = 0; i < root.desc->num_stream_ids; i++) {
		uint64_t *entry = smmu_stream_entry(root.streams[i].id);

		wanted(root.streams[i].id, words);
		if (!(entry[0] & STREAM_VALID) || same(entry, words))
			continue;
		valid_write(entry, 0);
		streams.kept = true;
	}
	if (streams.kept && smmu_forget() < 0)
		return -EIO;
	streams.kept = false;
	for (uint32_t i = 0; i < root.desc->num_stream_ids; i++) {
		uint64_t *entry = smmu_stream_entry(root.streams[i].id);

		wanted(root.streams[i].id, words);
		if (same(entry, words))
			continue;
		memcpy(entry + 1, words + 1, STREAM_BYTES - sizeof(*words));
		smmu_publish(entry, STREAM_BYTES);
		valid_write(entry, words[0]);
	}
	return smmu_forget();
}
