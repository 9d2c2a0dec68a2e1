/* SPDX-License-Identifier: GPL-2.0-only */
/* The demo's report: JSON, a table, and a drawing. */
#include "demo.h"
#include "svg.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S	1e9
#define MS_PER_S	1e3
#define US_PER_S	1e6
#define MB		1e6

static json_t *victim_json(const struct demo_victim *victim, int kind)
{
	return json_pack("{s:s, s:I, s:{s:I, s:I, s:I}, s:f}",
			 "kind", demo_kind_names[kind],
			 "jobs", (json_int_t)victim->cycles.count,
			 "cycles",
			 "median", (json_int_t)victim->cycles.median,
			 "p99", (json_int_t)victim->cycles.p99,
			 "max", (json_int_t)victim->cycles.max,
			 "slowdown", victim->slowdown);
}

static json_t *phase_json(const struct demo_phase *phase, int id)
{
	json_t *victims = json_array();

	for (int kind = 0; kind < KINDS; kind++)
		json_array_append_new(victims,
				      victim_json(&phase->victim[kind], kind));
	return json_pack("{s:s, s:o, s:I, s:I}",
			 "name", demo_phase_names[id],
			 "victims", victims,
			 "root_bytes_per_s", (json_int_t)phase->root_bytes_per_s,
			 "root_worst_window_bytes",
			 (json_int_t)phase->root_worst_window_bytes);
}

int demo_write_summary(const struct demo_input *input,
		       const struct demo_result *result, const char *path)
{
	const struct demo_instructions *counted = &input->instructions;
	json_t *phases = json_array(), *root;
	int error;

	for (int id = 0; id < PHASES; id++)
		json_array_append_new(phases, phase_json(&result->phase[id], id));
	root = json_pack("{s:s, s:I, s:I, s:o, s:{s:I, s:I}, s:{s:I, s:I, s:I, s:I}}",
			 "schema", "weir.demo/1",
			 "budget_bytes_per_s", (json_int_t)input->budget_bytes_per_s,
			 "period_ns", (json_int_t)input->period_ns,
			 "phases", phases,
			 "reload",
			 "requested_ns", (json_int_t)input->requested_ns,
			 "effective_ns", (json_int_t)input->effective_ns,
			 "instructions",
			 "tick", (json_int_t)counted->tick,
			 "hypercall", (json_int_t)counted->hypercall,
			 "irq_inject", (json_int_t)counted->irq_inject,
			 "mmio_exit", (json_int_t)counted->mmio_exit);
	if (!root)
		return -ENOMEM;
	error = json_dump_file(root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	json_decref(root);
	return error ? -EIO : 0;
}

static void table_row(struct libscols_table *table, int id,
		      const struct demo_phase *phase, int kind,
		      const struct demo_input *input)
{
	const struct demo_victim *victim = &phase->victim[kind];
	const double us = US_PER_S / (double)input->clock_hz;
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[64];

	scols_line_set_data(line, 0, demo_phase_names[id]);
	scols_line_set_data(line, 1, demo_kind_names[kind]);
	snprintf(text, sizeof(text), "%zu", victim->cycles.count);
	scols_line_set_data(line, 2, text);
	snprintf(text, sizeof(text), "%.1f", (double)victim->cycles.median * us);
	scols_line_set_data(line, 3, text);
	snprintf(text, sizeof(text), "%.1f", (double)victim->cycles.p99 * us);
	scols_line_set_data(line, 4, text);
	snprintf(text, sizeof(text), "%.1f", (double)victim->cycles.max * us);
	scols_line_set_data(line, 5, text);
	snprintf(text, sizeof(text), "%.2fx", victim->slowdown);
	scols_line_set_data(line, 6, text);
	snprintf(text, sizeof(text), "%.1f", (double)phase->root_bytes_per_s / MB);
	scols_line_set_data(line, 7, text);
}

void demo_print_table(const struct demo_input *input,
		      const struct demo_result *result)
{
	static const char *const headings[] = {
		"PHASE", "VICTIM", "JOBS", "MEDIAN[us]", "P99[us]", "MAX[us]",
		"SLOWDOWN", "ROOT[MB/s]",
	};
	struct libscols_table *table = scols_new_table();

	if (!table)
		return;
	for (size_t n = 0; n < sizeof(headings) / sizeof(*headings); n++)
		scols_table_new_column(table, headings[n], 0,
				       n < 2 ? 0 : SCOLS_FL_RIGHT);
	for (int id = 0; id < PHASES; id++)
		for (int kind = 0; kind < KINDS; kind++)
			table_row(table, id, &result->phase[id], kind, input);
	scols_print_table(table);
	scols_unref_table(table);
}

struct plot {
	const struct demo_input *input;
	const struct demo_result *result;
	struct svg_panel jobs, bandwidth;
	double ms_per_cycle;
};

static const char *const kind_colors[KINDS] = { "#1f77b4", "#d62728" };

static double run_end_cycles(const struct victim_run *run)
{
	const struct victim_job *last = &run->jobs[run->jobs_count - 1];

	return (double)last->start_cycles + (double)last->cycles;
}

/* Cycles of a point of the bandwidth curve: a period of the budget. */
static uint64_t plot_cycles(const struct demo_input *input)
{
	uint64_t cycles = (uint64_t)((double)input->period_ns *
				     (double)input->clock_hz / NS_PER_S);

	return cycles > input->observer.window_cycles ?
	       cycles : input->observer.window_cycles;
}

static double plot_mb_per_s(const struct demo_input *input, uint64_t point)
{
	uint64_t cycles = plot_cycles(input), covered;
	uint64_t bytes = observer_sum(&input->observer, input->root_cpus,
				      point * cycles, (point + 1) * cycles,
				      &covered);

	return covered ? (double)bytes * (double)input->clock_hz /
			 (double)covered / MB : 0;
}

static void plot_init(struct plot *plot, const struct demo_input *input,
		      const struct demo_result *result)
{
	double end = 0, longest = 0, fastest = 0;

	plot->input = input;
	plot->result = result;
	plot->ms_per_cycle = MS_PER_S / (double)input->clock_hz;
	for (int id = 0; id < PHASES; id++)
		for (int kind = 0; kind < KINDS; kind++) {
			const struct demo_victim *victim =
				&result->phase[id].victim[kind];

			if (run_end_cycles(victim->run) > end)
				end = run_end_cycles(victim->run);
			if ((double)victim->cycles.max > longest)
				longest = (double)victim->cycles.max;
		}
	for (uint64_t n = 0; (double)(n * plot_cycles(input)) < end; n++)
		if (plot_mb_per_s(input, n) > fastest)
			fastest = plot_mb_per_s(input, n);
	plot->jobs = (struct svg_panel){
		.top = 60, .height = 260, .x_max = end * plot->ms_per_cycle,
		.y_max = longest * plot->ms_per_cycle * 1.15,
	};
	plot->bandwidth = (struct svg_panel){
		.top = 370, .height = 220, .x_max = end * plot->ms_per_cycle,
		.y_max = fastest * 1.15,
	};
}

static void plot_spans(FILE *out, const struct plot *plot)
{
	for (int id = 0; id < PHASES; id++)
		for (int kind = 0; kind < KINDS; kind++) {
			const struct victim_run *run =
				plot->result->phase[id].victim[kind].run;
			char caption[32];

			snprintf(caption, sizeof(caption), "%s, %s",
				 demo_phase_names[id], demo_kind_names[kind]);
			svg_span(out, &plot->jobs,
				 (double)run->jobs[0].start_cycles * plot->ms_per_cycle,
				 run_end_cycles(run) * plot->ms_per_cycle,
				 kind_colors[kind], caption);
		}
}

static void plot_jobs(FILE *out, const struct plot *plot)
{
	for (int id = 0; id < PHASES; id++)
		for (int kind = 0; kind < KINDS; kind++) {
			const struct victim_run *run =
				plot->result->phase[id].victim[kind].run;

			for (size_t n = 0; n < run->jobs_count; n++)
				svg_point(out, &plot->jobs,
					  (double)run->jobs[n].start_cycles *
						  plot->ms_per_cycle,
					  (double)run->jobs[n].cycles *
						  plot->ms_per_cycle,
					  kind_colors[kind]);
		}
}

static void plot_bandwidth(FILE *out, const struct plot *plot)
{
	double ms = (double)plot_cycles(plot->input) * plot->ms_per_cycle;

	svg_line_begin(out, "#2ca02c");
	for (uint64_t n = 0; (double)(n + 1) * ms <= plot->bandwidth.x_max; n++) {
		double rate = plot_mb_per_s(plot->input, n);

		svg_line_to(out, &plot->bandwidth, (double)n * ms, rate);
		svg_line_to(out, &plot->bandwidth, (double)(n + 1) * ms, rate);
	}
	svg_line_end(out);
}

int demo_write_svg(const struct demo_input *input,
		   const struct demo_result *result, const char *path)
{
	double reload_ms = (double)input->effective_ns * MS_PER_S / NS_PER_S;
	FILE *out = fopen(path, "w");
	struct plot plot;
	char label[64];

	if (!out)
		return -errno;
	plot_init(&plot, input, result);
	snprintf(label, sizeof(label), "budget %.0f MB/s",
		 (double)input->budget_bytes_per_s / MB);
	svg_begin(out, 650, "Real-time job beside memory hogs in the root cell");
	svg_frame(out, &plot.jobs, "Victim: time of each job", "ms", NULL);
	plot_spans(out, &plot);
	plot_jobs(out, &plot);
	svg_vertical(out, &plot.jobs, reload_ms, "#9467bd", "reload");
	svg_frame(out, &plot.bandwidth, "Root cell: DDR traffic seen by the observer, by period",
		  "MB/s", "model time (ms)");
	plot_bandwidth(out, &plot);
	svg_horizontal(out, &plot.bandwidth,
		       (double)input->budget_bytes_per_s / MB, "#9467bd", label);
	svg_vertical(out, &plot.bandwidth, reload_ms, "#9467bd", "reload");
	svg_end(out);
	return fclose(out) ? -errno : 0;
}
