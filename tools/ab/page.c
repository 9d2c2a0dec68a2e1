// SPDX-License-Identifier: GPL-2.0-only
/* A comparison as a page: table, distributions, times in order, traffic. */
#include "summary.h"

#include <math.h>
#include <stdlib.h>

#include "tools/report/chart.h"

#define WIDTH		900.0
#define HEIGHT		330.0
#define US_PER_NS	1e-3

static const char page_style[] =
	":root{--page:#f6f7f9;--ink:#1b1d22;--rule:#cfd4dc}\n"
	"@media screen and (prefers-color-scheme:dark){"
	":root{--page:#0f1115;--ink:#e8eaee;--rule:#353a44}}\n"
	"@media print{:root{--page:#fff;--ink:#000;--rule:#999}"
	"svg,tr{break-inside:avoid}h2,dt{break-after:avoid}}\n"
	"body{background:var(--page);color:var(--ink);font:15px/1.5 sans-serif;"
	"max-width:960px;margin:2em auto;padding:0 1em}\n"
	"table{border-collapse:collapse;width:100%;font-size:.87em}"
	"th,td{padding:4px 6px;border-bottom:1px solid var(--rule);"
	"text-align:right;white-space:nowrap}"
	"thead th{white-space:normal;vertical-align:bottom}"
	"tbody th,th:first-child,td:first-child,.env td{text-align:left}"
	"tbody th{font-weight:normal}"
	".env td{white-space:normal;overflow-wrap:anywhere}"
	".env td:first-child{white-space:nowrap}\n"
	".wide{overflow-x:auto}svg{display:block;width:100%;height:auto;margin:1em 0}"
	"code{font-size:13px;overflow-wrap:anywhere}dt{font-weight:bold}\n"
	/* Last: paper has no scroll bars. */
	"@media print{body{font-size:11px;max-width:none;margin:0;padding:0}"
	"th,td{padding:2px 3px}.wide{overflow:visible}code{font-size:10px}}\n";

static double us(double ns)
{
	return ns * US_PER_NS;
}

/* With a column more where somebody else has measured the same. */
static void reference_cell(const struct scenario *scenario, unsigned int n,
			   FILE *out)
{
	if (!scenario_has_references(scenario))
		return;
	if (scenario->arm[n].reference > 0)
		fprintf(out, "<td>%.3f</td>", scenario->arm[n].reference);
	else
		fputs("<td>-</td>", out);
}

static void arm_row(const struct ab_summary *summary, unsigned int n, FILE *out)
{
	const struct arm_summary *arm = &summary->arm[n];
	const struct description *time = &arm->time_ns;

	fputs("<tr><th scope=\"row\">", out);
	chart_text(out, summary->scenario->arm[n].name);
	fprintf(out, "</th><td>%zu</td><td>%.2f</td><td>%.2f</td><td>%.2f</td>"
		"<td>%.2f</td><td>%.3f</td><td>%.3f to %.3f</td>", time->count,
		us(time->median), us(time->p99), us(time->max), us(time->jitter),
		arm->slowdown, arm->slowdown_95.low, arm->slowdown_95.high);
	if (arm->p_value < 0)
		fputs("<td>-</td>", out);
	else
		fprintf(out, "<td>%.2g</td>", arm->p_value);
	fprintf(out, "<td>%.1f</td>", arm->others_bytes_per_s / 1e6);
	if (arm->others_throughput > 0)
		fprintf(out, "<td>%.1f %%</td>", 100 * arm->others_throughput);
	else
		fputs("<td>-</td>", out);
	fprintf(out, "<td>%.1f %%</td>", 100 * arm->stalled_share);
	reference_cell(summary->scenario, n, out);
	fputs("</tr>\n", out);
}

static void reference_note(const struct scenario *scenario, FILE *out)
{
	if (!scenario_has_references(scenario))
		return;
	fputs("<p>Reference: slowdown told elsewhere", out);
	if (*scenario->reference)
		fputs(": ", out);
	chart_text(out, scenario->reference);
	fputs(".</p>\n", out);
}

static void table(const struct ab_summary *summary, FILE *out)
{
	static const char *const columns[] = {
		"arm", "n", "median (us)", "p99 (us)", "max (us)", "jitter (us)",
		"slowdown", "95 %", "p", "others (MB/s)", "kept", "stalled",
	};

	fputs("<div class=\"wide\"><table><thead><tr>", out);
	for (size_t n = 0; n < sizeof(columns) / sizeof(*columns); n++)
		fprintf(out, "<th scope=\"col\">%s</th>", columns[n]);
	if (scenario_has_references(summary->scenario))
		fputs("<th scope=\"col\">reference</th>", out);
	fputs("</tr></thead><tbody>\n", out);
	for (unsigned int n = 0; n < summary->scenario->arms_count; n++)
		arm_row(summary, n, out);
	fputs("</tbody></table></div>\n<p>Slowdown: medians, against the first "
	      "arm, with a 95 % bootstrap interval. p: Mann-Whitney, of the first "
	      "arm and this one being alike. Others: what all other cells moved; "
	      "kept: against the arm with the same loads and no settings; "
	      "stalled: the share of their CPU time that regulators took.</p>\n",
	      out);
	reference_note(summary->scenario, out);
}

static double slowest_us(const struct ab_summary *summary)
{
	double slowest = 0;

	for (unsigned int n = 0; n < summary->scenario->arms_count; n++)
		slowest = fmax(slowest, us(summary->arm[n].time_ns.max));
	return slowest;
}

static void legend(const struct ab_summary *summary, const struct chart *chart)
{
	for (unsigned int n = 0; n < summary->scenario->arms_count; n++)
		chart_legend(chart, n, summary->scenario->arm[n].name);
}

/* The height of a chart with a legend of all arms. */
static double height_named(const struct ab_summary *summary)
{
	return HEIGHT + 4 * summary->scenario->arms_count;
}

/* Arms and a number of each, in words. */
static void describe(const struct ab_summary *summary, const struct chart *chart,
		     const char *what, double (*number)(const struct arm_summary *))
{
	char text[1024] = "";
	size_t used = 0;

	for (unsigned int n = 0; n < summary->scenario->arms_count &&
	     used < sizeof(text); n++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s %.2f", n ? ", " : "",
					 summary->scenario->arm[n].name,
					 number(&summary->arm[n]));
	chart_describe(chart, "%s: %s.", what, text);
}

static double median_us(const struct arm_summary *arm)
{
	return us(arm->time_ns.median);
}

static double others_mb(const struct arm_summary *arm)
{
	return arm->others_bytes_per_s / 1e6;
}

/* Names of many arms stand in two lines. */
static void arm_word(const struct ab_summary *summary, const struct chart *chart,
		     unsigned int n)
{
	chart_word(chart, n + 0.5, summary->scenario->arms_count > 8 ? n % 2 : 0,
		   summary->scenario->arm[n].name);
}

static void distribution_line(const struct chart *chart,
			      const struct arm_summary *arm, unsigned int colour)
{
	double count = (double)arm->time_ns.count;

	chart_line_begin(chart, colour);
	for (size_t i = 0; i < arm->time_ns.count; i++) {
		chart_line_to(chart, us(arm->times_ns[i]), (double)i / count);
		chart_line_to(chart, us(arm->times_ns[i]),
			      (double)(i + 1) / count);
	}
	chart_line_end(chart);
}

static void distribution(const struct ab_summary *summary, FILE *out)
{
	struct chart chart = { .out = out, .width = WIDTH,
			       .height = height_named(summary),
			       .names = summary->scenario->arms_count,
			       .x_max = 1.02 * slowest_us(summary),
			       .y_max = 1.0 };

	chart_begin(&chart, "Share of iterations that took no longer", false);
	describe(summary, &chart, "Medians in microseconds", median_us);
	chart_axes(&chart, "time of an iteration (us)", "share");
	for (unsigned int n = 0; n < summary->scenario->arms_count; n++)
		distribution_line(&chart, &summary->arm[n], n);
	/* An arm that is as fast covers the first: it shines through. */
	distribution_line(&chart, &summary->arm[0], CHART_COLOURS);
	legend(summary, &chart);
	chart_end(&chart);
}

/* Quartiles as a box, the median as a level, all samples as dots beside it. */
static void box(const struct chart *chart, const struct arm_summary *arm,
		unsigned int n)
{
	const struct description *time = &arm->time_ns;
	double middle = n + 0.5;
	double low = us(samples_rank(arm->times_ns, time->count, 25));
	double high = us(samples_rank(arm->times_ns, time->count, 75));
	double line = 0.004 * chart->y_max;

	if (!time->count)
		return;
	chart_bar(chart, middle - 0.005, middle + 0.005, us(time->min),
		  us(time->max), n);
	chart_bar(chart, middle - 0.15, middle + 0.15, low,
		  high > low + line ? high : low + line, n);
	chart_bar(chart, middle - 0.25, middle + 0.25, us(time->median) - line,
		  us(time->median) + line, n);
	for (size_t i = 0; i < time->count; i++)
		chart_dot(chart, middle + 0.35, us(arm->times_ns[i]), n);
}

static void boxes(const struct ab_summary *summary, FILE *out)
{
	unsigned int arms = summary->scenario->arms_count;
	struct chart chart = { .out = out, .width = WIDTH, .height = HEIGHT,
			       .y_max = 1.05 * slowest_us(summary) };

	chart_begin(&chart, "Quartiles, extremes and all iterations", false);
	describe(summary, &chart, "Medians in microseconds", median_us);
	chart_axes(&chart, "", "us");
	chart.x_max = arms;
	for (unsigned int n = 0; n < arms; n++) {
		box(&chart, &summary->arm[n], n);
		arm_word(summary, &chart, n);
	}
	chart_end(&chart);
}

static void in_order(const struct ab_summary *summary, FILE *out)
{
	const struct ab_results *results = summary->results;
	struct chart chart = { .out = out, .width = WIDTH,
			       .height = height_named(summary),
			       .names = summary->scenario->arms_count,
			       .x_max = (double)results->iterations_count,
			       .y_max = 1.05 * slowest_us(summary) };

	chart_begin(&chart, "Iterations in the order they ran", false);
	chart_describe(&chart, "%zu iterations; the slowest took %.2f us.",
		       results->iterations_count, slowest_us(summary));
	chart_axes(&chart, "iteration", "us");
	for (size_t n = 0; n < results->iterations_count; n++) {
		const struct ab_iteration *iteration = &results->iterations[n];

		chart_dot(&chart, (double)n + 0.5,
			  us((double)iteration->cycles * 1e9 /
			     (double)iteration->clock_hz), iteration->arm);
	}
	legend(summary, &chart);
	chart_end(&chart);
}

static void traffic(const struct ab_summary *summary, FILE *out)
{
	unsigned int arms = summary->scenario->arms_count;
	struct chart chart = { .out = out, .width = WIDTH, .height = HEIGHT };

	for (unsigned int n = 0; n < arms; n++)
		chart.y_max = fmax(chart.y_max,
				   1.1 * fmax(summary->arm[n].others_bytes_per_s,
					      summary->arm[n].victim_bytes_per_s) / 1e6);
	chart_begin(&chart, "Traffic: all other cells, and the victim's (paler)",
		    false);
	describe(summary, &chart, "All other cells in MB/s", others_mb);
	chart_axes(&chart, "", "MB/s");
	chart.x_max = arms;
	for (unsigned int n = 0; n < arms; n++) {
		const struct arm_summary *arm = &summary->arm[n];

		chart_bar(&chart, n + 0.15, n + 0.48, 0, others_mb(arm), n);
		chart_bar_pale(&chart, n + 0.52, n + 0.85, 0,
			       arm->victim_bytes_per_s / 1e6, n);
		arm_word(summary, &chart, n);
	}
	chart_end(&chart);
}

static double run_mb(const struct ab_run *run)
{
	return run->span_ns ? (double)run->others_bytes * 1e3 /
			      (double)run->span_ns : 0;
}

/* A bar for each run, as wide as it was long, and its budget across it. */
static void runs_draw(const struct ab_results *results, const struct chart *chart)
{
	double end_ms = 0;

	for (size_t n = 0; n < results->runs_count; n++) {
		const struct ab_run *run = &results->runs[n];
		double start_ms = end_ms;

		end_ms += (double)run->span_ns / 1e6;
		chart_bar(chart, start_ms, end_ms, 0, run_mb(run), run->arm);
		if (run->budget_bytes_per_s)
			chart_limit(chart, start_ms, end_ms,
				    (double)run->budget_bytes_per_s / 1e6);
	}
}

static void over_time(const struct ab_summary *summary, FILE *out)
{
	const struct ab_results *results = summary->results;
	struct chart chart = { .out = out, .width = WIDTH,
			       .height = height_named(summary),
			       .names = summary->scenario->arms_count };

	for (size_t n = 0; n < results->runs_count; n++) {
		chart.x_max += (double)results->runs[n].span_ns / 1e6;
		chart.y_max = fmax(chart.y_max, 1.1 * run_mb(&results->runs[n]));
	}
	chart_begin(&chart, "Traffic of all other cells run by run, and their "
		    "budgets (dashed)", false);
	chart_describe(&chart, "%zu runs in the order they were made.",
		       results->runs_count);
	chart_axes(&chart, "measured time (ms)", "MB/s");
	runs_draw(results, &chart);
	legend(summary, &chart);
	chart_end(&chart);
}

/* The words of a command, or of a guest behind its cell and image. */
static void program(const struct scenario_program *program, FILE *out)
{
	fputs("<code>", out);
	if (program->in_cell) {
		chart_text(out, program->cell);
		fputs(": ", out);
		chart_text(out, program->image);
		fputs(" ", out);
	}
	chart_text(out, program->words);
	fputs("</code>", out);
}

static void programs_list(const struct scenario *scenario, FILE *out)
{
	fputs("<dl><dt>victim</dt><dd>", out);
	program(&scenario->victim, out);
	fputs("</dd>\n", out);
	for (unsigned int n = 0; n < scenario->loads_count; n++) {
		fprintf(out, "<dt>load %u</dt><dd>", n + 1);
		program(&scenario->load[n], out);
		fputs("</dd>\n", out);
	}
	fprintf(out, "</dl>\n<p>Loads run %.1f ms before the victim begins; of each "
		"run the first %llu iterations do not count.</p>\n",
		(double)scenario->settle_us / 1000,
		(unsigned long long)scenario->warmup);
}

static void arm_loads(const struct scenario *scenario,
		      const struct scenario_arm *arm, FILE *out)
{
	if (arm->loads_first)
		fprintf(out, "load %u alone", arm->loads_first + 1);
	else
		fprintf(out, "%u of %u loads", arm->loads, scenario->loads_count);
}

static void arms_list(const struct ab_summary *summary, FILE *out)
{
	const struct scenario *scenario = summary->scenario;

	fputs("<dl>\n", out);
	for (unsigned int n = 0; n < scenario->arms_count; n++) {
		const struct scenario_arm *arm = &scenario->arm[n];

		fputs("<dt>", out);
		chart_text(out, arm->name);
		fputs(arm->native ? "</dt><dd>without the hypervisor; " :
				    "</dt><dd>", out);
		arm_loads(scenario, arm, out);
		if (arm->has_victim) {
			fputs("; victim ", out);
			program(&arm->victim, out);
		}
		for (unsigned int s = 0; s < arm->sets_count; s++) {
			fputs("; <code>regctl set ", out);
			chart_text(out, arm->set[s]);
			fputs("</code>", out);
		}
		if (summary->arm[n].checksum) {
			fputs("; checksum <code>", out);
			chart_text(out, summary->arm[n].checksum);
			fputs("</code>", out);
		}
		fputs("</dd>\n", out);
	}
	fputs("</dl>\n", out);
}

static void environment_list(const json_t *environment, FILE *out)
{
	const char *key;
	json_t *value;

	fputs("<h2>Environment</h2><table class=\"env\">\n", out);
	json_object_foreach((json_t *)environment, key, value) {
		char *text = json_is_string(value) ? NULL :
			     json_dumps(value, JSON_ENCODE_ANY);

		fputs("<tr><td>", out);
		chart_text(out, key);
		fputs("</td><td>", out);
		chart_text(out, text ? text : json_is_string(value) ?
			   json_string_value(value) : "");
		fputs("</td></tr>\n", out);
		free(text);
	}
	fputs("</table>\n", out);
}

void summary_html(const struct ab_summary *summary, const json_t *environment,
		  FILE *out)
{
	const struct scenario *scenario = summary->scenario;

	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	      "<meta name=\"viewport\" content=\"width=device-width\">"
	      "<meta name=\"color-scheme\" content=\"light dark\"><title>", out);
	chart_text(out, scenario->name);
	fputs("</title>\n<style>\n", out);
	fputs(page_style, out);
	chart_style(out);
	fputs("</style></head><body>\n<h1>", out);
	chart_text(out, scenario->name);
	fprintf(out, "</h1>\n<p>%u arms, %u run%s of each, %s.</p>\n",
		scenario->arms_count, scenario->repetitions,
		scenario->repetitions == 1 ? "" : "s",
		scenario->blocked ? "one arm after the other" : "in turns");
	table(summary, out);
	distribution(summary, out);
	boxes(summary, out);
	in_order(summary, out);
	traffic(summary, out);
	over_time(summary, out);
	fputs("<h2>Victim and loads</h2>\n", out);
	programs_list(scenario, out);
	fputs("<h2>Arms</h2>\n", out);
	arms_list(summary, out);
	environment_list(environment, out);
	fputs("</body></html>\n", out);
}
