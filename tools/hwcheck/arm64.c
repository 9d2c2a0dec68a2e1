// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64: EL2, the interrupt controller, SMMU, PMU. What the kernel found is in
 * its log; without it, the device tree or ACPI and the CPUs' part numbers
 * (MIDR_EL1, Arm ARM DDI 0487, D19.2) say what they can.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES		65536
#define IMPLEMENTER_ARM		0x41
#define PMU_DIRECTORY		"/sys/bus/event_source/devices"
/* ACPI 6.4, 5.2.9: ARM_BOOT_ARCH */
#define FADT_BOOT_ARM		129
#define FADT_PSCI_BY_HVC	0x02u
/* Of what Linux's driver prints: ARM_SMMU_FEAT_TRANS_S2. */
#define SMMU3_FEATURE_STAGE2	(1ul << 10)

static const struct hw_subject el2 = {
	"virtualization", "el2", "the hypervisor runs at EL2",
	"let firmware start Linux at EL2", true,
}, psci = {
	"virtualization", "psci-by-smc", "EL2 is not taken by firmware or another hypervisor",
	"start Linux at EL2, without a hypervisor below it", true,
}, vhe = {
	"virtualization", "no-vhe", "Linux runs at EL1, EL2 is free",
	"boot Linux with kvm-arm.mode=none id_aa64mmfr1.vh=0", true,
}, kvm = {
	"virtualization", "no-kvm", "KVM does not keep EL2",
	"boot Linux with kvm-arm.mode=none", true,
};

static const struct hw_subject gic = {
	"interrupts", "gic", "GICv2 or GICv3 with virtual interrupts",
	"Weir knows GICv2, GICv3, and GICv4 as GICv3", true,
}, smmu = {
	"iommu", "smmu", "devices of a cell reach that cell's memory only",
	"an SMMUv3 with stage 2 that Linux leaves alone; else a cell's devices must be trusted",
	false,
}, pmu = {
	"counters", "pmuv3", "budgets counted and interrupted by the PMU",
	"add the PMU's node to the device tree", false,
};

/* Parts of Arm that have no VHE: they are of ARMv8.0. */
static const unsigned int parts_without_vhe[] = {
	0xd03, 0xd04, 0xd07, 0xd08, 0xd09,	/* A53, A35, A57, A72, A73 */
};

/* /dev/kmsg answers one record at a time; each read() is one. */
static bool log_read(const struct hw_machine *machine, char *log)
{
	return hw_read(machine, "/dev/kmsg", log, LOG_BYTES) > 0 &&
	       strstr(log, "CPU") != NULL;
}

static void el2_check(const struct hw_machine *machine, const char *log,
		      struct hw_report *report)
{
	if (machine->weir_runs)
		hw_add(report, &el2, HW_OK, "Weir runs there");
	else if (log && strstr(log, "started at EL2"))
		hw_add(report, &el2, HW_OK, "all CPUs started there");
	else if (log && strstr(log, "started at EL1"))
		hw_add(report, &el2, HW_MISSING, "the CPUs started at EL1");
	else if (hw_exists(machine, "/dev/kvm"))
		hw_add(report, &el2, HW_OK, "KVM has it");
	else
		hw_add(report, &el2, HW_UNKNOWN,
		       "the kernel's log does not say, or cannot be read");
}

static void psci_check(const struct hw_machine *machine,
		       struct hw_report *report)
{
	unsigned char table[FADT_BOOT_ARM + 2];
	char method[16] = "";

	if (hw_read(machine, "/proc/device-tree/psci/method", method,
		    sizeof(method)) > 0)
		hw_add(report, &psci, strncmp(method, "smc", 3) == 0 ?
		       HW_OK : HW_MISSING, "the device tree says %s", method);
	else if (hw_read(machine, "/sys/firmware/acpi/tables/FACP", table,
			 sizeof(table)) > FADT_BOOT_ARM)
		hw_add(report, &psci, table[FADT_BOOT_ARM] & FADT_PSCI_BY_HVC ?
		       HW_MISSING : HW_OK, "ACPI says %s",
		       table[FADT_BOOT_ARM] & FADT_PSCI_BY_HVC ? "hvc" : "smc");
	else
		hw_add(report, &psci, HW_UNKNOWN,
		       "neither device tree nor ACPI says");
}

static bool part_has_no_vhe(const struct hw_machine *machine)
{
	char implementer[16], part[16];
	unsigned long number;

	if (!hw_cpuinfo(machine, "CPU implementer", implementer,
			sizeof(implementer)) ||
	    !hw_cpuinfo(machine, "CPU part", part, sizeof(part)) ||
	    strtoul(implementer, NULL, 16) != IMPLEMENTER_ARM)
		return false;
	number = strtoul(part, NULL, 16);
	for (size_t n = 0; n < ARRAY_COUNT(parts_without_vhe); n++)
		if (parts_without_vhe[n] == number)
			return true;
	return false;
}

static void vhe_check(const struct hw_machine *machine, const char *log,
		      struct hw_report *report)
{
	char value[16] = "";

	hw_boot_option(machine, "id_aa64mmfr1.vh", value, sizeof(value));
	if (strcmp(value, "0") == 0)
		hw_add(report, &vhe, HW_OK, "off by id_aa64mmfr1.vh=0");
	else if (part_has_no_vhe(machine))
		hw_add(report, &vhe, HW_OK, "the CPUs have none");
	else if (log && strstr(log, "Virtualization Host Extensions"))
		hw_add(report, &vhe, HW_MISSING, "Linux runs at EL2");
	else if (log)
		hw_add(report, &vhe, HW_OK, "the kernel's log has no word of it");
	else
		hw_add(report, &vhe, HW_UNKNOWN,
		       "the kernel's log cannot be read");
}

static void kvm_check(const struct hw_machine *machine,
		      struct hw_report *report)
{
	bool there = hw_exists(machine, "/dev/kvm");

	hw_add(report, &kvm, there ? HW_MISSING : HW_OK, "%s",
	       there ? "/dev/kvm is there" : "there is no /dev/kvm");
}

/* What Linux calls the controller of its interrupts. */
static void gic_check(const struct hw_machine *machine,
		      struct hw_report *report)
{
	static const char *const names[] = {
		"GICv3", "GICv4", "GICv2", "GIC-0",
	};
	char lines[LOG_BYTES / 4];

	if (hw_read(machine, "/proc/interrupts", lines, sizeof(lines)) <= 0) {
		hw_add(report, &gic, HW_UNKNOWN,
		       "/proc/interrupts cannot be read");
		return;
	}
	for (size_t n = 0; n < ARRAY_COUNT(names); n++) {
		if (!strstr(lines, names[n]))
			continue;
		hw_add(report, &gic, HW_OK, "%s",
		       names[n][3] == '-' ? "GICv2" : names[n]);
		return;
	}
	hw_add(report, &gic, HW_MISSING, "Linux uses another controller");
}

/* One that Linux drives: what its driver found is a line of the log. */
static void smmu3_check(const char *name, const char *log,
			struct hw_report *report)
{
	const char *line = log ? strstr(log, "arm-smmu-v3") : NULL;
	const char *features = line ? strstr(line, "(features 0x") : NULL;

	if (!features)
		hw_add(report, &smmu, HW_UNKNOWN,
		       "%s: the log does not say whether it has stage 2", name);
	else if (strtoul(features + strlen("(features "), NULL, 16) &
		 SMMU3_FEATURE_STAGE2)
		hw_add(report, &smmu, HW_OK,
		       "%s has stage 2; Linux must leave it alone", name);
	else
		hw_add(report, &smmu, HW_MISSING,
		       "%s has stage 1 only", name);
}

/* One that Linux does not drive has a node all the same. */
static bool smmu_node_find(const struct hw_machine *machine, char *name,
			   size_t size)
{
	static const char *const places[] = { "/proc/device-tree",
					      "/proc/device-tree/soc" };
	static const char *const nodes[] = { "smmu", "iommu@" };
	char path[192], compatible[32];

	for (size_t n = 0; n < ARRAY_COUNT(places) * ARRAY_COUNT(nodes); n++) {
		const char *place = places[n / ARRAY_COUNT(nodes)];

		if (!hw_entry_find(machine, place,
				   nodes[n % ARRAY_COUNT(nodes)], name, size))
			continue;
		snprintf(path, sizeof(path), "%s/%s/compatible", place, name);
		memset(compatible, 0, sizeof(compatible));
		if (hw_read(machine, path, compatible,
			    sizeof(compatible)) > 0 &&
		    strncmp(compatible, "arm,smmu-v3",
			    sizeof(compatible)) == 0)
			return true;
	}
	return false;
}

static void smmu_check(const struct hw_machine *machine, const char *log,
		       struct hw_report *report)
{
	char name[64];

	if (hw_entry_find(machine, "/sys/class/iommu", "smmu3", name,
			  sizeof(name)))
		smmu3_check(name, log, report);
	else if (hw_entry_find(machine, "/sys/class/iommu", "smmu", name,
			       sizeof(name)))
		hw_add(report, &smmu, HW_MISSING,
		       "%s is none of version 3, and is not driven", name);
	else if (smmu_node_find(machine, name, sizeof(name)))
		hw_add(report, &smmu, HW_UNKNOWN,
		       "%s: Weir looks for stage 2 when it is enabled", name);
	else
		hw_add(report, &smmu, HW_MISSING, "Linux knows none");
}

static void devices_check(const struct hw_machine *machine, const char *log,
			  struct hw_report *report)
{
	char name[64];

	smmu_check(machine, log, report);
	hw_iommu_groups_check(machine, report);
	if (hw_entry_find(machine, PMU_DIRECTORY, "armv8", name, sizeof(name)))
		hw_add(report, &pmu, HW_OK, "%s", name);
	else
		hw_add(report, &pmu, HW_MISSING, "Linux has no such PMU");
	hw_perf_check(machine, report);
}

void hw_arm64_check(const struct hw_machine *machine, struct hw_report *report)
{
	struct color_cache cache;
	unsigned int level;
	char *log = malloc(LOG_BYTES);
	bool known = log && log_read(machine, log);

	el2_check(machine, known ? log : NULL, report);
	psci_check(machine, report);
	vhe_check(machine, known ? log : NULL, report);
	kvm_check(machine, report);
	gic_check(machine, report);
	devices_check(machine, known ? log : NULL, report);
	if (hw_sysfs_cache(machine, &level, &cache))
		hw_cache_add(report, level, &cache, false);
	else
		hw_cache_add(report, 0, NULL, false);
	free(log);
}
