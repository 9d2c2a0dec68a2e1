// SPDX-License-Identifier: GPL-2.0-only
/* Shares of caches, bandwidth and clock as people write and read them. */
#include "shares.h"

#include <errno.h>
#include <string.h>

#define PPM_WHOLE	1000000u
#define WAYS_MAX	32u
#define PART_BYTES	64

static const char accepted[] =
	"ways:4-7, 0xf0, 25% or none, and after a comma shared";

/* "4-7" or "4", after "ways:". */
static int ways_parse(const char *text, unsigned int column, uint64_t *mask,
		      struct parse_error *error)
{
	struct parse_error inner;
	uint64_t ways;

	if (cpu_list_parse(text, &ways, &inner))
		return parse_refuse(error, column, "ways: %s", inner.text);
	if (ways >> WAYS_MAX)
		return parse_refuse(error, column, "ways are 0 to %u",
				    WAYS_MAX - 1);
	*mask = ways;
	return 0;
}

static int mask_parse(const char *text, unsigned int column, uint64_t *mask,
		      struct parse_error *error)
{
	struct parse_error inner;

	if (strncmp(text, "ways:", 5) == 0)
		return ways_parse(text + 5, column, mask, error);
	if (strncmp(text, "0x", 2) != 0)
		return parse_refuse(error, column, "write %s", accepted);
	if (address_parse(text, mask, &inner))
		return parse_refuse(error, column, "%s", inner.text);
	if (*mask == 0 || *mask >> WAYS_MAX)
		return parse_refuse(error, column,
				    "a mask has 1 to %u bits", WAYS_MAX);
	return 0;
}

static int percent_parse(const char *text, unsigned int column, uint64_t *ppm,
			 struct parse_error *error)
{
	struct parse_error inner;
	struct rate rate;

	if (rate_parse(text, &rate, &inner) || rate.kind != RATE_PERCENT)
		return parse_refuse(error, column, "a percentage is expected, "
				    "as 25%%");
	if (rate.value == 0 || rate.value > PPM_WHOLE)
		return parse_refuse(error, column,
				    "must be above 0%% and at most 100%%");
	*ppm = rate.value;
	return 0;
}

/* What stands between two commas. */
static int part_parse(const char *text, unsigned int column,
		      struct share *share, struct parse_error *error)
{
	size_t length = strlen(text);

	if (strcmp(text, "shared") == 0) {
		share->flags |= PART_CACHE_SHARED;
		return 0;
	}
	if (strncmp(text, "code=", 5) == 0)
		return mask_parse(text + 5, column + 5, &share->code_mask,
				  error);
	if (strncmp(text, "data=", 5) == 0)
		return mask_parse(text + 5, column + 5, &share->mask, error);
	if (length > 0 && text[length - 1] == '%')
		return percent_parse(text, column, &share->ppm, error);
	return mask_parse(text, column, &share->mask, error);
}

int share_parse(const char *text, struct share *share,
		struct parse_error *error)
{
	struct share result = { 0 };
	const char *place = text;
	char part[PART_BYTES];
	size_t length;
	int ret = 0;

	if (strcmp(text, "none") == 0) {
		*share = result;
		return 0;
	}
	for (;;) {
		length = strcspn(place, ",");
		if (length >= sizeof(part))
			return parse_refuse(error, 1, "write %s", accepted);
		memcpy(part, place, length);
		part[length] = '\0';
		ret = part_parse(part, (unsigned int)(place - text) + 1,
				 &result, error);
		if (ret)
			return ret;
		if (place[length] == '\0')
			break;
		place += length + 1;
	}
	if (!result.mask == !result.ppm)
		return parse_refuse(error, 1, "which ways? Write %s", accepted);
	if (result.code_mask && result.ppm)
		return parse_refuse(error, 1,
				    "code and data need masks of their own");
	*share = result;
	return 0;
}

int permille_parse(const char *text, uint32_t *permille,
		   struct parse_error *error)
{
	uint64_t ppm = 0;
	int ret = percent_parse(text, 1, &ppm, error);

	if (ret)
		return ret;
	*permille = (uint32_t)((ppm + 500) / 1000);
	if (*permille == 0)
		*permille = 1;
	return 0;
}

void share_resolve(const struct share *share, uint32_t ways,
		   struct part_cache *cache)
{
	*cache = (struct part_cache){
		.mask = share->mask,
		.code_mask = share->code_mask,
		.flags = share->flags,
	};
	if (!share->ppm)
		return;
	cache->ways_count =
		(uint32_t)((ways * share->ppm + PPM_WHOLE / 2) / PPM_WHOLE);
	if (cache->ways_count == 0)
		cache->ways_count = 1;
}

static void ways_fill(struct value *ways, struct value *mask,
		      const struct part_cache *cache)
{
	char text[QUANTITY_BYTES];

	if (!cache->mask) {
		value_missing(ways, "the cache cannot be divided");
		value_missing(mask, "the cache cannot be divided");
		return;
	}
	cpu_list_format(text, cache->mask);
	value_text(ways, "%s", text);
	value_text(mask, "0x%llx", (unsigned long long)cache->mask);
}

void shares_fill(struct value *row, const struct part_settings *effective,
		 uint64_t generation)
{
	ways_fill(&row[SHARE_L3_WAYS], &row[SHARE_L3_MASK], &effective->l3);
	if (effective->l3.code_mask)
		value_text(&row[SHARE_L3_CODE], "0x%llx",
			   (unsigned long long)effective->l3.code_mask);
	else
		value_missing(&row[SHARE_L3_CODE], "as for data");
	value_bool(&row[SHARE_L3_SHARED],
		   effective->l3.flags & PART_CACHE_SHARED);
	ways_fill(&row[SHARE_L2_WAYS], &row[SHARE_L2_MASK], &effective->l2);
	value_number(&row[SHARE_BANDWIDTH], VALUE_SHARE,
		     effective->bandwidth_permille);
	value_number(&row[SHARE_CLOCK], VALUE_SHARE,
		     effective->clock_permille);
	value_number(&row[SHARE_GENERATION], VALUE_COUNT, generation);
}
