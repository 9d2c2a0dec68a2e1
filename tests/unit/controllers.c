/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells that hold back others, for tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controllers.h"
#include "hv/regulation.h"

#define RW		(MEM_READ | MEM_WRITE)

void control_permit(struct weir_record_control *record, uint32_t id,
		    uint16_t duty_min, uint64_t budget_min)
{
	*record = (struct weir_record_control){
		.record = { .type = WEIR_RECORD_CONTROL,
			    .size = sizeof(*record) },
		.cell_id = id,
		.what = CONTROL_KNOWN,
		.duty_min_permille = duty_min,
		.budget_min_bytes_per_s = budget_min,
	};
}

static void controller_init(struct controller *controller, unsigned int id)
{
	blob_cell_init(&controller->blob, id);
	controller->blob.block.num_records += 2;
	controller->blob.block.size += 2 * sizeof(controller->control[0]);
	control_permit(&controller->control[0], 0, 100, 50 * MB);
	control_permit(&controller->control[1], 3, 10, MB);
}

struct cell *controller_make(unsigned int id)
{
	struct controller controller;
	long error;

	controller_init(&controller, id);
	error = cells_create(&controller, sizeof(controller));
	if (error)
		fail_msg("create: %ld: %s", error, cells_last_reason());
	assert_int_equal(fake_hypercall(0, HC_CELL_START, id, 0), 0);
	return cell_by_id(id);
}

struct control_request *control_buffer(unsigned int id)
{
	return fake_guest(cell_by_id(id), CELL_BUFFER, RW);
}

long control_call(unsigned int id, const struct control_request *request)
{
	*control_buffer(id) = *request;
	return fake_hypercall(id, WEIR_HC_CONTROL, CELL_BUFFER, 0);
}

struct control_request control_ask(uint32_t cell_id, uint16_t duty,
				   uint64_t budget)
{
	struct control_request request = {
		.size = sizeof(request),
		.operation = CONTROL_ASK,
		.cell_id = cell_id,
		.duty_permille = duty,
		.budget_bytes_per_s = budget,
	};

	request.what = (uint16_t)((duty ? CONTROL_DUTY : 0u) |
				  (budget ? CONTROL_BUDGET : 0u));
	return request;
}

void control_asks(unsigned int id, uint32_t cell_id, uint16_t duty,
		  uint64_t budget)
{
	struct control_request request = control_ask(cell_id, duty, budget);

	fake.now_ns += CONTROL_INTERVAL_NS;
	if (control_call(id, &request))
		fail_msg("refused: %s", control_buffer(id)->reason);
	assert_string_equal(control_buffer(id)->reason, "");
}

void control_releases(unsigned int id, uint32_t cell_id, uint16_t what)
{
	struct control_request request = control_ask(cell_id, 0, 0);

	request.operation = CONTROL_RELEASE;
	request.what = what;
	fake.now_ns += CONTROL_INTERVAL_NS;
	if (control_call(id, &request))
		fail_msg("refused: %s", control_buffer(id)->reason);
}

void control_expect(struct cell *cell, unsigned int cpu, uint16_t duty,
		    uint64_t budget)
{
	const struct reg_settings *settings[] = {
		&cell->reg.effective.settings,
		&fake_cpu_area(cpu)->reg.active.settings,
	};

	for (size_t n = 0; n < ARRAY_COUNT(settings); n++) {
		assert_int_equal(settings[n]->duty_permille, duty);
		assert_int_equal(settings[n]->budget_bytes_per_s, budget);
	}
}

void control_root_sets(struct cell *cell, uint16_t duty, uint64_t budget)
{
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_DUTY | REG_SET_BUDGET,
			.duty_permille = duty, .budget_bytes_per_s = budget,
		},
	};

	if (regulation_set(cell, &request))
		fail_msg("refused: %s", request.reason);
	fake_settle();
}

struct reg_status control_status(struct cell *cell)
{
	struct reg_status status = { .size = sizeof(status) };

	assert_int_equal(regulation_get(cell, &status), 0);
	return status;
}

void control_refused(unsigned int id, struct control_request request, long error,
		     const char *words)
{
	fake.now_ns += CONTROL_INTERVAL_NS;
	assert_int_equal(control_call(id, &request), error);
	if (!strstr(control_buffer(id)->reason, words))
		fail_msg("wanted \"%s\", found \"%s\"", words,
			 control_buffer(id)->reason);
	assert_string_equal(cell_by_id(id)->last.text, control_buffer(id)->reason);
}
