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

long weir_command(u32 number, unsigned long arg1, unsigned long arg2,
		  char *reason)
{
	struct reason_report *report;
	long result;

	report = kzalloc(sizeof(*report), GFP_KERNEL);
	if (!report)
		return -ENOMEM;
	report->size = sizeof(*report);

	/* Nobody else may fail before the line is fetched. */
	down_write(&weir.gate);
	result = -ENODEV;
	if (weir.enabled)
		result = arch_hypercall(number, arg1, arg2);
	if (weir.enabled && result < 0 &&
	    arch_hypercall(WEIR_HC_LAST_REASON, virt_to_phys(report), 0) == 0)
		strscpy(reason, report->text, WEIR_REASON_BYTES);
	up_write(&weir.gate);

	if (result < 0 && !reason[0])
		weir_refuse(reason, 0, "the hypervisor refused: error %ld",
			    result);
	kfree(report);
	return result;
}
