// SPDX-License-Identifier: GPL-2.0-only
/* Settings of what goes with a budget: throttle, burst cap, bucket, polls. */
#include "beside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "shares.h"

static int duty_option(struct reg_settings *settings, const char *value,
		       struct parse_error *error)
{
	uint32_t permille;
	int ret = permille_parse(value, &permille, error);

	if (ret)
		return ret;
	settings->duty_permille = (uint16_t)permille;
	settings->valid |= REG_SET_DUTY;
	return 0;
}

static int throttle_period_option(struct reg_settings *settings,
				  const char *value, struct parse_error *error)
{
	uint64_t period_ns;
	int ret = time_parse(value, &period_ns, error);

	if (ret)
		return ret;
	if (period_ns < REG_THROTTLE_PERIOD_MIN_NS ||
	    period_ns > REG_THROTTLE_PERIOD_MAX_NS)
		return parse_refuse(error, 0, "must be from 100us to 1s");
	settings->throttle_period_ns = period_ns;
	settings->valid |= REG_SET_THROTTLE_PERIOD;
	return 0;
}

static int cpus_option(struct reg_settings *settings, const char *value,
		       struct parse_error *error)
{
	uint64_t cpus = 0;
	int ret = strcmp(value, "all") ? cpu_list_parse(value, &cpus, error) : 0;

	if (ret)
		return ret;
	settings->throttle_cpus = cpus;
	settings->valid |= REG_SET_THROTTLE_CPUS;
	return 0;
}

static int depth_option(struct reg_settings *settings, const char *value,
			struct parse_error *error)
{
	uint64_t bytes = 0;
	int ret = 0;

	if (strcmp(value, "default") != 0) {
		ret = size_parse(value, &bytes, error);
		if (!ret && bytes == 0)
			ret = parse_refuse(error, 0, "must be above 0");
	}
	if (ret)
		return ret;
	settings->depth_bytes = bytes;
	settings->valid |= REG_SET_DEPTH;
	return 0;
}

int burst_parse(const char *text, uint64_t *bytes, uint64_t *window_ns,
		struct parse_error *error)
{
	const char *slash = strchr(text, '/');
	struct parse_error inner;
	uint64_t size, time_ns;
	char left[64];

	if (!slash || (size_t)(slash - text) >= sizeof(left))
		return parse_refuse(error, 1,
				    "write a size and a time, as 16KiB/20us");
	snprintf(left, sizeof(left), "%.*s", (int)(slash - text), text);
	if (size_parse(left, &size, error))
		return -EINVAL;
	if (time_parse(slash + 1, &time_ns, &inner))
		return parse_refuse(error, (unsigned int)(slash - text) + 2,
				    "%s", inner.text);
	if (size == 0)
		return parse_refuse(error, 1, "must be above 0");
	if (time_ns < REG_BURST_WINDOW_MIN_NS ||
	    time_ns > REG_BURST_WINDOW_MAX_NS)
		return parse_refuse(error, (unsigned int)(slash - text) + 2,
				    "must be from 10us to 10ms");
	*bytes = size;
	*window_ns = time_ns;
	return 0;
}

static int burst_option(struct reg_settings *settings, const char *value,
			struct parse_error *error)
{
	uint64_t bytes, window_ns;
	int ret = burst_parse(value, &bytes, &window_ns, error);

	if (ret)
		return ret;
	settings->burst_bytes = bytes;
	settings->burst_window_ns = window_ns;
	settings->valid |= REG_SET_BURST;
	return 0;
}

static int poll_option(struct reg_settings *settings, const char *value,
		       struct parse_error *error)
{
	uint64_t poll_ns = 0;
	int ret = strcmp(value, "default") ?
		  time_parse(value, &poll_ns, error) : 0;

	if (ret)
		return ret;
	if (strcmp(value, "default") && (poll_ns < REG_POLL_MIN_NS ||
					 poll_ns > REG_POLL_MAX_NS))
		return parse_refuse(error, 0, "must be from 1us to 1ms");
	settings->poll_ns = (uint32_t)poll_ns;
	settings->valid |= REG_SET_POLL;
	return 0;
}

static int law_option(struct reg_settings *settings, const char *value,
		      struct parse_error *error)
{
	int law = reg_law_by_name(value);

	if (law < 0)
		return parse_refuse(error, 0,
				    "unknown; there are bucket and window");
	settings->law = (uint16_t)law;
	settings->valid |= REG_SET_LAW;
	return 0;
}

/* One CPU, or none. */
static int watch_option(struct reg_settings *settings, const char *value,
			struct parse_error *error)
{
	uint64_t cpus = 0;
	int ret = strcmp(value, "none") ? cpu_list_parse(value, &cpus, error) : 0;

	if (ret)
		return ret;
	if (cpus & (cpus - 1))
		return parse_refuse(error, 0, "must be one CPU, or none");
	settings->watch_cpu = (uint16_t)__builtin_ffsll((long long)cpus);
	settings->valid |= REG_SET_WATCH;
	return 0;
}

int beside_option(struct reg_settings *settings, int key, const char *value,
		  struct parse_error *error)
{
	switch (key) {
	case BESIDE_KEY_DUTY:
		return duty_option(settings, value, error);
	case BESIDE_KEY_THROTTLE_PERIOD:
		return throttle_period_option(settings, value, error);
	case BESIDE_KEY_CPUS:
		return cpus_option(settings, value, error);
	case BESIDE_KEY_DEPTH:
		return depth_option(settings, value, error);
	case BESIDE_KEY_BURST:
		return burst_option(settings, value, error);
	case BESIDE_KEY_POLL:
		return poll_option(settings, value, error);
	case BESIDE_KEY_LAW:
		return law_option(settings, value, error);
	case BESIDE_KEY_WATCH:
		return watch_option(settings, value, error);
	default:
		return -ENOENT;
	}
}

int beside_unset_option(struct reg_settings *settings, int key)
{
	switch (key) {
	case BESIDE_KEY_DUTY:
		settings->valid |= REG_SET_DUTY | REG_SET_THROTTLE_PERIOD |
				   REG_SET_THROTTLE_CPUS;
		return 0;
	case BESIDE_KEY_DEPTH:
		settings->valid |= REG_SET_DEPTH;
		return 0;
	case BESIDE_KEY_BURST:
		settings->valid |= REG_SET_BURST;
		return 0;
	case BESIDE_KEY_POLL:
		settings->valid |= REG_SET_POLL;
		return 0;
	case BESIDE_KEY_LAW:
		settings->valid |= REG_SET_LAW;
		return 0;
	case BESIDE_KEY_WATCH:
		settings->valid |= REG_SET_WATCH;
		return 0;
	default:
		return -ENOENT;
	}
}

void beside_defaults(struct reg_settings *settings)
{
	settings->duty_permille = REG_DUTY_FULL;
	settings->throttle_period_ns = REG_THROTTLE_PERIOD_DEFAULT_NS;
	settings->throttle_cpus = 0;
	settings->depth_bytes = 0;
	settings->burst_bytes = REG_BURST_NONE;
	settings->burst_window_ns = REG_BURST_WINDOW_DEFAULT_NS;
	settings->poll_ns = 0;
	settings->law = REG_LAW_BUCKET;
	settings->watch_cpu = 0;
}

/* Adds words, with a comma before all but the first ones. */
static void words_add(char text[HOLDERS_BYTES], const char *name,
		      const char *cpus)
{
	text_add(text, HOLDERS_BYTES, "%s%s%s%s", text[0] ? ", " : "", name,
		 cpus[0] ? " " : "", cpus);
}

void holders_format(char text[HOLDERS_BYTES], const struct reg_status *status,
		    const char *const names[REG_HOLDERS])
{
	text[0] = '\0';
	for (unsigned int by = 1; by <= REG_HOLDERS; by++) {
		char list[QUANTITY_BYTES];
		uint64_t cpus = 0;

		for (uint32_t n = 0; n < status->num_cpus; n++)
			if (status->cpu[n].held_by == by &&
			    status->cpu[n].cpu < 64)
				cpus |= 1ull << status->cpu[n].cpu;
		cpu_list_format(list, cpus);
		if (cpus)
			words_add(text, names && names[by - 1] ?
						names[by - 1] :
						reg_holder_name(by), list);
	}
}

void holders_of_cpu(char text[HOLDERS_BYTES], const struct reg_cpu_stats *cpu)
{
	text[0] = '\0';
	for (unsigned int by = 1; by <= REG_HOLDERS; by++)
		if (cpu->holders & REG_HOLDER_BIT(by))
			words_add(text, reg_holder_name(by), "");
}
