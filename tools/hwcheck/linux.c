// SPDX-License-Identifier: GPL-2.0-only
/* Linux: memory kept from it, its modules and options, Weir's own files. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define CONFIG_BYTES		(1u << 19)
#define RELEASE_BYTES		128

static const struct hw_subject memory = {
	"memory", "reserved", "the hypervisor and the cells need memory that Linux leaves alone",
	"boot Linux with mem= below them, or with memmap=SIZE$ADDRESS on x86", true,
}, kvm_module = {
	"linux", "no-kvm", "KVM and Weir cannot both use VMX",
	"rmmod kvm_intel", true,
}, siblings = {
	"linux", "no-siblings", "threads of a core share its caches, whatever cell they are in",
	"boot with nosmt, or keep siblings in one cell", false,
}, modules = {
	"linux", "modules", "weir.ko is a module",
	"build the kernel with CONFIG_MODULES=y", true,
}, hotplug = {
	"linux", "cpu-hotplug", "CPUs leave Linux for cells",
	"build the kernel with CONFIG_HOTPLUG_CPU=y", true,
}, headers = {
	"weir", "kernel-headers", "building weir.ko",
	"install the headers of this kernel", false,
}, driver = {
	"weir", "driver", "weir.ko takes the machine over, and gives it back",
	"build weir.ko, and load it or install it below /lib/modules/RELEASE/extra", true,
}, image = {
	"weir", "image", "the hypervisor itself",
	"install weir.bin in /lib/firmware, or name it: regctl enable --image", false,
};

static bool release_path(const struct hw_machine *machine, const char *format,
			 char path[RELEASE_BYTES * 2])
{
	char release[RELEASE_BYTES];

	if (hw_read(machine, "/proc/sys/kernel/osrelease", release,
		    sizeof(release)) <= 0)
		return false;
	release[strcspn(release, "\n")] = '\0';
	snprintf(path, RELEASE_BYTES * 2, format, release);
	return true;
}

static void memory_check(const struct hw_machine *machine,
			 struct hw_report *report)
{
	char value[64], name[64];

	if (machine->weir_runs)
		hw_add(report, &memory, HW_OK, "Weir runs in it");
	else if (hw_boot_option(machine, "memmap", value, sizeof(value)) &&
		 strchr(value, '$'))
		hw_add(report, &memory, HW_OK, "memmap=%s", value);
	else if (hw_boot_option(machine, "mem", value, sizeof(value)))
		hw_add(report, &memory, HW_OK, "Linux has mem=%s", value);
	else if (hw_entry_find(machine, "/proc/device-tree/reserved-memory",
			       "weir", name, sizeof(name)))
		hw_add(report, &memory, HW_OK, "the device tree has %s", name);
	else
		hw_add(report, &memory, HW_MISSING, "Linux uses all of it");
}

/* Loaded but unused it does no harm yet; it would once somebody uses it. */
static void kvm_check(const struct hw_machine *machine,
		      struct hw_report *report)
{
	uint64_t users = 0;

	if (machine->arch != HW_ARCH_X86)
		return;
	if (!hw_exists(machine, "/sys/module/kvm_intel"))
		hw_add(report, &kvm_module, HW_OK, "kvm_intel is not loaded");
	else if (hw_number(machine, "/sys/module/kvm_intel/refcnt", &users) &&
		 users == 0)
		hw_add(report, &kvm_module, HW_OK,
		       "kvm_intel is loaded, nobody uses it yet");
	else
		hw_add(report, &kvm_module, HW_MISSING,
		       "kvm_intel is in use");
}

static void siblings_check(const struct hw_machine *machine,
			   struct hw_report *report)
{
	uint64_t active;

	if (!hw_number(machine, "/sys/devices/system/cpu/smt/active", &active))
		hw_add(report, &siblings, HW_UNKNOWN, "Linux does not say");
	else
		hw_add(report, &siblings, active ? HW_MISSING : HW_OK, "%s",
		       active ? "threads share cores" : "one thread a core");
}

static void option_check(struct hw_report *report,
			 const struct hw_subject *subject, const char *config,
			 const char *option)
{
	bool on = config && strstr(config, option);

	hw_add(report, subject, !config ? HW_UNKNOWN : on ? HW_OK : HW_MISSING,
	       "%s%.*s", !config ? "no /boot/config-RELEASE for " :
	       on ? "" : "without ",
	       (int)strcspn(option + 1, "\n"), option + 1);
}

static void kernel_check(const struct hw_machine *machine,
			 struct hw_report *report)
{
	static char text[CONFIG_BYTES];
	char path[RELEASE_BYTES * 2];
	const char *config = NULL;

	/* Each option is looked for at the beginning of a line. */
	text[0] = '\n';
	if (release_path(machine, "/boot/config-%s", path) &&
	    hw_read(machine, path, text + 1, sizeof(text) - 1) > 0)
		config = text;
	option_check(report, &modules, config, "\nCONFIG_MODULES=y\n");
	option_check(report, &hotplug, config, "\nCONFIG_HOTPLUG_CPU=y\n");
}

static void driver_check(const struct hw_machine *machine,
			 struct hw_report *report)
{
	static const char *const places[] = {
		"/lib/modules/%s/extra/weir.ko",
		"/lib/modules/%s/extra/weir.ko.xz",
		"/lib/modules/%s/updates/weir.ko",
		"/lib/modules/%s/updates/dkms/weir.ko",
	};
	char path[RELEASE_BYTES * 2];

	if (hw_exists(machine, "/sys/module/weir")) {
		hw_add(report, &driver, HW_OK, "it is loaded");
		return;
	}
	for (size_t n = 0; n < ARRAY_COUNT(places); n++) {
		if (!release_path(machine, places[n], path) ||
		    !hw_exists(machine, path))
			continue;
		hw_add(report, &driver, HW_OK, "%.100s", path);
		return;
	}
	hw_add(report, &driver, HW_MISSING, "neither loaded nor installed");
}

void hw_linux_check(const struct hw_machine *machine, struct hw_report *report)
{
	char path[RELEASE_BYTES * 2];
	bool there;

	memory_check(machine, report);
	kvm_check(machine, report);
	siblings_check(machine, report);
	kernel_check(machine, report);
	there = release_path(machine, "/lib/modules/%s/build", path) &&
		hw_exists(machine, path);
	hw_add(report, &headers, there ? HW_OK : HW_MISSING, "%.100s",
	       there ? path : "not for this kernel");
	driver_check(machine, report);
	there = hw_exists(machine, "/lib/firmware/weir.bin");
	hw_add(report, &image, there ? HW_OK : HW_MISSING, "%s",
	       there ? "/lib/firmware/weir.bin" : "not installed");
}
