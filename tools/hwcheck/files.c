// SPDX-License-Identifier: GPL-2.0-only
/* Files below a machine's root directory. */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES	512
#define CPUINFO_BYTES	16384
#define BOOT_LINE_BYTES	4096

static bool path_join(const struct hw_machine *machine, const char *path,
		      char joined[PATH_BYTES])
{
	int length = snprintf(joined, PATH_BYTES, "%s%s", machine->root, path);

	return length > 0 && length < PATH_BYTES;
}

static int file_open(const struct hw_machine *machine, const char *path)
{
	char joined[PATH_BYTES];
	int file;

	if (!path_join(machine, path, joined))
		return -ENAMETOOLONG;
	/* The kernel's log would wait for more. */
	file = open(joined, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return file < 0 ? -errno : file;
}

long hw_read(const struct hw_machine *machine, const char *path, void *text,
	     size_t size)
{
	int file = file_open(machine, path);
	size_t length = 0;
	ssize_t count = 0;

	if (file < 0)
		return file;
	while (length < size - 1) {
		count = read(file, (char *)text + length, size - 1 - length);
		if (count <= 0)
			break;
		length += (size_t)count;
	}
	if (count < 0 && length == 0)
		length = (size_t)-errno;
	else
		((char *)text)[length] = '\0';
	close(file);
	return (long)length;
}

bool hw_exists(const struct hw_machine *machine, const char *path)
{
	char joined[PATH_BYTES];

	return path_join(machine, path, joined) && access(joined, F_OK) == 0;
}

/* Calls it a match when the name starts so; the number of matches, or -1. */
static int entries_match(const struct hw_machine *machine, const char *path,
			 const char *start, char *name, size_t size)
{
	char joined[PATH_BYTES];
	struct dirent *entry;
	int count = 0;
	DIR *directory;

	if (!path_join(machine, path, joined))
		return -1;
	directory = opendir(joined);
	if (!directory)
		return -1;
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, start, strlen(start)) != 0)
			continue;
		if (count++ == 0 && name)
			snprintf(name, size, "%s", entry->d_name);
	}
	closedir(directory);
	return count;
}

int hw_entries(const struct hw_machine *machine, const char *path)
{
	return entries_match(machine, path, "", NULL, 0);
}

bool hw_entry_find(const struct hw_machine *machine, const char *path,
		   const char *start, char *name, size_t size)
{
	return entries_match(machine, path, start, name, size) > 0;
}

bool hw_number(const struct hw_machine *machine, const char *path,
	       uint64_t *value)
{
	char text[32];
	char *end;

	if (hw_read(machine, path, text, sizeof(text)) <= 0)
		return false;
	*value = strtoull(text, &end, 10);
	return end != text && (*end == '\n' || *end == '\0' || *end == 'K');
}

bool hw_cpuinfo(const struct hw_machine *machine, const char *name, char *text,
		size_t size)
{
	char lines[CPUINFO_BYTES];
	char *line, *colon, *rest;
	size_t length = strlen(name);

	if (hw_read(machine, "/proc/cpuinfo", lines, sizeof(lines)) <= 0)
		return false;
	for (line = strtok_r(lines, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, name, length) != 0)
			continue;
		colon = line + length + strspn(line + length, "\t ");
		if (*colon != ':')
			continue;
		snprintf(text, size, "%s", colon + 1 + strspn(colon + 1, " "));
		return true;
	}
	return false;
}

bool hw_has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (; *words; words += strcspn(words, " \n")) {
		words += strspn(words, " \n");
		if (strncmp(words, word, length) == 0 &&
		    strchr(" \n", words[length]))
			return true;
	}
	return false;
}

bool hw_boot_option(const struct hw_machine *machine, const char *name,
		    char *value, size_t size)
{
	char line[BOOT_LINE_BYTES];
	size_t length = strlen(name);
	char *word, *rest;

	if (hw_read(machine, "/proc/cmdline", line, sizeof(line)) <= 0)
		return false;
	for (word = strtok_r(line, " \n", &rest); word;
	     word = strtok_r(NULL, " \n", &rest)) {
		if (strncmp(word, name, length) != 0 || word[length] != '=')
			continue;
		snprintf(value, size, "%s", word + length + 1);
		return true;
	}
	return false;
}
