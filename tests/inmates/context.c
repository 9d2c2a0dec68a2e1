/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an earlier guest of this CPU has left behind: looks through every
 * register it may read that the runtime has not written, says which are not as
 * after a reset, and then leaves something in each of them.
 */
#include "inmate.h"

#define PATTERN		0x0000005a5a5a5a50ull
#define VECTORS_COUNT	32u

/* Name, value of a reset, bits that count, what is left behind. */
#define REGISTERS(r)                                                          \
	r(ttbr1_el1, 0, ~0ull, PATTERN)                                       \
	r(amair_el1, 0, ~0ull, 0)                                             \
	r(contextidr_el1, 0, ~0ull, 0x5a)                                     \
	r(tpidr_el0, 0, ~0ull, PATTERN)                                       \
	r(tpidrro_el0, 0, ~0ull, PATTERN)                                     \
	r(tpidr_el1, 0, ~0ull, PATTERN)                                       \
	r(sp_el0, 0, ~0ull, PATTERN)                                          \
	r(elr_el1, 0, ~0ull, PATTERN)                                         \
	r(spsr_el1, 0, ~0ull, 0x5)                                            \
	r(esr_el1, 0, ~0ull, 0x5a)                                            \
	r(far_el1, 0, ~0ull, PATTERN)                                         \
	r(afsr0_el1, 0, ~0ull, 0)                                             \
	r(par_el1, 0, ~0ull, 1)                                               \
	r(csselr_el1, 0, ~0ull, 2)                                            \
	r(cntkctl_el1, 0, ~0ull, 3)                                           \
	r(cntp_ctl_el0, 0, 3, 2)                                              \
	r(cntp_cval_el0, 0, ~0ull, PATTERN)                                   \
	r(cntv_ctl_el0, 0, 3, 2)                                              \
	r(cntv_cval_el0, 0, ~0ull, PATTERN)                                   \
	r(mdscr_el1, 0, ~0ull, 0x1000)                                        \
	r(dbgbvr0_el1, 0, ~0ull, PATTERN)                                     \
	r(dbgbcr0_el1, 0, ~0ull, 0x1e0)                                       \
	r(dbgbvr5_el1, 0, ~0ull, PATTERN)                                     \
	r(dbgwvr0_el1, 0, ~0ull, PATTERN)                                     \
	r(dbgwcr0_el1, 0, ~0ull, 0x1fe0)                                      \
	r(dbgwvr3_el1, 0, ~0ull, PATTERN)                                     \
	r(pmcr_el0, 0, 0x1, 0x1)                                              \
	r(pmcntenset_el0, 0, ~0ull, 0x80000001)                               \
	r(pmintenset_el1, 0, ~0ull, 0x80000001)                               \
	r(pmselr_el0, 0, ~0ull, 1)                                            \
	r(pmevtyper0_el0, 0, ~0ull, 0x11)                                     \
	r(pmevcntr0_el0, 0, ~0ull, 0x5a)                                      \
	r(pmccfiltr_el0, 0, ~0ull, 0)                                         \
	r(pmuserenr_el0, 0, ~0ull, 0xf)                                       \
	r(fpcr, 0, ~0ull, 0x00c00000)                                         \
	r(fpsr, 0, ~0ull, 0x1f)

static unsigned int remains;

static void check(const char *name, uint64_t value, uint64_t expected)
{
	if (value == expected)
		return;
	remains++;
	inmate_printf("context: %s is %llx\n", name,
		      (unsigned long long)value);
}

static void registers_check(void)
{
#define CHECK(name, reset, bits, left)                                        \
	{                                                                     \
		uint64_t value;                                               \
		__asm__ volatile("mrs %0, " #name : "=r"(value));             \
		check(#name, value & (bits), reset);                          \
	}
	REGISTERS(CHECK)
#undef CHECK
}

static void registers_leave(void)
{
#define LEAVE(name, reset, bits, left)                                        \
	__asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(left)));
	REGISTERS(LEAVE)
#undef LEAVE
}

#define FOUR(r, n, m, o, p)	r(n) r(m) r(o) r(p)
#define VECTORS(r)                                                            \
	FOUR(r, 0, 1, 2, 3) FOUR(r, 4, 5, 6, 7) FOUR(r, 8, 9, 10, 11)         \
	FOUR(r, 12, 13, 14, 15) FOUR(r, 16, 17, 18, 19)                       \
	FOUR(r, 20, 21, 22, 23) FOUR(r, 24, 25, 26, 27) FOUR(r, 28, 29, 30, 31)

static void vectors_check(void)
{
	static uint64_t values[2 * VECTORS_COUNT] __attribute__((aligned(16)));

#define STORE(n)	"str q" #n ", [%0, #16 * " #n "]\n\t"
	__asm__ volatile(".arch_extension fp\n\t" VECTORS(STORE)
			 : : "r"(values) : "memory");
#undef STORE
	for (unsigned int n = 0; n < 2 * VECTORS_COUNT; n++)
		check("half of a vector register", values[n], 0);
}

static void vectors_leave(void)
{
#define FILL(n)		"movi v" #n ".16b, #0x5a\n\t"
	__asm__ volatile(".arch_extension simd\n\t" VECTORS(FILL));
#undef FILL
}

void inmate_main(void)
{
	__asm__ volatile("msr cpacr_el1, %0\n\tisb" : : "r"(3ull << 20));
	registers_check();
	vectors_check();
	if (remains == 0)
		inmate_printf("context: clean\n");
	registers_leave();
	vectors_leave();
	inmate_printf("context: left something\n");
}
