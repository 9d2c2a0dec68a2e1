/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A guest that makes every call with every argument that could do harm.
 *
 *   mode=all       everything below but the flood, one after the other
 *   mode=flood     writes `count=N` characters as fast as it can
 *   mode=steward   what a cell with the permission to regulate may, and no more
 *   rounds=N       random calls and requests each (2000)
 *   own=N, cpu=N   its id, its first CPU; the second is the next
 *   other=N        id of a neighbour
 *
 * Prints "hostile: ..." for each answer that is not as it must be, at most
 * twenty, and "hostile: N calls, M wrong" at the end.
 */
#include "inmate.h"

#include "abi/regulation.h"

#define EPERM			1
#define ENOENT			2
#define EINVAL			22
#define ERANGE			34
#define ENOSYS			38
#define ERRNO_MAX		4095
#define RAM_BYTES		(16ull << 20)
#define ROOT_ID			0u
#define NOBODY_ID		4711u
#define COMPLAINTS_MAX		20u
#define STACK_BYTES		4096u
#define COUNT(array)		(sizeof(array) / sizeof(*(array)))

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static struct reg_status status __attribute__((aligned(8)));
static struct reg_request request __attribute__((aligned(8)));
static struct reason_report reason __attribute__((aligned(8)));
static uint64_t calls_count, wrong_count, seed;
static uint32_t own_id, other_id;
static volatile bool second_stop, second_done;

static uint64_t pick(uint64_t below)
{
	return random_next(&seed) % below;
}

static void complain(const char *what, uint64_t number, uint64_t arg1,
		     uint64_t arg2, long got)
{
	if (wrong_count++ >= COMPLAINTS_MAX)
		return;
	inmate_printf("hostile: %s: call %llx (%llx, %llx) answered %d\n", what,
		      (unsigned long long)number, (unsigned long long)arg1,
		      (unsigned long long)arg2, (int)got);
}

static long call(uint64_t number, uint64_t arg1, uint64_t arg2)
{
	calls_count++;
	return inmate_hypercall(number, arg1, arg2);
}

static void expect(const char *what, uint64_t number, uint64_t arg1,
		   uint64_t arg2, long wanted)
{
	long got = call(number, arg1, arg2);

	if (got != wanted)
		complain(what, number, arg1, arg2, got);
}

/* Any refusal will do, as long as it is one. */
static void refused(const char *what, uint64_t number, uint64_t arg1,
		    uint64_t arg2)
{
	long got = call(number, arg1, arg2);

	if (got >= 0 || got < -ERRNO_MAX)
		complain(what, number, arg1, arg2, got);
}

/* --- what it may ask about itself --------------------------------------- */

static void reads_itself(uint64_t cpu)
{
	for (uint64_t n = INFO_MEM_POOL_SIZE; n <= INFO_NUM_CELLS; n++)
		if (call(HC_HYPERVISOR_GET_INFO, n, 0) < 0)
			complain("information", HC_HYPERVISOR_GET_INFO, n, 0, -1);
	for (uint64_t n = 0; n < CPU_STATS_ARM64; n++)
		if (call(HC_CPU_GET_INFO, cpu, CPU_INFO_STAT_BASE + n) < 0)
			complain("statistics", HC_CPU_GET_INFO, cpu, n, -1);
	expect("its CPU runs", HC_CPU_GET_INFO, cpu, CPU_INFO_STATE, 0);
	expect("revision", WEIR_HC_QUERY, WEIR_FEATURE_ABI_REVISION, 0,
	       WEIR_ABI_REVISION);
	expect("last call", WEIR_HC_QUERY, WEIR_FEATURE_HYPERCALLS, 0,
	       WEIR_HC_LAST);
	for (uint64_t n = WEIR_FEATURE_REGULATORS; n <= WEIR_FEATURE_CLOCK; n++)
		if (call(WEIR_HC_QUERY, n, 0) < 0)
			complain("feature", WEIR_HC_QUERY, n, 0, -1);
	expect("no feature", WEIR_HC_QUERY, WEIR_FEATURE_CLOCK + 1, 0, -ENOSYS);
	expect("no information", HC_HYPERVISOR_GET_INFO, INFO_NUM_CELLS + 1, 0,
	       -EINVAL);
	expect("no statistics", HC_CPU_GET_INFO, cpu,
	       CPU_INFO_STAT_BASE + CPU_STATS_ARM64, -EINVAL);
	expect("a character", HC_DEBUG_CONSOLE_PUTC, '\n', 0, 0);
}

static long status_get(uint32_t id)
{
	status.size = sizeof(status);
	status.cell_id = id;
	return call(WEIR_HC_REG_GET, (uint64_t)&status, 0);
}

static void status_expect(const char *what, uint32_t id, long wanted)
{
	long got = status_get(id);

	if (got != wanted || (got == 0 && (status.cell_id != id ||
					   status.size != sizeof(status) ||
					   status.num_cpus == 0)))
		complain(what, WEIR_HC_REG_GET, id, 0, got);
}

static void reason_expect(const char *what, int32_t error)
{
	long got;

	reason.size = sizeof(reason);
	got = call(WEIR_HC_LAST_REASON, (uint64_t)&reason, 0);
	if (got || reason.error != error || !reason.text[0] ||
	    reason.text[sizeof(reason.text) - 1])
		complain(what, WEIR_HC_LAST_REASON, (uint64_t)error, 0,
			 reason.error);
}

static void reads_others(uint64_t cpu)
{
	status_expect("its own status", own_id, 0);
	status_expect("the root's status", ROOT_ID, -EPERM);
	reason_expect("the reason", -EPERM);
	status_expect("a neighbour's status", other_id, -EPERM);
	status_expect("nobody's status", NOBODY_ID, -EPERM);
	expect("the root's CPU", HC_CPU_GET_INFO, 0, CPU_INFO_STATE, -EPERM);
	expect("a neighbour's CPU", HC_CPU_GET_INFO, cpu + 2, CPU_INFO_STATE,
	       -EPERM);
	expect("no CPU", HC_CPU_GET_INFO, 64, CPU_INFO_STATE, -EINVAL);
}

/* --- every number, with every argument ---------------------------------- */

static const uint64_t arguments[] = {
	0, 1, 2, 3, 13, 14, NOBODY_ID, 0x1000, 0x50000000, 0x70000000,
	RAM_BYTES - 8, RAM_BYTES, INMATE_COMM_BASE, INMATE_MEMSYS_PAGE,
	0x8000000, 0x80000000000ull, 1ull << 48, 1ull << 63, 0x7fffffff,
	0x80000000ull, 0xffffffff, 0x100000000ull, 0x100000003ull, ~0ull,
	~0ull - 7, -4096ull, 1000, 1008, 1009,
};

/* The calls that nobody but the root may make at all. */
static bool root_only(uint64_t number)
{
	return number <= HC_CELL_DESTROY || number == HC_CELL_GET_STATE ||
	       number == WEIR_HC_CELL_REPORT || number == WEIR_HC_COLORS ||
	       number == WEIR_HC_COLORS_SET || number == WEIR_HC_COLORS_STEP;
}

static bool known(uint64_t number)
{
	return number <= HC_DEBUG_CONSOLE_PUTC ||
	       (number >= WEIR_HC_QUERY && number <= WEIR_HC_LAST);
}

/* Calls of any cell: what may be answered depends on the arguments. */
static void call_any(uint64_t number, uint64_t arg1, uint64_t arg2)
{
	if (root_only(number))
		expect("the root's call", number, arg1, arg2, -EPERM);
	else if (!known(number))
		expect("no call", number, arg1, arg2, -ENOSYS);
	else if (number == WEIR_HC_REG_SET)
		refused("a setting", number, arg1, arg2);
	else if (number != HC_DEBUG_CONSOLE_PUTC)
		call(number, arg1, arg2);
}

static void numbers_walk(void)
{
	for (uint64_t number = 0; number <= WEIR_HC_LAST + 16; number++) {
		if (number == 16)
			number = WEIR_HC_QUERY - 4;
		for (size_t n = 0; n < COUNT(arguments); n++)
			call_any(number, arguments[n],
				 arguments[pick(COUNT(arguments))]);
	}
}

static void numbers_random(uint64_t rounds)
{
	static const uint64_t high[] = { 0, 1ull << 8, 1ull << 16, 1ull << 31,
					 1ull << 32, 1ull << 63 };

	for (uint64_t n = 0; n < rounds; n++) {
		uint64_t number = random_next(&seed) >> pick(64);

		if (n % 2)
			number = high[pick(COUNT(high))] | pick(0x10);
		call_any(number, random_next(&seed) >> pick(64),
			 arguments[pick(COUNT(arguments))]);
	}
}

/* --- buffers where none may be ------------------------------------------ */

static void buffers_try(void)
{
	static const uint64_t bad[] = {
		0x50000000,		/* the root's */
		0x70000000,		/* the hypervisor's */
		0x8000000,		/* a device that is emulated */
		RAM_BYTES,		/* behind its memory */
		RAM_BYTES - 8,		/* across the end */
		RAM_BYTES - 128,
		INMATE_COMM_BASE + 0x1000 - 8, /* across into the next */
		INMATE_MEMSYS_PAGE,	/* may be read, not written */
		INMATE_MEMSYS_PAGE + 0x1000 - 8,
		1ull << 39, 1ull << 40, 1ull << 48, 1ull << 63,
		~0ull, ~0ull - 7, -128ull, -4096ull,
	};
	static const uint64_t numbers[] = { WEIR_HC_REG_SET, WEIR_HC_REG_GET,
					    WEIR_HC_LAST_REASON };

	/* What lies across the end begins with a size that is right. */
	*(uint32_t *)(RAM_BYTES - 128) = sizeof(reason);
	*(uint32_t *)(RAM_BYTES - 8) = sizeof(reason);
	for (size_t n = 0; n < COUNT(bad); n++)
		for (size_t m = 0; m < COUNT(numbers); m++)
			expect("a buffer", numbers[m], bad[n], 0, -EINVAL);
	for (uint64_t n = 1; n < 8; n++)
		for (size_t m = 0; m < COUNT(numbers); m++)
			expect("an unaligned buffer", numbers[m],
			       (uint64_t)&status + n, 0, -EINVAL);
}

static void sizes_try(void)
{
	static const uint32_t sizes[] = { 0, 1, 8, 135, 137, 239, 241, 2751,
					  4096, 0x80000000u, 0xffffffffu };

	for (size_t n = 0; n < COUNT(sizes); n++) {
		request.size = sizes[n];
		expect("size", WEIR_HC_REG_SET, (uint64_t)&request, 0, -EINVAL);
		status.size = sizes[n];
		expect("size", WEIR_HC_REG_GET, (uint64_t)&status, 0, -EINVAL);
		reason.size = sizes[n];
		expect("size", WEIR_HC_LAST_REASON, (uint64_t)&reason, 0,
		       -EINVAL);
	}
}

/* --- requests without permission ----------------------------------------- */

static void request_fill(uint32_t operation, uint32_t id, uint64_t budget)
{
	inmate_memset(&request, 0, sizeof(request));
	request.size = sizeof(request);
	request.operation = operation;
	request.cell_id = id;
	request.settings.valid = REG_SET_BUDGET;
	request.settings.budget_bytes_per_s = budget;
}

static void request_expect(const char *what, long wanted)
{
	expect(what, WEIR_HC_REG_SET, (uint64_t)&request, request.cell_id,
	       wanted);
}

static uint64_t one_of(const uint64_t *values, size_t count)
{
	return values[pick(count)];
}
#define ONE_OF(values)	one_of(values, COUNT(values))

static void requests_random(uint64_t rounds)
{
	static const uint64_t operations[] = { 0, 1, 1, 2, 3, 4, 0xffffffff };
	static const uint64_t budgets[] = { 0, 1, 63, 64, 1000000000,
					    ~0ull - 1, ~0ull };
	static const uint64_t periods[] = { 0, 1, 19999, 20000, 1000000,
					    1000000000, 1000000001, ~0ull };
	static const uint64_t valids[] = { 0, REG_SET_BUDGET, REG_SET_KNOWN,
					   0x40, 0xffffffff };
	const uint64_t ids[] = { ROOT_ID, own_id, other_id, NOBODY_ID,
				 0xffffffff };

	for (uint64_t n = 0; n < rounds; n++) {
		request_fill((uint32_t)ONE_OF(operations), (uint32_t)ONE_OF(ids),
			     ONE_OF(budgets));
		request.settings.valid = (uint32_t)ONE_OF(valids);
		request.settings.write_budget_bytes_per_s = ONE_OF(budgets);
		request.settings.period_ns = ONE_OF(periods);
		request.settings.mode = (uint32_t)ONE_OF(valids);
		request.settings.source = (uint16_t)pick(6);
		request.settings.regulator = (uint16_t)pick(10);
		request.settings.reserved[pick(2)] = pick(2);
		request.reserved = (uint32_t)pick(2);
		request_expect("a request", -EPERM);
	}
}

/* --- two CPUs on the same buffers ----------------------------------------- */

static void second_main(void *argument)
{
	uint64_t random = 99;

	(void)argument;
	while (!second_stop) {
		volatile uint8_t *bytes = (volatile uint8_t *)&request;
		uint64_t byte = random_next(&random) % sizeof(request);

		bytes[byte] = (uint8_t)random_next(&random);
		request.size = sizeof(request);
		if (inmate_hypercall(WEIR_HC_REG_SET, (uint64_t)&request, 0) >= 0)
			complain("from the second CPU", WEIR_HC_REG_SET, 0, 0, 0);
		status.size = sizeof(status);
		status.cell_id = random % 2 ? own_id : ROOT_ID;
		inmate_hypercall(WEIR_HC_REG_GET, (uint64_t)&status, 0);
	}
	second_done = true;
	inmate_psci(0x84000002u, 0, 0, 0);
}

static void both_at_once(uint64_t cpu, uint64_t rounds)
{
	if (inmate_cpu_on(cpu + 1, second_main, NULL, stack + sizeof(stack)))
		complain("the second CPU", cpu + 1, 0, 0, -1);
	for (uint64_t n = 0; n < rounds; n++) {
		uint32_t ids[] = { ROOT_ID, other_id, own_id };

		request_fill(REG_OP_SET, ids[n % 3], 1);
		refused("both at once", WEIR_HC_REG_SET, (uint64_t)&request, 0);
		status_get(own_id);
		call(WEIR_HC_LAST_REASON, (uint64_t)&request, 0);
	}
	second_stop = true;
	while (!second_done)
		__asm__ volatile("yield");
}

static void try_all(uint64_t cpu)
{
	uint64_t rounds = cmdline_number("rounds", 2000);

	reads_itself(cpu);
	reads_others(cpu);
	numbers_walk();
	numbers_random(rounds);
	buffers_try();
	sizes_try();
	requests_random(rounds);
	both_at_once(cpu, rounds);
	/* After all that, the same as at first. */
	reads_itself(cpu);
	reads_others(cpu);
}

/* --- with the permission --------------------------------------------------- */

static void steward_refusals(void)
{
	request_fill(REG_OP_SET, ROOT_ID, 0);
	request_expect("the root stopped", -EINVAL);
	reason_expect("the reason", -EINVAL);
	request_fill(REG_OP_SET, own_id, REG_BUDGET_UNLIMITED);
	request_expect("itself", -EPERM);
	request_fill(REG_OP_CLEAR, own_id, 0);
	request_expect("itself cleared", -EPERM);
	request_fill(REG_OP_SET, NOBODY_ID, 1000);
	request_expect("nobody", -ENOENT);
	request_fill(REG_OP_SET, ROOT_ID, 63);
	request_expect("less than a line", -ERANGE);
	request_fill(REG_OP_CHECK + 1, ROOT_ID, 1000);
	request_expect("no operation", -EINVAL);
	request_fill(REG_OP_SET, ROOT_ID, 1000);
	request.reserved = 1;
	request_expect("reserved", -EINVAL);
	request_fill(REG_OP_SET, ROOT_ID, 1000);
	request.settings.valid = 0x40;
	request_expect("unknown bits", -EINVAL);
	request_fill(REG_OP_SET, ROOT_ID, 1000);
	request.settings.valid = REG_SET_PERIOD;
	request.settings.period_ns = REG_PERIOD_MIN_NS - 1;
	request_expect("a short period", -ERANGE);
	request.settings.period_ns = REG_PERIOD_MAX_NS + 1;
	request_expect("a long period", -ERANGE);
}

static void steward(uint64_t cpu)
{
	steward_refusals();
	request_fill(REG_OP_CHECK, ROOT_ID, 700000000);
	request_expect("a check", 0);
	request_fill(REG_OP_SET, ROOT_ID, 800000000);
	request_expect("the root", 0);
	if (request.effective.budget_bytes_per_s != 800000000)
		complain("effective", WEIR_HC_REG_SET, 0, 0, 0);
	request_fill(REG_OP_SET, other_id, 900000000);
	request_expect("the neighbour", 0);
	status_expect("the root's status", ROOT_ID, 0);
	if (status.requested.budget_bytes_per_s != 800000000)
		complain("requested", WEIR_HC_REG_GET, 0, 0, 0);
	status_expect("the neighbour's status", other_id, 0);
	status_expect("nobody's status", NOBODY_ID, -ENOENT);
	for (uint64_t number = 0; number <= WEIR_HC_LAST; number++)
		if (root_only(number))
			expect("the root's call", number, other_id, 0, -EPERM);
	expect("the root's CPU", HC_CPU_GET_INFO, 0, CPU_INFO_STATE, -EPERM);
	reads_itself(cpu);
}

/* --- characters ------------------------------------------------------------ */

static void flood(uint64_t count)
{
	uint64_t taken = 0, busy = 0;

	for (uint64_t n = 0; n < count; n++) {
		long got = call(HC_DEBUG_CONSOLE_PUTC, '#', 0);

		taken += got == 0;
		busy += got == -16;
	}
	if (taken + busy != count)
		complain("flood", HC_DEBUG_CONSOLE_PUTC, taken, busy, 0);
	inmate_printf("\nhostile: %lu taken, %lu too fast\n", taken, busy);
}

void inmate_main(void)
{
	uint64_t cpu = cmdline_number("cpu", 1);
	char mode[8];

	cmdline_string("mode", "all", mode, sizeof(mode));
	own_id = (uint32_t)cmdline_number("own", 13);
	other_id = (uint32_t)cmdline_number("other", 3);
	if (mode[0] == 'f')
		flood(cmdline_number("count", 100000));
	else if (mode[0] == 's')
		steward(cpu);
	else
		try_all(cpu);
	inmate_printf("hostile: %lu calls, %lu wrong\n", calls_count,
		      wrong_count);
}
