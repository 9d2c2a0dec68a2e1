// SPDX-License-Identifier: GPL-2.0-only
/* Brings the machine up and runs the group that the command line names. */
#include "groups.h"
#include "root.h"

void root_main(void);

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{ "machine", group_machine },
	{ "enable", group_enable },
	{ "cell", group_cell },
	{ "hostile", group_hostile },
	{ "cost", group_cost },
	{ "cat", group_cat },
	{ "kick", group_kick },
	{ "smp", group_smp },
	{ "throttle", group_throttle },
	{ "inmates", group_inmates },
	{ "tick", group_tick },
	{ "demo", group_demo },
	{ "iommu", group_iommu },
};

static void group_run(void)
{
	for (size_t n = 0; n < ARRAY_COUNT(groups); n++) {
		if (option_is("group", groups[n].name)) {
			groups[n].run();
			tests_done();
			return;
		}
	}
	print("no such group\n");
}

void root_main(void)
{
	console_init();
	machine_init();
	cpu_setup(&cpus[0]);
	cpus[0].online = true;
	__asm__ volatile("sti" ::: "memory");
	print("root: %s\n", apic_is_x2apic() ? "x2apic" : "xapic");
	group_run();
	machine_stop();
}

void panic(const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	hv_vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	print("panic: %s", line);
	machine_stop();
}
