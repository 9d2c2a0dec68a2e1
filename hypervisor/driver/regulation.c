// SPDX-License-Identifier: GPL-2.0-only
/* Regulation and reports: requests carried to the hypervisor and back. */

#include <linux/io.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "weir.h"

int regulation_set(struct weir_reg_set *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);
	struct reg_request *buffer;
	long ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	buffer = kmemdup(&request->request, sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	buffer->size = sizeof(*buffer);
	buffer->cell_id = cell->id;
	ret = weir_hypercall(WEIR_HC_REG_SET, virt_to_phys(buffer), 0);
	request->request = *buffer;
	if (ret && !reason[0])
		weir_refuse(reason, 0, "the hypervisor refused: error %ld",
			    ret);
	kfree(buffer);
	return ret;
}

int regulation_status(u32 cell_id, struct reg_status *status)
{
	status->size = sizeof(*status);
	status->cell_id = cell_id;
	return weir_hypercall(WEIR_HC_REG_GET, virt_to_phys(status), 0);
}

int regulation_get(struct weir_reg_get *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);
	void __user *target = u64_to_user_ptr(request->status_address);
	struct reg_status *status;
	size_t bytes;
	int ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	status = kzalloc(sizeof(*status), GFP_KERNEL);
	if (!status)
		return -ENOMEM;
	ret = regulation_status(cell->id, status);
	if (ret) {
		weir_refuse(reason, 0, "no status: error %d", ret);
		goto out;
	}
	bytes = min_t(u64, request->status_size, sizeof(*status));
	if (copy_to_user(target, status, bytes))
		ret = weir_refuse(reason, -EFAULT, "cannot write the status");
out:
	kfree(status);
	return ret;
}

int partition_set(struct weir_part_set *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);
	struct part_request *buffer;
	long ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	buffer = kmemdup(&request->request, sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	buffer->size = sizeof(*buffer);
	buffer->cell_id = cell->id;
	ret = weir_hypercall(WEIR_HC_PART_SET, virt_to_phys(buffer), 0);
	request->request = *buffer;
	if (ret && !reason[0])
		weir_refuse(reason, 0, "the hypervisor refused: error %ld",
			    ret);
	kfree(buffer);
	return ret;
}

int partition_get(struct weir_part_get *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);
	struct part_status *status;
	long ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	status = kzalloc(sizeof(*status), GFP_KERNEL);
	if (!status)
		return -ENOMEM;
	status->size = sizeof(*status);
	status->cell_id = cell->id;
	ret = weir_hypercall(WEIR_HC_PART_GET, virt_to_phys(status), 0);
	if (ret)
		weir_refuse(reason, 0, "no shares: error %ld", ret);
	else
		request->status = *status;
	kfree(status);
	return ret;
}

int cell_report_fetch(u32 cell_id, struct cell_report *report)
{
	report->size = sizeof(*report);
	report->cell_id = cell_id;
	return weir_hypercall(WEIR_HC_CELL_REPORT, virt_to_phys(report), 0);
}

int cell_report(struct weir_cell_report *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);
	struct cell_report *report;
	int ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	report = kzalloc(sizeof(*report), GFP_KERNEL);
	if (!report)
		return -ENOMEM;
	ret = cell_report_fetch(cell->id, report);
	if (ret)
		weir_refuse(reason, 0, "no report: error %d", ret);
	else
		request->report = *report;
	kfree(report);
	return ret;
}
