/* SPDX-License-Identifier: GPL-2.0-only */
/* SMCs of guests carried out: CPUs on and off, power, mitigations. */
#include "smc.h"

#include "abi/hypercall.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/wait.h"
#include "sysregs.h"
#include "traps.h"

/* How long CPUs of other cells may take to stop before the machine does. */
#define STOP_PATIENCE_MS	1000

static unsigned int workarounds;

/* SMCCC 1.0: x0 to x17 may change. */
static int64_t firmware_call(uint64_t function, uint64_t argument)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = argument;
	register uint64_t x2 __asm__("x2") = 0;
	register uint64_t x3 __asm__("x3") = 0;

	__asm__ volatile("smc #0"
			 : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
			   "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	return (int64_t)x0;
}

/* The low word is the result; it is negative when the call is unknown. */
static bool firmware_has(uint32_t asker, uint32_t function)
{
	return (int32_t)firmware_call(asker, function) >= 0;
}

void smc_init(void)
{
	workarounds = 0;
	if (!firmware_has(PSCI_FEATURES, SMCCC_VERSION) ||
	    firmware_call(SMCCC_VERSION, 0) < SMCCC_VERSION_1_1)
		return;
	if (firmware_has(SMCCC_ARCH_FEATURES, SMCCC_WORKAROUND_1))
		workarounds |= SMC_HAS_WORKAROUND_1;
	if (firmware_has(SMCCC_ARCH_FEATURES, SMCCC_WORKAROUND_2))
		workarounds |= SMC_HAS_WORKAROUND_2;
	if (firmware_has(SMCCC_ARCH_FEATURES, SMCCC_WORKAROUND_3))
		workarounds |= SMC_HAS_WORKAROUND_3;
}

/* The n-th CPU when it belongs to this cell; else NULL. */
static struct per_cpu *cell_cpu(const struct cell *cell, unsigned int n)
{
	return cell->cpus >> n & 1 ? percpu_get(n) : NULL;
}

static struct per_cpu *cpu_by_mpidr(const struct cell *cell, uint64_t mpidr)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = cell_cpu(cell, i);

		if (cpu && cpu->arch.mpidr == mpidr)
			return cpu;
	}
	return NULL;
}

static bool is_on(const struct per_cpu *cpu)
{
	return __atomic_load_n(&cpu->arch.powered_on, __ATOMIC_ACQUIRE);
}

static int64_t cpu_on(const struct cell *cell, const uint64_t arg[3])
{
	struct per_cpu *target = cpu_by_mpidr(cell, arg[0]);
	uint32_t flags;
	hpa_t phys;

	if (!target)
		return PSCI_INVALID_PARAMETERS;
	if (!guest_translate(cell, gpa(arg[1]), &phys, &flags) ||
	    !(flags & MAP_EXECUTE))
		return PSCI_INVALID_ADDRESS;
	if (__atomic_exchange_n(&target->arch.powered_on, true,
				__ATOMIC_ACQ_REL))
		return PSCI_ALREADY_ON;
	target->reset_address = arg[1];
	target->reset_argument = arg[2];
	cpu_post_event(target, EVENT_RESET);
	return PSCI_SUCCESS;
}

static int64_t affinity_info(const struct cell *cell, const uint64_t arg[3])
{
	int64_t result = PSCI_INVALID_PARAMETERS;

	if (arg[1] > 3)
		return result;
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		const struct per_cpu *cpu = cell_cpu(cell, i);

		if (!cpu || !psci_affinity_covers(arg[0], (unsigned int)arg[1],
						  cpu->arch.mpidr))
			continue;
		if (is_on(cpu))
			return PSCI_AFFINITY_ON;
		result = PSCI_AFFINITY_OFF;
	}
	return result;
}

/* Whatever the power state asked for: waits where the CPU is. */
static int64_t cpu_suspend(struct per_cpu *cpu)
{
	trap_wait(cpu);
	return PSCI_SUCCESS;
}

static bool parked_soon(const struct per_cpu *cpu)
{
	struct wait wait = wait_begin_ms(STOP_PATIENCE_MS);

	while (!__atomic_load_n(&cpu->parked, __ATOMIC_ACQUIRE)) {
		if (!wait_turn(&wait))
			return false;
	}
	return true;
}

static void stop_other_cells(const struct cell *cell)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = percpu_get(i);

		if (!cpu || cpu->cell == cell)
			continue;
		cpu_post_event(cpu, EVENT_PARK);
		if (!parked_soon(cpu))
			printk("CPU %u does not stop\n", i);
	}
}

/* The root cell means the machine, any other cell means itself. */
static int64_t system_stop(struct per_cpu *cpu, uint32_t function)
{
	struct cell *cell = cpu->cell;

	if (cell == cell_root()) {
		stop_other_cells(cell);
		printk("root cell %s the machine\n",
		       function == PSCI_SYSTEM_OFF ? "powers off" : "resets");
		firmware_call(function, 0);
		return PSCI_INTERNAL_FAILURE;
	}
	cell->comm->head.cell_state = CELL_SHUT_DOWN;
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *other = cell_cpu(cell, i);

		if (other)
			cpu_post_event(other, EVENT_PARK);
	}
	return PSCI_SUCCESS;
}

static int64_t smc_execute(struct per_cpu *cpu,
			   const struct smc_decision *decision, uint64_t id)
{
	switch (decision->action) {
	case SMC_CPU_ON:
		return cpu_on(cpu->cell, decision->arg);
	case SMC_CPU_OFF:
		cpu_post_event(cpu, EVENT_PARK);
		return PSCI_SUCCESS;
	case SMC_CPU_SUSPEND:
		return cpu_suspend(cpu);
	case SMC_AFFINITY_INFO:
		return affinity_info(cpu->cell, decision->arg);
	case SMC_SYSTEM_OFF:
		return system_stop(cpu, PSCI_SYSTEM_OFF);
	case SMC_SYSTEM_RESET:
		return system_stop(cpu, PSCI_SYSTEM_RESET);
	case SMC_WORKAROUND:
		firmware_call(id, 0);
		return PSCI_SUCCESS;
	case SMC_ANSWER:
		break;
	}
	return decision->result;
}

void trap_smc(struct per_cpu *cpu, uint64_t esr)
{
	uint64_t *x = cpu->arch.regs->x;
	struct smc_decision decision = smc_decide(x, workarounds);

	cpu->stats[decision.is_psci ? CPU_STAT_PSCI : CPU_STAT_SMCCC]++;
	/* Before a park or reset replaces the context that is skipped in. */
	trap_skip(esr);
	if (decision.action == SMC_WORKAROUND)
		smc_execute(cpu, &decision, x[0]);
	else
		x[0] = (uint64_t)smc_execute(cpu, &decision, x[0]);
}
