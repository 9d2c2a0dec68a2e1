// SPDX-License-Identifier: GPL-2.0-only
/* x86: entering VMX root mode through tables of our own, hypercalls. */

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>

#include <asm/apic.h>
#include <asm/apicdef.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include <asm/tsc.h>

#include "arch.h"
#include "launch-x86.h"
#include "weir.h"

#define CPUID_FEATURES_VMX	BIT(5)	/* leaf 1, ECX */

const enum config_arch arch_config = CONFIG_ARCH_X86;

const struct arch_stat arch_stats[] = {
	ARCH_STAT("vmexits_total", CPU_STAT_TOTAL),
	ARCH_STAT("vmexits_mmio", CPU_STAT_MMIO),
	ARCH_STAT("vmexits_management", CPU_STAT_MANAGEMENT),
	ARCH_STAT("vmexits_hypercall", CPU_STAT_HYPERCALL),
	ARCH_STAT("vmexits_pio", CPU_STAT_PIO),
	ARCH_STAT("vmexits_xapic", CPU_STAT_XAPIC),
	ARCH_STAT("vmexits_cr", CPU_STAT_CR),
	ARCH_STAT("vmexits_cpuid", CPU_STAT_CPUID),
	ARCH_STAT("vmexits_xsetbv", CPU_STAT_XSETBV),
	ARCH_STAT("vmexits_exception", CPU_STAT_EXCEPTION),
	ARCH_STAT("vmexits_msr_other", CPU_STAT_MSR_OTHER),
	ARCH_STAT("vmexits_msr_x2apic_icr", CPU_STAT_X2APIC_ICR),
};

const unsigned int arch_stats_count = ARRAY_SIZE(arch_stats);

static struct launch launch;

/* Linux's flag before Weir hid the feature; KVM asks it afterwards. */
static bool had_vmx;

/* The module's code lies in pages that have nothing to do with each other. */
static u64 code_phys(const void *code)
{
	struct page *page = vmalloc_to_page(code);

	return page ? page_to_phys(page) + offset_in_page(code) : 0;
}

/*
 * Asked of the CPU: a CPU that came online while Weir was enabled has taken VMX,
 * which Weir hides, out of Linux's flags. SDM vol. 3, 23.7.
 */
static bool vmx_permitted(void)
{
	u64 control;

	if (!(cpuid_ecx(1) & CPUID_FEATURES_VMX) ||
	    rdmsrl_safe(MSR_IA32_FEAT_CTL, &control))
		return false;
	return !(control & FEAT_CTL_LOCKED) ||
	       (control & FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX);
}

int arch_check(char *reason)
{
	if (!vmx_permitted())
		return weir_refuse(reason, -ENODEV,
				   "the CPUs have no VMX, or the firmware keeps it off");
	if (__read_cr4() & X86_CR4_VMXE)
		return weir_refuse(reason, -EBUSY,
				   "KVM uses VMX: remove its module kvm_intel");
	return 0;
}

static void fill_rates(struct image_header *header)
{
	const struct system_desc *config = weir.system.config;
	const struct platform_x86 *platform = &config->platform.x86;

	header->x86_tsc_khz = platform->tsc_khz ? platform->tsc_khz : tsc_khz;
	header->x86_apic_khz = platform->apic_khz;
}

static void vmx_flags_restore(void)
{
	unsigned int cpu;

	if (!had_vmx)
		return;
	set_cpu_cap(&boot_cpu_data, X86_FEATURE_VMX);
	for_each_online_cpu(cpu)
		set_cpu_cap(&cpu_data(cpu), X86_FEATURE_VMX);
}

int arch_prepare(char *reason)
{
	const unsigned int order = get_order(LAUNCH_TABLE_PAGES * PAGE_SIZE);
	struct page *pages = alloc_pages(GFP_KERNEL, order);

	if (!pages)
		return weir_refuse(reason, -ENOMEM,
				   "no memory for the page tables");
	had_vmx = boot_cpu_has(X86_FEATURE_VMX);
	fill_rates(weir.header);
	launch.memory = weir.memory;
	launch.memory_phys = weir.memory_phys;
	launch.memory_bytes = weir.memory_bytes;
	launch.tables = page_address(pages);
	launch.tables_phys = page_to_phys(pages);
	launch.code_phys = code_phys(launch_code);
	if (!x2apic_enabled())
		launch.apic = ioremap(APIC_DEFAULT_PHYS_BASE, PAGE_SIZE);
	if (launch.code_phys && !launch_prepare(&launch))
		return 0;
	arch_release();
	return weir_refuse(reason, -EINVAL,
			   "hypervisor memory must be 2 MiB to 1 GiB at a multiple of 2 MiB");
}

void arch_release(void)
{
	if (!launch.tables)
		return;
	vmx_flags_restore();
	if (launch.apic)
		iounmap(launch.apic);
	launch.apic = NULL;
	free_pages((unsigned long)launch.tables,
		   get_order(LAUNCH_TABLE_PAGES * PAGE_SIZE));
	launch.tables = NULL;
}

u64 arch_image_entry(const struct image_header *header)
{
	return header->x86_entry;
}

/* The registers are those of abi/image.h; what else it takes is in `launch`. */
int arch_enter(phys_addr_t image, u64 entry)
{
	return launch_cpu(&launch, smp_processor_id());
}

long arch_hypercall(u32 number, unsigned long arg1, unsigned long arg2)
{
	unsigned long result = number;

	asm volatile("vmcall"
		     : "+a" (result)
		     : "D" (arg1), "S" (arg2)
		     : "memory");
	return (int)result;
}

/* Caches are coherent with whoever reads memory. */
void arch_cache_flush(const void *start, size_t bytes)
{
	mb();
}
