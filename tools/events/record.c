// SPDX-License-Identifier: GPL-2.0-only
/* Events as a system configuration carries them. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "events.h"

#define LINE_Q8			256u
/* PERFEVTSEL: what the hypervisor sets itself; SDM vol. 3, 19.2.1.1. */
#define SELECT_OWN		0x530000ull	/* EN INT OS USR */
#define NUMBER_MASK		0xffffull

int event_number(const struct event *event, uint16_t *number,
		 char why[EVENT_WHY_BYTES])
{
	uint64_t own = event->source == COUNTER_X86_PMU ? SELECT_OWN : 0;
	uint64_t rest = event->codes[0] & ~(NUMBER_MASK | own);

	if (event->codes_count > 1) {
		snprintf(why, EVENT_WHY_BYTES,
			 "%.60s needs a second register (0x%" PRIx64 ")",
			 event->name, event->codes[1]);
		return -ERANGE;
	}
	if (rest || (event->codes[0] & NUMBER_MASK) == EVENT_NONE) {
		snprintf(why, EVENT_WHY_BYTES,
			 "%.60s is 0x%" PRIx64 ": only umask and event, 16 bits, can be configured",
			 event->name, event->codes[0]);
		return -ERANGE;
	}
	*number = (uint16_t)(event->codes[0] & NUMBER_MASK);
	return 0;
}

static int source_settle(const struct event *read, const struct event *write,
			 uint16_t *source, char why[EVENT_WHY_BYTES])
{
	uint16_t own = read->source ? read->source :
		       write ? write->source : 0;

	if (write && read->source && write->source &&
	    read->source != write->source) {
		snprintf(why, EVENT_WHY_BYTES,
			 "%.60s and %.60s are counted by different PMUs",
			 read->full, write->full);
		return -EINVAL;
	}
	if (*source && own && *source != own) {
		snprintf(why, EVENT_WHY_BYTES,
			 "%.60s is an event of another source", read->full);
		return -EINVAL;
	}
	if (!*source)
		*source = own;
	if (*source)
		return 0;
	snprintf(why, EVENT_WHY_BYTES, "%.60s: no counter source has this PMU",
		 read->full);
	return -EINVAL;
}

int event_record(const struct event *read, const struct event *write,
		 uint16_t source, struct weir_record_counter *record,
		 char why[EVENT_WHY_BYTES])
{
	uint16_t number = 0, write_number = EVENT_NONE;
	int error = source_settle(read, write, &source, why);

	if (!error)
		error = event_number(read, &number, why);
	if (!error && write)
		error = event_number(write, &write_number, why);
	if (error)
		return error;
	*record = (struct weir_record_counter){
		.record = { .type = WEIR_RECORD_COUNTER,
			    .size = sizeof(*record) },
		.source = source,
		.event_read = number,
		.event_write = write_number,
		.read_weight_q8 = LINE_Q8,
		.write_weight_q8 = write ? LINE_Q8 : 0,
	};
	snprintf(record->event_name, sizeof(record->event_name), "%.31s",
		 read->name);
	return 0;
}

static const char *source_constant(uint16_t source)
{
	switch (source) {
	case COUNTER_PMUV3:
		return "COUNTER_PMUV3";
	case COUNTER_X86_PMU:
		return "COUNTER_X86_PMU";
	case COUNTER_INTEL_IMC:
		return "COUNTER_INTEL_IMC";
	default:
		return "COUNTER_DEFAULT";
	}
}

void event_record_print(FILE *stream, const struct weir_record_counter *record,
			const struct event *read, const struct event *write)
{
	fprintf(stream, "{\n"
		"\t.record = { .type = WEIR_RECORD_COUNTER,\n"
		"\t\t    .size = sizeof(struct weir_record_counter) },\n"
		"\t.source = %s,\n", source_constant(record->source));
	if (record->source == COUNTER_PMUV3)
		fputs("\t.overflow_irq = 0, /* INTID of the PMU's interrupt */\n",
		      stream);
	fprintf(stream, "\t.event_read = 0x%04x, /* %s */\n",
		record->event_read, read->full);
	if (write)
		fprintf(stream, "\t.event_write = 0x%04x, /* %s */\n",
			record->event_write, write->full);
	else
		fputs("\t.event_write = 0xffff, /* none */\n", stream);
	fprintf(stream, "\t.read_weight_q8 = %u,\n"
		"\t.write_weight_q8 = %u,\n"
		"\t.event_name = \"%s\",\n}\n", record->read_weight_q8,
		record->write_weight_q8, record->event_name);
}
