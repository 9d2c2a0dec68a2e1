// SPDX-License-Identifier: GPL-2.0-only
/* Regulation and reports: requests carried to the hypervisor and back. */

#include <linux/io.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "weir.h"

/* How a request for a cell begins. */
struct request_head {
	u32 size;
	u32 operation;
	u32 cell_id;
};

/* How the buffer begins that a question about a cell is answered in. */
struct question_head {
	u32 size;
	u32 cell_id;
};

/* `request` may lie on the stack: the hypervisor gets a copy, and answers in it. */
static long request_carry(const struct weir_cell_id *id, u32 call,
			  void *request, size_t size, char *reason)
{
	struct weir_cell *cell = cell_find(id, reason);
	struct request_head *buffer;
	long ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	buffer = kmemdup(request, size, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	buffer->size = size;
	buffer->cell_id = cell->id;
	ret = weir_hypercall(call, virt_to_phys(buffer), 0);
	memcpy(request, buffer, size);
	if (ret && !reason[0])
		weir_refuse(reason, 0, "the hypervisor refused: error %ld",
			    ret);
	kfree(buffer);
	return ret;
}

static int question_ask(u32 call, u32 cell_id, void *buffer, size_t size)
{
	struct question_head *head = buffer;

	head->size = size;
	head->cell_id = cell_id;
	return weir_hypercall(call, virt_to_phys(buffer), 0);
}

/* The answer, to be freed, or an error; `what` is asked for. */
static void *answer_fetch(const struct weir_cell_id *id, u32 call, size_t size,
			  const char *what, char *reason)
{
	struct weir_cell *cell = cell_find(id, reason);
	void *buffer;
	int ret;

	if (IS_ERR(cell))
		return cell;
	buffer = kzalloc(size, GFP_KERNEL);
	if (!buffer)
		return ERR_PTR(-ENOMEM);
	ret = question_ask(call, cell->id, buffer, size);
	if (!ret)
		return buffer;
	weir_refuse(reason, 0, "no %s: error %d", what, ret);
	kfree(buffer);
	return ERR_PTR(ret);
}

static bool budget_alone(const struct weir_reg_set *request)
{
	return request->flags & WEIR_REG_BRIEF &&
	       request->request.operation == REG_OP_SET &&
	       request->request.reserved == 0 &&
	       request->request.settings.valid == REG_SET_BUDGET;
}

static long budget_carry(struct weir_reg_set *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	return weir_command(WEIR_HC_BUDGET, cell->id,
			    request->request.settings.budget_bytes_per_s,
			    reason);
}

int regulation_set(struct weir_reg_set *request, char *reason)
{
	if (request->flags & ~WEIR_REG_BRIEF)
		return weir_refuse(reason, -EINVAL, "unknown flags %x",
				   request->flags & ~WEIR_REG_BRIEF);
	if (budget_alone(request))
		return budget_carry(request, reason);
	return request_carry(&request->cell, WEIR_HC_REG_SET,
			     &request->request, sizeof(request->request),
			     reason);
}

int regulation_status(u32 cell_id, struct reg_status *status)
{
	return question_ask(WEIR_HC_REG_GET, cell_id, status, sizeof(*status));
}

int regulation_get(struct weir_reg_get *request, char *reason)
{
	void __user *target = u64_to_user_ptr(request->status_address);
	struct reg_status *status = answer_fetch(&request->cell,
						 WEIR_HC_REG_GET,
						 sizeof(*status), "status",
						 reason);
	size_t bytes;
	int ret = 0;

	if (IS_ERR(status))
		return PTR_ERR(status);
	bytes = min_t(u64, request->status_size, sizeof(*status));
	if (copy_to_user(target, status, bytes))
		ret = weir_refuse(reason, -EFAULT, "cannot write the status");
	kfree(status);
	return ret;
}

int partition_set(struct weir_part_set *request, char *reason)
{
	return request_carry(&request->cell, WEIR_HC_PART_SET,
			     &request->request, sizeof(request->request),
			     reason);
}

int partition_get(struct weir_part_get *request, char *reason)
{
	struct part_status *status = answer_fetch(&request->cell,
						  WEIR_HC_PART_GET,
						  sizeof(*status), "shares",
						  reason);

	if (IS_ERR(status))
		return PTR_ERR(status);
	request->status = *status;
	kfree(status);
	return 0;
}

int cell_report_fetch(u32 cell_id, struct cell_report *report)
{
	return question_ask(WEIR_HC_CELL_REPORT, cell_id, report,
			    sizeof(*report));
}

int cell_report(struct weir_cell_report *request, char *reason)
{
	struct cell_report *report = answer_fetch(&request->cell,
						  WEIR_HC_CELL_REPORT,
						  sizeof(*report), "report",
						  reason);

	if (IS_ERR(report))
		return PTR_ERR(report);
	request->report = *report;
	kfree(report);
	return 0;
}

int traffic_get(struct weir_traffic *request, char *reason)
{
	struct traffic_report *report;
	long ret;

	report = kzalloc(sizeof(*report), GFP_KERNEL);
	if (!report)
		return -ENOMEM;
	report->size = sizeof(*report);
	ret = weir_command(WEIR_HC_TRAFFIC, virt_to_phys(report), 0, reason);
	if (!ret)
		request->report = *report;
	kfree(report);
	return ret;
}
