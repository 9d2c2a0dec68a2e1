/* SPDX-License-Identifier: GPL-2.0-only */
/* VM exits: what VMX says about them, for those who know what to do. */
#include "vmx.h"

#include "apic.h"
#include "exit-tick.h"
#include "exits.h"
#include "host.h"
#include "hv/arch/cpu.h"
#include "hv/arch/timer.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "vcpu.h"
#include "vmcs.h"
#include "x86-regs.h"

#define REASON_BASIC		0xffffu

_Static_assert(FIELD_EXIT_REASON == VMCS_EXIT_REASON &&
	       REASON_TIMER == VMX_TIMER, "vmx-entry.S");

/* Qualifications: SDM vol. 3, tables 27-3 to 27-7. */
#define CR_NUMBER		0xfu
#define CR_TYPE_SHIFT		4
#define CR_TYPE_MOV_TO		0u
#define CR_GPR_SHIFT		8
#define IO_SIZE			0x7u
#define IO_INPUT		BIT(3)
#define IO_STRING		BIT(4)
#define IO_REPEATED		BIT(5)
#define IO_PORT_SHIFT		16
#define EPT_WRITE_ACCESS	BIT(1)
#define EPT_FETCH		BIT(2)
#define APIC_OFFSET		0xfffu
#define APIC_TYPE_SHIFT		12
#define APIC_LINEAR_READ	0u
#define APIC_LINEAR_WRITE	1u

/* So many #DB or #AC within so long are a storm: 10,000 in a second. */
#define STORM_COUNT		10000u

#define ULL(x)			((unsigned long long)(x))

static void unknown(struct per_cpu *cpu, uint64_t reason)
{
	printk("CPU %u: exit %llu, qualification 0x%llx\n", cpu->id,
	       ULL(reason), ULL(vmcs_read(VMCS_QUALIFICATION)));
	cpu_fault(cpu, PARK_UNKNOWN_EXIT, reason,
		  vmcs_read(VMCS_QUALIFICATION));
}

static bool is_storm(struct per_cpu *cpu)
{
	uint64_t now = read_tsc();

	if (now - cpu->arch.storm_start > arch_timer_hz()) {
		cpu->arch.storm_start = now;
		cpu->arch.storm_count = 0;
	}
	return ++cpu->arch.storm_count > STORM_COUNT;
}

/* Given back to the guest as it was, unless it only makes exceptions. */
static void reflect_exception(struct per_cpu *cpu, uint64_t event)
{
	exit_count(cpu, CPU_STAT_EXCEPTION);
	if (is_storm(cpu)) {
		cpu_fault(cpu, PARK_EXCEPTION_STORM, 0, event & EVENT_VECTOR);
		return;
	}
	if ((event & EVENT_VECTOR) == VECTOR_DB)
		__asm__ volatile("mov %0, %%dr6"
				 : : "r" (vmcs_read(VMCS_QUALIFICATION) |
					  0xffff0ff0));
	vmcs_write(VMCS_ENTRY_LENGTH, vmcs_read(VMCS_EXIT_LENGTH));
	vmcs_write(VMCS_ENTRY_ERROR_CODE, vmcs_read(VMCS_EXIT_ERROR_CODE));
	vmcs_write(VMCS_ENTRY_EVENT,
		   event & (EVENT_VALID | EVENT_HAS_ERROR | 0x7ff));
}

/*
 * NMIs are blocked since the exit. Some CPUs also say that the guest's are,
 * which with virtual NMIs they are not.
 */
static void exit_nmi(void)
{
	uint64_t blocked = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY);

	if (blocked & BLOCKED_BY_NMI)
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY,
			   blocked & ~BLOCKED_BY_NMI);
	host_nmi();
	nmi_unblock();
}

static void exit_exception(struct per_cpu *cpu)
{
	uint64_t event = vmcs_read(VMCS_EXIT_EVENT);

	if ((event & EVENT_VECTOR) == VECTOR_NMI)
		exit_nmi();
	else
		reflect_exception(cpu, event);
}

/*
 * Only bits the hypervisor owns bring a MOV here. Those that have to be 1
 * become what the guest reads, and the instruction is executed anew: the CPU
 * does the rest, and there is a lot to it. Others stay as they are.
 */
static void exit_cr(struct per_cpu *cpu)
{
	uint64_t qualification = vmcs_read(VMCS_QUALIFICATION);
	unsigned int type = qualification >> CR_TYPE_SHIFT & 3;
	unsigned int gpr = qualification >> CR_GPR_SHIFT & 15;
	uint64_t owned = vmx_controls.cr0_owned;
	uint64_t value = vcpu_get_gpr(cpu, gpr);

	exit_count(cpu, CPU_STAT_CR);
	if (type != CR_TYPE_MOV_TO || (qualification & CR_NUMBER) != 0 ||
	    (value & owned & ~vmx_controls.cr0_set)) {
		vcpu_inject_gp(cpu);
		return;
	}
	vmcs_write(VMCS_CR0_SHADOW,
		   (vmcs_read(VMCS_CR0_SHADOW) & ~owned) | (value & owned));
}

static void exit_port(struct per_cpu *cpu)
{
	uint64_t qualification = vmcs_read(VMCS_QUALIFICATION);
	const struct io_access access = {
		.port = (uint16_t)(qualification >> IO_PORT_SHIFT),
		.size = (uint8_t)((qualification & IO_SIZE) + 1),
		.is_input = qualification & IO_INPUT,
		.is_string = qualification & IO_STRING,
		.is_repeated = qualification & IO_REPEATED,
	};

	exit_io(cpu, &access);
}

static void exit_violation(struct per_cpu *cpu)
{
	uint64_t qualification = vmcs_read(VMCS_QUALIFICATION);
	const struct memory_exit exit = {
		.address = vmcs_read(VMCS_GUEST_PHYSICAL),
		.is_write = qualification & EPT_WRITE_ACCESS,
		.is_fetch = qualification & EPT_FETCH,
		.is_delivery = vmcs_read(VMCS_VECTORING) & EVENT_VALID,
		.syndrome = qualification,
	};

	exit_memory(cpu, &exit);
}

static void exit_apic_page(struct per_cpu *cpu)
{
	uint64_t qualification = vmcs_read(VMCS_QUALIFICATION);
	unsigned int type = qualification >> APIC_TYPE_SHIFT & 15;
	const struct memory_exit exit = {
		.address = APIC_PAGE + (qualification & APIC_OFFSET),
		.is_write = type == APIC_LINEAR_WRITE,
		.is_fetch = type > APIC_LINEAR_WRITE,
		.is_delivery = vmcs_read(VMCS_VECTORING) & EVENT_VALID,
		.syndrome = qualification,
	};

	exit_memory(cpu, &exit);
}

static void exit_invalid_state(struct per_cpu *cpu, uint64_t reason)
{
	printk("CPU %u: the guest's state is refused, exit 0x%llx\n", cpu->id,
	       ULL(reason));
	cpu_fault(cpu, PARK_UNKNOWN_EXIT, 0, reason);
}

__attribute__((noinline))
static void dispatch(struct per_cpu *cpu, uint64_t reason)
{
	switch (reason & REASON_BASIC) {
	case VMX_EXCEPTION:
		exit_exception(cpu);
		break;
	case VMX_TRIPLE_FAULT:
		cpu_fault(cpu, PARK_TRIPLE_FAULT, 0, 0);
		break;
	case VMX_INIT:
	case VMX_NMI_WINDOW:
		/* exit_finish() sees to it. */
		break;
	case VMX_CPUID:
		exit_cpuid(cpu);
		break;
	case VMX_INVD:
	case VMX_WBINVD:
		exit_cache(cpu);
		break;
	case VMX_RDPMC:
		exit_rdpmc(cpu);
		break;
	case VMX_VMCALL:
		exit_hypercall(cpu);
		break;
	case VMX_GETSEC:
	case VMX_VMCLEAR ... VMX_VMXON:
	case VMX_INVEPT:
	case VMX_INVVPID:
		vcpu_inject_fault(cpu, VECTOR_UD);
		break;
	case VMX_CR_ACCESS:
		exit_cr(cpu);
		break;
	case VMX_IO:
		exit_port(cpu);
		break;
	case VMX_RDMSR:
		exit_rdmsr(cpu);
		break;
	case VMX_WRMSR:
		exit_wrmsr(cpu);
		break;
	case VMX_INVALID_STATE:
		exit_invalid_state(cpu, reason);
		break;
	case VMX_APIC_ACCESS:
		exit_apic_page(cpu);
		break;
	case VMX_EPT_VIOLATION:
		exit_violation(cpu);
		break;
	case VMX_XSETBV:
		exit_xsetbv(cpu);
		break;
	default:
		unknown(cpu, reason);
	}
}

void vmx_exit(struct per_cpu *cpu, uint64_t reason)
{
	cpu->stats[CPU_STAT_TOTAL]++;
	if (reason != VMX_TIMER) {
		cpu->arch.left = 0;
		dispatch(cpu, reason);
	}
	exit_finish(cpu);
}

/* The timer is on, or it had not fired: its value alone is written. */
uint32_t vmx_tick(struct per_cpu *cpu)
{
	uint64_t deadline;

	if (!exit_tick(cpu, &deadline))
		return 1;
	cpu->stats[CPU_STAT_TOTAL]++;
	vmcs_write(VMCS_TIMER, vmx_timer_value(deadline, read_tsc(),
					       vmx_controls.timer_shift));
	/* An NMI since then has made it 0; one before it, not. */
	return exit_nmi_noted(cpu);
}

void vmx_entry_failed(struct per_cpu *cpu)
{
	panic("CPU %u: VM entry failed, error %llu\n", cpu->id,
	      ULL(vmcs_read(VMCS_INSTRUCTION_ERROR)));
}
