/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a virtualisation backend supplies: VMX here; SVM would be another file
 * with these functions. All on the CPU concerned, interrupts masked, unless
 * said. Backends call the handlers of exits.h for what they find.
 */
#ifndef X86_VCPU_H
#define X86_VCPU_H

#include "arch_types.h"
#include "hv/reason.h"

/* Once, master CPU. -ENODEV: this CPU lacks something, which is printed. */
int vcpu_init(void);

/* Second stage of cells, as every CPU of this machine has it. */
struct vcpu_stage2 {
	const struct paging_format *format;
	bool apic_page;		/* accesses to stage2_apic_page() exit though it is mapped */
};

/* After vcpu_init(). */
const struct vcpu_stage2 *vcpu_stage2(void);

/* Virtualisation on; the guest is the kernel that entered. -ENODEV, -EIO. */
int vcpu_cpu_init(struct per_cpu *cpu);
/* Virtualisation off, after vcpu_cpu_init(), also one that failed. */
void vcpu_cpu_exit(struct per_cpu *cpu);
/* Reads the guest back into cpu->arch.kernel, for leaving. */
void vcpu_read_kernel(struct per_cpu *cpu);
/* Enters the guest with cpu->arch.regs. */
void vcpu_enter(struct per_cpu *cpu) __attribute__((noreturn));

/* Second stage and bitmaps of cpu->cell; nothing of before is cached. */
void vcpu_load_cell(struct per_cpu *cpu);
/* The state after INIT, but for CS and IP (SDM vol. 3, table 9-1). */
void vcpu_reset(struct per_cpu *cpu, uint64_t cs_base, uint16_t ip);
/* Halted for good, without memory. */
void vcpu_park(struct per_cpu *cpu);

/*
 * The guest leaves before its next instruction. From the NMI handler, at any
 * point of the hypervisor; any number of times.
 */
void vcpu_force_exit(struct per_cpu *cpu);

/*
 * Before entry: the guest leaves at cpu->arch.deadline, or for other reasons
 * only. Undoes vcpu_force_exit().
 */
void vcpu_timer_program(struct per_cpu *cpu);

uint64_t vcpu_rip(const struct per_cpu *cpu);
/* Goes on so many bytes further. */
void vcpu_advance(struct per_cpu *cpu, unsigned int bytes);
/* Goes on behind the instruction that exited, where hardware knows its length. */
void vcpu_skip(struct per_cpu *cpu);
void vcpu_inject_fault(struct per_cpu *cpu, unsigned int vector);
/* With error code 0. */
void vcpu_inject_gp(struct per_cpu *cpu);
/* As soon as the guest takes one. False: later, ask again before entry. */
bool vcpu_inject_nmi(struct per_cpu *cpu);

/* How the guest runs at the moment. */
struct vcpu_mode {
	uint64_t cr0;
	uint64_t cr3;
	uint64_t cr4;
	uint64_t efer;
	uint64_t rflags;
	uint64_t cs_base;
	bool code64;		/* 64-bit code, not only long mode */
	bool code32;		/* default operand size, outside 64-bit code */
};

bool vcpu_is_code64(const struct per_cpu *cpu);
/* Ring 0, and not virtual 8086 mode. */
bool vcpu_is_kernel(const struct per_cpu *cpu);
uint64_t vcpu_get_cr4(const struct per_cpu *cpu);
void vcpu_get_mode(const struct per_cpu *cpu, struct vcpu_mode *mode);
uint64_t vcpu_segment_base(const struct per_cpu *cpu, enum segment_name name);
/* Registers by number, RSP included. */
uint64_t vcpu_get_gpr(const struct per_cpu *cpu, unsigned int gpr);
void vcpu_set_gpr(struct per_cpu *cpu, unsigned int gpr, uint64_t value);
void vcpu_set_efer(struct per_cpu *cpu, uint64_t efer);
uint64_t vcpu_get_pat(const struct per_cpu *cpu);
void vcpu_set_pat(struct per_cpu *cpu, uint64_t pat);
/* IA32_DEBUGCTL as it is while the guest runs. */
uint64_t vcpu_get_debugctl(const struct per_cpu *cpu);
void vcpu_set_debugctl(struct per_cpu *cpu, uint64_t value);
/* IA32_PERF_GLOBAL_CTRL while the guest runs; 0 in the hypervisor if possible. */
void vcpu_set_perf_control(struct per_cpu *cpu, uint64_t value);

#endif
