/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs: taken from the kernel, run, waited on, given back. */
#include "hv/arch/cpu.h"

#include "apic.h"
#include "exits.h"
#include "host.h"
#include "hv/arch/timer.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/regulation.h"
#include "hv/setup.h"
#include "hv/pci.h"
#include "ioapic.h"
#include "pci-ports.h"
#include "pmu-internal.h"
#include "pmu-regs.h"
#include "pmu.h"
#include "stage2.h"
#include "vcpu.h"
#include "vtd.h"
#include "x86-regs.h"

/* A wait is over after so many turns even if nothing happens. */
#define WAIT_TURNS		100u

#define ULL(x)			((unsigned long long)(x))

enum config_arch arch_config(void)
{
	return CONFIG_ARCH_X86;
}

struct per_cpu *this_cpu(void)
{
	struct per_cpu *cpu;

	__asm__ volatile("mov %%gs:%c1, %0"
			 : "=r" (cpu)
			 : "i" (offsetof(struct per_cpu, arch.self)));
	return cpu;
}

void arch_cpu_relax(void)
{
	__builtin_ia32_pause();
}

/* One NMI at a time is enough: who takes it looks at all events. */
void arch_cpu_kick(struct per_cpu *cpu)
{
	if (!__atomic_exchange_n(&cpu->arch.kick_sent, 1, __ATOMIC_SEQ_CST))
		apic_send_nmi(cpu->arch.apic_id);
}

/* Some emulators announce counters of which not even the registers are there. */
static void init_pmu(void)
{
	if (host_msr_exists(MSR_PERFEVTSEL(0)) &&
	    host_msr_exists(MSR_GLOBAL_CTRL))
		pmu_init();
	else
		pmu_machine.why = "the counters have no registers";
}

int arch_init_early(void)
{
	int error = vcpu_init();

	if (!error)
		error = apic_init();
	msi_init(&pci_ports);
	pci_messages_check(msi_config_access);
	if (!error)
		error = vtd_init(apic_is_x2apic());
	if (!error)
		error = stage2_init();
	if (!error)
		init_pmu();
	return error;
}

int arch_cpu_init(struct per_cpu *cpu)
{
	int error;

	arch_timer_disarm();
	error = apic_cpu_init(cpu);
	if (error)
		return error;
	cpu->arch.taken = true;
	cpu->arch.mtrr_def_type = msr_read(MSR_MTRR_DEF_TYPE);
	handover_init(&cpu->arch.handover);
	error = vcpu_cpu_init(cpu);
	if (!error)
		pmu_cpu_init(&cpu->arch.pmu);
	return error;
}

int arch_init_late(void)
{
	int error = vtd_enable(this_cpu()->arch.apic_id);

	if (error || !vtd_remaps_interrupts())
		return error;
	/* Pins and messages go through the table from now on. */
	ioapic_config_commit();
	msix_config_commit();
	return msi_adopt(cell_root());
}

void arch_cpu_activate(struct per_cpu *cpu)
{
	host_free_nmis(cpu);
	exit_finish(cpu);
	vcpu_enter(cpu);
}

void arch_cpu_restore(struct per_cpu *cpu)
{
	if (!cpu->arch.taken)
		return;
	cpu->arch.taken = false;
	arch_timer_disarm();
	pmu_cpu_restore(&cpu->arch.pmu);
	vtd_restore();
	msi_restore();
	msix_restore();
	ioapic_restore();
	vcpu_cpu_exit(cpu);
}

static void clear_debug(void)
{
	__asm__ volatile("mov %0, %%dr0\n\t"
			 "mov %0, %%dr1\n\t"
			 "mov %0, %%dr2\n\t"
			 "mov %0, %%dr3\n\t"
			 "mov %1, %%dr6\n\t"
			 : : "r" (0ull), "r" (0xffff0ff0ull));
}

void arch_cpu_reset(struct per_cpu *cpu, uint64_t entry, uint64_t argument)
{
	bool is_root = cpu->cell == cell_root();

	apic_reset(cpu);
	handover_apply(&cpu->arch.handover, is_root);
	clear_debug();
	write_cr2(0);
	host_reset_fpu();
	cpu->arch.mtrr_def_type = is_root ? msr_read(MSR_MTRR_DEF_TYPE) : 0;
	cpu->arch.guest_nmi = false;
	pmu_guest_reset(&cpu->arch.pmu);
	/* A start-up message names a segment, a reset address lies in one. */
	if (argument == RESET_AT_SEGMENT)
		vcpu_reset(cpu, entry, 0);
	else
		vcpu_reset(cpu, entry & ~0xffffull, (uint16_t)entry);
	vcpu_load_cell(cpu);
}

void arch_cpu_park(struct per_cpu *cpu)
{
	apic_reset(cpu);
	cpu->arch.guest_nmi = false;
	vcpu_park(cpu);
}

uint64_t arch_cpu_pc(const struct per_cpu *cpu)
{
	return vcpu_rip(cpu);
}

void arch_cpu_irqchip_event(struct per_cpu *cpu)
{
	(void)cpu;
}

static bool timer_due(const struct per_cpu *cpu)
{
	return cpu->arch.deadline <= read_tsc();
}

/* Not HLT: an NMI just before it would be slept through. */
void arch_cpu_wait(void)
{
	const struct per_cpu *cpu = this_cpu();

	for (unsigned int i = 0; i < WAIT_TURNS; i++) {
		if (__atomic_load_n(&cpu->events, __ATOMIC_ACQUIRE) ||
		    __atomic_load_n(&cpu->arch.nmis, __ATOMIC_ACQUIRE) ||
		    timer_due(cpu))
			return;
		arch_cpu_relax();
	}
}

/* Only the timer: interrupts are the guest's, and wait for it. */
void arch_cpu_poll_irqs(struct per_cpu *cpu)
{
	if (!timer_due(cpu))
		return;
	arch_timer_disarm();
	clock_timer_fired(cpu);
}

/* Guests get interrupts without an exit; the validator refuses critical ones. */
bool arch_cpu_critical_waits(struct per_cpu *cpu)
{
	(void)cpu;
	return false;
}

void arch_cpu_critical_only(struct per_cpu *cpu, bool only)
{
	(void)cpu;
	(void)only;
}

bool arch_cpu_irq_waits(void)
{
	return false;
}

void arch_cpu_dump(const struct per_cpu *cpu)
{
	struct vcpu_mode mode;

	vcpu_get_mode(cpu, &mode);
	printk("  rip 0x%llx rflags 0x%llx cs.base 0x%llx cr0 0x%llx cr3 0x%llx cr4 0x%llx efer 0x%llx\n",
	       ULL(vcpu_rip(cpu)), ULL(mode.rflags), ULL(mode.cs_base),
	       ULL(mode.cr0), ULL(mode.cr3), ULL(mode.cr4), ULL(mode.efer));
	for (unsigned int n = 0; n < GPR_COUNT; n += 4)
		printk("  r%u 0x%llx 0x%llx 0x%llx 0x%llx\n", n,
		       ULL(vcpu_get_gpr(cpu, n)), ULL(vcpu_get_gpr(cpu, n + 1)),
		       ULL(vcpu_get_gpr(cpu, n + 2)),
		       ULL(vcpu_get_gpr(cpu, n + 3)));
}

void arch_cpu_halt(void)
{
	for (;;)
		__asm__ volatile("cli\n\thlt" : : : "memory");
}
