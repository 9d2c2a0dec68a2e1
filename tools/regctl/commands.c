// SPDX-License-Identifier: GPL-2.0-only
/* The list of commands, in the order of the help. */
#include "commands.h"

#include <string.h>

const struct command *const commands[] = {
	&command_enable,
	&command_disable,
	&command_cell_create,
	&command_cell_load,
	&command_cell_input,
	&command_cell_start,
	&command_cell_shutdown,
	&command_cell_destroy,
	&command_cell_list,
	&command_cell_stats,
	&command_set,
	&command_unset,
	&command_reset,
	&command_status,
	&command_shares,
	&command_monitor,
	&command_top,
	&command_profile_start,
	&command_profile_stop,
	&command_profile_status,
	&command_profile_run,
	&command_profile_export,
	&command_profile_plan,
	&command_ab_run,
	&command_ab_report,
	&command_ab_compare,
	&command_console,
	&command_regulators,
	&command_traffic,
	&command_colors,
	&command_check,
	&command_hwcheck,
	&command_events,
	&command_simulate,
	&command_completion,
	NULL,
};

/* Whether an earlier command starts with the same word. */
static bool is_known_group(size_t before, const char *name, size_t length)
{
	for (size_t i = 0; i < before; i++)
		if (strncmp(commands[i]->name, name, length + 1) == 0)
			return true;
	return false;
}

const char *command_group(unsigned int n, size_t *length)
{
	for (size_t i = 0; commands[i]; i++) {
		const char *name = commands[i]->name;
		const char *blank = strchr(name, ' ');

		if (!blank)
			continue;
		*length = (size_t)(blank - name);
		if (!is_known_group(i, name, *length) && n-- == 0)
			return name;
	}
	return NULL;
}
