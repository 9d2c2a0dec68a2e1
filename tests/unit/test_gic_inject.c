/* SPDX-License-Identifier: GPL-2.0-only */
/* Injection: list registers, queue, priorities, SGIs, maintenance. */
#include "test_gic_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hypervisor/arch/arm64/gic-regs.h"

static int boot_v2(void **state)
{
	(void)state;
	model_boot(2);
	return 0;
}

static int boot_v3(void **state)
{
	(void)state;
	model_boot(3);
	return 0;
}

static void enable_spi(uint32_t irq, uint8_t priority)
{
	model.spi[irq].enabled = true;
	model.spi[irq].priority = priority;
}

static void test_device_interrupt(void **state)
{
	(void)state;
	enable_spi(40, 0x90);
	model_line(0, 40, true);
	model_settle();
	assert_true(model.spi[40].active);
	assert_int_equal(model.cpu[0].depth, 0);
	assert_int_equal(model.cpu[0].lr[0].irq, 40);
	assert_int_equal(model.cpu[0].lr[0].physical, 40);
	assert_true(model.cpu[0].lr[0].hw);
	assert_int_equal(model.cpu[0].lr[0].priority, 0x90);
	assert_int_equal(model.cpu[0].lr[0].group1, model.version == 3);
	assert_int_equal(cpus[0].stats[CPU_STAT_VIRQ], 1);
	assert_int_equal(model_guest_take(0), 40);
	assert_false(model.spi[40].active);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
	assert_int_equal(model.stray_ends, 0);
}

static void test_timer_and_overflow_stay_here(void **state)
{
	(void)state;
	model_line(1, GIC_PPI_CNTHP, true);
	model_line(1, 23, true);
	model_settle();
	assert_int_equal(model.timer_fired, 1);
	assert_int_equal(model.overflows, 1);
	assert_int_equal(model.kicks, 0);
	gic_send_sgi(percpu_get(1), GIC_SGI_EVENT);
	model_settle();
	assert_int_equal(model.kicks, 1);
	assert_int_equal(model_lrs_used(1), 0);
	assert_false(model.cpu[1].irq[GIC_PPI_CNTHP].active);
	assert_false(model.cpu[1].irq[23].active);
	assert_int_equal(model.stray_ends, 0);
}

/* More device interrupts than list registers: all arrive, in order of rank. */
static void test_overflow_queue(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 20; n++) {
		enable_spi(40 + n, 0xa0);
		model_line(0, 40 + n, true);
		model_settle();
	}
	assert_int_equal(model_lrs_used(0), MODEL_LRS);
	assert_true(cpus[0].arch.gic.underflow);
	for (n = 0; n < 20; n++)
		assert_true(model.spi[40 + n].active);
	for (n = 0; n < 20; n++)
		assert_in_range(model_guest_take(0), 40, 59);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
	for (n = 0; n < 20; n++)
		assert_false(model.spi[40 + n].active);
	assert_false(cpus[0].arch.gic.underflow);
	assert_false(model_maintenance(0));
	assert_true(cpus[0].stats[CPU_STAT_MAINTENANCE] > 0);
	assert_int_equal(model.stray_ends, 0);
}

/* A more urgent one displaces what merely waits. */
static void test_urgent_displaces(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 8; n++) {
		enable_spi(40 + n, (uint8_t)(0xe0 - 8 * n));
		model_line(0, 40 + n, true);
		model_settle();
	}
	assert_int_equal(model_lrs_used(0), MODEL_LRS);
	for (n = 8; n-- > 0;)
		assert_int_equal(model_guest_take(0), 40 + n);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
	assert_int_equal(model.stray_ends, 0);
}

/* What the guest handles is not displaced; full means wait, not storm. */
static void test_active_stay(void **state)
{
	uint32_t taken[MODEL_LRS];
	unsigned int n;

	(void)state;
	for (n = 0; n < MODEL_LRS; n++) {
		enable_spi(40 + n, 0xa0);
		model_line(0, 40 + n, true);
		model_settle();
		taken[n] = model_guest_ack(0);
		model_line(0, taken[n], false);
	}
	enable_spi(60, 0x10);
	model_line(0, 60, true);
	model_settle();
	assert_false(model_maintenance(0));
	assert_int_equal(model_guest_ack(0), MODEL_SPURIOUS);
	for (n = 0; n < MODEL_LRS; n++)
		model_guest_end(0, taken[n]);
	assert_int_equal(model_guest_take(0), 60);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
}

static void test_sgi_reaches_others(void **state)
{
	uint32_t sgi;

	(void)state;
	model_guest_sgi(0, 3, 1u << 1 | 1u << 2);
	model_settle();
	assert_int_equal(model_lrs_used(0), 0);
	sgi = model_guest_take(1);
	assert_int_equal(sgi & 0x3ff, 3);
	if (model.version == 2)
		assert_int_equal(sgi >> 10, model_interface(0));
	assert_int_equal(model_guest_take(2) & 0x3ff, 3);
	assert_int_equal(model_lrs_used(3), 0);
	assert_int_equal(cpus[1].stats[CPU_STAT_VSGI], 1);
	assert_int_equal(model.stray_ends, 0);
}

static void test_sgi_all_sixteen(void **state)
{
	uint32_t seen = 0, sgi;
	unsigned int n;

	(void)state;
	model_private_write(1, GICD_ISENABLER, 0xffff);
	for (n = 0; n < 16; n++)
		model_guest_sgi(0, n, 1u << 1);
	for (n = 0; n < 16; n++) {
		sgi = model_guest_take(1);
		assert_in_range(sgi & 0x3ff, 0, 15);
		seen |= 1u << (sgi & 0x3ff);
	}
	assert_int_equal(seen, 0xffff);
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
	assert_int_equal(model.stray_ends, 0);
}

static void test_sgi_stays_in_cell(void **state)
{
	(void)state;
	assert_int_equal(model_create_cell(1, NULL), 0);
	model_guest_sgi(0, 3, 0xf);
	model_settle();
	assert_int_equal(model_guest_take(0) & 0x3ff, 3);
	assert_int_equal(model_guest_take(1) & 0x3ff, 3);
	assert_int_equal(model_guest_take(2), MODEL_SPURIOUS);
	assert_int_equal(model_guest_take(3), MODEL_SPURIOUS);
	if (model.version == 3)
		gic_handle_sgir(&cpus[0], ICC_SGIR_ALL_OTHERS | 5ull << 24);
	else
		model_dist_write(0, GICD_SGIR, 1u << 24 | 5);
	model_settle();
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
	assert_int_equal(model_guest_take(1) & 0x3ff, 5);
	assert_int_equal(model_guest_take(2), MODEL_SPURIOUS);
	assert_int_equal(model_guest_take(3), MODEL_SPURIOUS);
}

/* Pending SGIs are one bit each: a flood is one interrupt, and lost is none. */
static void test_sgi_flood(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 1000; n++)
		model_guest_sgi(0, 2, 1u << 1);
	model_guest_sgi(0, 4, 1u << 1);
	assert_in_range(model_guest_take(1) & 0x3ff, 2, 4);
	assert_in_range(model_guest_take(1) & 0x3ff, 2, 4);
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
	/* While the first is handled, the next becomes pending again. */
	model_guest_sgi(0, 2, 1u << 1);
	model_settle();
	n = model_guest_ack(1);
	model_guest_sgi(0, 2, 1u << 1);
	model_settle();
	model_guest_end(1, n);
	assert_int_equal(model_guest_take(1) & 0x3ff, 2);
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
}

/* v2 tells senders apart: each gets through, one after the other. */
static void test_sgi_senders(void **state)
{
	uint32_t seen = 0, sgi;
	unsigned int n;

	(void)state;
	for (n = 0; n < 4; n++)
		model_guest_sgi(n, 6, 1u << 1);
	for (n = 0; n < (model.version == 2 ? 4u : 1u); n++) {
		model_settle();
		sgi = model_guest_take(1);
		assert_int_equal(sgi & 0x3ff, 6);
		seen |= 1u << (sgi >> 10);
	}
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
	assert_int_equal(seen, model.version == 2 ? 0xf : 1);
	assert_false(model_maintenance(1));
}

static void test_sgi_waits_for_enable(void **state)
{
	(void)state;
	model_private_write(1, GICD_ICENABLER, 1u << 5);
	model_guest_sgi(0, 5, 1u << 1);
	assert_int_equal(model_guest_take(1), MODEL_SPURIOUS);
	assert_int_equal(model_private_read(1, GICD_ISPENDR), 1u << 5);
	model_private_write(1, GICD_ISENABLER, 1u << 5);
	assert_int_equal(model_guest_take(1) & 0x3ff, 5);
	assert_int_equal(model_private_read(1, GICD_ISPENDR), 0);
}

static void test_sgi_priority(void **state)
{
	(void)state;
	model_private_write(1, GICD_IPRIORITYR + 4, 0x20304050);
	assert_int_equal(model_private_read(1, GICD_IPRIORITYR + 4),
			 0x20304050);
	model_guest_sgi(0, 4, 1u << 1);
	model_settle();
	assert_int_equal(model.cpu[1].lr[0].priority, 0x50);
	/* The hypervisor's own are most urgent, whatever guests say. */
	model_private_write(1, GICD_IPRIORITYR + 12, 0xf0f0f0f0);
	assert_int_equal(model.cpu[1].irq[14].priority, 0);
	assert_int_equal(model.cpu[1].irq[15].priority, 0);
}

static void test_message_interrupts(void **state)
{
	unsigned int n;

	(void)state;
	if (model.version == 2)
		return;
	model.cpu[0].lpi = true;
	assert_int_equal(model_guest_take(0), MODEL_LPI);
	for (n = 0; n < 6; n++) {
		enable_spi(40 + n, 0x80);
		model_line(0, 40 + n, true);
	}
	model_settle();
	model.cpu[0].lpi = true;
	model_settle();
	model.cpu[0].lpi = true;
	for (n = 0; n < 6; n++)
		assert_in_range(model_guest_take(0), 40, 45);
	assert_int_equal(model_guest_take(0), MODEL_LPI);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
}

/* However the root routes its messages, other cells do not get them. */
static void test_message_to_other_cell(void **state)
{
	(void)state;
	if (model.version == 2)
		return;
	assert_int_equal(model_create_cell(1, NULL), 0);
	model.cpu[2].lpi = true;
	assert_int_equal(model_guest_take(2), MODEL_SPURIOUS);
	assert_int_equal(model.cpu[2].depth, 0);
}

/* The PMU's interrupt as the hypervisor hands it on. */
static void test_private_injection(void **state)
{
	(void)state;
	gic_inject(&cpus[0], 23, 0);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
	model_private_write(0, GICD_ISENABLER, 1u << 23);
	assert_int_equal(model_guest_take(0), 23);
	assert_true(model.cpu[0].irq[23].enabled);
	gic_inject(&cpus[0], 23, 0);
	assert_true(gic_has_pending(&cpus[0]));
	assert_int_equal(model_guest_take(0), 23);
	assert_false(gic_has_pending(&cpus[0]));
	assert_int_equal(model.stray_ends, 0);
}

/* A guest deactivates behind its own back: nothing is listed twice. */
static void test_hostile_deactivation(void **state)
{
	unsigned int n;

	(void)state;
	enable_spi(40, 0xa0);
	model_line(0, 40, true);
	for (n = 0; n < 5; n++) {
		model_settle();
		model_dist_write(0, GICD_ICACTIVER + 4, 1u << 8);
	}
	model_settle();
	assert_int_equal(model_lrs_used(0), 1);
	model_line(0, 40, false);
	assert_int_equal(model_guest_take(0), 40);
	model.spi[40].active = false;
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
	/* Works as ever afterwards. */
	model_line(0, 40, true);
	assert_int_equal(model_guest_take(0), 40);
	assert_false(model.spi[40].active);
}

/* The same while others wait for a list register. */
static void test_hostile_deactivation_queued(void **state)
{
	uint32_t first;
	unsigned int n;

	(void)state;
	for (n = 0; n < 6; n++) {
		enable_spi(40 + n, 0xa0);
		model_line(0, 40 + n, true);
	}
	model_settle();
	first = model_guest_ack(0);
	model_dist_write(0, GICD_ICACTIVER + 4, 1u << (first - 32));
	model_settle();
	for (n = 0; n < MODEL_LRS; n++) {
		const struct model_lr *lr = &model.cpu[0].lr[n];

		/* Not with a hardware link: IHI 0069, ICH_LR<n>_EL2.State. */
		assert_false(lr->hw && lr->pending && lr->active);
	}
	for (n = 0; n < 6; n++)
		model_line(0, 40 + n, false);
	model_guest_end(0, first);
	for (n = 0; n < 5; n++)
		assert_in_range(model_guest_take(0), 40, 45);
	assert_int_equal(model_guest_take(0), MODEL_SPURIOUS);
}

/* A newcomer does not overtake who waits already and is more urgent. */
static void test_no_overtaking(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 5; n++) {
		enable_spi(40 + n, (uint8_t)(0x80 + 8 * n));
		model_line(0, 40 + n, true);
	}
	model_settle();
	model_line(0, 40, false);
	assert_int_equal(model_guest_ack(0), 40);
	model_guest_end(0, 40);
	enable_spi(50, 0xb0);
	model_line(0, 50, true);
	model_settle();
	for (n = 0; n < MODEL_LRS; n++)
		assert_int_not_equal(model.cpu[0].lr[n].irq, 50);
	for (n = 1; n < 5; n++)
		assert_int_equal(model_guest_take(0), 40 + n);
	assert_int_equal(model_guest_take(0), 50);
}

static void test_stale_sgi_of_linux(void **state)
{
	(void)state;
	/* Physically sent by a CPU that has not yet come in. */
	model_send_sgi(1, 2, model_interface(0));
	model.cpu[1].irq[2].enabled = true;
	assert_int_equal(model_guest_take(1) & 0x3ff, 2);
	assert_false(model.cpu[1].irq[2].active);
}

/* Random traffic: every interrupt arrives once for each time it was raised. */
static void test_traffic(void **state)
{
	unsigned int raised = 0, taken = 0, step, cpu, irq;

	(void)state;
	srand(1);
	for (irq = 40; irq < 72; irq++) {
		enable_spi(irq, (uint8_t)(rand() & 0xf8));
		model.spi[irq].edge = true;
		model.spi[irq].router = model_affinity(irq % 4);
		model.spi[irq].targets =
			(uint8_t)(1u << model_interface(irq % 4));
	}
	for (step = 0; step < 20000; step++) {
		irq = 40 + (unsigned int)rand() % 32;
		cpu = irq % 4;
		if (rand() % 2 && !model_pending(&model.spi[irq])) {
			model_line(cpu, irq, true);
			model_line(cpu, irq, false);
			raised++;
		}
		if (rand() % 3 == 0)
			model_guest_sgi((cpu + 1) % 4, irq % 7, 1u << cpu);
		model_settle();
		irq = rand() % 2 ? model_guest_take(cpu) : MODEL_SPURIOUS;
		taken += irq >= 32 && irq < MODEL_IRQS;
	}
	for (cpu = 0; cpu < 4; cpu++) {
		while ((irq = model_guest_take(cpu)) != MODEL_SPURIOUS)
			taken += irq >= 32 && irq < MODEL_IRQS;
		assert_false(cpus[cpu].arch.gic.underflow);
		assert_int_equal(cpus[cpu].arch.gic.queued_words, 0);
	}
	assert_true(raised > 5000);
	assert_int_equal(taken, raised);
	assert_int_equal(model.stray_ends, 0);
}

#define BOTH(test)                                                            \
	{ #test " (v2)", test, boot_v2, NULL, NULL },                         \
	{ #test " (v3)", test, boot_v3, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_device_interrupt),
		BOTH(test_timer_and_overflow_stay_here),
		BOTH(test_overflow_queue),
		BOTH(test_urgent_displaces),
		BOTH(test_active_stay),
		BOTH(test_sgi_reaches_others),
		BOTH(test_sgi_all_sixteen),
		BOTH(test_sgi_stays_in_cell),
		BOTH(test_sgi_flood),
		BOTH(test_sgi_senders),
		BOTH(test_sgi_waits_for_enable),
		BOTH(test_sgi_priority),
		BOTH(test_message_interrupts),
		BOTH(test_message_to_other_cell),
		BOTH(test_private_injection),
		BOTH(test_hostile_deactivation),
		BOTH(test_hostile_deactivation_queued),
		BOTH(test_no_overtaking),
		BOTH(test_stale_sgi_of_linux),
		BOTH(test_traffic),
	};

	return cmocka_run_group_tests_name("gic inject", tests, NULL, NULL);
}
