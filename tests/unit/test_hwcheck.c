// SPDX-License-Identifier: GPL-2.0-only
/*
 * hwcheck on machines that are not this one: directories with the files it
 * reads, and the figures of manuals in them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <jansson.h>

#include "regctl-fake.h"
#include "tools/hwcheck/hwcheck.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define ROOT_BYTES	64
#define DMAR_BYTES	48

struct file {
	const char *path;
	const char *text;	/* NULL: a directory */
};

/* Linux 6.1 as Debian builds it, Weir installed, memory kept. */
#define LINUX_FILES                                                           \
	{ "proc/sys/kernel/osrelease", "6.1.0-42\n" },                        \
	{ "boot/config-6.1.0-42", "CONFIG_MODULES=y\nCONFIG_HOTPLUG_CPU=y\n" }, \
	{ "lib/modules/6.1.0-42/build/", NULL },                              \
	{ "lib/modules/6.1.0-42/extra/weir.ko", "" },                         \
	{ "lib/firmware/weir.bin", "" }

/* A Xeon of the Skylake-SP kind: 20 cores, 27.5 MiB of L3, CAT, CDP, MBA. */
static const struct file server[] = {
	LINUX_FILES,
	{ "proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n"
	  "flags\t\t: fpu vme apic vmx x2apic\n" },
	{ "proc/cmdline", "root=/dev/sda1 memmap=1G$0x100000000 nosmt\n" },
	{ "proc/sys/kernel/nmi_watchdog", "0\n" },
	{ "sys/devices/system/cpu/smt/active", "0\n" },
	{ "sys/kernel/iommu_groups/0/", NULL },
	{ "sys/kernel/iommu_groups/1/", NULL },
	{ "cpuid", "# leaf sub eax ebx ecx edx\n"
	  "0 0 16 756e6547 6c65746e 49656e69\n"
	  "1 0 50654 400800 7ffefbff bfebfbff\n"
	  "4 0 3c004121 1c0003f 3f 0\n"
	  "4 1 3c004122 1c0003f 3f 0\n"
	  "4 2 3c004143 3c0003f 3ff 0\n"
	  "4 3 3c07c163 280003f 9fff 4\n"
	  "6 0 ef7 2 9 0\n"
	  "7 0 0 d39ffffb 8 0\n"
	  "a 0 7300404 0 0 603\n"
	  "10 0 0 a 0 0\n"
	  "10 1 a 600 4 f\n"
	  "10 3 59 0 4 7\n"
	  "80000007 0 0 0 0 100\n" },
	{ "msr", "3a 5\n480 00da040000000004\n485 7004c1e7\n"
	  "486 80000021\n487 ffffffff\n488 2000\n489 3767ff\n"
	  "48b 0057ffff00000000\n48c 00000f0106734141\n"
	  "48d 0000007f00000016\n48e fff9fffe04006172\n"
	  "48f 01ffffff00036dfb\n490 0003ffff000011fb\n" },
};

/* A six-core desktop: no CAT, KVM busy, an ordinary user asks. */
static const struct file desktop[] = {
	{ "proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n"
	  "flags\t\t: fpu vme apic vmx x2apic\n"
	  "vmx flags\t: vnmi preemption_timer invvpid ept_x_only ept_ad "
	  "ept_1gb flexpriority ept vpid unrestricted_guest ple pml\n" },
	{ "proc/cmdline", "root=/dev/nvme0n1p2 quiet memtest=4\n" },
	{ "proc/sys/kernel/osrelease", "6.1.0-42\n" },
	{ "proc/sys/kernel/nmi_watchdog", "1\n" },
	{ "boot/config-6.1.0-42", "CONFIG_MODULES=y\nCONFIG_HOTPLUG_CPU=y\n" },
	{ "sys/devices/system/cpu/smt/active", "1\n" },
	{ "sys/module/kvm_intel/refcnt", "2\n" },
	{ "cpuid", "0 0 16 756e6547 6c65746e 49656e69\n"
	  "1 0 906ea 100800 7ffafbbf bfebfbff\n"
	  "4 0 1c004121 1c0003f 3f 0\n"
	  "4 1 1c004122 1c0003f 3f 0\n"
	  "4 2 1c004143 c0003f 3ff 0\n"
	  "4 3 1c03c163 3c0003f 2fff 6\n"
	  "6 0 27f7 2 9 0\n"
	  "7 0 0 29c6fbf 0 0\n"
	  "a 0 7300404 0 0 603\n"
	  "80000007 0 0 0 0 100\n" },
};

/* An AMD of the Zen 3 kind: no VMX, and 32 MiB of L3 whose slices are secret. */
static const struct file amd[] = {
	LINUX_FILES,
	{ "proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\n"
	  "flags\t\t: fpu vme apic svm x2apic\n" },
	{ "proc/cmdline", "mem=8G\n" },
	{ "proc/sys/kernel/nmi_watchdog", "1\n" },
	{ "cpuid", "0 0 10 68747541 444d4163 69746e65\n"
	  "1 0 a20f10 100800 7ef8320b 178bfbff\n"
	  "6 0 4 0 1 0\n"
	  "7 0 0 219c97a9 40069c 10\n"
	  "8000001d 0 4121 1c0003f 3f 0\n"
	  "8000001d 1 4122 1c0003f 3f 0\n"
	  "8000001d 2 4143 1c0003f 3ff 2\n"
	  "8000001d 3 3c163 3c0003f 7fff 1\n"
	  "80000007 0 0 3b 0 6799\n" },
};

/* Four Cortex-A53 of a ZCU102: GICv2, SMMU, 1 MiB of L2. */
static const struct file zcu102[] = {
	LINUX_FILES,
	{ "proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 199.99\n"
	  "CPU implementer\t: 0x41\nCPU architecture: 8\n"
	  "CPU variant\t: 0x0\nCPU part\t: 0xd03\nCPU revision\t: 4\n" },
	{ "proc/cmdline", "kvm-arm.mode=none mem=1792M\n" },
	{ "proc/interrupts", " 11:  9 9 9 9  GICv2  26 Level arch_timer\n" },
	{ "proc/device-tree/psci/method", "smc" },
	{ "dev/kmsg", "6,101,1;Detected 4 CPUs\n6,102,2;CPU: All CPU(s) started at EL2\n" },
	{ "sys/class/iommu/smmu.0x00000000fd800000/", NULL },
	{ "sys/bus/event_source/devices/armv8_cortex_a53/", NULL },
	{ "sys/devices/system/cpu/smt/active", "0\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index0/level", "1\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index0/type", "Data\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index0/number_of_sets", "128\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index0/ways_of_associativity", "4\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index0/coherency_line_size", "64\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index2/level", "2\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index2/type", "Unified\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index2/number_of_sets", "1024\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index2/ways_of_associativity", "16\n" },
	{ "sys/devices/system/cpu/cpu0/cache/index2/coherency_line_size", "64\n" },
};

static struct fake fake;
static char root[ROOT_BYTES];
static struct hw_machine machine;
static struct hw_report report;

static int setup(void **state)
{
	(void)state;
	fake_setup(&fake);
	strcpy(root, "/tmp/weir-hwcheck-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[ROOT_BYTES + 16];

	(void)state;
	fake_teardown(&fake);
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

static void bytes_put(const char *path, const void *bytes, size_t size)
{
	char full[256];
	char *slash = full;
	FILE *stream;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	if (!bytes)
		return;
	stream = fopen(full, "w");
	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, size, stream), size);
	fclose(stream);
}

static void file_put(const char *path, const char *text)
{
	bytes_put(path, text, text ? strlen(text) : 0);
}

static void file_remove(const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(remove(full), 0);
}

static void machine_make(const struct file *files, size_t count)
{
	for (size_t n = 0; n < count; n++)
		file_put(files[n].path, files[n].text);
}

/* ACPI's table of VT-d; byte 37 are its flags. */
static void dmar_put(unsigned char flags)
{
	unsigned char table[DMAR_BYTES] = "DMAR";

	table[36] = 38;
	table[37] = flags;
	bytes_put("sys/firmware/acpi/tables/DMAR", table, sizeof(table));
}

static void check(void)
{
	assert_int_equal(hw_machine_init(&machine, root), 0);
	hw_check(&machine, &report);
}

static const struct hw_item *item(const char *area, const char *key)
{
	const struct hw_item *found = NULL;

	for (unsigned int n = 0; n < report.items_count; n++) {
		const struct hw_item *this = &report.items[n];

		if (strcmp(this->subject->area, area) ||
		    strcmp(this->subject->key, key))
			continue;
		assert_null(found);
		found = this;
	}
	if (!found)
		fail_msg("there is no item %s/%s", area, key);
	return found;
}

static void has(const char *area, const char *key, enum hw_state state,
		const char *found)
{
	const struct hw_item *this = item(area, key);

	if (this->state != state || !strstr(this->found, found))
		fail_msg("%s/%s is %s: '%s', not %s: '%s'", area, key,
			 hw_state_name(this->state), this->found,
			 hw_state_name(state), found);
}

/* Runs regctl on the machine; its exit status. */
static int regctl(const char *options)
{
	char line[ROOT_BYTES + 64];

	snprintf(line, sizeof(line), "hwcheck --root %s %s", root, options);
	return fake_run(&fake, line);
}

static void test_server(void **state)
{
	(void)state;
	machine_make(server, COUNT(server));
	dmar_put(1);
	check();
	has("virtualization", "vmx", HW_OK, "GenuineIntel");
	has("virtualization", "vmx-permitted", HW_OK, "locked on");
	has("virtualization", "ept", HW_OK, "MSR");
	has("virtualization", "unrestricted-guest", HW_OK, "MSR");
	has("virtualization", "preemption-timer", HW_OK, "MSR");
	has("virtualization", "vmx-controls", HW_OK, "counters' switch");
	has("iommu", "dma-remapping", HW_OK, "");
	has("iommu", "interrupt-remapping", HW_OK, "");
	has("iommu", "groups", HW_OK, "2 groups");
	has("counters", "perfmon", HW_OK,
	    "version 4, 4 counters of 48 bits, 3 fixed");
	has("counters", "llc-misses", HW_OK, "0x412e");
	has("counters", "self-test", HW_UNKNOWN, "machine itself");
	has("shares", "cat-l3", HW_OK,
	    "11 ways, 16 classes, adjacent ways only, 0x600 shared");
	has("shares", "cdp-l3", HW_OK, "");
	has("shares", "cat-l2", HW_MISSING, "");
	has("shares", "mba", HW_OK, "delays to 90%, 8 classes, linear");
	has("shares", "clock-modulation", HW_OK, "1/16");
	has("cache", "geometry", HW_OK,
	    "L3 of 28160 KiB: 40960 sets, 11 ways, 64-byte lines");
	has("cache", "colors", HW_MISSING, "hash");
	has("memory", "reserved", HW_OK, "1G$0x100000000");
	assert_int_equal(hw_count(&report, HW_MISSING), 0);
	assert_int_equal(hw_count(&report, HW_UNKNOWN), 0);
	assert_int_equal(regctl(""), APP_OK);
	assert_int_equal(fake.err_size, 0);
}

/* Each thing a server can lack, alone. */
static void test_server_lacks(void **state)
{
	static const struct {
		const char *path, *text, *area, *key, *found;
	} lacks[] = {
		{ "proc/cmdline", "mem\n", "memory", "reserved", "all of it" },
		{ "proc/cmdline", "memmap=1G@4G\n", "memory", "reserved", "" },
		{ "sys/module/kvm_intel/refcnt", "1\n", "linux", "no-kvm",
		  "in use" },
		{ "boot/config-6.1.0-42",
		  "CONFIG_MODULES=y\n# CONFIG_HOTPLUG_CPU is not set\n",
		  "linux", "cpu-hotplug", "without CONFIG_HOTPLUG_CPU=y" },
		{ "boot/config-6.1.0-42",
		  "XCONFIG_MODULES=y\nCONFIG_HOTPLUG_CPU=y\n",
		  "linux", "modules", "without CONFIG_MODULES=y" },
		{ "msr", "3a 1\n", "virtualization", "vmx-permitted",
		  "locked off" },
		/* No unrestricted guests: bit 7 of the second controls. */
		{ "msr", "3a 5\n480 00da040000000004\n485 7004c1e7\n"
		  "486 80000021\n487 ffffffff\n488 2000\n489 3767ff\n"
		  "48b 0057ff7f00000000\n48c 00000f0106734141\n"
		  "48d 0000007f00000016\n48e fff9fffe04006172\n"
		  "48f 01ffffff00036dfb\n490 0003ffff000011fb\n",
		  "virtualization", "vmx-controls", "unrestricted guests" },
	};

	(void)state;
	for (size_t n = 0; n < COUNT(lacks); n++) {
		machine_make(server, COUNT(server));
		file_put(lacks[n].path, lacks[n].text);
		check();
		has(lacks[n].area, lacks[n].key, HW_MISSING, lacks[n].found);
		assert_true(hw_count(&report, HW_MISSING) > 0);
		assert_int_equal(regctl("-q"), APP_NO);
		assert_int_equal(fake.err_size, 0);
		file_remove(lacks[n].path);
	}
}

static void test_desktop(void **state)
{
	(void)state;
	machine_make(desktop, COUNT(desktop));
	check();
	has("virtualization", "vmx-permitted", HW_OK, "says Linux");
	has("virtualization", "ept", HW_OK, "says Linux");
	has("virtualization", "virtual-nmis", HW_OK, "says Linux");
	has("virtualization", "ept-1g", HW_OK, "says Linux");
	has("virtualization", "vmx-controls", HW_UNKNOWN, "msr");
	has("iommu", "dma-remapping", HW_MISSING, "ACPI");
	has("counters", "nmi-watchdog-off", HW_MISSING, "on");
	has("shares", "cat-l3", HW_MISSING, "announces none");
	has("cache", "geometry", HW_OK, "L3 of 12288 KiB: 12288 sets");
	has("memory", "reserved", HW_MISSING, "all of it");
	has("linux", "no-kvm", HW_MISSING, "in use");
	has("linux", "no-siblings", HW_MISSING, "share cores");
	has("weir", "driver", HW_MISSING, "neither");
	/* Memory, KVM and the driver. */
	assert_int_equal(hw_count(&report, HW_MISSING), 3);
	assert_int_equal(regctl(""), APP_NO);
	assert_non_null(strstr(fake.err, "3 needed items are missing"));
}

/* Firmware that locks VMX off: Linux takes the word from its list. */
static void test_vmx_locked_off(void **state)
{
	(void)state;
	machine_make(desktop, COUNT(desktop));
	file_put("proc/cpuinfo", "vendor_id\t: GenuineIntel\n"
		 "flags\t\t: fpu vme apic x2apic vmxnot\n");
	check();
	has("virtualization", "vmx", HW_OK, "");
	has("virtualization", "vmx-permitted", HW_MISSING, "locked off");
	has("virtualization", "ept", HW_UNKNOWN, "does not say");
}

static void test_amd(void **state)
{
	(void)state;
	machine_make(amd, COUNT(amd));
	check();
	has("virtualization", "vmx", HW_MISSING, "SVM");
	has("counters", "perfmon", HW_MISSING, "no architectural");
	has("shares", "clock-modulation", HW_MISSING, "");
	has("cache", "geometry", HW_OK,
	    "L3 of 32768 KiB: 32768 sets, 16 ways, 64-byte lines");
	has("cache", "colors", HW_MISSING, "hash");
	has("memory", "reserved", HW_OK, "mem=8G");
	assert_int_equal(hw_count(&report, HW_MISSING), 1);
	assert_int_equal(regctl(""), APP_NO);
}

static void test_zcu102(void **state)
{
	(void)state;
	machine_make(zcu102, COUNT(zcu102));
	check();
	has("virtualization", "el2", HW_OK, "all CPUs");
	has("virtualization", "psci-by-smc", HW_OK, "smc");
	has("virtualization", "no-vhe", HW_OK, "have none");
	has("virtualization", "no-kvm", HW_OK, "no /dev/kvm");
	has("interrupts", "gic", HW_OK, "GICv2");
	has("iommu", "smmu", HW_MISSING,
	    "smmu.0x00000000fd800000 is none of version 3");
	has("counters", "pmuv3", HW_OK, "armv8_cortex_a53");
	has("cache", "geometry", HW_OK, "L2 of 1024 KiB: 1024 sets, 16 ways");
	has("cache", "colors", HW_OK, "16 by address bits");
	has("memory", "reserved", HW_OK, "mem=1792M");
	assert_int_equal(hw_count(&report, HW_MISSING), 0);
	assert_int_equal(regctl(""), APP_OK);
}

static void test_smmu3(void **state)
{
	const char *node = "proc/device-tree/soc/iommu@9050000/compatible";

	(void)state;
	machine_make(zcu102, COUNT(zcu102));
	file_remove("sys/class/iommu/smmu.0x00000000fd800000");
	file_put(node, "arm,mmu-500");
	check();
	has("iommu", "smmu", HW_MISSING, "Linux knows none");
	file_put(node, "arm,smmu-v3");
	check();
	has("iommu", "smmu", HW_UNKNOWN, "iommu@9050000: Weir looks");
	file_put("sys/class/iommu/smmu3.0x0000000009050000/", NULL);
	check();
	has("iommu", "smmu", HW_UNKNOWN, "the log does not say");
	file_put("dev/kmsg", "6,1,1;CPU0\n6,2,2;arm-smmu-v3 9050000.smmuv3: ias 44-bit, oas 44-bit (features 0x00008305)\n");
	check();
	has("iommu", "smmu", HW_MISSING, "9050000 has stage 1 only");
	file_put("dev/kmsg", "6,1,1;CPU0\n6,2,2;arm-smmu-v3 9050000.smmuv3: ias 48-bit, oas 48-bit (features 0x000f1fef)\n");
	check();
	has("iommu", "smmu", HW_OK, "9050000 has stage 2");
}

static void test_arm64_without_el2(void **state)
{
	(void)state;
	machine_make(zcu102, COUNT(zcu102));
	file_put("dev/kmsg", "6,102,2;CPU: All CPU(s) started at EL1\n");
	file_put("proc/device-tree/psci/method", "hvc");
	check();
	has("virtualization", "el2", HW_MISSING, "EL1");
	has("virtualization", "psci-by-smc", HW_MISSING, "hvc");
	assert_int_equal(regctl(""), APP_NO);
}

static void test_arm64_with_kvm_and_vhe(void **state)
{
	(void)state;
	machine_make(zcu102, COUNT(zcu102));
	/* A Cortex-A76 has VHE, and Linux stays at EL2 with it. */
	file_put("proc/cpuinfo", "CPU implementer\t: 0x41\nCPU part\t: 0xd0b\n");
	file_put("dev/kmsg", "6,1,1;CPU: All CPU(s) started at EL2\n6,2,2;CPU features: detected: Virtualization Host Extensions\n");
	file_put("dev/kvm", "");
	check();
	has("virtualization", "no-vhe", HW_MISSING, "EL2");
	has("virtualization", "no-kvm", HW_MISSING, "/dev/kvm");
	file_remove("dev/kvm");
	file_put("proc/cmdline",
		 "kvm-arm.mode=none id_aa64mmfr1.vh=0 mem=1792M\n");
	check();
	has("virtualization", "no-vhe", HW_OK, "id_aa64mmfr1.vh=0");
	assert_int_equal(hw_count(&report, HW_MISSING), 0);
	/* Without the log nothing is claimed. */
	file_remove("dev/kmsg");
	file_put("proc/cmdline", "mem=1792M\n");
	check();
	has("virtualization", "el2", HW_UNKNOWN, "log");
	has("virtualization", "no-vhe", HW_UNKNOWN, "log");
	assert_int_equal(regctl(""), APP_OK);
	assert_non_null(strstr(fake.err, "2 needed items are unknown"));
}

/* Weir hides VMX from the root cell, which is no reason to miss it. */
static void test_weir_runs(void **state)
{
	(void)state;
	machine_make(server, COUNT(server));
	file_put("sys/devices/weir/enabled", "1\n");
	file_put("sys/module/weir/refcnt", "1\n");
	file_put("proc/cmdline", "quiet\n");
	file_put("cpuid", "1 0 50654 400800 7ffefbdf bfebfbff\n");
	check();
	has("virtualization", "vmx", HW_OK, "Weir uses it");
	has("shares", "cat-l3", HW_UNKNOWN, "Weir hides it");
	has("memory", "reserved", HW_OK, "Weir runs in it");
	has("weir", "driver", HW_OK, "loaded");
	assert_int_equal(hw_count(&report, HW_MISSING), 0);
}

/* What the hypervisor answers is added for this machine only. */
static void test_running(void **state)
{
	(void)state;
	fake_run(&fake, "hwcheck --csv");
	assert_non_null(strstr(fake.out, "running,memguard,ok,no,usable,"));
	assert_non_null(strstr(fake.out, "running,l3-ways,ok,no,usable,"));
	assert_non_null(strstr(fake.out,
			       "running,l2-ways,missing,no,there is none,"));
	assert_non_null(strstr(fake.out, "running,colors,ok,no,usable,"));
	machine_make(server, COUNT(server));
	assert_int_equal(regctl("--csv"), APP_OK);
	assert_null(strstr(fake.out, "\nrunning,"));
}

static void test_json(void **state)
{
	json_t *document, *items, *object;
	json_error_t error;

	(void)state;
	machine_make(desktop, COUNT(desktop));
	assert_int_equal(regctl("--json"), APP_NO);
	document = json_loads(fake.out, 0, &error);
	assert_non_null(document);
	assert_string_equal(json_string_value(json_object_get(document,
							      "schema")),
			    "regctl.hwcheck/1");
	items = json_object_get(document, "items");
	assert_true(json_array_size(items) > 20);
	object = json_array_get(items, 0);
	assert_string_equal(json_string_value(json_object_get(object, "item")),
			    "vmx");
	assert_string_equal(json_string_value(json_object_get(object,
							      "state")), "ok");
	assert_true(json_is_true(json_object_get(object, "needed")));
	assert_true(json_is_null(json_object_get(object, "advice")));
	json_decref(document);
}

static void test_trouble(void **state)
{
	(void)state;
	assert_int_equal(hw_machine_init(&machine, root), -ENOTSUP);
	assert_int_equal(regctl(""), APP_USAGE);
	assert_non_null(strstr(fake.err, "neither x86-64 nor arm64"));
	machine_make(server, COUNT(server));
	file_put("cpuid", "1 0 50654 400800 7ffefbff\n");
	assert_int_equal(regctl(""), APP_USAGE);
	assert_non_null(strstr(fake.err, "LEAF SUBLEAF"));
	file_put("cpuid", "1 0 50654 400800 7ffefbff bfebfbff 0\n");
	assert_int_equal(hw_machine_init(&machine, root), -EINVAL);
	file_put("cpuid", "# nothing\n\n");
	file_put("msr", "480\n");
	assert_int_equal(hw_machine_init(&machine, root), -EINVAL);
}

/* Files of any length and content leave it standing. */
static void test_garbage(void **state)
{
	static const char *const paths[] = {
		"proc/cmdline", "proc/interrupts", "dev/kmsg",
		"proc/device-tree/psci/method",
		"sys/firmware/acpi/tables/DMAR",
		"sys/devices/system/cpu/cpu0/cache/index2/level",
		"boot/config-6.1.0-42", "proc/sys/kernel/osrelease",
	};
	static char noise[100000];
	uint32_t random = 1;

	(void)state;
	for (size_t n = 0; n < sizeof(noise); n++) {
		random = random * 1664525 + 1013904223;
		noise[n] = (char)(random >> 24);
	}
	for (size_t n = 0; n < COUNT(paths); n++) {
		machine_make(zcu102, COUNT(zcu102));
		bytes_put(paths[n], noise, sizeof(noise));
		check();
		bytes_put(paths[n], noise, 0);
		check();
		machine_make(server, COUNT(server));
		bytes_put(paths[n], noise, sizeof(noise));
		check();
		assert_true(regctl("--json") <= APP_NO);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_server, setup, teardown),
		cmocka_unit_test_setup_teardown(test_server_lacks, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_desktop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vmx_locked_off, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_amd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_zcu102, setup, teardown),
		cmocka_unit_test_setup_teardown(test_smmu3, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arm64_without_el2, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_arm64_with_kvm_and_vhe,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_weir_runs, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_running, setup, teardown),
		cmocka_unit_test_setup_teardown(test_json, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trouble, setup, teardown),
		cmocka_unit_test_setup_teardown(test_garbage, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
