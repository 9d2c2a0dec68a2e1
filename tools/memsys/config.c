// SPDX-License-Identifier: GPL-2.0-only
/* The parser of machine files: strict, errors by line. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct key {
	const char *name;
	size_t offset;
	uint64_t min;
	uint64_t max;
	bool of_banks;		/* all of these are given, or none */
};

#define KEY(member, low, high)                                                \
	{ #member, offsetof(struct memsys_config, member), low, high, false }

#define BANK_KEY(member, low, high)                                           \
	{ #member, offsetof(struct memsys_config, member), low, high, true }

#define GIGA 1000000000ull

/* The upper bounds keep every product of the model within 64 bits. */
static const struct key keys[] = {
	KEY(clock_hz, 1000000, 10 * GIGA),
	KEY(base_cpi_milli, 4, 100000),
	KEY(line_bytes, 16, 256),
	KEY(l1_bytes, 1024, 1 << 24),
	KEY(l1_ways, 1, 64),
	KEY(llc_bytes, 4096, 1 << 30),
	KEY(llc_ways, 1, 64),
	KEY(llc_hit_cycles, 0, 10000),
	KEY(ddr_latency_cycles, 1, 100000),
	KEY(overlap_misses, 1, 64),
	KEY(stream_count, 1, MEMSYS_MAX_STREAMS),
	KEY(ddr_sustained_bytes_per_s, 1000000, 1000 * GIGA),
	KEY(ddr_peak_bytes_per_s, 1000000, 1000 * GIGA),
	KEY(slack_cycles, 1, 1000000000),
	KEY(epoch_cycles, 1000, 10000000),
	BANK_KEY(ddr_banks, 1, 64),
	BANK_KEY(ddr_row_bytes, 64, 1 << 20),
	BANK_KEY(ddr_row_cycle_ps, 1000, 1000000),
	BANK_KEY(ddr_row_hit_ps, 1000, 1000000),
	BANK_KEY(ddr_hit_cap, 0, 1024),
	BANK_KEY(core_lines, 1, 32),
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

struct parser {
	struct memsys_config *config;
	struct memsys_config_error *error;
	unsigned int line;
	unsigned int first_line[KEY_COUNT + 1]; /* of each key; 0: not seen */
};

__attribute__((format(printf, 3, 4)))
static int refuse(struct memsys_config_error *error, unsigned int line,
		  const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	error->line = line;
	vsnprintf(error->reason, sizeof(error->reason), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **start, const char **end)
{
	while (*start < *end && is_space(**start))
		(*start)++;
	while (*end > *start && is_space((*end)[-1]))
		(*end)--;
}

static int parse_number(struct parser *parser, const struct key *key,
			const char *text, int length)
{
	uint64_t value = 0;

	for (int n = 0; n < length; n++) {
		if (text[n] < '0' || text[n] > '9' || value > UINT64_MAX / 20)
			return refuse(parser->error, parser->line,
				      "%s: '%.*s' is not a whole number",
				      key->name, length > 24 ? 24 : length,
				      text);
		value = value * 10 + (uint64_t)(text[n] - '0');
	}
	if (value < key->min || value > key->max)
		return refuse(parser->error, parser->line,
			      "%s: %llu is not within %llu..%llu", key->name,
			      (unsigned long long)value,
			      (unsigned long long)key->min,
			      (unsigned long long)key->max);
	memcpy((char *)parser->config + key->offset, &value, sizeof(value));
	return 0;
}

static int parse_machine(struct parser *parser, const char *text, int length)
{
	if ((size_t)length >= MEMSYS_NAME_BYTES)
		return refuse(parser->error, parser->line,
			      "machine: more than %u characters",
			      MEMSYS_NAME_BYTES - 1);
	memcpy(parser->config->machine, text, (size_t)length);
	return 0;
}

/* The index of a key; KEY_COUNT for "machine", -1 for none. */
static int find_key(const char *name, size_t length)
{
	for (size_t n = 0; n < KEY_COUNT; n++)
		if (strlen(keys[n].name) == length &&
		    !memcmp(keys[n].name, name, length))
			return (int)n;
	if (length == 7 && !memcmp(name, "machine", 7))
		return KEY_COUNT;
	return -1;
}

static int parse_pair(struct parser *parser, const char *name, int name_length,
		      const char *value, int value_length)
{
	int key = find_key(name, (size_t)name_length);

	if (key < 0)
		return refuse(parser->error, parser->line, "unknown key '%.*s'",
			      name_length > 40 ? 40 : name_length, name);
	if (parser->first_line[key])
		return refuse(parser->error, parser->line,
			      "%.*s was already given in line %u", name_length,
			      name, parser->first_line[key]);
	if (!value_length)
		return refuse(parser->error, parser->line, "%.*s has no value",
			      name_length, name);
	parser->first_line[key] = parser->line;
	if (key == KEY_COUNT)
		return parse_machine(parser, value, value_length);
	return parse_number(parser, &keys[key], value, value_length);
}

static int parse_line(struct parser *parser, const char *start, const char *end)
{
	const char *comment = memchr(start, '#', (size_t)(end - start));
	const char *name_end;
	const char *value;

	if (comment)
		end = comment;
	trim(&start, &end);
	if (start == end)
		return 0;
	name_end = memchr(start, '=', (size_t)(end - start));
	if (!name_end)
		return refuse(parser->error, parser->line,
			      "a line reads: key = value");
	value = name_end + 1;
	trim(&start, &name_end);
	trim(&value, &end);
	return parse_pair(parser, start, (int)(name_end - start), value,
			  (int)(end - value));
}

static int check_complete(const struct parser *parser)
{
	bool banks = false;

	for (size_t n = 0; n < KEY_COUNT; n++)
		if (keys[n].of_banks && parser->first_line[n])
			banks = true;
	for (size_t n = 0; n < KEY_COUNT; n++)
		if (!parser->first_line[n] && (banks || !keys[n].of_banks))
			return refuse(parser->error, 0, "%s is missing",
				      keys[n].name);
	if (!parser->first_line[KEY_COUNT])
		return refuse(parser->error, 0, "machine is missing");
	parser->config->limit_banks = memsys_config_has_banks(parser->config);
	return memsys_config_check(parser->config, parser->error);
}

int memsys_config_parse(const char *text, size_t bytes,
			struct memsys_config *config,
			struct memsys_config_error *error)
{
	struct parser parser = { .config = config, .error = error };
	const char *end = text + bytes;

	memset(config, 0, sizeof(*config));
	if (bytes > MEMSYS_CONFIG_MAX_BYTES)
		return refuse(error, 0, "longer than %u bytes",
			      MEMSYS_CONFIG_MAX_BYTES);
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		int failed;

		stop = stop ? stop : end;
		parser.line++;
		failed = parse_line(&parser, text, stop);
		if (failed)
			return failed;
		text = stop + 1;
	}
	return check_complete(&parser);
}

static bool is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

static int check_cache(const char *name, uint64_t bytes, uint64_t ways,
		       uint64_t line_bytes, struct memsys_config_error *error)
{
	uint64_t sets = bytes / ways / line_bytes;

	if (sets * ways * line_bytes != bytes || !is_power_of_two(sets))
		return refuse(error, 0,
			      "%s: bytes / ways / line_bytes must be a power of two",
			      name);
	return 0;
}

static int check_banks(const struct memsys_config *config,
		       struct memsys_config_error *error)
{
	uint64_t latency_ps = config->ddr_latency_cycles * 1000000 /
			      (config->clock_hz / 1000000);
	uint64_t burst_ps = config->line_bytes * GIGA /
			    (config->ddr_peak_bytes_per_s / 1000);

	if (!is_power_of_two(config->ddr_banks) ||
	    !is_power_of_two(config->ddr_row_bytes) ||
	    config->ddr_row_bytes < config->line_bytes)
		return refuse(error, 0,
			      "ddr_banks and ddr_row_bytes must be powers of two, a row at least a line");
	if (config->ddr_row_hit_ps > config->ddr_row_cycle_ps)
		return refuse(error, 0,
			      "ddr_row_hit_ps exceeds ddr_row_cycle_ps");
	if (config->ddr_row_cycle_ps + burst_ps > latency_ps)
		return refuse(error, 0,
			      "ddr_latency_cycles: less than a row cycle and a burst");
	return 0;
}

int memsys_config_check(const struct memsys_config *config,
			struct memsys_config_error *error)
{
	if (!is_power_of_two(config->line_bytes))
		return refuse(error, 0, "line_bytes must be a power of two");
	if (check_cache("l1", config->l1_bytes, config->l1_ways,
			config->line_bytes, error) ||
	    check_cache("llc", config->llc_bytes, config->llc_ways,
			config->line_bytes, error))
		return -EINVAL;
	if (config->ddr_sustained_bytes_per_s > config->ddr_peak_bytes_per_s)
		return refuse(error, 0,
			      "ddr_sustained_bytes_per_s exceeds ddr_peak_bytes_per_s");
	/* One access moves up to three lines; an epoch must hold some. */
	if (config->ddr_sustained_bytes_per_s / config->clock_hz *
		    config->epoch_cycles +
	    config->ddr_sustained_bytes_per_s % config->clock_hz *
		    config->epoch_cycles / config->clock_hz <
	    16 * config->line_bytes)
		return refuse(error, 0,
			      "epoch_cycles: less than 16 lines of DDR service");
	return memsys_config_has_banks(config) ? check_banks(config, error) : 0;
}

int memsys_config_load(const char *path, struct memsys_config *config,
		       struct memsys_config_error *error)
{
	char text[MEMSYS_CONFIG_MAX_BYTES + 1];
	FILE *file = fopen(path, "r");
	size_t bytes;
	int failed;

	if (!file) {
		failed = -errno;
		refuse(error, 0, "%.40s: %s", path, strerror(errno));
		return failed;
	}
	bytes = fread(text, 1, sizeof(text), file);
	failed = ferror(file) ? -EIO : 0;
	fclose(file);
	if (failed) {
		refuse(error, 0, "%.40s: cannot be read", path);
		return failed;
	}
	return memsys_config_parse(text, bytes, config, error);
}
