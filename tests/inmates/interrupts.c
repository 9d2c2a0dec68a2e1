/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interrupts of a cell: a device's, more at once than there are list
 * registers, SGIs between its CPUs, and what it must not reach. The first
 * CPU's number is `cpu=`, the second is the next.
 */
#include "inmate.h"

#define GICD_ISENABLER		0x100
#define GICD_ICENABLER		0x180
#define GICD_ISPENDR		0x200
#define GICD_ICPENDR		0x280
#define GICD_ICACTIVER		0x380
#define GICD_IPRIORITYR		0x400
#define GICD_ITARGETSR		0x800
#define GICD_ICFGR		0xc00
#define GICD_SGIR		0xf00
#define GICD_IROUTER		0x6000
#define GICR_WAKER		0x14
#define GICR_FRAME_BYTES	0x20000ull
#define GICR_SGI_BASE		0x10000ull
#define GICC_CTLR		0x00
#define GICC_PMR		0x04
#define GICC_IAR		0x0c
#define GICC_EOIR		0x10

/* PL031, Arm DDI 0224 */
#define RTC_BASE		0x09010000ull
#define RTC_DR			0x00
#define RTC_MR			0x04
#define RTC_IMSC		0x10
#define RTC_ICR			0x1c
#define RTC_IRQ			34

#define FREE_IRQ		100	/* no device raises these */
#define FREE_COUNT		12
#define MACHINE_CPUS		4
#define MACHINE_IRQS		288
#define PATIENCE_NS		5000000000ull
#define STACK_BYTES		4096u

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile uint32_t sgis_seen, second_seen;
static volatile unsigned int alarms, order_count, strangers;
static volatile uint8_t order[FREE_COUNT];
static volatile bool second_ready;
static unsigned int failures;
static uint64_t first_cpu;

static void expect(const char *what, uint64_t got, uint64_t wanted)
{
	if (got == wanted)
		return;
	failures++;
	inmate_printf("interrupts: %s: %llx, expected %llx\n", what,
		      (unsigned long long)got, (unsigned long long)wanted);
}

/* Instructions that a hypervisor can tell from the syndrome. */
static uint32_t read32(uint64_t address)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address)
			 : "memory");
	return value;
}

static void write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" :: "r"(value), "r"(address)
			 : "memory");
}

static void write8(uint64_t address, uint32_t value)
{
	__asm__ volatile("strb %w0, [%1]" :: "r"(value), "r"(address)
			 : "memory");
}

static void write64(uint64_t address, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" :: "r"(value), "r"(address)
			 : "memory");
}

static bool is_v3(void)
{
	return comm_region()->gic_version == 3;
}

static uint64_t gicd(void)
{
	return comm_region()->gicd_base;
}

/*
 * Sleeps until the handler has made `*word` `value`, or patience is over. WFI
 * ends for an interrupt that is masked, so none is missed.
 */
static void wait_for(const volatile uint32_t *word, uint32_t value)
{
	uint64_t end = timer_now_ticks() + timer_ns_to_ticks(PATIENCE_NS);

	timer_arm(end);
	irq_enable(IRQ_TIMER);
	irq_mask();
	while (*word != value && timer_now_ticks() < end) {
		__asm__ volatile("dsb sy\n\twfi");
		irq_unmask();
		__asm__ volatile("isb");
		irq_mask();
	}
	irq_unmask();
	timer_disarm();
}

static void on_interrupt(unsigned int irq)
{
	if (irq < 16) {
		sgis_seen |= 1u << irq;
	} else if (irq == RTC_IRQ) {
		write32(RTC_BASE + RTC_ICR, 1);
		alarms++;
	} else if (irq == IRQ_TIMER) {
		timer_disarm();
	} else if (irq >= FREE_IRQ && irq < FREE_IRQ + FREE_COUNT) {
		if (order_count < FREE_COUNT)
			order[order_count] = (uint8_t)irq;
		order_count++;
	} else {
		strangers++;
	}
}

static void test_device(const char *what)
{
	unsigned int before = alarms;

	irq_enable(RTC_IRQ);
	write32(RTC_BASE + RTC_IMSC, 1);
	write32(RTC_BASE + RTC_MR, read32(RTC_BASE + RTC_DR) + 1);
	wait_for(&alarms, before + 1);
	expect(what, alarms, before + 1);
	write32(RTC_BASE + RTC_IMSC, 0);
}

/* All pending while masked; they come one by one, the most urgent first. */
static void test_many(void)
{
	unsigned int n;

	irq_mask();
	for (n = 0; n < FREE_COUNT; n++) {
		irq_enable(FREE_IRQ + n);
		write8(gicd() + GICD_IPRIORITYR + FREE_IRQ + n, 0xe0 - 8 * n);
	}
	order_count = 0;
	write32(gicd() + GICD_ISPENDR + 12, 0xfffu << 4);
	irq_unmask();
	wait_for(&order_count, FREE_COUNT);
	expect("many at once", order_count, FREE_COUNT);
	for (n = 0; n < FREE_COUNT; n++)
		expect("their order", order[n], FREE_IRQ + FREE_COUNT - 1 - n);
	irq_mask();
	write32(gicd() + GICD_ICENABLER + 12, ~0u);
	irq_unmask();
}

/* `cpu`: the number on this board, which is the affinity and the interface. */
static void send_sgi(uint64_t cpu, unsigned int sgi)
{
	if (is_v3())
		__asm__ volatile("dsb sy\n\tmsr S3_0_C12_C11_5, %0\n\tisb" ::
				 "r"((uint64_t)sgi << 24 | 1ull << cpu));
	else
		write32(gicd() + GICD_SGIR, 1u << (16 + cpu) | sgi);
}

static unsigned int poll_interrupt(void)
{
	uint64_t gicc = comm_region()->gicc_base, irq;

	if (!is_v3()) {
		irq = read32(gicc + GICC_IAR);
		if ((irq & 0x3ff) < 1020)
			write32(gicc + GICC_EOIR, (uint32_t)irq);
		return irq & 0x3ff;
	}
	__asm__ volatile("mrs %0, S3_0_C12_C12_0\n\tdsb sy" : "=r"(irq));
	if (irq < 1020)
		__asm__ volatile("msr S3_0_C12_C12_1, %0\n\tisb" :: "r"(irq));
	return (unsigned int)irq;
}

/* The second CPU: acknowledges SGIs without an exception, sends all back. */
static void second_main(void *argument)
{
	unsigned int irq;

	(void)argument;
	if (is_v3()) {
		__asm__ volatile("msr S3_0_C4_C6_0, %0" :: "r"(0xf0ull));
		__asm__ volatile("msr S3_0_C12_C12_7, %0\n\tisb" :: "r"(1ull));
	} else {
		write32(comm_region()->gicc_base + GICC_PMR, 0xf0);
		write32(comm_region()->gicc_base + GICC_CTLR, 1);
	}
	second_ready = true;
	for (;;) {
		irq = poll_interrupt();
		if (irq < 16)
			second_seen |= 1u << irq;
		if (irq == 15)
			for (irq = 0; irq < 16; irq++)
				send_sgi(first_cpu, irq);
		if (irq == IRQ_NONE)
			__asm__ volatile("dsb sy\n\twfi");
	}
}

static void test_sgis(void)
{
	unsigned int n;

	expect("second CPU", (uint64_t)inmate_cpu_on(first_cpu + 1, second_main,
						     NULL, stack + STACK_BYTES),
	       0);
	while (!second_ready)
		__asm__ volatile("yield");
	for (n = 0; n < 16; n++)
		send_sgi(first_cpu + 1, n);
	wait_for(&sgis_seen, 0xffff);
	/* Its other SGIs may come after the one that makes it answer. */
	for (n = 0; n < 1000000 && second_seen != 0xffff; n++)
		__asm__ volatile("yield");
	expect("SGIs there", second_seen, 0xffff);
	expect("SGIs back", sgis_seen, 0xffff);
}

/* The bits of this cell, for the word of 32 from `irq`. */
static uint32_t own(unsigned int irq)
{
	return irq == 32 ? 1u << (RTC_IRQ - 32) : irq == 96 ? 0xfffu << 4 : 0;
}

static void assault_distributor(void)
{
	unsigned int irq;

	for (irq = 32; irq < MACHINE_IRQS; irq += 32) {
		uint64_t at = gicd() + irq / 8;

		write32(at + GICD_ISENABLER, ~0u);
		expect("enabled", read32(at + GICD_ISENABLER), own(irq));
		write32(at + GICD_ICENABLER, ~0u);
		expect("disabled", read32(at + GICD_ISENABLER), 0);
		write32(at + GICD_ISPENDR, ~0u);
		expect("pending", read32(at + GICD_ISPENDR), own(irq));
		write32(at + GICD_ICPENDR, ~0u);
		write32(at + GICD_ICACTIVER, ~0u);
	}
	for (irq = 32; irq < MACHINE_IRQS; irq += 4) {
		write32(gicd() + GICD_IPRIORITYR + irq, 0xf8f8f8f8);
		write32(gicd() + GICD_ITARGETSR + irq, 0x0c0c0c0c);
	}
	for (irq = 32; irq < MACHINE_IRQS; irq += 16)
		write32(gicd() + GICD_ICFGR + irq / 4, 0);
	for (irq = 32; is_v3() && irq < MACHINE_IRQS; irq++)
		write64(gicd() + GICD_IROUTER + 8 * irq, first_cpu);
	write32(gicd(), 0);
}

/* Frames of all CPUs; the own ones keep what the cell needs no more. */
static void assault_redistributors(void)
{
	uint64_t frame = comm_region()->gicr_base;
	unsigned int cpu, n;

	for (cpu = 0; is_v3() && cpu < MACHINE_CPUS; cpu++) {
		write32(frame, 0);
		write32(frame + GICR_WAKER, 2);
		for (n = 0; n < 32; n += 4)
			write32(frame + GICR_SGI_BASE + GICD_IPRIORITYR + n,
				0xf8f8f8f8);
		write32(frame + GICR_SGI_BASE + GICD_ICENABLER, ~0u);
		write32(frame + GICR_SGI_BASE + GICD_ISPENDR, 0xffff);
		write32(frame + GICR_SGI_BASE + GICD_ICPENDR, ~0u);
		frame += GICR_FRAME_BYTES;
	}
}

static void assault_by_sgis(void)
{
	unsigned int cpu, sgi;

	for (sgi = 0; sgi < 16; sgi++)
		for (cpu = 0; cpu < 2; cpu++)
			send_sgi(cpu, sgi);
}

void inmate_main(void)
{
	first_cpu = cmdline_number("cpu", 2);
	irq_init(on_interrupt);
	irq_unmask();
	test_device("the clock's alarm");
	test_many();
	test_sgis();
	irq_mask();
	assault_distributor();
	assault_redistributors();
	assault_by_sgis();
	irq_unmask();
	test_device("the alarm afterwards");
	test_many();
	expect("strangers", strangers, 0);
	inmate_printf("interrupts: %u failures\n", failures);
}
