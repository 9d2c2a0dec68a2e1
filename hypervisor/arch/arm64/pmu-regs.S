/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event counters by number. Their registers are named in the instruction, so
 * each access is a jump into a row of them, two instructions a counter; n is 0
 * to 30, else nothing happens.
 */
#include "pmu-hw.h"

#define READ_COUNTER(n)		mrs x0, pmevcntr##n##_el0; ret;
#define WRITE_COUNTER(n)	msr pmevcntr##n##_el0, x1; ret;
#define READ_TYPE(n)		mrs x0, pmevtyper##n##_el0; ret;
#define WRITE_TYPE(n)		msr pmevtyper##n##_el0, x1; ret;

#define ROW(access)                                                           \
	access(0) access(1) access(2) access(3) access(4) access(5)           \
	access(6) access(7) access(8) access(9) access(10) access(11)         \
	access(12) access(13) access(14) access(15) access(16) access(17)     \
	access(18) access(19) access(20) access(21) access(22) access(23)     \
	access(24) access(25) access(26) access(27) access(28) access(29)     \
	access(30)

.macro access_by_number name
	.global	\name
\name:
	cmp	w0, #PMU_COUNTERS_MAX
	b.hs	2f
	adr	x2, 1f
	add	x2, x2, w0, uxtw #3
	br	x2
2:	mov	x0, xzr
	ret
	.global	\name\()s
\name\()s:
1:
.endm

	.text
	access_by_number pmu_counter_read
	ROW(READ_COUNTER)
	access_by_number pmu_counter_write
	ROW(WRITE_COUNTER)
	access_by_number pmu_type_read
	ROW(READ_TYPE)
	access_by_number pmu_type_write
	ROW(WRITE_TYPE)

/*
 * uint64_t pmu_exchange(companion, value), from counter n on: returns what it
 * was and sets it, and sets the second one behind it. Four instructions each.
 */
#define EXCHANGE(n, after)						      \
	msr pmevcntr##after##_el0, x0; mrs x0, pmevcntr##n##_el0;	      \
	msr pmevcntr##n##_el0, x1; ret;

	.global	pmu_exchange
pmu_exchange:
	EXCHANGE(0, 2) EXCHANGE(1, 3) EXCHANGE(2, 4) EXCHANGE(3, 5)
	EXCHANGE(4, 6) EXCHANGE(5, 7) EXCHANGE(6, 8) EXCHANGE(7, 9)
	EXCHANGE(8, 10) EXCHANGE(9, 11) EXCHANGE(10, 12) EXCHANGE(11, 13)
	EXCHANGE(12, 14) EXCHANGE(13, 15) EXCHANGE(14, 16) EXCHANGE(15, 17)
	EXCHANGE(16, 18) EXCHANGE(17, 19) EXCHANGE(18, 20) EXCHANGE(19, 21)
	EXCHANGE(20, 22) EXCHANGE(21, 23) EXCHANGE(22, 24) EXCHANGE(23, 25)
	EXCHANGE(24, 26) EXCHANGE(25, 27) EXCHANGE(26, 28) EXCHANGE(27, 29)
	EXCHANGE(28, 30)
