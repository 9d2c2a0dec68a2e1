/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The root of the Bochs tests: a small kernel that has what the hypervisor
 * cares about in Linux, and runs a group of tests in place of programs.
 */
#ifndef VMX_ROOT_H
#define VMX_ROOT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/string.h"
#include "layout.h"
#include "test.h"
#include "x86.h"

#define CPUS_MAX		3
#define PAGE_BYTES		4096ull
#define ARRAY_COUNT(a)		(sizeof(a) / sizeof((a)[0]))

/* Of Bochs as tests/vmx/run sets it up: instructions a second. */
#define TSC_HZ			200000000ull

/* --- console.c: COM1 ---------------------------------------------------- */

void console_init(void);
void console_putc(char character);
/* Waits until the last character has left. */
void console_flush(void);

/* --- cpu.c: what a CPU has ---------------------------------------------- */

struct frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t io_bitmap;
} __attribute__((packed));

struct cpu {
	unsigned int number;
	uint32_t apic_id;
	volatile bool online;
	volatile uint32_t trapped;	/* last vector a probe met, or NO_TRAP */
	volatile uint64_t trap_error;
	volatile uint64_t interrupts[256];
	volatile uint64_t job_seen;
	volatile int result;
	uint64_t gdt[10];
	struct tss tss;
	uint8_t nmi_stack[4096] __attribute__((aligned(16)));
	uint8_t stack[ROOT_STACK_BYTES] __attribute__((aligned(16)));
};

#define NO_TRAP			0xffffffffu

extern struct cpu cpus[CPUS_MAX];

/* Tables, vectors, control registers, the local APIC of this CPU. */
void cpu_setup(struct cpu *cpu);
struct cpu *cpu_this(void);
/* Called for a vector from 32 on, before the end of interrupt; or NULL. */
extern void (*volatile interrupt_hook)(unsigned int vector);
void interrupt(struct frame *frame);

/* --- probe.c: instructions that may trap -------------------------------- */

/* Each returns the vector of the exception it met, or NO_TRAP. */
uint32_t probe_rdmsr(uint32_t msr, uint64_t *value);
uint32_t probe_wrmsr(uint32_t msr, uint64_t value);
uint32_t probe_read32(uint64_t phys, uint32_t *value);
uint32_t probe_write32(uint64_t phys, uint32_t value);
uint32_t probe_write_cr0(uint64_t value);
uint32_t probe_write_cr4(uint64_t value);
uint32_t probe_xsetbv(uint32_t index, uint64_t value);
/* One VMX instruction; #UD wherever VMX is hidden. */
uint32_t probe_vmxoff(void);

/* --- apic.c ------------------------------------------------------------- */

#define APIC_PHYS		0xfee00000ull

#define VECTOR_CALL		0x40
#define VECTOR_TIMER		0x41
#define VECTOR_TEST		0x42
#define VECTOR_SPURIOUS		0xff

/* Once per CPU; `x2apic` must be the same on all. */
void apic_setup(bool x2apic);
bool apic_is_x2apic(void);
uint32_t apic_id(void);
uint32_t apic_read(unsigned int offset);
void apic_write(unsigned int offset, uint32_t value);
void apic_eoi(void);
/* The whole command: mode, level, vector in `low` (SDM 3A, 10.6.1). */
void apic_command(uint32_t destination, uint32_t low);
void apic_start_cpu(uint32_t destination, uint64_t start);
/* One interrupt VECTOR_TIMER at this time stamp (deadline mode). */
void apic_timer_arm(uint64_t deadline_tsc);

/* --- smp.c -------------------------------------------------------------- */

unsigned int cpus_online(void);
/* Starts it by INIT and start-up message. -ETIMEDOUT when it does not come. */
int cpu_online(unsigned int number);
/* Sends it to sleep with interrupts off, as Linux does before a cell takes it. */
int cpu_offline(unsigned int number);
/* Goes offline and then does this, from which it need not come back. */
int cpu_offline_after(unsigned int number, void (*act)(void));
/*
 * All online CPUs in `step` at once, interrupts off. Returns the first error;
 * each CPU's own is in cpus[].result.
 */
int cpus_call(int (*step)(void *data), void *data);

/* --- machine.c: memory and files ---------------------------------------- */

static inline void *direct(uint64_t phys)
{
	return (void *)(DIRECT_VIRT + phys);
}

/* Of the image or the direct map. */
uint64_t virt_to_phys(const volatile void *virt);

struct file {
	const void *data;
	size_t bytes;
};

void machine_init(void);
/* A file that the boot loader brought; stops the machine when it is absent. */
struct file file_get(const char *name);
/* The value of NAME=VALUE on the command line, or NULL; until a blank. */
const char *option(const char *name);
bool option_is(const char *name, const char *value);
void machine_stop(void) __attribute__((noreturn));

#endif
