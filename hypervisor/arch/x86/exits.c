/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID, hypercalls, extended control register; and the way to the guest. */
#include "exits.h"

#include "apic.h"
#include "cpuid-filter.h"
#include "exit-tick.h"
#include "host.h"
#include "hv/arch/cpu.h"
#include "hv/arch/timer.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/regulation.h"
#include "hv/errno.h"
#include "pmu-internal.h"
#include "pmu-regs.h"
#include "pmu.h"
#include "vcpu.h"
#include "vtd.h"
#include "x86-regs.h"

#define DEADLINE_NEVER		UINT64_MAX

/* An entry and the exit from it take no longer, or were disturbed. */
#define PASSAGE_MAX_NS		20000ull

#define XCR0_SSE		BIT(1)
#define XCR0_AVX		BIT(2)
#define XCR0_MPX		(BIT(3) | BIT(4))
#define XCR0_AVX512		(BIT(5) | BIT(6) | BIT(7))
#define XCR0_AMX		(BIT(17) | BIT(18))

void exit_count(struct per_cpu *cpu, unsigned int stat)
{
	cpu->stats[stat]++;
}

void exit_cpuid(struct per_cpu *cpu)
{
	uint64_t *gpr = cpu->arch.regs->gpr;
	uint32_t leaf = (uint32_t)gpr[GPR_RAX];
	uint32_t subleaf = (uint32_t)gpr[GPR_RCX];
	struct cpuid_regs regs = cpuid_query(leaf, subleaf);
	struct cpuid_viewer viewer;

	exit_count(cpu, CPU_STAT_CPUID);
	viewer.is_root = cpu->cell == cell_root();
	viewer.cr4 = vcpu_get_cr4(cpu);
	cpuid_filter(&viewer, leaf, subleaf, &regs);
	pmu_guest_cpuid(leaf, subleaf, &regs);
	gpr[GPR_RAX] = regs.eax;
	gpr[GPR_RBX] = regs.ebx;
	gpr[GPR_RCX] = regs.ecx;
	gpr[GPR_RDX] = regs.edx;
	vcpu_skip(cpu);
}

/* The overflow of a counter of the guest's own, as its entry says. */
static void deliver_pmi(struct per_cpu *cpu, uint32_t lvt)
{
	if ((lvt & LVT_DELIVERY) == LVT_NMI)
		cpu->arch.guest_nmi = true;
	else
		apic_send_self(cpu, (uint8_t)lvt);
}

/* NMIs merge: a kick may have hidden an overflow, or a fault of a device. */
static void take_nmis(struct per_cpu *cpu, uint32_t nmis)
{
	bool reported = vtd_faults_report();
	uint32_t lvt = 0;
	uint32_t found = pmu_nmi(&cpu->arch.pmu, &lvt);

	if (found & PMU_NMI_OVERFLOW)
		regulation_overflow(cpu);
	if (cpu->parked)
		return;
	if (found & PMU_NMI_GUEST)
		deliver_pmi(cpu, lvt);
	if ((nmis & HOST_NMI_OTHER) && !reported &&
	    !(found & PMU_NMI_CLAIMED))
		cpu->arch.guest_nmi = true;
}

/*
 * The last hypercall of a root CPU: virtualisation ends behind it. An NMI of the
 * kernel's that came before waits behind those held back, for the IRETQ.
 */
static void leave(struct per_cpu *cpu)
{
	struct guest_regs regs = *cpu->arch.regs;

	host_hold_nmis(cpu);
	take_nmis(cpu, __atomic_exchange_n(&cpu->arch.nmis, 0,
					   __ATOMIC_SEQ_CST));
	if (cpu->arch.guest_nmi)
		apic_send_nmi(cpu->arch.apic_id);
	regs.gpr[GPR_RAX] = 0;
	vcpu_read_kernel(cpu);
	arch_cpu_restore(cpu);
	host_leave(cpu, &regs);
}

void exit_hypercall(struct per_cpu *cpu)
{
	uint64_t *gpr = cpu->arch.regs->gpr;
	uint32_t number = (uint32_t)gpr[GPR_RAX];
	uint64_t mask = UINT32_MAX;
	long result;

	vcpu_skip(cpu);
	if (!vcpu_is_kernel(cpu)) {
		gpr[GPR_RAX] = (uint64_t)-EPERM;
		return;
	}
	if (vcpu_is_code64(cpu))
		mask = UINT64_MAX;
	result = hypercall_handle(cpu, number, gpr[GPR_RDI] & mask,
				  gpr[GPR_RSI] & mask);
	if (number == HC_DISABLE && result == 0 && !cpu->active)
		leave(cpu);
	gpr[GPR_RAX] = (uint64_t)result & mask;
}

/* SDM vol. 1, 13.3: what depends on what. */
static bool xcr0_valid(uint64_t value)
{
	uint64_t supported = host_xcr0_supported();

	if (!(value & XCR0_X87) || (value & ~supported))
		return false;
	if ((value & XCR0_AVX) && !(value & XCR0_SSE))
		return false;
	if ((value & XCR0_MPX) && (value & XCR0_MPX) != XCR0_MPX)
		return false;
	if ((value & XCR0_AMX) && (value & XCR0_AMX) != XCR0_AMX)
		return false;
	return !(value & XCR0_AVX512) ||
	       ((value & XCR0_AVX512) == XCR0_AVX512 && (value & XCR0_AVX));
}

void exit_xsetbv(struct per_cpu *cpu)
{
	const uint64_t *gpr = cpu->arch.regs->gpr;
	uint64_t value = (gpr[GPR_RAX] & UINT32_MAX) | gpr[GPR_RDX] << 32;

	exit_count(cpu, CPU_STAT_XSETBV);
	if (!vcpu_is_kernel(cpu) || (uint32_t)gpr[GPR_RCX] != 0 || !xcr0_valid(value)) {
		vcpu_inject_gp(cpu);
		return;
	}
	write_xcr0(value);
	vcpu_skip(cpu);
}

/* Who has all counters of the machine reads them as without us. */
static bool read_counter(struct per_cpu *cpu, uint32_t index, uint64_t *value)
{
	if (pmu_machine.count != 0)
		return !pmu_guest_rdpmc(&cpu->arch.pmu, index, value);
	return cpu->cell == cell_root() && host_read_counter(index, value);
}

void exit_rdpmc(struct per_cpu *cpu)
{
	uint64_t *gpr = cpu->arch.regs->gpr;
	uint64_t value;

	exit_count(cpu, CPU_STAT_MSR_OTHER);
	if (!read_counter(cpu, (uint32_t)gpr[GPR_RCX], &value)) {
		vcpu_inject_gp(cpu);
		return;
	}
	gpr[GPR_RAX] = (uint32_t)value;
	gpr[GPR_RDX] = value >> 32;
	vcpu_skip(cpu);
}

/* Everybody's lines are in the caches: only the root may empty them. */
void exit_cache(struct per_cpu *cpu)
{
	if (cpu->cell == cell_root())
		__asm__ volatile("wbinvd" : : : "memory");
	vcpu_skip(cpu);
}

/* The entry whose passage is measured was the last one. */
__attribute__((noinline))
static void passage_take(struct per_cpu *cpu)
{
	uint64_t passage = cpu->arch.left - cpu->arch.measured;

	cpu->arch.measured = 0;
	/* Something came between: next time. */
	if (passage <= PASSAGE_MAX_NS * arch_timer_hz() / 1000000000)
		cpu->arch.passage = (uint32_t)passage;
}

static bool timer_due(const struct per_cpu *cpu)
{
	return cpu->arch.deadline != DEADLINE_NEVER &&
	       cpu->arch.deadline <= read_tsc();
}

bool exit_pending(const struct per_cpu *cpu)
{
	return __atomic_load_n(&cpu->events, __ATOMIC_ACQUIRE) ||
	       __atomic_load_n(&cpu->arch.nmis, __ATOMIC_ACQUIRE) ||
	       (cpu->stall_requested && !cpu->parked) || timer_due(cpu);
}

/*
 * What the hypervisor took of the time was not the guest's, nor are the ways
 * there and back. How long these are together an entry tells from which the
 * guest leaves before its first instruction.
 */
static void throttle_resume(struct per_cpu *cpu)
{
	const struct scale *scale = &hv_clock.ns_per_tick;
	uint64_t now = read_tsc();
	uint64_t left = cpu->arch.left;

	if (!cpu->arch.passage)
		cpu->arch.measured = now;
	regulation_throttle_resume(cpu, left ? scale_floor(scale, left) : 0,
				   scale_floor(scale, now + cpu->arch.passage));
}

static void take_pending(struct per_cpu *cpu)
{
	uint32_t nmis = __atomic_exchange_n(&cpu->arch.nmis, 0,
					    __ATOMIC_SEQ_CST);

	if (nmis)
		take_nmis(cpu, nmis);
	if (timer_due(cpu)) {
		cpu->arch.deadline = DEADLINE_NEVER;
		clock_timer_fired(cpu);
	}
	if (__atomic_load_n(&cpu->events, __ATOMIC_ACQUIRE))
		cpu_handle_events(cpu);
	if (cpu->stall_requested && !cpu->parked)
		regulation_stall(cpu);
	if (cpu->reg.throttle.fresh)
		throttle_resume(cpu);
}

/*
 * What a short way left undone must not be taken for little by another one. With
 * a throttle none is open, and exit_finish() knows what its ticks ask for.
 */
void exit_tick_long(struct per_cpu *cpu, bool tried)
{
	if (cpu->arch.measured)
		passage_take(cpu);
	if (!tried || cpu->reg.throttle.on ||
	    cpu->arch.deadline > cpu->arch.left)
		return;
	cpu->arch.deadline = DEADLINE_NEVER;
	clock_timer_late(cpu);
}

/*
 * The timer is written before the last look: an NMI after that look finds the
 * guest's state as it will be entered, and makes it leave at once.
 */
void exit_finish(struct per_cpu *cpu)
{
	for (;;) {
		if (cpu->arch.guest_nmi)
			cpu->arch.guest_nmi = !vcpu_inject_nmi(cpu);
		vcpu_timer_program(cpu);
		if (!exit_pending(cpu))
			break;
		take_pending(cpu);
	}
	if (cpu->arch.measured)
		vcpu_force_exit(cpu);
}
