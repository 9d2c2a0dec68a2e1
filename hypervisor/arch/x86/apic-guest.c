/* SPDX-License-Identifier: GPL-2.0-only */
/* The local interrupt controller as guests may use it. */
#include "apic.h"

#include "apic-internal.h"
#include "exits.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "icr.h"
#include "ioapic.h"
#include "pmu.h"
#include "x86-regs.h"

#define REGISTER_STEP		16u
#define LVT_MODE_SHIFT		8
#define LVT_MODE_MASK		7u
#define LVT_FIXED		0u
#define LVT_SMI_MODE		2u
#define LVT_NMI_MODE		4u
#define LVT_EXTERNAL		7u

enum register_use {
	USE_NONE,
	USE_READ,
	USE_WRITE,
	USE_BOTH,
	USE_LVT,
	USE_ICR,
	USE_ICR_HIGH,
	USE_LDR,
};

static enum register_use register_use(unsigned int reg)
{
	if (reg >= APIC_ISR && reg < APIC_ESR)
		return USE_READ;
	switch (reg) {
	case APIC_VERSION:
	case APIC_ID:
	case 0x090:		/* arbitration priority */
	case 0x0a0:		/* processor priority */
	case APIC_TIMER_CURRENT:
		return USE_READ;
	case APIC_EOI:
	case APIC_SELF:
		return USE_WRITE;
	case APIC_TPR:
	case APIC_DFR:
	case APIC_SVR:
	case APIC_ESR:
	case APIC_TIMER_INITIAL:
	case APIC_TIMER_DIVIDE:
		return USE_BOTH;
	case APIC_LVT_CMCI:
	case APIC_LVT_TIMER:
	case APIC_LVT_THERMAL:
	case APIC_LVT_PERF:
	case APIC_LVT_LINT0:
	case APIC_LVT_LINT1:
	case APIC_LVT_ERROR:
		return USE_LVT;
	case APIC_ICR:
		return USE_ICR;
	case APIC_ICR_HIGH:
		return USE_ICR_HIGH;
	case APIC_LDR:
		return USE_LDR;
	}
	return USE_NONE;
}

/*
 * No way round the interrupt command: SMI and INIT are not for guests. But where
 * firmware has itself called when a CPU gets hot, the root's kernel gives a CPU
 * that comes online the firmware's entry.
 */
static bool lvt_allowed(const struct per_cpu *cpu, unsigned int reg,
			uint32_t value)
{
	unsigned int mode = value >> LVT_MODE_SHIFT & LVT_MODE_MASK;

	if (mode == LVT_SMI_MODE)
		return reg == APIC_LVT_THERMAL && cpu->cell == cell_root();
	return mode == LVT_FIXED || mode == LVT_NMI_MODE ||
	       mode == LVT_EXTERNAL;
}

static int lvt_write(struct per_cpu *cpu, unsigned int reg, uint32_t value)
{
	if (!lvt_allowed(cpu, reg, value))
		return -EPERM;
	if (reg == APIC_LVT_PERF)
		pmu_guest_lvt_write(&cpu->arch.pmu, value);
	else
		apic_write(reg, value);
	return 0;
}

/* INIT stops the CPU until a start-up message names where it begins. */
static void send_init(struct per_cpu *target)
{
	__atomic_store_n(&target->arch.wait_sipi, 1, __ATOMIC_SEQ_CST);
	cpu_post_event(target, EVENT_PARK);
}

static void send_startup(struct per_cpu *target, uint8_t vector)
{
	if (!__atomic_exchange_n(&target->arch.wait_sipi, 0, __ATOMIC_SEQ_CST))
		return;
	target->reset_address = (uint64_t)vector << PAGE_SHIFT;
	target->reset_argument = RESET_AT_SEGMENT;
	cpu_post_event(target, EVENT_RESET);
}

static void send_one(struct per_cpu *target, const struct icr *icr)
{
	switch (icr->mode) {
	case ICR_INIT:
		if (!icr->deassert)
			send_init(target);
		break;
	case ICR_STARTUP:
		send_startup(target, icr->vector);
		break;
	default:
		apic_send(target->arch.apic_id, icr_single(icr));
	}
}

void apic_cpus(struct icr_cpu *cpus)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		const struct per_cpu *other = percpu_get(i);

		cpus[i].exists = other;
		cpus[i].apic_id = other ? other->arch.apic_id : 0;
		cpus[i].ldr = other ? other->arch.apic_ldr : 0;
	}
}

static uint64_t targets(const struct per_cpu *cpu, const struct icr *icr,
			bool x2apic_format, bool *foreign)
{
	struct icr_cpu cpus[HV_MAX_CPUS];

	apic_cpus(cpus);
	return icr_targets(icr, cpus, HV_MAX_CPUS, cpu->id, cpu->cell->cpus,
			   apic_is_x2apic() || x2apic_format, foreign);
}

/*
 * Only the cell's own CPUs are reached. The root may name others, which it has
 * lost: to no effect; another cell has no reason to.
 */
static int icr_write(struct per_cpu *cpu, uint32_t high, uint32_t low,
		     bool x2apic_format)
{
	struct icr icr = icr_decode(high, low, x2apic_format);
	bool foreign;
	uint64_t cpus = targets(cpu, &icr, x2apic_format, &foreign);

	exit_count(cpu, CPU_STAT_X2APIC_ICR);
	if (!icr_allowed(&icr) || foreign) {
		if (cpu->cell != cell_root())
			return -EPERM;
		if (!icr_allowed(&icr))
			return 0;
	}
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *target = cpus >> i & 1 ? percpu_get(i) : NULL;

		if (target && !(target == cpu && icr.mode == ICR_INIT))
			send_one(target, &icr);
	}
	return 0;
}

static int guest_write_register(struct per_cpu *cpu, unsigned int reg,
				uint32_t value)
{
	switch (register_use(reg)) {
	case USE_WRITE:
	case USE_BOTH:
		apic_write(reg, value);
		return 0;
	case USE_LVT:
		return lvt_write(cpu, reg, value);
	case USE_ICR:
		return icr_write(cpu, cpu->arch.icr_high, value, false);
	case USE_ICR_HIGH:
		cpu->arch.icr_high = value;
		return 0;
	case USE_LDR:
		apic_write(reg, value);
		cpu->arch.apic_ldr = value;
		ioapic_config_commit();
		return 0;
	case USE_READ:
		return 0;
	default:
		return -EINVAL;
	}
}

static int guest_read_register(const struct per_cpu *cpu, unsigned int reg,
			       uint64_t *value)
{
	switch (register_use(reg)) {
	case USE_ICR_HIGH:
		*value = cpu->arch.icr_high;
		return 0;
	case USE_LVT:
		*value = reg == APIC_LVT_PERF ?
				 pmu_guest_lvt_read(&cpu->arch.pmu) :
				 apic_read(reg);
		return 0;
	case USE_NONE:
	case USE_WRITE:
		return -EINVAL;
	default:
		*value = apic_read(reg);
		return 0;
	}
}

/* An xAPIC's registers are 32 bits wide, each at a multiple of 16. */
static enum mmio_result page_access(void *context, struct mmio_access *access)
{
	struct per_cpu *cpu = this_cpu();
	unsigned int reg = (unsigned int)access->address;
	int error;

	(void)context;
	exit_count(cpu, CPU_STAT_XAPIC);
	if (apic_is_x2apic() || access->size != 4 || reg % REGISTER_STEP ||
	    reg == APIC_SELF)
		return MMIO_REFUSED;
	if (access->is_write)
		error = guest_write_register(cpu, reg, (uint32_t)access->value);
	else
		error = guest_read_register(cpu, reg, &access->value);
	return error ? MMIO_REFUSED : MMIO_HANDLED;
}

int apic_cell_init(struct cell *cell)
{
	return mmio_register(&cell->mmio, APIC_PAGE, PAGE_BYTES, page_access,
			     NULL);
}

static unsigned int msr_register(uint32_t msr)
{
	return (msr - MSR_X2APIC_BASE) * REGISTER_STEP;
}

int apic_guest_rdmsr(struct per_cpu *cpu, uint32_t msr, uint64_t *value)
{
	unsigned int reg = msr_register(msr);
	int error;

	/* A cell's x2APIC may be an xAPIC: the root has none then. */
	if (!apic_is_x2apic() && cpu->cell == cell_root())
		return -EINVAL;
	if (reg == APIC_ICR_HIGH || reg == APIC_DFR)
		return -EINVAL;
	if (reg == APIC_ID) {
		*value = cpu->arch.apic_id;
		return 0;
	}
	error = guest_read_register(cpu, reg, value);
	if (!error && reg == APIC_ICR && !apic_is_x2apic())
		*value |= (uint64_t)cpu->arch.icr_high << 32;
	return error;
}

int apic_guest_wrmsr(struct per_cpu *cpu, uint32_t msr, uint64_t value)
{
	unsigned int reg = msr_register(msr);

	if (!apic_is_x2apic() && cpu->cell == cell_root())
		return -EINVAL;
	if (reg == APIC_ICR)
		return icr_write(cpu, (uint32_t)(value >> 32), (uint32_t)value,
				 true);
	if (reg == APIC_ICR_HIGH || reg == APIC_DFR || reg == APIC_LDR ||
	    value >> 32)
		return -EINVAL;
	if (reg == APIC_SELF)
		return icr_write(cpu, cpu->arch.apic_id,
				 (uint32_t)value & 0xff, true);
	return guest_write_register(cpu, reg, (uint32_t)value);
}
