// SPDX-License-Identifier: GPL-2.0-only
/* The ring of a profiling cell, and collecting a session from it. */
#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ticker.h"

#define CELL_DEFAULT	"profiler"
#define STEP_NS		1000000
#define BEGIN_STEPS	5000	/* five seconds and more */
#define END_STEPS	20000
#define INTERVAL_MIN_NS	1000u
#define INTERVAL_MAX_NS	1000000000u

int profile_option(struct profile_where *where, int key, const char *value,
		   struct parse_error *error)
{
	int ret;

	switch (key) {
	case 'C':
		where->cell = value;
		return 0;
	case 's':
		return cpu_list_parse(value, &where->sources, error);
	case 'i':
		ret = time_parse(value, &where->interval_ns, error);
		if (ret)
			return ret;
		if (where->interval_ns < INTERVAL_MIN_NS ||
		    where->interval_ns > INTERVAL_MAX_NS)
			return parse_refuse(error, 0, "must be from 1us to 1s");
		return 0;
	default:
		return -ENOENT;
	}
}

static int ring_sized(struct app *app, const struct weir_cell_id *cell,
		      uint64_t bytes, struct ring *ring)
{
	void *memory;

	if (reg_share_map(app->device, cell, bytes, &memory))
		return app_fail(app);
	*ring = (struct ring){ .shared = memory, .bytes = bytes };
	return 0;
}

int profile_map(struct app *app, const struct profile_where *where,
		struct ring *ring)
{
	const char *name = where->cell ? where->cell : CELL_DEFAULT, *why = "";
	struct weir_cell_id cell;
	uint64_t bytes;
	int status;

	if (reg_cell_id(app->device, name, &cell))
		return app_fail(app);
	/* The head says how much there is. */
	status = ring_sized(app, &cell, PROFILE_RECORDS_OFFSET, ring);
	if (status)
		return status;
	if (ring_check(ring->shared, &why)) {
		app_complain(app, "cell %s: %s", name, why);
		profile_unmap(app, ring);
		return APP_ABSENT;
	}
	bytes = ring->shared->bytes;
	profile_unmap(app, ring);
	return ring_sized(app, &cell, bytes, ring);
}

void profile_unmap(struct app *app, struct ring *ring)
{
	reg_share_unmap(app->device, ring->shared, ring->bytes);
}

static void nap(void)
{
	const struct timespec pause = { .tv_nsec = STEP_NS };

	nanosleep(&pause, NULL);
}

/* When it started, in ticks since boot; 0: there is no such process, or no more. */
static uint32_t process_started(uint32_t process)
{
	unsigned long long started;
	char path[32], text[1024] = "", state;
	const char *rest = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/stat", process);
	file = fopen(path, "r");
	if (!file)
		return 0;
	/* Its name, in brackets, may hold anything. */
	if (fread(text, 1, sizeof(text) - 1, file))
		rest = strrchr(text, ')');
	fclose(file);
	/* Fields 3 and 22: one that nobody waited for has a number still. */
	if (!rest || sscanf(rest + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s"
			    " %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
			    &state, &started) != 2 || state == 'Z')
		return 0;
	return (uint32_t)started;
}

void profile_collector_set(const struct ring *ring, pid_t process)
{
	if (process)
		ring->shared->collector_started =
			process_started((uint32_t)process);
	__atomic_store_n(&ring->shared->collector, (uint32_t)process,
			 __ATOMIC_RELEASE);
}

bool profile_is_collected(const struct ring *ring)
{
	uint32_t collector = __atomic_load_n(&ring->shared->collector,
					     __ATOMIC_ACQUIRE);
	uint32_t started = collector ? process_started(collector) : 0;

	/* Numbers come back, moments do not. */
	return started && started == ring->shared->collector_started;
}

void profile_discard(struct ring *ring)
{
	struct profile_ring *shared = ring->shared;

	if (shared->command == PROFILE_COMMAND_RUN)
		ring_ask_stop(shared);
	/* It stops when there is room for its last record. */
	for (int n = 0; n < BEGIN_STEPS &&
	     shared->state == PROFILE_STATE_RUNNING; n++) {
		__atomic_store_n(&shared->consumed, shared->produced,
				 __ATOMIC_RELEASE);
		nap();
	}
	profile_collector_set(ring, 0);
}

static int session_begin(struct collector *collector,
			 const struct profile_where *where)
{
	struct app *app = collector->app;
	const char *why = "the profiler does not answer";
	int ret = 0;

	ring_ask(&collector->ring, where->interval_ns ? where->interval_ns :
		 PROFILE_INTERVAL_DEFAULT_NS, where->sources);
	for (int n = 0; n < BEGIN_STEPS && !ret; n++) {
		ret = ring_began(&collector->ring, &why);
		if (!ret)
			nap();
	}
	if (ret > 0) {
		collector->ring.head.start_unix_ns =
			ticker_clock_ns(CLOCK_REALTIME);
		return 0;
	}
	app_complain(app, "%s", why);
	return ret ? APP_REFUSED : APP_ABSENT;
}

/* What is in the file stays until a session has begun. */
static FILE *session_open(struct app *app, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");

	if (!file)
		app_complain(app, "%s: %s", path, strerror(errno));
	if (!file && fd >= 0)
		close(fd);
	return file;
}

int collector_begin(struct collector *collector, struct app *app,
		    const struct profile_where *where, const char *path)
{
	int status;

	*collector = (struct collector){ .app = app };
	status = profile_map(app, where, &collector->ring);
	if (status)
		return status;
	if (profile_is_collected(&collector->ring)) {
		app_complain(app, "process %u collects a session already",
			     collector->ring.shared->collector);
		status = APP_REFUSED;
		goto unmap;
	}
	collector->file = session_open(app, path);
	if (!collector->file) {
		status = APP_USAGE;
		goto unmap;
	}
	status = session_begin(collector, where);
	if (status)
		goto close;
	/* Devices and pipes have no length. */
	if (ftruncate(fileno(collector->file), 0) && errno != EINVAL)
		app_complain(app, "%s: %s", path, strerror(errno));
	session_write_begin(&collector->writer, collector->file,
			    &collector->ring.head);
	fflush(collector->file);
	return 0;
close:
	fclose(collector->file);
unmap:
	profile_unmap(app, &collector->ring);
	return status;
}

static int take(void *context, const struct session_sample *sample,
		const struct profile_value *values)
{
	struct collector *collector = context;

	for (unsigned int n = 0; n < collector->ring.head.sources_count; n++)
		collector->bytes += (uint64_t)values[n].read_bytes +
				    values[n].written_bytes;
	collector->last_cycles = sample->time_cycles;
	return session_write_sample(&collector->writer, sample, values);
}

static int drain(struct collector *collector)
{
	long ret = ring_drain(&collector->ring, take, collector);

	if (ret >= 0)
		return 0;
	app_complain(collector->app, ret == -EIO ?
		     "the session cannot be written" :
		     "the profiler's ring makes no sense");
	return APP_ABSENT;
}

int collector_step(struct collector *collector)
{
	int status = drain(collector);

	nap();
	return status;
}

static int rest_take(struct collector *collector)
{
	int status = 0;

	for (int n = 0; n < END_STEPS && !status; n++) {
		status = drain(collector);
		if (status || ring_is_empty_and_stopped(&collector->ring))
			return status;
		nap();
	}
	app_complain(collector->app, "the profiler does not stop");
	return APP_ABSENT;
}

/* What was not counted is missing in the session, which is whole. */
static void counters_append(struct collector *collector)
{
	static char text[SESSION_PROCESS_MAX + 1];
	FILE *file = fopen(collector->counters, "r");
	size_t bytes = 0;

	if (file) {
		bytes = fread(text, 1, sizeof(text), file);
		fclose(file);
	}
	text[bytes < sizeof(text) ? bytes : 0] = '\0';
	if (session_write_process(&collector->writer, text))
		app_note(collector->app, "the command was not counted");
}

int collector_end(struct collector *collector)
{
	struct profile_ring *shared = collector->ring.shared;
	int status;

	if (shared->command == PROFILE_COMMAND_RUN)
		ring_ask_stop(shared);
	status = rest_take(collector);
	if (!status)
		session_write_end(&collector->writer, shared->overruns,
				  shared->skipped);
	if (!status && collector->counters)
		counters_append(collector);
	if (fclose(collector->file) && !status) {
		app_complain(collector->app, "the session cannot be written");
		status = APP_ABSENT;
	}
	profile_collector_set(&collector->ring, 0);
	profile_unmap(collector->app, &collector->ring);
	return status;
}

int profile_read(struct app *app, const char *path, struct session *session)
{
	FILE *file = fopen(path, "rb");
	const char *why = "it cannot be read";
	int ret;

	*session = (struct session){ 0 };
	if (!file) {
		app_complain(app, "%s: %s", path, strerror(errno));
		return APP_USAGE;
	}
	ret = session_read(session, file, &why);
	fclose(file);
	if (ret == -ENOMEM)
		return app_fail_memory(app);
	if (ret) {
		app_complain(app, "%s: %s", path, why);
		return APP_USAGE;
	}
	if (!session->ended)
		app_note(app, "%s: the session was interrupted", path);
	return 0;
}
