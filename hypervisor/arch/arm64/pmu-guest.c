/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests' accesses to the performance monitors, on their counters only. */
#include "pmu-guest.h"

#include "pmu-hw.h"
#include "syndrome.h"

#define PMU_REG(op1, crm, op2)	SYSREG(3, op1, 9, crm, op2)

/* PMEVCNTR<n>_EL0 and PMEVTYPER<n>_EL0: n is in CRm[1:0] and op2. */
#define INDEXED_MASK		0xffc0u
#define INDEXED			SYSREG(3, 3, 14, 8, 0)
#define INDEXED_IS_TYPE		0x20u
#define INDEXED_NUMBER		0x1fu
#define IS_INDEXED(reg)		(((reg) & INDEXED_MASK) == INDEXED)

static bool guest_has(const struct pmu_guest *guest, unsigned int n)
{
	return n < guest->counters;
}

/* What the guest wants to count, if it has switched the whole on. */
static void counting_apply(const struct pmu_guest *guest)
{
	uint32_t want = guest->enabled ? guest->counting : 0;

	pmu_write(pmcntenclr_el0, pmu_guest_mask(guest) & ~want);
	pmu_write(pmcntenset_el0, want);
}

static void interrupts_apply(const struct pmu_guest *guest)
{
	uint32_t want = guest->interrupts & ~guest->told;

	pmu_write(pmintenclr_el1, pmu_guest_mask(guest) & ~want);
	pmu_write(pmintenset_el1, want);
}

static void events_clear(const struct pmu_guest *guest)
{
	for (unsigned int n = 0; n < guest->counters; n++)
		pmu_counter_write(n, 0);
}

void pmu_guest_adopt(struct pmu_guest *guest, unsigned int counters)
{
	uint64_t pmcr = pmu_read(pmcr_el0);

	guest->counters = (uint8_t)counters;
	guest->selected = (uint8_t)(pmu_read(pmselr_el0) & 0x1f);
	guest->enabled = pmcr & PMCR_E;
	guest->counting = (uint32_t)pmu_read(pmcntenset_el0) &
			  pmu_guest_mask(guest);
	guest->interrupts = (uint32_t)pmu_read(pmintenset_el1) &
			    pmu_guest_mask(guest);
	guest->told = 0;
	counting_apply(guest);
	pmu_write(pmcr_el0, (pmcr & ~(uint64_t)(PMCR_P | PMCR_C)) | PMCR_E);
}

void pmu_guest_release(struct pmu_guest *guest)
{
	uint64_t pmcr = pmu_read(pmcr_el0) & ~(uint64_t)(PMCR_E | PMCR_P |
							 PMCR_C);

	guest->told = 0;
	interrupts_apply(guest);
	pmu_write(pmcr_el0, guest->enabled ? pmcr | PMCR_E : pmcr);
	pmu_write(pmcntenset_el0, guest->counting);
	pmu_write(pmselr_el0, guest->selected);
}

void pmu_guest_reset(struct pmu_guest *guest)
{
	*guest = (struct pmu_guest){ .counters = guest->counters };
	counting_apply(guest);
	interrupts_apply(guest);
	pmu_write(pmovsclr_el0, pmu_guest_mask(guest));
	events_clear(guest);
	for (unsigned int n = 0; n < guest->counters; n++)
		pmu_type_write(n, 0);
	pmu_write(pmccntr_el0, 0);
	pmu_write(pmccfiltr_el0, 0);
	pmu_write(pmuserenr_el0, 0);
	pmu_write(pmcr_el0, PMCR_E);
}

bool pmu_guest_overflow(struct pmu_guest *guest, uint32_t overflowed)
{
	uint32_t news = overflowed & guest->interrupts &
			pmu_guest_mask(guest) & ~guest->told;

	if (!news)
		return false;
	guest->told |= news;
	interrupts_apply(guest);
	return true;
}

static uint64_t pmcr_read(const struct pmu_guest *guest)
{
	uint64_t pmcr = pmu_read(pmcr_el0) & ~(uint64_t)(PMCR_N | PMCR_E);

	pmcr |= (uint64_t)guest->counters << PMCR_N_SHIFT;
	return guest->enabled ? pmcr | PMCR_E : pmcr;
}

/* P would zero the hypervisor's counters in reach, E stops its interrupts. */
static void pmcr_write(struct pmu_guest *guest, uint64_t value)
{
	if (value & PMCR_P)
		events_clear(guest);
	pmu_write(pmcr_el0, (value & ~(uint64_t)PMCR_P) | PMCR_E);
	guest->enabled = value & PMCR_E;
	counting_apply(guest);
}

static uint64_t type_read(const struct pmu_guest *guest, unsigned int n)
{
	if (n == PMU_CYCLE_COUNTER)
		return pmu_read(pmccfiltr_el0);
	return guest_has(guest, n) ? pmu_type_read(n) : 0;
}

/* No guest counts what EL2 does. */
static void type_write(const struct pmu_guest *guest, unsigned int n,
		       uint64_t value)
{
	value &= ~(uint64_t)PMTYPE_NSH;
	if (n == PMU_CYCLE_COUNTER)
		pmu_write(pmccfiltr_el0, value);
	else if (guest_has(guest, n))
		pmu_type_write(n, value);
}

static void indexed_access(const struct pmu_guest *guest, unsigned int n,
			   bool is_type, bool is_read, uint64_t *value)
{
	if (is_type && is_read)
		*value = type_read(guest, n);
	else if (is_type)
		type_write(guest, n, *value);
	else if (is_read)
		*value = guest_has(guest, n) ? pmu_counter_read(n) : 0;
	else if (guest_has(guest, n))
		pmu_counter_write(n, *value);
}

static bool guest_read_reg(const struct pmu_guest *guest, uint16_t reg,
			   uint64_t *value)
{
	switch (reg) {
	case PMU_REG(3, 12, 0):
		*value = pmcr_read(guest);
		break;
	case PMU_REG(3, 12, 1):
	case PMU_REG(3, 12, 2):
		*value = guest->counting;
		break;
	case PMU_REG(3, 12, 3):
	case PMU_REG(3, 14, 3):
		*value = pmu_read(pmovsclr_el0) & pmu_guest_mask(guest);
		break;
	case PMU_REG(3, 12, 5):
		*value = guest->selected;
		break;
	case PMU_REG(3, 12, 6):
		*value = pmu_read(pmceid0_el0);
		break;
	case PMU_REG(3, 12, 7):
		*value = pmu_read(pmceid1_el0);
		break;
	case PMU_REG(3, 13, 0):
		*value = pmu_read(pmccntr_el0);
		break;
	case PMU_REG(3, 14, 0):
		*value = pmu_read(pmuserenr_el0);
		break;
	case PMU_REG(0, 14, 1):
	case PMU_REG(0, 14, 2):
		*value = guest->interrupts;
		break;
	case PMU_REG(0, 14, 6):	/* PMMIR_EL1: only says how slots count */
		*value = 0;
		break;
	default:
		return false;
	}
	return true;
}

static void overflow_clear(struct pmu_guest *guest, uint32_t bits)
{
	pmu_write(pmovsclr_el0, bits);
	guest->told &= ~bits;
	interrupts_apply(guest);
}

static bool guest_write_reg(struct pmu_guest *guest, uint16_t reg,
			    uint64_t value)
{
	uint32_t bits = (uint32_t)value & pmu_guest_mask(guest);

	switch (reg) {
	case PMU_REG(3, 12, 0):
		pmcr_write(guest, value);
		break;
	case PMU_REG(3, 12, 1):
		guest->counting |= bits;
		counting_apply(guest);
		break;
	case PMU_REG(3, 12, 2):
		guest->counting &= ~bits;
		counting_apply(guest);
		break;
	case PMU_REG(3, 12, 3):
		overflow_clear(guest, bits);
		break;
	case PMU_REG(3, 12, 4):
		pmu_write(pmswinc_el0, bits & ~(1u << PMU_CYCLE_COUNTER));
		break;
	case PMU_REG(3, 12, 5):
		guest->selected = value & 0x1f;
		break;
	case PMU_REG(3, 13, 0):
		pmu_write(pmccntr_el0, value);
		break;
	case PMU_REG(3, 14, 0):
		pmu_write(pmuserenr_el0, value);
		break;
	case PMU_REG(3, 14, 3):
		pmu_write(pmovsset_el0, bits);
		break;
	case PMU_REG(0, 14, 1):
		guest->interrupts |= bits;
		interrupts_apply(guest);
		break;
	case PMU_REG(0, 14, 2):
		guest->interrupts &= ~bits;
		interrupts_apply(guest);
		break;
	default:
		return false;
	}
	return true;
}

bool pmu_guest_access(struct pmu_guest *guest, uint16_t reg, bool is_read,
		      uint64_t *value)
{
	if (IS_INDEXED(reg)) {
		indexed_access(guest, reg & INDEXED_NUMBER,
			       reg & INDEXED_IS_TYPE, is_read, value);
		return true;
	}
	/* PMXEVTYPER_EL0, PMXEVCNTR_EL0 */
	if (reg == PMU_REG(3, 13, 1) || reg == PMU_REG(3, 13, 2)) {
		indexed_access(guest, guest->selected,
			       reg == PMU_REG(3, 13, 1), is_read, value);
		return true;
	}
	if (is_read)
		return guest_read_reg(guest, reg, value);
	return guest_write_reg(guest, reg, *value);
}
