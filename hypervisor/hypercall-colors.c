/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypercalls about colors. */
#include "hypercall-internal.h"

#include "hv/cell.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/recolor.h"
#include "hv/string.h"

long call_colors(struct call *call)
{
	struct color_report report;
	struct buffer_head head;
	struct cell *target;
	int error = call_look_begin(call, sizeof(report), &head, &target);

	if (error)
		return error;
	memset(&report, 0, sizeof(report));
	report.size = head.size;
	report.cell_id = head.cell_id;
	coloring_report(target, &report);
	cell_put(target);
	return call_copy_out(call, &report, sizeof(report));
}

long call_colors_set(struct call *call)
{
	struct color_request request;
	int refused;
	int error = call_copy_in(call, &request, sizeof(request),
				 sizeof(request));

	if (error)
		return error;
	refused = recolor_begin(&request, &call->reason);
	error = call_copy_out(call, &request, sizeof(request));
	return refused ? refused : error;
}

long call_colors_step(struct call *call)
{
	if (call->arg1 & ~(uint64_t)COLOR_STEP_TURN)
		return refuse(&call->reason, -EINVAL,
			      "flags 0x%llx of a step are not known",
			      (unsigned long long)call->arg1);
	return recolor_step((uint32_t)call->arg1, &call->reason);
}
