/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated distributor and redistributors: every offset in every width, read
 * and written with hostile values, changes and shows the cell's own only.
 */
#include "test_gic_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hypervisor/arch/arm64/gic-regs.h"

/* SPIs 64 to 95 of cell 1: scattered, so that words are shared. */
#define CELL_IRQS		0xa5f10c81u

static const uint64_t hostile[] = {
	0, ~0ull, 0x5a5a5a5a5a5a5a5aull, 0x0000000180000001ull,
};

static int boot_v2(void **state)
{
	(void)state;
	model_boot(2);
	return model_create_cell(CELL_IRQS, NULL);
}

static int boot_v3(void **state)
{
	(void)state;
	model_boot(3);
	return model_create_cell(CELL_IRQS, NULL);
}

static bool owned(unsigned int cell, uint32_t irq)
{
	bool by_cell = irq >= 64 && irq < 96 && (CELL_IRQS >> (irq - 64) & 1);

	return cell == 1 ? by_cell : !by_cell;
}

static uint32_t dist_bytes(void)
{
	return model.version == 2 ? GICD_V2_BYTES : GICD_V3_BYTES;
}

static bool width_allowed(uint32_t offset, uint8_t size)
{
	bool routers = model.version == 3 && offset >= 0x6000 &&
		       offset < 0x6000 + 8 * 1020;

	if (offset % size)
		return false;
	switch (size) {
	case 1:
		return (offset >= 0x400 && offset < 0xc00) ||
		       (model.version == 2 && offset >= 0xf10 &&
			offset < 0xf30);
	case 4:
		return true;
	case 8:
		return routers;
	default:
		return false;
	}
}

/* Everything the guest of `cell`, on `cpu`, must not have changed. */
static void check_untouched(const struct model *before, unsigned int cell,
			    unsigned int cpu)
{
	uint32_t private = 0xffffu | 1u << 23 | 1u << 25 | 1u << 26;
	unsigned int n, irq;

	assert_int_equal(model.ctlr, before->ctlr);
	for (irq = 32; irq < MODEL_IRQS; irq++)
		if (!owned(cell, irq))
			assert_memory_equal(&model.spi[irq], &before->spi[irq],
					    sizeof(model.spi[irq]));
	for (n = 0; n < MODEL_CPUS; n++) {
		assert_int_equal(model.cpu[n].waker, before->cpu[n].waker);
		for (irq = 0; irq < 32; irq++) {
			struct model_irq now = model.cpu[n].irq[irq];

			if (n / 2 == cpu / 2 && !(private & 1u << irq))
				continue;
			/* The hypervisor's own SGI wakes CPUs of the cell. */
			if (n / 2 == cpu / 2 && irq == GIC_SGI_INJECT)
				now.latch = before->cpu[n].irq[irq].latch;
			assert_memory_equal(&now, &before->cpu[n].irq[irq],
					    sizeof(now));
		}
	}
}

static void check_targets(unsigned int cell)
{
	uint8_t own = (uint8_t)(1u << model_interface(2 * cell) |
				1u << model_interface(2 * cell + 1));
	unsigned int irq;

	for (irq = 32; irq < MODEL_IRQS; irq++) {
		if (!owned(cell, irq))
			continue;
		if (model.version == 2) {
			assert_int_equal(model.spi[irq].targets & ~own, 0);
			continue;
		}
		assert_int_equal(model.spi[irq].router & 0xff00, cell << 8);
		assert_in_range(model.spi[irq].router & ~0xff00ull, 0, 1);
	}
}

struct snapshot {
	struct model model;
	struct gic_cpu gic[MODEL_CPUS];
};

static void save(struct snapshot *s)
{
	unsigned int n;

	s->model = model;
	for (n = 0; n < MODEL_CPUS; n++)
		s->gic[n] = cpus[n].arch.gic;
}

static void restore(const struct snapshot *s)
{
	unsigned int n;

	model = s->model;
	for (n = 0; n < MODEL_CPUS; n++)
		cpus[n].arch.gic = s->gic[n];
}

static void write_everywhere(const struct snapshot *s, unsigned int cell,
			     uint32_t offset, uint8_t size)
{
	enum mmio_result wanted = width_allowed(offset, size) ?
				  MMIO_HANDLED : MMIO_REFUSED;
	unsigned int cpu = 2 * cell, n;
	uint64_t value;

	for (n = 0; n < ARRAY_COUNT(hostile); n++) {
		value = hostile[n];
		assert_int_equal(model_dist(cpu, offset, size, true, &value),
				 wanted);
		if (model.accesses == s->model.accesses)
			continue;
		assert_int_equal(wanted, MMIO_HANDLED);
		check_untouched(&s->model, cell, cpu);
		check_targets(cell);
		restore(s);
	}
}

static void test_writes_everywhere(void **state)
{
	struct snapshot *s = malloc(sizeof(*s));
	unsigned int cell;
	uint32_t offset;
	uint8_t size;

	(void)state;
	save(s);
	for (cell = 0; cell < 2; cell++)
		for (offset = 0; offset < dist_bytes(); offset++)
			for (size = 1; size <= 8; size *= 2)
				write_everywhere(s, cell, offset, size);
	free(s);
}

/* Whatever belongs to others is all ones, and shows nowhere. */
static void fill_irq(struct model_irq *irq, bool value)
{
	irq->enabled = irq->latch = irq->active = irq->edge = value;
	irq->group1 = value;
	irq->priority = irq->targets = value ? 0xff : 0;
	irq->router = value ? 0xff00ffffffull : 0;
}

static bool is_identity(uint32_t offset)
{
	return offset < 0x80 || offset >= (model.version == 2 ? 0xfd0 : 0xffd0);
}

/* v2 has the SGIs and PPIs of this CPU in the first words. */
static bool is_private(uint32_t offset)
{
	return (offset >= 0x80 && offset < 0x400 && offset % 0x80 < 4) ||
	       (offset >= 0x400 && offset < 0x420) ||
	       (offset >= 0x800 && offset < 0x820) ||
	       (offset >= 0xc00 && offset < 0xc08);
}

static void test_reads_show_own_only(void **state)
{
	unsigned int cell, irq;
	uint64_t value;
	uint32_t offset;
	uint8_t size;

	(void)state;
	for (cell = 0; cell < 2; cell++) {
		for (irq = 32; irq < MODEL_IRQS; irq++)
			fill_irq(&model.spi[irq], !owned(cell, irq));
		for (offset = 0; offset < dist_bytes(); offset++) {
			if (is_identity(offset) || is_private(offset))
				continue;
			for (size = 1; size <= 8; size *= 2) {
				if (!width_allowed(offset, size))
					continue;
				model_dist(2 * cell, offset, size, false,
					   &value);
				assert_int_equal(value, 0);
			}
		}
	}
}

static void test_reads_show_all_own(void **state)
{
	static const uint32_t reg[] = { 0x80, 0x100, 0x180, 0x200, 0x280,
					0x300, 0x380 };
	unsigned int irq, n;

	(void)state;
	for (irq = 32; irq < MODEL_IRQS; irq++)
		fill_irq(&model.spi[irq], owned(1, irq));
	for (n = 0; n < ARRAY_COUNT(reg); n++) {
		assert_int_equal(model_dist_read(2, reg[n] + 8), CELL_IRQS);
		assert_int_equal(model_dist_read(2, reg[n] + 4), 0);
	}
	for (irq = 64; irq < 96; irq++) {
		uint64_t value, wanted = owned(1, irq) ? 0xff : 0;

		model_dist(2, 0x400 + irq, 1, false, &value);
		assert_int_equal(value, wanted);
		model_dist(2, 0x800 + irq, 1, false, &value);
		assert_int_equal(value, model.version == 2 ? wanted : 0);
		value = model_dist_read(2, 0xc00 + irq / 16 * 4);
		assert_int_equal(value >> (2 * (irq % 16)) & 3,
				 owned(1, irq) ? 2 : 0);
		if (model.version == 3) {
			model_dist(2, 0x6000 + 8 * irq, 8, false, &value);
			assert_int_equal(value, owned(1, irq) ?
					 0xff00ffffffull : 0);
		}
	}
}

static void test_own_settings_work(void **state)
{
	uint64_t value = 0x37;

	(void)state;
	model_dist_write(2, GICD_ISENABLER + 8, ~0u);
	assert_true(model.spi[64].enabled);
	assert_false(model.spi[65].enabled);
	model_dist_write(2, GICD_ICENABLER + 8, 1);
	assert_false(model.spi[64].enabled);
	assert_true(model.spi[71].enabled);
	model_dist_write(2, GICD_ISPENDR + 8, 1u << 7);
	assert_true(model.spi[71].latch);
	model_dist_write(2, GICD_ICPENDR + 8, 1u << 7);
	assert_false(model.spi[71].latch);
	model_dist(2, GICD_IPRIORITYR + 71, 1, true, &value);
	assert_int_equal(model.spi[71].priority, 0x37);
	assert_int_equal(model.spi[70].priority, 0xa0);
	model_dist_write(2, GICD_ICFGR + 16, ~0u);
	assert_true(model.spi[64].edge);
	assert_false(model.spi[65].edge);
	assert_true(model.spi[71].edge);
}

static void test_routes(void **state)
{
	uint64_t value;

	(void)state;
	if (model.version == 2) {
		value = 0xff;
		model_dist(2, GICD_ITARGETSR + 71, 1, true, &value);
		assert_int_equal(model.spi[71].targets,
				 1u << model_interface(2) |
				 1u << model_interface(3));
		value = 1u << model_interface(3);
		model_dist(2, GICD_ITARGETSR + 71, 1, true, &value);
		assert_int_equal(model.spi[71].targets,
				 1u << model_interface(3));
		assert_int_equal(model_dist_read(3, GICD_ITARGETSR),
				 0x01010101u << model_interface(3));
		return;
	}
	value = model_affinity(3);
	model_dist(2, GICD_IROUTER + 8 * 71, 8, true, &value);
	assert_int_equal(model.spi[71].router, model_affinity(3));
	value = model_affinity(0);	/* the root's */
	model_dist(2, GICD_IROUTER + 8 * 71, 8, true, &value);
	assert_int_equal(model.spi[71].router, model_affinity(3));
	value = GICD_IROUTER_ANY | model_affinity(2);
	model_dist(2, GICD_IROUTER + 8 * 71, 8, true, &value);
	assert_int_equal(model.spi[71].router, model_affinity(3));
	value = model_affinity(2);	/* in two halves */
	model_dist(2, GICD_IROUTER + 8 * 71, 4, true, &value);
	assert_int_equal(model.spi[71].router, model_affinity(2));
	value = 1;
	model_dist(2, GICD_IROUTER + 8 * 71 + 4, 4, true, &value);
	assert_int_equal(model.spi[71].router, model_affinity(2));
}

/* An edge that waits while its SPI moves comes where it goes, once. */
static void test_pending_moves(void **state)
{
	const uint32_t irqs[] = { 71, 74 };
	uint64_t value;
	unsigned int n;

	(void)state;
	for (n = 0; n < 2; n++) {
		model.spi[irqs[n]].edge = n == 0;
		value = 1u << model_interface(2);
		model_dist(2, GICD_ITARGETSR + irqs[n], 1, true, &value);
		model_line(2, irqs[n], true);
		value = 1u << model_interface(3);
		model_dist(2, GICD_ITARGETSR + irqs[n], 1, true, &value);
		model_dist_write(2, GICD_ISENABLER + 8, 1u << (irqs[n] - 64));
		assert_int_equal(model_guest_take(2), MODEL_SPURIOUS);
		assert_int_equal(model_guest_ack(3), irqs[n]);
		model_line(2, irqs[n], false);
		model_guest_end(3, irqs[n]);
		assert_int_equal(model_guest_take(3), MODEL_SPURIOUS);
	}
}

static void test_private_registers(void **state)
{
	uint32_t hv = 1u << 23 | 1u << 25 | 1u << 26;

	(void)state;
	model_private_write(2, GICD_ISENABLER, ~0u);
	assert_int_equal(model_private_read(2, GICD_ISENABLER), ~0u);
	assert_true(model.cpu[2].irq[27].enabled);
	assert_false(model.cpu[2].irq[5].enabled);
	model_private_write(2, GICD_ICENABLER, ~0u);
	assert_int_equal(model_private_read(2, GICD_ISENABLER), 0);
	assert_false(model.cpu[2].irq[27].enabled);
	assert_true(model.cpu[2].irq[26].enabled);
	assert_true(model.cpu[2].irq[25].enabled);
	assert_true(model.cpu[2].irq[23].enabled);
	assert_true(model.cpu[2].irq[14].enabled);
	assert_true(model.cpu[2].irq[15].enabled);
	model_private_write(2, GICD_ISPENDR, ~hv & 0xffff0000u);
	assert_int_equal(model_private_read(2, GICD_ICPENDR),
			 ~hv & 0xffff0000u);
	model_private_write(2, GICD_ICPENDR, ~0u);
	assert_int_equal(model_private_read(2, GICD_ISPENDR), 0);
	model_private_write(2, GICD_ICFGR + 4, ~0u);
	assert_true(model.cpu[2].irq[27].edge);
	assert_false(model.cpu[2].irq[26].edge);
	model_private_write(2, GICD_IPRIORITYR + 24, 0x40404040);
	assert_int_equal(model.cpu[2].irq[27].priority, 0x40);
	assert_int_equal(model.cpu[2].irq[26].priority, 0);
	assert_int_equal(model_private_read(2, GICD_IPRIORITYR + 24),
			 0x40404040);
}

/* SGIs made pending, seen and withdrawn by registers. */
static void test_sgi_registers(void **state)
{
	uint32_t set = model.version == 3 ? GICD_ISPENDR : GICD_SPENDSGIR;
	uint32_t clear = model.version == 3 ? GICD_ICPENDR : GICD_CPENDSGIR;
	uint32_t bit = 4;	/* SGI 2, or sender 2 of SGI 0 */

	(void)state;
	model_private_write(2, GICD_ISENABLER, 0xffff);
	model_private_write(2, set, bit);
	assert_int_equal(model_private_read(2, GICD_ISPENDR),
			 model.version == 3 ? bit : 1);
	assert_int_equal(model_lrs_used(2), 1);
	model_private_write(2, GICD_ICENABLER, 0xffff);
	model_private_write(2, set, bit << 8);
	assert_int_equal(model_private_read(2, set) & bit << 8, bit << 8);
	model_private_write(2, clear, ~0u);
	assert_int_equal(model_private_read(2, set), 0);
	if (model.version == 3) {
		assert_int_equal(model_lrs_used(2), 0);
		assert_int_equal(model_guest_take(2), MODEL_SPURIOUS);
	}
	model_private_write(2, GICD_ISENABLER, 0xffff);
	model_private_write(2, set, bit);
	model_settle();
	assert_int_not_equal(model_guest_ack(2), MODEL_SPURIOUS);
	assert_int_not_equal(model_private_read(2, GICD_ISACTIVER), 0);
	model_private_write(2, GICD_ICACTIVER, ~0u);
	assert_int_equal(model_private_read(2, GICD_ISACTIVER), 0);
	assert_int_equal(model_lrs_used(2), 0);
}

static void test_global_controls(void **state)
{
	uint32_t typer, ctlr;

	(void)state;
	ctlr = model_dist_read(2, GICD_CTLR);
	assert_int_equal(ctlr, model.ctlr);
	model_dist_write(2, GICD_CTLR, 0);
	model_dist_write(0, GICD_CTLR, 0);
	assert_int_equal(model.ctlr, ctlr);
	typer = model_dist_read(2, GICD_TYPER);
	assert_int_equal(GICD_TYPER_LINES(typer), MODEL_IRQS / 32);
	if (model.version == 2)
		return;
	assert_int_equal(typer & (GICD_TYPER_LPIS | GICD_TYPER_MBIS), 0);
	typer = model_dist_read(0, GICD_TYPER);
	assert_int_equal(typer & GICD_TYPER_LPIS, GICD_TYPER_LPIS);
	assert_int_equal(model_dist_read(2, GIC_V3_PIDR2), 0x3b);
}

/* ----------------------------------------------------- redistributors (v3) */

static bool redist_width_allowed(uint32_t offset, uint8_t size)
{
	if (offset % size)
		return false;
	switch (size) {
	case 1:
		return offset >= 0x10400 && offset < 0x10420;
	case 4:
		return true;
	case 8:
		return offset == 0x8 || offset == 0x70 || offset == 0x78 ||
		       offset == 0xa0 || offset == 0xb0;
	default:
		return false;
	}
}

static void redist_everywhere(const struct snapshot *s, unsigned int cell,
			      unsigned int frame, uint32_t offset, uint8_t size)
{
	enum mmio_result wanted = redist_width_allowed(offset, size) ?
				  MMIO_HANDLED : MMIO_REFUSED;
	bool foreign = frame / 2 != cell;
	uint64_t value;
	unsigned int n;

	for (n = 0; n < ARRAY_COUNT(hostile); n++) {
		value = hostile[n];
		assert_int_equal(model_redist(2 * cell, frame, offset, size,
					      true, &value), wanted);
		if (model.accesses == s->model.accesses)
			continue;
		assert_false(foreign);
		assert_int_equal(wanted, MMIO_HANDLED);
		check_untouched(&s->model, cell, 2 * cell);
		assert_int_equal(model.cpu[2].gicr_ctlr, 0);
		assert_int_equal(model.cpu[2].propbaser, 0);
		restore(s);
	}
	assert_int_equal(model_redist(2 * cell, frame, offset, size, false,
				      &value), wanted);
	if (foreign && wanted == MMIO_HANDLED && offset / 8 != 1 &&
	    offset % 0x10000 < 0xffd0)
		assert_int_equal(value, 0);
	if (model.accesses != s->model.accesses)
		restore(s);
}

static void test_redists_everywhere(void **state)
{
	struct snapshot *s = malloc(sizeof(*s));
	unsigned int cell, frame;
	uint32_t offset;
	uint8_t size;

	(void)state;
	save(s);
	for (cell = 0; cell < 2; cell++)
		for (frame = 0; frame < MODEL_CPUS; frame++)
			for (offset = 0; offset < 0x20000; offset++)
				for (size = 1; size <= 8; size *= 2)
					redist_everywhere(s, cell, frame,
							  offset, size);
	free(s);
}

/* As operating systems look for their own: from the first to the last. */
static void test_redist_walk(void **state)
{
	unsigned int cpu, frame;
	uint64_t typer, id;

	(void)state;
	for (cpu = 0; cpu < MODEL_CPUS; cpu++) {
		unsigned int found = MODEL_CPUS;

		for (frame = 0; frame < MODEL_CPUS; frame++) {
			model_redist(cpu, frame, GIC_V3_PIDR2, 4, false, &id);
			assert_int_equal(GIC_PIDR2_ARCH(id), 3);
			model_redist(cpu, frame, GICR_TYPER, 8, false, &typer);
			if (GICR_TYPER_AFFINITY(typer) == model_affinity(cpu))
				found = frame;
			assert_int_equal(!!(typer & GICR_TYPER_LAST),
					 frame == MODEL_CPUS - 1);
			assert_int_equal(typer & GICR_TYPER_PLPIS, cpu < 2);
			model_redist(cpu, frame, GICR_TYPER + 4, 4, false, &id);
			assert_int_equal(id, typer >> 32);
		}
		assert_int_equal(found, cpu);
	}
}

static void test_redist_messages(void **state)
{
	uint64_t value = 0x1234500000ull;

	(void)state;
	model_redist(0, 1, GICR_PROPBASER, 8, true, &value);
	assert_int_equal(model.cpu[1].propbaser, value);
	value = ~0ull;
	model_redist(0, 1, GICR_CTLR, 4, true, &value);
	assert_int_equal(model.cpu[1].gicr_ctlr, GICR_CTLR_ENABLE_LPIS);
	model_redist(2, 2, GICR_CTLR, 4, true, &value);
	model_redist(2, 2, GICR_PROPBASER, 8, true, &value);
	assert_int_equal(model.cpu[2].gicr_ctlr, 0);
	assert_int_equal(model.cpu[2].propbaser, 0);
	/* Beyond the last frame there is nobody. */
	assert_int_equal(model_redist(0, MODEL_CPUS, GICR_CTLR, 4, true,
				      &value), MMIO_UNHANDLED);
}

#define V3(test)	{ #test " (v3)", test, boot_v3, NULL, NULL }
#define BOTH(test)	{ #test " (v2)", test, boot_v2, NULL, NULL }, V3(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_writes_everywhere),
		BOTH(test_reads_show_own_only),
		BOTH(test_reads_show_all_own),
		BOTH(test_own_settings_work),
		BOTH(test_routes),
		{ "test_pending_moves (v2)", test_pending_moves, boot_v2, NULL,
		  NULL },
		BOTH(test_private_registers),
		BOTH(test_sgi_registers),
		BOTH(test_global_controls),
		V3(test_redists_everywhere),
		V3(test_redist_walk),
		V3(test_redist_messages),
	};

	return cmocka_run_group_tests_name("gic dist", tests, NULL, NULL);
}
