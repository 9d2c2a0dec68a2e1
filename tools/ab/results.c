// SPDX-License-Identifier: GPL-2.0-only
/* Results of a comparison: in memory, and as two CSV files. */
#include "results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX	8
#define LINE_BYTES	512
#define CHECKSUM_DIGITS	"0123456789abcdef"

#define ITERATIONS	"iterations.csv"
#define RUNS		"runs.csv"

#define ITERATIONS_HEADING \
	"ARM,REPETITION,ITERATION,START[cycles],TIME[cycles],CLOCK[Hz]\r\n"
#define RUNS_HEADING \
	"ARM,REPETITION,ITERATIONS,SPAN[ns],VICTIM[B],OTHERS[B],STALLED[ns]," \
	"OTHERS' CPUS,OTHERS' BUDGET[B/s],CHECKSUM\r\n"

#define SENSELESS	"makes no sense"

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
	fputs(ITERATIONS_HEADING, iterations);
	fputs(RUNS_HEADING, runs);
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
		",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s\r\n", arm,
		run->repetition, run->iterations, run->span_ns,
		run->victim_bytes, run->others_bytes, run->stall_ns,
		run->others_cpus, run->budget_bytes_per_s,
		run_checksum(run));
	return fflush(runs) || ferror(runs) ? -EIO : 0;
}

static int arm_find(const struct scenario *scenario, const char *name)
{
	for (unsigned int n = 0; n < scenario->arms_count; n++)
		if (!strcmp(scenario->arm[n].name, name))
			return (int)n;
	return -ENOENT;
}

struct intake {
	struct ab_results *results;
	const struct scenario *scenario;
	struct results_error *error;
};

static int refuse(const struct intake *intake, const char *why)
{
	intake->error->why = why;
	return -EINVAL;
}

/*
 * "NAME,N,N...": the arm and `count` numbers; where the text goes on, behind a
 * comma or with the end of the line. NULL if it is not that.
 */
static const char *line_split(const struct scenario *scenario, char *text,
			      unsigned int count, int *arm, uint64_t *number)
{
	char *field = strchr(text, ',');

	if (!field)
		return NULL;
	*field = '\0';
	*arm = arm_find(scenario, text);
	for (unsigned int n = 0; n < count; n++) {
		const char *digits = field + 1;

		errno = 0;
		number[n] = strtoull(digits, &field, 10);
		if (*digits < '0' || *digits > '9' || errno ||
		    (n + 1 < count && *field != ','))
			return NULL;
	}
	return *arm >= 0 ? field : NULL;
}

/*
 * Calls `take` for each line but the heading, which must be `heading`; a cut last
 * line ends it.
 */
static int each_line(const struct intake *intake, FILE *file,
		     const char *heading,
		     int (*take)(const struct intake *intake, char *text))
{
	char text[LINE_BYTES];
	int ret = 0;

	intake->error->line = 0;
	while (!ret && fgets(text, sizeof(text), file)) {
		size_t length = strlen(text);

		intake->error->line++;
		if (!length || text[length - 1] != '\n') {
			/* Cut off, or what is no text. */
			ret = getc(file) == EOF ? 0 : refuse(intake, SENSELESS);
			break;
		}
		if (intake->error->line > 1)
			ret = take(intake, text);
		else if (strcmp(text, heading))
			ret = refuse(intake, "is not the heading of this file");
	}
	if (ferror(file)) {
		refuse(intake, "cannot be read");
		ret = -EIO;
	}
	return ret;
}

/* "HEX" or "-", to the end of the line. */
static bool checksum_split(const char *text, char checksum[AB_CHECKSUM_BYTES])
{
	size_t length = strspn(text, CHECKSUM_DIGITS);

	if (!strcmp(text, "-\r\n"))
		return true;
	if (!length || length >= AB_CHECKSUM_BYTES ||
	    strcmp(text + length, "\r\n"))
		return false;
	memcpy(checksum, text, length);
	return true;
}

static int take_run(const struct intake *intake, char *text)
{
	uint64_t number[FIELDS_MAX];
	struct ab_run run = { 0 };
	int arm;
	const char *rest = line_split(intake->scenario, text, 8, &arm, number);

	if (!rest || *rest != ',' ||
	    !checksum_split(rest + 1, run.checksum) ||
	    number[0] >= intake->scenario->repetitions ||
	    results_has(intake->results, (unsigned int)arm,
			(unsigned int)number[0]))
		return refuse(intake, SENSELESS);
	run.arm = (unsigned int)arm;
	run.repetition = (unsigned int)number[0];
	run.iterations = number[1];
	run.span_ns = number[2];
	run.victim_bytes = number[3];
	run.others_bytes = number[4];
	run.stall_ns = number[5];
	run.others_cpus = number[6];
	run.budget_bytes_per_s = number[7];
	if (results_contradiction(intake->results, intake->scenario, &run))
		return refuse(intake, "has another checksum than those before");
	return results_add_run(intake->results, &run);
}

static int take_iteration(const struct intake *intake, char *text)
{
	uint64_t number[FIELDS_MAX];
	int arm;
	const char *rest = line_split(intake->scenario, text, 5, &arm, number);

	if (!rest || strcmp(rest, "\r\n") || !number[4])
		return refuse(intake, SENSELESS);
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
static int iterations_check(const struct ab_results *results,
			    struct results_error *error)
{
	size_t next = 0;

	error->file = RUNS;
	error->why = "has other iterations than " ITERATIONS;
	for (size_t n = 0; n < results->runs_count; n++) {
		const struct ab_run *run = &results->runs[n];

		error->line = n + 2;
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
		 FILE *iterations, FILE *runs, struct results_error *error)
{
	struct intake intake = { results, scenario, error };
	int ret;

	*error = (struct results_error){ .file = RUNS };
	ret = each_line(&intake, runs, RUNS_HEADING, take_run);
	if (!ret) {
		error->file = ITERATIONS;
		ret = each_line(&intake, iterations, ITERATIONS_HEADING,
				take_iteration);
	}
	return ret ? ret : iterations_check(results, error);
}

const struct ab_run *results_contradiction(const struct ab_results *results,
					   const struct scenario *scenario,
					   const struct ab_run *run)
{
	bool own = scenario->arm[run->arm].own_checksum;

	for (size_t n = 0; n < results->runs_count; n++) {
		const struct ab_run *other = &results->runs[n];
		bool same_work = own ? other->arm == run->arm :
				 !scenario->arm[other->arm].own_checksum;

		if (same_work && strcmp(other->checksum, run->checksum))
			return other;
	}
	return NULL;
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
