/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guests of this image: functions that make exits by calling what handles
 * them, on the CPU they run on.
 */
#ifndef IOMMU_GUEST_H
#define IOMMU_GUEST_H

#include "arch_types.h"

/* The first CPU runs the tests; others wait, do jobs, and answer events. */
void guest_run(struct per_cpu *cpu) __attribute__((noreturn));
/* A guest got an exception or an NMI it should not have. */
void guest_fault(unsigned int vector);
unsigned int guest_faults(void);

/* Where an exit would be taken: events, NMIs. */
void guest_turn(void);
/* So many milliseconds of the machine's time, with turns. */
void guest_wait_ms(uint64_t ms);

long guest_hypercall(uint32_t number, uint64_t arg1, uint64_t arg2);
/* The root's accesses to PCI configuration, by ports. 32 bits. */
uint32_t guest_pci_read(uint16_t bdf, unsigned int offset);
void guest_pci_write(uint16_t bdf, unsigned int offset, uint32_t value);
/* This CPU's read of 32 bits from memory that traps; false: refused. */
bool guest_load(uint64_t address, uint32_t *value);
/* This CPU's write of 1, 2 or 4 bytes to memory that traps; false: refused. */
bool guest_store(uint64_t address, uint8_t size, uint32_t value);

/* On another CPU; returns when it is done, false when it is not in time. */
bool guest_job(unsigned int cpu, void (*job)(void));

/* Whether this vector is requested of a CPU; it is not requested any more. */
bool guest_interrupted(unsigned int cpu, uint8_t vector);

/* trial.c: the tests. On the first CPU. */
void trial_run(void);

#endif
