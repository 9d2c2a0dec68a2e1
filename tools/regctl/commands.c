// SPDX-License-Identifier: GPL-2.0-only
/* The list of commands, in the order of the help. */
#include "commands.h"

const struct command *const commands[] = {
	&command_enable,
	&command_disable,
	&command_cell_create,
	&command_cell_load,
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
	&command_console,
	&command_regulators,
	&command_colors,
	&command_check,
	&command_simulate,
	&command_completion,
	NULL,
};
