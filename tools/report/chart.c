/* SPDX-License-Identifier: GPL-2.0-only */
/* Charts as SVG. */
#include "chart.h"

#include <math.h>
#include <stdarg.h>

#define LEFT	78.0
#define RIGHT	16.0
#define TOP	58.0
#define BOTTOM	48.0
#define TICKS	6
#define LEGEND_STEP	150.0
#define LEGEND_ROW	18.0
#define LEGEND_COLUMNS	5u
#define WORD_LINE	13.0

static double span_x(const struct chart *chart)
{
	return chart->width - LEFT - RIGHT;
}

/* Of the frame, below the legend. */
static double top(const struct chart *chart)
{
	unsigned int rows = chart->names > LEGEND_COLUMNS ?
			    (chart->names - 1) / LEGEND_COLUMNS : 0;

	return TOP + rows * LEGEND_ROW;
}

static double span_y(const struct chart *chart)
{
	return chart->height - top(chart) - BOTTOM;
}

static double limit(double share)
{
	return share < 0 ? 0 : share > 1 ? 1 : share;
}

static double place_x(const struct chart *chart, double x)
{
	double low = chart->x_min, high = chart->x_max;

	if (chart->x_log) {
		x = x > low ? log10(x) : log10(low);
		low = log10(low);
		high = log10(high);
	}
	return LEFT + (high > low ? limit((x - low) / (high - low)) : 0) *
	       span_x(chart);
}

static double place_y(const struct chart *chart, double y)
{
	double range = chart->y_max - chart->y_min;
	double share = range > 0 ? (y - chart->y_min) / range : 0;

	return top(chart) + (1 - limit(share)) * span_y(chart);
}

/* Eight colours that differ in lightness too; then the same on dark ground. */
static const char *const light[] = { "#1f77b4", "#d95f02", "#2a9d5c", "#b8336a",
				     "#7a5cc0", "#8c6d31", "#139aa8", "#707a8a" };
static const char *const dark[] = { "#5aa9e6", "#ff9f4a", "#63d297", "#f07aa8",
				    "#b39ddb", "#d9b96e", "#5fd0dc", "#aab3c2" };

static void style_colours(FILE *out, const char *ground, const char *ink,
			  const char *dim, const char *grid,
			  const char *const colours[CHART_COLOURS])
{
	fprintf(out, ".chart .bg{fill:%s}.chart text{fill:%s}"
		".chart text.dim{fill:%s}.chart .grid{stroke:%s}"
		".chart .frame,.chart .level{stroke:%s}\n", ground, ink, dim,
		grid, dim);
	for (unsigned int n = 0; n < CHART_COLOURS; n++)
		fprintf(out, ".chart polyline.s%u{stroke:%s}"
			".chart .fill.s%u{fill:%s}\n", n, colours[n], n,
			colours[n]);
}

/* Without variables, which not every SVG viewer knows. */
void chart_style(FILE *out)
{
	fputs(".chart{font:12px sans-serif}"
	      ".chart .frame,.chart polyline{fill:none}"
	      ".chart .level{stroke-dasharray:6 3}"
	      ".chart polyline{stroke-width:1.5}"
	      ".chart polyline.again{stroke-dasharray:5 2}"
	      ".chart .fill.again{fill-opacity:.55}"
	      ".chart .fill.pale{fill-opacity:.4}\n", out);
	style_colours(out, "#fff", "#1b1d22", "#5d626c", "#dfe2e7", light);
	fputs("@media screen and (prefers-color-scheme:dark){\n", out);
	style_colours(out, "#16181d", "#e8eaee", "#a0a6b2", "#353a44", dark);
	fputs("}\n", out);
}

void chart_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		default: putc(*text, out);
		}
	}
}

void chart_begin(const struct chart *chart, const char *title, bool alone)
{
	FILE *out = chart->out;

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" "
		"viewBox=\"0 0 %.0f %.0f\" ", chart->width, chart->height);
	if (alone)
		fprintf(out, "width=\"%.0f\" height=\"%.0f\" ", chart->width,
			chart->height);
	fputs("role=\"img\">\n<title>", out);
	chart_text(out, title);
	fputs("</title>\n", out);
	if (alone) {
		fputs("<style>\n", out);
		chart_style(out);
		fputs("</style>\n", out);
	}
	fprintf(out, "<rect class=\"bg\" width=\"100%%\" height=\"100%%\"/>\n"
		"<text x=\"%.0f\" y=\"20\" font-size=\"14\" font-weight=\"bold\">",
		LEFT);
	chart_text(out, title);
	fputs("</text>\n", out);
}

void chart_end(const struct chart *chart)
{
	fputs("</svg>\n", chart->out);
}

/* The smallest of 1, 2 or 5 times a power of ten that gives few steps. */
static double tick_step(double range)
{
	static const double factors[] = { 1, 2, 5 };

	for (double power = 1e-12; power < 1e18; power *= 10)
		for (int n = 0; n < 3; n++)
			if (range <= factors[n] * power * TICKS)
				return factors[n] * power;
	return range;
}

static void tick_x(const struct chart *chart, double value)
{
	double x = place_x(chart, value);

	fprintf(chart->out,
		"<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
		"<text class=\"dim\" x=\"%.1f\" y=\"%.1f\" "
		"text-anchor=\"middle\">%.6g</text>\n", x, x, top(chart),
		chart->height - BOTTOM, x, chart->height - BOTTOM + 16, value);
}

static void ticks_x(const struct chart *chart)
{
	double step = tick_step(chart->x_max - chart->x_min);

	if (chart->x_log) {
		double power = pow(10, ceil(log10(chart->x_min) - 1e-9));

		for (; power <= chart->x_max * (1 + 1e-9); power *= 10)
			tick_x(chart, power);
		return;
	}
	for (double value = ceil(chart->x_min / step) * step;
	     value <= chart->x_max + step * 1e-6; value += step)
		tick_x(chart, fabs(value) < step * 1e-6 ? 0 : value);
}

static void ticks_y(const struct chart *chart)
{
	double step = tick_step(chart->y_max - chart->y_min);

	for (double value = ceil(chart->y_min / step) * step;
	     value <= chart->y_max + step * 1e-6; value += step) {
		double y = place_y(chart, value);

		fprintf(chart->out,
			"<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
			"<text class=\"dim\" x=\"%.1f\" y=\"%.1f\" "
			"text-anchor=\"end\">%.6g</text>\n", LEFT,
			chart->width - RIGHT, y, y, LEFT - 6, y + 4,
			fabs(value) < step * 1e-6 ? 0 : value);
	}
}

void chart_axes(const struct chart *chart, const char *x_label,
		const char *y_label)
{
	FILE *out = chart->out;

	ticks_y(chart);
	if (chart->x_max > chart->x_min)
		ticks_x(chart);
	fprintf(out, "<rect class=\"frame\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%.1f\"/>\n", LEFT, top(chart), span_x(chart), span_y(chart));
	fprintf(out, "<text class=\"dim\" x=\"%.1f\" y=\"%.1f\" "
		"text-anchor=\"middle\">", LEFT + span_x(chart) / 2,
		chart->height - 10);
	chart_text(out, x_label);
	fprintf(out, "</text>\n<text class=\"dim\" text-anchor=\"middle\" "
		"transform=\"translate(16 %.1f) rotate(-90)\">",
		top(chart) + span_y(chart) / 2);
	chart_text(out, y_label);
	fputs("</text>\n", out);
}

/* What a colour that comes again is called besides. */
static const char *again(unsigned int colour)
{
	return colour < CHART_COLOURS ? "" : " again";
}

void chart_describe(const struct chart *chart, const char *format, ...)
{
	char text[2048];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fputs("<desc>", chart->out);
	chart_text(chart->out, text);
	fputs("</desc>\n", chart->out);
}

void chart_line_begin(const struct chart *chart, unsigned int colour)
{
	fprintf(chart->out, "<polyline class=\"s%u%s\" points=\"",
		colour % CHART_COLOURS, again(colour));
}

void chart_line_to(const struct chart *chart, double x, double y)
{
	fprintf(chart->out, "%.1f,%.1f ", place_x(chart, x), place_y(chart, y));
}

void chart_line_end(const struct chart *chart)
{
	fputs("\"/>\n", chart->out);
}

static void bar(const struct chart *chart, double x_from, double x_to,
		double y_from, double y_to, unsigned int colour,
		const char *classes)
{
	double left = place_x(chart, x_from), right = place_x(chart, x_to);
	double high = place_y(chart, y_to), low = place_y(chart, y_from);

	fprintf(chart->out, "<rect class=\"fill s%u%s\" x=\"%.1f\" y=\"%.1f\" "
		"width=\"%.1f\" height=\"%.1f\"/>\n", colour % CHART_COLOURS,
		classes, left, high, right - left, low - high);
}

void chart_bar(const struct chart *chart, double x_from, double x_to,
	       double y_from, double y_to, unsigned int colour)
{
	bar(chart, x_from, x_to, y_from, y_to, colour, again(colour));
}

void chart_bar_pale(const struct chart *chart, double x_from, double x_to,
		    double y_from, double y_to, unsigned int colour)
{
	bar(chart, x_from, x_to, y_from, y_to, colour, " pale");
}

void chart_dot(const struct chart *chart, double x, double y,
	       unsigned int colour)
{
	fprintf(chart->out, "<circle class=\"fill s%u%s\" cx=\"%.1f\" "
		"cy=\"%.1f\" r=\"2\"/>\n", colour % CHART_COLOURS,
		again(colour), place_x(chart, x), place_y(chart, y));
}

void chart_level(const struct chart *chart, double y, const char *label)
{
	double level = place_y(chart, y);

	fprintf(chart->out,
		"<line class=\"level\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
		"<text class=\"dim\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">",
		LEFT, chart->width - RIGHT, level, level,
		chart->width - RIGHT - 4, level - 4);
	chart_text(chart->out, label);
	fputs("</text>\n", chart->out);
}

void chart_limit(const struct chart *chart, double x_from, double x_to, double y)
{
	fprintf(chart->out, "<line class=\"level\" x1=\"%.1f\" x2=\"%.1f\" "
		"y1=\"%.1f\" y2=\"%.1f\"/>\n", place_x(chart, x_from),
		place_x(chart, x_to), place_y(chart, y), place_y(chart, y));
}

void chart_legend(const struct chart *chart, unsigned int entry,
		  const char *name)
{
	double left = LEFT + entry % LEGEND_COLUMNS * LEGEND_STEP;
	double row = entry / LEGEND_COLUMNS * LEGEND_ROW;

	fprintf(chart->out, "<rect class=\"fill s%u%s\" x=\"%.1f\" y=\"%.1f\" "
		"width=\"14\" height=\"10\"/><text x=\"%.1f\" y=\"%.1f\">",
		entry % CHART_COLOURS, again(entry), left, 32 + row, left + 20,
		42 + row);
	chart_text(chart->out, name);
	fputs("</text>\n", chart->out);
}

void chart_word(const struct chart *chart, double x, unsigned int line,
		const char *text)
{
	fprintf(chart->out, "<text x=\"%.1f\" y=\"%.1f\" "
		"text-anchor=\"middle\">", place_x(chart, x),
		chart->height - BOTTOM + 16 + line * WORD_LINE);
	chart_text(chart->out, text);
	fputs("</text>\n", chart->out);
}
