// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir-ioctl: the bare ioctls of /dev/weir for the driver's tests.
 *
 * It knows abi/driver.h only, so that what the driver does with hostile
 * arguments is seen unfiltered. Exit status: 0, or the errno of the ioctl; the
 * driver's line goes to stdout.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/driver.h"
#include "abi/image.h"
#include "abi/statistics.h"

static int device;

struct file {
	void *data;
	size_t size;
};

static struct file file_map(const char *path)
{
	struct file file = { 0 };
	struct stat status;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &status)) {
		perror(path);
		exit(127);
	}
	file.size = (size_t)status.st_size;
	file.data = mmap(NULL, file.size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 fd, 0);
	close(fd);
	return file;
}

static int call(unsigned long number, void *request)
{
	return ioctl(device, number, request) ? errno : 0;
}

static int told(int error, const char *reason)
{
	if (error)
		printf("%s: %.*s\n", strerror(error), WEIR_REASON_BYTES,
		       reason);
	return error;
}

static struct weir_cell_id cell_id(const char *text)
{
	struct weir_cell_id id = { .id = -1 };
	char *end;
	long number = strtol(text, &end, 0);

	if (*text && !*end)
		id.id = (int32_t)number;
	else
		memcpy(id.name, text, strnlen(text, sizeof(id.name)));
	return id;
}

static int do_enable(char **args)
{
	struct file config = file_map(args[0]);
	struct weir_enable request = {
		.size = sizeof(request),
		.config_address = (uintptr_t)config.data,
		.config_size = config.size,
	};
	struct file image;

	if (args[1]) {
		image = file_map(args[1]);
		request.image_address = (uintptr_t)image.data;
		request.image_size = image.size;
	}
	return told(call(WEIR_ENABLE, &request), request.reason);
}

static int do_disable(char **args)
{
	struct weir_disable request = { .size = sizeof(request) };

	(void)args;
	return told(call(WEIR_DISABLE, &request), request.reason);
}

static int do_create(char **args)
{
	struct file config = file_map(args[0]);
	struct weir_cell_create request = {
		.size = sizeof(request),
		.config_address = (uintptr_t)config.data,
		.config_size = config.size,
	};

	return told(call(WEIR_CELL_CREATE, &request), request.reason);
}

/* load CELL [FILE ADDRESS]... */
static int do_load(char **args)
{
	struct weir_image images[WEIR_MAX_IMAGES] = { 0 };
	struct weir_cell_load request = {
		.size = sizeof(request),
		.cell = cell_id(args[0]),
		.images_address = (uintptr_t)images,
	};
	struct weir_image *image = images;
	struct file file;

	for (args++; args[0] && args[1]; args += 2, image++) {
		file = file_map(args[0]);
		image->source_address = (uintptr_t)file.data;
		image->size = file.size;
		image->target_address = strtoull(args[1], NULL, 0);
		request.num_images++;
	}
	return told(call(WEIR_CELL_LOAD, &request), request.reason);
}

static int cell_op(unsigned long number, const char *cell)
{
	struct weir_cell_op request = {
		.size = sizeof(request),
		.cell = cell_id(cell),
	};

	return told(call(number, &request), request.reason);
}

/* start CELL [FILE ADDRESS]: loaded first when there is a file. */
static int do_start(char **args)
{
	int error = args[1] ? do_load(args) : 0;

	if (error)
		return error;
	return cell_op(WEIR_CELL_START, args[0]);
}

static int do_destroy(char **args)
{
	return cell_op(WEIR_CELL_DESTROY, args[0]);
}

static int do_report(char **args)
{
	struct weir_cell_report request = {
		.size = sizeof(request),
		.cell = cell_id(args[0]),
	};
	int error = call(WEIR_CELL_REPORT, &request);

	if (!error)
		printf("state %u reason %u cpu %u: %.*s\n",
		       request.report.state, request.report.reason,
		       request.report.failed_cpu,
		       (int)sizeof(request.report.text), request.report.text);
	return told(error, request.reason);
}

/* set CELL BYTES-PER-SECOND */
static int do_set(char **args)
{
	struct weir_reg_set request = {
		.size = sizeof(request),
		.cell = cell_id(args[0]),
		.request = {
			.operation = REG_OP_SET,
			.settings.valid = REG_SET_BUDGET,
			.settings.budget_bytes_per_s =
				strtoull(args[1], NULL, 0),
		},
	};
	int error = call(WEIR_REG_SET, &request);

	if (!error)
		printf("effective %llu generation %llu\n",
		       (unsigned long long)
		       request.request.effective.budget_bytes_per_s,
		       (unsigned long long)request.request.generation);
	return told(error, request.request.reason);
}

static int do_get(char **args)
{
	struct reg_status status = { 0 };
	struct weir_reg_get request = {
		.size = sizeof(request),
		.cell = cell_id(args[0]),
		.status_address = (uintptr_t)&status,
		.status_size = sizeof(status),
	};
	int error = call(WEIR_REG_GET, &request);

	if (!error)
		printf("cpus %u effective %llu generation %llu\n",
		       status.num_cpus, (unsigned long long)
		       status.effective.budget_bytes_per_s,
		       (unsigned long long)status.generation);
	return told(error, request.reason);
}

/* console [TIMEOUT-MS]: what is there, then what comes within the time. */
static int do_console(char **args)
{
	struct pollfd wait = { .fd = device, .events = POLLIN };
	int timeout_ms = args[0] ? atoi(args[0]) : 0;
	char buffer[256];
	ssize_t bytes;

	while (poll(&wait, 1, timeout_ms) > 0) {
		bytes = read(device, buffer, sizeof(buffer));
		if (bytes <= 0)
			return bytes ? errno : 0;
		fwrite(buffer, 1, (size_t)bytes, stdout);
		fflush(stdout);
	}
	return 0;
}

/* One hostile call and the errno it must end with. */
struct attack {
	const char *name;
	unsigned long number;
	uint64_t head[12];	/* the request's first words */
	size_t mapped_bytes;	/* before an unmapped page; 0: at NULL */
	int error;
	bool enabled_only;
};

#define NOWHERE		0xffff000000000000ull	/* kernel addresses */
#define SIZE(type)	sizeof(struct type)
#define TWO(low, high)	((uint64_t)(high) << 32 | (low))

static const struct attack attacks[] = {
	{ "another magic", _IO('x', 1), { 8 }, 8, ENOTTY, false },
	{ "a number behind the last", _IO(WEIR_IOCTL_MAGIC, WEIR_IOCTL_COUNT),
	  { 8 }, 8, ENOTTY, false },
	{ "the largest number", _IO(WEIR_IOCTL_MAGIC, 255), { 8 }, 8, ENOTTY,
	  false },
	{ "no argument", WEIR_DISABLE, { 0 }, 0, EFAULT, false },
	{ "size 0", WEIR_DISABLE, { 0 }, 8, EINVAL, false },
	{ "size 3", WEIR_DISABLE, { 3 }, 8, EINVAL, false },
	{ "size above a page", WEIR_DISABLE, { 4097 }, 96, E2BIG, false },
	{ "the largest size", WEIR_DISABLE, { 0xffffffff }, 96, E2BIG, false },
	{ "argument ends early", WEIR_DISABLE, { SIZE(weir_disable) }, 8,
	  EFAULT, false },
	{ "enable: nothing given", WEIR_ENABLE, { 4 }, 4, EINVAL, false },
	{ "enable: empty configuration", WEIR_ENABLE,
	  { 24, 4096, 0 }, 24, EINVAL, false },
	{ "enable: configuration too long", WEIR_ENABLE,
	  { 24, 4096, CONFIG_MAX_BYTES + 1 }, 24, EINVAL, false },
	{ "enable: endless configuration", WEIR_ENABLE,
	  { 24, 4096, UINT64_MAX }, 24, EINVAL, false },
	{ "enable: configuration at NULL", WEIR_ENABLE,
	  { 24, 0, 1024 }, 24, EFAULT, false },
	{ "enable: configuration of the kernel", WEIR_ENABLE,
	  { 24, NOWHERE, 1024 }, 24, EFAULT, false },
	{ "create: nothing given", WEIR_CELL_CREATE, { 4 }, 4, EINVAL, true },
	{ "create: configuration of the kernel", WEIR_CELL_CREATE,
	  { 24, NOWHERE, 1024 }, 24, EFAULT, true },
	{ "create: endless configuration", WEIR_CELL_CREATE,
	  { 24, 4096, UINT64_MAX }, 24, EINVAL, true },
	{ "start: no such id", WEIR_CELL_START, { 16, 77 }, 16, ENOENT, true },
	{ "start: negative id", WEIR_CELL_START, { 16, 0xfffffffe }, 16,
	  ENOENT, true },
	{ "start: no name", WEIR_CELL_START, { 16, 0xffffffff }, 16, ENOENT,
	  true },
	{ "start: name without an end", WEIR_CELL_START,
	  { 48, 0xffffffff, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
	  48, EINVAL, true },
	{ "destroy: the root cell", WEIR_CELL_DESTROY, { 8 }, 8, EINVAL,
	  true },
	{ "load: the root cell", WEIR_CELL_LOAD, { 8 }, 8, EINVAL, true },
	{ "load: no such cell", WEIR_CELL_LOAD, { 16, 77 }, 16, ENOENT, true },
	{ "set: no such cell", WEIR_REG_SET, { 16, 77 }, 16, ENOENT, true },
	{ "set: no operation", WEIR_REG_SET, { 8 }, 8, EINVAL, true },
	{ "set: no such operation", WEIR_REG_SET,
	  { 56, 0, 0, 0, 0, 0, TWO(240, 99) }, 56, EINVAL, true },
	{ "get: status of the kernel", WEIR_REG_GET,
	  { 64, 0, 0, 0, 0, 0, NOWHERE, 4096 }, 64, EFAULT, true },
	{ "report: no such cell", WEIR_CELL_REPORT, { 16, 77 }, 16, ENOENT,
	  true },
	{ "traffic: no controller is described", WEIR_TRAFFIC, { 16 }, 16,
	  ENODEV, true },
};

static int attack_run(const struct attack *attack, char *guarded)
{
	char *request = NULL;

	if (attack->mapped_bytes) {
		request = guarded - attack->mapped_bytes;
		memcpy(request, attack->head, attack->mapped_bytes);
	}
	return call(attack->number, request);
}

static int attack_judge(const struct attack *attack, int got, int wanted)
{
	if (got == wanted)
		return 0;
	printf("%s: got %d (%s), %d (%s) was expected\n", attack->name, got,
	       strerror(got), wanted, strerror(wanted));
	return 1;
}

/*
 * hostile [disabled]: every attack. While disabled, those that need a cell end
 * with ENODEV instead, unless the argument itself is unreadable.
 */
static int do_hostile(char **args)
{
	bool disabled = args[0] && !strcmp(args[0], "disabled");
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n;
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct attack *attack;
	int wanted, failures = 0;

	munmap(pages + page, page);
	for (n = 0; n < sizeof(attacks) / sizeof(attacks[0]); n++) {
		attack = &attacks[n];
		wanted = attack->error;
		if (disabled && attack->enabled_only &&
		    attack->mapped_bytes >= attack->head[0])
			wanted = ENODEV;
		if (!disabled && attack->number == WEIR_ENABLE)
			wanted = EBUSY;
		failures += attack_judge(attack, attack_run(attack,
							    pages + page),
					 wanted);
	}
	printf("%zu attacks, %d failures\n", n, failures);
	return failures ? 1 : 0;
}

/* longer REQUEST-BYTES FILL: WEIR_DISABLE with unknown fields behind. */
static int do_longer(char **args)
{
	static union {
		struct weir_disable request;
		uint8_t bytes[4096];
	} longer;

	longer.request.size = (uint32_t)strtoul(args[0], NULL, 0);
	longer.bytes[sizeof(longer.request)] =
		(uint8_t)strtoul(args[1], NULL, 0);
	return told(call(WEIR_DISABLE, &longer), longer.request.reason);
}

static sigjmp_buf store_faulted;

static void store_fault(int signal)
{
	siglongjmp(store_faulted, signal);
}

/* What a store to the page does: the number of a signal, or 0. */
static int store_to(void *page)
{
	const struct sigaction action = { .sa_handler = store_fault };
	int got;

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	got = sigsetjmp(store_faulted, 1);
	if (!got)
		*(volatile uint32_t *)page = 0;
	return got;
}

static int complain(const char *what)
{
	printf("statistics: %s\n", what);
	return 1;
}

/* The pages are to be read, and nothing else, by whatever way. */
static int statistics_refuse(size_t page)
{
	int refused = 0;
	void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED,
			    device, 0);

	if (memory != MAP_FAILED || errno != EPERM)
		refused += complain("mapped for writing");
	memory = mmap(NULL, page, PROT_READ, MAP_PRIVATE, device, 0);
	if (memory != MAP_FAILED || errno != EINVAL)
		refused += complain("mapped privately");
	memory = mmap(NULL, 4096 * page, PROT_READ, MAP_SHARED, device, 0);
	if (memory != MAP_FAILED || errno != EINVAL)
		refused += complain("more pages than CPUs");
	memory = mmap(NULL, page, PROT_READ, MAP_SHARED, device, 0);
	if (memory == MAP_FAILED)
		return refused + complain(strerror(errno));
	if (!mprotect(memory, page, PROT_READ | PROT_WRITE))
		refused += complain("made writable later");
	if (store_to(memory) != SIGSEGV)
		refused += complain("a store does not fault");
	munmap(memory, page);
	return refused;
}

/* One CPU of the answer against its page; both of a cell that stands still. */
static int statistics_compare(const uint8_t *pages,
			      const struct reg_cpu_stats *call)
{
	const struct statistics_page *page = (const void *)
		(pages + call->cpu * (size_t)STATISTICS_PAGE_BYTES);
	uint64_t reads = page->stats.read_lines + page->counter.read_lines;
	uint64_t writes = page->stats.written_lines + page->counter.write_lines;

	if (reads < page->head.seen_read_lines)
		reads = page->head.seen_read_lines;
	if (writes < page->head.seen_written_lines)
		writes = page->head.seen_written_lines;
	if (reads == call->read_lines && writes == call->written_lines &&
	    page->stats.stalls == call->stalls &&
	    page->stats.stall_ns == call->stall_ns &&
	    page->stats.overshoot_lines == call->overshoot_lines &&
	    page->stats.overflows == call->overflows &&
	    page->stats.generation == call->generation &&
	    !memcmp(page->stats.stall_histogram, call->stall_histogram,
		    sizeof(call->stall_histogram)))
		return 0;
	printf("CPU %u: page %llu+%llu lines, %llu stalls, %llu ns; call %llu+%llu, %llu, %llu\n",
	       call->cpu, (unsigned long long)reads,
	       (unsigned long long)writes,
	       (unsigned long long)page->stats.stalls,
	       (unsigned long long)page->stats.stall_ns,
	       (unsigned long long)call->read_lines,
	       (unsigned long long)call->written_lines,
	       (unsigned long long)call->stalls,
	       (unsigned long long)call->stall_ns);
	return 1;
}

/* statistics CELL: of one that is shut down; nothing moves there. */
static int do_statistics(char **args)
{
	static struct reg_status status;
	struct weir_reg_get request = {
		.size = sizeof(request),
		.cell = cell_id(args[0]),
		.status_address = (uintptr_t)&status,
		.status_size = sizeof(status),
	};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int failures = statistics_refuse(page);
	const struct statistics_page *first = mmap(NULL, page, PROT_READ,
						   MAP_SHARED, device, 0);
	const uint8_t *pages;

	if (first == MAP_FAILED || call(WEIR_REG_GET, &request))
		return complain("nothing to compare");
	pages = mmap(NULL, first->head.cpus_max * page, PROT_READ, MAP_SHARED,
		     device, 0);
	if (pages == MAP_FAILED || status.num_cpus == 0)
		return complain("no pages, or no CPUs");
	for (uint32_t n = 0; n < status.num_cpus; n++)
		failures += statistics_compare(pages, &status.cpu[n]);
	return failures ? 1 : 0;
}

static const struct {
	const char *name;
	int least_args;
	int (*run)(char **args);
} actions[] = {
	{ "enable", 1, do_enable },	{ "disable", 0, do_disable },
	{ "create", 1, do_create },	{ "load", 1, do_load },
	{ "start", 1, do_start },	{ "destroy", 1, do_destroy },
	{ "report", 1, do_report },	{ "set", 2, do_set },
	{ "get", 1, do_get },		{ "console", 0, do_console },
	{ "hostile", 0, do_hostile },	{ "longer", 2, do_longer },
	{ "statistics", 1, do_statistics },
};

int main(int argc, char **argv)
{
	size_t n;

	device = open(WEIR_DEVICE, O_RDWR);
	if (device < 0) {
		perror(WEIR_DEVICE);
		return 126;
	}
	for (n = 0; argc > 1 && n < sizeof(actions) / sizeof(actions[0]); n++)
		if (!strcmp(argv[1], actions[n].name) &&
		    argc - 2 >= actions[n].least_args)
			return actions[n].run(argv + 2);
	fputs("usage: weir-ioctl ACTION [ARGUMENT...]\n", stderr);
	return 125;
}
