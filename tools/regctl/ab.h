/* SPDX-License-Identifier: GPL-2.0-only */
/* Running a comparison: loads, settings, the victim, what everybody moved. */
#ifndef REGCTL_AB_H
#define REGCTL_AB_H

#include <jansson.h>
#include <sched.h>
#include <sys/types.h>

#include "app.h"
#include "tools/ab/results.h"

/* What a victim prints, line by line; other lines do not matter. */
struct ab_output {
	struct ab_results jobs;		/* iterations, without arm and number */
	uint64_t clock_hz;
	bool lost;			/* a job is missing */
	char checksum[AB_CHECKSUM_BYTES]; /* of the first job; "": none told */
	bool differs;			/* that of another job */
	char line[SCENARIO_LINE_BYTES];
	size_t length;
};

/* Takes `size` bytes of it. 0 or -ENOMEM. */
int ab_output_take(struct ab_output *output, const char *bytes, size_t size);

struct ab_runner {
	struct app *app;
	const struct scenario *scenario;
	const char *directory;	/* of the results */
	cpu_set_t cpus;		/* that were ours: those of loads and victims */
	bool native;		/* the hypervisor is away */
	const struct scenario_program *victim;	/* of the arm under way */
	pid_t load[SCENARIO_LOADS_MAX];	/* 0: not a process, or not started */
	unsigned int loads_first, loads_started; /* from there, up to here */
	pid_t recorder;		/* records the run; or 0 */
	int recorder_orders;	/* it ends with this */
};

/*
 * To the CPU of the scenario, if it names one. An exit status. Children go back
 * to where we were with ab_cpus_leave().
 */
int ab_cpu_enter(struct ab_runner *runner);
void ab_cpus_leave(const struct ab_runner *runner);

/* SIGINT, SIGTERM and SIGHUP end the run under way from now on. */
void ab_signals_catch(void);
bool ab_interrupted(void);

/*
 * One run of an arm, from the start of its loads to their end; `run` and
 * `output` are filled. An exit status; settings and loads are taken back in
 * any case.
 */
int ab_run_once(struct ab_runner *runner, unsigned int arm,
		struct ab_run *run, struct ab_output *output);

/*
 * What a comparison that was killed left behind: settings, running cells, no
 * hypervisor. An exit status.
 */
int ab_leftovers_clear(struct ab_runner *runner);

/*
 * ab-record.c: records the run, where the scenario wants it, until ab_record_end()
 * or our own end. ab_record_clear() ends what a killed comparison left. Exit
 * statuses.
 */
int ab_record_begin(struct ab_runner *runner, const struct ab_run *run);
int ab_record_end(struct ab_runner *runner);
int ab_record_clear(struct ab_runner *runner);

/* ab-victim.c: starts the victim and waits for its end. An exit status. */
int ab_victim_run(struct ab_runner *runner, struct ab_output *output);
/* Loads and starts the image of a cell. */
int ab_cell_start(struct ab_runner *runner,
		  const struct scenario_program *program);
/* A command line of regctl, as words; its data is not printed. */
int ab_regctl(struct ab_runner *runner, const char *const *words,
	      unsigned int count);
uint64_t ab_now_ns(struct ab_runner *runner);

/*
 * ab-environment.c: versions, configurations, machine and clocks, for whoever reads
 * the results later. `text` is the scenario's. The caller owns it.
 */
json_t *ab_environment(const struct app *app, const struct scenario *scenario,
		       const char *text);
/* The key of what is there now and was not the same before; NULL: none. */
const char *ab_environment_changed(json_t *before, json_t *now);

#endif
