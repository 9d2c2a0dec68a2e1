/* SPDX-License-Identifier: GPL-2.0-only */
/* List registers and the queue of virtual interrupts behind them. */
#include "gic-internal.h"

#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/critical.h"

/* An LPI in gic_cpu.lpi: INTID below, priority above. */
#define LPI_PRIORITY_SHIFT	24
#define LPI_IRQ_MASK		0x00ffffffu

struct candidate {
	uint32_t irq;
	unsigned int priority;
	unsigned int lpi;	/* index, when irq is an LPI */
};

enum placed {
	PLACED,
	PLACED_LATER,	/* asked for maintenance at its end */
	PLACED_NOT,	/* all list registers hold something as urgent */
};

/* True when the bit was not set before. Any CPU. */
static bool mark(struct gic_cpu *g, uint32_t irq)
{
	uint32_t word = irq / 32, bit = 1u << (irq % 32);
	uint32_t old;

	old = __atomic_fetch_or(&g->queued[word], bit, __ATOMIC_ACQ_REL);
	__atomic_fetch_or(&g->queued_words, 1u << word, __ATOMIC_ACQ_REL);
	return !(old & bit);
}

static void unmark(struct gic_cpu *g, uint32_t irq)
{
	uint32_t word = irq / 32, bit = 1u << (irq % 32);

	__atomic_fetch_and(&g->queued[word], ~bit, __ATOMIC_ACQ_REL);
	if (irq >= 16)
		g->queued_hw[word] &= ~bit;
	__atomic_fetch_and(&g->queued_words, ~(1u << word), __ATOMIC_ACQ_REL);
	/* Somebody may have set a bit between the two steps. */
	if (__atomic_load_n(&g->queued[word], __ATOMIC_ACQUIRE))
		__atomic_fetch_or(&g->queued_words, 1u << word,
				  __ATOMIC_ACQ_REL);
}

static bool queued_hw(const struct gic_cpu *g, uint32_t irq)
{
	return g->queued_hw[irq / 32] & (1u << (irq % 32));
}

static uint32_t lpi_find(const struct gic_cpu *g, uint32_t irq)
{
	uint32_t n;

	for (n = 0; n < g->lpi_count; n++)
		if ((g->lpi[n] & LPI_IRQ_MASK) == irq)
			break;
	return n;
}

static void lpi_push(struct gic_cpu *g, uint32_t irq, uint8_t priority)
{
	/* An LPI is a message without state: beyond the queue it is lost. */
	if (lpi_find(g, irq) == g->lpi_count && g->lpi_count < GIC_LPI_QUEUE)
		g->lpi[g->lpi_count++] =
			irq | (uint32_t)priority << LPI_PRIORITY_SHIFT;
}

static void lpi_drop(struct gic_cpu *g, unsigned int index)
{
	g->lpi[index] = g->lpi[--g->lpi_count];
}

/* Bits of one word of the queue that the guest may get now. */
static uint32_t deliverable(const struct gic_cpu *g, uint32_t word,
			    uint32_t blocked)
{
	uint32_t bits = __atomic_load_n(&g->queued[word], __ATOMIC_ACQUIRE);

	if (word == 0)
		bits &= ~(gic.emulated & ~g->enabled) & ~blocked;
	return g->only ? bits & g->only[word] : bits;
}

static bool pick(const struct gic_cpu *g, uint32_t blocked,
		 struct candidate *best)
{
	uint32_t words = __atomic_load_n(&g->queued_words, __ATOMIC_ACQUIRE);
	unsigned int priority, n;
	uint32_t word, bits, irq;

	best->priority = 0x100;
	for (; words; words &= words - 1) {
		word = (uint32_t)__builtin_ctz(words);
		bits = deliverable(g, word, blocked);
		for (; bits; bits &= bits - 1) {
			irq = word * 32 + (uint32_t)__builtin_ctz(bits);
			priority = gic_irq_priority(g, irq);
			if (priority < best->priority)
				*best = (struct candidate){ irq, priority, 0 };
		}
	}
	for (n = 0; n < g->lpi_count && !g->only; n++) {
		priority = g->lpi[n] >> LPI_PRIORITY_SHIFT;
		irq = g->lpi[n] & LPI_IRQ_MASK;
		if (priority < best->priority)
			*best = (struct candidate){ irq, priority, n };
	}
	return best->priority < 0x100;
}

/* Takes the candidate out of the queue; what goes into a list register. */
static uint64_t take(struct gic_cpu *g, const struct candidate *c)
{
	uint64_t lr = LR_PENDING | LR_GROUP1 | c->irq |
		      (uint64_t)c->priority << LR_PRIORITY_SHIFT;
	uint32_t senders, sender;

	if (c->irq >= GIC_FIRST_LPI) {
		lpi_drop(g, c->lpi);
		return lr;
	}
	if (queued_hw(g, c->irq))
		lr |= LR_HW | (uint64_t)c->irq << LR_PHYSICAL_SHIFT;
	unmark(g, c->irq);
	if (c->irq >= 16)
		return lr;

	senders = __atomic_load_n(&g->senders[c->irq], __ATOMIC_ACQUIRE);
	if (!senders)
		return 0;
	sender = (uint32_t)__builtin_ctz(senders);
	if (__atomic_and_fetch(&g->senders[c->irq], (uint8_t)~(1u << sender),
			       __ATOMIC_ACQ_REL))
		mark(g, c->irq);
	return lr | (uint64_t)sender << LR_PHYSICAL_SHIFT;
}

void gic_requeue(struct gic_cpu *g, uint64_t lr)
{
	uint32_t irq = LR_IRQ(lr);

	if (irq >= GIC_FIRST_LPI) {
		lpi_push(g, irq, LR_PRIORITY(lr));
		return;
	}
	if (irq < 16)
		__atomic_fetch_or(&g->senders[irq],
				  (uint8_t)(1u << LR_SENDER(lr)),
				  __ATOMIC_ACQ_REL);
	else if (lr & LR_HW)
		g->queued_hw[irq / 32] |= 1u << (irq % 32);
	mark(g, irq);
}

/* The list register that holds `irq`; lr_mask's width when none does. */
static unsigned int find_lr(const struct gic_cpu *g, uint32_t irq)
{
	uint32_t used = g->lr_mask & ~gic.ops->lrs_empty();

	for (; used; used &= used - 1)
		if (g->lr_irq[__builtin_ctz(used)] == irq)
			return (unsigned int)__builtin_ctz(used);
	return GIC_MAX_LRS;
}

/*
 * The INTID is in a list register already. A second physical activation of it
 * can only come from a guest that has cleared the active state behind its own
 * back: it is dropped, the end of the first one deactivates both. An SGI of
 * another sender (v2) waits for the end of the first.
 */
static enum placed merge(struct gic_cpu *g, const struct candidate *c)
{
	unsigned int n = find_lr(g, c->irq);
	uint64_t lr = gic.ops->lr_read(n);

	if (c->irq < 16 &&
	    !(g->senders[c->irq] & (1u << LR_SENDER(lr)))) {
		gic.ops->lr_write(n, lr | LR_EOI);
		return PLACED_LATER;
	}
	if (c->irq >= 16) {
		take(g, c);
	} else {
		/* This sender's bit, whichever else there is. */
		unmark(g, c->irq);
		if (__atomic_and_fetch(&g->senders[c->irq],
				       (uint8_t)~(1u << LR_SENDER(lr)),
				       __ATOMIC_ACQ_REL))
			mark(g, c->irq);
	}
	if (!(lr & LR_HW))
		gic.ops->lr_write(n, lr | LR_PENDING);
	return PLACED;
}

/* Makes room by sending the least urgent pending interrupt back, or -1. */
static int evict(struct gic_cpu *g, unsigned int priority)
{
	uint32_t used = g->lr_mask;
	uint64_t lr, victim = 0;
	unsigned int n, worst = priority;
	int victim_lr = -1;

	for (; used; used &= used - 1) {
		n = (unsigned int)__builtin_ctz(used);
		lr = gic_lr_linked(g, n);
		if ((lr & LR_ACTIVE) || LR_PRIORITY(lr) <= worst)
			continue;
		worst = LR_PRIORITY(lr);
		victim = lr;
		victim_lr = (int)n;
	}
	if (victim_lr >= 0) {
		gic_requeue(g, victim);
		g->unlinked &= ~(1u << victim_lr);
	}
	return victim_lr;
}

static enum placed place(struct gic_cpu *g, const struct candidate *c)
{
	int n = gic_claim_lr(g, gic.ops->lrs_empty(), c->irq);
	uint64_t lr;

	if (n == GIC_CLAIM_DUPLICATE)
		return merge(g, c);
	if (n == GIC_CLAIM_FULL)
		n = evict(g, c->priority & 0xf8u);
	if (n < 0)
		return PLACED_NOT;
	lr = take(g, c);
	if (g->only)
		lr = gic_lr_watched(g, (unsigned int)n, lr);
	g->lr_irq[n] = c->irq;
	gic.ops->lr_write((unsigned int)n, lr);
	return PLACED;
}

/* Interrupts the cell has lost since: its own CPU forgets them. */
static void purge(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	const struct gic_cell *cell = &cpu->cell->arch.gic;
	uint32_t used = g->lr_mask & ~gic.ops->lrs_empty();
	unsigned int n;

	for (; used; used &= used - 1) {
		n = (unsigned int)__builtin_ctz(used);
		if (g->lr_irq[n] >= GIC_FIRST_SPI &&
		    g->lr_irq[n] < GIC_MAX_IRQS &&
		    !gic_cell_owns(cpu->cell, g->lr_irq[n])) {
			gic.ops->lr_write(n, 0);
			g->unlinked &= ~(1u << n);
		}
	}
	for (n = 1; n < GIC_IRQ_WORDS; n++) {
		__atomic_fetch_and(&g->queued[n], cell->irqs[n],
				   __ATOMIC_ACQ_REL);
		g->queued_hw[n] &= cell->irqs[n];
	}
}

static void ask_underflow(struct gic_cpu *g, bool ask)
{
	if (ask == g->underflow)
		return;
	g->underflow = ask;
	gic.ops->ask_underflow(ask);
}

/*
 * The usual case, short: one SGI of one sender waits, and there is room. False
 * when it is not so, and nothing has been done.
 */
static bool sync_one_sgi(struct gic_cpu *g)
{
	uint32_t bits = __atomic_load_n(&g->queued[0], __ATOMIC_ACQUIRE);
	uint32_t senders;
	struct candidate c;
	int n;

	if (g->queued_words != 1 || g->lpi_count || g->underflow)
		return false;
	if (!(bits & g->enabled & GIC_SGI_BITS) || (bits & (bits - 1)))
		return false;
	c.irq = (uint32_t)__builtin_ctz(bits);
	c.priority = g->priority[c.irq];
	senders = __atomic_load_n(&g->senders[c.irq], __ATOMIC_ACQUIRE);
	if (!senders || (senders & (senders - 1)))
		return false;
	n = gic_claim_lr(g, gic.ops->lrs_empty(), c.irq);
	if (n < 0)
		return false;
	gic.ops->lr_write((unsigned int)n, take(g, &c));
	return true;
}

void gic_sync(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	unsigned int steps = 2 * GIC_MAX_IRQS;
	enum placed placed = PLACED;
	uint32_t blocked = 0;
	struct candidate c;

	if (__atomic_load_n(&g->purge, __ATOMIC_ACQUIRE)) {
		__atomic_store_n(&g->purge, false, __ATOMIC_RELEASE);
		purge(cpu);
	}
	if (sync_one_sgi(g))
		return;
	while (steps-- && placed != PLACED_NOT && pick(g, blocked, &c)) {
		placed = place(g, &c);
		if (placed == PLACED_LATER)
			blocked |= 1u << c.irq;
	}
	ask_underflow(g, placed == PLACED_NOT);
}

void gic_maintain(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t ended = gic.ops->lrs_ended() & g->lr_mask;

	cpu->stats[CPU_STAT_MAINTENANCE]++;
	gic_critical_deactivate(g, ended);
	for (; ended; ended &= ended - 1)
		gic.ops->lr_write((unsigned int)__builtin_ctz(ended), 0);
	gic_sync(cpu);
	if (g->only && !gic_critical_waits(cpu))
		critical_ended(cpu);
}

void gic_enqueue_hw(struct per_cpu *cpu, uint32_t irq)
{
	struct gic_cpu *g = gic_of(cpu);

	g->queued_hw[irq / 32] |= 1u << (irq % 32);
	mark(g, irq);
	gic_sync(cpu);
}

void gic_enqueue_lpi(struct per_cpu *cpu, uint32_t irq, uint8_t priority)
{
	/* Whoever routed the root's messages to another cell's CPU. */
	if (cpu->cell->id != 0)
		return;
	lpi_push(gic_of(cpu), irq & LPI_IRQ_MASK, priority);
	gic_sync(cpu);
}

void gic_inject(struct per_cpu *cpu, uint32_t irq, uint8_t sender)
{
	struct gic_cpu *g = gic_of(cpu);
	uint8_t bit = (uint8_t)(1u << (sender & 7u));
	bool fresh = true;

	if (irq >= GIC_MAX_IRQS || !g->ready)
		return;
	if (irq < 16)
		fresh = !(__atomic_fetch_or(&g->senders[irq], bit,
					    __ATOMIC_ACQ_REL) & bit);
	if (!fresh)
		return;
	fresh = mark(g, irq) || irq < 16;
	if (cpu == this_cpu())
		gic_sync(cpu);
	else if (fresh)
		gic_send_sgi(cpu, GIC_SGI_INJECT);
}

void gic_multicast(struct per_cpu *sender, unsigned int sgi,
		   const struct gic_targets *targets)
{
	uint64_t cpus = sender->cell->cpus;
	const struct gic_cpu *g;
	struct per_cpu *cpu;

	for (; cpus; cpus &= cpus - 1) {
		cpu = gic.cpu[__builtin_ctzll(cpus)];
		if (!cpu)
			continue;
		g = gic_of(cpu);
		if (targets->all_others ? cpu != sender :
		    g->sgi_cluster == targets->cluster &&
		    (targets->list & 1u << g->sgi_bit))
			gic_inject(cpu, sgi, gic_of(sender)->interface);
	}
}

bool gic_has_pending(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t used = g->lr_mask & ~gic.ops->lrs_empty();
	struct candidate c;

	for (; used; used &= used - 1)
		if (gic.ops->lr_read((unsigned int)__builtin_ctz(used)) &
		    LR_PENDING)
			return true;
	return !gic_queue_empty(g) && pick(g, 0, &c);
}

/* Emulated private interrupts whose list register has `state`. */
static uint32_t private_in_lrs(struct per_cpu *cpu, uint64_t state)
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t used, found = 0;
	unsigned int n;

	/* Another CPU's list registers are out of reach. */
	if (cpu != this_cpu())
		return 0;
	used = g->lr_mask & ~gic.ops->lrs_empty();
	for (; used; used &= used - 1) {
		n = (unsigned int)__builtin_ctz(used);
		if (g->lr_irq[n] < GIC_FIRST_SPI &&
		    (gic.ops->lr_read(n) & state))
			found |= 1u << g->lr_irq[n];
	}
	return found & gic.emulated;
}

uint32_t gic_private_pending(struct per_cpu *cpu)
{
	uint32_t queued = __atomic_load_n(&gic_of(cpu)->queued[0],
					  __ATOMIC_ACQUIRE);

	return (queued & gic.emulated) | private_in_lrs(cpu, LR_PENDING);
}

uint32_t gic_private_active(struct per_cpu *cpu)
{
	return private_in_lrs(cpu, LR_ACTIVE);
}

static void clear_in_lrs(struct per_cpu *cpu, uint32_t irqs, uint64_t state)
{
	struct gic_cpu *g = gic_of(cpu);
	unsigned int n;
	uint64_t lr;

	for (irqs &= private_in_lrs(cpu, state); irqs; irqs &= irqs - 1) {
		n = find_lr(g, (uint32_t)__builtin_ctz(irqs));
		lr = gic.ops->lr_read(n) & ~state;
		if (!(lr & (LR_PENDING | LR_ACTIVE)))
			lr = 0;
		gic.ops->lr_write(n, lr);
	}
}

void gic_withdraw(struct per_cpu *cpu, uint32_t irqs)
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t queued = irqs & gic.emulated, irq;

	for (; queued; queued &= queued - 1) {
		irq = (uint32_t)__builtin_ctz(queued);
		if (irq < 16)
			__atomic_store_n(&g->senders[irq], 0,
					 __ATOMIC_RELEASE);
		unmark(g, irq);
	}
	clear_in_lrs(cpu, irqs & gic.emulated, LR_PENDING);
}

void gic_end(struct per_cpu *cpu, uint32_t irqs)
{
	struct gic_cpu *g = gic_of(cpu);

	if (cpu != this_cpu() || !(g->lr_mask & ~gic.ops->lrs_empty()))
		return;
	clear_in_lrs(cpu, irqs & gic.emulated, LR_ACTIVE);
	if (!gic_queue_empty(g))
		gic_sync(cpu);
}

bool gic_adopt_active(struct per_cpu *cpu, uint32_t irq)
{
	struct gic_cpu *g = gic_of(cpu);
	int n = gic_claim_lr(g, gic.ops->lrs_empty(), irq);
	uint64_t lr = LR_ACTIVE | LR_GROUP1 | irq |
		      (uint64_t)gic_irq_priority(g, irq) << LR_PRIORITY_SHIFT;

	if (n < 0)
		return false;
	if (irq >= GIC_FIRST_SPI || !(gic.emulated & (1u << irq)))
		lr |= LR_HW | (uint64_t)irq << LR_PHYSICAL_SHIFT;
	gic.ops->lr_write((unsigned int)n, lr);
	return true;
}

void gic_drain(struct per_cpu *cpu,
	       void (*release)(struct per_cpu *cpu, uint64_t lr))
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t lrs = g->lr_mask, enabled = g->enabled;
	unsigned int steps = 2 * GIC_MAX_IRQS, n;
	struct candidate c;
	uint64_t lr;

	for (; lrs; lrs &= lrs - 1) {
		n = (unsigned int)__builtin_ctz(lrs);
		lr = gic_lr_linked(g, n);
		gic.ops->lr_write(n, 0);
		if (lr & (LR_PENDING | LR_ACTIVE))
			release(cpu, lr);
	}
	g->unlinked = 0;
	g->only = NULL;
	/* Whether enabled or not: what is pending stays so. */
	g->enabled = ~0u;
	while (steps-- && pick(g, 0, &c)) {
		lr = take(g, &c);
		if (lr)
			release(cpu, lr);
	}
	g->enabled = enabled;
	ask_underflow(g, false);
}
