// SPDX-License-Identifier: GPL-2.0-only
/* What cells hold of each other, by requests (abi/control.h). */
#include "controls.h"

#include <stdio.h>

const struct column controls_columns[CONTROLS_COUNT] = {
	[CONTROLS_CELL] = { "CELL", "cell", NULL, 0, 0 },
	[CONTROLS_BY] = { "ASKED BY", "by", NULL, 0, 0 },
	[CONTROLS_BY_ID] = { "ID", "by_id", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },
	[CONTROLS_HELD] = { "HELD", "held", NULL, 0, 0 },
	[CONTROLS_DUTY] = { "DUTY", "duty_permille", NULL, COLUMN_RIGHT, 0 },
	[CONTROLS_BUDGET] = { "BUDGET", "budget_bytes_per_s", "B/s",
			      COLUMN_RIGHT, 0 },
	[CONTROLS_SINCE] = { "SINCE", "since_ns", "ns",
			     COLUMN_RIGHT | COLUMN_DATA, 0 },
	[CONTROLS_FOR] = { "FOR", "held_for_ns", "ns", COLUMN_RIGHT, 0 },
	[CONTROLS_BEFORE] = { "BEFORE", "held_before_ns", "ns", COLUMN_RIGHT, 0 },
	[CONTROLS_REQUESTS] = { "REQUESTS", "requests", NULL, COLUMN_RIGHT, 0 },
	[CONTROLS_LAPSES] = { "LAPSES", "lapses", NULL, COLUMN_RIGHT, 0 },
};

/* All cells, read once for as many names as are asked for. */
struct names {
	struct reg_cell_info cells[REG_CELLS_MAX];
	int count;
};

static void names_read(const struct app *app, struct names *names)
{
	names->count = reg_cells_names(app->device, names->cells);
}

/* By what people call it; a cell that is not found has its number. */
static void name_of(const struct names *names, uint32_t id, char name[64])
{
	snprintf(name, 64, "%u", id);
	for (int n = 0; n < names->count; n++)
		if (names->cells[n].id == id)
			snprintf(name, 64, "%.63s", names->cells[n].name);
}

static void held_fill(struct value *row, const struct control_hold *hold,
		      uint64_t now_ns)
{
	if (hold->what & CONTROL_DUTY)
		value_number(&row[CONTROLS_DUTY], VALUE_SHARE,
			     hold->duty_permille);
	else
		value_missing(&row[CONTROLS_DUTY], "none is asked for");
	if (hold->what & CONTROL_BUDGET)
		value_number(&row[CONTROLS_BUDGET], VALUE_RATE,
			     hold->budget_bytes_per_s);
	else
		value_missing(&row[CONTROLS_BUDGET], "none is asked for");
	if (hold->what) {
		value_number(&row[CONTROLS_SINCE], VALUE_TIME, hold->since_ns);
		value_number(&row[CONTROLS_FOR], VALUE_TIME,
			     now_ns - hold->since_ns);
	} else {
		value_missing(&row[CONTROLS_SINCE], "it holds nothing now");
		value_missing(&row[CONTROLS_FOR], "it holds nothing now");
	}
}

void controls_fill(const struct app *app, struct table *table, const char *cell,
		   const struct reg_status *status)
{
	struct names names;

	names_read(app, &names);
	for (uint32_t n = 0; n < status->num_holds; n++) {
		const struct control_hold *hold = &status->hold[n];
		struct value *row = table_row(table);
		char name[64];

		name_of(&names, hold->cell_id, name);
		value_text(&row[CONTROLS_CELL], "%s", cell);
		value_text(&row[CONTROLS_BY], "%s", name);
		value_number(&row[CONTROLS_BY_ID], VALUE_COUNT, hold->cell_id);
		value_bool(&row[CONTROLS_HELD], hold->what != 0);
		held_fill(row, hold, status->now_ns);
		value_number(&row[CONTROLS_BEFORE], VALUE_TIME, hold->held_ns);
		value_number(&row[CONTROLS_REQUESTS], VALUE_COUNT,
			     hold->requests);
		value_number(&row[CONTROLS_LAPSES], VALUE_COUNT, hold->lapses);
	}
}

void controls_format(const struct app *app, char text[CONTROLS_BYTES],
		     const struct reg_status *status)
{
	static const char *const words[] = {
		[CONTROL_DUTY] = "duty", [CONTROL_BUDGET] = "budget",
		[CONTROL_KNOWN] = "duty, budget",
	};
	struct names names;

	text[0] = '\0';
	names_read(app, &names);
	for (uint32_t n = 0; n < status->num_holds; n++) {
		uint16_t what = status->hold[n].what & CONTROL_KNOWN;
		char name[64];

		if (!what)
			continue;
		name_of(&names, status->hold[n].cell_id, name);
		text_add(text, CONTROLS_BYTES, "%s%s (%s)",
			 text[0] ? ", " : "", name, words[what]);
	}
}

static bool tighter(const struct control_hold *a, const struct control_hold *b,
		    uint16_t what)
{
	return what == CONTROL_DUTY ?
		       a->duty_permille < b->duty_permille :
		       a->budget_bytes_per_s < b->budget_bytes_per_s;
}

/* The tightest of what is asked for; NULL: nothing is. */
static const struct control_hold *tightest(const struct reg_status *status,
					   uint16_t what)
{
	const struct control_hold *found = NULL;

	for (uint32_t n = 0; n < status->num_holds; n++) {
		const struct control_hold *hold = &status->hold[n];

		if ((hold->what & what) &&
		    (!found || tighter(hold, found, what)))
			found = hold;
	}
	return found;
}

void controls_blame(const struct app *app, char text[CONTROLS_BYTES],
		    const struct reg_status *status, enum reg_holder by)
{
	uint16_t what = by == REG_HELD_THROTTLE ? CONTROL_DUTY :
			by == REG_HELD_BUDGET ? CONTROL_BUDGET : 0;
	const struct control_hold mine = {
		.duty_permille = status->requested.duty_permille,
		.budget_bytes_per_s = status->requested.budget_bytes_per_s,
	};
	const struct control_hold *hold = tightest(status, what);
	struct names names;
	char name[64];

	text[0] = '\0';
	/* As tight as the root's own is as good as not asked for. */
	if (!hold || !tighter(hold, &mine, what))
		return;
	names_read(app, &names);
	name_of(&names, hold->cell_id, name);
	snprintf(text, CONTROLS_BYTES, "%s for %s", reg_holder_name(by), name);
}
