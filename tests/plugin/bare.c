// SPDX-License-Identifier: GPL-2.0-only
/* Output, the model's controls, and the choice of the program. */
#include "bare.h"

void checks_main(void);
void bench_main(void);

void print(const char *text)
{
	volatile uint32_t *uart = (volatile uint32_t *)0x09000000;

	while (*text)
		*uart = (unsigned char)*text++;
}

void print_number(uint64_t value)
{
	char text[21];
	unsigned int n = sizeof(text) - 1;

	text[n] = 0;
	do {
		text[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	print(&text[n]);
}

void check_within(const char *name, uint64_t got, uint64_t low, uint64_t high)
{
	if (got >= low && got <= high) {
		print("ok ");
		print(name);
	} else {
		print("FAIL ");
		print(name);
		print(": got ");
		print_number(got);
		print(", expected ");
		print_number(low);
		print(" to ");
		print_number(high);
	}
	print("\n");
}

void check(const char *name, uint64_t got, uint64_t expected)
{
	check_within(name, got, expected, expected);
}

void unexpected(uint64_t syndrome, uint64_t address)
{
	print("FAIL exception: ESR ");
	print_number(syndrome);
	print(" ELR ");
	print_number(address);
	print("\n");
	psci_system_off();
}

void model_start(void)
{
	PAGE->control = MEMSYS_CONTROL_RUN;
	doorbell();
}

void model_stop(void)
{
	PAGE->control = 0;
	doorbell();
}

void control(unsigned int cpu, uint32_t flags, uint64_t hold_until_cycles,
	     uint64_t way_mask)
{
	PAGE->cpu[cpu].hold_until_cycles = hold_until_cycles;
	PAGE->cpu[cpu].way_mask = way_mask;
	PAGE->cpu[cpu].control = flags;
	doorbell();
}

void profile_done(void)
{
	print("end\n");
	psci_system_off();
}

void main(void)
{
	switch (MODE) {
	case 0:
		checks_main();
		break;
	case 1:
		bench_main();
		break;
	case 2:
		contention_main();
		break;
	default:
		profile_main();
	}
	print("end\n");
	psci_system_off();
}

void secondary_main(uint64_t cpu)
{
	contention_secondary((unsigned int)cpu);
	for (;;)
		__asm__ volatile("wfi");
}
