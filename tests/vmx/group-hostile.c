// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest on the second CPU does one thing a life, and either is stopped for
 * the reason that belongs to it, or goes on, having met an exception or not.
 * Whatever it does, the root goes on and the next life begins.
 */
#include "groups.h"
#include "weir.h"

#define PATIENCE_MS		1000
#define LIVES_ON		0xffu	/* in act.reason: not stopped */
#define TRAP_NONE		255u
#define TRAP_UD			6u
#define TRAP_GP			13u
#define VALUE_ANY		~0ull
#define WORDS_BYTES		96
#define VECTOR_NMI		2
#define MSR_APIC_COMMAND	0x830

struct act {
	const char *what;
	const char *name;	/* of the act, tests/inmates/x86/acts.c */
	uint64_t a, b;
	uint32_t reason;	/* enum park_reason, or LIVES_ON */
	uint32_t trap;		/* met, when it lives on */
	uint64_t value;		/* seen, when it lives on */
};

#define STOPPED(what, name, a, b, reason)                                     \
	{ what, name, a, b, reason, 0, 0 }
#define MEETS(what, name, a, b, trap)                                         \
	{ what, name, a, b, LIVES_ON, trap, VALUE_ANY }
#define SEES(what, name, a, b, value)                                         \
	{ what, name, a, b, LIVES_ON, TRAP_NONE, value }

static const struct act acts[] = {
	/* MSRs that are the machine's, not the cell's */
	STOPPED("moves its APIC", "wrmsr", 0x1b, 0xfed00900, PARK_SYSTEM_REGISTER),
	MEETS("locks VMX its way", "wrmsr", 0x3a, 5, TRAP_GP),
	STOPPED("loads microcode", "wrmsr", 0x79, 0x1000, PARK_SYSTEM_REGISTER),
	STOPPED("reads a VMX capability", "rdmsr", 0x480, 0, PARK_SYSTEM_REGISTER),
	STOPPED("sets the SMM monitor", "wrmsr", 0x9b, 1, PARK_SYSTEM_REGISTER),
	STOPPED("slows its clock", "wrmsr", 0x19a, 0x12, PARK_SYSTEM_REGISTER),
	STOPPED("changes features", "wrmsr", 0x1a0, 0, PARK_SYSTEM_REGISTER),
	STOPPED("turns prefetchers off", "wrmsr", 0x1a4, 15, PARK_SYSTEM_REGISTER),
	STOPPED("moves the time stamp", "wrmsr", 0x10, 0, PARK_SYSTEM_REGISTER),
	STOPPED("adjusts the time stamp", "wrmsr", 0x3b, 1, PARK_SYSTEM_REGISTER),
	STOPPED("takes another cache class", "wrmsr", 0xc8f, 1ull << 32,
		PARK_SYSTEM_REGISTER),
	STOPPED("reads its cache class", "rdmsr", 0xc8f, 0, PARK_SYSTEM_REGISTER),
	STOPPED("widens a cache mask", "wrmsr", 0xc90, 0xffff, PARK_SYSTEM_REGISTER),
	STOPPED("opens a bandwidth throttle", "wrmsr", 0xd50, 0, PARK_SYSTEM_REGISTER),
	STOPPED("sets a power limit", "wrmsr", 0x610, 0, PARK_SYSTEM_REGISTER),
	STOPPED("writes an MSR that is not", "wrmsr", 0x40000fff, 0,
		PARK_SYSTEM_REGISTER),
	STOPPED("reads an MSR that is not", "rdmsr", 0x12345678, 0,
		PARK_SYSTEM_REGISTER),
	MEETS("reads its own EFER", "rdmsr", 0xc0000080, 0, TRAP_NONE),
	MEETS("sets a reserved bit of MTRR_DEF_TYPE", "wrmsr", 0x2ff, 1ull << 20,
	      TRAP_GP),
	/* ports */
	STOPPED("resets the machine, port 0xcf9", "out", 0xcf9, 1, PARK_IO_PORT),
	STOPPED("resets the machine, port 0x64", "out", 0x64, 1, PARK_IO_PORT),
	STOPPED("looks at PCI", "out", 0xcf8, 4, PARK_IO_PORT),
	STOPPED("reads PCI", "in", 0xcfc, 4, PARK_IO_PORT),
	STOPPED("writes to the root's UART", "out", 0x3f8, 1, PARK_IO_PORT),
	STOPPED("masks the PIC", "out", 0x21, 1, PARK_IO_PORT),
	STOPPED("reads the RTC", "in", 0x71, 1, PARK_IO_PORT),
	STOPPED("switches the machine off", "out", 0x8900, 1, PARK_IO_PORT),
	STOPPED("reads the last port, across the end", "in", 0xffff, 4,
		PARK_IO_PORT),
	STOPPED("reads a string of a port", "strings", 0x1f0, 0, PARK_IO_PORT),
	/* control registers */
	MEETS("enables VMX", "cr4", 1 << 13, 0, TRAP_GP),
	MEETS("sets a reserved bit of CR4", "cr4", 1ull << 30, 0, TRAP_GP),
	MEETS("sets a reserved bit of CR0", "cr0", 1ull << 40, 0, TRAP_GP),
	MEETS("clears PG in long mode", "cr0", 0, 1ull << 31, TRAP_GP),
	MEETS("sets NW without CD", "cr0", 1ull << 29, 0, TRAP_GP),
	MEETS("turns its caches off", "cr0", 1ull << 30, 0, TRAP_NONE),
	MEETS("clears NE", "cr0", 0, 1 << 5, TRAP_NONE),
	MEETS("sets XCR0 without x87", "xcr0", 2, 0, TRAP_GP),
	MEETS("sets XCR0 to AVX without SSE", "xcr0", 5, 0, TRAP_GP),
	MEETS("sets a reserved bit of XCR0", "xcr0", 1ull << 62 | 1, 0, TRAP_GP),
	/* messages of the local APIC */
	STOPPED("sends the root an interrupt", "icr", 0, 0x4030, PARK_SYSTEM_REGISTER),
	STOPPED("sends the root an NMI", "icr", 0, 0x4400, PARK_SYSTEM_REGISTER),
	STOPPED("sends the root INIT", "icr", 0, 0x4500, PARK_SYSTEM_REGISTER),
	STOPPED("sends the root a start-up", "icr", 0, 0x4608, PARK_SYSTEM_REGISTER),
	STOPPED("sends an SMI", "icr", 1, 0x4200, PARK_SYSTEM_REGISTER),
	STOPPED("sends nobody an interrupt", "icr", 0x55, 0x4030,
		PARK_SYSTEM_REGISTER),
	STOPPED("sends a vector below 16", "icr", 1, 0x4003, PARK_SYSTEM_REGISTER),
	STOPPED("reaches the root as one of many", "icr", 3, 0x4830,
		PARK_SYSTEM_REGISTER),
	MEETS("sends all but itself INIT", "icr", 0, 0xc4500, TRAP_NONE),
	MEETS("sends everybody an interrupt, masked", "icr", 0, 0x84030, TRAP_NONE),
	STOPPED("has its timer send SMIs", "wrmsr", 0x832, 0x200, PARK_SYSTEM_REGISTER),
	STOPPED("has LINT0 send INIT", "wrmsr", 0x835, 0x500, PARK_SYSTEM_REGISTER),
	STOPPED("has heat call the firmware", "wrmsr", 0x833, 0x10200,
		PARK_SYSTEM_REGISTER),
	/* memory */
	STOPPED("reads beyond its RAM", "read", 0x800000, 0, PARK_MEMORY_ACCESS),
	STOPPED("writes beyond its RAM", "write", 0x800000, 1, PARK_MEMORY_ACCESS),
	STOPPED("executes beyond its RAM", "fetch", 0x800000, 0, PARK_GUEST_ABORT),
	STOPPED("reads the hypervisor", "read", 0x18000000, 0, PARK_MEMORY_ACCESS),
	STOPPED("writes the hypervisor", "write", 0x18000000, 0, PARK_MEMORY_ACCESS),
	STOPPED("reads its RAM where the machine has it", "read", 0x1a400000, 0,
		PARK_MEMORY_ACCESS),
	STOPPED("executes its communication region", "fetch", 0x100000, 0,
		PARK_GUEST_ABORT),
	STOPPED("reads behind its communication region", "read", 0x101000, 0,
		PARK_MEMORY_ACCESS),
	STOPPED("writes to the IOAPIC", "write", 0xfec00000, 0x10,
		PARK_MEMORY_ACCESS),
	STOPPED("writes to the HPET", "write", 0xfed00010, 0, PARK_MEMORY_ACCESS),
	MEETS("writes to RAM from 2 MiB on", "write", 0x300000, 4711, TRAP_NONE),
	/* instructions */
	MEETS("executes VMXON", "vmx", 0, 0, TRAP_UD),
	MEETS("executes VMXOFF", "vmx", 1, 0, TRAP_UD),
	MEETS("executes VMCLEAR", "vmx", 2, 0, TRAP_UD),
	MEETS("executes VMPTRLD", "vmx", 3, 0, TRAP_UD),
	MEETS("executes VMPTRST", "vmx", 4, 0, TRAP_UD),
	MEETS("executes VMLAUNCH", "vmx", 5, 0, TRAP_UD),
	MEETS("executes VMRESUME", "vmx", 6, 0, TRAP_UD),
	MEETS("executes VMREAD", "vmx", 7, 0, TRAP_UD),
	MEETS("executes VMWRITE", "vmx", 8, 0, TRAP_UD),
	MEETS("executes INVEPT", "vmx", 9, 0, TRAP_UD),
	MEETS("executes INVVPID", "vmx", 10, 0, TRAP_UD),
	MEETS("executes VMFUNC", "vmx", 11, 0, TRAP_UD),
	MEETS("empties all caches", "wbinvd", 0, 0, TRAP_NONE),
	SEES("drops all caches", "invd", 0, 0, 4711),
	STOPPED("faults three times over", "triple", 0, 0, PARK_TRIPLE_FAULT),
	STOPPED("makes nothing but debug exceptions", "storm", 0, 0,
		PARK_EXCEPTION_STORM),
	/* hypercalls of the root: the answer is an errno, as 64 bits */
	SEES("disables the hypervisor", "hypercall", HC_DISABLE, 0,
	     (uint64_t)-EPERM),
	SEES("creates a cell", "hypercall", HC_CELL_CREATE, 0x2000,
	     (uint64_t)-EPERM),
	SEES("destroys itself", "hypercall", HC_CELL_DESTROY, 2, (uint64_t)-EPERM),
	SEES("calls what is not", "hypercall", 99, 0, (uint64_t)-ENOSYS),
};

/* What the root may not see of all this. */
static uint64_t root_interrupts;
static struct cell_report report;
static char words[WORDS_BYTES];

static struct cell_files guest = {
	.config = "bochs-hostile.cell", .image = "acts.bin", .words = words,
};

static bool same(const char *x, const char *y)
{
	return !strncmp(x, y, WORDS_BYTES);
}

static bool stopped(void)
{
	return hypercall(HC_CPU_GET_INFO, 1, CPU_INFO_STATE) ==
	       CPU_STATE_FAILED;
}

static bool life_over(void *data)
{
	(void)data;
	return stopped() || ring_wait("act: trap ", 0) ||
	       ring_wait("exception: ", 0) || ring_wait("act: no act", 0);
}

/* Exceptions apart, which the root has by itself when it probes. */
static uint64_t interrupts_of_root(void)
{
	uint64_t count = cpus[0].interrupts[VECTOR_NMI];

	for (unsigned int n = 32; n < 256; n++)
		count += cpus[0].interrupts[n];
	return count;
}

/* What the report says it was: an address, a port, or an MSR. */
static void expect_place(const struct act *act)
{
	switch (act->reason) {
	case PARK_SYSTEM_REGISTER:
		expect_equal(report.syndrome, same(act->name, "icr") ?
					      MSR_APIC_COMMAND : act->a);
		break;
	case PARK_IO_PORT:
	case PARK_MEMORY_ACCESS:
	case PARK_GUEST_ABORT:
		expect_equal(report.address, act->a);
		break;
	}
}

static void report_get(void)
{
	report = (struct cell_report){
		.size = sizeof(report), .cell_id = cell_id(&guest),
	};
	expect_equal(hypercall(WEIR_HC_CELL_REPORT, virt_to_phys(&report), 0),
		     0);
}

static bool run_life(const struct act *act, bool first)
{
	int error;

	hv_snprintf(words, sizeof(words), "act=%s a=%lu b=%lu", act->name,
		    act->a, act->b);
	ring_forget();
	error = first ? cell_begin(&guest) : cell_restart(&guest);
	if (!expect_equal(error, 0)) {
		print("the hypervisor says: %s\n", refusal());
		return false;
	}
	return expect(wait_until(life_over, NULL, PATIENCE_MS));
}

static void test_act(const struct act *act, bool first)
{
	static char name[128];

	hv_snprintf(name, sizeof(name), "a guest %s", act->what);
	root_interrupts = interrupts_of_root();
	test_begin(name);
	if (run_life(act, first)) {
		report_get();
		if (act->reason != LIVES_ON) {
			expect(stopped());
			expect_equal(report.reason, act->reason);
			expect_equal(report.failed_cpu, 1);
			expect(report.text[0]);
			expect_place(act);
		} else {
			expect(!stopped());
			expect_equal(ring_number("act: trap "), act->trap);
			if (act->value != VALUE_ANY)
				expect_equal(ring_number("value "), act->value);
		}
	}
	expect_equal(interrupts_of_root(), root_interrupts);
	if (test_failing())
		ring_show();
	test_end();
}

void group_hostile(void)
{
	if (!weir_begin())
		return;
	for (size_t n = 0; n < ARRAY_COUNT(acts); n++)
		test_act(&acts[n], n == 0);
	test_begin("after all that the cell goes and the hypervisor leaves");
	expect_equal(cell_end(&guest), 0);
	expect_equal(weir_disable(), 0);
	test_end();
}
