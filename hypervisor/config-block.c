/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: the Weir block behind the standard arrays. */
#include "config-internal.h"
#include "hv/errno.h"
#include "hv/string.h"

#define HEARTBEAT_MIN_NS	1000u
#define HEARTBEAT_MAX_NS	1000000u
#define MSG_TIMEOUT_MAX_NS	3600000000000ull	/* an hour */
#define LAST_PPI		31
#define CACHE_MAX_WAYS		32
#define CACHE_MAX_CLASSES	128
#define IMC_CLIENT_BYTES	0x8000u	/* of MCHBAR */

#define ULL(x)			((unsigned long long)(x))

static int check_memsys(const struct config_subject *subject,
			const struct weir_record *record, unsigned int n)
{
	const struct weir_record_memsys *memsys = (const void *)record;

	if (memsys->page_address == 0 ||
	    (memsys->page_address & ~PAGE_MASK) ||
	    !range_fits(memsys->page_address, PAGE_BYTES))
		return refuse(subject->reason, -EINVAL,
			      "record %u: memory-system page at 0x%llx is not a page",
			      n, ULL(memsys->page_address));
	if (memsys->heartbeat_ns < HEARTBEAT_MIN_NS ||
	    memsys->heartbeat_ns > HEARTBEAT_MAX_NS)
		return refuse(subject->reason, -EINVAL,
			      "record %u: heartbeat of %u ns, allowed are %u to %u",
			      n, memsys->heartbeat_ns, HEARTBEAT_MIN_NS,
			      HEARTBEAT_MAX_NS);
	if (memsys->heartbeat_min_ns == 0 ||
	    memsys->heartbeat_min_ns > memsys->heartbeat_ns)
		return refuse(subject->reason, -EINVAL,
			      "record %u: shortest heartbeat of %u ns, allowed are 1 to %u",
			      n, memsys->heartbeat_min_ns,
			      memsys->heartbeat_ns);
	return 0;
}

static int check_counter(const struct config_subject *subject,
			 const struct weir_record *record, unsigned int n)
{
	const struct weir_record_counter *counter = (const void *)record;

	if (counter->source == COUNTER_DEFAULT ||
	    (counter->source > COUNTER_INTEL_IMC &&
	     counter->source != COUNTER_FAKE))
		return refuse(subject->reason, -EINVAL,
			      "record %u: counter source %u is not known", n,
			      counter->source);
	if (counter->overflow_irq &&
	    (counter->overflow_irq < 16 || counter->overflow_irq > LAST_PPI))
		return refuse(subject->reason, -EINVAL,
			      "record %u: overflow interrupt %u, allowed are 0 and 16 to %u",
			      n, counter->overflow_irq, LAST_PPI);
	if (counter->read_weight_q8 == 0)
		return refuse(subject->reason, -EINVAL,
			      "record %u: an event that weighs nothing counts nothing",
			      n);
	if (strnlen(counter->event_name, sizeof(counter->event_name)) ==
	    sizeof(counter->event_name))
		return refuse(subject->reason, -EINVAL,
			      "record %u: event name is not terminated within %zu bytes",
			      n, sizeof(counter->event_name));
	return 0;
}

static int check_policy(const struct config_subject *subject,
			const struct weir_record *record, unsigned int n)
{
	const struct weir_record_policy *policy = (const void *)record;
	/* Records lie anywhere. */
	const struct reg_settings copy = policy->settings;
	const struct reg_settings *settings = &copy;
	uint32_t valid = settings->valid;

	if ((valid & ~REG_SET_KNOWN) || (settings->mode & ~REG_MODE_KNOWN) ||
	    (settings->flags & ~REG_FLAGS_KNOWN) ||
	    (settings->class_ & ~REG_CLASS_KNOWN) || settings->reserved[0] ||
	    settings->reserved[1] || settings->reserved[2])
		return refuse(subject->reason, -EINVAL,
			      "record %u: policy with unknown bits (valid 0x%x, mode 0x%x)",
			      n, valid, settings->mode);
	if ((valid & REG_SET_PERIOD) &&
	    (settings->period_ns < REG_PERIOD_MIN_NS ||
	     settings->period_ns > REG_PERIOD_MAX_NS))
		return refuse(subject->reason, -EINVAL,
			      "record %u: period of %llu ns, allowed are %llu to %llu",
			      n, ULL(settings->period_ns),
			      ULL(REG_PERIOD_MIN_NS), ULL(REG_PERIOD_MAX_NS));
	if (((valid & REG_SET_BUDGET) && settings->budget_bytes_per_s == 0) ||
	    ((valid & REG_SET_WRITE_BUDGET) &&
	     settings->write_budget_bytes_per_s == 0))
		return refuse(subject->reason, -EINVAL,
			      "record %u: a budget of 0 bytes/s would stop the cell",
			      n);
	if ((valid & REG_SET_DUTY) &&
	    (settings->duty_permille == 0 ||
	     settings->duty_permille > REG_DUTY_FULL))
		return refuse(subject->reason, -EINVAL,
			      "record %u: duty of %u permille, allowed are 1 to %u",
			      n, settings->duty_permille, REG_DUTY_FULL);
	if ((valid & REG_SET_POLL) && settings->poll_ns != 0 &&
	    (settings->poll_ns < REG_POLL_MIN_NS ||
	     settings->poll_ns > REG_POLL_MAX_NS))
		return refuse(subject->reason, -EINVAL,
			      "record %u: polls every %u ns, allowed are %u to %u",
			      n, settings->poll_ns, REG_POLL_MIN_NS,
			      REG_POLL_MAX_NS);
	if ((valid & REG_SET_REGULATOR) && settings->regulator > REGULATOR_QOS)
		return refuse(subject->reason, -EINVAL,
			      "record %u: regulator %u is not known", n,
			      settings->regulator);
	return 0;
}

static int check_options(const struct config_subject *subject,
			 const struct weir_record *record, unsigned int n)
{
	const struct weir_record_options *options = (const void *)record;

	if (options->permissions & ~WEIR_PERMIT_REGULATE)
		return refuse(subject->reason, -EINVAL,
			      "record %u: permissions 0x%x are not known", n,
			      options->permissions);
	if (options->options & ~WEIR_OPTION_NO_SCRUB)
		return refuse(subject->reason, -EINVAL,
			      "record %u: options 0x%x are not known", n,
			      options->options);
	if (options->msg_timeout_ns > MSG_TIMEOUT_MAX_NS)
		return refuse(subject->reason, -EINVAL,
			      "record %u: message timeout of %llu ns, at most %llu",
			      n, ULL(options->msg_timeout_ns),
			      ULL(MSG_TIMEOUT_MAX_NS));
	return 0;
}

static int check_coloring(const struct config_subject *subject,
			  const struct weir_record *record, unsigned int n)
{
	const struct weir_record_coloring *coloring = (const void *)record;
	bool none = coloring->flags & COLORING_NO_LLC;
	bool any = coloring->llc_sets || coloring->llc_ways ||
		   coloring->llc_line_bytes;
	bool all = coloring->llc_sets && coloring->llc_ways &&
		   coloring->llc_line_bytes;
	struct color_geometry geometry;

	if (coloring->flags & ~COLORING_NO_LLC)
		return refuse(subject->reason, -EINVAL,
			      "record %u: flags 0x%x of the colors are not known",
			      n, coloring->flags);
	if (any && (none || !all))
		return refuse(subject->reason, -EINVAL,
			      "record %u: a cache of %u sets, %u ways, %u-byte lines: all three or none",
			      n, coloring->llc_sets, coloring->llc_ways,
			      coloring->llc_line_bytes);
	return config_geometry_of(coloring, &geometry, subject->reason) ==
			       -EINVAL ? -EINVAL : 0;
}

static int check_colors(const struct config_subject *subject,
			const struct weir_record *record, unsigned int n)
{
	const struct weir_record_colors *colors = (const void *)record;
	bool listed = colors->list[0] || colors->list[1];
	uint32_t most = colors->how == COLORS_SHARE ? 1000 : COLORS_MAX;

	if (subject->is_root)
		return refuse(subject->reason, -EINVAL,
			      "record %u: the root cell takes no colors", n);
	if (colors->how < COLORS_LIST || colors->how > COLORS_SHARE)
		return refuse(subject->reason, -EINVAL,
			      "record %u: colors chosen in way %u, known are 1 to 3",
			      n, colors->how);
	if (colors->how == COLORS_LIST ? !listed : !colors->amount)
		return refuse(subject->reason, -EINVAL,
			      "record %u: a cell with zero colors has no memory",
			      n);
	if (colors->how == COLORS_LIST ? colors->amount : listed)
		return refuse(subject->reason, -EINVAL,
			      "record %u: a list of colors and an amount as well",
			      n);
	if (colors->amount > most)
		return refuse(subject->reason, -EINVAL,
			      "record %u: an amount of %u, at most %u", n,
			      colors->amount, most);
	return 0;
}

static int check_root_colors(const struct config_subject *subject,
			     const struct weir_record *record, unsigned int n)
{
	const struct weir_record_root_colors *colors = (const void *)record;

	if (colors->span_bytes == 0 || (colors->span_bytes & ~PAGE_MASK) ||
	    (colors->window_address & ~PAGE_MASK) ||
	    !range_fits(colors->window_address, colors->span_bytes))
		return refuse(subject->reason, -EINVAL,
			      "record %u: a span of 0x%llx bytes, seen at 0x%llx, is not of whole pages",
			      n, ULL(colors->span_bytes),
			      ULL(colors->window_address));
	return 0;
}

static int check_cache(const struct config_subject *subject,
		       const struct weir_record *record, unsigned int n)
{
	const struct weir_record_cache *cache = (const void *)record;

	if (cache->level < 2 || cache->level > 3)
		return refuse(subject->reason, -EINVAL,
			      "record %u: cache level %u, allowed are 2 and 3",
			      n, cache->level);
	if (cache->ways > CACHE_MAX_WAYS ||
	    cache->ways_min > (cache->ways ? cache->ways : CACHE_MAX_WAYS))
		return refuse(subject->reason, -EINVAL,
			      "record %u: %u ways, at least %u in a mask; at most %u are possible",
			      n, cache->ways, cache->ways_min, CACHE_MAX_WAYS);
	if ((cache->ways == 0) != (cache->classes == 0) ||
	    cache->classes > CACHE_MAX_CLASSES)
		return refuse(subject->reason, -EINVAL,
			      "record %u: %u ways in %u classes of service, at most %u",
			      n, cache->ways, cache->classes,
			      CACHE_MAX_CLASSES);
	if ((cache->flags & ~(WEIR_CACHE_SPLIT | WEIR_CACHE_SPARSE)) ||
	    cache->reserved)
		return refuse(subject->reason, -EINVAL,
			      "record %u: cache flags 0x%x are not known", n,
			      cache->flags);
	return 0;
}

static int check_bandwidth(const struct config_subject *subject,
			   const struct weir_record *record, unsigned int n)
{
	const struct weir_record_bandwidth *bandwidth = (const void *)record;

	if (bandwidth->sustainable_bytes_per_s == 0 ||
	    bandwidth->sustainable_bytes_per_s == REG_BUDGET_UNLIMITED)
		return refuse(subject->reason, -EINVAL,
			      "record %u: a sustainable bandwidth of %llu bytes/s is none",
			      n, ULL(bandwidth->sustainable_bytes_per_s));
	if (bandwidth->sustainable_write_bytes_per_s >
	    bandwidth->sustainable_bytes_per_s)
		return refuse(subject->reason, -EINVAL,
			      "record %u: of %llu bytes/s no %llu can be writes",
			      n, ULL(bandwidth->sustainable_bytes_per_s),
			      ULL(bandwidth->sustainable_write_bytes_per_s));
	return 0;
}

static bool is_controlled_twice(const struct config_subject *subject,
				const struct weir_record_control *control)
{
	const void *other;

	for (unsigned int i = 0; i < WEIR_BLOCK_MAX_RECORDS; i++) {
		other = config_record(&subject->view, WEIR_RECORD_CONTROL, i);
		if (!other || other == control)
			break;
		if (((const struct weir_record_control *)other)->cell_id ==
		    control->cell_id)
			return true;
	}
	return false;
}

/* So far and no further, and never so far that the root cell stands still. */
static int check_floors(const struct config_subject *subject,
			const struct weir_record_control *control,
			unsigned int n)
{
	bool root = control->cell_id == 0;
	uint16_t duty_min = root ? CONTROL_ROOT_DUTY_MIN_PERMILLE : 1;
	uint64_t budget_min = root ? CONTROL_ROOT_BUDGET_MIN_BYTES_PER_S : 1;

	if (control->what & CONTROL_DUTY ?
		    control->duty_min_permille < duty_min ||
			    control->duty_min_permille > REG_DUTY_FULL :
		    control->duty_min_permille != 0)
		return refuse(subject->reason, -EINVAL,
			      "record %u: duty of cell %u down to %u permille, allowed are %u to %u, or 0 where none may be asked",
			      n, control->cell_id, control->duty_min_permille,
			      duty_min, REG_DUTY_FULL);
	if (control->what & CONTROL_BUDGET ?
		    control->budget_min_bytes_per_s < budget_min :
		    control->budget_min_bytes_per_s != 0)
		return refuse(subject->reason, -EINVAL,
			      "record %u: budget of cell %u down to %llu bytes/s, allowed are %llu and more, or 0 where none may be asked",
			      n, control->cell_id,
			      ULL(control->budget_min_bytes_per_s),
			      ULL(budget_min));
	return 0;
}

static int check_control(const struct config_subject *subject,
			 const struct weir_record *record, unsigned int n)
{
	const struct weir_record_control *control = (const void *)record;

	if (subject->is_root)
		return refuse(subject->reason, -EINVAL,
			      "record %u: the root cell sets limits, it needs no permission to ask",
			      n);
	if (control->what == 0 || (control->what & ~CONTROL_KNOWN))
		return refuse(subject->reason, -EINVAL,
			      "record %u: permission to ask for 0x%x, allowed are 1 to %u",
			      n, control->what, CONTROL_KNOWN);
	if (control->cell_id == subject->view.desc->id)
		return refuse(subject->reason, -EINVAL,
			      "record %u: cell %u is given control over itself",
			      n, control->cell_id);
	if (is_controlled_twice(subject, control))
		return refuse(subject->reason, -EINVAL,
			      "record %u: a second permission for cell %u", n,
			      control->cell_id);
	return check_floors(subject, control, n);
}

static bool is_listed_twice(const struct weir_record_imc *imc, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (imc->channel_bdf[i] == imc->channel_bdf[n])
			return true;
	return false;
}

static int check_channels(const struct config_subject *subject,
			  const struct weir_record_imc *imc, unsigned int n)
{
	if (imc->channels_count == 0 ||
	    imc->channels_count > IMC_CHANNELS_MAX || imc->address)
		return refuse(subject->reason, -EINVAL,
			      "record %u: %u memory channels, allowed are 1 to %u, and no address",
			      n, imc->channels_count, IMC_CHANNELS_MAX);
	for (unsigned int i = 0; i < imc->channels_count; i++)
		if (imc->channel_bdf[i] == 0 || is_listed_twice(imc, i))
			return refuse(subject->reason, -EINVAL,
				      "record %u: memory channel %u: PCI function 0x%x is the host bridge or listed before",
				      n, i, imc->channel_bdf[i]);
	return 0;
}

static int check_imc(const struct config_subject *subject,
		     const struct weir_record *record, unsigned int n)
{
	const struct weir_record_imc *imc = (const void *)record;

	if (subject->arch != CONFIG_ARCH_X86)
		return refuse(subject->reason, -EINVAL,
			      "record %u: memory controllers of this kind are x86's",
			      n);
	if (imc->kind == IMC_SERVER)
		return check_channels(subject, imc, n);
	if (imc->kind != IMC_CLIENT)
		return refuse(subject->reason, -EINVAL,
			      "record %u: memory controller of kind %u, known are %u and %u",
			      n, imc->kind, IMC_CLIENT, IMC_SERVER);
	if (imc->channels_count || imc->address == 0 ||
	    (imc->address & (IMC_CLIENT_BYTES - 1)) ||
	    !range_fits(imc->address, IMC_CLIENT_BYTES))
		return refuse(subject->reason, -EINVAL,
			      "record %u: MCHBAR at 0x%llx is no multiple of 0x%x, or channels are named",
			      n, ULL(imc->address), IMC_CLIENT_BYTES);
	return 0;
}

static int check_own_colors(const struct config_subject *subject,
			    const struct weir_record *record, unsigned int n)
{
	const struct weir_record_own_colors *own = (const void *)record;
	uint64_t any = 0;

	for (unsigned int i = 0; i < COLORING_WORDS; i++)
		any |= own->list[i];
	if (!any)
		return refuse(subject->reason, -EINVAL,
			      "record %u: the hypervisor is given no color", n);
	return 0;
}

/* What names regions is looked at when all of it is known. */
static int check_nothing(const struct config_subject *subject,
			 const struct weir_record *record, unsigned int n)
{
	(void)subject;
	(void)record;
	(void)n;
	return 0;
}

static const struct record_rule {
	size_t size;
	bool system_only;
	bool single;
	int (*check)(const struct config_subject *subject,
		     const struct weir_record *record, unsigned int n);
} record_rules[] = {
	[WEIR_RECORD_MEMSYS] = { sizeof(struct weir_record_memsys), true, true,
				 check_memsys },
	[WEIR_RECORD_COUNTER] = { sizeof(struct weir_record_counter), true,
				  false, check_counter },
	[WEIR_RECORD_POLICY] = { sizeof(struct weir_record_policy), false, true,
				 check_policy },
	[WEIR_RECORD_OPTIONS] = { sizeof(struct weir_record_options), false,
				  true, check_options },
	[WEIR_RECORD_COLORING] = { sizeof(struct weir_record_coloring), true,
				   true, check_coloring },
	[WEIR_RECORD_COLORS] = { sizeof(struct weir_record_colors), false, true,
				 check_colors },
	[WEIR_RECORD_CACHE] = { sizeof(struct weir_record_cache), true, false,
				check_cache },
	[WEIR_RECORD_IOMMU] = { sizeof(struct weir_record_iommu), true, false,
				config_check_iommu },
	[WEIR_RECORD_BANDWIDTH] = { sizeof(struct weir_record_bandwidth), true,
				    true, check_bandwidth },
	[WEIR_RECORD_CONTROL] = { sizeof(struct weir_record_control), false,
				  false, check_control },
	[WEIR_RECORD_ROOT_COLORS] = { sizeof(struct weir_record_root_colors),
				      true, true, check_root_colors },
	[WEIR_RECORD_OWN_COLORS] = { sizeof(struct weir_record_own_colors),
				     true, true, check_own_colors },
	[WEIR_RECORD_SHARED_COLORS] = { sizeof(struct weir_record_shared_colors),
					false, false, check_nothing },
	[WEIR_RECORD_IMC] = { sizeof(struct weir_record_imc), true, true,
			      check_imc },
	[WEIR_RECORD_CRITICAL] = { sizeof(struct weir_record_critical), false,
				   true, config_check_critical },
};

static const struct record_rule *record_rule(uint16_t type)
{
	if (type >= ARRAY_COUNT(record_rules) || !record_rules[type].check)
		return NULL;
	return &record_rules[type];
}

static int check_record(const struct config_subject *subject,
			const struct weir_record *record, unsigned int n,
			uint32_t *seen)
{
	const struct record_rule *rule = record_rule(record->type);

	if (record->flags & ~WEIR_RECORD_OPTIONAL)
		return refuse(subject->reason, -EINVAL,
			      "record %u: flags 0x%x are not known", n,
			      record->flags);
	if (!rule && (record->flags & WEIR_RECORD_OPTIONAL))
		return 0;
	if (!rule)
		return refuse(subject->reason, -EINVAL,
			      "record %u: type %u is not known and not optional",
			      n, record->type);
	if (record->size != rule->size)
		return refuse(subject->reason, -EINVAL,
			      "record %u: %u bytes, type %u takes %zu", n,
			      record->size, record->type, rule->size);
	if (rule->system_only && !subject->is_root)
		return refuse(subject->reason, -EINVAL,
			      "record %u: type %u belongs in a system configuration",
			      n, record->type);
	if (rule->single && (*seen & BIT(record->type)))
		return refuse(subject->reason, -EINVAL,
			      "record %u: a second one of type %u", n,
			      record->type);
	*seen |= 1u << record->type;
	return rule->check(subject, record, n);
}

static int check_records(const struct config_subject *subject,
			 const struct weir_block *block)
{
	const uint8_t *at = (const uint8_t *)(block + 1);
	size_t left = block->size - sizeof(*block);
	uint32_t seen = 0;

	for (unsigned int i = 0; i < block->num_records; i++) {
		const struct weir_record *record = (const void *)at;
		int error;

		if (left < sizeof(*record) || record->size < sizeof(*record) ||
		    record->size % 8 || record->size > left)
			return refuse(subject->reason, -EINVAL,
				      "record %u: its size does not fit the %zu bytes left",
				      i, left);
		error = check_record(subject, record, i, &seen);
		if (error)
			return error;
		at += record->size;
		left -= record->size;
	}
	if (left)
		return refuse(subject->reason, -EINVAL,
			      "%zu bytes follow the last of %u records", left,
			      block->num_records);
	return 0;
}

int config_check_block(const struct config_subject *subject, size_t size)
{
	const struct weir_block *block = subject->view.weir;

	if (size < sizeof(*block) ||
	    memcmp(block->signature, WEIR_BLOCK_SIGNATURE,
		   sizeof(block->signature)))
		return refuse(subject->reason, -EINVAL,
			      "%zu bytes behind the last array are no %s block",
			      size, WEIR_BLOCK_SIGNATURE);
	if (block->revision != WEIR_BLOCK_REVISION)
		return refuse(subject->reason, -EINVAL,
			      "Weir block has revision %u, %u is needed",
			      block->revision, WEIR_BLOCK_REVISION);
	if (block->size != size)
		return refuse(subject->reason, -EINVAL,
			      "Weir block says %u bytes, %zu are there",
			      block->size, size);
	if (block->num_records > WEIR_BLOCK_MAX_RECORDS)
		return refuse(subject->reason, -EINVAL,
			      "Weir block has %u records, at most %u are allowed",
			      block->num_records, WEIR_BLOCK_MAX_RECORDS);
	return check_records(subject, block);
}
