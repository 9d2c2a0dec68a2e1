// SPDX-License-Identifier: GPL-2.0-only
/* The statistics pages, read without a call: abi/statistics.h. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "abi/statistics.h"

#define CPUS_MAX	REG_MAX_CPUS
/* A CPU changes its page within some hundred instructions. */
#define TRIES		100000
#define MAP_TRIES	1000
#define MAP_PAUSE_NS	1000000

struct reg_watch {
	const uint8_t *pages;
	uint32_t count;
	bool mapped;		/* else the transport's */
};

/* ------------------------------------------------------------------- pages */

/* The driver does not wait for a command that is under way: we do. */
static const void *pages_map(int fd, size_t bytes)
{
	const struct timespec pause = { .tv_nsec = MAP_PAUSE_NS };
	void *pages = MAP_FAILED;

	for (int n = 0; n < MAP_TRIES; n++) {
		pages = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
		if (pages != MAP_FAILED || errno != EAGAIN)
			break;
		nanosleep(&pause, NULL);
	}
	return pages == MAP_FAILED ? NULL : pages;
}

static uint32_t pages_count(const void *first)
{
	const struct statistics_head *head = first;

	if (memcmp(head->magic, STATISTICS_MAGIC, sizeof(head->magic)) ||
	    head->revision != STATISTICS_REVISION ||
	    head->cpus_max > CPUS_MAX)
		return 0;
	return head->cpus_max;
}

/* The first page says how many there are. */
static int watch_map(struct reg_watch *watch, int fd)
{
	const void *first = pages_map(fd, STATISTICS_PAGE_BYTES);

	if (!first)
		return -errno;
	watch->count = pages_count(first);
	munmap((void *)(uintptr_t)first, STATISTICS_PAGE_BYTES);
	if (!watch->count)
		return -EPROTO;
	watch->pages = pages_map(fd, (size_t)watch->count *
				     STATISTICS_PAGE_BYTES);
	watch->mapped = true;
	return watch->pages ? 0 : -errno;
}

static int watch_device(struct reg_device *device, struct reg_watch *watch)
{
	int fd = reg_device_open(device, O_RDONLY);
	int ret;

	if (fd < 0)
		return fd;
	ret = watch_map(watch, fd);
	close(fd);
	if (ret)
		reg_fail(device, ret, ret == -ENODEV ? REG_ORIGIN_ABSENT :
						       REG_ORIGIN_REFUSED,
			 "statistics pages: %s", strerror(-ret));
	return ret;
}

static int watch_transport(struct reg_device *device, struct reg_watch *watch)
{
	const struct reg_transport *transport = device->transport;

	if (transport->watch)
		watch->pages = transport->watch(transport->context);
	if (watch->pages)
		watch->count = pages_count(watch->pages);
	if (watch->count)
		return 0;
	return reg_fail(device, -ENXIO, REG_ORIGIN_REFUSED,
			"statistics pages: there are none");
}

int reg_watch_open(struct reg_device *device, struct reg_watch **watch)
{
	struct reg_watch *new = calloc(1, sizeof(*new));
	int ret;

	if (!new)
		return reg_fail(device, -ENOMEM, REG_ORIGIN_ABSENT,
				"out of memory");
	ret = device->transport ? watch_transport(device, new) :
				  watch_device(device, new);
	if (ret)
		free(new);
	else
		*watch = new;
	return ret;
}

void reg_watch_close(struct reg_watch *watch)
{
	if (!watch)
		return;
	if (watch->mapped)
		munmap((void *)(uintptr_t)watch->pages,
		       (size_t)watch->count * STATISTICS_PAGE_BYTES);
	free(watch);
}

/* --------------------------------------------------------------- snapshots */

bool reg_statistics_snapshot(const struct statistics_page *page,
			     struct statistics_page *copy)
{
	uint32_t before, after;

	for (unsigned int n = 0; n < TRIES; n++) {
		before = __atomic_load_n(&page->head.sequence,
					 __ATOMIC_ACQUIRE);
		if (before & 1)
			continue;
		memcpy(copy, (const void *)page, sizeof(*copy));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&page->head.sequence,
					__ATOMIC_RELAXED);
		if (before == after)
			return true;
	}
	return false;
}

/* What the hypervisor's clock counts, where a program can read it too. */
#if defined(__aarch64__)
static uint64_t counter_read(void)
{
	uint64_t value;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(value));
	return value;
}
#elif defined(__x86_64__)
static uint64_t counter_read(void)
{
	return __builtin_ia32_rdtsc();
}
#else
static uint64_t counter_read(void)
{
	return 0;
}
#endif

__extension__ typedef unsigned __int128 wide;

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Never before what some CPU has seen. */
static uint64_t watch_now_ns(const struct reg_watch *watch)
{
	struct statistics_page copy;
	uint64_t hz = 0, now_ns = 0;

	for (uint32_t n = 0; n < watch->count; n++) {
		const void *page = watch->pages + n * STATISTICS_PAGE_BYTES;

		if (!reg_statistics_snapshot(page, &copy))
			continue;
		now_ns = later(now_ns, copy.head.seen_ns);
		hz = copy.head.clock_hz;
	}
	if (!hz)
		return now_ns;
	return later(now_ns,
		     (uint64_t)((wide)counter_read() * 1000000000u / hz));
}

static void cpu_take(const struct statistics_page *page, uint64_t now_ns,
		     struct reg_watch_cpu *cpu)
{
	uint64_t since_ns = page->head.stall_since_ns;
	struct reg_cpu_stats *stats = &cpu->stats;

	*stats = page->stats;
	stats->cpu = page->head.cpu;
	stats->read_lines = later(page->head.seen_read_lines,
				  stats->read_lines + page->counter.read_lines);
	stats->written_lines = later(page->head.seen_written_lines,
				     stats->written_lines +
					     page->counter.write_lines);
	if (stats->stalled && now_ns > since_ns)
		stats->stall_ns += now_ns - since_ns;
	if (stats->held_by && stats->held_by <= REG_HOLDERS &&
	    now_ns > page->head.held_since_ns)
		stats->held_ns[stats->held_by - 1] +=
			now_ns - page->head.held_since_ns;
	cpu->cell_id = page->head.cell_id;
	cpu->line_bytes = page->head.line_bytes;
	cpu->generation = page->head.generation;
	cpu->ticks = page->head.ticks;
	cpu->tick_ns = page->head.tick_ns;
	cpu->now_ns = now_ns;
	cpu->effective = page->head.effective;
}

int reg_watch_cpus(struct reg_watch *watch,
		   struct reg_watch_cpu cpus[REG_MAX_CPUS])
{
	uint64_t now_ns = watch_now_ns(watch);
	struct statistics_page copy;
	int count = 0;

	for (uint32_t n = 0; n < watch->count; n++) {
		const void *page = watch->pages + n * STATISTICS_PAGE_BYTES;

		if (!reg_statistics_snapshot(page, &copy) ||
		    copy.head.cell_id == STATISTICS_NO_CELL)
			continue;
		cpu_take(&copy, later(now_ns, copy.head.seen_ns),
			 &cpus[count++]);
	}
	return count;
}

int reg_watch_get(struct reg_watch *watch, uint32_t cell_id,
		  struct reg_status *status)
{
	struct reg_watch_cpu cpus[REG_MAX_CPUS];
	int count = reg_watch_cpus(watch, cpus);

	memset(status, 0, sizeof(*status));
	status->size = sizeof(*status);
	status->cell_id = cell_id;
	for (int n = 0; n < count; n++) {
		status->now_ns = later(status->now_ns, cpus[n].now_ns);
		if (cpus[n].cell_id != cell_id ||
		    status->num_cpus == REG_STATUS_MAX_CPUS)
			continue;
		status->cpu[status->num_cpus++] = cpus[n].stats;
		status->line_bytes = cpus[n].line_bytes;
		if (cpus[n].generation < status->generation)
			continue;
		status->generation = cpus[n].generation;
		status->effective = cpus[n].effective;
	}
	status->requested = status->effective;
	return status->num_cpus ? 0 : -ENOENT;
}
