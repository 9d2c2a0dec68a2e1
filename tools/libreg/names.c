// SPDX-License-Identifier: GPL-2.0-only
/* Names of the numbers in the ABI. */
#include "reg.h"

#include <errno.h>
#include <string.h>

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct name {
	unsigned int id;
	const char *text;
	const char *kind;	/* of regulators: what they hold */
};

static const struct name regulators[] = {
	{ REGULATOR_MEMGUARD, "memguard", "bandwidth" },
	{ REGULATOR_BUCKET, "bucket", "bandwidth" },
	{ REGULATOR_MEMPOL, "mempol", "bandwidth" },
	{ REGULATOR_THROTTLE, "throttle", "CPU time" },
	{ REGULATOR_CAT, "cat", "cache" },
	{ REGULATOR_MBA, "mba", "bandwidth" },
	{ REGULATOR_COLOR, "color", "cache" },
	{ REGULATOR_QOS, "qos", "bus" },
	{ REGULATOR_BURST, "burst", "bandwidth" },
};

static const struct name sources[] = {
	{ COUNTER_MEMSYS, "memsys", NULL },
	{ COUNTER_PMUV3, "pmuv3", NULL },
	{ COUNTER_X86_PMU, "x86-pmu", NULL },
	{ COUNTER_INTEL_IMC, "intel-imc", NULL },
};

static const struct name laws[] = {
	{ REG_LAW_BUCKET, "bucket", NULL },
	{ REG_LAW_WINDOW, "window", NULL },
};

static const struct name holders[] = {
	{ REG_HELD_NOT, "none", NULL },
	{ REG_HELD_THROTTLE, "throttle", NULL },
	{ REG_HELD_BURST, "burst", NULL },
	{ REG_HELD_BUDGET, "budget", NULL },
};

static const struct name park_reasons[] = {
	{ PARK_NONE, "none", NULL },
	{ PARK_REQUESTED, "requested", NULL },
	{ PARK_MEMORY_ACCESS, "memory-access", NULL },
	{ PARK_MMIO_REFUSED, "mmio-refused", NULL },
	{ PARK_SYSTEM_REGISTER, "system-register", NULL },
	{ PARK_UNKNOWN_EXIT, "unknown-exit", NULL },
	{ PARK_HYPERCALL, "hypercall", NULL },
	{ PARK_SERROR, "serror", NULL },
	{ PARK_GUEST_ABORT, "guest-abort", NULL },
	{ PARK_IRQ_CHIP, "irq-chip", NULL },
	{ PARK_IO_PORT, "io-port", NULL },
	{ PARK_TRIPLE_FAULT, "triple-fault", NULL },
	{ PARK_EXCEPTION_STORM, "exception-storm", NULL },
};

static const struct name *name_of(const struct name *names, size_t count,
				  unsigned int id)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (names[i].id == id)
			return &names[i];
	}
	return NULL;
}

static int id_of(const struct name *names, size_t count, const char *text)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(names[i].text, text) == 0)
			return (int)names[i].id;
	}
	return -ENOENT;
}

const char *reg_regulator_name(unsigned int id)
{
	const struct name *name = name_of(regulators, COUNT(regulators), id);

	return name ? name->text : NULL;
}

const char *reg_regulator_kind(unsigned int id)
{
	const struct name *name = name_of(regulators, COUNT(regulators), id);

	return name ? name->kind : NULL;
}

int reg_regulator_by_name(const char *name)
{
	return id_of(regulators, COUNT(regulators), name);
}

int reg_regulator_known(unsigned int n)
{
	return n < COUNT(regulators) ? (int)regulators[n].id : -ENOENT;
}

const char *reg_source_name(unsigned int id)
{
	const struct name *name = name_of(sources, COUNT(sources), id);

	return name ? name->text : NULL;
}

int reg_source_by_name(const char *name)
{
	return id_of(sources, COUNT(sources), name);
}

const char *reg_law_name(unsigned int law)
{
	const struct name *name = name_of(laws, COUNT(laws), law);

	return name ? name->text : NULL;
}

int reg_law_by_name(const char *name)
{
	return id_of(laws, COUNT(laws), name);
}

int reg_source_known(unsigned int n)
{
	return n < COUNT(sources) ? (int)sources[n].id : -ENOENT;
}

const char *reg_holder_name(unsigned int holder)
{
	const struct name *name = name_of(holders, COUNT(holders), holder);

	return name ? name->text : NULL;
}

const char *reg_park_reason_name(unsigned int reason)
{
	const struct name *name =
		name_of(park_reasons, COUNT(park_reasons), reason);

	return name ? name->text : NULL;
}
