/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Critical interrupts: a guest that is held gets them alone, and their end is
 * told. A list register that is linked to a physical interrupt keeps its end to
 * itself (IHI 0048B, 5.3.7; IHI 0069, ICH_LR<n>_EL2): the link is cut, the end
 * asks for maintenance, and the physical interrupt is deactivated from there.
 */
#include "gic-internal.h"

#include "hv/cell.h"

/* Bits 32 to 44: sender, LR_EOI or physical INTID. */
#define LR_PHYSICAL_MASK	(0x1fffull << LR_PHYSICAL_SHIFT)
/* Of gic_cpu.queued_words: while it is set the queue is never taken for empty. */
#define WORD_ALWAYS		(1u << (GIC_IRQ_WORDS - 1))

uint64_t gic_lr_linked(const struct gic_cpu *g, unsigned int n)
{
	uint64_t lr = gic.ops->lr_read(n);

	if (!(g->unlinked >> n & 1))
		return lr;
	return (lr & ~LR_PHYSICAL_MASK) | LR_HW |
	       (uint64_t)g->lr_irq[n] << LR_PHYSICAL_SHIFT;
}

uint64_t gic_lr_watched(struct gic_cpu *g, unsigned int n, uint64_t lr)
{
	if (lr & LR_HW) {
		g->unlinked |= 1u << n;
		lr &= ~(LR_HW | LR_PHYSICAL_MASK);
	}
	return lr | LR_EOI;
}

void gic_critical_deactivate(struct gic_cpu *g, uint32_t ended)
{
	ended &= g->unlinked;
	g->unlinked &= ~ended;
	for (; ended; ended &= ended - 1)
		gic.ops->deactivate(g->lr_irq[__builtin_ctz(ended)]);
}

bool gic_critical_waits(struct per_cpu *cpu)
{
	const uint32_t *critical = cpu->cell->arch.gic.critical;
	const struct gic_cpu *g = gic_of(cpu);
	uint32_t used = g->lr_mask & ~gic.ops->lrs_empty();
	uint32_t words = __atomic_load_n(&g->queued_words, __ATOMIC_ACQUIRE);
	uint32_t word, bits;
	unsigned int n;

	for (; used; used &= used - 1) {
		n = (unsigned int)__builtin_ctz(used);
		if (gic_has_irq(critical, g->lr_irq[n]) &&
		    (gic.ops->lr_read(n) & (LR_PENDING | LR_ACTIVE)))
			return true;
	}
	for (; words; words &= words - 1) {
		word = (uint32_t)__builtin_ctz(words);
		bits = __atomic_load_n(&g->queued[word], __ATOMIC_ACQUIRE);
		if (word == 0)
			bits &= ~(gic.emulated & ~g->enabled);
		if (bits & critical[word])
			return true;
	}
	return false;
}

/* What is not critical waits in the queue; what the guest handles it goes on with. */
static void set_aside(struct gic_cpu *g, unsigned int n, uint64_t lr)
{
	if (!(lr & LR_PENDING))
		return;
	gic_requeue(g, lr);
	gic.ops->lr_write(n, lr & LR_ACTIVE ? lr & ~LR_PENDING : 0);
	g->unlinked &= ~(1u << n);
}

static void begin(struct gic_cpu *g, const uint32_t *critical)
{
	uint32_t used = g->lr_mask & ~gic.ops->lrs_empty();
	unsigned int n;
	uint64_t lr;

	for (; used; used &= used - 1) {
		n = (unsigned int)__builtin_ctz(used);
		lr = gic_lr_linked(g, n);
		if (!(lr & (LR_PENDING | LR_ACTIVE)))
			continue;
		if (gic_has_irq(critical, g->lr_irq[n]))
			gic.ops->lr_write(n, gic_lr_watched(g, n, lr));
		else
			set_aside(g, n, lr);
	}
	g->only = critical;
	__atomic_fetch_or(&g->queued_words, WORD_ALWAYS, __ATOMIC_ACQ_REL);
}

static void end(struct gic_cpu *g)
{
	g->only = NULL;
	__atomic_fetch_and(&g->queued_words, ~WORD_ALWAYS, __ATOMIC_ACQ_REL);
	/* Somebody may have queued one there. */
	if (__atomic_load_n(&g->queued[GIC_IRQ_WORDS - 1], __ATOMIC_ACQUIRE))
		__atomic_fetch_or(&g->queued_words, WORD_ALWAYS,
				  __ATOMIC_ACQ_REL);
}

void gic_critical_only(struct per_cpu *cpu, bool only)
{
	struct gic_cpu *g = gic_of(cpu);

	if (only)
		begin(g, cpu->cell->arch.gic.critical);
	else
		end(g);
	gic_sync(cpu);
}
