// SPDX-License-Identifier: GPL-2.0-only
/* A driver for tests of libreg and regctl. */
#include "regctl-fake.h"

#include <errno.h>
#include <signal.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS_MAX	32

static void note(struct fake *fake, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct fake *fake, const char *format, ...)
{
	size_t length = strlen(fake->log);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(fake->log + length, sizeof(fake->log) - length, format,
		  arguments);
	va_end(arguments);
}

static void note_cell(struct fake *fake, const char *verb,
		      const struct weir_cell_id *cell)
{
	if (cell->id < 0)
		note(fake, "%s name=%s", verb, cell->name);
	else
		note(fake, "%s id=%d", verb, (int)cell->id);
}

static int answer(struct fake *fake, char *reason)
{
	if (!fake->error)
		return 0;
	snprintf(reason, WEIR_REASON_BYTES, "%s", fake->reason);
	return fake->error;
}

static int take_load(struct fake *fake, struct weir_cell_load *load)
{
	const struct weir_image *images =
		(const struct weir_image *)(uintptr_t)load->images_address;
	uint32_t i;

	note_cell(fake, "load", &load->cell);
	for (i = 0; i < load->num_images; i++) {
		const char *data =
			(const char *)(uintptr_t)images[i].source_address;

		note(fake, " %llu@0x%llx:%.*s",
		     (unsigned long long)images[i].size,
		     (unsigned long long)images[i].target_address,
		     (int)images[i].size, data);
	}
	note(fake, "\n");
	return answer(fake, load->reason);
}

/* Only what the request names. */
static void note_beside(struct fake *fake, const struct reg_settings *s)
{
	if (s->valid & REG_SET_DUTY)
		note(fake, " duty=%u", s->duty_permille);
	if (s->valid & REG_SET_THROTTLE_PERIOD)
		note(fake, " throttle=%llu",
		     (unsigned long long)s->throttle_period_ns);
	if (s->valid & REG_SET_THROTTLE_CPUS)
		note(fake, " cpus=%#llx", (unsigned long long)s->throttle_cpus);
	if (s->valid & REG_SET_CLASS)
		note(fake, " class=%u", s->class_);
	if (s->valid & REG_SET_FLAGS)
		note(fake, " flags=%u", s->flags);
	if (s->valid & REG_SET_DEPTH)
		note(fake, " depth=%llu", (unsigned long long)s->depth_bytes);
	if (s->valid & REG_SET_POLL)
		note(fake, " poll=%u", s->poll_ns);
	if (s->valid & REG_SET_LAW)
		note(fake, " law=%u", s->law);
	if (s->valid & REG_SET_WATCH)
		note(fake, " watch=%u", s->watch_cpu);
	if (s->valid & REG_SET_BURST)
		note(fake, " burst=%llu/%llu",
		     (unsigned long long)s->burst_bytes,
		     (unsigned long long)s->burst_window_ns);
}

static int take_set(struct fake *fake, struct weir_reg_set *set)
{
	static const char *const verbs[] = { "?", "set", "clear", "check" };
	const struct reg_settings *s = &set->request.settings;
	int ret;

	note_cell(fake, verbs[set->request.operation & 3], &set->cell);
	note(fake, " valid=%#x budget=%llu write=%llu period=%llu mode=%u "
	     "source=%u regulator=%u", s->valid,
	     (unsigned long long)s->budget_bytes_per_s,
	     (unsigned long long)s->write_budget_bytes_per_s,
	     (unsigned long long)s->period_ns, s->mode, s->source,
	     s->regulator);
	note_beside(fake, s);
	note(fake, "\n");
	fake->request = set->request;
	if (set->request.operation == REG_OP_CHECK && fake->error_of_check) {
		strcpy(set->request.reason, fake->reason);
		return fake->error_of_check;
	}
	ret = answer(fake, set->request.reason);
	if (ret)
		return ret;
	set->request.effective = fake->effective;
	set->request.generation = 17;
	set->request.requested_ns = 123456789;
	return 0;
}

static int take_get(struct fake *fake, struct weir_reg_get *get)
{
	struct reg_status *status;

	note_cell(fake, "get", &get->cell);
	note(fake, "\n");
	if (fake->error)
		return answer(fake, get->reason);
	status = &fake->status[get->cell.id < 0 ? 2 : get->cell.id & 7];
	memcpy((void *)(uintptr_t)get->status_address, status,
	       get->status_size);
	status->now_ns += fake->clock_step_ns;
	status->cpu[0].read_lines += 1000;
	return 0;
}

static void note_share(struct fake *fake, const char *name,
		       const struct part_cache *share)
{
	note(fake, " %s=%#llx/%#llx/%u/%u", name,
	     (unsigned long long)share->mask,
	     (unsigned long long)share->code_mask, share->ways_count,
	     share->flags);
}

static int take_part_set(struct fake *fake, struct weir_part_set *set)
{
	static const char *const verbs[] = { "?", "share", "unshare",
					     "share?" };
	const struct part_settings *s = &set->request.settings;
	int ret = answer(fake, set->request.reason);

	note_cell(fake, verbs[set->request.operation & 3], &set->cell);
	note(fake, " valid=%#x flags=%u", s->valid, s->flags);
	note_share(fake, "l3", &s->l3);
	note_share(fake, "l2", &s->l2);
	note(fake, " bandwidth=%u clock=%u\n", s->bandwidth_permille,
	     s->clock_permille);
	set->request.effective = fake->shares;
	set->request.generation = 3;
	return ret;
}

static int take_part_get(struct fake *fake, struct weir_part_get *get)
{
	note_cell(fake, "shares", &get->cell);
	note(fake, "\n");
	get->status = fake->part;
	return answer(fake, get->reason);
}

static int take_report(struct fake *fake, struct weir_cell_report *report)
{
	note_cell(fake, "report", &report->cell);
	note(fake, "\n");
	report->report = fake->report;
	return answer(fake, report->reason);
}

static int take_colors_set(struct fake *fake, struct weir_colors_set *set)
{
	int ret = answer(fake, set->reason);

	note_cell(fake, "colors", &set->cell);
	note(fake, " flags=%u list=%llx/%llx\n", set->request.flags,
	     (unsigned long long)set->request.colors[0],
	     (unsigned long long)set->request.colors[1]);
	set->request.span_bytes = 3 * fake->color_bytes / 2;
	if (set->request.flags == 0 && !ret)
		fake->color_left = fake->color_bytes;
	fake->colors[0] = set->request.colors[0];
	set->request.left_bytes = fake->color_left;
	return ret;
}

static int take_colors_step(struct fake *fake, struct weir_colors_step *step)
{
	note(fake, "step flags=%u\n", step->flags);
	if (step->flags && fake->color_left > fake->color_too_late) {
		fake->color_left = fake->color_bytes - fake->color_left;
		fake->colors[0] = 0;
	}
	fake->color_left -= fake->color_bytes / 4;
	if (fake->color_interrupt && fake->color_left == fake->color_interrupt)
		raise(SIGINT);
	step->answer.colors[0] = fake->colors[0];
	step->answer.left_bytes = fake->color_left;
	step->answer.moved_bytes = fake->color_bytes - fake->color_left;
	step->answer.took_ns = 871000000;
	step->answer.longest_ns = 43000;
	step->answer.waits = 12;
	/* The last one says how it ended. */
	return fake->color_left ? 0 : answer(fake, step->reason);
}

static int take_op(struct fake *fake, const char *verb,
		   struct weir_cell_op *op)
{
	note_cell(fake, verb, &op->cell);
	note(fake, "\n");
	return answer(fake, op->reason);
}

static int take_enable(struct fake *fake, struct weir_enable *enable)
{
	note(fake, "enable config=%llu image=%llu\n",
	     (unsigned long long)enable->config_size,
	     (unsigned long long)enable->image_size);
	return answer(fake, enable->reason);
}

static int take_create(struct fake *fake, struct weir_cell_create *create)
{
	note(fake, "create config=%llu\n",
	     (unsigned long long)create->config_size);
	create->cell_id = 3;
	return answer(fake, create->reason);
}

static int take_traffic(struct fake *fake, struct weir_traffic *traffic)
{
	note(fake, "traffic\n");
	traffic->report = (struct traffic_report){
		.size = sizeof(traffic->report), .line_bytes = 64,
		.read_lines = 3ull << 24, .write_lines = 5000,
		.now_ns = 1500000000,
	};
	return answer(fake, traffic->reason);
}

static int control(void *context, unsigned long command, void *argument)
{
	struct fake *fake = context;
	struct weir_disable *disable = argument;

	fake->calls++;
	/* Every request starts with its true size. */
	if (*(uint32_t *)argument != _IOC_SIZE(command))
		return -E2BIG;
	switch (command) {
	case WEIR_ENABLE:
		return take_enable(fake, argument);
	case WEIR_DISABLE:
		note(fake, "disable\n");
		return answer(fake, disable->reason);
	case WEIR_CELL_CREATE:
		return take_create(fake, argument);
	case WEIR_CELL_LOAD:
		return take_load(fake, argument);
	case WEIR_CELL_START:
		return take_op(fake, "start", argument);
	case WEIR_CELL_DESTROY:
		return take_op(fake, "destroy", argument);
	case WEIR_REG_SET:
		return take_set(fake, argument);
	case WEIR_REG_GET:
		return take_get(fake, argument);
	case WEIR_PART_SET:
		return take_part_set(fake, argument);
	case WEIR_PART_GET:
		return take_part_get(fake, argument);
	case WEIR_CELL_REPORT:
		return take_report(fake, argument);
	case WEIR_TRAFFIC:
		return take_traffic(fake, argument);
	case WEIR_COLORS_SET:
		return take_colors_set(fake, argument);
	case WEIR_COLORS_STEP:
		return take_colors_step(fake, argument);
	default:
		return -ENOTTY;
	}
}

static void directories_make(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

void fake_file(const struct fake *fake, const char *path, const char *text)
{
	char full[256];
	FILE *stream;

	snprintf(full, sizeof(full), "%s/%s", fake->sysfs, path);
	if (!text) {
		unlink(full);
		return;
	}
	directories_make(full);
	stream = fopen(full, "w");
	if (!stream)
		abort();
	fprintf(stream, "%s\n", text);
	fclose(stream);
}

static void status_init(struct reg_status *status, uint32_t id)
{
	const struct reg_settings free_running = {
		.valid = REG_SET_KNOWN,
		.budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.period_ns = REG_PERIOD_DEFAULT_NS,
		.duty_permille = REG_DUTY_FULL,
	};

	memset(status, 0, sizeof(*status));
	status->size = sizeof(*status);
	status->cell_id = id;
	status->requested = free_running;
	status->effective = free_running;
	status->line_bytes = 64;
	status->num_cpus = 1;
}

static void sysfs_make(struct fake *fake)
{
	strcpy(fake->sysfs, "/tmp/weir-test-XXXXXX");
	if (!mkdtemp(fake->sysfs))
		abort();
	fake_file(fake, "cells/0/name", "qemu-virt");
	fake_file(fake, "cells/0/state", "running");
	fake_file(fake, "cells/0/cpus_assigned_list", "0-1");
	fake_file(fake, "cells/0/cpus_failed_list", "");
	fake_file(fake, "cells/0/statistics/vmexits_total", "120");
	fake_file(fake, "cells/0/statistics/vmexits_virt_irq", "20");
	fake_file(fake, "cells/0/statistics/cpu0/vmexits_total", "100");
	fake_file(fake, "cells/0/statistics/cpu0/vmexits_virt_irq", "15");
	fake_file(fake, "cells/0/statistics/cpu1/vmexits_total", "20");
	fake_file(fake, "cells/0/statistics/cpu1/vmexits_virt_irq", "5");
	fake_file(fake, "cells/0/colors", "");
	fake_file(fake, "cells/2/colors", "0-3,9,20-23");
	fake_file(fake, "coloring/colors_count", "32");
	fake_file(fake, "coloring/llc_colors_count", "16");
	fake_file(fake, "coloring/llc_sets", "1024");
	fake_file(fake, "coloring/llc_ways", "16");
	fake_file(fake, "coloring/llc_line_bytes", "64");
	fake_file(fake, "coloring/functions",
		  "0x1000 0x2000 0x4000 0x8000 0x60000");
	fake_file(fake, "cells/2/name", "victim");
	fake_file(fake, "cells/2/state", "running/locked");
	fake_file(fake, "cells/2/cpus_assigned_list", "2");
	fake_file(fake, "cells/2/cpus_failed_list", "");
}

static void shares_init(struct fake *fake)
{
	fake->shares = (struct part_settings){
		.valid = PART_SET_KNOWN,
		.l3 = { .mask = 0xff0, .ways_count = 8 },
		.bandwidth_permille = PART_WHOLE,
		.clock_permille = 875,
	};
	fake->part.effective = fake->shares;
	fake->part.generation = 2;
	fake->part.class_of_service = 1;
	fake->part.resource[PART_L3] = (struct part_resource){
		.flags = PART_RESOURCE_USABLE, .ways = 12, .ways_min = 1,
		.classes = 16, .shared_ways = 0xc00, .free_ways = 0xff0,
	};
	strcpy(fake->part.resource[PART_L2].why, "there is none");
	strcpy(fake->part.resource[PART_BANDWIDTH].why,
	       "the CPU announces no allocation of it");
	fake->part.resource[PART_CLOCK] = (struct part_resource){
		.flags = PART_RESOURCE_USABLE, .least_permille = 125,
	};
}

static void *map(void *context, uint32_t cell, uint64_t bytes)
{
	struct fake *fake = context;

	note(fake, "map id=%u %llu\n", cell, (unsigned long long)bytes);
	return bytes <= sizeof(fake->shared) ? fake->shared : NULL;
}

void fake_setup(struct fake *fake)
{
	uint32_t id;

	memset(fake, 0, sizeof(*fake));
	fake->transport.control = control;
	fake->transport.map = map;
	fake->transport.context = fake;
	fake->reason = "the reason";
	fake->clock_step_ns = 1000000;
	fake->effective.period_ns = REG_PERIOD_DEFAULT_NS;
	fake->effective.duty_permille = REG_DUTY_FULL;
	fake->effective.budget_bytes_per_s = REG_BUDGET_UNLIMITED;
	fake->effective.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED;
	fake->color_bytes = 1 << 29;
	for (id = 0; id < 8; id++)
		status_init(&fake->status[id], id);
	shares_init(fake);
	sysfs_make(fake);
}

static int remove_one(const char *path, const struct stat *information,
		      int flag, struct FTW *ftw)
{
	(void)information;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void fake_teardown(struct fake *fake)
{
	nftw(fake->sysfs, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(fake->out);
	free(fake->err);
}

static int split(char *line, char **argv)
{
	int argc = 0;
	char *end;

	while (*(line += strspn(line, " "))) {
		if (argc == ARGUMENTS_MAX - 1)
			abort();
		end = *line == '\'' ? strchr(line + 1, '\'') : NULL;
		if (end)
			line++;
		else
			end = line + strcspn(line, " ");
		argv[argc++] = line;
		if (*end)
			*end++ = '\0';
		line = end;
	}
	argv[argc] = NULL;
	return argc;
}

int fake_run(struct fake *fake, const char *line)
{
	struct app app = { .transport = &fake->transport };
	char *argv[ARGUMENTS_MAX + 1] = { (char *)"regctl" };
	char *copy = strdup(line);
	char sysfs[80];
	int status;
	int argc;

	free(fake->out);
	free(fake->err);
	fake->out = NULL;
	fake->err = NULL;
	fake->log[0] = '\0';
	fake->calls = 0;
	snprintf(sysfs, sizeof(sysfs), "--sysfs=%s", fake->sysfs);
	argv[1] = sysfs;
	argc = 2 + split(copy, argv + 2);
	app.out = open_memstream(&fake->out, &fake->out_size);
	app.err = open_memstream(&fake->err, &fake->err_size);
	status = regctl_run(&app, argc, argv);
	fclose(app.out);
	fclose(app.err);
	free(copy);
	return status;
}

static void golden_cpu(struct reg_cpu_stats *cpu, uint32_t number)
{
	unsigned int i;

	cpu->cpu = number;
	cpu->stalled = number == 1;
	cpu->read_lines = 1000000 + number;
	cpu->written_lines = 500000;
	cpu->stalls = 12;
	cpu->stall_ns = 3456789;
	cpu->periods = 4000;
	cpu->overflows = 13;
	cpu->overshoot_lines = 99;
	cpu->overshoot_max_lines = 11 + number;
	cpu->late_max_ns = 640;
	cpu->effective_ns = 987654321;
	cpu->generation = 17;
	for (i = 0; i < REG_STALL_BUCKETS; i++)
		cpu->stall_histogram[i] = i;
}

/* Throttled, and held by that and by its budget. */
static void golden_throttle(struct reg_status *status)
{
	struct reg_cpu_stats *cpu = &status->cpu[1];

	status->effective.duty_permille = 400;
	status->effective.throttle_period_ns = 2000000;
	status->effective.throttle_cpus = 3;
	status->effective.burst_bytes = 16384;
	status->effective.burst_window_ns = 20000;
	cpu->held_by = REG_HELD_THROTTLE;
	cpu->holders = REG_HOLDER_BIT(REG_HELD_THROTTLE) |
		       REG_HOLDER_BIT(REG_HELD_BUDGET);
	cpu->held_stalls[REG_HELD_THROTTLE - 1] = 9;
	cpu->held_stalls[REG_HELD_BUDGET - 1] = 3;
	cpu->held_ns[REG_HELD_THROTTLE - 1] = 3000000;
	cpu->held_ns[REG_HELD_BUDGET - 1] = 456789;
}

/* The victim holds the root back, somebody who has gone did. */
static void golden_holds(struct reg_status *status)
{
	status->requested.duty_permille = REG_DUTY_FULL;
	status->effective.duty_permille = 125;
	status->num_holds = 2;
	status->hold[0] = (struct control_hold){
		.cell_id = 2, .what = CONTROL_KNOWN, .duty_permille = 125,
		.budget_bytes_per_s = 250000000, .since_ns = 4900000000,
		.held_ns = 1500000, .requests = 7,
	};
	status->hold[1] = (struct control_hold){
		.cell_id = 9, .held_ns = 250000000, .requests = 1, .lapses = 1,
	};
}

void fake_golden_status(struct fake *fake)
{
	struct reg_status *status = &fake->status[0];

	status->now_ns = 5000000000;
	status->requested.budget_bytes_per_s = 200000000;
	status->effective.budget_bytes_per_s = 199936000;
	status->requested.write_budget_bytes_per_s = 50000000;
	status->effective.write_budget_bytes_per_s = 50000000;
	status->effective.regulator = REGULATOR_MEMGUARD;
	status->effective.source = COUNTER_MEMSYS;
	status->generation = 17;
	status->reloads = 16;
	status->refusals = 1;
	status->num_cpus = 2;
	strcpy(status->regulator_name, "memguard");
	strcpy(status->source_name, "memsys");
	strcpy(status->event_name, "llc_fills, write\"backs");
	golden_cpu(&status->cpu[0], 0);
	golden_cpu(&status->cpu[1], 1);
	golden_throttle(status);
	golden_holds(status);
	fake->status[2].control_requests = 7;
	fake->status[2].control_refusals = 3;
	fake->status[2].control_limited = 2;
	fake->status[2].cpu[0].cpu = 2;
}
