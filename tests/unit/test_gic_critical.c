/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A held guest gets its critical interrupts and no others, and their end is
 * told: SPIs 40 and 41 and SGI 3 are critical, SPIs 50 and up and SGI 4 are not.
 */
#include "test_gic_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hv/critical.h"
#include "hypervisor/arch/arm64/gic-regs.h"

static int boot(unsigned int version)
{
	unsigned int irq;

	model_boot(version);
	cells[0].arch.gic.critical[1] = 3u << 8;
	cells[0].arch.gic.critical[0] = 1u << 3;
	for (irq = 40; irq < 64; irq++) {
		model.spi[irq].enabled = true;
		model.spi[irq].priority = 0xa0;
		model.spi[irq].edge = irq & 1;
	}
	model.current = 0;
	return 0;
}

static int boot_v2(void **state)
{
	(void)state;
	return boot(2);
}

static int boot_v3(void **state)
{
	(void)state;
	return boot(3);
}

static void raise_irq(uint32_t irq)
{
	model_line(0, irq, true);
	model_settle();
	model.current = 0;
}

static void only(bool critical)
{
	model.current = 0;
	gic_critical_only(&cpus[0], critical);
}

static uint32_t acknowledge(void)
{
	return model_guest_ack(0) & 0x3ff;
}

static void end(uint32_t irq)
{
	if (irq >= 32)
		model_line(0, irq, false);
	model_guest_end(0, irq);
	model_settle();
	model.current = 0;
}

static bool waits(void)
{
	model.current = 0;
	return gic_critical_waits(&cpus[0]);
}

static void check_idle(void)
{
	unsigned int irq;

	assert_int_equal(acknowledge(), MODEL_SPURIOUS);
	assert_int_equal(model_lrs_used(0), 0);
	for (irq = 32; irq < 64; irq++)
		assert_false(model.spi[irq].active);
	assert_int_equal(cpus[0].arch.gic.unlinked, 0);
	assert_int_equal(cpus[0].arch.gic.queued_words, 0);
	assert_int_equal(model.stray_ends, 0);
}

static void test_alone(void **state)
{
	(void)state;
	raise_irq(50);
	assert_false(waits());
	raise_irq(40);
	assert_true(waits());
	only(true);
	assert_int_equal(acknowledge(), 40);
	assert_int_equal(acknowledge(), MODEL_SPURIOUS);
	assert_true(waits());
	/* Taken meanwhile, but not given. */
	raise_irq(51);
	assert_true(model.spi[51].active);
	assert_int_equal(acknowledge(), MODEL_SPURIOUS);
	assert_int_equal(model.critical_ended, 0);
	end(40);
	assert_int_equal(model.critical_ended, 1);
	assert_false(model.spi[40].active);
	assert_false(waits());
	/* critical_ended() has let all come. */
	assert_int_equal(model_guest_take(0), 50);
	assert_int_equal(model_guest_take(0), 51);
	check_idle();
}

static void test_another_while_one_runs(void **state)
{
	(void)state;
	raise_irq(41);
	only(true);
	assert_int_equal(acknowledge(), 41);
	raise_irq(40);
	end(41);
	assert_int_equal(model.critical_ended, 0);
	assert_int_equal(acknowledge(), 40);
	end(40);
	assert_int_equal(model.critical_ended, 1);
	/* And the same one again, on a line that has not fallen. */
	raise_irq(40);
	only(true);
	assert_int_equal(acknowledge(), 40);
	model_guest_end(0, 40);
	model_settle();
	assert_true(waits());
	assert_int_equal(acknowledge(), 40);
	end(40);
	assert_int_equal(model.critical_ended, 2);
	check_idle();
}

/* Held in the middle of a handler. */
static void test_under_way(void **state)
{
	(void)state;
	raise_irq(40);
	assert_int_equal(acknowledge(), 40);
	assert_true(waits());
	only(true);
	end(40);
	assert_int_equal(model.critical_ended, 1);
	raise_irq(50);
	assert_int_equal(acknowledge(), 50);
	assert_false(waits());
	raise_irq(41);
	only(true);
	assert_int_equal(acknowledge(), 41);
	end(41);
	assert_int_equal(model.critical_ended, 2);
	end(50);
	check_idle();
}

/* The bound is used up first: the end of the handler is nobody's business. */
static void test_cut(void **state)
{
	(void)state;
	raise_irq(40);
	raise_irq(41);
	only(true);
	assert_int_equal(acknowledge(), 40);
	only(false);
	raise_irq(50);
	end(40);
	assert_false(model.spi[40].active);
	assert_int_equal(model_guest_take(0), 41);
	assert_int_equal(model_guest_take(0), 50);
	assert_int_equal(model.critical_ended, 0);
	check_idle();
}

static void test_sgis(void **state)
{
	(void)state;
	model_guest_sgi(1, 4, 1);
	model_guest_sgi(1, 3, 1);
	model_settle();
	only(true);
	assert_int_equal(acknowledge(), 3);
	assert_int_equal(acknowledge(), MODEL_SPURIOUS);
	/* Again, before it has ended. */
	model_guest_sgi(1, 3, 1);
	model_settle();
	model_guest_end(0, 3 | (uint32_t)cpus[1].arch.gic.interface << 10);
	model_settle();
	assert_int_equal(acknowledge(), 3);
	model_guest_end(0, 3 | (uint32_t)cpus[1].arch.gic.interface << 10);
	model_settle();
	assert_int_equal(model.critical_ended, 1);
	assert_int_equal(acknowledge(), 4);
	model_guest_end(0, 4 | (uint32_t)cpus[1].arch.gic.interface << 10);
	model_settle();
	check_idle();
}

/* More wait than there are list registers. */
static void test_many(void **state)
{
	uint32_t irq;

	(void)state;
	for (irq = 52; irq < 60; irq++)
		raise_irq(irq);
	raise_irq(40);
	assert_true(waits());
	only(true);
	assert_int_equal(acknowledge(), 40);
	end(40);
	assert_int_equal(model.critical_ended, 1);
	for (irq = 52; irq < 60; irq++)
		assert_in_range(model_guest_take(0), 52, 59);
	check_idle();
}

static void reset_with(bool taken)
{
	raise_irq(40);
	raise_irq(41);
	only(true);
	if (taken)
		assert_int_equal(acknowledge(), 40);
	gic_cpu_reset(&cpus[0]);
	only(false);
	assert_false(model.spi[40].active);
	assert_false(model.spi[41].active);
	assert_true(model.spi[41].latch);
}

/* The guest is gone: what it had not taken is for another CPU of the cell. */
static void test_reset(void **state)
{
	(void)state;
	reset_with(false);
	assert_int_equal(cpus[0].arch.gic.unlinked, 0);
	assert_int_equal(model_lrs_used(0), 0);
}

static void test_reset_under_way(void **state)
{
	(void)state;
	reset_with(true);
	assert_int_equal(cpus[0].arch.gic.unlinked, 0);
}

#define BOTH(test)							      \
	{ #test " (v2)", test, boot_v2, NULL, NULL },			      \
	{ #test " (v3)", test, boot_v3, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_alone),
		BOTH(test_another_while_one_runs),
		BOTH(test_under_way),
		BOTH(test_cut),
		BOTH(test_sgis),
		BOTH(test_many),
		BOTH(test_reset),
		BOTH(test_reset_under_way),
	};

	return cmocka_run_group_tests_name("gic critical", tests, NULL, NULL);
}
