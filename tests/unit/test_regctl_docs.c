// SPDX-License-Identifier: GPL-2.0-only
/* Help, manual and completion say what the option tables say; exit statuses. */
#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/regctl/app.h"

#define REGCTL	"build/host/regctl"
#define MAN	"tools/regctl/man/"

#define TEXT_BYTES	65536

/* Runs a shell command; its exit status, and what it wrote. */
static int shell(const char *command, char text[TEXT_BYTES])
{
	FILE *pipe = popen(command, "r");
	size_t size;
	int status;

	assert_non_null(pipe);
	size = fread(text, 1, TEXT_BYTES - 1, pipe);
	text[size] = '\0';
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void ends(const char *arguments, int wanted)
{
	static char text[TEXT_BYTES];
	char command[512];
	int status;

	snprintf(command, sizeof(command), REGCTL " %s 2>&1", arguments);
	status = shell(command, text);
	if (status != wanted)
		fail_msg("regctl %s ends with %d, not %d: %s", arguments,
			 status, wanted, text);
}

static void test_exit_statuses(void **state)
{
	static const char nowhere[] =
		" --device /nonexistent --sysfs /nonexistent";
	char line[256];

	(void)state;
	ends("--help", 0);
	ends("set --help", 0);
	ends("--version", 0);
	ends("completion bash", 0);
	ends("", 2);
	ends("nonsense", 2);
	ends("--nonsense", 2);
	ends("set root --nonsense", 2);
	ends("set root --budget", 2);
	ends("set root --budget 200", 2);
	ends("enable /nonexistent", 2);
	ends("check /nonexistent", 2);
	ends("check Makefile", 1);
	ends("simulate /nonexistent", 2);
	ends("simulate Makefile", 2);
	ends("simulate --dry-run "
	     "tools/memsys/simulate/scenarios/pool.scenario", 0);
	snprintf(line, sizeof(line), "status%s", nowhere);
	ends(line, 3);
	snprintf(line, sizeof(line), "set root --budget 200MB/s%s", nowhere);
	ends(line, 3);
	snprintf(line, sizeof(line), "%s cell list", nowhere + 1);
	ends(line, 3);
	snprintf(line, sizeof(line), "disable%s", nowhere);
	ends(line, 3);
	/* A file that is no Weir device. */
	ends("set root --budget 200MB/s --device /dev/null", 3);
	ends("disable --device /dev/null", 3);
}

static void test_errors_and_data_are_apart(void **state)
{
	static char text[TEXT_BYTES];

	(void)state;
	assert_int_equal(shell(REGCTL " set root --budget 200 2>/dev/null",
			       text), 2);
	assert_string_equal(text, "");
	assert_int_equal(shell(REGCTL " --help 2>&1 >/dev/null", text), 0);
	assert_string_equal(text, "");
	assert_int_equal(shell(REGCTL " --help >/dev/full 2>/dev/null", text),
			 3);
}

/* Every configuration of the tree is good by itself, two of them together. */
static void test_configurations_are_good(void **state)
{
	char arguments[256];
	glob_t found;
	size_t i;

	(void)state;
	assert_int_equal(glob("build/configs/*.cell", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 2);
	for (i = 0; i < found.gl_pathc; i++) {
		snprintf(arguments, sizeof(arguments), "check %s",
			 found.gl_pathv[i]);
		ends(arguments, 0);
	}
	globfree(&found);
	ends("check build/configs/qemu-virt-demo.cell "
	     "build/configs/victim.cell", 0);
	/* The same cell twice is a problem of the second. */
	ends("check build/configs/qemu-virt-demo.cell "
	     "build/configs/victim.cell build/configs/victim.cell", 1);
	ends("check build/configs/qemu-virt-demo.cell "
	     "build/configs/qemu-virt-demo.cell", 1);
}

static void test_permissions_are_shown(void **state)
{
	static char text[TEXT_BYTES];

	(void)state;
	assert_int_equal(shell(REGCTL " check build/configs/qemu-virt-demo.cell "
			       "build/configs/guarded.cell", text), 0);
	assert_non_null(strstr(text, "(down to 10.0%, 50 MB/s"));
	assert_int_equal(shell(REGCTL " check build/configs/victim.cell", text),
			 0);
	assert_null(strstr(text, "HOLD BACK"));
}

static void test_colors_are_checked(void **state)
{
	static char text[TEXT_BYTES];

	(void)state;
	assert_int_equal(shell(REGCTL " check build/configs/qemu-virt-model.cell "
			       "build/configs/colored-victim-cell.cell "
			       "build/configs/colored-bomb-cell.cell 2>&1",
			       text), 0);
	assert_non_null(strstr(text, "the machine has the cache"));
	assert_int_equal(shell(REGCTL " check build/configs/qemu-virt-model.cell "
			       "build/configs/colored-victim-cell.cell "
			       "build/configs/clash-cell.cell 2>&1", text), 1);
	assert_non_null(strstr(text,
			       "color 7 belongs to cell \"colored-victim\""));
	assert_int_equal(shell(REGCTL " check "
			       "build/configs/colored-victim-cell.cell 2>&1",
			       text), 0);
	assert_non_null(strstr(text, "with a system configuration only"));
}

/* A good blob that lost its end, or one byte of its head, is found out. */
static void test_damaged_configurations(void **state)
{
	static char text[TEXT_BYTES];

	(void)state;
	assert_int_equal(shell("head -c 400 build/configs/qemu-virt-demo.cell "
			       ">build/unit/short.cell && " REGCTL
			       " check build/unit/short.cell 2>&1", text), 1);
	assert_int_equal(shell("(head -c 6 build/configs/victim.cell; "
			       "printf '\\377\\377'; tail -c +9 "
			       "build/configs/victim.cell) "
			       ">build/unit/revision.cell && " REGCTL
			       " check build/unit/revision.cell --csv 2>&1",
			       text), 1);
	assert_non_null(strstr(text, "build/unit/revision.cell,cell,,no,"));
}

static void file_read(const char *path, char text[TEXT_BYTES])
{
	FILE *stream = fopen(path, "r");
	size_t size;

	if (!stream)
		fail_msg("%s is missing", path);
	size = fread(text, 1, TEXT_BYTES - 1, stream);
	text[size] = '\0';
	fclose(stream);
}

static const char *page_of(const char *command)
{
	if (strncmp(command, "cell ", 5) == 0)
		return MAN "regctl-cell.8";
	if (strcmp(command, "set") == 0 || strcmp(command, "unset") == 0 ||
	    strcmp(command, "reset") == 0)
		return MAN "regctl-set.8";
	if (strncmp(command, "ab ", 3) == 0)
		return MAN "regctl-ab.8";
	if (strncmp(command, "profile ", 8) == 0)
		return MAN "regctl-profile.8";
	if (strcmp(command, "events") == 0)
		return MAN "regctl-events.8";
	if (strcmp(command, "hwcheck") == 0)
		return MAN "regctl-hwcheck.8";
	if (strcmp(command, "status") == 0 || strcmp(command, "monitor") == 0 ||
	    strcmp(command, "top") == 0 ||
	    strcmp(command, "shares") == 0)
		return MAN "regctl-status.8";
	return MAN "regctl.8";
}

/* The text of subsection `title`, to the next heading. */
static char *section_find(char *page, const char *title)
{
	char heading[64];
	char *start, *end;

	snprintf(heading, sizeof(heading), "\n.Ss %s\n", title);
	start = strstr(page, heading);
	if (!start)
		fail_msg("no section '%s'", title);
	start += strlen(heading);
	end = strstr(start, "\n.S");
	if (end)
		end[1] = '\0';
	return start;
}

static bool is_option_of(const struct argp_option *options, const char *name)
{
	size_t length = strcspn(name, " \n,");

	for (; options && (options->name || options->key || options->doc);
	     options++) {
		if (options->name && strlen(options->name) == length &&
		    strncmp(options->name, name, length) == 0)
			return true;
	}
	return false;
}

/* Both ways: every option has an item, every item is an option. */
static void section_check(const char *title, char *section,
			  const struct argp_option *options)
{
	const struct argp_option *option = options;
	char item[64];
	char *place;

	for (; option && (option->name || option->key || option->doc);
	     option++) {
		if (!option->name)
			continue;
		snprintf(item, sizeof(item), "Fl -%s%s", option->name,
			 option->arg ? " Ar " : "\n");
		if (!strstr(section, item))
			fail_msg("%s: the manual lacks '%s'", title, item);
		if (!isgraph(option->key))
			continue;
		snprintf(item, sizeof(item), ".It Fl %c , Fl -%s", option->key,
			 option->name);
		if (!strstr(section, item))
			fail_msg("%s: the manual lacks '%s'", title, item);
	}
	for (place = section; (place = strstr(place, ".It Fl ")); place++) {
		char *name = strstr(place, "Fl -");

		assert_non_null(name);
		if (!is_option_of(options, name + 4))
			fail_msg("%s: the manual invents --%.20s", title,
				 name + 4);
	}
}

static void test_manual(void **state)
{
	static char page[TEXT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; commands[i]; i++) {
		file_read(page_of(commands[i]->name), page);
		section_check(commands[i]->name,
			      section_find(page, commands[i]->name),
			      commands[i]->options);
	}
	file_read(MAN "regctl.8", page);
	section_check("global", section_find(page, "Options of all commands"),
		      global_options);
}

static void test_manual_is_clean(void **state)
{
	static char text[TEXT_BYTES];

	(void)state;
	if (shell("mandoc -T lint -W warning " MAN "*.8 2>&1", text))
		fail_msg("%s", text);
}

/* "regctl ..." of a line that is an example; NULL: it is none. */
static char *example_find(char *line)
{
	static const char *const heads[] = { ".Dl # ", ".Dl $ ", "# ", "    ",
					     "\t" };

	for (size_t n = 0; n < sizeof(heads) / sizeof(heads[0]); n++) {
		size_t length = strlen(heads[n]);

		if (!strncmp(line, heads[n], length) &&
		    !strncmp(line + length, "regctl ", 7))
			return line + length + 7;
	}
	return NULL;
}

/* A file below `installed` is one that is made from `here`. */
static void example_file_check(const char *example, const char *installed,
			       const char *here, const char *suffix)
{
	const char *found = strstr(example, installed);
	char name[64], path[128];

	if (!found || sscanf(found + strlen(installed), "%63[^. ]", name) != 1)
		return;
	snprintf(path, sizeof(path), "%s%s%s", here, name, suffix);
	if (access(path, R_OK))
		fail_msg("%s: there is no %s", example, path);
}

/* Where nothing is, it may find nothing; that it is no command it must not say. */
static void example_run(const char *file, char *example)
{
	static char text[TEXT_BYTES];
	char command[640];
	char *quote;

	/* mdoc's quotation mark. */
	while ((quote = strstr(example, "\\(dq"))) {
		*quote = '"';
		memmove(quote + 1, quote + 4, strlen(quote + 4) + 1);
	}
	example[strcspn(example, "|#\n")] = '\0';
	example_file_check(example, "/usr/share/weir/cells/", "configs/arm64/",
			   ".c");
	example_file_check(example, "/usr/share/weir/inmates/",
			   "profiler-inmate/", ".c");
	snprintf(command, sizeof(command),
		 "mkdir -p build/unit/examples && cd build/unit/examples && "
		 "../../../" REGCTL " --device /nonexistent "
		 "--sysfs /nonexistent %s 2>&1 </dev/null", example);
	shell(command, text);
	if (strstr(text, "Try "))
		fail_msg("%s: regctl %s: %s", file, example, text);
}

/* Every command that the manual and the READMEs show is one. */
static void test_examples(void **state)
{
	static char text[TEXT_BYTES];
	unsigned int examples = 0;
	glob_t files;

	(void)state;
	assert_int_equal(glob(MAN "*.8", 0, NULL, &files), 0);
	assert_int_equal(glob("README.md", GLOB_APPEND, NULL, &files), 0);
	assert_int_equal(glob("*/README.md", GLOB_APPEND, NULL, &files), 0);
	assert_int_equal(glob("tools/*/README.md", GLOB_APPEND, NULL, &files),
			 0);
	for (size_t n = 0; n < files.gl_pathc; n++) {
		file_read(files.gl_pathv[n], text);
		for (char *line = text, *next; *line; line = next) {
			char *example;

			next = line + strcspn(line, "\n");
			if (*next)
				*next++ = '\0';
			example = example_find(line);
			if (!example)
				continue;
			example_run(files.gl_pathv[n], example);
			examples++;
		}
	}
	globfree(&files);
	assert_true(examples > 40);
}

static void help_check(const char *command, const char *help,
		       const struct argp_option *options)
{
	char word[64];

	for (; options && (options->name || options->key || options->doc);
	     options++) {
		if (!options->name)
			continue;
		snprintf(word, sizeof(word), "--%s", options->name);
		if (!strstr(help, word))
			fail_msg("the help of '%s' lacks %s", command, word);
	}
}

static void test_help(void **state)
{
	static char help[TEXT_BYTES];
	char command[128];
	size_t i;

	(void)state;
	assert_int_equal(shell(REGCTL " --help", help), 0);
	for (i = 0; commands[i]; i++) {
		if (!strstr(help, commands[i]->name) ||
		    !strstr(help, commands[i]->summary))
			fail_msg("the help lacks '%s'", commands[i]->name);
	}
	for (i = 0; commands[i]; i++) {
		snprintf(command, sizeof(command), REGCTL " %s --help",
			 commands[i]->name);
		assert_int_equal(shell(command, help), 0);
		help_check(commands[i]->name, help, commands[i]->options);
		help_check(commands[i]->name, help, global_options);
		assert_non_null(strstr(help, commands[i]->operands));
	}
}

/* Completes `line`, whose last word is being typed. */
static void completes(const char *line, const char *wanted)
{
	static char text[TEXT_BYTES];
	char command[1024];

	snprintf(command, sizeof(command),
		 "bash -c 'source <(" REGCTL " completion bash); "
		 "COMP_WORDS=(%s); "
		 "[[ \"%s\" == *\" \" ]] && COMP_WORDS+=(\"\"); "
		 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _regctl; "
		 "echo \" ${COMPREPLY[*]} \"' 2>&1", line, line);
	assert_int_equal(shell(command, text), 0);
	if (!strstr(text, wanted))
		fail_msg("'%s' completes to '%s', without '%s'", line, text,
			 wanted);
}

static void test_completion(void **state)
{
	const struct argp_option *option;
	char line[128];
	char word[64];
	size_t i;

	(void)state;
	for (i = 0; commands[i]; i++) {
		const char *blank = strchr(commands[i]->name, ' ');

		snprintf(word, sizeof(word), " %s ",
			 blank ? blank + 1 : commands[i]->name);
		snprintf(line, sizeof(line), "regctl %.*s",
			 blank ? (int)(blank - commands[i]->name) + 1 : 0,
			 commands[i]->name);
		completes(line, word);
		option = commands[i]->options;
		for (; option && (option->name || option->key); option++) {
			snprintf(line, sizeof(line), "regctl %s x -",
				 commands[i]->name);
			snprintf(word, sizeof(word), " --%s ", option->name);
			completes(line, word);
		}
	}
	completes("regctl --js", " --json ");
	completes("regctl set ro", " root ");
	completes("regctl --csv --device /x status ro", " root ");
	completes("regctl check Makef", " Makefile ");
	completes("regctl enable --image Makef", " Makefile ");
	completes("regctl completion ", " bash ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_statuses),
		cmocka_unit_test(test_errors_and_data_are_apart),
		cmocka_unit_test(test_configurations_are_good),
		cmocka_unit_test(test_permissions_are_shown),
		cmocka_unit_test(test_colors_are_checked),
		cmocka_unit_test(test_damaged_configurations),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_manual_is_clean),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_completion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
