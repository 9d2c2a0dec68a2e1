/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A backend of vcpu.h without virtualization, in place of vmx*.c: QEMU's
 * remapping units work without it. A guest is a function of this image
 * (guest_run()), whose exits are calls; all else is the hypervisor's.
 */
#include "vcpu.h"

#include "guest.h"
#include "hv/percpu.h"
#include "pgtable.h"
#include "x86-regs.h"

int vcpu_init(void)
{
	return 0;
}

const struct vcpu_stage2 *vcpu_stage2(void)
{
	static const struct vcpu_stage2 facts = { .format = &ept_format };

	return &facts;
}

int vcpu_cpu_init(struct per_cpu *cpu)
{
	(void)cpu;
	return 0;
}

void vcpu_cpu_exit(struct per_cpu *cpu)
{
	(void)cpu;
}

/* It still is as it was when it came in. */
void vcpu_read_kernel(struct per_cpu *cpu)
{
	(void)cpu;
}

void vcpu_enter(struct per_cpu *cpu)
{
	guest_run(cpu);
}

void vcpu_load_cell(struct per_cpu *cpu)
{
	(void)cpu;
}

void vcpu_reset(struct per_cpu *cpu, uint64_t cs_base, uint16_t ip)
{
	(void)cpu;
	(void)cs_base;
	(void)ip;
}

void vcpu_park(struct per_cpu *cpu)
{
	(void)cpu;
}

/* The function looks itself: guest_turn(). */
void vcpu_force_exit(struct per_cpu *cpu)
{
	(void)cpu;
}

void vcpu_timer_program(struct per_cpu *cpu)
{
	(void)cpu;
}

uint64_t vcpu_rip(const struct per_cpu *cpu)
{
	(void)cpu;
	return 0;
}

void vcpu_advance(struct per_cpu *cpu, unsigned int bytes)
{
	(void)cpu;
	(void)bytes;
}

void vcpu_skip(struct per_cpu *cpu)
{
	(void)cpu;
}

void vcpu_inject_fault(struct per_cpu *cpu, unsigned int vector)
{
	(void)cpu;
	guest_fault(vector);
}

void vcpu_inject_gp(struct per_cpu *cpu)
{
	vcpu_inject_fault(cpu, VECTOR_GP);
}

bool vcpu_inject_nmi(struct per_cpu *cpu)
{
	vcpu_inject_fault(cpu, VECTOR_NMI);
	return true;
}

bool vcpu_is_code64(const struct per_cpu *cpu)
{
	(void)cpu;
	return true;
}

bool vcpu_is_kernel(const struct per_cpu *cpu)
{
	(void)cpu;
	return true;
}

uint64_t vcpu_get_cr4(const struct per_cpu *cpu)
{
	return cpu->arch.kernel.cr4;
}

void vcpu_get_mode(const struct per_cpu *cpu, struct vcpu_mode *mode)
{
	(void)cpu;
	*mode = (struct vcpu_mode){ .code64 = true };
}

uint64_t vcpu_segment_base(const struct per_cpu *cpu, enum segment_name name)
{
	return cpu->arch.kernel.segment[name].base;
}

uint64_t vcpu_get_gpr(const struct per_cpu *cpu, unsigned int gpr)
{
	return cpu->arch.regs->gpr[gpr];
}

void vcpu_set_gpr(struct per_cpu *cpu, unsigned int gpr, uint64_t value)
{
	cpu->arch.regs->gpr[gpr] = value;
}

void vcpu_set_efer(struct per_cpu *cpu, uint64_t efer)
{
	cpu->arch.kernel.efer = efer;
}

uint64_t vcpu_get_pat(const struct per_cpu *cpu)
{
	return cpu->arch.kernel.pat;
}

void vcpu_set_pat(struct per_cpu *cpu, uint64_t pat)
{
	cpu->arch.kernel.pat = pat;
}

uint64_t vcpu_get_debugctl(const struct per_cpu *cpu)
{
	return cpu->arch.kernel.debugctl;
}

void vcpu_set_debugctl(struct per_cpu *cpu, uint64_t value)
{
	cpu->arch.kernel.debugctl = value;
}

void vcpu_set_perf_control(struct per_cpu *cpu, uint64_t value)
{
	(void)cpu;
	(void)value;
}
