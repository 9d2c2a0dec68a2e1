// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three CPUs: a victim that chases pointers beside two hogs, kept in step by
 * the pace the model asks for.
 */
#include "bare.h"

#define LINE		64ull
#define HOG_BYTES	(8 * MIB)
#define CHUNK_LINES	64ull
#define HOGS		2u
#define JOBS		5u

enum hog_mode { HOG_IDLE, HOG_READ, HOG_WRITE };

static volatile uint64_t hog_mode;

/* Waits, uncharged, while this CPU leads the slowest by the slack. */
static void pace(unsigned int cpu)
{
	volatile struct memsys_cpu *own = &PAGE->cpu[cpu];

	cpu_yield();
	if (own->cycles <= own->limit_cycles)
		return;
	control(cpu, MEMSYS_CPU_UNCHARGED, 0, 0);
	while (own->cycles > own->limit_cycles)
		cpu_yield();
	control(cpu, 0, 0, 0);
}

static void hog_read(volatile const uint64_t *word)
{
	for (uint64_t n = 0; n < CHUNK_LINES * LINE / 8; n += LINE / 8)
		(void)word[n];
}

static void hog_write(volatile uint64_t *word)
{
	for (uint64_t n = 0; n < CHUNK_LINES * LINE / 8; n += LINE / 8)
		word[n] = n;
}

void contention_secondary(unsigned int cpu)
{
	uint64_t buffer = BUFFER + cpu * HOG_BYTES;
	uint64_t offset = 0;

	for (;;) {
		if (hog_mode == HOG_IDLE) {
			/* Held for ever: nobody waits for this CPU. */
			control(cpu, MEMSYS_CPU_HELD, UINT64_MAX, 0);
			while (hog_mode == HOG_IDLE)
				cpu_yield();
			control(cpu, 0, 0, 0);
		}
		if (hog_mode == HOG_WRITE)
			hog_write((volatile uint64_t *)(buffer + offset));
		else
			hog_read((volatile const uint64_t *)(buffer + offset));
		offset = (offset + CHUNK_LINES * LINE) % HOG_BYTES;
		pace(cpu);
	}
}

/* Sattolo's shuffle with a fixed generator: one cycle through all lines. */
void chain_create(uint64_t buffer, uint64_t bytes)
{
	uint64_t count = bytes / LINE;
	uint64_t seed = 1;

	for (uint64_t n = 0; n < count; n++)
		*(uint64_t *)(buffer + n * LINE) = buffer + n * LINE;
	for (uint64_t n = count - 1; n > 0; n--) {
		uint64_t *one = (uint64_t *)(buffer + n * LINE);
		uint64_t *other, saved;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		other = (uint64_t *)(buffer + (seed >> 33) % n * LINE);
		saved = *one;
		*one = *other;
		*other = saved;
	}
}

/* Cycles of the last of several jobs, each one tour of the chain. */
static uint64_t victim_run(uint64_t bytes)
{
	uint64_t *next = (uint64_t *)BUFFER;
	uint64_t cycles = 0;

	for (unsigned int job = 0; job < JOBS; job++) {
		uint64_t start = PAGE->cpu[0].cycles;

		for (uint64_t n = 0; n < bytes / LINE; n++) {
			next = *(uint64_t *volatile *)next;
			if (n % 32 == 31)
				pace(0);
		}
		cycles = PAGE->cpu[0].cycles - start;
	}
	return cycles;
}

/* Until the hogs have replaced what the caches held. */
static void rest(void)
{
	uint64_t until;

	/* Without a busy CPU time would jump at once. */
	for (unsigned int cpu = 1; hog_mode && cpu <= HOGS; cpu++)
		while (PAGE->cpu[cpu].state != MEMSYS_CPU_STATE_BUSY)
			cpu_yield();
	until = PAGE->now_cycles + 2000000;
	control(0, MEMSYS_CPU_HELD, until, 0);
	while (PAGE->cpu[0].cycles < until)
		cpu_yield();
	control(0, 0, 0, 0);
}

static uint64_t report(const char *name, uint64_t bytes, uint64_t mode,
		       uint64_t alone)
{
	uint64_t cycles;

	hog_mode = mode;
	rest();
	cycles = victim_run(bytes);
	print(name);
	print(": cycles per step ");
	print_number(cycles * 100 / (bytes / LINE));
	print("e-2, slowdown ");
	print_number(alone ? cycles * 100 / alone : 100);
	print("e-2, queue delay ");
	print_number(PAGE->queue_delay_cycles_q8);
	print("/256\n");
	hog_mode = HOG_IDLE;
	return cycles;
}

static void run_victim(const char *const names[3], uint64_t bytes,
		       uint64_t least_percent)
{
	uint64_t alone, cycles;

	chain_create(BUFFER, bytes);
	alone = report(names[0], bytes, HOG_IDLE, 0);
	report(names[1], bytes, HOG_READ, alone);
	cycles = report(names[2], bytes, HOG_WRITE, alone);
	check_within(names[2], cycles * 100 / alone, least_percent, 10000);
}

void contention_main(void)
{
	static const char *const llc[] = {
		"256 KiB alone", "256 KiB and read hogs", "256 KiB and write hogs"
	};
	static const char *const dram[] = {
		"2 MiB alone", "2 MiB and read hogs", "2 MiB and write hogs"
	};

	model_start();
	for (uint64_t cpu = 1; cpu <= HOGS; cpu++)
		check("CPU_ON", psci_cpu_on(cpu), 0);
	run_victim(llc, MIB / 4, 500);
	run_victim(dram, 2 * MIB, 125);
}
