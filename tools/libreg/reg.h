/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libreg: the client library of the Weir driver.
 *
 * Prints nothing, never exits, keeps no global state. Functions return 0 (or a
 * count where said) or a negative errno; reg_last_error() then says in one
 * line what was refused and by whom. A device is used by one thread at a time.
 * Quantities are those of abi/regulation.h: bytes per second, nanoseconds.
 */
#ifndef LIBREG_REG_H
#define LIBREG_REG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/driver.h"
#include "abi/statistics.h"

struct reg_device;

/* Carries requests; the default is ioctl() on the device. For tests. */
struct reg_transport {
	/* As ioctl(), but returns a negative errno. */
	int (*control)(void *context, unsigned long command, void *argument);
	/* As reg_share_map(); NULL: cells share nothing. */
	void *(*map)(void *context, uint32_t cell, uint64_t bytes);
	/* The statistics pages, page aligned; NULL: there are none. */
	const void *(*watch)(void *context);
	void *context;
};

/* NULL members mean the defaults of abi/driver.h. */
struct reg_options {
	const char *device_path;
	const char *sysfs_path;
	const struct reg_transport *transport;
};

enum reg_origin {
	REG_ORIGIN_NONE,
	REG_ORIGIN_INPUT,	/* the caller's arguments make no sense */
	REG_ORIGIN_ABSENT,	/* no driver, not enabled, no such hardware */
	REG_ORIGIN_REFUSED,	/* by the driver or the hypervisor */
};

struct reg_error {
	int error;		/* negative errno */
	enum reg_origin origin;
	char text[256];
	const char *reason;	/* the end of text: without what was tried */
};

/*
 * The device is opened when it is first needed: reading sysfs does without
 * it. The strings are copied. -ENOMEM is the only failure.
 */
int reg_open(struct reg_device **device, const struct reg_options *options);
void reg_close(struct reg_device *device);

/* Of the last call on this device that failed. */
const struct reg_error *reg_last_error(const struct reg_device *device);

/* "root" and decimal numbers are ids, all else is a name. */
int reg_cell_id(struct reg_device *device, const char *text,
		struct weir_cell_id *cell);

/* Life of the hypervisor. image NULL: the firmware the driver finds. */
int reg_enable(struct reg_device *device, const void *config,
	       size_t config_size, const void *image, size_t image_size);
int reg_disable(struct reg_device *device);

/* Life of a cell; *id is the answer. */
int reg_cell_create(struct reg_device *device, const void *config,
		    size_t config_size, uint32_t *id);
/* source_address points at the caller's memory; 1 to WEIR_MAX_IMAGES. */
int reg_cell_load(struct reg_device *device, const struct weir_cell_id *cell,
		  const struct weir_image *images, uint32_t images_count);
int reg_cell_start(struct reg_device *device, const struct weir_cell_id *cell);
int reg_cell_shutdown(struct reg_device *device,
		      const struct weir_cell_id *cell);
int reg_cell_destroy(struct reg_device *device,
		     const struct weir_cell_id *cell);
int reg_cell_report(struct reg_device *device, const struct weir_cell_id *cell,
		    struct cell_report *report);

/*
 * Regulation. wanted->valid says which fields count. `answer` holds what is in
 * force on success; reg_check() changes nothing, reg_clear() goes back to the
 * policy of the cell's configuration.
 */
int reg_set(struct reg_device *device, const struct weir_cell_id *cell,
	    const struct reg_settings *wanted, struct reg_request *answer);
/* Another total budget and nothing else, without an answer: for controllers. */
int reg_set_budget(struct reg_device *device, const struct weir_cell_id *cell,
		   uint64_t bytes_per_s);
int reg_check(struct reg_device *device, const struct weir_cell_id *cell,
	      const struct reg_settings *wanted, struct reg_request *answer);
int reg_clear(struct reg_device *device, const struct weir_cell_id *cell,
	      struct reg_request *answer);
/* num_cpus is at most REG_STATUS_MAX_CPUS and the names are terminated. */
int reg_get(struct reg_device *device, const struct weir_cell_id *cell,
	    struct reg_status *status);

/*
 * Shares of caches, bandwidth and clock, in the same way; `operation` is
 * REG_OP_SET, REG_OP_CHECK or, without `wanted`, REG_OP_CLEAR.
 */
int reg_part_set(struct reg_device *device, const struct weir_cell_id *cell,
		 enum reg_operation operation,
		 const struct part_settings *wanted,
		 struct part_request *answer);
/* The texts are terminated. */
int reg_part_get(struct reg_device *device, const struct weir_cell_id *cell,
		 struct part_status *status);

/* Of the whole machine; where nothing counts it the reason says what is missing. */
int reg_traffic(struct reg_device *device, struct traffic_report *report);

/* Lines of all CPUs together. */
uint64_t reg_status_read_lines(const struct reg_status *status);
uint64_t reg_status_written_lines(const struct reg_status *status);
uint64_t reg_status_lent_lines(const struct reg_status *status);
uint64_t reg_status_borrowed_lines(const struct reg_status *status);

/*
 * A descriptor of its own for the virtual console; the caller closes it.
 * read() starts at the oldest character kept; with `wait` it blocks for more,
 * without it fails with EAGAIN at the end.
 */
int reg_console_open(struct reg_device *device, bool wait);

/*
 * Maps the first `bytes` of what the cell shares with the root cell; to be
 * unmapped with reg_share_unmap(). -ENXIO: it shares nothing.
 */
int reg_share_map(struct reg_device *device, const struct weir_cell_id *cell,
		  uint64_t bytes, void **memory);
void reg_share_unmap(struct reg_device *device, void *memory, uint64_t bytes);

/*
 * The statistics pages (abi/statistics.h): reading them makes no call, neither
 * of the driver nor of the hypervisor. -ENXIO: there are none.
 */
struct reg_watch;
int reg_watch_open(struct reg_device *device, struct reg_watch **watch);
void reg_watch_close(struct reg_watch *watch);

/* One CPU as its page has it, stall under way included. */
struct reg_watch_cpu {
	uint32_t cell_id;
	uint32_t line_bytes;		/* 0: nothing counts here */
	uint64_t now_ns;		/* hypervisor clock */
	uint64_t generation;
	uint64_t ticks;			/* with more to do than a short way */
	uint64_t tick_ns;		/* spent in these */
	struct reg_settings effective;
	struct reg_cpu_stats stats;
};

/* All CPUs that are in a cell; their number. */
int reg_watch_cpus(struct reg_watch *watch,
		   struct reg_watch_cpu cpus[REG_MAX_CPUS]);
/*
 * As reg_get(), but that `requested` is what is in force, and without names,
 * reloads and refusals. -ENOENT: no CPU has run in that cell yet.
 */
int reg_watch_get(struct reg_watch *watch, uint32_t cell_id,
		  struct reg_status *status);
/* A consistent copy of a page; false when it is never left in peace. */
bool reg_statistics_snapshot(const struct statistics_page *page,
			     struct statistics_page *copy);

/* From sysfs. */
struct reg_cell_info {
	uint32_t id;
	char name[CONFIG_NAME_BYTES];
	char state[24];		/* empty when it cannot be read */
	uint64_t cpus;		/* bit n: logical CPU n */
	uint64_t cpus_failed;
};

#define REG_CELLS_MAX	32

/* Sorted by id; returns their number, 0 when Weir is not enabled. */
int reg_cells_list(struct reg_device *device,
		   struct reg_cell_info cells[REG_CELLS_MAX]);
/* The same without state and failed CPUs, which would take calls. */
int reg_cells_names(struct reg_device *device,
		    struct reg_cell_info cells[REG_CELLS_MAX]);
int reg_cell_find(struct reg_device *device, const struct weir_cell_id *cell,
		  struct reg_cell_info *info);

struct reg_stat {
	char name[32];
	uint64_t value;
};

#define REG_STATS_MAX	32
#define REG_STATS_CELL	(-1)

/* Exit counters of a cell (REG_STATS_CELL) or one CPU: total, then by name. */
int reg_cell_stats(struct reg_device *device, uint32_t id, int cpu,
		   struct reg_stat stats[REG_STATS_MAX]);

#define REG_COLOR_WORDS		2
#define REG_COLOR_FUNCTIONS_MAX	7

/* Bit n % 64 of word n / 64: color n. */
struct reg_color_set {
	uint64_t word[REG_COLOR_WORDS];
};

/* What tells pages apart; llc_sets is 0 when the cache has no colors. */
struct reg_colors {
	uint32_t colors_count;
	uint32_t llc_colors_count;
	uint32_t llc_sets;
	uint32_t llc_ways;
	uint32_t llc_line_bytes;
	uint32_t functions_count;
	/* The parity of these address bits is bit n of a color. */
	uint64_t functions[REG_COLOR_FUNCTIONS_MAX];
	struct reg_color_set hypervisor; /* its own; empty: none */
	struct reg_color_set shared; /* of memory shared with the root cell */
};

int reg_colors(struct reg_device *device, struct reg_colors *colors);
/* Empty for a cell that is not colored. */
int reg_cell_colors(struct reg_device *device, uint32_t id,
		    struct reg_color_set *set);
/*
 * Begins to give the root cell these colors (none: all), or with COLOR_REQUEST_CHECK
 * asks whether it could have them. Then reg_colors_step() until nothing is left; with
 * COLOR_STEP_TURN it goes back instead.
 */
int reg_colors_set(struct reg_device *device, const struct weir_cell_id *cell,
		   const struct reg_color_set *set, uint32_t flags,
		   struct color_request *answer);
int reg_colors_step(struct reg_device *device, uint32_t flags,
		    struct color_request *answer);
/* "0,2-5": -EINVAL for what is no list of colors, or an empty one. */
int reg_color_list_parse(const char *text, struct reg_color_set *set);
bool reg_color_has(const struct reg_color_set *set, unsigned int color);

/* Names of ABI numbers; NULL or -ENOENT for an unknown one. */
const char *reg_regulator_name(unsigned int id);
const char *reg_regulator_kind(unsigned int id);
int reg_regulator_by_name(const char *name);
const char *reg_source_name(unsigned int id);
int reg_source_by_name(const char *name);
/* Of enum reg_law; -ENOENT, and NULL. */
int reg_law_by_name(const char *name);
const char *reg_law_name(unsigned int law);
const char *reg_holder_name(unsigned int holder);
const char *reg_park_reason_name(unsigned int reason);

/* The n-th known id, or -ENOENT after the last one. */
int reg_regulator_known(unsigned int n);
int reg_source_known(unsigned int n);

#endif
