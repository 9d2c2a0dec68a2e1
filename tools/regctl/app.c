// SPDX-License-Identifier: GPL-2.0-only
/* What commands share: complaints, failures, files, operands. */
#include "app.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COMPLAINT_BYTES	2048

static void complain(const struct app *app, const char *format,
		     va_list arguments)
{
	char text[COMPLAINT_BYTES];

	fprintf(app->err, "regctl%s%s: ", app->command ? " " : "",
		app->command ? app->command->name : "");
	vsnprintf(text, sizeof(text), format, arguments);
	/* What files and operands say is not for the terminal to obey. */
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	fprintf(app->err, "%s\n", text);
}

void app_complain(const struct app *app, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(app, format, arguments);
	va_end(arguments);
}

void app_note(const struct app *app, const char *format, ...)
{
	va_list arguments;

	if (app->quiet)
		return;
	va_start(arguments, format);
	complain(app, format, arguments);
	va_end(arguments);
}

int app_fail(const struct app *app)
{
	const struct reg_error *last = reg_last_error(app->device);

	fprintf(app->err, "regctl: %s\n", last->text);
	switch (last->origin) {
	case REG_ORIGIN_INPUT:
		return APP_USAGE;
	case REG_ORIGIN_ABSENT:
		return APP_ABSENT;
	case REG_ORIGIN_NONE:
	case REG_ORIGIN_REFUSED:
	default:
		return APP_REFUSED;
	}
}

int app_fail_memory(const struct app *app)
{
	app_complain(app, "out of memory");
	return APP_ABSENT;
}

/* Reads up to `size` bytes; the number read, or -1. */
static long stream_read(FILE *stream, void *data, size_t size)
{
	size_t count = fread(data, 1, size, stream);

	return ferror(stream) ? -1 : (long)count;
}

/* Bytes to read at most: one more than an ordinary file has, or than is allowed. */
static size_t stream_room(FILE *stream, size_t limit_bytes)
{
	struct stat information;

	if (fstat(fileno(stream), &information) == 0 &&
	    S_ISREG(information.st_mode) && information.st_size > 0 &&
	    (size_t)information.st_size < limit_bytes)
		return (size_t)information.st_size + 1;
	return limit_bytes + 1;
}

int app_read_file(const struct app *app, const char *path, size_t limit_bytes,
		  void **data, size_t *size)
{
	FILE *stream = fopen(path, "rb");
	size_t room;
	char *buffer;
	long count;

	if (!stream) {
		app_complain(app, "%s: %s", path, strerror(errno));
		return APP_USAGE;
	}
	room = stream_room(stream, limit_bytes);
	buffer = malloc(room);
	if (!buffer) {
		fclose(stream);
		return app_fail_memory(app);
	}
	count = stream_read(stream, buffer, room);
	fclose(stream);
	if (count > 0 && (size_t)count <= limit_bytes) {
		*data = buffer;
		*size = (size_t)count;
		return 0;
	}
	free(buffer);
	if (count < 0)
		app_complain(app, "%s: cannot be read", path);
	else if (count == 0)
		app_complain(app, "%s: is empty", path);
	else
		app_complain(app, "%s: is larger than %zu bytes", path,
			     limit_bytes);
	return APP_USAGE;
}

void app_signals_catch(void (*handler)(int number))
{
	const struct sigaction action = { .sa_handler = handler };
	struct sigaction before;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Whoever uses nohup means it. */
	if (!sigaction(SIGHUP, NULL, &before) && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
}

int app_cell(const struct app *app, unsigned int operand,
	     struct weir_cell_id *cell)
{
	if (reg_cell_id(app->device, app->operands[operand], cell))
		return app_fail(app);
	return 0;
}
