/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Page tables, and what nobody expects. */
#include "inmate.h"

#define ENTRY_TABLE		3ull
#define ENTRY_BLOCK		1ull
#define ENTRY_ACCESSED		(1ull << 10)
#define ENTRY_INNER_SHAREABLE	(3ull << 8)
#define ENTRY_NORMAL		(1ull << 2) /* attribute 1 of MAIR */
#define ENTRY_NO_EXECUTE	(3ull << 53)

#define BLOCK_NORMAL                                                          \
	(ENTRY_BLOCK | ENTRY_ACCESSED | ENTRY_INNER_SHAREABLE | ENTRY_NORMAL)
#define BLOCK_DEVICE	(ENTRY_BLOCK | ENTRY_ACCESSED | ENTRY_NO_EXECUTE)

#define SHIFT_1G		30
#define SHIFT_2M		21
#define RAM_BLOCKS		64u /* 128 MiB from address 0 */

uint64_t mmu_root[512] __attribute__((aligned(4096)));
static uint64_t mmu_low[512] __attribute__((aligned(4096)));

void mmu_tables_build(void);
void exception_unexpected(void) __attribute__((noreturn));

/* Called with the MMU off: aligned 64-bit stores only. */
void mmu_tables_build(void)
{
	for (uint64_t n = 0; n < 512; n++)
		mmu_low[n] = n << SHIFT_2M |
			     (n < RAM_BLOCKS ? BLOCK_NORMAL : BLOCK_DEVICE);
	for (uint64_t n = 1; n < 512; n++)
		mmu_root[n] = n << SHIFT_1G |
			      (n == INMATE_COMM_BASE >> SHIFT_1G ?
			       BLOCK_NORMAL | ENTRY_NO_EXECUTE : BLOCK_DEVICE);
	mmu_root[0] = (uint64_t)mmu_low | ENTRY_TABLE;
	__asm__ volatile("dsb ish" ::: "memory");
}

void exception_unexpected(void)
{
	uint64_t esr, elr, far;

	__asm__ volatile("mrs %0, esr_el1" : "=r"(esr));
	__asm__ volatile("mrs %0, elr_el1" : "=r"(elr));
	__asm__ volatile("mrs %0, far_el1" : "=r"(far));
	inmate_printf("exception: esr %llx elr %llx far %llx\n",
		      (unsigned long long)esr, (unsigned long long)elr,
		      (unsigned long long)far);
	comm_set_state(CELL_FAILED);
	inmate_halt();
}
