// SPDX-License-Identifier: GPL-2.0-only
/* Other CPUs: coming, going, and steps that all CPUs take at once. */
#include "root.h"

#define START_TIMEOUT_TSC	(TSC_HZ / 2)
#define COMMAND_FIXED		0x4000u

extern char ap_blob[], ap_blob_end[];
extern uint64_t start_stack;
extern void (*start_entry)(void);

static struct {
	int (*step)(void *data);
	void *data;
	volatile uint64_t number;
	volatile unsigned int arrived, left;
} job;

unsigned int cpus_online(void)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < CPUS_MAX; n++)
		count += cpus[n].online;
	return count;
}

/* Interrupts off. Nobody begins before all are there, nor leaves before. */
static void job_run(struct cpu *cpu, unsigned int count)
{
	__atomic_fetch_add(&job.arrived, 1, __ATOMIC_SEQ_CST);
	while (job.arrived < count)
		pause();
	cpu->result = job.step(job.data);
	__atomic_fetch_add(&job.left, 1, __ATOMIC_SEQ_CST);
	while (job.left < count)
		pause();
}

static void wait_for_jobs(struct cpu *cpu)
{
	for (;;) {
		__asm__ volatile("cli" ::: "memory");
		if (cpu->job_seen != job.number) {
			cpu->job_seen = job.number;
			job_run(cpu, cpus_online());
		} else {
			/* No call is lost: STI holds interrupts back until HLT. */
			__asm__ volatile("sti\n\thlt" ::: "memory");
		}
	}
}

static unsigned int starting;

static void second_main(void)
{
	struct cpu *cpu = &cpus[starting];

	cpu_setup(cpu);
	cpu->job_seen = job.number;
	cpu->online = true;
	wait_for_jobs(cpu);
}

int cpu_online(unsigned int number)
{
	struct cpu *cpu = &cpus[number];
	uint64_t end;

	memcpy(direct(AP_START), ap_blob, (size_t)(ap_blob_end - ap_blob));
	cpu->number = number;
	start_stack = (uint64_t)cpu->stack + sizeof(cpu->stack);
	start_entry = second_main;
	starting = number;
	/* APIC ids count from 0 here. */
	apic_start_cpu(number, AP_START);
	end = rdtsc() + START_TIMEOUT_TSC;
	while (!cpu->online) {
		if (rdtsc() > end)
			return -ETIMEDOUT;
		/* QEMU lets the other CPU run, which may else take seconds. */
		pause();
	}
	return 0;
}

struct farewell {
	unsigned int number;
	void (*act)(void);
};

/* As Linux's play_dead(): nothing but INIT wakes it. */
static int sleep_step(void *data)
{
	const struct farewell farewell = *(struct farewell *)data;
	struct cpu *cpu = cpu_this();

	if (cpu->number != farewell.number)
		return 0;
	cpu->online = false;
	__atomic_fetch_add(&job.left, 1, __ATOMIC_SEQ_CST);
	if (farewell.act)
		farewell.act();
	for (;;)
		__asm__ volatile("cli\n\thlt" ::: "memory");
}

int cpu_offline(unsigned int number)
{
	return cpu_offline_after(number, NULL);
}

int cpu_offline_after(unsigned int number, void (*act)(void))
{
	struct farewell farewell = { number, act };

	return cpus_call(sleep_step, &farewell);
}

int cpus_call(int (*step)(void *data), void *data)
{
	unsigned int count = cpus_online();
	struct cpu *self = cpu_this();
	uint64_t flags = irq_save();
	int error = 0;

	job.step = step;
	job.data = data;
	job.arrived = 0;
	job.left = 0;
	self->job_seen = job.number + 1;
	__atomic_store_n(&job.number, job.number + 1, __ATOMIC_SEQ_CST);
	for (unsigned int n = 0; n < CPUS_MAX; n++)
		if (cpus[n].online && &cpus[n] != self)
			apic_command(cpus[n].apic_id, COMMAND_FIXED | VECTOR_CALL);
	job_run(self, count);
	for (unsigned int n = 0; n < CPUS_MAX; n++)
		if (cpus[n].online && cpus[n].result && !error)
			error = cpus[n].result;
	irq_restore(flags);
	return error;
}
