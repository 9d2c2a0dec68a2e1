// SPDX-License-Identifier: GPL-2.0-only
/* arm64: entering EL2 through Linux's hyp stub, hypercalls, caches. */

#include <linux/arm-smccc.h>
#include <linux/cpu.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/smp.h>

#include <asm/arch_timer.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "arch.h"
#include "weir.h"

const enum config_arch arch_config = CONFIG_ARCH_ARM64;

const struct arch_stat arch_stats[] = {
	ARCH_STAT("vmexits_total", CPU_STAT_TOTAL),
	ARCH_STAT("vmexits_mmio", CPU_STAT_MMIO),
	ARCH_STAT("vmexits_management", CPU_STAT_MANAGEMENT),
	ARCH_STAT("vmexits_hypercall", CPU_STAT_HYPERCALL),
	ARCH_STAT("vmexits_maintenance", CPU_STAT_MAINTENANCE),
	ARCH_STAT("vmexits_virt_irq", CPU_STAT_VIRQ),
	ARCH_STAT("vmexits_virt_sgi", CPU_STAT_VSGI),
	ARCH_STAT("vmexits_psci", CPU_STAT_PSCI),
	ARCH_STAT("vmexits_smccc", CPU_STAT_SMCCC),
};

const unsigned int arch_stats_count = ARRAY_SIZE(arch_stats);

/* KVM sets its debugfs directory once it has taken EL2. */
static bool kvm_active(void)
{
	struct dentry **directory = symbol_get(kvm_debugfs_dir);
	bool active = directory && *directory;

	if (directory)
		symbol_put(kvm_debugfs_dir);
	return active;
}

/* ID_AA64PFR0_EL1.EL2: Arm ARM DDI 0487, D19.2. */
static bool el2_exists(void)
{
	return (read_sysreg(id_aa64pfr0_el1) >> 8) & 0xf;
}

/*
 * A kernel that was not started at EL2 ticks with the virtual timer, one that
 * was ticks with the physical timer. Reading this register cannot fault,
 * whereas an HVC would, where firmware keeps HVC disabled.
 */
static bool linux_ticks_virtually(void)
{
	return read_sysreg(cntv_ctl_el0) & ARCH_TIMER_CTRL_ENABLE;
}

int arch_check(char *reason)
{
	if (is_kernel_in_hyp_mode())
		return weir_refuse(reason, -ENODEV,
				   "Linux runs at EL2 (VHE): boot it with kvm-arm.mode=none id_aa64mmfr1.vh=0");
	if (!el2_exists())
		return weir_refuse(reason, -ENODEV,
				   "the CPUs have no EL2");
	if (arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_HVC)
		return weir_refuse(reason, -ENODEV,
				   "firmware or a hypervisor owns EL2 (PSCI by HVC)");
	if (kvm_active())
		return weir_refuse(reason, -ENODEV,
				   "KVM owns EL2: boot Linux with kvm-arm.mode=none");
	if (linux_ticks_virtually())
		return weir_refuse(reason, -ENODEV,
				   "Linux was not started at EL2");
	return 0;
}

/* The stub takes no more than registers. */
int arch_prepare(char *reason)
{
	return 0;
}

void arch_release(void)
{
}

u64 arch_image_entry(const struct image_header *header)
{
	return header->arm_entry;
}

/* The registers are those of abi/image.h. */
int arch_enter(phys_addr_t image, u64 entry)
{
	register unsigned long x0 asm("x0") = HVC_SOFT_RESTART;
	register unsigned long x1 asm("x1") = image + entry;
	register unsigned long x2 asm("x2") = smp_processor_id();
	register unsigned long x3 asm("x3") = image;
	register unsigned long x4 asm("x4") = 0;
	unsigned long daif = read_sysreg(daif);

	asm volatile("msr daifset, #0xf\n\t"
		     "isb\n\t"
		     "hvc #0\n\t"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3), "+r" (x4)
		     :
		     : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		       "x13", "x14", "x15", "x16", "x17", "cc", "memory");
	write_sysreg(daif, daif);
	return (int)x0;
}

long arch_hypercall(u32 number, unsigned long arg1, unsigned long arg2)
{
	register unsigned long x0 asm("x0") = number;
	register unsigned long x1 asm("x1") = arg1;
	register unsigned long x2 asm("x2") = arg2;

	asm volatile("hvc %[immediate]"
		     : "+r" (x0)
		     : "r" (x1), "r" (x2),
		       [immediate] "i" (HYPERCALL_HVC_IMMEDIATE)
		     : "memory");
	return (long)x0;
}

/* CTR_EL0.DminLine is log2 of words (DDI 0487, D19.2). */
void arch_cache_flush(const void *start, size_t bytes)
{
	unsigned long line = 4ul << ((read_sysreg(ctr_el0) >> 16) & 0xf);
	unsigned long end = (unsigned long)start + bytes;
	unsigned long address = (unsigned long)start & ~(line - 1);

	for (; address < end; address += line)
		asm volatile("dc civac, %0" : : "r" (address) : "memory");
	asm volatile("dsb sy\n\tic ialluis\n\tdsb sy\n\tisb" : : : "memory");
}
