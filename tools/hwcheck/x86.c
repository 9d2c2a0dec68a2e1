// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86: VMX, interrupt controller, clock, IOMMU. Leaves and MSRs are those of
 * the Intel SDM, volume 2A (CPUID) and 3D, appendix A; the DMAR table is that
 * of the VT-d specification, 8.1.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#include "hypervisor/arch/x86/include/vmx-caps.h"
#include "hypervisor/arch/x86/include/x86-regs.h"

#define FEATURES		1u
#define FEATURES_ECX_VMX	(1u << 5)
#define FEATURES_ECX_X2APIC	(1u << 21)
#define FEATURES_ECX_DEADLINE	(1u << 24)
#define FEATURES_EDX_APIC	(1u << 9)
#define POWER			0x80000007u
#define POWER_EDX_TSC		(1u << 8)

#define BASIC_TRUE_CONTROLS	(1ull << 55)
#define EPT_BLOCK_1G		(1ull << 17)

#define DMAR_FLAGS		37
#define DMAR_REMAPS_INTERRUPTS	0x01u

#define WORDS_BYTES		4096

static const struct hw_subject vmx = {
	"virtualization", "vmx", "the hypervisor runs in VMX root mode",
	"take an Intel CPU with VT-x", true,
}, permitted = {
	"virtualization", "vmx-permitted", "firmware may keep VMX off",
	"enable VT-x in the firmware's setup", true,
}, controls = {
	"virtualization", "vmx-controls", "all that Weir asks of VMX, as it will itself",
	"load the module msr and run this as root to know; what VMX lacks needs another CPU",
	true,
};

static const struct hw_subject apic = {
	"interrupts", "apic", "the local interrupt controller", "switch it on in the firmware",
	true,
}, x2apic = {
	"interrupts", "x2apic", "the root cell reaches its APIC without exits",
	"none is needed: Weir works with the older mode", false,
}, deadline = {
	"interrupts", "tsc-deadline", "guests' timers without a rate in the configuration",
	"give apic_khz in the system configuration", false,
}, tsc = {
	"interrupts", "invariant-tsc", "a clock that frequency changes leave alone",
	"fix the CPUs' frequency", false,
};

static const struct hw_subject dma = {
	"iommu", "dma-remapping", "devices of a cell reach that cell's memory only",
	"enable VT-d in the firmware's setup; without it a cell's devices must be trusted",
	false,
}, interrupts = {
	"iommu", "interrupt-remapping", "devices of a cell interrupt that cell only",
	"enable VT-d and x2APIC in the firmware's setup", false,
}, groups = {
	"iommu", "groups", "which devices can be given to a cell apart",
	"boot with intel_iommu=on to see them; Weir does not need Linux to use the IOMMU",
	false,
};

/* One feature: its bit in an MSR, and what Linux calls it. */
struct feature {
	struct hw_subject subject;
	const char *word;
	uint64_t vmx_caps_member;	/* offset in struct vmx_caps */
	uint64_t bit;			/* of the upper half, or of all */
	bool is_upper;
};

#define MEMBER(name)	offsetof(struct vmx_caps, name)

static const struct feature features[] = {
	{ { "virtualization", "ept", "second-stage page tables",
	    "take a CPU with EPT", true },
	  "ept", MEMBER(cpu2), CPU2_EPT, true },
	{ { "virtualization", "vpid", "exits that keep the TLB",
	    "take a CPU with VPID", true },
	  "vpid", MEMBER(cpu2), CPU2_VPID, true },
	{ { "virtualization", "unrestricted-guest", "cells that begin in real mode",
	    "take a CPU with unrestricted guests", true },
	  "unrestricted_guest", MEMBER(cpu2), CPU2_UNRESTRICTED, true },
	{ { "virtualization", "preemption-timer", "the tick of regulators",
	    "take a CPU with the VMX-preemption timer", true },
	  "preemption_timer", MEMBER(pin), PIN_TIMER, true },
	{ { "virtualization", "virtual-nmis", "NMIs of guests beside Weir's own",
	    "take a CPU with virtual NMIs", true },
	  "vnmi", MEMBER(pin), PIN_VIRTUAL_NMIS, true },
	{ { "virtualization", "ept-1g", "fewer entries for large memory",
	    "none is needed: blocks of 2 MiB do", false },
	  "ept_1gb", MEMBER(ept_vpid), EPT_BLOCK_1G, false },
	{ { "virtualization", "apic-access", "a fast APIC page for the root cell",
	    "none is needed: boot with x2APIC", false },
	  "flexpriority", MEMBER(cpu2), CPU2_APIC_ACCESS, true },
};

/* As the hypervisor reads them; false where they cannot be read. */
static bool caps_read(const struct hw_machine *machine, struct vmx_caps *caps)
{
	bool has_true;

	if (!hw_msr(machine, MSR_VMX_BASIC, &caps->basic) || !caps->basic)
		return false;
	has_true = caps->basic & BASIC_TRUE_CONTROLS;
	/* Those that do not exist read as absent. */
	hw_msr(machine, MSR_VMX_PROCBASED2, &caps->cpu2);
	hw_msr(machine, MSR_VMX_EPT_VPID, &caps->ept_vpid);
	return hw_msr(machine, has_true ? MSR_VMX_TRUE_PINBASED :
					  MSR_VMX_PINBASED, &caps->pin) &&
	       hw_msr(machine, has_true ? MSR_VMX_TRUE_PROCBASED :
					  MSR_VMX_PROCBASED, &caps->cpu) &&
	       hw_msr(machine, has_true ? MSR_VMX_TRUE_EXIT : MSR_VMX_EXIT,
		      &caps->exit) &&
	       hw_msr(machine, has_true ? MSR_VMX_TRUE_ENTRY : MSR_VMX_ENTRY,
		      &caps->entry) &&
	       hw_msr(machine, MSR_VMX_MISC, &caps->misc) &&
	       hw_msr(machine, MSR_VMX_CR0_FIXED0, &caps->cr0_fixed0) &&
	       hw_msr(machine, MSR_VMX_CR0_FIXED1, &caps->cr0_fixed1) &&
	       hw_msr(machine, MSR_VMX_CR4_FIXED0, &caps->cr4_fixed0) &&
	       hw_msr(machine, MSR_VMX_CR4_FIXED1, &caps->cr4_fixed1);
}

static bool caps_have(const struct vmx_caps *caps,
		      const struct feature *feature)
{
	uint64_t value;

	memcpy(&value, (const char *)caps + feature->vmx_caps_member,
	       sizeof(value));
	return (feature->is_upper ? value >> 32 : value) & feature->bit;
}

static void features_by_msr(const struct vmx_caps *caps,
			    struct hw_report *report)
{
	struct vmx_controls computed;
	const char *why = "";

	for (size_t n = 0; n < ARRAY_COUNT(features); n++) {
		bool there = caps_have(caps, &features[n]);

		hw_add(report, &features[n].subject,
		       there ? HW_OK : HW_MISSING, "%s",
		       there ? "by its MSR" : "its MSR denies it");
	}
	if (vmx_controls_compute(caps, &computed, &why))
		hw_add(report, &controls, HW_MISSING, "lacks: %s", why);
	else
		hw_add(report, &controls, HW_OK, "all%s",
		       computed.perf_control ? ", and the counters' switch" : "");
}

/* Linux prints what it found, since 5.6; nothing before. */
static void features_by_words(const struct hw_machine *machine,
			      struct hw_report *report)
{
	char words[WORDS_BYTES];
	bool known = hw_cpuinfo(machine, "vmx flags", words, sizeof(words));

	for (size_t n = 0; n < ARRAY_COUNT(features); n++) {
		bool there = known && hw_has_word(words, features[n].word);

		hw_add(report, &features[n].subject,
		       !known ? HW_UNKNOWN : there ? HW_OK : HW_MISSING, "%s",
		       !known ? "no MSRs, and Linux does not say" :
		       there ? "says Linux" : "Linux does not list it");
	}
	hw_add(report, &controls, HW_UNKNOWN, "/dev/cpu/0/msr cannot be read");
}

static void permitted_check(const struct hw_machine *machine,
			    struct hw_report *report)
{
	char words[WORDS_BYTES];
	uint64_t control;

	if (hw_msr(machine, MSR_FEATURE_CONTROL, &control)) {
		bool off = (control & FEATURE_LOCKED) &&
			   !(control & FEATURE_VMX);

		hw_add(report, &permitted, off ? HW_MISSING : HW_OK, "%s",
		       off ? "locked off" : control & FEATURE_LOCKED ?
		       "locked on" : "not locked");
	} else if (hw_cpuinfo(machine, "flags", words, sizeof(words))) {
		/* Linux takes the word back where firmware has locked it. */
		bool on = hw_has_word(words, "vmx");

		hw_add(report, &permitted, on ? HW_OK : HW_MISSING, "%s",
		       on ? "says Linux" : "Linux found it locked off");
	} else {
		hw_add(report, &permitted, HW_UNKNOWN,
		       "/dev/cpu/0/msr cannot be read");
	}
}

static void vmx_check(const struct hw_machine *machine,
		      struct hw_report *report)
{
	struct vmx_caps caps = { 0 };
	struct hw_cpuid regs;
	char vendor[32] = "", words[WORDS_BYTES];
	bool there;

	hw_cpuinfo(machine, "vendor_id", vendor, sizeof(vendor));
	if (machine->weir_runs) {
		hw_add(report, &vmx, HW_OK, "Weir uses it, and hides it");
		return;
	}
	if (hw_cpuid(machine, FEATURES, 0, &regs))
		there = regs.ecx & FEATURES_ECX_VMX;
	else
		there = hw_cpuinfo(machine, "flags", words, sizeof(words)) &&
			hw_has_word(words, "vmx");
	hw_add(report, &vmx, there ? HW_OK : HW_MISSING, "%s%s", vendor,
	       there ? "" : strcmp(vendor, "AuthenticAMD") == 0 ?
	       ": SVM is another extension" : ": CPUID denies it");
	if (!there)
		return;
	permitted_check(machine, report);
	if (caps_read(machine, &caps))
		features_by_msr(&caps, report);
	else
		features_by_words(machine, report);
}

static void bit_check(struct hw_report *report, const struct hw_subject *subject,
		      bool known, bool there)
{
	hw_add(report, subject, !known ? HW_UNKNOWN : there ? HW_OK : HW_MISSING,
	       "%s", !known ? "CPUID cannot be read" : there ?
	       "by CPUID" : "CPUID denies it");
}

static void interrupts_check(const struct hw_machine *machine,
			     struct hw_report *report)
{
	struct hw_cpuid regs;
	bool known = hw_cpuid(machine, FEATURES, 0, &regs);

	bit_check(report, &apic, known, regs.edx & FEATURES_EDX_APIC);
	bit_check(report, &x2apic, known, regs.ecx & FEATURES_ECX_X2APIC);
	bit_check(report, &deadline, known, regs.ecx & FEATURES_ECX_DEADLINE);
	known = hw_cpuid(machine, POWER, 0, &regs);
	bit_check(report, &tsc, known, regs.edx & POWER_EDX_TSC);
}

void hw_iommu_groups_check(const struct hw_machine *machine,
			   struct hw_report *report)
{
	int count = hw_entries(machine, "/sys/kernel/iommu_groups");

	if (count > 0)
		hw_add(report, &groups, HW_OK, "%d groups", count);
	else
		hw_add(report, &groups, HW_UNKNOWN, "Linux uses no IOMMU");
}

static void iommu_check(const struct hw_machine *machine,
			struct hw_report *report)
{
	static const char path[] = "/sys/firmware/acpi/tables/DMAR";
	unsigned char table[DMAR_FLAGS + 2];
	long length;

	if (!hw_exists(machine, path)) {
		hw_add(report, &dma, HW_MISSING, "ACPI describes no VT-d");
		hw_add(report, &interrupts, HW_MISSING,
		       "ACPI describes no VT-d");
		return;
	}
	hw_add(report, &dma, HW_OK, "ACPI describes VT-d");
	length = hw_read(machine, path, table, sizeof(table));
	if (length <= DMAR_FLAGS)
		hw_add(report, &interrupts, HW_UNKNOWN,
		       "the table DMAR cannot be read: become root");
	else if (table[DMAR_FLAGS] & DMAR_REMAPS_INTERRUPTS)
		hw_add(report, &interrupts, HW_OK, "says the table DMAR");
	else
		hw_add(report, &interrupts, HW_MISSING,
		       "the table DMAR denies it");
}

void hw_x86_check(const struct hw_machine *machine, struct hw_report *report)
{
	vmx_check(machine, report);
	interrupts_check(machine, report);
	iommu_check(machine, report);
	hw_iommu_groups_check(machine, report);
}
