/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypercalls: who may call, what is copied in, what is answered. */
#include "abi/control.h"
#include "hypercall-internal.h"

#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/console.h"
#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "hv/paging.h"
#include "hv/partition.h"
#include "hv/percpu.h"
#include "hv/regulation.h"
#include "hv/setup.h"
#include "hv/statistics.h"
#include "hv/string.h"
#include "hv/traffic.h"

#define BUFFER_ALIGN	8u

static bool from_root(const struct call *call)
{
	return call->cell == cell_root();
}

/* Only the text: what follows it on our stack is nobody's business. */
static void copy_reason(char *to, const struct reason *reason)
{
	size_t length = strnlen(reason->text, REASON_BYTES - 1);

	memcpy(to, reason->text, length);
	memset(to + length, 0, REASON_BYTES - length);
}

/* Ids end at INT32_MAX: what is larger names nothing. */
static uint32_t cell_argument(const struct call *call)
{
	return call->arg1 > UINT32_MAX ? UINT32_MAX : (uint32_t)call->arg1;
}

static long call_disable(struct call *call)
{
	return setup_disable(call->cpu, &call->reason);
}

static long call_create(struct call *call)
{
	return cell_create(gpa(call->arg1), &call->reason);
}

static long call_start(struct call *call)
{
	return cell_start(cell_argument(call), &call->reason);
}

static long call_set_loadable(struct call *call)
{
	return cell_set_loadable(cell_argument(call), &call->reason);
}

static long call_destroy(struct call *call)
{
	return cell_destroy(cell_argument(call), &call->reason);
}

static long call_get_info(struct call *call)
{
	arch_devices_look();
	switch (call->arg1) {
	case INFO_MEM_POOL_SIZE:
		return (long)page_pool_size();
	case INFO_MEM_POOL_USED:
		return (long)page_pool_used();
	case INFO_REMAP_POOL_SIZE:
		return (long)remap_pool_size();
	case INFO_REMAP_POOL_USED:
		return (long)remap_pool_used();
	case INFO_NUM_CELLS:
		return cell_count();
	}
	return refuse(&call->reason, -EINVAL,
		      "information %llu is not known, allowed are 0 to %u",
		      (unsigned long long)call->arg1, INFO_NUM_CELLS);
}

static long call_get_state(struct call *call)
{
	uint32_t id = cell_argument(call);
	int error = cell_get_state(id);

	arch_devices_look();
	if (error == -ENOENT)
		return refuse(&call->reason, error, "there is no cell %u", id);
	if (error == -EINVAL)
		return refuse(&call->reason, error,
			      "cell %u wrote a state that does not exist", id);
	return error;
}

static long call_cpu_info(struct call *call)
{
	const struct per_cpu *cpu = NULL;
	uint64_t stat = call->arg2 - CPU_INFO_STAT_BASE;

	if (call->arg1 < HV_MAX_CPUS)
		cpu = percpu_get((unsigned int)call->arg1);
	if (!cpu)
		return refuse(&call->reason, -EINVAL, "there is no CPU %llu",
			      (unsigned long long)call->arg1);
	if (!from_root(call) && cpu->cell != call->cell)
		return refuse(&call->reason, -EPERM,
			      "CPU %u is not the calling cell's", cpu->id);
	if (call->arg2 == CPU_INFO_STATE)
		return cpu->failed ? CPU_STATE_FAILED : CPU_STATE_RUNNING;
	if (call->arg2 >= CPU_INFO_STAT_BASE && stat < ARCH_CPU_STATS)
		return cpu->stats[stat] & INT32_MAX;
	return refuse(&call->reason, -EINVAL,
		      "CPU information %llu is not known",
		      (unsigned long long)call->arg2);
}

/* A cell that writes too fast is told to try again; nothing is lost. */
static long call_putc(struct call *call)
{
	struct cell *cell = call->cell;
	bool allowed;

	if (!(cell->config->flags & CELL_VIRTUAL_CONSOLE_PERMITTED))
		return refuse(&call->reason, -EPERM,
			      "the configuration does not permit the console");
	spin_lock(&cell->lock);
	allowed = console_quota_take(&cell->putc, clock_now_ns());
	spin_unlock(&cell->lock);
	if (!allowed)
		return -EBUSY;
	console_write_guest((char)call->arg1);
	return 0;
}

static long call_query(struct call *call)
{
	switch (call->arg1) {
	case WEIR_FEATURE_ABI_REVISION:
		return WEIR_ABI_REVISION;
	case WEIR_FEATURE_HYPERCALLS:
		return WEIR_HC_LAST;
	case WEIR_FEATURE_REGULATORS:
		return (long)(regulation_regulators() |
			      partition_regulators());
	case WEIR_FEATURE_SOURCES:
		return (long)regulation_sources();
	case WEIR_FEATURE_CLOCK:
		return memsys_present();
	case WEIR_FEATURE_STATISTICS:
		if (from_root(call))
			return (long)statistics_offset();
		break;
	}
	return refuse(&call->reason, -ENOSYS, "feature %llu is not known",
		      (unsigned long long)call->arg1);
}

int call_copy_in(struct call *call, void *to, size_t size, size_t whole)
{
	uint32_t given;

	if (call->arg1 % BUFFER_ALIGN)
		return refuse(&call->reason, -EINVAL,
			      "buffer address 0x%llx is not a multiple of %u",
			      (unsigned long long)call->arg1, BUFFER_ALIGN);
	if (guest_read(call->cell, gpa(call->arg1), to, size) < 0 ||
	    !guest_writable(call->cell, gpa(call->arg1), whole))
		return refuse(&call->reason, -EINVAL,
			      "buffer at 0x%llx, %zu bytes: not all of it is the caller's writable memory",
			      (unsigned long long)call->arg1, whole);
	memcpy(&given, to, sizeof(given));
	if (given != whole)
		return refuse(&call->reason, -EINVAL,
			      "size field says %u bytes, %zu are needed", given,
			      whole);
	return 0;
}

int call_copy_out(struct call *call, const void *from, size_t size)
{
	if (guest_write(call->cell, gpa(call->arg1), from, size) < 0)
		return refuse(&call->reason, -EINVAL,
			      "buffer at 0x%llx went away",
			      (unsigned long long)call->arg1);
	return 0;
}

static struct cell *target_get(struct call *call, uint32_t id)
{
	struct cell *target = cell_get(id);

	if (!target)
		refuse(&call->reason, -ENOENT, "there is no cell %u", id);
	return target;
}

/* How the buffer of a request begins that changes a cell. */
struct request_head {
	uint32_t size;
	uint32_t operation;
	uint32_t cell_id;
} ABI_PACKED;

struct change {
	void *request;		/* begins with struct request_head */
	size_t size;
	char *reason;		/* in the request: REASON_BYTES for the answer */
	int (*permit)(struct call *call, const void *request);
	int (*carry_out)(struct cell *caller, struct cell *target,
			 void *request);
};

static int change_try(struct call *call, const struct change *change)
{
	const struct request_head *head = change->request;
	struct cell *target;
	int error = change->permit(call, change->request);

	if (error)
		return error;
	target = target_get(call, head->cell_id);
	if (!target)
		return -ENOENT;
	error = change->carry_out(call->cell, target, change->request);
	cell_put(target);
	if (error)
		refuse(&call->reason, error, "%.127s", change->reason);
	return error;
}

/* The answer goes out in any case, and says why when it was refused. */
static long change_handle(struct call *call, const struct change *change)
{
	int refused;
	int error = call_copy_in(call, change->request, change->size,
				 change->size);

	if (error)
		return error;
	memset(change->reason, 0, REASON_BYTES);
	refused = change_try(call, change);
	if (refused)
		copy_reason(change->reason, &call->reason);
	error = call_copy_out(call, change->request, change->size);
	return refused ? refused : error;
}

/* The regulated never decides about itself, unless it is the root. */
static int may_regulate_cell(struct call *call, uint32_t id)
{
	if (from_root(call))
		return 0;
	if (!(call->cell->permissions & WEIR_PERMIT_REGULATE))
		return refuse(&call->reason, -EPERM,
			      "the calling cell may not regulate");
	if (id == call->cell->id)
		return refuse(&call->reason, -EPERM,
			      "a cell may not regulate itself");
	return 0;
}

static int may_regulate(struct call *call, const void *request)
{
	const struct request_head *head = request;

	return may_regulate_cell(call, head->cell_id);
}

static int reg_set(struct cell *caller, struct cell *target, void *request)
{
	(void)caller;
	return regulation_set(target, request);
}

static long call_reg_set(struct call *call)
{
	struct reg_request request;

	return change_handle(call, &(struct change){
		.request = &request,
		.size = sizeof(request),
		.reason = request.reason,
		.permit = may_regulate,
		.carry_out = reg_set,
	});
}

/* No buffer, and the last reason stays: a controller calls it often. */
static long call_budget(struct call *call)
{
	uint32_t id = cell_argument(call);
	struct cell *target;
	int error = may_regulate_cell(call, id);

	if (error || regulation_amend(call->cpu, id, call->arg2))
		return error;
	target = target_get(call, id);
	if (!target)
		return -ENOENT;
	error = regulation_budget(target, call->arg2, &call->reason);
	cell_put(target);
	return error;
}

static int part_set(struct cell *caller, struct cell *target, void *request)
{
	(void)caller;
	return partition_set(target, request);
}

static long call_part_set(struct call *call)
{
	struct part_request request;

	return change_handle(call, &(struct change){
		.request = &request,
		.size = sizeof(request),
		.reason = request.reason,
		.permit = may_regulate,
		.carry_out = part_set,
	});
}

/* Up to here a call concerns nobody else, however often it comes. */
static int may_control(struct call *call, const void *request)
{
	int error = regulation_control_permit(call->cell, request,
					      &call->reason);

	return error ? error :
		       regulation_control_turn(call->cell, &call->reason);
}

static int control(struct cell *caller, struct cell *target, void *request)
{
	return regulation_control(caller, target, request);
}

static long call_control(struct call *call)
{
	struct control_request request;
	long result = change_handle(call, &(struct change){
		.request = &request,
		.size = sizeof(request),
		.reason = request.reason,
		.permit = may_control,
		.carry_out = control,
	});
	regulation_control_count(call->cell, result == 0);
	return result;
}

static int may_look(struct call *call, uint32_t id)
{
	if (from_root(call) || id == call->cell->id ||
	    (call->cell->permissions & WEIR_PERMIT_REGULATE))
		return 0;
	return refuse(&call->reason, -EPERM,
		      "the calling cell may only ask about itself");
}

int call_look_begin(struct call *call, size_t whole, struct buffer_head *head,
		    struct cell **target)
{
	int error = call_copy_in(call, head, sizeof(*head), whole);

	if (!error)
		error = may_look(call, head->cell_id);
	if (error)
		return error;
	*target = target_get(call, head->cell_id);
	return *target ? 0 : -ENOENT;
}

static long call_reg_get(struct call *call)
{
	/* Too large for the stack; cell_get() holds the lock that guards it. */
	static struct reg_status status;
	struct buffer_head head;
	struct cell *target;
	int error = call_look_begin(call, sizeof(status), &head, &target);

	if (error)
		return error;
	memset(&status, 0, sizeof(status));
	status.size = head.size;
	status.cell_id = head.cell_id;
	error = regulation_get(target, &status);
	if (!error)
		error = call_copy_out(call, &status, sizeof(status));
	cell_put(target);
	return error;
}

static long call_part_get(struct call *call)
{
	struct part_status status;
	struct buffer_head head;
	struct cell *target;
	int error = call_look_begin(call, sizeof(status), &head, &target);

	if (error)
		return error;
	memset(&status, 0, sizeof(status));
	status.size = head.size;
	status.cell_id = head.cell_id;
	partition_get(target, &status);
	cell_put(target);
	return call_copy_out(call, &status, sizeof(status));
}

static long call_report(struct call *call)
{
	struct cell_report report;
	struct buffer_head head;
	int error = call_copy_in(call, &head, sizeof(head), sizeof(report));

	if (!error)
		error = cell_get_report(head.cell_id, &report);
	if (error == -ENOENT)
		return refuse(&call->reason, error, "there is no cell %u",
			      head.cell_id);
	return error ? error : call_copy_out(call, &report, sizeof(report));
}

/* What everybody does shows what each one does. */
static int may_look_at_all(struct call *call)
{
	if (from_root(call) || (call->cell->permissions & WEIR_PERMIT_REGULATE))
		return 0;
	return refuse(&call->reason, -EPERM,
		      "the calling cell may only ask about itself");
}

static long call_counters(struct call *call)
{
	struct counters_report report = { 0 };
	const struct per_cpu *cpu;
	uint32_t head[2];
	int error = call_copy_in(call, head, sizeof(head), sizeof(report));

	if (!error)
		error = may_look_at_all(call);
	if (error)
		return error;
	report.size = sizeof(report);
	report.first_cpu = head[1];
	while (report.cpus_count < COUNTERS_MAX_CPUS &&
	       head[1] < HV_MAX_CPUS - report.cpus_count &&
	       (cpu = percpu_get(head[1] + report.cpus_count)))
		statistics_look(cpu, &report.cpu[report.cpus_count++]);
	if (!report.cpus_count)
		return refuse(&call->reason, -EINVAL, "there is no CPU %u",
			      head[1]);
	return call_copy_out(call, &report, sizeof(report));
}

static long call_traffic(struct call *call)
{
	struct traffic_report report = { 0 };
	uint32_t size;
	int error = call_copy_in(call, &size, sizeof(size), sizeof(report));

	if (!error)
		error = may_look_at_all(call);
	if (!error)
		error = traffic_read(&report, &call->reason);
	if (error)
		return error;
	report.size = sizeof(report);
	return call_copy_out(call, &report, sizeof(report));
}

static long call_last_reason(struct call *call)
{
	struct reason_report last;
	struct buffer_head head;
	int error = call_copy_in(call, &head, sizeof(head), sizeof(last));

	if (error)
		return error;
	spin_lock(&call->cell->lock);
	last = call->cell->last;
	spin_unlock(&call->cell->lock);
	last.size = sizeof(last);
	return call_copy_out(call, &last, sizeof(last));
}

/* hypercall.flags */
#define ROOT_ONLY	0x1u
#define KEEPS_REASON	0x2u	/* does not touch the last call's reason */
#define CLEARS_REASON	0x4u	/* success replaces it */

static const struct hypercall {
	long (*handle)(struct call *call);
	unsigned int flags;
} jailhouse_calls[] = {
	[HC_DISABLE] = { call_disable, ROOT_ONLY | CLEARS_REASON },
	[HC_CELL_CREATE] = { call_create, ROOT_ONLY | CLEARS_REASON },
	[HC_CELL_START] = { call_start, ROOT_ONLY | CLEARS_REASON },
	[HC_CELL_SET_LOADABLE] = { call_set_loadable,
				   ROOT_ONLY | CLEARS_REASON },
	[HC_CELL_DESTROY] = { call_destroy, ROOT_ONLY | CLEARS_REASON },
	[HC_HYPERVISOR_GET_INFO] = { call_get_info, 0 },
	[HC_CELL_GET_STATE] = { call_get_state, ROOT_ONLY },
	[HC_CPU_GET_INFO] = { call_cpu_info, 0 },
	[HC_DEBUG_CONSOLE_PUTC] = { call_putc, KEEPS_REASON },
}, weir_calls[] = {
	[WEIR_HC_QUERY - WEIR_HC_QUERY] = { call_query, KEEPS_REASON },
	[WEIR_HC_REG_SET - WEIR_HC_QUERY] = { call_reg_set, CLEARS_REASON },
	[WEIR_HC_REG_GET - WEIR_HC_QUERY] = { call_reg_get, 0 },
	[WEIR_HC_BUDGET - WEIR_HC_QUERY] = { call_budget, 0 },
	[WEIR_HC_CELL_REPORT - WEIR_HC_QUERY] = { call_report, ROOT_ONLY },
	[WEIR_HC_LAST_REASON - WEIR_HC_QUERY] = { call_last_reason,
						  KEEPS_REASON },
	[WEIR_HC_COLORS - WEIR_HC_QUERY] = { call_colors, ROOT_ONLY },
	[WEIR_HC_PART_SET - WEIR_HC_QUERY] = { call_part_set, CLEARS_REASON },
	[WEIR_HC_PART_GET - WEIR_HC_QUERY] = { call_part_get, 0 },
	[WEIR_HC_CONTROL - WEIR_HC_QUERY] = { call_control, CLEARS_REASON },
	[WEIR_HC_COLORS_SET - WEIR_HC_QUERY] = { call_colors_set,
						 ROOT_ONLY | CLEARS_REASON },
	[WEIR_HC_COLORS_STEP - WEIR_HC_QUERY] = { call_colors_step, ROOT_ONLY },
	[WEIR_HC_TRAFFIC - WEIR_HC_QUERY] = { call_traffic, 0 },
	[WEIR_HC_COUNTERS - WEIR_HC_QUERY] = { call_counters, 0 },
};

static const struct hypercall *hypercall_find(uint64_t number)
{
	const struct hypercall *found = NULL;

	if (number < ARRAY_COUNT(jailhouse_calls))
		found = &jailhouse_calls[number];
	number -= WEIR_HC_QUERY;
	if (number < ARRAY_COUNT(weir_calls))
		found = &weir_calls[number];
	/* Some numbers between are nobody's. */
	return found && found->handle ? found : NULL;
}

static void remember(const struct call *call, long result, unsigned int flags)
{
	struct reason_report *last = &call->cell->last;
	static const struct reason none;

	if ((flags & KEEPS_REASON) ||
	    (result >= 0 && !(flags & CLEARS_REASON)))
		return;
	spin_lock(&call->cell->lock);
	last->error = result < 0 ? (int32_t)result : 0;
	copy_reason(last->text, result < 0 ? &call->reason : &none);
	spin_unlock(&call->cell->lock);
}

__attribute__((noinline))
long hypercall_whole(struct per_cpu *cpu, uint64_t number, uint64_t arg1,
		     uint64_t arg2)
{
	const struct hypercall *hypercall = hypercall_find(number);
	unsigned int flags = 0;
	struct call call;
	long result;

	call.cpu = cpu;
	call.cell = cpu->cell;
	call.arg1 = arg1;
	call.arg2 = arg2;
	call.reason.text[0] = '\0';

	cpu->stats[CPU_STAT_HYPERCALL]++;
	if (!hypercall) {
		result = refuse(&call.reason, -ENOSYS,
				"hypercall %llu is not known",
				(unsigned long long)number);
	} else if ((hypercall->flags & ROOT_ONLY) && !from_root(&call)) {
		result = refuse(&call.reason, -EPERM,
				"hypercall %llu is for the root cell only",
				(unsigned long long)number);
	} else {
		flags = hypercall->flags;
		result = hypercall->handle(&call);
	}
	remember(&call, result, flags);
	return result;
}

long hypercall_handle(struct per_cpu *cpu, uint64_t number, uint64_t arg1,
		      uint64_t arg2)
{
	if (number == WEIR_HC_BUDGET)
		return regulation_call_budget(cpu, number, arg1, arg2);
	return hypercall_whole(cpu, number, arg1, arg2);
}
