// SPDX-License-Identifier: GPL-2.0-only
/* What makes a scenario whole: its machine, and loads that fit it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coloring/coloring.h"
#include "scenario-internal.h"

/* tools/memsys/machines/zcu102.conf, built in. */
extern const char default_machine_text[], default_machine_end[];

int scenario_path(struct parser *parser, const char *name, char path[PATH_MAX])
{
	int length = *name == '/' ?
		snprintf(path, PATH_MAX, "%s", name) :
		snprintf(path, PATH_MAX, "%s/%s", parser->scenario->directory,
			 name);

	return length < PATH_MAX ? 0 :
	       scenario_refuse(parser, "the path is too long");
}

static int machine_load(struct parser *parser)
{
	struct memsys_config *machine = &parser->scenario->machine;
	struct memsys_config_error error;
	char path[PATH_MAX];
	int err;

	if (!*parser->machine || !strcmp(parser->machine, "zcu102")) {
		err = memsys_config_parse(default_machine_text,
					  (size_t)(default_machine_end -
						   default_machine_text),
					  machine, &error);
	} else {
		if (scenario_path(parser, parser->machine, path))
			return -EINVAL;
		err = memsys_config_load(path, machine, &error);
	}
	if (err)
		return scenario_refuse(parser, "machine %.60s, line %u: %s",
				       parser->machine, error.line,
				       error.reason);
	if (!memsys_config_has_banks(machine))
		return scenario_refuse(parser, "machine %s says nothing of banks",
				       machine->machine);
	return 0;
}

/* They exist, and the memory on them stays below that of the next CPU. */
static int set_check(struct parser *parser, const struct load *load,
		     const struct color_set *set)
{
	struct color_geometry geometry;
	struct colored memory = {
		.geometry = &geometry, .set = *set,
		.size = page_round_up(load->size_bytes),
	};
	struct reason reason;

	if (!color_set_count(set))
		return 0;
	if (engine_colors(&parser->scenario->machine, &geometry, &reason))
		return scenario_refuse(parser, "no colors: %s", reason.text);
	if (color_set_beyond(set, &geometry) < COLORS_MAX)
		return scenario_refuse(parser, "there are %u colors, from 0",
				       color_count(&geometry));
	if (color_span(&memory) > LOAD_SPAN_BYTES)
		return scenario_refuse(parser,
				       "size on these colors spans %llu MiB, at most %llu",
				       (unsigned long long)color_span(&memory) >> 20,
				       LOAD_SPAN_BYTES >> 20);
	return 0;
}

static int colors_check(struct parser *parser, const struct load *load)
{
	int err;

	if (!color_set_count(&load->colors) && !load->recolor_ps)
		return 0;
	if (load->bank != LOAD_ANY_BANK || load->kind == LOAD_TRACE)
		return scenario_refuse(parser,
				       "neither a bank nor a trace has colors");
	err = set_check(parser, load, &load->colors);
	return err ? err : set_check(parser, load, &load->recolors);
}

/* Fills in what the machine tells. */
static int load_check(struct parser *parser, struct load *load)
{
	const struct memsys_config *machine = &parser->scenario->machine;

	if (!load->stride_bytes)
		load->stride_bytes = machine->line_bytes;
	if (!load->mlp)
		load->mlp = (uint32_t)machine->core_lines;
	if (load->mlp > machine->core_lines)
		return scenario_refuse(parser, "mlp is more than the %llu of a core",
				       (unsigned long long)machine->core_lines);
	if (load->stride_bytes % machine->line_bytes ||
	    load->size_bytes < load->stride_bytes)
		return scenario_refuse(parser,
				       "stride is a multiple of a line, and at most the size");
	if (load->bank != LOAD_ANY_BANK && load->bank >= machine->ddr_banks)
		return scenario_refuse(parser, "there is no bank %u", load->bank);
	if (load->way_mask && machine->llc_ways < 64 &&
	    load->way_mask >> machine->llc_ways)
		return scenario_refuse(parser, "the cache has %llu ways",
				       (unsigned long long)machine->llc_ways);
	if (load->compute_ps && !load->burst_accesses)
		return scenario_refuse(parser, "compute needs a burst");
	if (load->kind == LOAD_TRACE && (!load->trace ||
					 machine->line_bytes != 64))
		return scenario_refuse(parser,
				       "a trace needs a file and lines of 64 bytes");
	return colors_check(parser, load);
}

/* Jobs are bursts of all CPUs of the cell; who is guarded against is there. */
static int guard_check(struct parser *parser, const struct variant *variant,
		       struct scenario_cell *cell)
{
	if (!cell->deadline_ps)
		return *cell->guard ?
			scenario_refuse(parser, "cell %s: guard needs a deadline",
					cell->name) : 0;
	for (unsigned int n = 0; n < ENGINE_MAX_CORES; n++)
		if (cell->cpus >> n & 1 && !variant->loads[n].compute_ps)
			return scenario_refuse(parser,
					       "cell %s: a deadline needs compute and burst",
					       cell->name);
	if (!*cell->guard)
		return 0;
	if (!cell->guard_duty_permille && !cell->guard_budget_bytes_per_s)
		return scenario_refuse(parser,
				       "cell %s: guard needs guard_duty or guard_budget",
				       cell->name);
	for (unsigned int n = 0; n < variant->cells_count; n++) {
		if (strcmp(variant->cells[n].name, cell->guard))
			continue;
		cell->guard_cell = n;
		return 0;
	}
	return scenario_refuse(parser, "guard: there is no cell '%s'",
			       cell->guard);
}

/* *bytes_per_s, if that is of lines per period, now that both are known. */
static int budget_resolve(struct parser *parser, const struct rate *rate,
			  uint64_t period_ns, uint64_t *bytes_per_s)
{
	struct rate_base base = {
		.line_bytes = parser->scenario->machine.line_bytes,
		.period_ns = period_ns,
	};
	struct parse_error error;

	if (rate->kind == RATE_TRANSACTIONS &&
	    rate_resolve(rate, &base, bytes_per_s, &error))
		return scenario_refuse(parser, "%s", error.text);
	return 0;
}

static int budgets_resolve(struct parser *parser, struct scenario_cell *cell)
{
	struct reg_settings *settings = &cell->settings;
	uint64_t period_ns = settings->valid & REG_SET_PERIOD ?
		settings->period_ns : REG_PERIOD_DEFAULT_NS;
	uint64_t total = settings->budget_bytes_per_s;
	uint64_t writes = settings->write_budget_bytes_per_s;
	int err = budget_resolve(parser, &cell->budget, period_ns, &total);

	if (!err)
		err = budget_resolve(parser, &cell->write_budget, period_ns,
				     &writes);
	settings->budget_bytes_per_s = total;
	settings->write_budget_bytes_per_s = writes;
	return err;
}

static int variant_check(struct parser *parser, struct variant *variant)
{
	unsigned int cores = variant_cores(variant);
	int err = 0;

	if (!cores)
		return scenario_refuse(parser, "no cell has a CPU");
	for (unsigned int n = 0; n < variant->cells_count; n++)
		if (!variant->cells[n].cpus)
			return scenario_refuse(parser, "cell %s has no cpus",
					       variant->cells[n].name);
	if (!variant->duration_ps)
		return scenario_refuse(parser, "a duration of 0");
	if (variant->polled && !variant->delay_ns)
		return scenario_refuse(parser, "polls need a delay above 0");
	for (unsigned int n = 0; n < cores && !err; n++)
		err = load_check(parser, &variant->loads[n]);
	for (unsigned int n = 0; n < variant->cells_count && !err; n++)
		if (variant->cells[n].settings.watch_cpu > cores)
			err = scenario_refuse(parser,
					      "cell %s: watch is one of CPUs 0 to %u",
					      variant->cells[n].name, cores - 1);
	for (unsigned int n = 0; n < variant->cells_count && !err; n++)
		err = budgets_resolve(parser, &variant->cells[n]);
	for (unsigned int n = 0; n < variant->cells_count && !err; n++)
		err = guard_check(parser, variant, &variant->cells[n]);
	return err;
}

static int baseline_find(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;

	if (!*parser->baseline)
		return 0;
	for (unsigned int n = 0; n < scenario->variants_count; n++) {
		if (strcmp(scenario->variants[n].name, parser->baseline))
			continue;
		scenario->baseline = n;
		return 0;
	}
	return scenario_refuse(parser, "baseline: there is no variant '%s'",
			       parser->baseline);
}

int scenario_complete(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;
	char where[SCENARIO_NAME_BYTES + 128];
	int err;

	parser->line = 0;
	if (!scenario->variants_count)
		scenario->variants[scenario->variants_count++] = parser->base;
	err = machine_load(parser);
	if (!err)
		err = baseline_find(parser);
	for (unsigned int n = 0; n < scenario->variants_count && !err; n++) {
		err = variant_check(parser, &scenario->variants[n]);
		if (!err)
			continue;
		snprintf(where, sizeof(where), "variant %s: %.90s",
			 scenario->variants[n].name, parser->error->text);
		strcpy(parser->error->text, where);
	}
	return err;
}
