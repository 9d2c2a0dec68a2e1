/* SPDX-License-Identifier: GPL-2.0-only */
/* VMX: on and off, the VMCS, and the guest it holds. */
#include "vmx.h"

#include "host.h"
#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "layout.h"
#include "pgtable.h"
#include "pmu-regs.h"
#include "segment.h"
#include "stage2.h"
#include "vcpu.h"
#include "vmcs.h"
#include "x86-regs.h"

#define CPUID_VMX		BIT(5)	/* leaf 1, ECX */
#define BASIC_TRUE_CONTROLS	BIT(55)
#define GUEST_VPID		1u
#define LINK_NONE		UINT64_MAX
#define CR0_RESET		(CR0_CD | CR0_NW | CR0_ET)
#define DEADLINE_NEVER		UINT64_MAX

/* Exceptions that a guest can be made to raise for ever (CVE-2015-5307). */
#define EXCEPTIONS		(BIT(VECTOR_DB) | BIT(VECTOR_AC))

struct vmx_controls vmx_controls;

static struct paging_format stage2_format;
static struct vcpu_stage2 stage2_facts;

static void read_caps(struct vmx_caps *caps)
{
	bool true_msrs;

	caps->basic = msr_read(MSR_VMX_BASIC);
	true_msrs = caps->basic & BASIC_TRUE_CONTROLS;
	caps->pin = msr_read(true_msrs ? MSR_VMX_TRUE_PINBASED :
					 MSR_VMX_PINBASED);
	caps->cpu = msr_read(true_msrs ? MSR_VMX_TRUE_PROCBASED :
					 MSR_VMX_PROCBASED);
	caps->exit = msr_read(true_msrs ? MSR_VMX_TRUE_EXIT : MSR_VMX_EXIT);
	caps->entry = msr_read(true_msrs ? MSR_VMX_TRUE_ENTRY : MSR_VMX_ENTRY);
	caps->cpu2 = 0;
	caps->ept_vpid = 0;
	/* These two exist where the controls before them say so (A.3.3). */
	if (caps->cpu >> 32 & CPU_SECONDARY)
		caps->cpu2 = msr_read(MSR_VMX_PROCBASED2);
	if (caps->cpu2 >> 32 & (CPU2_EPT | CPU2_VPID))
		caps->ept_vpid = msr_read(MSR_VMX_EPT_VPID);
	caps->misc = msr_read(MSR_VMX_MISC);
	caps->cr0_fixed0 = msr_read(MSR_VMX_CR0_FIXED0);
	caps->cr0_fixed1 = msr_read(MSR_VMX_CR0_FIXED1);
	caps->cr4_fixed0 = msr_read(MSR_VMX_CR4_FIXED0);
	caps->cr4_fixed1 = msr_read(MSR_VMX_CR4_FIXED1);
}

/* Unlocked by firmware it is ours to lock (SDM vol. 3, 23.7). */
static int vmx_permit(void)
{
	uint64_t features = msr_read(MSR_FEATURE_CONTROL);

	if (!(features & FEATURE_LOCKED)) {
		msr_write(MSR_FEATURE_CONTROL,
			  features | FEATURE_LOCKED | FEATURE_VMX);
		return 0;
	}
	if (features & FEATURE_VMX)
		return 0;
	printk("VMX is locked off by the firmware\n");
	return -ENODEV;
}

int vcpu_init(void)
{
	struct vmx_caps caps;
	const char *why = "";
	int error;

	if (!(cpuid_query(1, 0).ecx & CPUID_VMX)) {
		printk("this CPU has no VMX\n");
		return -ENODEV;
	}
	error = vmx_permit();
	if (error)
		return error;
	read_caps(&caps);
	error = vmx_controls_compute(&caps, &vmx_controls, &why);
	if (error)
		printk("this CPU's VMX lacks: %s\n", why);
	stage2_format = ept_format;
	stage2_format.block_level = vmx_controls.block_1g ? 2 : 1;
	stage2_facts.format = &stage2_format;
	stage2_facts.apic_page = vmx_controls.cpu2 & CPU2_APIC_ACCESS;
	return error;
}

const struct vcpu_stage2 *vcpu_stage2(void)
{
	return &stage2_facts;
}

static void write_segment(enum segment_name name,
			  const struct segment *segment)
{
	vmcs_write(VMCS_GUEST_SELECTOR + 2u * name, segment->selector);
	vmcs_write(VMCS_GUEST_BASE + 2u * name, segment->base);
	vmcs_write(VMCS_GUEST_LIMIT + 2u * name, segment->limit);
	vmcs_write(VMCS_GUEST_ACCESS + 2u * name, segment->access);
}

static void read_segment(enum segment_name name, struct segment *segment)
{
	segment->selector = (uint16_t)vmcs_read(VMCS_GUEST_SELECTOR + 2u * name);
	segment->base = vmcs_read(VMCS_GUEST_BASE + 2u * name);
	segment->limit = (uint32_t)vmcs_read(VMCS_GUEST_LIMIT + 2u * name);
	segment->access = (uint32_t)vmcs_read(VMCS_GUEST_ACCESS + 2u * name);
}

static void fill_host(struct per_cpu *cpu)
{
	vmcs_write(VMCS_HOST_CR0, read_cr0());
	vmcs_write(VMCS_HOST_CR4, read_cr4());
	vmcs_write(VMCS_HOST_ES, 0);
	vmcs_write(VMCS_HOST_CS, HV_SELECTOR_CODE);
	vmcs_write(VMCS_HOST_SS, HV_SELECTOR_DATA);
	vmcs_write(VMCS_HOST_DS, 0);
	vmcs_write(VMCS_HOST_FS, 0);
	vmcs_write(VMCS_HOST_GS, 0);
	vmcs_write(VMCS_HOST_TR, HV_SELECTOR_TSS);
	vmcs_write(VMCS_HOST_FS_BASE, 0);
	vmcs_write(VMCS_HOST_GS_BASE, (uintptr_t)cpu);
	vmcs_write(VMCS_HOST_TR_BASE, (uintptr_t)&cpu->arch.tss);
	vmcs_write(VMCS_HOST_GDTR_BASE, (uintptr_t)cpu->arch.gdt);
	vmcs_write(VMCS_HOST_IDTR_BASE, (uintptr_t)host_idt);
	vmcs_write(VMCS_HOST_SYSENTER_CS, 0);
	vmcs_write(VMCS_HOST_SYSENTER_ESP, 0);
	vmcs_write(VMCS_HOST_SYSENTER_EIP, 0);
	vmcs_write(VMCS_HOST_PAT, PAT_RESET);
	vmcs_write(VMCS_HOST_EFER, EFER_LMA | EFER_LME | EFER_NXE);
	if (vmx_controls.perf_control)
		vmcs_write(VMCS_HOST_PERF_CONTROL, 0);
	vmcs_write(VMCS_HOST_RSP, (uintptr_t)cpu->arch.regs);
	vmcs_write(VMCS_HOST_RIP, (uintptr_t)exit_entry);
}

static void fill_controls(struct per_cpu *cpu)
{
	vmx_cpu(cpu)->cpu_controls = vmx_controls.cpu;
	vmcs_write(VMCS_PIN_CONTROLS, vmx_controls.pin);
	vmcs_write(VMCS_CPU_CONTROLS, vmx_controls.cpu);
	vmcs_write(VMCS_CPU2_CONTROLS, vmx_controls.cpu2);
	vmcs_write(VMCS_EXIT_CONTROLS, vmx_controls.exit);
	vmcs_write(VMCS_ENTRY_CONTROLS, vmx_controls.entry | ENTRY_LONG_MODE);
	vmcs_write(VMCS_EXCEPTION_BITMAP, EXCEPTIONS);
	vmcs_write(VMCS_PF_MASK, 0);
	vmcs_write(VMCS_PF_MATCH, 0);
	vmcs_write(VMCS_CR3_TARGETS, 0);
	vmcs_write(VMCS_EXIT_MSR_STORES, 0);
	vmcs_write(VMCS_EXIT_MSR_LOADS, 0);
	vmcs_write(VMCS_ENTRY_MSR_LOADS, 0);
	vmcs_write(VMCS_ENTRY_EVENT, 0);
	vmcs_write(VMCS_TSC_OFFSET, 0);
	vmcs_write(VMCS_LINK, LINK_NONE);
	vmcs_write(VMCS_VPID, GUEST_VPID);
	vmcs_write(VMCS_CR0_MASK, vmx_controls.cr0_owned);
	vmcs_write(VMCS_CR4_MASK, vmx_controls.cr4_owned);
	if (vmx_controls.cpu2 & CPU2_XSAVES)
		vmcs_write(VMCS_XSS_EXITING, 0);
	if (vmx_controls.cpu2 & CPU2_APIC_ACCESS)
		vmcs_write(VMCS_APIC_ACCESS, stage2_apic_page().value);
}

static void write_control_registers(uint64_t cr0, uint64_t cr4)
{
	vmcs_write(VMCS_GUEST_CR0, cr0 | vmx_controls.cr0_set);
	vmcs_write(VMCS_CR0_SHADOW, cr0);
	vmcs_write(VMCS_GUEST_CR4, cr4 | vmx_controls.cr4_set);
	vmcs_write(VMCS_CR4_SHADOW, cr4);
}

static void write_quiet_state(void)
{
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY, 0);
	vmcs_write(VMCS_GUEST_ACTIVITY, ACTIVITY_ACTIVE);
	vmcs_write(VMCS_GUEST_PENDING_DEBUG, 0);
}

/* As the kernel left it, until the counters are taken over. */
static void fill_perf_control(void)
{
	if (vmx_controls.perf_control)
		vmcs_write(VMCS_GUEST_PERF_CONTROL,
			   host_msr_exists(MSR_GLOBAL_CTRL) ?
				   msr_read(MSR_GLOBAL_CTRL) : 0);
}

static void fill_kernel(const struct kernel_state *kernel)
{
	for (unsigned int i = 0; i < SEGMENT_COUNT; i++)
		write_segment(i, &kernel->segment[i]);
	vmcs_write(VMCS_GUEST_GDTR_BASE, kernel->gdtr.base);
	vmcs_write(VMCS_GUEST_GDTR_LIMIT, kernel->gdtr.limit);
	vmcs_write(VMCS_GUEST_IDTR_BASE, kernel->idtr.base);
	vmcs_write(VMCS_GUEST_IDTR_LIMIT, kernel->idtr.limit);
	write_control_registers(kernel->cr0, kernel->cr4);
	vmcs_write(VMCS_GUEST_CR3, kernel->cr3);
	vmcs_write(VMCS_GUEST_DR7, kernel->dr7);
	vmcs_write(VMCS_GUEST_EFER, kernel->efer);
	vmcs_write(VMCS_GUEST_PAT, kernel->pat);
	vmcs_write(VMCS_GUEST_DEBUGCTL, kernel->debugctl);
	vmcs_write(VMCS_GUEST_SYSENTER_CS, kernel->sysenter_cs);
	vmcs_write(VMCS_GUEST_SYSENTER_ESP, kernel->sysenter_esp);
	vmcs_write(VMCS_GUEST_SYSENTER_EIP, kernel->sysenter_eip);
	vmcs_write(VMCS_GUEST_RIP, kernel->rip);
	vmcs_write(VMCS_GUEST_RSP, kernel->rsp);
	vmcs_write(VMCS_GUEST_RFLAGS, kernel->rflags);
	write_quiet_state();
}

void vcpu_read_kernel(struct per_cpu *cpu)
{
	struct kernel_state *kernel = &cpu->arch.kernel;
	uint64_t owned = vmx_controls.cr4_owned;

	for (unsigned int i = 0; i < SEGMENT_COUNT; i++)
		read_segment(i, &kernel->segment[i]);
	kernel->gdtr.base = vmcs_read(VMCS_GUEST_GDTR_BASE);
	kernel->gdtr.limit = (uint16_t)vmcs_read(VMCS_GUEST_GDTR_LIMIT);
	kernel->idtr.base = vmcs_read(VMCS_GUEST_IDTR_BASE);
	kernel->idtr.limit = (uint16_t)vmcs_read(VMCS_GUEST_IDTR_LIMIT);
	kernel->cr0 = (vmcs_read(VMCS_GUEST_CR0) & ~vmx_controls.cr0_owned) |
		      (vmcs_read(VMCS_CR0_SHADOW) & vmx_controls.cr0_owned);
	kernel->cr3 = vmcs_read(VMCS_GUEST_CR3);
	kernel->cr4 = (vmcs_read(VMCS_GUEST_CR4) & ~owned) |
		      (vmcs_read(VMCS_CR4_SHADOW) & owned);
	kernel->dr7 = vmcs_read(VMCS_GUEST_DR7);
	kernel->efer = vmcs_read(VMCS_GUEST_EFER);
	kernel->pat = vmcs_read(VMCS_GUEST_PAT);
	kernel->debugctl = vmcs_read(VMCS_GUEST_DEBUGCTL);
	kernel->sysenter_cs = vmcs_read(VMCS_GUEST_SYSENTER_CS);
	kernel->sysenter_esp = vmcs_read(VMCS_GUEST_SYSENTER_ESP);
	kernel->sysenter_eip = vmcs_read(VMCS_GUEST_SYSENTER_EIP);
	kernel->rip = vmcs_read(VMCS_GUEST_RIP);
	kernel->rsp = vmcs_read(VMCS_GUEST_RSP);
	kernel->rflags = vmcs_read(VMCS_GUEST_RFLAGS);
}

static void region_init(uint8_t *region)
{
	*(uint32_t *)(void *)region = vmx_controls.revision;
}

/* From the pool: the CPU knows them by physical addresses, which stay. */
static int take_pages(struct vcpu_state *vcpu)
{
	for (unsigned int i = 0; i < VCPU_PAGES; i++) {
		vcpu->page[i] = page_alloc(1);
		if (!vcpu->page[i])
			return -ENOMEM;
		region_init(vcpu->page[i]);
	}
	return 0;
}

int vcpu_cpu_init(struct per_cpu *cpu)
{
	hpa_t vmxon, vmcs;
	int error = vmx_permit();

	if (!error)
		error = take_pages(&cpu->arch.vcpu);
	if (error)
		return error;
	vmxon = hv_virt_to_phys(cpu->arch.vcpu.page[VMX_PAGE_VMXON]);
	vmcs = hv_virt_to_phys(cpu->arch.vcpu.page[VMX_PAGE_VMCS]);
	if (cpu->arch.kernel.cr4 & CR4_VMXE) {
		printk("CPU %u: somebody uses VMX already (KVM?)\n", cpu->id);
		return -EBUSY;
	}
	write_cr4(read_cr4() | CR4_VMXE);
	if (!vmx_vmxon(vmxon))
		return -EIO;
	vmx_cpu(cpu)->on = true;
	if (!vmx_vmclear(vmcs) || !vmx_vmptrld(vmcs))
		return -EIO;
	fill_host(cpu);
	fill_controls(cpu);
	fill_kernel(&cpu->arch.kernel);
	fill_perf_control();
	vcpu_load_cell(cpu);
	return 0;
}

void vcpu_cpu_exit(struct per_cpu *cpu)
{
	if (vmx_cpu(cpu)->on) {
		vmx_cpu(cpu)->on = false;
		vmx_vmclear(hv_virt_to_phys(cpu->arch.vcpu.page[VMX_PAGE_VMCS]));
		vmx_off();
	}
	write_cr4(read_cr4() & ~CR4_VMXE);
}

void vcpu_enter(struct per_cpu *cpu)
{
	/* Since fill_host() the tables may have become others: relocate.c. */
	vmcs_write(VMCS_HOST_CR3, read_cr3());
	enter_launch(cpu->arch.regs);
}

static void load_eptp(uint64_t eptp)
{
	vmcs_write(VMCS_EPTP, eptp);
	vmx_invept(eptp);
	vmx_invvpid_all();
}

void vcpu_load_cell(struct per_cpu *cpu)
{
	const struct arch_cell *cell = &cpu->cell->arch;
	uint64_t io = hv_virt_to_phys(cell->io_bitmap).value;

	vmcs_write(VMCS_MSR_BITMAP, hv_virt_to_phys(cell->msr_bitmap).value);
	vmcs_write(VMCS_IO_BITMAP_A, io);
	vmcs_write(VMCS_IO_BITMAP_B, io + PAGE_BYTES);
	load_eptp(ept_pointer(hv_virt_to_phys(cell->stage2.root)));
}

static void reset_segments(uint64_t cs_base)
{
	static const struct segment data = { 0, 0xffff, 0x93, 0 };
	static const struct segment ldtr = { 0, 0xffff, 0x82, 0 };
	static const struct segment tr = { 0, 0xffff, 0x8b, 0 };
	const struct segment code = { cs_base, 0xffff, 0x9b,
				      (uint16_t)(cs_base >> 4) };

	for (unsigned int i = SEGMENT_ES; i <= SEGMENT_GS; i++)
		write_segment(i, i == SEGMENT_CS ? &code : &data);
	write_segment(SEGMENT_LDTR, &ldtr);
	write_segment(SEGMENT_TR, &tr);
	vmcs_write(VMCS_GUEST_GDTR_BASE, 0);
	vmcs_write(VMCS_GUEST_GDTR_LIMIT, 0xffff);
	vmcs_write(VMCS_GUEST_IDTR_BASE, 0);
	vmcs_write(VMCS_GUEST_IDTR_LIMIT, 0xffff);
}

void vcpu_reset(struct per_cpu *cpu, uint64_t cs_base, uint16_t ip)
{
	struct guest_regs *regs = cpu->arch.regs;

	for (unsigned int i = 0; i < GPR_COUNT; i++)
		regs->gpr[i] = 0;
	reset_segments(cs_base);
	write_control_registers(CR0_RESET, 0);
	vmcs_write(VMCS_GUEST_CR3, 0);
	vmcs_write(VMCS_GUEST_DR7, DR7_RESET);
	vmcs_write(VMCS_GUEST_EFER, 0);
	vmcs_write(VMCS_GUEST_PAT, PAT_RESET);
	vmcs_write(VMCS_GUEST_DEBUGCTL, 0);
	vmcs_write(VMCS_GUEST_SYSENTER_CS, 0);
	vmcs_write(VMCS_GUEST_SYSENTER_ESP, 0);
	vmcs_write(VMCS_GUEST_SYSENTER_EIP, 0);
	vmcs_write(VMCS_GUEST_RIP, ip);
	vmcs_write(VMCS_GUEST_RSP, 0);
	vmcs_write(VMCS_GUEST_RFLAGS, RFLAGS_RESERVED);
	/* It waits for no NMI window any more. */
	vmx_cpu(cpu)->cpu_controls = vmx_controls.cpu;
	vmcs_write(VMCS_CPU_CONTROLS, vmx_controls.cpu);
	vmcs_write(VMCS_ENTRY_CONTROLS, vmx_controls.entry);
	vmcs_write(VMCS_ENTRY_EVENT, 0);
	write_quiet_state();
}

void vcpu_park(struct per_cpu *cpu)
{
	vcpu_reset(cpu, 0, 0);
	vmcs_write(VMCS_GUEST_ACTIVITY, ACTIVITY_HLT);
	load_eptp(ept_pointer(stage2_empty_root()));
}

/*
 * The flag comes first: whatever the code that was interrupted writes to the
 * controls, vcpu_timer_program() will write them anew.
 */
void vcpu_force_exit(struct per_cpu *cpu)
{
	if (!vmx_cpu(cpu)->on)
		return;
	vmx_cpu(cpu)->forced = true;
	vmcs_write(VMCS_PIN_CONTROLS, vmx_controls.pin | PIN_TIMER);
	vmcs_write(VMCS_TIMER, 0);
}

void vcpu_timer_program(struct per_cpu *cpu)
{
	struct vmx_cpu *vmx = vmx_cpu(cpu);
	bool on = cpu->arch.deadline != DEADLINE_NEVER;

	if (vmx->forced || on != vmx->timer_on) {
		vmx->forced = false;
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		vmx->timer_on = on;
		vmcs_write(VMCS_PIN_CONTROLS,
			   vmx_controls.pin | (on ? PIN_TIMER : 0));
	}
	if (on)
		vmcs_write(VMCS_TIMER, vmx_timer_value(cpu->arch.deadline, read_tsc(),
					   vmx_controls.timer_shift));
}
