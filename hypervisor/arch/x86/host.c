/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptor tables and control registers: the hypervisor's, the kernel's. */
#include "host.h"

#include "apic.h"
#include "boot.h"
#include "hv/percpu.h"
#include "hv/arch/cpu.h"
#include "hv/arch/timer.h"
#include "hv/printk.h"
#include "hv/relocate.h"
#include "hv/setup.h"
#include "hv/string.h"
#include "layout.h"
#include "pmu-regs.h"
#include "segment.h"
#include "vcpu.h"
#include "x86-regs.h"

#define DESCRIPTOR_CODE		0x00af9b000000ffffull
#define DESCRIPTOR_DATA		0x00cf93000000ffffull
#define TSS_ACCESS_AVAILABLE	0x89u
#define GATE_INTERRUPT		0x8eull
#define IST_FAULTS		1
#define IST_NMI			2
#define ENTRY_BYTES		16
#define FIRST_INTERRUPT		32
#define XSAVE_AREA_BYTES	4096
#define HOLD_PATIENCE_MS	10

#define OPCODE_WRMSR		0x30u
#define OPCODE_RDTSC		0x31u
#define OPCODE_RDMSR		0x32u
#define OPCODE_RDPMC		0x33u

#define CPUID_XSAVE		BIT(26)	/* leaf 1, ECX */

#define ULL(x)			((unsigned long long)(x))

extern const uint8_t exception_entries[], leftover_entry[];

uint64_t host_idt[256][2];

static void gate_set(unsigned int vector, uint64_t target, uint64_t ist)
{
	host_idt[vector][1] = target >> 32;
	host_idt[vector][0] = (target & 0xffff) | HV_SELECTOR_CODE << 16 |
			      ist << 32 | GATE_INTERRUPT << 40 |
			      (target >> 16 & 0xffff) << 48;
}

static void idt_fill(void)
{
	for (unsigned int vector = 0; vector < FIRST_INTERRUPT; vector++)
		gate_set(vector, (uintptr_t)exception_entries +
				 vector * ENTRY_BYTES,
			 vector == VECTOR_NMI ? IST_NMI : IST_FAULTS);
	for (unsigned int vector = FIRST_INTERRUPT; vector < 256; vector++)
		gate_set(vector, (uintptr_t)leftover_entry, 0);
}

static uint16_t selector_of(enum segment_name name)
{
	switch (name) {
	case SEGMENT_ES:
		return read_es();
	case SEGMENT_CS:
		return read_cs();
	case SEGMENT_SS:
		return read_ss();
	case SEGMENT_DS:
		return read_ds();
	case SEGMENT_FS:
		return read_fs();
	case SEGMENT_GS:
		return read_gs();
	case SEGMENT_LDTR:
		return read_ldtr();
	default:
		return read_tr();
	}
}

static void save_segments(struct kernel_state *kernel,
			  const struct image_x86_cpu *launch)
{
	uint64_t gdt[IMAGE_X86_GDT_ENTRIES];

	memcpy(gdt, launch->gdt, sizeof(gdt));
	for (unsigned int i = 0; i < SEGMENT_COUNT; i++)
		kernel->segment[i] = segment_unpack(gdt, IMAGE_X86_GDT_ENTRIES,
						    selector_of(i));
	kernel->segment[SEGMENT_FS].base = msr_read(MSR_FS_BASE);
	kernel->segment[SEGMENT_GS].base = msr_read(MSR_GS_BASE);
	__asm__ volatile("sgdt %0" : "=m" (kernel->gdtr));
	__asm__ volatile("sidt %0" : "=m" (kernel->idtr));
}

void host_save_kernel(struct per_cpu *cpu)
{
	const struct image_x86_cpu *launch = &cpu->arch.launch;
	struct kernel_state *kernel = &cpu->arch.kernel;

	save_segments(kernel, launch);
	kernel->cr0 = read_cr0();
	kernel->cr3 = launch->cr3;
	kernel->cr4 = launch->cr4;
	kernel->dr7 = read_dr7();
	kernel->efer = msr_read(MSR_EFER);
	kernel->pat = msr_read(MSR_PAT);
	kernel->debugctl = msr_read(MSR_DEBUGCTL);
	kernel->sysenter_cs = msr_read(MSR_SYSENTER_CS);
	kernel->sysenter_esp = msr_read(MSR_SYSENTER_ESP);
	kernel->sysenter_eip = msr_read(MSR_SYSENTER_EIP);
	kernel->rip = launch->rip;
	kernel->rsp = launch->rsp;
	kernel->rflags = launch->rflags;
}

static void table_load(const void *table, size_t bytes)
{
	struct table_register gdtr = {
		.limit = (uint16_t)(bytes - 1),
		.base = (uintptr_t)table,
	};

	__asm__ volatile("lgdt %0" : : "m" (gdtr));
}

static void segments_clear(void)
{
	__asm__ volatile("mov %0, %%ds\n\t"
			 "mov %0, %%es\n\t"
			 "mov %0, %%fs\n\t"
			 "mov %0, %%gs\n\t"
			 "mov %1, %%ss\n\t"
			 : : "r" (0), "r" (HV_SELECTOR_DATA));
}

static void own_tables(struct per_cpu *cpu)
{
	const struct segment tss = {
		.base = (uintptr_t)&cpu->arch.tss,
		.limit = sizeof(cpu->arch.tss) - 1,
		.access = TSS_ACCESS_AVAILABLE,
		.selector = HV_SELECTOR_TSS,
	};
	struct table_register idtr = {
		.limit = sizeof(host_idt) - 1,
		.base = (uintptr_t)host_idt,
	};

	cpu->arch.tss.ist[IST_FAULTS - 1] =
		(uintptr_t)cpu->arch.fault_stack + IST_STACK_BYTES;
	cpu->arch.tss.ist[IST_NMI - 1] =
		(uintptr_t)cpu->arch.nmi_stack + IST_STACK_BYTES;
	cpu->arch.tss.io_bitmap = sizeof(cpu->arch.tss);
	cpu->arch.gdt[HV_SELECTOR_CODE / 8] = DESCRIPTOR_CODE;
	cpu->arch.gdt[HV_SELECTOR_DATA / 8] = DESCRIPTOR_DATA;
	segment_pack(cpu->arch.gdt, HV_GDT_ENTRIES, &tss);
	table_load(cpu->arch.gdt, sizeof(cpu->arch.gdt));
	host_reload_cs();
	segments_clear();
	__asm__ volatile("ltr %w0" : : "r" (HV_SELECTOR_TSS));
	__asm__ volatile("lldt %w0" : : "r" (0));
	idt_fill();
	__asm__ volatile("lidt %0" : : "m" (idtr));
}

static uint64_t host_cr4(void)
{
	uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT |
		       (read_cr4() & CR4_LA57);

	if (cpuid_query(1, 0).ecx & CPUID_XSAVE)
		cr4 |= CR4_OSXSAVE;
	return cr4;
}

uint64_t host_xcr0_supported(void)
{
	struct cpuid_regs regs;

	if (!(cpuid_query(1, 0).ecx & CPUID_XSAVE))
		return 0;
	regs = cpuid_query(0xd, 0);
	return (uint64_t)regs.edx << 32 | regs.eax;
}

void host_reset_fpu(void)
{
	static const uint8_t initial[XSAVE_AREA_BYTES]
		__attribute__((aligned(64)));
	uint64_t supported = host_xcr0_supported();

	__asm__ volatile("clts\n\tfninit");
	if (!supported) {
		__asm__ volatile("fxrstor %0" : : "m" (initial));
		return;
	}
	write_xcr0(supported);
	/* No component is in the area: all of them get their first state. */
	__asm__ volatile("xrstor %0"
			 : : "m" (initial), "a" ((uint32_t)supported),
			     "d" ((uint32_t)(supported >> 32)));
	write_xcr0(XCR0_X87);
}

void host_load(struct per_cpu *cpu)
{
	own_tables(cpu);
	cpu->arch.self = cpu;
	msr_write(MSR_GS_BASE, (uintptr_t)cpu);
	write_cr4(host_cr4());
	write_cr0((read_cr0() | CR0_WP | CR0_NE) & ~(CR0_CD | CR0_NW));
	msr_write(MSR_PAT, PAT_RESET);
}

static void restore_msrs(const struct kernel_state *kernel)
{
	msr_write(MSR_SYSENTER_CS, kernel->sysenter_cs);
	msr_write(MSR_SYSENTER_ESP, kernel->sysenter_esp);
	msr_write(MSR_SYSENTER_EIP, kernel->sysenter_eip);
	msr_write(MSR_PAT, kernel->pat);
	msr_write(MSR_EFER, kernel->efer);
	msr_write(MSR_DEBUGCTL, kernel->debugctl);
	write_dr7(kernel->dr7);
	write_cr0(kernel->cr0);
}

static uint16_t loadable(uint64_t *gdt, const struct segment *segment)
{
	return segment_pack(gdt, IMAGE_X86_GDT_ENTRIES, segment) ?
		       segment->selector : 0;
}

/*
 * The kernel's table is not mapped here: what the selectors load comes from a
 * table made for the purpose, which says the same.
 */
static void restore_segments(struct per_cpu *cpu)
{
	struct segment *segment = cpu->arch.kernel.segment;
	uint64_t *gdt = cpu->arch.leave_gdt;
	uint16_t selector[SEGMENT_COUNT];

	memset(gdt, 0, sizeof(cpu->arch.leave_gdt));
	for (unsigned int i = 0; i < SEGMENT_COUNT; i++)
		selector[i] = i == SEGMENT_CS || i == SEGMENT_SS ? 0 :
			      loadable(gdt, &segment[i]);
	table_load(gdt, sizeof(cpu->arch.leave_gdt));
	if (selector[SEGMENT_TR])
		__asm__ volatile("ltr %0" : : "r" (selector[SEGMENT_TR]));
	__asm__ volatile("lldt %0" : : "r" (selector[SEGMENT_LDTR]));
	__asm__ volatile("mov %0, %%ds" : : "r" (selector[SEGMENT_DS]));
	__asm__ volatile("mov %0, %%es" : : "r" (selector[SEGMENT_ES]));
	__asm__ volatile("mov %0, %%fs" : : "r" (selector[SEGMENT_FS]));
	__asm__ volatile("mov %0, %%gs" : : "r" (selector[SEGMENT_GS]));
	msr_write(MSR_FS_BASE, segment[SEGMENT_FS].base);
	msr_write(MSR_GS_BASE, segment[SEGMENT_GS].base);
	__asm__ volatile("lgdt %0" : : "m" (cpu->arch.kernel.gdtr));
	__asm__ volatile("lidt %0" : : "m" (cpu->arch.kernel.idtr));
}

void host_leave(struct per_cpu *cpu, const struct guest_regs *regs)
{
	const struct kernel_state *kernel = &cpu->arch.kernel;
	struct image_x86_cpu *launch = &cpu->arch.launch;

	memcpy(launch->out_registers, regs->gpr,
	       sizeof(launch->out_registers));
	launch->out_rip = kernel->rip;
	launch->out_cs = kernel->segment[SEGMENT_CS].selector;
	launch->out_rflags = kernel->rflags;
	launch->out_rsp = kernel->rsp;
	launch->out_ss = kernel->segment[SEGMENT_SS].selector;
	relocate_bring_home(launch, sizeof(*launch));
	restore_msrs(kernel);
	restore_segments(cpu);
	boot_leave(cpu, kernel->cr3, kernel->cr4);
}

void cpu_enter(struct per_cpu *cpu, unsigned int id)
{
	struct guest_regs regs;

	cpu->id = id;
	cpu->arch.regs = (void *)(cpu->stack + HV_STACK_BYTES -
				  sizeof(struct guest_regs));
	memset(cpu->arch.regs, 0, sizeof(*cpu->arch.regs));
	memset(&regs, 0, sizeof(regs));
	/* By the launch code, until arch_cpu_activate() or the way back. */
	cpu->arch.nmi_hold = NMIS_HELD;
	host_save_kernel(cpu);
	host_load(cpu);
	regs.gpr[GPR_RAX] = (uint64_t)setup_enter(cpu);
	host_leave(cpu, &regs);
}

bool host_msr_exists(uint32_t msr)
{
	struct per_cpu *cpu = this_cpu();
	uint32_t before = cpu->arch.msr_faults;

	cpu->arch.msr_probe = true;
	msr_read(msr);
	cpu->arch.msr_probe = false;
	return cpu->arch.msr_faults == before;
}

bool host_read_counter(uint32_t index, uint64_t *value)
{
	struct per_cpu *cpu = this_cpu();
	uint32_t before = cpu->arch.msr_faults;
	uint32_t low, high;

	cpu->arch.msr_probe = true;
	__asm__ volatile("rdpmc" : "=a" (low), "=d" (high) : "c" (index)
			 : "memory");
	cpu->arch.msr_probe = false;
	*value = (uint64_t)high << 32 | low;
	return cpu->arch.msr_faults == before;
}

/*
 * An MSR that the CPU announces and does not have, or a value it refuses: the
 * access has no effect, a read brings 0, and the console says so.
 */
static bool msr_fault(struct exception_frame *frame)
{
	struct per_cpu *cpu = this_cpu();
	const uint8_t *code = (const uint8_t *)frame->rip;

	if (frame->vector != VECTOR_GP || code[0] != 0x0f ||
	    code[1] < OPCODE_WRMSR || code[1] == OPCODE_RDTSC ||
	    code[1] > OPCODE_RDPMC)
		return false;
	cpu->arch.msr_faults++;
	if (!cpu->arch.msr_probe)
		printk("%s of MSR 0x%x refused at 0x%llx\n",
		       code[1] == OPCODE_WRMSR ? "write" : "read",
		       (uint32_t)frame->rcx, ULL(frame->rip));
	if (code[1] != OPCODE_WRMSR) {
		frame->rax = 0;
		frame->rdx = 0;
	}
	frame->rip += 2;
	return true;
}

void host_exception(struct exception_frame *frame)
{
	if (msr_fault(frame))
		return;
	printk("exception %llu in the hypervisor, error 0x%llx, rip 0x%llx, rsp 0x%llx, cr2 0x%llx\n",
	       ULL(frame->vector), ULL(frame->error), ULL(frame->rip),
	       ULL(frame->rsp), ULL(read_cr2()));
	arch_cpu_halt();
}

/*
 * In the hypervisor at any instruction: whatever came, the guest must not go on
 * before it has been looked at.
 */
void host_nmi(void)
{
	struct per_cpu *cpu = this_cpu();

	uint32_t kind = HOST_NMI_OTHER;

	if (__atomic_exchange_n(&cpu->arch.kick_sent, 0, __ATOMIC_SEQ_CST))
		kind = HOST_NMI_KICK;
	__atomic_fetch_or(&cpu->arch.nmis, kind, __ATOMIC_SEQ_CST);
	if (cpu->arch.nmi_hold == NMIS_WANTED)
		cpu->arch.nmi_hold = NMIS_HELD;
	vcpu_force_exit(cpu);
}

/*
 * By an NMI that is not returned from: a kick, which may be under way already.
 * If another one comes first, the kick is kept in its place.
 */
void host_hold_nmis(struct per_cpu *cpu)
{
	uint64_t end = read_tsc() + arch_timer_hz() / 1000 * HOLD_PATIENCE_MS;

	cpu->arch.nmi_hold = NMIS_WANTED;
	arch_cpu_kick(cpu);
	while (cpu->arch.nmi_hold != NMIS_HELD && read_tsc() < end)
		arch_cpu_relax();
	if (cpu->arch.nmi_hold != NMIS_HELD)
		printk("CPU %u: its own NMI does not come\n", cpu->id);
}

void host_free_nmis(struct per_cpu *cpu)
{
	cpu->arch.nmi_hold = NMIS_FREE;
	nmi_unblock();
}
