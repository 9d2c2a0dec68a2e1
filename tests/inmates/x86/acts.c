/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One act that a guest should not, or rarely does, and what came of it.
 *
 *   act=rdmsr|wrmsr   a=MSR b=VALUE
 *   act=in|out        a=PORT b=BYTES (1, 2, 4)
 *   act=read|write|fetch   a=ADDRESS
 *   act=cr0|cr4       a=bits to set, b=bits to clear
 *   act=xcr0          a=VALUE
 *   act=icr           a=DESTINATION b=COMMAND
 *   act=vmx           a=N: the N-th instruction of VMX
 *   act=wbinvd|invd|hlt|spin|triple|storm
 *   act=strings       a=PORT
 *   act=load          a=KIND: 0 CPUID, 1 hypercalls, 2 APIC, 3 all
 *   act=cpuid         a=LEAF b=SUBLEAF
 *   act=hypercall     a=NUMBER b=ARGUMENT
 *
 * Prints "act: begins", and when it is not stopped, "act: trap V value X": the
 * vector of an exception, or 255, and what was read.
 */
#include "inmate.h"

#define NO_TRAP			255u
#define CR4_OSXSAVE		(1ull << 18)
#define MSR_APIC_LVT_TIMER	0x832
#define LVT_MASKED		0x10000

struct fixup {
	uint64_t instruction, target;
};

extern const struct fixup fixups_start[], fixups_end[];

/* When the instruction between 1: and 2: faults, go on behind it. */
#define PROBE(instruction)                                                    \
	"1:\t" instruction "\n2:\n\t"                                         \
	".pushsection .fixups, \"a\"\n\t.quad 1b, 2b\n\t.popsection"

static volatile uint64_t trapped = NO_TRAP;
static uint64_t a, b;

static bool handle_exception(struct exception_frame *frame)
{
	for (const struct fixup *f = fixups_start; f < fixups_end; f++) {
		if (f->instruction == frame->rip) {
			trapped = frame->vector;
			frame->rip = f->target;
			return true;
		}
	}
	return false;
}

static uint64_t act_rdmsr(void)
{
	uint32_t low = 0, high = 0;

	__asm__ volatile(PROBE("rdmsr")
			 : "+a"(low), "+d"(high) : "c"((uint32_t)a) : "memory");
	return low | (uint64_t)high << 32;
}

static uint64_t act_wrmsr(void)
{
	__asm__ volatile(PROBE("wrmsr")
			 :: "c"((uint32_t)a), "a"((uint32_t)b),
			    "d"((uint32_t)(b >> 32)) : "memory");
	return 0;
}

static uint64_t act_in(void)
{
	uint32_t value = 0;

	if (b == 1)
		__asm__ volatile(PROBE("inb %w1, %b0")
				 : "+a"(value) : "d"((uint16_t)a));
	else if (b == 2)
		__asm__ volatile(PROBE("inw %w1, %w0")
				 : "+a"(value) : "d"((uint16_t)a));
	else
		__asm__ volatile(PROBE("inl %w1, %k0")
				 : "+a"(value) : "d"((uint16_t)a));
	return value;
}

static uint64_t act_out(void)
{
	if (b == 1)
		__asm__ volatile(PROBE("outb %%al, %w0")
				 :: "d"((uint16_t)a), "a"(0));
	else if (b == 2)
		__asm__ volatile(PROBE("outw %%ax, %w0")
				 :: "d"((uint16_t)a), "a"(0));
	else
		__asm__ volatile(PROBE("outl %%eax, %w0")
				 :: "d"((uint16_t)a), "a"(0));
	return 0;
}

/* A string of bytes from a port: never to be emulated half-way. */
static uint64_t act_strings(void)
{
	static uint8_t buffer[16];
	uint8_t *to = buffer;
	uint64_t count = sizeof(buffer);

	__asm__ volatile(PROBE("rep insb")
			 : "+D"(to), "+c"(count) : "d"((uint16_t)a) : "memory");
	return count;
}

static uint64_t act_read(void)
{
	uint32_t value = 0;

	__asm__ volatile(PROBE("movl (%1), %0")
			 : "+r"(value) : "r"(a) : "memory");
	return value;
}

static uint64_t act_write(void)
{
	__asm__ volatile(PROBE("movl %0, (%1)")
			 :: "r"((uint32_t)b), "r"(a) : "memory");
	return 0;
}

static uint64_t act_fetch(void)
{
	((void (*)(void))a)();
	return 0;
}

static uint64_t act_cr0(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr0, %0" : "=r"(value));
	value |= a;
	value &= ~b;
	__asm__ volatile(PROBE("mov %0, %%cr0") :: "r"(value) : "memory");
	__asm__ volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

static uint64_t act_cr4(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	value |= a;
	value &= ~b;
	__asm__ volatile(PROBE("mov %0, %%cr4") :: "r"(value) : "memory");
	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

static uint64_t act_xcr0(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	__asm__ volatile("mov %0, %%cr4" :: "r"(value | CR4_OSXSAVE));
	__asm__ volatile(PROBE("xsetbv")
			 :: "c"(0), "a"((uint32_t)a), "d"((uint32_t)(a >> 32)));
	return 0;
}

static uint64_t act_icr(void)
{
	a = a << 32 | b;
	b = a;
	a = 0x830;
	return act_wrmsr();
}

static uint64_t act_vmx(void)
{
	static uint64_t operand[2];

	switch (a) {
	case 0:
		__asm__ volatile(PROBE("vmxon %0") :: "m"(operand[0]) : "cc");
		break;
	case 1:
		__asm__ volatile(PROBE("vmxoff") ::: "cc", "memory");
		break;
	case 2:
		__asm__ volatile(PROBE("vmclear %0") :: "m"(operand[0]) : "cc");
		break;
	case 3:
		__asm__ volatile(PROBE("vmptrld %0") :: "m"(operand[0]) : "cc");
		break;
	case 4:
		__asm__ volatile(PROBE("vmptrst %0")
				 : "+m"(operand[0]) :: "cc");
		break;
	case 5:
		__asm__ volatile(PROBE("vmlaunch") ::: "cc", "memory");
		break;
	case 6:
		__asm__ volatile(PROBE("vmresume") ::: "cc", "memory");
		break;
	case 7:
		__asm__ volatile(PROBE("vmread %0, %1")
				 :: "r"(0ull), "r"(0ull) : "cc", "memory");
		break;
	case 8:
		__asm__ volatile(PROBE("vmwrite %0, %1")
				 :: "r"(0ull), "r"(0ull) : "cc", "memory");
		break;
	case 9:
		__asm__ volatile(PROBE("invept %0, %1")
				 :: "m"(operand), "r"(1ull) : "cc", "memory");
		break;
	case 10:
		__asm__ volatile(PROBE("invvpid %0, %1")
				 :: "m"(operand), "r"(1ull) : "cc", "memory");
		break;
	case 11:
		__asm__ volatile(PROBE("vmfunc") :: "a"(0), "c"(0) : "memory");
		break;
	}
	return 0;
}

static uint64_t act_wbinvd(void)
{
	__asm__ volatile(PROBE("wbinvd") ::: "memory");
	return 0;
}

static uint64_t act_invd(void)
{
	static volatile uint64_t kept;

	kept = 4711;
	__asm__ volatile(PROBE("invd") ::: "memory");
	return kept;
}

static uint64_t act_cpuid(void)
{
	uint32_t eax = (uint32_t)a, ebx, ecx = (uint32_t)b, edx;

	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	inmate_printf("act: eax %u ebx %u ecx %u edx %u\n", eax, ebx, ecx, edx);
	return ecx;
}

static void act_quiet_cpuid(void)
{
	uint32_t eax = 0, ebx, ecx = 0, edx;

	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
}

/* No table of vectors: the fault, the double fault, the end. */
static uint64_t act_triple(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) none = { 0, 0 };

	__asm__ volatile("lidt %0\n\tud2" :: "m"(none));
	return 0;
}

static bool swallow(struct exception_frame *frame)
{
	(void)frame;
	return true;
}

/* Debug exceptions as fast as they can be made. */
static uint64_t act_storm(void)
{
	exception_hook = swallow;
	for (;;)
		__asm__ volatile(".byte 0xf1"); /* INT1 */
	return 0;
}

static uint64_t act_hypercall(void)
{
	return (uint64_t)inmate_hypercall(a, b, 0);
}

static uint64_t act_spin(void)
{
	for (;;)
		__asm__ volatile("cli\n\tpause");
	return 0;
}

/* Exits as fast as they can be made, of one kind or by turns. */
static uint64_t act_load(void)
{
	for (uint64_t n = 0;; n++) {
		uint64_t kind = a == 3 ? n % 3 : a;

		if (kind == 0)
			act_quiet_cpuid();
		else if (kind == 1)
			inmate_hypercall(WEIR_HC_QUERY, 0, 0);
		else
			inmate_wrmsr(MSR_APIC_LVT_TIMER, LVT_MASKED);
	}
	return 0;
}

static uint64_t act_hlt(void)
{
	__asm__ volatile("cli\n\thlt" ::: "memory");
	return 0;
}

static const struct {
	const char *name;
	uint64_t (*act)(void);
} acts[] = {
	{ "rdmsr", act_rdmsr },	  { "wrmsr", act_wrmsr },
	{ "in", act_in },	  { "out", act_out },
	{ "strings", act_strings }, { "read", act_read },
	{ "write", act_write },	  { "fetch", act_fetch },
	{ "cr0", act_cr0 },	  { "cr4", act_cr4 },
	{ "xcr0", act_xcr0 },	  { "icr", act_icr },
	{ "vmx", act_vmx },	  { "wbinvd", act_wbinvd },
	{ "invd", act_invd },	  { "cpuid", act_cpuid },
	{ "triple", act_triple }, { "storm", act_storm },
	{ "hypercall", act_hypercall }, { "hlt", act_hlt },
	{ "spin", act_spin },
	{ "load", act_load },
};

static bool same(const char *x, const char *y)
{
	while (*x && *x == *y) {
		x++;
		y++;
	}
	return *x == *y;
}

void inmate_main(void)
{
	uint64_t value;
	char name[16];

	cmdline_string("act", "", name, sizeof(name));
	a = cmdline_number("a", 0);
	b = cmdline_number("b", 0);
	exception_hook = handle_exception;
	for (size_t n = 0; n < sizeof(acts) / sizeof(*acts); n++) {
		if (!same(name, acts[n].name))
			continue;
		inmate_printf("act: begins\n");
		value = acts[n].act();
		inmate_printf("act: trap %lu value %lu\n", trapped, value);
		return;
	}
	inmate_printf("act: no act %s\n", name);
}
