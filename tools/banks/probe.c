// SPDX-License-Identifier: GPL-2.0-only
/* Pairs of lines of this machine's memory, timed past the caches. */
#include "banks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES	4096u
#define PAGE_SHIFT	12u
#define LINE_BITS	6u
/* Linux, admin-guide/mm/pagemap: bits of an entry. */
#define PAGEMAP_FRAME	((1ull << 55) - 1)
#define PAGEMAP_PRESENT	(1ull << 63)

#define PLACES		5u
#define PASSES		5u
#define ROUNDS		200u
#define BASES_MAX	4096u

struct page {
	uint64_t frame;
	volatile uint8_t *virt;
};

struct bank_probe {
	uint8_t *memory;
	uint64_t bytes;
	struct page *pages;	/* by frame */
	size_t pages_count;
};

#ifdef __x86_64__
static void line_flush(volatile uint8_t *line)
{
	__asm__ volatile("clflush %0" : : "m" (*line) : "memory");
}

static void fence(void)
{
	__asm__ volatile("mfence" : : : "memory");
}
#else
static void line_flush(volatile uint8_t *line)
{
	__asm__ volatile("dc civac, %0" : : "r" (line) : "memory");
}

static void fence(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}
#endif

static int by_frame(const void *a, const void *b)
{
	const struct page *left = a, *right = b;

	return (left->frame > right->frame) - (left->frame < right->frame);
}

static volatile uint8_t *line_at(const struct bank_probe *probe, uint64_t phys)
{
	const struct page wanted = { .frame = phys >> PAGE_SHIFT };
	const struct page *page = bsearch(&wanted, probe->pages,
					  probe->pages_count,
					  sizeof(*probe->pages), by_frame);

	return page ? page->virt + phys % PAGE_BYTES : NULL;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The quickest of some passes: what else happens only ever makes it longer. */
static double pair_time_ns(volatile uint8_t *a, volatile uint8_t *b)
{
	double best_ns = 0;

	for (unsigned int pass = 0; pass < PASSES; pass++) {
		double start_ns = now_ns(), took_ns;

		for (unsigned int round = 0; round < ROUNDS; round++) {
			line_flush(a);
			line_flush(b);
			fence();
			(void)*a;
			(void)*b;
			fence();
		}
		took_ns = (now_ns() - start_ns) / ROUNDS;
		if (pass == 0 || took_ns < best_ns)
			best_ns = took_ns;
	}
	return best_ns;
}

static int pair(void *context, uint64_t difference, unsigned int sample,
		double *time_ns)
{
	const struct bank_probe *probe = context;
	size_t start = probe->pages_count / PLACES * (sample % PLACES);

	for (size_t n = 0; n < BASES_MAX && n < probe->pages_count; n++) {
		const struct page *base =
			&probe->pages[(start + n) % probe->pages_count];
		volatile uint8_t *other = line_at(probe,
			(base->frame << PAGE_SHIFT) ^ difference);

		if (!other)
			continue;
		*time_ns = pair_time_ns(base->virt, other);
		return 0;
	}
	return -ENOENT;
}

/* -EPERM: Linux shows no frame numbers to this process. */
static int frames_read(struct bank_probe *probe)
{
	int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	int error = 0;

	if (file < 0)
		return -errno;
	for (size_t n = 0; !error && n < probe->bytes / PAGE_BYTES; n++) {
		uint8_t *virt = probe->memory + n * PAGE_BYTES;
		uint64_t entry;

		if (pread(file, &entry, sizeof(entry),
			  (off_t)((uintptr_t)virt / PAGE_BYTES *
				  sizeof(entry))) != sizeof(entry))
			error = -EIO;
		else if (!(entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_FRAME))
			error = -EPERM;
		else
			probe->pages[probe->pages_count++] = (struct page){
				entry & PAGEMAP_FRAME, virt };
	}
	close(file);
	return error;
}

static int memory_take(struct bank_probe *probe, uint64_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -errno;
	probe->memory = memory;
	probe->bytes = bytes;
	probe->pages = calloc(bytes / PAGE_BYTES, sizeof(*probe->pages));
	if (!probe->pages)
		return -ENOMEM;
	/* Large pages keep low bits together; without them there is less. */
	madvise(memory, bytes, MADV_HUGEPAGE);
	memset(memory, 0x5a, bytes);
	return mlock(memory, bytes) ? -errno : 0;
}

struct bank_probe *bank_probe_open(uint64_t bytes, char *reason,
				   size_t reason_bytes)
{
	struct bank_probe *probe = calloc(1, sizeof(*probe));
	int error = probe ? memory_take(probe, bytes) : -ENOMEM;

	if (!error)
		error = frames_read(probe);
	if (!error) {
		qsort(probe->pages, probe->pages_count, sizeof(*probe->pages),
		      by_frame);
		return probe;
	}
	snprintf(reason, reason_bytes, error == -EPERM ?
		 "physical addresses are for privileged users only" :
		 "no memory of known addresses: %s", strerror(-error));
	bank_probe_close(probe);
	return NULL;
}

void bank_probe_close(struct bank_probe *probe)
{
	if (!probe)
		return;
	if (probe->memory)
		munmap(probe->memory, probe->bytes);
	free(probe->pages);
	free(probe);
}

void bank_probe_clock(struct bank_probe *probe, struct bank_clock *clock)
{
	uint64_t top = probe->pages[probe->pages_count - 1].frame ^
		       probe->pages[0].frame;

	*clock = (struct bank_clock){
		.pair = pair,
		.context = probe,
		.low_bit = LINE_BITS,
		.high_bit = LINE_BITS,
		.samples = PLACES,
	};
	/* The highest bit in which two of its addresses differ. */
	while (clock->high_bit < BANKS_BITS_MAX &&
	       top << PAGE_SHIFT >> (clock->high_bit + 1))
		clock->high_bit++;
}
