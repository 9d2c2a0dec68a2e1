// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls, only ever made while the hypervisor is there. */

#include <linux/io.h>
#include <linux/slab.h>

#include "arch.h"
#include "weir.h"

int weir_refuse(char *reason, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vscnprintf(reason, WEIR_REASON_BYTES, format, args);
	va_end(args);
	return error;
}

long weir_hypercall(u32 number, unsigned long arg1, unsigned long arg2)
{
	long result = -ENODEV;

	down_read(&weir.gate);
	if (weir.enabled)
		result = arch_hypercall(number, arg1, arg2);
	up_read(&weir.gate);
	return result;
}

void weir_last_reason(long error, char *reason)
{
	struct reason_report *report;

	report = kzalloc(sizeof(*report), GFP_KERNEL);
	if (report) {
		report->size = sizeof(*report);
		if (!arch_hypercall(WEIR_HC_LAST_REASON, virt_to_phys(report),
				    0))
			strscpy(reason, report->text, WEIR_REASON_BYTES);
		kfree(report);
	}
	if (!reason[0])
		weir_refuse(reason, 0, "the hypervisor refused: error %ld",
			    error);
}

long weir_command(u32 number, unsigned long arg1, unsigned long arg2,
		  char *reason)
{
	long result = -ENODEV;

	/* Nobody else may fail before the line is fetched. */
	down_write(&weir.gate);
	if (weir.enabled) {
		result = arch_hypercall(number, arg1, arg2);
		if (result < 0)
			weir_last_reason(result, reason);
	}
	up_write(&weir.gate);
	return result;
}
