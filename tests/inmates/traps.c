/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A guest that does one thing a guest should not, or may rarely do, as
 * `mode=` on its command line says. It prints "traps: ..." before, and when it
 * got past it, after.
 */
#include "inmate.h"

#define FOREIGN_ADDRESS		0x50000000ull	/* the root cell's memory */
#define HOLE_ADDRESS		0x04000000ull	/* nobody's */

#define GICD_TYPER		0x4u
#define GICD_ISENABLER		0x100u
#define GICD_IPRIORITYR		0x400u
#define GICR_FRAME_BYTES	0x20000u
#define GICR_SGI_FRAME		0x10000u
#define PRIORITY		0xa0u

#define PSCI_CPU_OFF		0x84000002u
#define PSCI_SYSTEM_OFF		0x84000008u
#define PSCI_SYSTEM_RESET	0x84000009u

struct mode {
	const char *name;
	void (*run)(void);
};

static volatile uint32_t *gicd(uint32_t offset)
{
	return (volatile uint32_t *)(comm_region()->gicd_base + offset);
}

static void foreign_read(void)
{
	(void)*(volatile uint32_t *)FOREIGN_ADDRESS;
}

static void foreign_write(void)
{
	*(volatile uint32_t *)FOREIGN_ADDRESS = 1;
}

static void foreign_fetch(void)
{
	((void (*)(void))HOLE_ADDRESS)();
}

/* The guest's own tables lie where it may not read. */
static void foreign_tables(void)
{
	__asm__ volatile("msr ttbr0_el1, %0\n\t"
			 "isb\n\t"
			 "tlbi vmalle1\n\t"
			 "dsb nsh\n\t"
			 "isb" : : "r"(FOREIGN_ADDRESS) : "memory");
}

static void read_only_write(void)
{
	*(volatile uint32_t *)INMATE_MEMSYS_PAGE = 1;
}

static void narrow_access(void)
{
	(void)*(volatile uint16_t *)gicd(GICD_TYPER);
}

/* Two registers at once: the syndrome does not say which. */
static void pair_access(void)
{
	uint32_t a, b;

	__asm__ volatile("ldp %w0, %w1, [%2]"
			 : "=r"(a), "=r"(b) : "r"(gicd(0)));
}

static void unknown_hvc(void)
{
	__asm__ volatile("hvc #1");
}

static void set_way(void)
{
	__asm__ volatile("dc isw, %0\n\t"
			 "dc csw, %0\n\t"
			 "dc cisw, %0\n\t"
			 "dsb sy" : : "r"(0ull) : "memory");
}

/* Everything that could hurt the hypervisor's counters. */
static void pmu_assault(void)
{
	uint64_t pmcr;

	__asm__ volatile("mrs %0, pmcr_el0" : "=r"(pmcr));
	for (uint64_t n = 0; n < 31; n++)
		__asm__ volatile("msr pmselr_el0, %0\n\t"
				 "isb\n\t"
				 "msr pmxevtyper_el0, xzr\n\t"
				 "msr pmxevcntr_el0, xzr" : : "r"(n));
	__asm__ volatile("msr pmevcntr5_el0, xzr\n\t"
			 "msr pmcntenclr_el0, %0\n\t"
			 "msr pmintenclr_el1, %0\n\t"
			 "msr pmovsclr_el0, %0\n\t"
			 "msr pmcr_el0, %1\n\t"
			 "isb" : : "r"(0xffffffffull), "r"(6ull));
	inmate_printf("traps: %llu event counters\n",
		      (unsigned long long)(pmcr >> 11 & 0x1f));
}

static void unknown_smc(void)
{
	static const uint32_t calls[] = {
		0, 0x84000005, 0xc4000012, 0x82000000, 0xc3000001, 0xbf00ff01,
		0x80000002, 0xffffffff,
	};

	for (size_t n = 0; n < sizeof(calls) / sizeof(*calls); n++) {
		long result = inmate_psci(calls[n], ~0ull, ~0ull, ~0ull);

		if (result != -1)
			inmate_printf("traps: call %x answered %ld\n", calls[n],
				      result);
	}
}

static volatile uint8_t *timer_priority(void)
{
	const struct comm_region_arm *comm = comm_region();
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	if (comm->gic_version == 2)
		return (volatile uint8_t *)(comm->gicd_base + GICD_IPRIORITYR +
					    IRQ_TIMER);
	return (volatile uint8_t *)(comm->gicr_base +
				    (mpidr & 0xff) * GICR_FRAME_BYTES +
				    GICR_SGI_FRAME + GICD_IPRIORITYR +
				    IRQ_TIMER);
}

/* Loads that extend, and the zero register in both directions. */
static void access_forms(void)
{
	volatile uint8_t *at = timer_priority();
	uint64_t zero_extended, to_64, to_32;

	*at = PRIORITY;
	__asm__ volatile("ldrb %w0, [%3]\n\t"
			 "ldrsb %1, [%3]\n\t"
			 "ldrsb %w2, [%3]\n\t"
			 "ldrb wzr, [%3]"
			 : "=&r"(zero_extended), "=&r"(to_64), "=&r"(to_32)
			 : "r"(at));
	__asm__ volatile("str wzr, [%0]" : : "r"(gicd(GICD_ISENABLER)));
	inmate_printf("traps: loaded %llx %llx %llx\n",
		      (unsigned long long)zero_extended,
		      (unsigned long long)to_64, (unsigned long long)to_32);
	__asm__ volatile("strb wzr, [%1]\n\t"
			 "ldrb %w0, [%1]" : "=r"(zero_extended) : "r"(at));
	inmate_printf("traps: then %llx\n", (unsigned long long)zero_extended);
}

static void spin(void)
{
	__asm__ volatile("msr daifset, #15\n1:\tb 1b");
}

static void power_off(void)
{
	inmate_psci(PSCI_SYSTEM_OFF, 0, 0, 0);
}

static void power_reset(void)
{
	inmate_psci(PSCI_SYSTEM_RESET, 0, 0, 0);
}

static void cpu_off(void)
{
	inmate_psci(PSCI_CPU_OFF, 0, 0, 0);
}

static const struct mode modes[] = {
	{ "read", foreign_read },
	{ "write", foreign_write },
	{ "fetch", foreign_fetch },
	{ "tables", foreign_tables },
	{ "rom", read_only_write },
	{ "narrow", narrow_access },
	{ "pair", pair_access },
	{ "hvc", unknown_hvc },
	{ "setway", set_way },
	{ "pmu", pmu_assault },
	{ "smc", unknown_smc },
	{ "forms", access_forms },
	{ "spin", spin },
	{ "halt", inmate_halt },
	{ "off", power_off },
	{ "reset", power_reset },
	{ "cpuoff", cpu_off },
};

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

void inmate_main(void)
{
	char name[16];

	cmdline_string("mode", "", name, sizeof(name));
	for (size_t n = 0; n < sizeof(modes) / sizeof(*modes); n++) {
		if (!same(name, modes[n].name))
			continue;
		inmate_printf("traps: %s\n", name);
		modes[n].run();
		inmate_printf("traps: past %s\n", name);
		return;
	}
	inmate_printf("traps: no mode '%s'\n", name);
	comm_set_state(CELL_FAILED);
	inmate_halt();
}
