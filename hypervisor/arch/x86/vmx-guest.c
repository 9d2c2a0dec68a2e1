/* SPDX-License-Identifier: GPL-2.0-only */
/* What the VMCS says about the guest, and events for it. */
#include "vcpu.h"

#include "hv/percpu.h"
#include "pmu-regs.h"
#include "vmcs.h"
#include "vmx.h"
#include "x86-regs.h"

#define ACCESS_DPL_SHIFT	5
#define ACCESS_LONG		BIT(13)
#define ACCESS_BIG		BIT(14)

uint64_t vcpu_rip(const struct per_cpu *cpu)
{
	(void)cpu;
	return vmcs_read(VMCS_GUEST_RIP);
}

/* With LMA off the bit is reserved, and 0. */
bool vcpu_is_code64(const struct per_cpu *cpu)
{
	(void)cpu;
	return vmcs_read(VMCS_GUEST_ACCESS + 2u * SEGMENT_CS) & ACCESS_LONG;
}

bool vcpu_is_kernel(const struct per_cpu *cpu)
{
	uint64_t ss = vmcs_read(VMCS_GUEST_ACCESS + 2u * SEGMENT_SS);

	(void)cpu;
	return !(ss >> ACCESS_DPL_SHIFT & 3) &&
	       !(vmcs_read(VMCS_GUEST_RFLAGS) & RFLAGS_VM);
}

uint64_t vcpu_get_cr4(const struct per_cpu *cpu)
{
	(void)cpu;
	return vmcs_read(VMCS_GUEST_CR4);
}

/* Blocking by STI and MOV SS lasts one instruction: this one. */
void vcpu_advance(struct per_cpu *cpu, unsigned int bytes)
{
	uint64_t blocked = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY);
	uint64_t rip = vmcs_read(VMCS_GUEST_RIP);
	uint64_t next = rip + bytes;

	/* Outside 64-bit code it wraps; looked at where it matters only. */
	if (((next ^ rip) >> 32) && !vcpu_is_code64(cpu))
		next &= UINT32_MAX;
	vmcs_write(VMCS_GUEST_RIP, next);
	if (blocked & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS))
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY,
			   blocked & ~(BLOCKED_BY_STI | BLOCKED_BY_MOV_SS));
}

void vcpu_skip(struct per_cpu *cpu)
{
	vcpu_advance(cpu, (unsigned int)vmcs_read(VMCS_EXIT_LENGTH));
}

void vcpu_inject_fault(struct per_cpu *cpu, unsigned int vector)
{
	(void)cpu;
	vmcs_write(VMCS_ENTRY_EVENT,
		   EVENT_VALID | EVENT_TYPE_EXCEPTION | vector);
}

/* In real mode exceptions have no error code (SDM vol. 3, 26.2.1.3). */
void vcpu_inject_gp(struct per_cpu *cpu)
{
	uint64_t event = EVENT_VALID | EVENT_TYPE_EXCEPTION | VECTOR_GP;

	(void)cpu;
	if (vmcs_read(VMCS_GUEST_CR0) & CR0_PE)
		event |= EVENT_HAS_ERROR;
	vmcs_write(VMCS_ENTRY_ERROR_CODE, 0);
	vmcs_write(VMCS_ENTRY_EVENT, event);
}

static void nmi_window(struct per_cpu *cpu, bool wanted)
{
	uint32_t controls = vmx_controls.cpu;

	if (wanted)
		controls |= CPU_NMI_WINDOW;
	if (controls == vmx_cpu(cpu)->cpu_controls)
		return;
	vmx_cpu(cpu)->cpu_controls = controls;
	vmcs_write(VMCS_CPU_CONTROLS, controls);
}

bool vcpu_inject_nmi(struct per_cpu *cpu)
{
	uint64_t blocked = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY);

	if ((blocked & (BLOCKED_BY_NMI | BLOCKED_BY_STI | BLOCKED_BY_MOV_SS)) ||
	    (vmcs_read(VMCS_ENTRY_EVENT) & EVENT_VALID)) {
		nmi_window(cpu, true);
		return false;
	}
	nmi_window(cpu, false);
	vmcs_write(VMCS_GUEST_ACTIVITY, ACTIVITY_ACTIVE);
	vmcs_write(VMCS_ENTRY_EVENT, EVENT_VALID | EVENT_TYPE_NMI | VECTOR_NMI);
	return true;
}

void vcpu_get_mode(const struct per_cpu *cpu, struct vcpu_mode *mode)
{
	uint64_t cs = vmcs_read(VMCS_GUEST_ACCESS + 2u * SEGMENT_CS);
	mode->cr0 = vmcs_read(VMCS_GUEST_CR0);
	mode->cr3 = vmcs_read(VMCS_GUEST_CR3);
	mode->cr4 = vmcs_read(VMCS_GUEST_CR4);
	mode->efer = vmcs_read(VMCS_GUEST_EFER);
	mode->rflags = vmcs_read(VMCS_GUEST_RFLAGS);
	mode->cs_base = vmcs_read(VMCS_GUEST_BASE + 2u * SEGMENT_CS);
	mode->code64 = vcpu_is_code64(cpu);
	mode->code32 = cs & ACCESS_BIG;
}

uint64_t vcpu_segment_base(const struct per_cpu *cpu, enum segment_name name)
{
	(void)cpu;
	return vmcs_read(VMCS_GUEST_BASE + 2u * name);
}

uint64_t vcpu_get_gpr(const struct per_cpu *cpu, unsigned int gpr)
{
	return gpr == GPR_RSP ? vmcs_read(VMCS_GUEST_RSP) :
				cpu->arch.regs->gpr[gpr];
}

void vcpu_set_gpr(struct per_cpu *cpu, unsigned int gpr, uint64_t value)
{
	if (gpr == GPR_RSP)
		vmcs_write(VMCS_GUEST_RSP, value);
	else
		cpu->arch.regs->gpr[gpr] = value;
}

/* LME may only change while paging is off: LMA then is off as well. */
void vcpu_set_efer(struct per_cpu *cpu, uint64_t efer)
{
	(void)cpu;
	vmcs_write(VMCS_GUEST_EFER, efer);
}

uint64_t vcpu_get_pat(const struct per_cpu *cpu)
{
	(void)cpu;
	return vmcs_read(VMCS_GUEST_PAT);
}

void vcpu_set_pat(struct per_cpu *cpu, uint64_t pat)
{
	(void)cpu;
	vmcs_write(VMCS_GUEST_PAT, pat);
}

uint64_t vcpu_get_debugctl(const struct per_cpu *cpu)
{
	(void)cpu;
	return vmcs_read(VMCS_GUEST_DEBUGCTL);
}

void vcpu_set_debugctl(struct per_cpu *cpu, uint64_t value)
{
	(void)cpu;
	vmcs_write(VMCS_GUEST_DEBUGCTL, value);
}

void vcpu_set_perf_control(struct per_cpu *cpu, uint64_t value)
{
	(void)cpu;
	if (vmx_controls.perf_control)
		vmcs_write(VMCS_GUEST_PERF_CONTROL, value);
	else
		msr_write(MSR_GLOBAL_CTRL, value);
}
