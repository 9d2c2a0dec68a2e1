// SPDX-License-Identifier: GPL-2.0-only
/* Results of a comparison: in memory, and as two CSV files. */
#include "results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX	8

/* Room for one more; the grown array, or NULL. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room ? 2 * *room : 64;
	void *larger;

	if (count < *room)
		return array;
	larger = realloc(array, wanted * size);
	if (larger)
		*room = wanted;
	return larger;
}

int results_add_iteration(struct ab_results *results,
			  const struct ab_iteration *iteration)
{
	struct ab_iteration *larger =
		grown(results->iterations, results->iterations_count,
		      &results->iterations_room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	results->iterations = larger;
	larger[results->iterations_count++] = *iteration;
	return 0;
}

int results_add_run(struct ab_results *results, const struct ab_run *run)
{
	struct ab_run *larger = grown(results->runs, results->runs_count,
				      &results->runs_room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	results->runs = larger;
	larger[results->runs_count++] = *run;
	return 0;
}

void results_free(struct ab_results *results)
{
	free(results->iterations);
	free(results->runs);
	*results = (struct ab_results){ 0 };
}

void results_headings(FILE *iterations, FILE *runs)
{
	fputs("ARM,REPETITION,ITERATION,START[cycles],TIME[cycles],CLOCK[Hz]\r\n",
	      iterations);
	fputs("ARM,REPETITION,ITERATIONS,SPAN[ns],VICTIM[B],OTHERS[B],"
	      "STALLED[ns],OTHERS' CPUS,OTHERS' BUDGET[B/s]\r\n", runs);
}

int results_write(FILE *iterations, FILE *runs,
		  const struct scenario *scenario, const struct ab_run *run,
		  const struct ab_iteration *of_run)
{
	const char *arm = scenario->arm[run->arm].name;

	for (uint64_t n = 0; n < run->iterations; n++)
		fprintf(iterations, "%s,%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64
			",%" PRIu64 "\r\n", arm, run->repetition, n,
			of_run[n].start_cycles, of_run[n].cycles,
			of_run[n].clock_hz);
	/* Their iterations are there before the run counts. */
	if (fflush(iterations) || ferror(iterations))
		return -EIO;
	fprintf(runs, "%s,%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
		",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\r\n", arm,
		run->repetition, run->iterations, run->span_ns,
		run->victim_bytes, run->others_bytes, run->stall_ns,
		run->others_cpus, run->budget_bytes_per_s);
	return fflush(runs) || ferror(runs) ? -EIO : 0;
}

static int arm_find(const struct scenario *scenario, const char *name)
{
	for (unsigned int n = 0; n < scenario->arms_count; n++)
		if (!strcmp(scenario->arm[n].name, name))
			return (int)n;
	return -ENOENT;
}

/* "NAME,N,N...": the arm and `count` numbers; false if it is not that. */
static bool line_split(const struct scenario *scenario, char *text,
		       unsigned int count, int *arm, uint64_t *number)
{
	char *field = strchr(text, ',');

	if (!field)
		return false;
	*field++ = '\0';
	*arm = arm_find(scenario, text);
	for (unsigned int n = 0; n < count; n++) {
		char *end;

		number[n] = strtoull(field, &end, 10);
		if (end == field || *end != (n + 1 < count ? ',' : '\r'))
			return false;
		field = end + 1;
	}
	return *arm >= 0 && !strcmp(field, "\n");
}

/* Calls `take` for each line but the heading; a cut last line ends it. */
static int each_line(FILE *file, size_t *line,
		     int (*take)(void *context, char *text), void *context)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	int ret = 0;

	*line = 0;
	while (!ret && (length = getline(&text, &room, file)) > 0) {
		++*line;
		if (text[length - 1] != '\n')
			break;
		if (*line > 1)
			ret = take(context, text);
	}
	free(text);
	return ret;
}

struct intake {
	struct ab_results *results;
	const struct scenario *scenario;
};

static int take_run(void *context, char *text)
{
	struct intake *intake = context;
	uint64_t number[FIELDS_MAX];
	int arm;

	if (!line_split(intake->scenario, text, 8, &arm, number) ||
	    number[0] >= intake->scenario->repetitions ||
	    results_has(intake->results, (unsigned int)arm,
			(unsigned int)number[0]))
		return -EINVAL;
	return results_add_run(intake->results, &(struct ab_run){
		.arm = (unsigned int)arm,
		.repetition = (unsigned int)number[0],
		.iterations = number[1], .span_ns = number[2],
		.victim_bytes = number[3], .others_bytes = number[4],
		.stall_ns = number[5], .others_cpus = number[6],
		.budget_bytes_per_s = number[7] });
}

static int take_iteration(void *context, char *text)
{
	struct intake *intake = context;
	uint64_t number[FIELDS_MAX];
	int arm;

	if (!line_split(intake->scenario, text, 5, &arm, number) || !number[4])
		return -EINVAL;
	if (!results_has(intake->results, (unsigned int)arm,
			 (unsigned int)number[0]))
		return 0;
	return results_add_iteration(intake->results, &(struct ab_iteration){
		.arm = (unsigned int)arm,
		.repetition = (unsigned int)number[0],
		.start_cycles = number[2], .cycles = number[3],
		.clock_hz = number[4] });
}

/* Those of each run behind each other, as many as it says, and no others. */
static int iterations_check(const struct ab_results *results, size_t *line)
{
	size_t next = 0;

	for (size_t n = 0; n < results->runs_count; n++) {
		const struct ab_run *run = &results->runs[n];

		*line = n + 2;
		if (run->iterations > results->iterations_count - next)
			return -EINVAL;
		for (uint64_t i = 0; i < run->iterations; i++, next++)
			if (results->iterations[next].arm != run->arm ||
			    results->iterations[next].repetition !=
			    run->repetition)
				return -EINVAL;
	}
	return next == results->iterations_count ? 0 : -EINVAL;
}

int results_read(struct ab_results *results, const struct scenario *scenario,
		 FILE *iterations, FILE *runs, size_t *line)
{
	struct intake intake = { results, scenario };
	int ret = each_line(runs, line, take_run, &intake);

	if (!ret)
		ret = each_line(iterations, line, take_iteration, &intake);
	return ret ? ret : iterations_check(results, line);
}

bool results_has(const struct ab_results *results, unsigned int arm,
		 unsigned int repetition)
{
	for (size_t n = 0; n < results->runs_count; n++)
		if (results->runs[n].arm == arm &&
		    results->runs[n].repetition == repetition)
			return true;
	return false;
}
