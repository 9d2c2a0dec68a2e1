/* SPDX-License-Identifier: GPL-2.0-only */
/* The local interrupt controller as the hypervisor uses it. */
#include "apic.h"

#include "apic-internal.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "x86-regs.h"

#define CPUID_TSC_DEADLINE	BIT(24)	/* leaf 1, ECX */

#define ICR_BUSY		(1u << 12)
#define ICR_FIXED_COMMAND	0x4000u
#define ICR_NMI_COMMAND		0x4400u
#define SVR_RESET		0xffu
#define LVT_RESET		0x10000u
#define DFR_FLAT		0xffffffffu
#define VECTOR_WORDS		8u
#define ICR_PATIENCE_TURNS	100000u
#define MAX_LVT_SHIFT		16
/* Interrupts that may be in service, one in another. */
#define NESTING			256u

static struct {
	bool x2apic;
	volatile uint32_t *page;
} apic;

bool apic_is_x2apic(void)
{
	return apic.x2apic;
}

uint32_t apic_read(unsigned int reg)
{
	if (apic.x2apic)
		return (uint32_t)msr_read(MSR_X2APIC_BASE + reg / 16);
	return apic.page[reg / 4];
}

void apic_write(unsigned int reg, uint32_t value)
{
	if (apic.x2apic)
		msr_write(MSR_X2APIC_BASE + reg / 16, value);
	else
		apic.page[reg / 4] = value;
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

/* Bounded: a CPU that takes no interrupt at all is broken. */
static void icr_wait(void)
{
	for (unsigned int i = 0; i < ICR_PATIENCE_TURNS; i++) {
		if (!(apic_read(APIC_ICR) & ICR_BUSY))
			return;
		__builtin_ia32_pause();
	}
}

void apic_send(uint32_t apic_id, uint32_t command)
{
	/* Writing this MSR does not serialise (10.12.3). */
	__asm__ volatile("mfence\n\tlfence" : : : "memory");
	if (apic.x2apic) {
		msr_write(MSR_X2APIC_BASE + APIC_ICR / 16,
			  (uint64_t)apic_id << 32 | command);
		return;
	}
	icr_wait();
	apic_write(APIC_ICR_HIGH, apic_id << 24);
	apic_write(APIC_ICR, command);
}

void apic_send_nmi(uint32_t apic_id)
{
	apic_send(apic_id, ICR_NMI_COMMAND);
}

void apic_send_self(const struct per_cpu *cpu, uint8_t vector)
{
	apic_send(cpu->arch.apic_id, ICR_FIXED_COMMAND | vector);
}

int apic_init(void)
{
	uint64_t base = msr_read(MSR_APIC_BASE);

	if (!(base & APIC_BASE_ENABLED) ||
	    (base & APIC_BASE_ADDRESS) != APIC_PAGE) {
		printk("the local APIC is off or not at 0x%llx\n", APIC_PAGE);
		return -ENODEV;
	}
	apic.x2apic = base & APIC_BASE_X2APIC;
	if (apic.x2apic)
		return 0;
	apic.page = hv_map(hpa(APIC_PAGE), PAGE_BYTES,
			   MAP_READ | MAP_WRITE | MAP_DEVICE);
	return apic.page ? 0 : -ENOMEM;
}

int apic_cpu_init(struct per_cpu *cpu)
{
	uint64_t base = msr_read(MSR_APIC_BASE);

	if (!(base & APIC_BASE_ENABLED) ||
	    !!(base & APIC_BASE_X2APIC) != apic.x2apic) {
		printk("CPU %u: its APIC is not of the others' kind\n",
		       cpu->id);
		return -EIO;
	}
	cpu->arch.apic_id = apic_read(APIC_ID);
	if (!apic.x2apic) {
		cpu->arch.apic_id >>= 24;
		cpu->arch.apic_ldr = apic_read(APIC_LDR);
		cpu->arch.icr_high = apic_read(APIC_ICR_HIGH);
	}
	return 0;
}

static bool any_set(unsigned int reg)
{
	uint32_t bits = 0;

	for (unsigned int i = 0; i < VECTOR_WORDS; i++)
		bits |= apic_read(reg + i * 16);
	return bits;
}

static void mask_local_vectors(void)
{
	unsigned int last = apic_read(APIC_VERSION) >> MAX_LVT_SHIFT & 0xff;
	static const uint16_t by_index[] = {
		APIC_LVT_TIMER, APIC_LVT_LINT0, APIC_LVT_LINT1,
		APIC_LVT_ERROR, APIC_LVT_PERF, APIC_LVT_THERMAL,
		APIC_LVT_CMCI,
	};

	for (unsigned int i = 0; i < ARRAY_COUNT(by_index) && i <= last; i++)
		apic_write(by_index[i], LVT_RESET);
}

/*
 * What is requested is taken at the hypervisor's level, where it goes no
 * further: nothing else empties the request register.
 */
static void drain(void)
{
	apic_write(APIC_SVR, SVR_RESET | 0x100);
	apic_write(APIC_TPR, 0);
	for (unsigned int i = 0; i < NESTING && any_set(APIC_ISR); i++)
		apic_eoi();
	for (unsigned int i = 0; i < NESTING && any_set(APIC_IRR); i++)
		__asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
	for (unsigned int i = 0; i < NESTING && any_set(APIC_ISR); i++)
		apic_eoi();
}

void apic_reset(struct per_cpu *cpu)
{
	mask_local_vectors();
	apic_write(APIC_TIMER_INITIAL, 0);
	if (cpuid_query(1, 0).ecx & CPUID_TSC_DEADLINE)
		msr_write(MSR_TSC_DEADLINE, 0);
	drain();
	apic_write(APIC_TIMER_DIVIDE, 0);
	if (!apic.x2apic) {
		apic_write(APIC_LDR, 0);
		apic_write(APIC_DFR, DFR_FLAT);
	}
	cpu->arch.apic_ldr = 0;
	cpu->arch.icr_high = 0;
	apic_write(APIC_ESR, 0);
	apic_write(APIC_SVR, SVR_RESET);
}
