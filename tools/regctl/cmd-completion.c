// SPDX-License-Identifier: GPL-2.0-only
/* completion: a script for bash, made from the tables of commands. */
#include "commands.h"

#include <string.h>

/* The words of all options in a table, "--budget -i ...". */
static void options_print(FILE *out, const struct argp_option *option)
{
	for (; option && (option->name || option->key || option->doc);
	     option++) {
		if (option->name)
			fprintf(out, " --%s", option->name);
		if (option->key > ' ' && option->key < 0x7f)
			fprintf(out, " -%c", option->key);
	}
}

static const char *kind_word(enum operand_kind kind)
{
	switch (kind) {
	case OPERAND_CELL:
		return "cells";
	case OPERAND_FILE:
		return "files";
	case OPERAND_CELL_THEN_FILES:
		return "cells files";
	case OPERAND_SHELL:
		return "bash";
	case OPERAND_NONE:
	default:
		return "";
	}
}

/* First words of all commands, each once. */
static void words_print(FILE *out)
{
	const char *group;
	size_t length;

	for (size_t i = 0; commands[i]; i++)
		if (!strchr(commands[i]->name, ' '))
			fprintf(out, " %s", commands[i]->name);
	for (unsigned int n = 0; (group = command_group(n, &length)); n++)
		fprintf(out, " %.*s", (int)length, group);
}

/* A case for each first word: the second words. */
static void groups_print(FILE *out)
{
	const char *group;
	size_t length;

	for (unsigned int n = 0; (group = command_group(n, &length)); n++) {
		fprintf(out, "\t%.*s)\n\t\tkinds='", (int)length, group);
		for (size_t i = 0; commands[i]; i++)
			if (!strncmp(commands[i]->name, group, length + 1))
				fprintf(out, " %s",
					commands[i]->name + length + 1);
		fputs("' ;;\n", out);
	}
}

/* The first words that want a second one, "cell|profile". */
static void group_words_print(FILE *out)
{
	const char *group;
	size_t length;

	for (unsigned int n = 0; (group = command_group(n, &length)); n++)
		fprintf(out, "%s%.*s", n ? "|" : "", (int)length, group);
}

static void cases_print(FILE *out)
{
	size_t i;

	for (i = 0; commands[i]; i++) {
		fprintf(out, "\t'%s')\n\t\toptions+='", commands[i]->name);
		options_print(out, commands[i]->options);
		fprintf(out, "'\n\t\tkinds='%s' ;;\n",
			kind_word(commands[i]->operand_kind));
	}
}

/* Options whose value is a file, wherever they occur. */
static const char values_part[] =
	"\tcase $before in\n"
	"\t--image|--output|-o|--device|--sysfs)\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
	"\t\treturn ;;\n"
	"\t--regulator)\n"
	"\t\tlist=$(regctl regulators --no-headings 2>/dev/null |\n"
	"\t\t\tawk '$1 == \"regulator\" { print $2 }')\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$word\")\n"
	"\t\treturn ;;\n"
	"\t--law)\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"bucket window\" -- \"$word\")\n"
	"\t\treturn ;;\n"
	"\t--source)\n"
	"\t\tlist=$(regctl regulators --no-headings 2>/dev/null |\n"
	"\t\t\tawk '$1 == \"source\" { print $2 }')\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$word\")\n"
	"\t\treturn ;;\n"
	"\t--budget|--write|--period|--duty|--throttle-period|--depth|--burst|--poll|--watch|--cpus|--interval|--window|--tolerance|-t|--slowdown|-x|--capacity|-m|-i|--count|-n|"
	"--address|-a|--string|-s)\n"
	"\t\treturn ;;\n"
	"\tesac\n";

static const char head_part[] =
	"# bash completion for regctl, printed by 'regctl completion bash'\n"
	"_regctl_cells()\n"
	"{\n"
	"\tlocal name\n"
	"\techo root\n"
	"\tfor name in " WEIR_SYSFS "/cells/*/name; do\n"
	"\t\t[ -r \"$name\" ] && cat \"$name\"\n"
	"\tdone\n"
	"}\n\n"
	"_regctl()\n"
	"{\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
	"\tlocal before=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal command='' options='' kinds='' list='' kind i\n";

static const char command_part[] =
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t--device|--sysfs) ((i++)) ;;\n"
	"\t\t-*) ;;\n"
	"\t\t";

static const char command_rest_part[] =
	")\n"
	"\t\t\tcommand=${COMP_WORDS[i]}\n"
	"\t\t\t((i + 1 < COMP_CWORD)) &&\n"
	"\t\t\t\tcommand=\"$command ${COMP_WORDS[i+1]}\"\n"
	"\t\t\tbreak ;;\n"
	"\t\t*) command=${COMP_WORDS[i]}; break ;;\n"
	"\t\tesac\n"
	"\tdone\n";

static const char tail_part[] =
	"\tesac\n"
	"\tfor kind in $kinds; do\n"
	"\t\tcase $kind in\n"
	"\t\tcells) list+=\" $(_regctl_cells)\" ;;\n"
	"\t\tfiles) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
	"\t\t*) list+=\" $kind\" ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\t[[ $word == -* ]] && list=$options && COMPREPLY=()\n"
	"\tmapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY \\\n"
	"\t\t< <(compgen -W \"$list\" -- \"$word\")\n"
	"}\n"
	"complete -o filenames -F _regctl regctl\n";

static int run(struct app *app, const void *data)
{
	(void)data;
	if (strcmp(app->operands[0], "bash") != 0) {
		app_complain(app, "'%s' is no shell known here; bash is",
			     app->operands[0]);
		return APP_USAGE;
	}
	fputs(head_part, app->out);
	fputs("\tCOMPREPLY=()\n", app->out);
	fputs(values_part, app->out);
	fputs(command_part, app->out);
	group_words_print(app->out);
	fputs(command_rest_part, app->out);
	fputs("\toptions='", app->out);
	options_print(app->out, global_options);
	fputs("'\n\tcase $command in\n\t'')\n\t\tkinds='", app->out);
	words_print(app->out);
	fputs("' ;;\n", app->out);
	groups_print(app->out);
	cases_print(app->out);
	fputs(tail_part, app->out);
	return APP_OK;
}

const struct command command_completion = {
	.name = "completion",
	.operands = "bash",
	.summary = "Print a completion script",
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_SHELL,
	.run = run,
};
