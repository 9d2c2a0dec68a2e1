// SPDX-License-Identifier: GPL-2.0-only
/* The machine as a whole, and the list of what was found. */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void hw_add(struct hw_report *report, const struct hw_subject *subject,
	    enum hw_state state, const char *format, ...)
{
	struct hw_item *item = &report->items[report->items_count];
	va_list arguments;

	/* A list of constant length that outgrew its room is a defect. */
	if (report->items_count == HW_ITEMS_MAX)
		abort();
	report->items_count++;
	item->subject = subject;
	item->state = state;
	va_start(arguments, format);
	vsnprintf(item->found, sizeof(item->found), format, arguments);
	va_end(arguments);
	/* Files say what they like; JSON and terminals do not take all of it. */
	for (char *c = item->found; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

unsigned int hw_count(const struct hw_report *report, enum hw_state state)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < report->items_count; n++)
		count += report->items[n].subject->needed &&
			 report->items[n].state == state;
	return count;
}

const char *hw_state_name(enum hw_state state)
{
	static const char *const names[] = { "ok", "missing", "unknown" };

	return names[state];
}

static enum hw_arch arch_of(const struct hw_machine *machine)
{
	char text[64];

	if (hw_cpuinfo(machine, "vendor_id", text, sizeof(text)))
		return HW_ARCH_X86;
	if (hw_cpuinfo(machine, "CPU implementer", text, sizeof(text)))
		return HW_ARCH_ARM64;
	return HW_ARCH_UNKNOWN;
}

int hw_machine_init(struct hw_machine *machine, const char *root)
{
	uint64_t enabled = 0;

	machine->root = root ? root : "";
	machine->arch = arch_of(machine);
	if (machine->arch == HW_ARCH_UNKNOWN)
		return -ENOTSUP;
	machine->weir_runs =
		hw_number(machine, "/sys/devices/weir/enabled", &enabled) &&
		enabled;
	return hw_registers_init(machine);
}

void hw_check(const struct hw_machine *machine, struct hw_report *report)
{
	report->items_count = 0;
	if (machine->arch == HW_ARCH_X86) {
		hw_x86_check(machine, report);
		hw_perf_check(machine, report);
		hw_x86_shares_check(machine, report);
	} else {
		hw_arm64_check(machine, report);
	}
	hw_linux_check(machine, report);
}
