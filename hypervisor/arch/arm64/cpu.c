/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs: taken from Linux, run, waited on, given back. */
#include "hv/arch/cpu.h"

#include "boot.h"
#include "context.h"
#include "hv/arch/timer.h"
#include "hv/cell.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "layout.h"
#include "pmu.h"
#include "smc.h"
#include "smmu.h"
#include "stage2.h"
#include "sysregs.h"
#include "traps.h"

/* ISR_EL1: a physical IRQ or FIQ is pending */
#define ISR_PENDING	0xc0u

#define ULL(x)		((unsigned long long)(x))

uint64_t boot_phys_leave;

enum config_arch arch_config(void)
{
	return CONFIG_ARCH_ARM64;
}

struct per_cpu *this_cpu(void)
{
	return (struct per_cpu *)read_sysreg(tpidr_el2);
}

void arch_cpu_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

void arch_cpu_kick(struct per_cpu *cpu)
{
	gic_send_event(cpu);
}

/* SCTLR, TCR, MAIR, TTBR0 and TPIDR were saved before they changed. */
static void save_linux(uint64_t *regs)
{
	regs[LINUX_VBAR] = read_sysreg(vbar_el2);
	regs[LINUX_HCR] = read_sysreg(hcr_el2);
	regs[LINUX_CPTR] = read_sysreg(cptr_el2);
	regs[LINUX_MDCR] = read_sysreg(mdcr_el2);
	regs[LINUX_CNTHCTL] = read_sysreg(cnthctl_el2);
	regs[LINUX_CNTVOFF] = read_sysreg(cntvoff_el2);
	regs[LINUX_VTTBR] = read_sysreg(vttbr_el2);
	regs[LINUX_VTCR] = read_sysreg(vtcr_el2);
	regs[LINUX_HSTR] = read_sysreg(hstr_el2);
	regs[LINUX_VPIDR] = read_sysreg(vpidr_el2);
	regs[LINUX_VMPIDR] = read_sysreg(vmpidr_el2);
}

int cpu_enter(struct per_cpu *cpu, struct guest_regs *regs, unsigned int id)
{
	cpu->id = id;
	cpu->arch.regs = regs;
	cpu->arch.mpidr = read_sysreg(mpidr_el1) & MPIDR_AFFINITY;
	cpu->arch.powered_on = true;
	save_linux(cpu->arch.linux_el2);
	write_sysreg(vbar_el2, (uintptr_t)el2_vectors);
	isb();
	boot_phys_leave = image_header.image_phys +
			  ((uintptr_t)leave_unmapped - HV_BASE);
	return setup_enter(cpu);
}

int arch_init_early(void)
{
	int err = stage2_init();

	if (err < 0)
		return err;
	smc_init();
	err = gic_init(&system_config->platform.arm);
	if (err < 0)
		return err;
	pmu_init();
	return 0;
}

int arch_cpu_init(struct per_cpu *cpu)
{
	int err = stage2_cpu_check();

	if (err < 0) {
		printk("CPU %u reaches less memory than the others\n", cpu->id);
		return err;
	}
	cpu->arch.taken = true;
	arch_timer_disarm();
	cpu->arch.mdcr = pmu_cpu_init(cpu, cpu->arch.linux_el2[LINUX_MDCR]);
	context_load_traps(cpu);
	stage2_load(cpu);
	return gic_cpu_init(cpu);
}

int arch_init_late(void)
{
	return smmu_enable();
}

void arch_cpu_restore(struct per_cpu *cpu)
{
	if (!cpu->arch.taken)
		return;
	cpu->arch.taken = false;
	smmu_restore();
	gic_cpu_restore(cpu);
	pmu_cpu_restore(cpu);
	arch_timer_disarm();
}

void arch_cpu_reset(struct per_cpu *cpu, uint64_t entry, uint64_t argument)
{
	cpu->arch.powered_on = true;
	context_load_traps(cpu);
	stage2_load(cpu);
	context_reset(cpu, entry, argument);
	gic_cpu_reset(cpu);
}

/* Last of all the CPU counts as off: another may then switch it on. */
void arch_cpu_park(struct per_cpu *cpu)
{
	context_stop_timers();
	gic_cpu_reset(cpu);
	stage2_load_empty();
	__atomic_store_n(&cpu->arch.powered_on, false, __ATOMIC_RELEASE);
}

uint64_t arch_cpu_pc(const struct per_cpu *cpu)
{
	(void)cpu;
	return read_sysreg(elr_el2);
}

void arch_cpu_irqchip_event(struct per_cpu *cpu)
{
	gic_sync(cpu);
}

/* A pending interrupt ends WFI although it is masked (DDI 0487, D1.6.2). */
void arch_cpu_wait(void)
{
	dsb(sy);
	__asm__ volatile("wfi" : : : "memory");
}

void arch_cpu_poll_irqs(struct per_cpu *cpu)
{
	for (unsigned int n = 0; n < GIC_MAX_IRQS; n++) {
		if (!(read_sysreg(isr_el1) & ISR_PENDING))
			return;
		gic_handle_irqs(cpu);
	}
}

bool arch_cpu_critical_waits(struct per_cpu *cpu)
{
	return gic_critical_waits(cpu);
}

void arch_cpu_critical_only(struct per_cpu *cpu, bool only)
{
	gic_critical_only(cpu, only);
}

bool arch_cpu_irq_waits(void)
{
	return read_sysreg(isr_el1) & ISR_PENDING;
}

void arch_cpu_dump(const struct per_cpu *cpu)
{
	const uint64_t *x = cpu->arch.regs->x;

	printk("  elr 0x%llx spsr 0x%llx esr_el1 0x%llx vbar_el1 0x%llx\n",
	       ULL(read_sysreg(elr_el2)), ULL(read_sysreg(spsr_el2)),
	       ULL(read_sysreg(esr_el1)), ULL(read_sysreg(vbar_el1)));
	for (unsigned int n = 0; n < 28; n += 4)
		printk("  x%u 0x%llx 0x%llx 0x%llx 0x%llx\n", n, ULL(x[n]),
		       ULL(x[n + 1]), ULL(x[n + 2]), ULL(x[n + 3]));
	printk("  x28 0x%llx 0x%llx 0x%llx sp_el1 0x%llx\n", ULL(x[28]),
	       ULL(x[29]), ULL(x[30]), ULL(read_sysreg(sp_el1)));
}

void arch_cpu_halt(void)
{
	for (;;)
		arch_cpu_wait();
}
