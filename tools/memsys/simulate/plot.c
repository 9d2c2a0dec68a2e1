// SPDX-License-Identifier: GPL-2.0-only
/* What cells moved over time, a panel per variant. */
#include "results.h"
#include "tools/report/svg.h"

#define PANEL_TOP	60.0
#define PANEL_HEIGHT	120.0
#define PANEL_STEP	190.0
#define MBYTE		1e6

static const char *const colors[] = {
	"#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b",
	"#e377c2", "#7f7f7f",
};

static const char *color(unsigned int cell)
{
	return colors[cell % (sizeof(colors) / sizeof(colors[0]))];
}

static double run_ms(const struct variant *variant)
{
	return (double)(variant->warm_up_ps + variant->duration_ps) / 1e9;
}

static double peak(const struct variant *variant,
		   const struct variant_result *result)
{
	double most = 1;

	for (unsigned int c = 0; c < variant->cells_count; c++)
		for (unsigned int n = 0; n < RESULTS_PIECES; n++)
			if (result->cells[c].piece_rate[n] / MBYTE > most)
				most = result->cells[c].piece_rate[n] / MBYTE;
	return most;
}

/* Names of the cells in their colors, below the title. */
static void legend(FILE *out, const struct variant *variant)
{
	for (unsigned int c = 0; c < variant->cells_count; c++)
		fprintf(out,
			"<text x=\"%u\" y=\"42\" fill=\"%s\">%s</text>\n",
			80 + 110 * c, color(c), variant->cells[c].name);
}

static void panel_draw(FILE *out, double top, const struct variant *variant,
		       const struct variant_result *result)
{
	struct svg_panel panel = {
		.top = top, .height = PANEL_HEIGHT,
		.x_min = 0, .x_max = run_ms(variant),
		.y_min = 0, .y_max = peak(variant, result),
	};
	double step = panel.x_max / RESULTS_PIECES;

	svg_frame(out, &panel, variant->name, "MB/s", "time, ms");
	for (unsigned int c = 0; c < variant->cells_count; c++) {
		svg_line_begin(out, color(c));
		for (unsigned int n = 0; n < RESULTS_PIECES; n++)
			svg_line_to(out, &panel, (n + 0.5) * step,
				    result->cells[c].piece_rate[n] / MBYTE);
		svg_line_end(out);
	}
	svg_vertical(out, &panel, (double)variant->warm_up_ps / 1e9, "#888888",
		     "measured");
}

void results_plot(FILE *out, const struct results *results)
{
	const struct scenario *scenario = results->scenario;
	unsigned int count = scenario->variants_count;

	svg_begin(out, PANEL_TOP + PANEL_STEP * count, scenario->title);
	legend(out, &scenario->variants[0]);
	for (unsigned int v = 0; v < count; v++)
		panel_draw(out, PANEL_TOP + 10 + PANEL_STEP * v,
			   &scenario->variants[v], &results->variants[v]);
	svg_end(out);
}
