/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A guest with the permission to hold back one cell that calls for that in an
 * endless loop, with random arguments and those at the limits.
 *
 *   other=N            the cell it may hold back
 *   duty=N, budget=N   how far down: its permission
 *   most=N             the budget the root has set there: nothing is looser
 *   calls=N            and then it ends (0: never)
 *   seed=N
 *
 * Says nothing but, at the end or when it has found something wrong,
 * "claimant: N granted, N refused, N too many, N wrong".
 */
#include "inmate.h"

#include "abi/control.h"

#define EBUSY		16
#define ERRNO_MAX	4095
#define COUNT(array)	(sizeof(array) / sizeof(*(array)))
#define ONE_OF(values)	((values)[random_next(&claims.seed) % COUNT(values)])

static struct control_request request __attribute__((aligned(8)));

static struct {
	uint64_t seed;
	uint32_t other;
	uint64_t duty_min, budget_min, most;
	uint64_t granted, refused, busy, wrong;
} claims;

static void fill(void)
{
	const uint32_t cells[] = { claims.other, claims.other, claims.other,
				   claims.other, 0, 20, 4711, ~0u };
	const uint64_t duties[] = { claims.duty_min, claims.duty_min - 1,
				    claims.duty_min + 1, 0, 1, 999, 1000, 1001,
				    0xffff };
	const uint64_t budgets[] = { claims.budget_min, claims.budget_min - 1,
				     claims.budget_min + 1, 0, 64,
				     claims.budget_min * 2, claims.most / 2,
				     claims.most - 1, claims.most,
				     claims.most + 1, 1ull << 63, ~0ull - 1,
				     ~0ull };
	static const uint32_t operations[] = { 1, 1, 1, 2, 1, 0, 3, ~0u };
	static const uint16_t whats[] = { 1, 2, 3, 1, 2, 3, 0, 4, 0xffff };

	inmate_memset(&request, 0, sizeof(request));
	request.size = sizeof(request);
	request.operation = ONE_OF(operations);
	request.cell_id = ONE_OF(cells);
	request.what = ONE_OF(whats);
	request.duty_permille = (uint16_t)ONE_OF(duties);
	request.budget_bytes_per_s = ONE_OF(budgets);
	if (random_next(&claims.seed) % 8 == 0)
		request.duty_permille = (uint16_t)random_next(&claims.seed);
	if (random_next(&claims.seed) % 8 == 0)
		request.budget_bytes_per_s = random_next(&claims.seed) >>
					     random_next(&claims.seed) % 64;
	request.reserved = random_next(&claims.seed) % 32 == 0;
	if (random_next(&claims.seed) % 32 == 0)
		request.size = (uint32_t)random_next(&claims.seed) % 400;
}

/* What its permission covers. Of limits a release says nothing. */
static bool is_covered(const struct control_request *wanted)
{
	if (wanted->size != sizeof(*wanted) || wanted->reserved ||
	    wanted->cell_id != claims.other || wanted->what == 0 ||
	    wanted->what > CONTROL_KNOWN)
		return false;
	if (wanted->operation != CONTROL_ASK)
		return wanted->operation == CONTROL_RELEASE;
	if ((wanted->what & CONTROL_DUTY) &&
	    (wanted->duty_permille < claims.duty_min ||
	     wanted->duty_permille > 1000))
		return false;
	return !(wanted->what & CONTROL_BUDGET) ||
	       wanted->budget_bytes_per_s >= claims.budget_min;
}

/* What is in force is within the permission and what the root has set. */
static bool is_within(const struct control_request *answer)
{
	return answer->duty_in_force_permille >= claims.duty_min &&
	       answer->duty_in_force_permille <= 1000 &&
	       answer->budget_in_force_bytes_per_s >= claims.budget_min &&
	       answer->budget_in_force_bytes_per_s <= claims.most;
}

static void tell(void)
{
	inmate_printf("claimant: %lu granted, %lu refused, %lu too many, %lu wrong\n",
		      claims.granted, claims.refused, claims.busy,
		      claims.wrong);
}

/* A good request answers 0 or, called too often, -EBUSY; others never 0. */
static bool answer_is_right(bool covered, long got)
{
	if (got == -EBUSY)
		return true;
	if (covered)
		return got == 0 && is_within(&request);
	return got < 0 && got >= -ERRNO_MAX;
}

static void claim(void)
{
	uint64_t address = (uintptr_t)&request;
	bool covered;
	long got;

	fill();
	covered = is_covered(&request);
	/* Now and then from where no request may lie. */
	if (random_next(&claims.seed) % 64 == 0) {
		address = random_next(&claims.seed) | 1ull << 48;
		covered = false;
	}
	got = inmate_hypercall(WEIR_HC_CONTROL, address, 0);
	claims.granted += got == 0;
	claims.busy += got == -EBUSY;
	claims.refused += got < 0 && got != -EBUSY;
	if (!answer_is_right(covered, got) && claims.wrong++ < 5)
		inmate_printf("claimant: %u of cell %u, what %x, duty %u, budget %lu: answered %d\n",
			      request.operation, request.cell_id, request.what,
			      request.duty_permille,
			      request.budget_bytes_per_s, (int)got);
}

void inmate_main(void)
{
	uint64_t calls = cmdline_number("calls", 0);

	claims.seed = cmdline_number("seed", 1);
	claims.other = (uint32_t)cmdline_number("other", 3);
	claims.duty_min = cmdline_number("duty", 100);
	claims.budget_min = cmdline_number("budget", 50000000);
	claims.most = cmdline_number("most", ~0ull);
	for (uint64_t n = 0; calls == 0 || n < calls; n++)
		claim();
	tell();
}
