/* SPDX-License-Identifier: GPL-2.0-only */
/* Which regulators and counter sources the image has, and which work here. */
#include "regulator.h"
#include "hv/errno.h"

/* The linker bounds a section whose name is a C identifier. */
extern const struct regulator *const __start_regulators[];
extern const struct regulator *const __stop_regulators[];
extern const struct counter_source *const __start_counter_sources[];
extern const struct counter_source *const __stop_counter_sources[];

/* The sections exist even in an image without a single record. */
static const struct regulator *const no_regulator
	__attribute__((used, section("regulators"))) = NULL;
static const struct counter_source *const no_source
	__attribute__((used, section("counter_sources"))) = NULL;

static struct {
	struct regulator_slot regulators[REGISTRY_MAX_REGULATORS];
	struct counter_slot sources[REGISTRY_MAX_SOURCES];
	unsigned int regulators_count;
	unsigned int sources_count;
} registry;

/* Whether the first goes before the second. Names decide between equals. */
static bool goes_before(uint16_t order, const char *name, uint16_t other_order,
			const char *other_name)
{
	if (order != other_order)
		return order < other_order;
	while (*name && *name == *other_name) {
		name++;
		other_name++;
	}
	return (unsigned char)*name < (unsigned char)*other_name;
}

static int regulator_insert(const struct regulator *regulator)
{
	unsigned int n = registry.regulators_count;
	struct regulator_slot *slot = registry.regulators;

	if (n == REGISTRY_MAX_REGULATORS)
		return -E2BIG;
	while (n > 0 && goes_before(regulator->order, regulator->name,
				    slot[n - 1].regulator->order,
				    slot[n - 1].regulator->name)) {
		slot[n] = slot[n - 1];
		n--;
	}
	slot[n] = (struct regulator_slot){ .regulator = regulator };
	registry.regulators_count++;
	return 0;
}

static int source_insert(const struct counter_source *source)
{
	unsigned int n = registry.sources_count;
	struct counter_slot *slot = registry.sources;

	if (n == REGISTRY_MAX_SOURCES)
		return -E2BIG;
	while (n > 0 && goes_before(source->order, source->name,
				    slot[n - 1].source->order,
				    slot[n - 1].source->name)) {
		slot[n] = slot[n - 1];
		n--;
	}
	slot[n] = (struct counter_slot){
		.source = source,
		.why = "no counter record of the system configuration names it",
	};
	registry.sources_count++;
	return 0;
}

int registry_init(void)
{
	int err = 0;

	registry.regulators_count = 0;
	registry.sources_count = 0;
	for (const struct regulator *const *r = __start_regulators;
	     r < __stop_regulators && !err; r++)
		err = *r ? regulator_insert(*r) : 0;
	for (const struct counter_source *const *s = __start_counter_sources;
	     s < __stop_counter_sources && !err; s++)
		err = *s ? source_insert(*s) : 0;
	for (unsigned int n = 0; n < registry.regulators_count; n++) {
		struct regulator_slot *slot = &registry.regulators[n];

		if (slot->regulator->probe(&slot->why) == 0)
			slot->why = NULL;
	}
	return err;
}

static struct counter_slot *source_slot(uint16_t id)
{
	for (unsigned int n = 0; n < registry.sources_count; n++)
		if (registry.sources[n].source->id == id)
			return &registry.sources[n];
	return NULL;
}

static int record_check(const struct weir_record_counter *record,
			const char **why)
{
	/* More than 256 lines per event is a mistake, and could overflow. */
	if (record->read_weight_q8 == 0 || record->read_weight_q8 > 65536 ||
	    record->write_weight_q8 > 65536) {
		*why = "the weights of its counter record are out of range";
		return -EINVAL;
	}
	return 0;
}

const struct counter_slot *registry_configure(
	const struct weir_record_counter *record)
{
	struct counter_slot *slot = source_slot(record->source);

	/* The first record of a source counts. */
	if (!slot || slot->record)
		return slot;
	slot->record = record;
	if (record_check(record, &slot->why) == 0 &&
	    slot->source->probe(record, &slot->caps, &slot->why) == 0)
		slot->why = NULL;
	return slot;
}

const struct regulator_slot *registry_regulator(uint16_t id)
{
	for (unsigned int n = 0; n < registry.regulators_count; n++)
		if (registry.regulators[n].regulator->id == id)
			return &registry.regulators[n];
	return NULL;
}

const struct counter_slot *registry_source(uint16_t id)
{
	return source_slot(id);
}

uint64_t registry_regulators_mask(void)
{
	uint64_t mask = 0;

	for (unsigned int n = 0; n < registry.regulators_count; n++)
		if (!registry.regulators[n].why &&
		    registry.regulators[n].regulator->id < 64)
			mask |= BIT(registry.regulators[n].regulator->id);
	return mask;
}

uint64_t registry_sources_mask(void)
{
	uint64_t mask = 0;

	for (unsigned int n = 0; n < registry.sources_count; n++)
		if (!registry.sources[n].why &&
		    registry.sources[n].source->id < 64)
			mask |= BIT(registry.sources[n].source->id);
	return mask;
}
