/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands, each defined in the file that runs it. */
#ifndef REGCTL_COMMANDS_H
#define REGCTL_COMMANDS_H

#include "app.h"

extern const struct command command_enable;
extern const struct command command_disable;
extern const struct command command_cell_create;
extern const struct command command_cell_load;
extern const struct command command_cell_input;
extern const struct command command_cell_start;
extern const struct command command_cell_shutdown;
extern const struct command command_cell_destroy;
extern const struct command command_cell_list;
extern const struct command command_cell_stats;
extern const struct command command_set;
extern const struct command command_unset;
extern const struct command command_reset;
extern const struct command command_status;
extern const struct command command_shares;
extern const struct command command_monitor;
extern const struct command command_top;
extern const struct command command_profile_start;
extern const struct command command_profile_stop;
extern const struct command command_profile_status;
extern const struct command command_profile_run;
extern const struct command command_profile_export;
extern const struct command command_profile_plan;
extern const struct command command_ab_run;
extern const struct command command_ab_report;
extern const struct command command_ab_compare;
extern const struct command command_console;
extern const struct command command_regulators;
extern const struct command command_traffic;
extern const struct command command_colors;
extern const struct command command_check;
extern const struct command command_hwcheck;
extern const struct command command_events;
extern const struct command command_simulate;
extern const struct command command_completion;

#endif
