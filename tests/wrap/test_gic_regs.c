/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The traffic on the interrupt controller's registers on the paths that are
 * taken often: which accesses, in which order, and no more.
 */
#include "tests/unit/test_gic_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <gic-access.h>

#include "hypervisor/arch/arm64/gic-internal.h"
#include "hypervisor/arch/arm64/gic-regs.h"

#define TRAFFIC_MAX		64

/* `where`: an address, or a system register's number below 0x1000. */
static struct {
	unsigned int count;
	uint64_t where[TRAFFIC_MAX];
	uint64_t value[TRAFFIC_MAX];
	bool is_write[TRAFFIC_MAX];
} traffic;

static void note(uint64_t where, uint64_t value, bool is_write)
{
	unsigned int n = traffic.count++ % TRAFFIC_MAX;

	traffic.where[n] = where;
	traffic.value[n] = value;
	traffic.is_write[n] = is_write;
}

uint32_t __real_gic_mmio_read32(const volatile void *address);
uint32_t __wrap_gic_mmio_read32(const volatile void *address);
void __real_gic_mmio_write32(volatile void *address, uint32_t value);
void __wrap_gic_mmio_write32(volatile void *address, uint32_t value);
void __real_gic_mmio_write8(volatile void *address, uint8_t value);
void __wrap_gic_mmio_write8(volatile void *address, uint8_t value);
uint64_t __real_gic_sysreg_read(enum gic_sysreg reg);
uint64_t __wrap_gic_sysreg_read(enum gic_sysreg reg);
void __real_gic_sysreg_write(enum gic_sysreg reg, uint64_t value);
void __wrap_gic_sysreg_write(enum gic_sysreg reg, uint64_t value);

uint32_t __wrap_gic_mmio_read32(const volatile void *address)
{
	uint32_t value = __real_gic_mmio_read32(address);

	note((uintptr_t)address, value, false);
	return value;
}

void __wrap_gic_mmio_write32(volatile void *address, uint32_t value)
{
	note((uintptr_t)address, value, true);
	__real_gic_mmio_write32(address, value);
}

void __wrap_gic_mmio_write8(volatile void *address, uint8_t value)
{
	note((uintptr_t)address, value, true);
	__real_gic_mmio_write8(address, value);
}

uint64_t __wrap_gic_sysreg_read(enum gic_sysreg reg)
{
	uint64_t value = __real_gic_sysreg_read(reg);

	note(reg, value, false);
	return value;
}

void __wrap_gic_sysreg_write(enum gic_sysreg reg, uint64_t value)
{
	note(reg, value, true);
	__real_gic_sysreg_write(reg, value);
}

struct expected {
	uint64_t where;
	uint64_t value;
	bool is_write;
};

static void check(const struct expected *expected, unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count && n < traffic.count; n++) {
		assert_int_equal(traffic.where[n], expected[n].where);
		assert_int_equal(traffic.value[n], expected[n].value);
		assert_int_equal(traffic.is_write[n], expected[n].is_write);
	}
	assert_int_equal(traffic.count, count);
}

#define CHECK_TRAFFIC(...)                                                    \
	do {                                                                  \
		const struct expected expected_[] = { __VA_ARGS__ };          \
		check(expected_, ARRAY_COUNT(expected_));                     \
	} while (0)

#define READ(where, value)	{ where, value, false }
#define WRITE(where, value)	{ where, value, true }

static void handle(unsigned int cpu)
{
	model.current = cpu;
	traffic.count = 0;
	gic_handle_irqs(&cpus[cpu]);
}

static void prepare_spi(void)
{
	model.spi[40].enabled = true;
	model.spi[40].priority = 0x90;
	model_line(0, 40, true);
}

static void test_injection_v3(void **state)
{
	(void)state;
	model_boot(3);
	prepare_spi();
	handle(0);
	CHECK_TRAFFIC(READ(SYSREG_icc_iar1_el1, 40),
		      READ(SYSREG_icc_rpr_el1, 0x90),
		      WRITE(SYSREG_icc_eoir1_el1, 40),
		      READ(SYSREG_ich_elrsr_el2, 0xf),
		      WRITE(SYSREG_ich_lr0_el2, 0x7090002800000028));
}

static void test_injection_v2(void **state)
{
	(void)state;
	model_boot(2);
	prepare_spi();
	handle(0);
	CHECK_TRAFFIC(READ(MODEL_GICC + GICC_IAR, 40),
		      READ(MODEL_GICC + GICC_RPR, 0x90),
		      WRITE(MODEL_GICC + GICC_EOIR, 40),
		      READ(MODEL_GICH + GICH_ELRSR, 0xf),
		      WRITE(MODEL_GICH + GICH_LR,
			    1u << 31 | 1u << 28 | 0x90u >> 3 << 23 |
			    40 << 10 | 40));
}

static void test_tick_v3(void **state)
{
	(void)state;
	model_boot(3);
	model_line(0, GIC_PPI_CNTHP, true);
	handle(0);
	CHECK_TRAFFIC(READ(SYSREG_icc_iar1_el1, 26),
		      WRITE(SYSREG_icc_eoir1_el1, 26),
		      WRITE(SYSREG_icc_dir_el1, 26));
	model_line(0, 23, true);
	handle(0);
	CHECK_TRAFFIC(READ(SYSREG_icc_iar1_el1, 23),
		      WRITE(SYSREG_icc_eoir1_el1, 23),
		      WRITE(SYSREG_icc_dir_el1, 23));
}

static void test_tick_v2(void **state)
{
	(void)state;
	model_boot(2);
	model_line(0, GIC_PPI_CNTHP, true);
	handle(0);
	CHECK_TRAFFIC(READ(MODEL_GICC + GICC_IAR, 26),
		      WRITE(MODEL_GICC + GICC_EOIR, 26),
		      WRITE(MODEL_GICC + GICC_DIR, 26));
}

/* The sender is part of what is ended (IHI 0048B, 4.4.5). */
static void test_event_v2(void **state)
{
	uint32_t iar = GIC_SGI_EVENT | (uint32_t)model_interface(3) << 10;

	(void)state;
	model_boot(2);
	model.current = 3;
	traffic.count = 0;
	gic_send_sgi(&cpus[0], GIC_SGI_EVENT);
	CHECK_TRAFFIC(WRITE(MODEL_GICD + GICD_SGIR,
			    1u << (16 + model_interface(0)) | GIC_SGI_EVENT));
	handle(0);
	CHECK_TRAFFIC(READ(MODEL_GICC + GICC_IAR, iar),
		      WRITE(MODEL_GICC + GICC_EOIR, iar),
		      WRITE(MODEL_GICC + GICC_DIR, iar));
}

static void test_event_v3(void **state)
{
	(void)state;
	model_boot(3);
	traffic.count = 0;
	cpus[1].arch.gic.sgi_route = gicv3_sgi_route(0x04030225);
	gic_send_sgi(&cpus[1], GIC_SGI_EVENT);
	CHECK_TRAFFIC(WRITE(SYSREG_icc_sgi1r_el1,
			    4ull << 48 | 2ull << 44 | 3ull << 32 | 14u << 24 |
			    2u << 16 | 1u << 5));
}

static void test_spurious(void **state)
{
	(void)state;
	model_boot(3);
	handle(0);
	CHECK_TRAFFIC(READ(SYSREG_icc_iar1_el1, MODEL_SPURIOUS));
	model_boot(2);
	handle(0);
	CHECK_TRAFFIC(READ(MODEL_GICC + GICC_IAR, MODEL_SPURIOUS));
}

/* One access of the guest is at most one read and one write. */
static void test_emulated_access(void **state)
{
	uint64_t value = 0x33;

	(void)state;
	model_boot(3);
	traffic.count = 0;
	model_dist_write(0, GICD_ISENABLER + 4, 0x100);
	CHECK_TRAFFIC(WRITE(MODEL_GICD + GICD_ISENABLER + 4, 0x100));
	traffic.count = 0;
	model_dist(0, GICD_IPRIORITYR + 41, 1, true, &value);
	CHECK_TRAFFIC(WRITE(MODEL_GICD + GICD_IPRIORITYR + 41, 0x33));
	traffic.count = 0;
	model_dist_read(0, GICD_ISENABLER + 4);
	CHECK_TRAFFIC(READ(MODEL_GICD + GICD_ISENABLER + 4, 0x100));
	traffic.count = 0;
	model_private_write(0, GICD_ISENABLER, 1u << 27 | 1u << 26 | 3);
	CHECK_TRAFFIC(WRITE(MODEL_GICR + GICR_SGI_FRAME + GICD_ISENABLER,
			    1u << 27));
	traffic.count = 0;
	model_guest_sgi(0, 1, 1u << 1);
	CHECK_TRAFFIC(WRITE(SYSREG_icc_sgi1r_el1, 15u << 24 | 2));
}

/* The underflow interrupt is on exactly while somebody waits. */
static void test_underflow_switch(void **state)
{
	unsigned int n, switched = 0;

	(void)state;
	model_boot(3);
	for (n = 0; n < 6; n++) {
		model.spi[40 + n].enabled = true;
		model_line(0, 40 + n, true);
	}
	traffic.count = 0;
	model_settle();
	for (n = 0; n < 6; n++)
		assert_in_range(model_guest_take(0), 40, 45);
	assert_true(traffic.count <= TRAFFIC_MAX);
	for (n = 0; n < traffic.count; n++) {
		if (traffic.where[n] != SYSREG_ich_hcr_el2)
			continue;
		assert_int_equal(traffic.value[n], switched == 0 ?
				 (GICH_HCR_EN | GICH_HCR_UIE) : GICH_HCR_EN);
		switched++;
	}
	assert_int_equal(switched, 2);
}

/* A held guest is let go for SPI 40, whose end is told and deactivates it. */
static void critical_waits(unsigned int version)
{
	model_boot(version);
	cells[0].arch.gic.critical[1] = 1u << 8;
	prepare_spi();
	handle(0);
	traffic.count = 0;
	gic_critical_only(&cpus[0], true);
}

static void critical_ends(void)
{
	assert_int_equal(model_guest_ack(0), 40);
	model_line(0, 40, false);
	model_guest_end(0, 40);
	handle(0);
	assert_int_equal(model.critical_ended, 1);
}

static void test_critical_v3(void **state)
{
	(void)state;
	critical_waits(3);
	CHECK_TRAFFIC(READ(SYSREG_ich_elrsr_el2, 0xe),
		      READ(SYSREG_ich_lr0_el2, 0x7090002800000028),
		      WRITE(SYSREG_ich_lr0_el2, 0x5090020000000028));
	critical_ends();
	CHECK_TRAFFIC(READ(SYSREG_icc_iar1_el1, GIC_PPI_MAINTENANCE),
		      READ(SYSREG_ich_eisr_el2, 1),
		      WRITE(SYSREG_icc_dir_el1, 40),
		      WRITE(SYSREG_ich_lr0_el2, 0),
		      READ(SYSREG_ich_elrsr_el2, 0xf),
		      WRITE(SYSREG_icc_eoir1_el1, GIC_PPI_MAINTENANCE),
		      WRITE(SYSREG_icc_dir_el1, GIC_PPI_MAINTENANCE));
}

static void test_critical_v2(void **state)
{
	(void)state;
	critical_waits(2);
	CHECK_TRAFFIC(READ(MODEL_GICH + GICH_ELRSR, 0xe),
		      READ(MODEL_GICH + GICH_LR, 0x9900a028),
		      WRITE(MODEL_GICH + GICH_LR, 0x19080028));
	critical_ends();
	CHECK_TRAFFIC(READ(MODEL_GICC + GICC_IAR, GIC_PPI_MAINTENANCE),
		      READ(MODEL_GICH + GICH_EISR, 1),
		      WRITE(MODEL_GICC + GICC_DIR, 40),
		      WRITE(MODEL_GICH + GICH_LR, 0),
		      READ(MODEL_GICH + GICH_ELRSR, 0xf),
		      WRITE(MODEL_GICC + GICC_EOIR, GIC_PPI_MAINTENANCE),
		      WRITE(MODEL_GICC + GICC_DIR, GIC_PPI_MAINTENANCE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_injection_v3),
		cmocka_unit_test(test_injection_v2),
		cmocka_unit_test(test_tick_v3),
		cmocka_unit_test(test_tick_v2),
		cmocka_unit_test(test_event_v3),
		cmocka_unit_test(test_event_v2),
		cmocka_unit_test(test_spurious),
		cmocka_unit_test(test_emulated_access),
		cmocka_unit_test(test_underflow_switch),
		cmocka_unit_test(test_critical_v3),
		cmocka_unit_test(test_critical_v2),
	};

	return cmocka_run_group_tests_name("gic registers", tests, NULL, NULL);
}
