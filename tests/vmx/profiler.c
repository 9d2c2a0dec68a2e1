// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DDR profiler as a guest, its counters those of a memory controller that
 * the test plays; who reads the ring is what `regctl profile` reads with.
 */
#include "groups.h"
#include "weir.h"

#include "tools/profile/ring.h"

#define PATIENCE_MS		3000
#define SAMPLES			60u
/* As configs/x86/bochs-profiler.c has it. */
#define SHARED_PHYS		0x1d800000
#define SHARED_BYTES		0x100000
#define LINE_BYTES		64u

static const struct cell_files profiler64 = {
	.config = "bochs-profiler.cell", .image = "profiler.bin",
	.words = "shared=1M imc=1",
};

static const struct cell_files profiler32 = {
	.config = "bochs-profiler.cell", .image = "profiler32.bin",
	.words = "shared=1M imc=1",
};

static const struct cell_files profiler_of_cpus = {
	.config = "bochs-profiler.cell", .image = "profiler.bin",
	.words = "shared=1M cpus=1",
};

static struct ring ring;

/* What the samples of a session say. */
static struct seen {
	uint64_t samples, sequence, gaps;
	uint64_t late_max_ticks;
	uint64_t read_bytes, written_bytes;
} seen;

static int take(void *context, const struct session_sample *sample,
		const struct profile_value *values)
{
	struct seen *all = context;
	uint64_t due = ring.head.start_cycles +
		       sample->sequence * ring.head.interval_cycles;
	uint64_t late = sample->time_cycles - due;

	if (sample->sequence <= all->sequence || sample->time_cycles < due)
		return -EINVAL;
	all->samples++;
	all->gaps += sample->sequence - all->sequence - 1;
	all->sequence = sample->sequence;
	if (late > all->late_max_ticks)
		all->late_max_ticks = late;
	all->read_bytes += values[0].read_bytes;
	all->written_bytes += values[0].written_bytes;
	return 0;
}

static bool drained(void)
{
	return expect(ring_drain(&ring, take, &seen) >= 0);
}

static bool session_runs(void *data)
{
	const char **why = data;

	return ring_began(&ring, why) != 0;
}

static bool session_stopped(void *data)
{
	(void)data;
	return drained() && ring_is_empty_and_stopped(&ring);
}

static bool session_begin(uint64_t interval_ns)
{
	const char *why = "it does not answer";

	seen = (struct seen){ 0 };
	ring = (struct ring){ .shared = direct(SHARED_PHYS),
			      .bytes = SHARED_BYTES };
	if (ring_check(ring.shared, &why)) {
		print("  %s\n", why);
		return expect(false);
	}
	ring_ask(&ring, interval_ns, 0);
	return expect(wait_until(session_runs, &why, PATIENCE_MS)) &&
	       expect_equal(ring_began(&ring, &why), 1);
}

/* While samples are taken the memory moves lines, as this test counts them. */
static void session(volatile uint32_t *lines, uint64_t interval_ns)
{
	uint64_t end = rdtsc() + PATIENCE_MS * (TSC_HZ / 1000);
	uint64_t moved = 0;

	if (!session_begin(interval_ns))
		return;
	while (seen.samples < SAMPLES && rdtsc() < end && drained()) {
		lines[0] += 3;
		lines[1] += 1;
		moved++;
	}
	ring_ask_stop(ring.shared);
	expect(wait_until(session_stopped, NULL, PATIENCE_MS));
	expect(seen.samples >= SAMPLES);
	expect_equal(ring.head.clock_hz, TSC_HZ);
	expect_equal(ring.head.sources_count, 1);
	expect(!strncmp(ring.head.source[0].name, "imc0", 5));
	expect_equal(seen.read_bytes, moved * 3 * LINE_BYTES);
	expect_equal(seen.written_bytes, moved * LINE_BYTES);
	expect_equal(seen.gaps, ring.shared->overruns + ring.shared->skipped);
}

static void test_sessions(const char *name, const struct cell_files *files,
			  volatile uint32_t *lines)
{
	test_begin(name);
	ring_forget();
	expect_equal(cell_begin(files), 0);
	if (expect(ring_wait("profiler: 1 sources", PATIENCE_MS))) {
		session(lines, 100000);
		/* Its clock is that of the root: nobody else is on its CPU. */
		expect_equal(seen.gaps, 0);
		expect(seen.late_max_ticks < ring.head.interval_cycles / 10);
		test_report("profiler_late_max_ns",
			    seen.late_max_ticks * 1000000000 / TSC_HZ);
		/* Finer than its calls allow: gaps, but nothing lost. */
		session(lines, 1000);
	} else {
		ring_show();
	}
	expect_equal(cell_end(files), 0);
	test_end();
}

void tests_profiler(volatile uint32_t *lines)
{
	test_sessions("the profiler samples a memory controller", &profiler64,
		      lines);
	test_sessions("in 32-bit mode it does as well", &profiler32, lines);
}

static void test_refused(const char *name, const struct cell_files *files)
{
	test_begin(name);
	ring_forget();
	expect_equal(cell_begin(files), 0);
	if (!expect(ring_wait("profiler: counters that cannot be had",
			      PATIENCE_MS)))
		ring_show();
	expect_equal(cell_end(files), 0);
	test_end();
}

void tests_profiler_refused(void)
{
	test_refused("a profiler of memory controllers that are not there ends",
		     &profiler64);
	test_refused("so does one of CPUs that nothing counts",
		     &profiler_of_cpus);
}
