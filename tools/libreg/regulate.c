// SPDX-License-Identifier: GPL-2.0-only
/* Regulation: settings asked for, settings in force, use. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

_Static_assert(REG_REASON_BYTES == WEIR_REASON_BYTES,
	       "one buffer size serves both reasons");

static void describe(char text[64], const char *verb,
		     const struct weir_cell_id *cell)
{
	if (cell->id < 0)
		snprintf(text, 64, "%s %.*s", verb, CONFIG_NAME_BYTES - 1,
			 cell->name);
	else if (cell->id == 0)
		snprintf(text, 64, "%s root", verb);
	else
		snprintf(text, 64, "%s %d", verb, (int)cell->id);
}

static const char *verb_of(enum reg_operation operation)
{
	if (operation == REG_OP_CHECK)
		return "check";
	return operation == REG_OP_CLEAR ? "reset" : "set";
}

/* `reason` is where in the request the hypervisor says why not. */
static int request_send(struct reg_device *device, enum reg_operation operation,
			const struct weir_cell_id *cell, unsigned long command,
			void *request, char *reason)
{
	char what[64];

	describe(what, verb_of(operation), cell);
	return reg_control(device, what, command, request, reason);
}

static int settings_send(struct reg_device *device,
			 enum reg_operation operation,
			 const struct weir_cell_id *cell,
			 const struct reg_settings *wanted,
			 struct reg_request *answer)
{
	struct weir_reg_set request = {
		.size = sizeof(request),
		.cell = *cell,
		.request = {
			.size = sizeof(request.request),
			.operation = operation,
		},
	};
	int ret;

	if (wanted)
		request.request.settings = *wanted;
	ret = request_send(device, operation, cell, WEIR_REG_SET, &request,
			   request.request.reason);
	if (!ret)
		*answer = request.request;
	return ret;
}

int reg_set(struct reg_device *device, const struct weir_cell_id *cell,
	    const struct reg_settings *wanted, struct reg_request *answer)
{
	return settings_send(device, REG_OP_SET, cell, wanted, answer);
}

int reg_set_budget(struct reg_device *device, const struct weir_cell_id *cell,
		   uint64_t bytes_per_s)
{
	struct weir_reg_set request = {
		.size = sizeof(request),
		.flags = WEIR_REG_BRIEF,
		.cell = *cell,
		.request = {
			.size = sizeof(request.request),
			.operation = REG_OP_SET,
			.settings = {
				.valid = REG_SET_BUDGET,
				.budget_bytes_per_s = bytes_per_s,
			},
		},
	};

	return request_send(device, REG_OP_SET, cell, WEIR_REG_SET, &request,
			    request.request.reason);
}

int reg_check(struct reg_device *device, const struct weir_cell_id *cell,
	      const struct reg_settings *wanted, struct reg_request *answer)
{
	return settings_send(device, REG_OP_CHECK, cell, wanted, answer);
}

int reg_clear(struct reg_device *device, const struct weir_cell_id *cell,
	      struct reg_request *answer)
{
	return settings_send(device, REG_OP_CLEAR, cell, NULL, answer);
}

int reg_get(struct reg_device *device, const struct weir_cell_id *cell,
	    struct reg_status *status)
{
	struct weir_reg_get request = {
		.size = sizeof(request),
		.cell = *cell,
		.status_address = (uintptr_t)status,
		.status_size = sizeof(*status),
	};
	char what[64];
	int ret;

	memset(status, 0, sizeof(*status));
	describe(what, "status of", cell);
	ret = reg_control(device, what, WEIR_REG_GET, &request,
			  request.reason);
	if (ret)
		return ret;
	if (status->num_cpus > REG_STATUS_MAX_CPUS)
		return reg_fail(device, -EIO, REG_ORIGIN_REFUSED,
				"%s: the answer names %u CPUs, %d are possible",
				what, status->num_cpus, REG_STATUS_MAX_CPUS);
	status->regulator_name[sizeof(status->regulator_name) - 1] = '\0';
	status->source_name[sizeof(status->source_name) - 1] = '\0';
	status->event_name[sizeof(status->event_name) - 1] = '\0';
	return 0;
}

int reg_part_set(struct reg_device *device, const struct weir_cell_id *cell,
		 enum reg_operation operation,
		 const struct part_settings *wanted,
		 struct part_request *answer)
{
	struct weir_part_set request = {
		.size = sizeof(request),
		.cell = *cell,
		.request = {
			.size = sizeof(request.request),
			.operation = operation,
		},
	};
	int ret;

	if (wanted)
		request.request.settings = *wanted;
	ret = request_send(device, operation, cell, WEIR_PART_SET, &request,
			   request.request.reason);
	if (!ret)
		*answer = request.request;
	return ret;
}

int reg_part_get(struct reg_device *device, const struct weir_cell_id *cell,
		 struct part_status *status)
{
	struct weir_part_get request = {
		.size = sizeof(request),
		.cell = *cell,
	};
	char what[64];
	int ret;

	describe(what, "shares of", cell);
	ret = reg_control(device, what, WEIR_PART_GET, &request,
			  request.reason);
	if (ret)
		return ret;
	*status = request.status;
	for (unsigned int n = 0; n < PART_RESOURCES; n++)
		status->resource[n].why[sizeof(status->resource[n].why) - 1] =
			'\0';
	return 0;
}

/* The sum over the CPUs of the counter at `offset` of their statistics. */
static uint64_t sum_of(const struct reg_status *status, size_t offset)
{
	uint64_t sum = 0, value;

	for (uint32_t i = 0; i < status->num_cpus; i++) {
		memcpy(&value, (const char *)&status->cpu[i] + offset,
		       sizeof(value));
		sum += value;
	}
	return sum;
}

int reg_traffic(struct reg_device *device, struct traffic_report *report)
{
	struct weir_traffic request = { .size = sizeof(request) };
	int ret = reg_control(device, "traffic of the machine", WEIR_TRAFFIC,
			      &request, request.reason);

	if (!ret)
		*report = request.report;
	return ret;
}

uint64_t reg_status_read_lines(const struct reg_status *status)
{
	return sum_of(status, offsetof(struct reg_cpu_stats, read_lines));
}

uint64_t reg_status_written_lines(const struct reg_status *status)
{
	return sum_of(status, offsetof(struct reg_cpu_stats, written_lines));
}

uint64_t reg_status_lent_lines(const struct reg_status *status)
{
	return sum_of(status, offsetof(struct reg_cpu_stats, lent_lines));
}

uint64_t reg_status_borrowed_lines(const struct reg_status *status)
{
	return sum_of(status, offsetof(struct reg_cpu_stats, borrowed_lines));
}
