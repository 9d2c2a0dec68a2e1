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
	"svg,tr{break-inside:avoid}}\n"
	"body{background:var(--page);color:var(--ink);font:15px/1.5 sans-serif;"
	"max-width:920px;margin:2em auto;padding:0 1em}\n"
	"table{border-collapse:collapse;width:100%;font-size:13px}"
	"th,td{padding:4px 8px;border-bottom:1px solid var(--rule);"
	"text-align:right;white-space:nowrap}"
	"th:first-child,td:first-child,.env td{text-align:left}"
	".env td{white-space:normal;overflow-wrap:anywhere}"
	".env td:first-child{white-space:nowrap}\n"
	".wide{overflow-x:auto}svg{width:100%;height:auto;margin:1em 0}"
	"code{font-size:13px}dt{font-weight:bold}\n";

static double us(double ns)
{
	return ns * US_PER_NS;
}

static void arm_row(const struct ab_summary *summary, unsigned int n, FILE *out)
{
	const struct arm_summary *arm = &summary->arm[n];
	const struct description *time = &arm->time_ns;

	fputs("<tr><td>", out);
	chart_text(out, summary->scenario->arm[n].name);
	fprintf(out, "</td><td>%zu</td><td>%.2f</td><td>%.2f</td><td>%.2f</td>"
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
	fprintf(out, "<td>%.1f %%</td></tr>\n", 100 * arm->stalled_share);
}

static void table(const struct ab_summary *summary, FILE *out)
{
	fputs("<div class=\"wide\"><table><tr><th>arm</th><th>n</th>"
	      "<th>median (us)</th><th>p99</th><th>max</th><th>jitter</th>"
	      "<th>slowdown</th><th>95 %</th><th>p</th><th>others (MB/s)</th>"
	      "<th>kept</th><th>stalled</th></tr>\n", out);
	for (unsigned int n = 0; n < summary->scenario->arms_count; n++)
		arm_row(summary, n, out);
	fputs("</table></div>\n<p>Slowdown: medians, against the first arm, with "
	      "a 95 % bootstrap interval. p: Mann-Whitney, of the first arm and "
	      "this one being alike. Others: what all other cells moved; kept: "
	      "against the arm with the same loads and no settings; stalled: "
	      "the share of their CPU time that regulators took.</p>\n", out);
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

static void distribution(const struct ab_summary *summary, FILE *out)
{
	struct chart chart = { .out = out, .width = WIDTH, .height = HEIGHT,
			       .x_max = 1.02 * slowest_us(summary),
			       .y_max = 1.0 };

	chart_begin(&chart, "Share of iterations that took no longer", false);
	chart_axes(&chart, "time of an iteration (us)", "share");
	for (unsigned int n = 0; n < summary->scenario->arms_count; n++) {
		const struct arm_summary *arm = &summary->arm[n];
		double count = (double)arm->time_ns.count;

		chart_line_begin(&chart, n);
		for (size_t i = 0; i < arm->time_ns.count; i++) {
			chart_line_to(&chart, us(arm->times_ns[i]),
				      (double)i / count);
			chart_line_to(&chart, us(arm->times_ns[i]),
				      (double)(i + 1) / count);
		}
		chart_line_end(&chart);
	}
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
	double line = 0.002 * chart->y_max;

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
	chart_axes(&chart, "", "us");
	chart.x_max = arms;
	for (unsigned int n = 0; n < arms; n++) {
		box(&chart, &summary->arm[n], n);
		chart_word(&chart, n + 0.5, summary->scenario->arm[n].name);
	}
	chart_end(&chart);
}

static void in_order(const struct ab_summary *summary, FILE *out)
{
	const struct ab_results *results = summary->results;
	struct chart chart = { .out = out, .width = WIDTH, .height = HEIGHT,
			       .x_max = (double)results->iterations_count,
			       .y_max = 1.05 * slowest_us(summary) };

	chart_begin(&chart, "Iterations in the order they ran", false);
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
	chart_begin(&chart, "Traffic: all other cells (left), the victim's (right)",
		    false);
	chart_axes(&chart, "", "MB/s");
	chart.x_max = arms;
	for (unsigned int n = 0; n < arms; n++) {
		const struct arm_summary *arm = &summary->arm[n];

		chart_bar(&chart, n + 0.15, n + 0.48, 0,
			  arm->others_bytes_per_s / 1e6, n);
		chart_bar(&chart, n + 0.52, n + 0.85, 0,
			  arm->victim_bytes_per_s / 1e6, n);
		chart_word(&chart, n + 0.5, summary->scenario->arm[n].name);
	}
	chart_end(&chart);
}

static void arms_list(const struct scenario *scenario, FILE *out)
{
	fputs("<dl>\n", out);
	for (unsigned int n = 0; n < scenario->arms_count; n++) {
		const struct scenario_arm *arm = &scenario->arm[n];

		fputs("<dt>", out);
		chart_text(out, arm->name);
		fprintf(out, "</dt><dd>%u of %u loads", arm->loads,
			scenario->loads_count);
		for (unsigned int s = 0; s < arm->sets_count; s++) {
			fputs("; <code>regctl set ", out);
			chart_text(out, arm->set[s]);
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
	fprintf(out, "</h1>\n<p>%u arms, %u runs of each, %s.</p>\n",
		scenario->arms_count, scenario->repetitions,
		scenario->blocked ? "one arm after the other" : "in turns");
	table(summary, out);
	distribution(summary, out);
	boxes(summary, out);
	in_order(summary, out);
	traffic(summary, out);
	fputs("<h2>Arms</h2>\n", out);
	arms_list(scenario, out);
	environment_list(environment, out);
	fputs("</body></html>\n", out);
}
