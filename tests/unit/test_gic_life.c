/* SPDX-License-Identifier: GPL-2.0-only */
/* From Linux to guest and back, resets, and SPIs that move between cells. */
#include "test_gic_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "hypervisor/arch/arm64/gic-regs.h"

static int linux_v2(void **state)
{
	(void)state;
	model_reset(2);
	return 0;
}

static int linux_v3(void **state)
{
	(void)state;
	model_reset(3);
	return 0;
}

static void leave(void)
{
	unsigned int n;

	for (n = 0; n < MODEL_CPUS; n++) {
		model.current = n;
		gic_cpu_restore(&cpus[n]);
	}
	model.current = 0;
}

/* Linux's own EOIR and DIR on the physical interface. */
static void linux_end(unsigned int cpu, uint32_t irq)
{
	if (!model_irq(cpu, irq)->active)
		model.stray_ends++;
	model_irq(cpu, irq)->active = false;
}

static void test_takes_possession(void **state)
{
	uint32_t n;

	(void)state;
	model_enter();
	for (n = 0; n < MODEL_CPUS; n++) {
		const struct model_cpu *cpu = &model.cpu[n];

		assert_int_equal(cpu->pmr, 0xff);
		assert_int_equal(cpu->hcr, GICH_HCR_EN);
		assert_int_equal(cpu->enable, 1);
		assert_true(cpu->irq[GIC_PPI_CNTHP].enabled);
		assert_true(cpu->irq[25].enabled);
		assert_true(cpu->irq[23].enabled);
		assert_true(cpu->irq[14].enabled && cpu->irq[15].enabled);
		assert_int_equal(cpu->irq[15].priority, 0);
		assert_false(cpu->irq[0].enabled);
		assert_true(cpu->irq[30].enabled);
		assert_int_equal(cpus[n].arch.gic.enabled, 0x4000007f);
		if (model.version == 3)
			assert_int_equal(cpu->vmcr >> ICH_VMCR_PMR_SHIFT, 0xf0);
		else
			assert_int_equal(cpu->vmcr >> GICH_VMCR_PMR_SHIFT,
					 0xf0 >> 3);
		assert_true(cpu->vmcr & 1u << 9);	/* EOImode */
	}
	if (model.version == 2)
		assert_int_equal(model.mapped.phys_start, MODEL_GICV);
}

/* A CPU comes in from within an interrupt handler. */
static void test_active_at_take_over(void **state)
{
	(void)state;
	model.cpu[1].irq[4].active = true;
	model.cpu[1].irq[30].active = true;
	model.spi[50].active = true;
	model.spi[50].router = model_affinity(1);
	model.spi[50].targets = (uint8_t)(1u << model_interface(1));
	model_enter();
	assert_false(model.cpu[1].irq[4].active);
	assert_true(model.cpu[1].irq[30].active);
	assert_int_equal(model_lrs_used(1), 3);
	assert_int_equal(model_lrs_used(0), 0);
	model_guest_end(1, 4);
	model_guest_end(1, 30);
	model_guest_end(1, 50);
	assert_int_equal(model_lrs_used(1), 0);
	assert_false(model.cpu[1].irq[30].active);
	assert_false(model.spi[50].active);
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
	assert_int_equal(model.stray_ends, 0);
}

static void test_pending_sgis_at_take_over(void **state)
{
	unsigned int n;

	(void)state;
	model_send_sgi(1, 2, model_interface(3));
	model_send_sgi(1, 3, model_interface(0));
	model_send_sgi(1, 9, model_interface(0));	/* not enabled */
	model_enter();
	for (n = 0; n < 16; n++)
		assert_false(model.cpu[1].irq[n].latch);
	assert_int_equal(model_guest_take(1) & 0x3ff, 2);
	assert_int_equal(model_guest_take(1) & 0x3ff, 3);
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
	leave();
	assert_true(model.cpu[1].irq[9].latch);
}

static void test_round_trip(void **state)
{
	struct model *before = malloc(sizeof(*before));
	unsigned int n, cycle;

	(void)state;
	*before = model;
	for (cycle = 0; cycle < 20; cycle++) {
		model_enter();
		leave();
	}
	for (n = 0; n < MODEL_CPUS; n++) {
		const struct model_cpu *now = &model.cpu[n];
		const struct model_cpu *then = &before->cpu[n];

		assert_memory_equal(now->irq, then->irq, sizeof(now->irq));
		assert_int_equal(now->pmr, then->pmr);
		assert_int_equal(now->bpr, then->bpr);
		assert_int_equal(now->ctlr & 0xff, then->ctlr & 0xff);
		assert_int_equal(now->enable, then->enable);
		assert_int_equal(now->sre_el1, then->sre_el1);
		assert_int_equal(now->sre_el2, then->sre_el2);
		assert_int_equal(now->hcr, 0);
		assert_int_equal(now->vmcr, 0);
		assert_int_equal(now->depth, 0);
	}
	assert_memory_equal(model.spi, before->spi, sizeof(model.spi));
	assert_int_equal(model.ctlr, before->ctlr);
	free(before);
}

/* What waits for the guest when it leaves is Linux's again. */
static void test_pending_given_back(void **state)
{
	unsigned int n;

	(void)state;
	model_enter();
	for (n = 0; n < 8; n++) {
		model.spi[40 + n].enabled = true;
		model.spi[40 + n].edge = n & 1;
		model_line(0, 40 + n, true);
	}
	model_settle();
	model_line(0, 41, false);
	model_line(0, 43, false);
	model_guest_sgi(2, 6, 1);
	model_private_write(0, GICD_ICENABLER, 1u << 5);
	model_guest_sgi(3, 5, 1);
	model_settle();
	n = model_guest_ack(0);
	assert_in_range(n, 40, 47);
	leave();
	for (unsigned int irq = 40; irq < 48; irq++) {
		assert_int_equal(model.spi[irq].active, irq == n);
		if (irq != n)
			assert_true(model_pending(&model.spi[irq]));
	}
	assert_true(model.cpu[0].irq[6].latch);
	assert_true(model.cpu[0].irq[5].latch);
	assert_false(model.cpu[0].irq[5].enabled);
	/* Nobody sent these. */
	assert_false(model.cpu[0].irq[4].latch);
	assert_false(model.cpu[0].irq[7].latch);
	if (model.version == 2)
		assert_int_equal(model.cpu[0].senders[6],
				 1u << model_interface(2));
	linux_end(0, n);
	assert_int_equal(model_lrs_used(0), 0);
	assert_int_equal(model.stray_ends, 0);
}

/* Leaving from within the handler of an SGI: Linux ends it physically. */
static void test_active_sgi_given_back(void **state)
{
	uint32_t iar;

	(void)state;
	model_enter();
	model_guest_sgi(0, 4, 1u << 1);
	model_settle();
	iar = model_guest_ack(1);
	assert_int_equal(iar & 0x3ff, 4);
	leave();
	assert_true(model.cpu[1].irq[4].active);
	assert_false(model.cpu[1].irq[4].latch);
	linux_end(1, 4);
	assert_int_equal(model.stray_ends, 0);
}

static void test_restore_before_init(void **state)
{
	struct model before = model;

	(void)state;
	gic_cpu_restore(&cpus[0]);
	assert_int_equal(model.accesses, before.accesses);
}

static void check_route(unsigned int irq, unsigned int cpu)
{
	if (model.version == 2)
		assert_int_equal(model.spi[irq].targets,
				 1u << model_interface(cpu));
	else
		assert_int_equal(model.spi[irq].router, model_affinity(cpu));
}

static void test_cell_gets_its_own(void **state)
{
	unsigned int irq;

	(void)state;
	model_enter();
	for (irq = 64; irq < 96; irq++) {
		model.spi[irq].enabled = true;
		model.spi[irq].latch = true;
		model.spi[irq].edge = true;
		model.spi[irq].priority = (uint8_t)(irq << 1);
	}
	assert_int_equal(model_create_cell(0x0000ff00, NULL), 0);
	for (irq = 72; irq < 80; irq++) {
		assert_false(model.spi[irq].enabled);
		assert_false(model_pending(&model.spi[irq]));
		assert_false(model.spi[irq].active);
		check_route(irq, 2);
	}
	assert_true(model.spi[71].enabled);
	assert_true(model.spi[80].enabled);
	assert_int_equal(cells[0].arch.gic.irqs[2], 0xffff00ff);

	model_dist_write(2, GICD_ISENABLER + 8, ~0u);
	model_line(2, 74, true);
	assert_int_equal(model_guest_take(2), 74);
	model_dist_write(2, GICD_ICFGR + 16, 0);
	model_dist_write(2, GICD_IPRIORITYR + 72, 0);
	model_line(2, 75, true);
	model_settle();
	model_destroy_cell();
	for (irq = 72; irq < 80; irq++) {
		assert_false(model.spi[irq].enabled);
		assert_false(model.spi[irq].latch);
		assert_false(model.spi[irq].active);
		assert_true(model.spi[irq].edge);
		assert_int_equal(model.spi[irq].priority, irq << 1);
		check_route(irq, 0);
	}
	assert_int_equal(cells[0].arch.gic.irqs[2], ~0u);
	assert_int_equal(model.stray_ends, 0);
}

/* An SPI on its way into the root's guest when it changes hands. */
static void test_moved_while_listed(void **state)
{
	unsigned int n;

	(void)state;
	model_enter();
	for (n = 0; n < 8; n++) {
		model.spi[64 + n].enabled = true;
		model_line(0, 64 + n, true);
	}
	model_settle();
	assert_int_equal(model_lrs_used(0), MODEL_LRS);
	for (n = 0; n < 8; n++)
		model_line(0, 64 + n, false);
	assert_int_equal(model_create_cell(0x7f, NULL), 0);
	assert_int_equal(model_guest_take(0), 71);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
	assert_false(cpus[0].arch.gic.underflow);
	for (n = 0; n < 7; n++)
		assert_false(model.spi[64 + n].active);
}

static void test_cell_reset(void **state)
{
	(void)state;
	model_enter();
	assert_int_equal(model_create_cell(1, NULL), 0);
	model_dist_write(2, GICD_ISENABLER + 8, 1);
	model.spi[64].edge = true;
	model_line(2, 64, true);
	model_line(2, 64, false);
	model_settle();
	assert_int_equal(model_lrs_used(2), 1);
	gic_cell_reset(&cells[1]);
	model.current = 2;
	gic_cpu_reset(&cpus[2]);
	assert_int_equal(model_lrs_used(2), 0);
	assert_false(model.spi[64].enabled);
	assert_false(model.spi[64].latch);
	assert_false(model.spi[64].active);
}

static void test_cpu_reset(void **state)
{
	uint32_t taken, irq;

	(void)state;
	model_enter();
	model.cpu[1].irq[27].enabled = true;
	model.cpu[1].irq[27].priority = 0xc0;
	model_line(1, 27, true);
	model.spi[50].enabled = true;
	model.spi[50].edge = true;
	model.spi[50].router = model_affinity(1);
	model.spi[50].targets = (uint8_t)(1u << model_interface(1));
	model_line(1, 50, true);
	model.spi[51] = model.spi[50];
	model_settle();
	taken = model_guest_ack(1);
	assert_in_range(taken, 50, 51);
	model_guest_sgi(0, 1, 1u << 1);
	model_settle();
	assert_int_equal(model_lrs_used(1), 4);
	model.current = 1;
	gic_cpu_reset(&cpus[1]);
	assert_int_equal(model_lrs_used(1), 0);
	assert_false(model.cpu[1].irq[27].enabled);
	assert_false(model.cpu[1].irq[27].active);
	assert_true(model.cpu[1].irq[GIC_PPI_CNTHP].enabled);
	assert_int_equal(model_private_read(1, GICD_ISENABLER), 0xffff);
	assert_false(model.cpu[1].irq[1].latch);
	/* The device that was being handled has been, the other one waits. */
	for (irq = 50; irq <= 51; irq++) {
		assert_int_equal(model.spi[irq].latch, irq != taken);
		assert_false(model.spi[irq].active);
	}
	assert_int_equal(model_guest_take(1), 50 + 51 - taken);
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
}

static void test_refused_cells(void **state)
{
	struct reason reason = { "" };
	struct cell *cell = &cells[1];
	struct {
		struct cell_desc desc;
		uint64_t cpus;
		struct memory_region memory[1];
		struct irqchip chip;
	} ABI_PACKED config = {
		.desc = { .id = 2, .cpu_set_size = 8, .num_irqchips = 1,
			  .num_memory_regions = 1 },
		.memory = { { .phys_start = 0x07fff000, .size = 0x1001 } },
		.chip = { .address = MODEL_GICD, .pin_base = 40 },
	};

	(void)state;
	model_enter();
	assert_int_equal(model_create_cell(0xf, NULL), 0);
	cell = &(struct cell){ .config = &config.desc,
			       .config_size = sizeof(config) };
	assert_int_equal(gic_cell_init(cell, &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "pin base 40"));
	config.chip.pin_base = 928;
	assert_int_equal(gic_cell_init(cell, &reason), -EINVAL);
	config.chip.pin_base = 64;
	config.chip.pin_bitmap[0] = 8;
	assert_int_equal(gic_cell_init(cell, &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "memory region 0"));
	config.memory[0].size = 0x1000;
	assert_int_equal(gic_cell_init(cell, &reason), -EBUSY);
	assert_non_null(strstr(reason.text, "interrupt 67"));
	assert_int_equal(cell->mmio.count, 0);
	assert_int_equal(cells[0].arch.gic.irqs[2], ~0xfu);
	/* Another controller's pins are none of this one's. */
	config.chip.address = 0x1000;
	assert_int_equal(gic_cell_init(cell, &reason), 0);
	assert_int_equal(cell->arch.gic.irqs[2], 0);
}

static void test_refused_platforms(void **state)
{
	struct platform_arm p = {
		.gicd_base = MODEL_GICD, .gicc_base = MODEL_GICC,
		.gich_base = MODEL_GICH, .gicr_base = MODEL_GICR,
	};

	(void)state;
	assert_int_equal(gic_init(&p), -EINVAL);
	p.gic_version = model.version == 2 ? 3 : 2;
	assert_int_equal(gic_init(&p), -ENODEV);
	p.gic_version = (uint8_t)model.version;
	p.maintenance_irq = 40;
	assert_int_equal(gic_init(&p), -EINVAL);
	p.maintenance_irq = 25;
	assert_int_equal(gic_init(&p), 0);
	assert_int_equal(gic_take_ppi(15), -EINVAL);
	assert_int_equal(gic_take_ppi(32), -EINVAL);
	assert_int_equal(gic_take_ppi(26), -EINVAL);
	assert_int_equal(gic_take_ppi(25), -EINVAL);
	assert_int_equal(gic_take_ppi(23), 0);
	if (model.version == 3) {
		cpus[0].arch.mpidr = 0x7777;
		assert_int_equal(gic_cpu_init(&cpus[0]), -ENODEV);
		assert_false(cpus[0].arch.gic.ready);
	}
}

#define BOTH(test)                                                            \
	{ #test " (v2)", test, linux_v2, NULL, NULL },                        \
	{ #test " (v3)", test, linux_v3, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_takes_possession),
		BOTH(test_active_at_take_over),
		BOTH(test_pending_sgis_at_take_over),
		BOTH(test_round_trip),
		BOTH(test_pending_given_back),
		BOTH(test_active_sgi_given_back),
		BOTH(test_restore_before_init),
		BOTH(test_cell_gets_its_own),
		BOTH(test_moved_while_listed),
		BOTH(test_cell_reset),
		BOTH(test_cpu_reset),
		BOTH(test_refused_cells),
		BOTH(test_refused_platforms),
	};

	return cmocka_run_group_tests_name("gic life", tests, NULL, NULL);
}
