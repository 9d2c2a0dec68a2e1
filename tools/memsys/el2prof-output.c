// SPDX-License-Identifier: GPL-2.0-only
/* The profile as JSON. Names are checked when they are read: no escapes. */
#include "el2prof.h"

#include <errno.h>

static unsigned long long number(uint64_t value)
{
	return value;
}

static void write_classes(const struct profile *profile, FILE *file)
{
	const char *separator = "";

	fputs(" \"classes\": {", file);
	for (unsigned int n = 0; n < profile->classes_count; n++) {
		const struct histogram *exits = &profile->exits[n];

		if (!exits->count)
			continue;
		fprintf(file,
			"%s\n  \"%s\": {\"count\": %llu, \"instructions\": %llu, "
			"\"min\": %llu, \"median\": %llu, \"p90\": %llu, "
			"\"max\": %llu}", separator, profile->classes[n],
			number(exits->count), number(exits->sum),
			number(histogram_percentile(exits, 0)),
			number(histogram_percentile(exits, 50)),
			number(histogram_percentile(exits, 90)),
			number(histogram_percentile(exits, 100)));
		separator = ",";
	}
	fputs("\n },\n", file);
}

static void write_class_totals(const struct profile *profile,
			       const struct counts *counts, FILE *file)
{
	const char *separator = "";

	fputs("\"classes\": {", file);
	for (unsigned int n = 0; n < profile->classes_count; n++) {
		if (!counts->classes[n].exits)
			continue;
		fprintf(file, "%s\"%s\": {\"count\": %llu, \"instructions\": %llu}",
			separator, profile->classes[n],
			number(counts->classes[n].exits),
			number(counts->classes[n].instructions));
		separator = ", ";
	}
	fputs("}", file);
}

static void write_parts(const struct profile *profile,
			const struct counts *counts, FILE *file)
{
	fputs("\"parts\": {", file);
	for (unsigned int n = 0; n < profile->parts_count; n++)
		fprintf(file, "%s\"%s\": %llu", n ? ", " : "",
			profile->parts[n].name, number(counts->parts[n]));
	fputs("}", file);
}

static uint64_t el2_sum(const struct profile *profile,
			const struct counts *counts)
{
	uint64_t sum = counts->el2_other;

	for (unsigned int n = 0; n < profile->classes_count; n++)
		sum += counts->classes[n].instructions;
	for (unsigned int n = 0; n < profile->parts_count; n++)
		sum += counts->parts[n];
	return sum;
}

static void write_counts(const struct profile *profile, unsigned int cpu,
			 const struct counts *counts, FILE *file)
{
	fprintf(file,
		"{\"cpu\": %u, \"outside\": %llu, \"outside_low\": %llu, "
		"\"outside_high\": %llu, \"el2\": %llu, \"el2_other\": %llu, ",
		cpu, number(counts->outside_low + counts->outside_high),
		number(counts->outside_low), number(counts->outside_high),
		number(el2_sum(profile, counts)), number(counts->el2_other));
	write_parts(profile, counts, file);
	fputs(", ", file);
	write_class_totals(profile, counts, file);
	fputs("}", file);
}

int profile_write(struct profile *profile, const char *path)
{
	FILE *file = fopen(path, "w");
	int failed;

	if (!file)
		return -errno;
	/* What was not attributed yet. */
	*profile->sink += profile->executed - profile->attributed;
	profile->attributed = profile->executed;
	fputs("{\"schema\": \"weir.el2prof/1\",\n", file);
	write_classes(profile, file);
	fputs(" \"cpus\": [", file);
	for (unsigned int n = 0; n < profile->num_cpus; n++) {
		fputs(n ? ",\n  " : "\n  ", file);
		write_counts(profile, n, &profile->cpus[n].counts, file);
	}
	fputs("\n ],\n \"brackets\": [", file);
	for (unsigned int n = 0; n < profile->brackets_count; n++) {
		fputs(n ? ",\n  " : "\n  ", file);
		write_counts(profile, profile->brackets[n].cpu,
			     &profile->brackets[n].counts, file);
	}
	fprintf(file,
		"\n ],\n \"brackets_lost\": %llu, \"exits_unfinished\": %llu}\n",
		number(profile->brackets_lost),
		number(profile->exits_unfinished));
	failed = ferror(file) ? -EIO : 0;
	return fclose(file) ? -EIO : failed;
}
