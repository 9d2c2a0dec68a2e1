/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: critical interrupts of a cell. */
#include "config-internal.h"
#include "hv/errno.h"

#define FIRST_SPI	32u
#define INTIDS		1020u	/* INTID 1020 and above say something else */

#define ULL(x)		((unsigned long long)(x))

static bool owns_spi(const struct config_view *view, uint32_t irq)
{
	for (unsigned int n = 0; n < view->desc->num_irqchips; n++) {
		const struct irqchip *chip = &view->irqchips[n];
		uint32_t pin = irq - chip->pin_base;

		if (irq >= chip->pin_base &&
		    pin < 32 * ARRAY_COUNT(chip->pin_bitmap) &&
		    (chip->pin_bitmap[pin / 32] >> (pin % 32) & 1))
			return true;
	}
	return false;
}

static int check_irq(const struct config_subject *subject,
		     const struct weir_record_critical *critical,
		     unsigned int i, unsigned int n)
{
	uint32_t irq = critical->irqs[i];

	if (i >= critical->irqs_count)
		return irq ? refuse(subject->reason, -EINVAL,
				    "record %u: critical interrupt %u behind the last of %u",
				    n, irq, critical->irqs_count) : 0;
	if (irq >= INTIDS)
		return refuse(subject->reason, -EINVAL,
			      "record %u: critical interrupt %u, allowed are 0 to %u",
			      n, irq, INTIDS - 1);
	for (unsigned int k = 0; k < i; k++)
		if (critical->irqs[k] == irq)
			return refuse(subject->reason, -EINVAL,
				      "record %u: critical interrupt %u is listed twice",
				      n, irq);
	if (irq >= FIRST_SPI && !owns_spi(&subject->view, irq))
		return refuse(subject->reason, -EINVAL,
			      "record %u: critical interrupt %u is not the cell's",
			      n, irq);
	return 0;
}

static int check_times(const struct config_subject *subject,
		       const struct weir_record_critical *critical,
		       unsigned int n)
{
	if (critical->period_ns < CRITICAL_PERIOD_MIN_NS ||
	    critical->period_ns > CRITICAL_PERIOD_MAX_NS)
		return refuse(subject->reason, -EINVAL,
			      "record %u: critical interrupts per %llu ns, allowed are %llu to %llu",
			      n, ULL(critical->period_ns),
			      CRITICAL_PERIOD_MIN_NS, CRITICAL_PERIOD_MAX_NS);
	if (critical->bound_ns < CRITICAL_BOUND_MIN_NS ||
	    critical->bound_ns > critical->period_ns / 2)
		return refuse(subject->reason, -EINVAL,
			      "record %u: critical interrupts for %llu ns of %llu, allowed are %llu to %llu",
			      n, ULL(critical->bound_ns),
			      ULL(critical->period_ns), CRITICAL_BOUND_MIN_NS,
			      ULL(critical->period_ns / 2));
	return 0;
}

int config_check_critical(const struct config_subject *subject,
			  const struct weir_record *record, unsigned int n)
{
	const struct weir_record_critical *critical = (const void *)record;
	int error;

	/* There the local APIC hands interrupts to guests without an exit. */
	if (subject->arch != CONFIG_ARCH_ARM64)
		return refuse(subject->reason, -EINVAL,
			      "record %u: critical interrupts exist on arm64 only",
			      n);
	if (critical->irqs_count == 0 ||
	    critical->irqs_count > CRITICAL_IRQS_MAX)
		return refuse(subject->reason, -EINVAL,
			      "record %u: %u critical interrupts, allowed are 1 to %u",
			      n, critical->irqs_count, CRITICAL_IRQS_MAX);
	error = check_times(subject, critical, n);
	for (unsigned int i = 0; i < CRITICAL_IRQS_MAX && !error; i++)
		error = check_irq(subject, critical, i, n);
	return error;
}
