/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line: NAME=VALUE words separated by blanks. */
#include "inmate.h"

#define CMDLINE_BYTES	4096

/* The loader overwrites this page; the image brings an empty line. */
static const char cmdline[CMDLINE_BYTES]
	__attribute__((section(".cmdline"), used)) = "";

const char *cmdline_text(void)
{
	/* Written behind the compiler's back, before the guest started. */
	const char *text = cmdline;

	__asm__("" : "+r"(text));
	return text;
}

/* Start of the value of `name`, or NULL. */
static const char *find(const char *name)
{
	const char *text = cmdline_text();
	const char *end = text + CMDLINE_BYTES;

	while (text < end && *text) {
		const char *n = name;

		while (*text == ' ')
			text++;
		while (*n && *text == *n) {
			text++;
			n++;
		}
		if (!*n && *text == '=')
			return text + 1;
		while (text < end && *text && *text != ' ')
			text++;
	}
	return NULL;
}

bool cmdline_string(const char *name, const char *fallback, char *value,
		    size_t size)
{
	const char *found = find(name);
	const char *from = found ? found : fallback;
	size_t n = 0;

	for (; n + 1 < size && from[n] && from[n] != ' '; n++)
		value[n] = from[n];
	value[n] = '\0';
	return found;
}

static bool digit_value(char digit, uint64_t *value)
{
	if (digit >= '0' && digit <= '9')
		*value = (uint64_t)(digit - '0');
	else if (digit >= 'a' && digit <= 'f')
		*value = (uint64_t)(digit - 'a') + 10;
	else
		return false;
	return true;
}

static const char *parse_number(const char *text, uint64_t *value)
{
	uint64_t base = 10, digit;

	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	}
	*value = 0;
	while (digit_value(*text, &digit) && digit < base) {
		*value = *value * base + digit;
		text++;
	}
	return text;
}

uint64_t cmdline_number(const char *name, uint64_t fallback)
{
	const char *found = find(name);
	uint64_t value;

	if (!found)
		return fallback;
	parse_number(found, &value);
	return value;
}

uint64_t cmdline_bytes(const char *name, uint64_t fallback)
{
	const char *found = find(name);
	uint64_t value;

	if (!found)
		return fallback;
	switch (*parse_number(found, &value)) {
	case 'k':
		return value << 10;
	case 'M':
		return value << 20;
	case 'G':
		return value << 30;
	default:
		return value;
	}
}

uint64_t cmdline_ns(const char *name, uint64_t fallback_ns)
{
	const char *found = find(name);
	uint64_t value;

	if (!found)
		return fallback_ns;
	switch (*parse_number(found, &value)) {
	case 'u':
		return value * 1000;
	case 'm':
		return value * 1000000;
	case 's':
		return value * 1000000000;
	default:
		return value;
	}
}
