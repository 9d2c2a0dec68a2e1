// SPDX-License-Identifier: GPL-2.0-only
/* The session file: written sample by sample, read as a whole. */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAGIC	"WEIRPRF1"
#define END_MAGIC	"END\n"
#define PROCESS_MAGIC	"PROC"
#define FIXED_WORDS	6u

/* --- numbers: seven bits a byte, lowest first, the top bit: more follow --- */

static void put_number(FILE *file, uint64_t value)
{
	while (value >= 0x80) {
		putc((int)(value & 0x7f) | 0x80, file);
		value >>= 7;
	}
	putc((int)value, file);
}

/* 1, 0 at the end of the file, or -EINVAL for what is no number. */
static int get_number(FILE *file, uint64_t *value)
{
	*value = 0;
	for (unsigned int shift = 0; shift < 64; shift += 7) {
		int byte = getc(file);

		if (byte == EOF)
			return shift ? -EINVAL : 0;
		if (shift == 63 && byte > 1)
			return -EINVAL;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return 1;
	}
	return -EINVAL;
}

static void put_word(FILE *file, uint64_t value)
{
	for (unsigned int n = 0; n < 8; n++)
		putc((int)(value >> 8 * n & 0xff), file);
}

static uint64_t word_at(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (unsigned int n = 0; n < 8; n++)
		value |= (uint64_t)bytes[n] << 8 * n;
	return value;
}

/* --- writing --- */

static void put_source(FILE *file, const struct profile_source *source)
{
	fwrite(source->name, 1, sizeof(source->name), file);
	put_word(file, (uint64_t)source->id << 32 | source->kind);
	put_word(file, source->flags);
	put_word(file, source->first_cycles);
	put_word(file, source->first_read_bytes);
	put_word(file, source->first_written_bytes);
	put_word(file, source->first_busy_cycles);
}

int session_write_begin(struct session_writer *writer, FILE *file,
			const struct session_head *head)
{
	*writer = (struct session_writer){ .file = file, .head = head };
	fwrite(FILE_MAGIC, 1, 8, file);
	put_word(file, head->sources_count);
	put_word(file, head->clock_hz);
	put_word(file, head->interval_cycles);
	put_word(file, head->start_cycles);
	put_word(file, head->start_unix_ns);
	for (unsigned int n = 0; n < head->sources_count; n++)
		put_source(file, &head->source[n]);
	return ferror(file) ? -EIO : 0;
}

static bool is_quiet(const struct profile_value *value)
{
	return !value->cycles && !value->read_bytes && !value->written_bytes &&
	       !value->busy_cycles;
}

int session_write_sample(struct session_writer *writer,
			 const struct session_sample *sample,
			 const struct profile_value *values)
{
	const struct session_head *head = writer->head;
	uint64_t due = head->start_cycles +
		       sample->sequence * head->interval_cycles;
	uint64_t active = 0;

	if (sample->sequence <= writer->sequence || sample->time_cycles < due)
		return -EINVAL;
	for (unsigned int n = 0; n < head->sources_count; n++)
		active |= (uint64_t)!is_quiet(&values[n]) << n;
	put_number(writer->file, sample->sequence - writer->sequence);
	put_number(writer->file, sample->time_cycles - due);
	put_number(writer->file, active);
	for (unsigned int n = 0; n < head->sources_count; n++) {
		if (!(active & 1ull << n))
			continue;
		put_number(writer->file, values[n].cycles);
		put_number(writer->file, values[n].read_bytes);
		put_number(writer->file, values[n].written_bytes);
		put_number(writer->file, values[n].busy_cycles);
	}
	writer->sequence = sample->sequence;
	writer->samples_count++;
	return ferror(writer->file) ? -EIO : 0;
}

int session_write_end(struct session_writer *writer, uint64_t overruns,
		      uint64_t skipped)
{
	put_number(writer->file, 0);
	put_number(writer->file, writer->samples_count);
	put_number(writer->file, overruns);
	put_number(writer->file, skipped);
	fwrite(END_MAGIC, 1, 4, writer->file);
	fflush(writer->file);
	return ferror(writer->file) ? -EIO : 0;
}

int session_write_process(struct session_writer *writer, const char *text)
{
	size_t bytes = strlen(text);

	if (!bytes || bytes > SESSION_PROCESS_MAX)
		return -EINVAL;
	fwrite(PROCESS_MAGIC, 1, 4, writer->file);
	put_number(writer->file, bytes);
	fwrite(text, 1, bytes, writer->file);
	fflush(writer->file);
	return ferror(writer->file) ? -EIO : 0;
}

/* --- reading --- */

static int head_check(const struct session_head *head, const char **why)
{
	if (!head->sources_count || head->sources_count > PROFILE_MAX_SOURCES)
		*why = "it has no sources, or too many";
	else if (!head->clock_hz || !head->interval_cycles)
		*why = "its clock or its interval is zero";
	else
		return 0;
	return -EINVAL;
}

static int read_source(FILE *file, struct profile_source *source)
{
	uint8_t bytes[PROFILE_NAME_BYTES + FIXED_WORDS * 8];
	const uint8_t *word = bytes + PROFILE_NAME_BYTES;

	if (fread(bytes, 1, sizeof(bytes), file) != sizeof(bytes))
		return -EINVAL;
	memcpy(source->name, bytes, sizeof(source->name));
	source->name[sizeof(source->name) - 1] = '\0';
	source->kind = (uint32_t)word_at(word);
	source->id = (uint32_t)(word_at(word) >> 32);
	source->flags = (uint32_t)word_at(word + 8);
	source->first_cycles = word_at(word + 16);
	source->first_read_bytes = word_at(word + 24);
	source->first_written_bytes = word_at(word + 32);
	source->first_busy_cycles = word_at(word + 40);
	return 0;
}

static int read_head(struct session_head *head, FILE *file, const char **why)
{
	uint8_t bytes[8 + 5 * 8];

	*why = "it is no profile of Weir";
	if (fread(bytes, 1, sizeof(bytes), file) != sizeof(bytes) ||
	    memcmp(bytes, FILE_MAGIC, 8))
		return -EINVAL;
	head->sources_count = (uint32_t)word_at(bytes + 8);
	head->clock_hz = word_at(bytes + 16);
	head->interval_cycles = word_at(bytes + 24);
	head->start_cycles = word_at(bytes + 32);
	head->start_unix_ns = word_at(bytes + 40);
	if (head_check(head, why))
		return -EINVAL;
	*why = "its head is cut off";
	for (unsigned int n = 0; n < head->sources_count; n++)
		if (read_source(file, &head->source[n]))
			return -EINVAL;
	*why = "a source has no name that can be printed";
	return session_names_check(head);
}

int session_add(struct session *session, const struct session_sample *sample,
		const struct profile_value *values)
{
	size_t width = session->head.sources_count;

	if (session->samples_count == session->samples_room) {
		uint64_t room = session->samples_room ?
				2 * session->samples_room : 1024;
		void *samples = realloc(session->samples,
					room * sizeof(*session->samples));
		void *grown;

		if (samples)
			session->samples = samples;
		grown = samples ? realloc(session->values, room * width *
					  sizeof(*session->values)) : NULL;
		if (!grown || room > SESSION_SAMPLES_MAX)
			return -ENOMEM;
		session->values = grown;
		session->samples_room = room;
	}
	session->samples[session->samples_count] = *sample;
	memcpy(&session->values[session->samples_count * width], values,
	       width * sizeof(*values));
	session->samples_count++;
	return 0;
}

static bool get_small(FILE *file, uint32_t *value)
{
	uint64_t number;

	if (get_number(file, &number) <= 0 || number > UINT32_MAX)
		return false;
	*value = (uint32_t)number;
	return true;
}

static bool read_values(FILE *file, uint64_t active, unsigned int count,
			struct profile_value *values)
{
	for (unsigned int n = 0; n < count; n++) {
		values[n] = (struct profile_value){ 0 };
		if (!(active & 1ull << n))
			continue;
		if (!get_small(file, &values[n].cycles) ||
		    !get_small(file, &values[n].read_bytes) ||
		    !get_small(file, &values[n].written_bytes) ||
		    !get_small(file, &values[n].busy_cycles))
			return false;
	}
	return true;
}

/* There may be nothing; what is there is whole. */
static int read_process(struct session *session, FILE *file, const char **why)
{
	uint64_t bytes;
	char magic[4];
	size_t found = fread(magic, 1, 4, file);

	if (!found)
		return 0;
	*why = "what follows its end is damaged";
	if (found != 4 || memcmp(magic, PROCESS_MAGIC, 4) ||
	    get_number(file, &bytes) <= 0 || !bytes ||
	    bytes > SESSION_PROCESS_MAX)
		return -EINVAL;
	session->process = malloc(bytes + 1);
	if (!session->process)
		return -ENOMEM;
	if (fread(session->process, 1, bytes, file) != bytes)
		return -EINVAL;
	session->process[bytes] = '\0';
	return getc(file) == EOF ? 0 : -EINVAL;
}

static int read_end(struct session *session, FILE *file, const char **why)
{
	uint64_t samples_count;
	char magic[4];

	*why = "its end is damaged";
	if (get_number(file, &samples_count) <= 0 ||
	    get_number(file, &session->overruns) <= 0 ||
	    get_number(file, &session->skipped) <= 0 ||
	    fread(magic, 1, 4, file) != 4 || memcmp(magic, END_MAGIC, 4) ||
	    samples_count != session->samples_count)
		return -EINVAL;
	session->ended = true;
	return read_process(session, file, why);
}

/* One sample; 1, or 0 at the end or where the file was cut off. */
static int read_sample(struct session *session, FILE *file, const char **why)
{
	const struct session_head *head = &session->head;
	struct profile_value values[PROFILE_MAX_SOURCES];
	struct session_sample sample = { 0 };
	uint64_t step, late, active, last = 0;
	int ret;

	if (session->samples_count)
		last = session->samples[session->samples_count - 1].sequence;
	if (get_number(file, &step) <= 0)
		return 0;
	if (!step)
		return read_end(session, file, why);
	if (get_number(file, &late) <= 0 || get_number(file, &active) <= 0)
		return 0;
	*why = "a sample names a source that is not there";
	if (active >> head->sources_count)
		return -EINVAL;
	if (!read_values(file, active, head->sources_count, values))
		return 0;
	sample.sequence = last + step;
	sample.time_cycles = head->start_cycles +
			     sample.sequence * head->interval_cycles + late;
	ret = session_add(session, &sample, values);
	return ret ? ret : 1;
}

int session_read(struct session *session, FILE *file, const char **why)
{
	int ret;

	*session = (struct session){ 0 };
	ret = read_head(&session->head, file, why);
	if (ret)
		return ferror(file) ? -EIO : ret;
	do
		ret = read_sample(session, file, why);
	while (ret > 0);
	return ferror(file) ? -EIO : ret;
}

void session_free(struct session *session)
{
	free(session->samples);
	free(session->values);
	free(session->process);
	*session = (struct session){ 0 };
}

int session_source_find(const struct session *session, const char *name)
{
	for (unsigned int n = 0; n < session->head.sources_count; n++)
		if (!strcmp(session->head.source[n].name, name))
			return (int)n;
	return -ENOENT;
}
