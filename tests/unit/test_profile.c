/* SPDX-License-Identifier: GPL-2.0-only */
/* From counters through the ring and the file to windows and envelopes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "profiler-inmate/profile/sampler.h"
#include "tools/profile/ring.h"
#include "tools/profile/series.h"

#define HZ		1200000000ull
#define INTERVAL	1200u		/* 1 us */
#define RING_BYTES	(PROFILE_RECORDS_OFFSET + 8192u)

/* A machine of two counters; the reader and the profiler share `memory`. */
static struct world {
	_Alignas(64) char memory[RING_BYTES];
	struct sampler_reading counter[2];
	struct sampler sampler;
	struct ring ring;
	struct session session;
	uint64_t now;
} world;

static void read_counter(const struct sampler_source *source,
			 struct sampler_reading *reading)
{
	*reading = world.counter[source->id];
}

static void world_begin(uint32_t flags)
{
	memset(&world, 0, sizeof(world));
	world.sampler.clock_hz = HZ;
	world.sampler.sources_count = 2;
	for (unsigned int n = 0; n < 2; n++) {
		world.sampler.sources[n] = (struct sampler_source){
			.name = { 's', (char)('0' + n) }, .id = n,
			.flags = flags, .read = read_counter,
		};
	}
	world.now = 5000;
	sampler_init(&world.sampler, (struct profile_ring *)world.memory,
		     RING_BYTES);
	world.ring.shared = (struct profile_ring *)world.memory;
	world.ring.bytes = RING_BYTES;
}

static int take(void *context, const struct session_sample *sample,
		const struct profile_value *values)
{
	return session_add(context, sample, values);
}

static void session_start(uint64_t interval_ns)
{
	const char *why;

	assert_int_equal(ring_check(world.ring.shared, &why), 0);
	ring_ask(&world.ring, interval_ns, 0);
	assert_int_equal(ring_began(&world.ring, &why), 0);
	sampler_poll(&world.sampler, world.now);
	assert_int_equal(ring_began(&world.ring, &why), 1);
	world.session.head = world.ring.head;
}

static void drain(void)
{
	assert_true(ring_drain(&world.ring, take, &world.session) >= 0);
}

/* Time passes until the next point, and `late` cycles more. */
static void sample(uint64_t late)
{
	world.now = sampler_due_cycles(&world.sampler) + late;
	world.counter[0].cycles = world.now;
	world.counter[1].cycles = world.now;
	sampler_sample(&world.sampler, world.now);
}

static uint64_t total_read(unsigned int source)
{
	return session_total(&world.session, source).read_bytes;
}

static void test_samples_arrive_as_they_were(void **state)
{
	struct lateness late;

	(void)state;
	world_begin(0);
	world.counter[0].read_bytes = 777; /* before the session */
	session_start(1000);
	assert_int_equal(world.ring.head.interval_cycles, INTERVAL);
	assert_string_equal(world.ring.head.source[1].name, "s1");
	for (unsigned int n = 0; n < 10; n++) {
		world.counter[0].read_bytes += 64 * n;
		world.counter[1].written_bytes += 128;
		sample(n == 3 ? 121 : 0);
	}
	drain();
	assert_int_equal(world.session.samples_count, 10);
	assert_int_equal(world.session.samples[9].sequence, 10);
	assert_int_equal(world.session.samples[0].time_cycles, 5000 + INTERVAL);
	assert_int_equal(total_read(0), 64 * 45);
	assert_int_equal(session_total(&world.session, 1).written_bytes, 1280);
	assert_int_equal(session_total(&world.session, 1).cycles, 10 * INTERVAL);
	assert_int_equal(session_lateness(&world.session, &late), 0);
	assert_int_equal(late.max_cycles, 121);
	assert_int_equal(late.median_cycles, 0);
	assert_int_equal(late.late_count, 1);
	assert_int_equal(late.missing, 0);
	session_free(&world.session);
}

/* A reader that does not come: samples are missing, bytes are not. */
static void test_overruns_are_counted_and_nothing_is_lost(void **state)
{
	struct lateness late;
	uint32_t room;

	(void)state;
	world_begin(0);
	session_start(1000);
	room = world.ring.records_count;
	assert_int_equal(room, 128);
	for (unsigned int n = 0; n < room + 10; n++) {
		world.counter[0].read_bytes += 64;
		sample(0);
	}
	assert_int_equal(world.ring.shared->overruns, 10);
	drain();
	assert_int_equal(total_read(0), 64 * room);
	world.counter[0].read_bytes += 64;
	sample(0);
	/* Too late for three points more. */
	sample(3 * INTERVAL);
	assert_int_equal(world.ring.shared->skipped, 3);
	drain();
	assert_int_equal(total_read(0), 64 * (room + 11));
	assert_int_equal(session_lateness(&world.session, &late), 0);
	assert_int_equal(late.missing, 13);
	session_free(&world.session);
}

/* More than 32 bits between two samples is told in pieces. */
static void test_large_steps_are_carried(void **state)
{
	const uint64_t step = (2ull << 32) + 5;

	(void)state;
	world_begin(0);
	session_start(1000000);
	world.counter[1].read_bytes += step;
	for (unsigned int n = 0; n < 3; n++)
		sample(0);
	drain();
	assert_int_equal(total_read(1), step);
	session_free(&world.session);
}

/* With the ring full, stopping waits for room. */
static void test_stop_keeps_the_last_sample(void **state)
{
	const char *why;

	(void)state;
	world_begin(0);
	session_start(1000);
	for (unsigned int n = 0; n < world.ring.records_count; n++)
		sample(0);
	ring_ask_stop(world.ring.shared);
	sampler_poll(&world.sampler, world.now);
	world.counter[0].read_bytes = 4096;
	sample(0);
	assert_int_equal(world.ring.shared->state, PROFILE_STATE_RUNNING);
	drain();
	assert_false(ring_is_empty_and_stopped(&world.ring));
	sample(0);
	assert_int_equal(world.ring.shared->state, PROFILE_STATE_STOPPED);
	assert_int_equal(sampler_due_cycles(&world.sampler), UINT64_MAX);
	drain();
	assert_true(ring_is_empty_and_stopped(&world.ring));
	assert_int_equal(total_read(0), 4096);
	session_free(&world.session);
	/* And again. */
	session_start(2000);
	sample(0);
	drain();
	assert_int_equal(world.session.samples_count, 1);
	assert_int_equal(ring_check(world.ring.shared, &why), 0);
	session_free(&world.session);
}

static void test_refusals(void **state)
{
	static const uint64_t intervals[] = { 0, 999, 1000000001 };
	const char *why = "";

	(void)state;
	world_begin(0);
	for (size_t n = 0; n < 3; n++) {
		ring_ask(&world.ring, intervals[n], 0);
		sampler_poll(&world.sampler, world.now);
		assert_int_equal(ring_began(&world.ring, &why), -EINVAL);
		assert_non_null(strstr(why, "refuses"));
	}
	ring_ask(&world.ring, 1000, 4);
	sampler_poll(&world.sampler, world.now);
	assert_int_equal(ring_began(&world.ring, &why), -EINVAL);
	ring_ask(&world.ring, 1000, 2);
	sampler_poll(&world.sampler, world.now);
	assert_int_equal(ring_began(&world.ring, &why), 1);
	assert_int_equal(world.ring.head.sources_count, 1);
	assert_string_equal(world.ring.head.source[0].name, "s1");
}

/* The reader survives a profiler that lies. */
static void test_a_hostile_ring_is_refused(void **state)
{
	struct profile_ring *shared = (struct profile_ring *)world.memory;
	const char *why;

	(void)state;
	world_begin(0);
	session_start(1000);
	shared->produced = 129;
	assert_int_equal(ring_drain(&world.ring, take, &world.session), -EPROTO);
	shared->produced = 0;
	shared->records_count = 1u << 30;
	assert_int_equal(ring_began(&world.ring, &why), -EINVAL);
	shared->records_count = 3;
	assert_int_equal(ring_began(&world.ring, &why), -EINVAL);
	shared->records_count = 128;
	shared->sources_count = 17;
	assert_int_equal(ring_began(&world.ring, &why), -EINVAL);
	shared->magic = 0;
	assert_int_equal(ring_check(shared, &why), -EINVAL);
	session_free(&world.session);
}

/* Fifty samples by a formula, as a file; the caller closes it. */
static FILE *file_with_session(struct session *session, bool end)
{
	struct session_writer writer;
	FILE *file = tmpfile();

	assert_non_null(file);
	*session = (struct session){ .head = {
		.clock_hz = HZ, .interval_cycles = INTERVAL,
		.start_cycles = 123456789, .start_unix_ns = 42,
		.sources_count = 2,
		.source = { { .name = "cpu0", .first_cycles = 10000,
			      .flags = PROFILE_SOURCE_OWN_CLOCK },
			    { .name = "ddr", .kind = 1, .id = 7 } },
	} };
	assert_int_equal(session_write_begin(&writer, file, &session->head), 0);
	for (uint64_t n = 1; n <= 50; n++) {
		struct session_sample sample = {
			.sequence = n + n / 20,
			.time_cycles = 123456789 + (n + n / 20) * INTERVAL + n % 3,
		};
		struct profile_value values[2] = {
			{ 1200, (uint32_t)(64 * n), 64, 9 },
			{ 0, n % 2 ? UINT32_MAX : 0, 0, 0 },
		};

		assert_int_equal(session_add(session, &sample, values), 0);
		assert_int_equal(session_write_sample(&writer, &sample, values), 0);
		/* The same point twice, or before its time. */
		assert_int_equal(session_write_sample(&writer, &sample, values),
				 -EINVAL);
	}
	if (end)
		assert_int_equal(session_write_end(&writer, 3, 4), 0);
	rewind(file);
	return file;
}

static void test_file_and_memory_are_equal(void **state)
{
	struct session wanted, got;
	const char *why;
	FILE *file = file_with_session(&wanted, true);

	(void)state;
	assert_int_equal(session_read(&got, file, &why), 0);
	assert_true(got.ended);
	assert_int_equal(got.overruns, 3);
	assert_int_equal(got.skipped, 4);
	assert_int_equal(got.samples_count, 50);
	assert_memory_equal(&got.head, &wanted.head, sizeof(got.head));
	assert_memory_equal(got.samples, wanted.samples,
			    50 * sizeof(*got.samples));
	assert_memory_equal(got.values, wanted.values,
			    100 * sizeof(*got.values));
	assert_int_equal(session_source_find(&got, "ddr"), 1);
	assert_int_equal(session_source_find(&got, "dd"), -ENOENT);
	session_free(&got);
	session_free(&wanted);
	fclose(file);
}

/* What the process counted is whole or the file is refused. */
static void test_what_the_process_counted(void **state)
{
	static const char text[] = "{ \"schema\": \"weir.counters/1\" }\n";
	struct session wanted, got;
	struct session_writer writer;
	FILE *file = file_with_session(&wanted, true);
	const char *why = NULL;
	long end, bytes;

	(void)state;
	fseek(file, 0, SEEK_END);
	end = ftell(file);
	writer = (struct session_writer){ .file = file, .head = &wanted.head };
	assert_int_equal(session_write_process(&writer, ""), -EINVAL);
	assert_int_equal(session_write_process(&writer, text), 0);
	bytes = ftell(file);
	rewind(file);
	assert_int_equal(session_read(&got, file, &why), 0);
	assert_string_equal(got.process, text);
	session_free(&got);
	for (long cut = bytes - 1; cut >= end; cut--) {
		assert_int_equal(ftruncate(fileno(file), cut), 0);
		rewind(file);
		assert_int_equal(session_read(&got, file, &why),
				 cut == end ? 0 : -EINVAL);
		if (cut == end)
			assert_null(got.process);
		session_free(&got);
	}
	session_free(&wanted);
	fclose(file);
}

/* The same file, as bytes: how many. */
static size_t bytes_of_session(struct session *session, char bytes[8192])
{
	FILE *file = file_with_session(session, true);
	size_t size = fread(bytes, 1, 8192, file);

	fclose(file);
	assert_true(size > 300 && size < 8192);
	return size;
}

static int bytes_read(struct session *session, char *bytes, size_t size)
{
	FILE *file = fmemopen(bytes, size, "r");
	const char *why;
	int ret = session_read(session, file, &why);

	fclose(file);
	return ret;
}

/* Cut anywhere, a file gives what was whole, or is refused; never more. */
static void test_cut_files(void **state)
{
	struct session wanted, got;
	char bytes[8192];
	size_t size = bytes_of_session(&wanted, bytes);

	(void)state;
	for (size_t cut = 1; cut < size; cut++) {
		int ret = bytes_read(&got, bytes, cut);

		assert_false(got.ended);
		assert_true(ret == 0 || ret == -EINVAL);
		assert_true(got.samples_count <= 50);
		if (got.samples_count)
			assert_memory_equal(got.values, wanted.values,
				got.samples_count * 2 * sizeof(*got.values));
		session_free(&got);
	}
	session_free(&wanted);
}

/* No single flipped bit makes the reader leave its memory. */
static void test_damaged_files(void **state)
{
	struct session wanted, got;
	char bytes[8192];
	size_t size = bytes_of_session(&wanted, bytes);

	(void)state;
	session_free(&wanted);
	for (size_t bit = 0; bit < size * 8; bit++) {
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
		bytes_read(&got, bytes, size);
		session_free(&got);
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
	}
}

/* By hand: samples of a source with its own clock end 1200 cycles apart. */
static void test_windows_by_hand(void **state)
{
	struct session session;
	struct series series;
	FILE *file = file_with_session(&session, false);
	uint64_t sum = 0;

	(void)state;
	fclose(file);
	assert_int_equal(series_make(&series, &session, 1, 2400), 0);
	/* The first sample ends at 11200, in the window from 9600 to 12000. */
	assert_int_equal(series.first, 4);
	assert_int_equal(series.window[0].read_bytes, 64);
	assert_int_equal(series.window[1].read_bytes, 64 * 2 + 64 * 3);
	assert_int_equal(series.window[1].samples, 2);
	assert_int_equal(series.window[1].edge_bytes, 64 * 2 + 64);
	assert_int_equal(series.window[1].busy_cycles, 18);
	for (uint64_t n = 0; n < series.count; n++)
		sum += series.window[n].read_bytes;
	assert_int_equal(sum, 64 * 51 * 25);
	/* The heaviest are the last ones: 48 and 49, or 49 and 50. */
	assert_int_equal(series_worst_bytes(&series, 1), 64 * (48 + 49) + 128);
	series_free(&series);
	session_free(&session);
}

static void test_a_sample_on_the_edge_is_inside(void **state)
{
	struct session session = { .head = { .interval_cycles = 100,
					     .clock_hz = HZ,
					     .sources_count = 1 } };
	struct profile_value value = { 0, 64, 0, 0 };
	struct series series;

	(void)state;
	for (uint64_t n = 1; n <= 4; n++)
		session_add(&session, &(struct session_sample){ n, n * 100 },
			    &value);
	assert_int_equal(series_make(&series, &session, 1, 200), 0);
	assert_int_equal(series.first, 0);
	assert_int_equal(series.count, 2);
	assert_int_equal(series.window[0].read_bytes, 128);
	assert_int_equal(series.window[1].read_bytes, 128);
	series_free(&series);
	session_free(&session);
}

/* Against every window there is, slowly. */
static void test_envelope_against_all_windows(void **state)
{
	static struct series_window windows[137];
	struct series series = { .width_cycles = 1, .count = 137,
				 .window = windows };
	struct envelope_point points[ENVELOPE_MAX];
	struct histogram histogram;
	uint64_t value = 1, in_bins = 0;
	unsigned int count;

	(void)state;
	for (unsigned int n = 0; n < 137; n++) {
		value = value * 6364136223846793005u + 1442695040888963407u;
		windows[n].read_bytes = value >> 50;
		windows[n].written_bytes = value >> 40 & 0x3ff;
	}
	count = series_envelope(&series, points);
	assert_int_equal(count, 8); /* 1 2 5 10 20 50 100 137 */
	for (unsigned int p = 0; p < count; p++) {
		uint64_t worst = 0;

		for (uint64_t from = 0; from + points[p].windows <= 137; from++) {
			uint64_t sum = 0;

			for (uint64_t n = 0; n < points[p].windows; n++)
				sum += windows[from + n].read_bytes +
				       windows[from + n].written_bytes;
			if (sum > worst)
				worst = sum;
		}
		assert_int_equal(points[p].bytes, worst);
	}
	histogram = series_histogram(&series);
	assert_int_equal(histogram.max_bytes, points[0].bytes);
	for (unsigned int n = 0; n < HISTOGRAM_BINS; n++)
		in_bins += histogram.bins[n];
	assert_int_equal(in_bins, 137);
	assert_true(histogram.bins[HISTOGRAM_BINS - 1] >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_arrive_as_they_were),
		cmocka_unit_test(test_overruns_are_counted_and_nothing_is_lost),
		cmocka_unit_test(test_large_steps_are_carried),
		cmocka_unit_test(test_stop_keeps_the_last_sample),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_a_hostile_ring_is_refused),
		cmocka_unit_test(test_file_and_memory_are_equal),
		cmocka_unit_test(test_what_the_process_counted),
		cmocka_unit_test(test_cut_files),
		cmocka_unit_test(test_damaged_files),
		cmocka_unit_test(test_windows_by_hand),
		cmocka_unit_test(test_a_sample_on_the_edge_is_inside),
		cmocka_unit_test(test_envelope_against_all_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
