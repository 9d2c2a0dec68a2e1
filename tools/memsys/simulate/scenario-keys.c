// SPDX-License-Identifier: GPL-2.0-only
/* The keys of a scenario and their values. */
#include <stdlib.h>
#include <string.h>

#include "regulators/regulator.h"
#include "scenario-internal.h"
#include "tools/libreg/reg.h"
#include "tools/regctl/units.h"

/* --------------------------------------------------------------- the run's */

static int set_title(struct parser *parser, const char *value)
{
	if (strlen(value) >= SCENARIO_TITLE_BYTES)
		return scenario_refuse(parser, "more than %u characters",
				       SCENARIO_TITLE_BYTES - 1);
	strcpy(parser->scenario->title, value);
	return 0;
}

static int set_machine(struct parser *parser, const char *value)
{
	if (strlen(value) >= sizeof(parser->machine))
		return scenario_refuse(parser, "the name is too long");
	strcpy(parser->machine, value);
	return 0;
}

static int set_baseline(struct parser *parser, const char *value)
{
	if (strlen(value) >= sizeof(parser->baseline))
		return scenario_refuse(parser, "the name is too long");
	strcpy(parser->baseline, value);
	return 0;
}

static int set_seed(struct parser *parser, const char *value)
{
	return scenario_count(parser, value, 0, UINT32_MAX, &parser->variant->seed);
}

static int set_warm_up(struct parser *parser, const char *value)
{
	return scenario_ps(parser, value, &parser->variant->warm_up_ps);
}

static int set_duration(struct parser *parser, const char *value)
{
	return scenario_ps(parser, value, &parser->variant->duration_ps);
}

static int set_detection(struct parser *parser, const char *value)
{
	static const char *const words[] = { "interrupt", "poll", NULL };
	unsigned int word;
	int err = scenario_word(parser, value, words, &word);

	if (!err)
		parser->variant->polled = word == 1;
	return err;
}

static int set_delay(struct parser *parser, const char *value)
{
	return scenario_time(parser, value, &parser->variant->delay_ns);
}

static int set_kick(struct parser *parser, const char *value)
{
	return scenario_time(parser, value, &parser->variant->kick_ns);
}

static int set_handler(struct parser *parser, const char *value)
{
	return scenario_time(parser, value, &parser->variant->handler_ns);
}

/* -------------------------------------------------------------- the cell's */

static int set_cpus(struct parser *parser, const char *value)
{
	struct parse_error error;
	uint64_t cpus;

	if (cpu_list_parse(value, &cpus, &error))
		return scenario_refuse_value(parser, value, &error);
	if (cpus >> ENGINE_MAX_CORES)
		return scenario_refuse(parser, "CPUs are 0 to %u",
				       ENGINE_MAX_CORES - 1);
	for (unsigned int n = 0; n < parser->variant->cells_count; n++) {
		const struct scenario_cell *other = &parser->variant->cells[n];

		if (other != parser->cell && other->cpus & cpus)
			return scenario_refuse(parser,
					       "cell %s has one of these CPUs",
					       other->name);
	}
	parser->cell->cpus = cpus;
	parser->cpus = cpus;
	return 0;
}

/* *rate is as written; lines per period are resolved with the whole scenario. */
static int get_rate(struct parser *parser, const char *value,
		    struct rate *rate, uint64_t *bytes_per_s)
{
	static const struct rate_base none = { 0 };
	struct parse_error error;
	int err = rate_parse(value, rate, &error);

	*bytes_per_s = 0;
	if (!err && rate->kind != RATE_TRANSACTIONS)
		err = rate_resolve(rate, &none, bytes_per_s, &error);
	return err ? scenario_refuse_value(parser, value, &error) : 0;
}

static int set_budget(struct parser *parser, const char *value)
{
	uint64_t bytes_per_s;
	int err = get_rate(parser, value, &parser->cell->budget, &bytes_per_s);

	if (err)
		return err;
	parser->cell->settings.budget_bytes_per_s = bytes_per_s;
	parser->cell->settings.valid |= REG_SET_BUDGET;
	return 0;
}

static int set_write_budget(struct parser *parser, const char *value)
{
	uint64_t bytes_per_s;
	int err = get_rate(parser, value, &parser->cell->write_budget,
			   &bytes_per_s);

	if (err)
		return err;
	parser->cell->settings.write_budget_bytes_per_s = bytes_per_s;
	parser->cell->settings.valid |= REG_SET_WRITE_BUDGET;
	return 0;
}

static int set_period(struct parser *parser, const char *value)
{
	uint64_t period_ns;
	int err = scenario_time(parser, value, &period_ns);

	if (err)
		return err;
	parser->cell->settings.period_ns = period_ns;
	parser->cell->settings.valid |= REG_SET_PERIOD;
	return 0;
}

/* Of the bits in `mask`, word n of `words` sets the n-th of `modes`. */
static int set_mode(struct parser *parser, const char *value,
		    const char *const words[], const uint32_t modes[],
		    uint32_t mask)
{
	unsigned int word;
	int err = scenario_word(parser, value, words, &word);

	if (err)
		return err;
	parser->cell->settings.mode &= ~mask;
	parser->cell->settings.mode |= modes[word];
	parser->cell->settings.valid |= REG_SET_MODE;
	return 0;
}

static int set_shares(struct parser *parser, const char *value)
{
	static const char *const words[] = { "pool", "static", NULL };
	static const uint32_t modes[] = { 0, REG_MODE_PER_CPU };

	return set_mode(parser, value, words, modes, REG_MODE_PER_CPU);
}

static int set_phases(struct parser *parser, const char *value)
{
	static const char *const words[] = { "staggered", "together", NULL };
	static const uint32_t modes[] = { 0, REG_MODE_SYNCHRONOUS };

	return set_mode(parser, value, words, modes, REG_MODE_SYNCHRONOUS);
}

static int set_looks(struct parser *parser, const char *value)
{
	static const char *const words[] = { "sooner", "steady", NULL };
	static const uint32_t modes[] = { 0, REG_MODE_STEADY };

	return set_mode(parser, value, words, modes, REG_MODE_STEADY);
}

static int set_debt(struct parser *parser, const char *value)
{
	static const char *const words[] = { "repaid", "forgotten", NULL };
	static const uint32_t modes[] = { 0, REG_MODE_NO_DEBT };

	return set_mode(parser, value, words, modes, REG_MODE_NO_DEBT);
}

static int set_fault(struct parser *parser, const char *value)
{
	static const char *const words[] = { "none", "relative", "reads-only",
					     "cap-first", NULL };
	static const uint32_t modes[] = { 0, REG_MODE_RELATIVE,
					  REG_MODE_READS_ONLY,
					  REG_MODE_CAP_FIRST };

	return set_mode(parser, value, words, modes, REG_MODE_FAULTS);
}

/* 0.1% to 100%. */
static int get_duty(struct parser *parser, const char *value,
		    uint16_t *permille)
{
	char *end;
	double percent = strtod(value, &end);

	if (*value < '0' || *value > '9' || end == value || strcmp(end, "%") ||
	    percent < 0.1 || percent > 100)
		return scenario_refuse(parser, "'%.40s' is not 0.1%% to 100%%",
				       value);
	*permille = (uint16_t)(percent * 10 + 0.5);
	return 0;
}

static int set_duty(struct parser *parser, const char *value)
{
	uint16_t permille;
	int err = get_duty(parser, value, &permille);

	if (err)
		return err;
	parser->cell->settings.duty_permille = permille;
	parser->cell->settings.valid |= REG_SET_DUTY;
	return 0;
}

static int set_throttle_period(struct parser *parser, const char *value)
{
	uint64_t period_ns;
	int err = scenario_time(parser, value, &period_ns);

	parser->cell->settings.valid |= REG_SET_THROTTLE_PERIOD;
	if (!err)
		parser->cell->settings.throttle_period_ns = period_ns;
	return err;
}

static int set_depth(struct parser *parser, const char *value)
{
	uint64_t bytes;
	int err = scenario_size(parser, value, 1u << 30, &bytes);

	parser->cell->settings.valid |= REG_SET_DEPTH;
	if (!err)
		parser->cell->settings.depth_bytes = bytes;
	return err;
}

static int set_burst_cap(struct parser *parser, const char *value)
{
	struct reg_settings *settings = &parser->cell->settings;
	uint64_t bytes;
	int err = scenario_size(parser, value, 1u << 30, &bytes);

	settings->valid |= REG_SET_BURST;
	if (!settings->burst_window_ns)
		settings->burst_window_ns = REG_BURST_WINDOW_DEFAULT_NS;
	if (!err)
		settings->burst_bytes = bytes;
	return err;
}

static int set_burst_window(struct parser *parser, const char *value)
{
	uint64_t window_ns;
	int err = scenario_time(parser, value, &window_ns);

	if (!err)
		parser->cell->settings.burst_window_ns = window_ns;
	return err;
}

static int set_poll(struct parser *parser, const char *value)
{
	uint64_t poll_ns;
	int err = scenario_time(parser, value, &poll_ns);

	if (!err && poll_ns > REG_POLL_MAX_NS)
		return scenario_refuse(parser, "polls are every 1us to 1ms");
	parser->cell->settings.valid |= REG_SET_POLL;
	if (!err)
		parser->cell->settings.poll_ns = (uint32_t)poll_ns;
	return err;
}

static int set_law(struct parser *parser, const char *value)
{
	static const char *const words[] = { "bucket", "window", NULL };
	unsigned int word;
	int err = scenario_word(parser, value, words, &word);

	parser->cell->settings.valid |= REG_SET_LAW;
	if (!err)
		parser->cell->settings.law = word;
	return err;
}

static int set_class(struct parser *parser, const char *value)
{
	static const char *const words[] = { "best-effort", "guaranteed", NULL };
	unsigned int word;
	int err = scenario_word(parser, value, words, &word);

	if (err)
		return err;
	parser->cell->settings.class_ = word ? REG_CLASS_GUARANTEED :
					       REG_CLASS_BEST_EFFORT;
	parser->cell->settings.valid |= REG_SET_CLASS;
	return 0;
}

static int set_lend(struct parser *parser, const char *value)
{
	static const char *const words[] = { "off", "on", NULL };
	unsigned int word;
	int err = scenario_word(parser, value, words, &word);

	if (err)
		return err;
	parser->cell->settings.flags = word ? REG_FLAG_LEND : 0;
	parser->cell->settings.valid |= REG_SET_FLAGS;
	return 0;
}

static int set_storm(struct parser *parser, const char *value)
{
	return scenario_ps(parser, value, &parser->cell->storm_ps);
}

static int set_storm_lines(struct parser *parser, const char *value)
{
	return scenario_count(parser, value, 0, 10000, &parser->cell->storm_lines);
}

static int set_critical(struct parser *parser, const char *value)
{
	return scenario_ps(parser, value, &parser->cell->critical_ps);
}

static int set_watch(struct parser *parser, const char *value)
{
	uint64_t cpu;
	int err = scenario_count(parser, value, 0, ENGINE_MAX_CORES - 1, &cpu);

	parser->cell->settings.valid |= REG_SET_WATCH;
	if (!err)
		parser->cell->settings.watch_cpu = (uint16_t)(cpu + 1);
	return err;
}

static int set_deadline(struct parser *parser, const char *value)
{
	return scenario_ps(parser, value, &parser->cell->deadline_ps);
}

/* Cells may come later: who it is, is found when all are known. */
static int set_guard(struct parser *parser, const char *value)
{
	if (strlen(value) >= SCENARIO_NAME_BYTES)
		return scenario_refuse(parser, "the name is too long");
	strcpy(parser->cell->guard, value);
	return 0;
}

static int set_guard_duty(struct parser *parser, const char *value)
{
	return get_duty(parser, value, &parser->cell->guard_duty_permille);
}

static int set_guard_budget(struct parser *parser, const char *value)
{
	uint64_t *budget = &parser->cell->guard_budget_bytes_per_s;
	struct rate rate;
	int err = get_rate(parser, value, &rate, budget);

	if (!err && rate.kind == RATE_TRANSACTIONS)
		err = scenario_refuse(parser,
				      "'%.40s': whose period, is not known here",
				      value);
	return err;
}

static int set_calm(struct parser *parser, const char *value)
{
	return scenario_count(parser, value, 0, UINT32_MAX,
			      &parser->cell->calm_jobs);
}

static int set_regulator(struct parser *parser, const char *value)
{
	for (unsigned int n = 0; reg_regulator_known(n) >= 0; n++) {
		unsigned int id = (unsigned int)reg_regulator_known(n);

		if (strcmp(reg_regulator_name(id), value))
			continue;
		parser->cell->settings.regulator = (uint16_t)id;
		parser->cell->settings.valid |= REG_SET_REGULATOR;
		return 0;
	}
	return scenario_refuse(parser, "there is no regulator '%.40s'", value);
}

/* ------------------------------------------------------------------- table */

static const struct key keys[] = {
	{ "title", OF_RUN, set_title },
	{ "machine", OF_RUN, set_machine },
	{ "baseline", OF_RUN, set_baseline },
	{ "seed", OF_RUN, set_seed },
	{ "warm_up", OF_RUN, set_warm_up },
	{ "duration", OF_RUN, set_duration },
	{ "detection", OF_RUN, set_detection },
	{ "delay", OF_RUN, set_delay },
	{ "handler", OF_RUN, set_handler },
	{ "kick", OF_RUN, set_kick },
	{ "cpus", OF_CELL, set_cpus },
	{ "budget", OF_CELL, set_budget },
	{ "write_budget", OF_CELL, set_write_budget },
	{ "period", OF_CELL, set_period },
	{ "shares", OF_CELL, set_shares },
	{ "phases", OF_CELL, set_phases },
	{ "looks", OF_CELL, set_looks },
	{ "debt", OF_CELL, set_debt },
	{ "fault", OF_CELL, set_fault },
	{ "regulator", OF_CELL, set_regulator },
	{ "duty", OF_CELL, set_duty },
	{ "throttle_period", OF_CELL, set_throttle_period },
	{ "depth", OF_CELL, set_depth },
	{ "burst_cap", OF_CELL, set_burst_cap },
	{ "burst_window", OF_CELL, set_burst_window },
	{ "poll", OF_CELL, set_poll },
	{ "law", OF_CELL, set_law },
	{ "class", OF_CELL, set_class },
	{ "lend", OF_CELL, set_lend },
	{ "storm", OF_CELL, set_storm },
	{ "storm_lines", OF_CELL, set_storm_lines },
	{ "critical", OF_CELL, set_critical },
	{ "watch", OF_CELL, set_watch },
	{ "deadline", OF_CELL, set_deadline },
	{ "guard", OF_CELL, set_guard },
	{ "guard_duty", OF_CELL, set_guard_duty },
	{ "guard_budget", OF_CELL, set_guard_budget },
	{ "calm", OF_CELL, set_calm },
};

static int key_set(struct parser *parser, const struct key *key,
		   const char *value)
{
	if (key->scope == OF_RUN && (parser->cell || parser->cpus))
		return scenario_refuse(parser, "%s belongs before the cells",
				       key->name);
	if (key->scope == OF_CELL && !parser->cell)
		return scenario_refuse(parser, "%s belongs to a cell",
				       key->name);
	if (key->scope == OF_LOAD && !parser->cpus)
		return scenario_refuse(parser,
				       "%s belongs to a cell, behind its cpus",
				       key->name);
	return key->set(parser, value);
}

static const struct key *key_find(const char *name)
{
	for (size_t n = 0; n < sizeof(keys) / sizeof(keys[0]); n++)
		if (!strcmp(keys[n].name, name))
			return &keys[n];
	for (size_t n = 0; n < scenario_load_keys_count; n++)
		if (!strcmp(scenario_load_keys[n].name, name))
			return &scenario_load_keys[n];
	return NULL;
}

int scenario_set(struct parser *parser, const char *key, const char *value)
{
	const struct key *found = key_find(key);

	return found ? key_set(parser, found, value) :
		       scenario_refuse(parser, "unknown key '%.40s'", key);
}
