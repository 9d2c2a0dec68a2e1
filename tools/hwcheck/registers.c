// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUID and MSRs of x86. This machine's are executed, or read by the module
 * msr. Another one's are lines of hexadecimal numbers; '#' starts a comment:
 * `cpuid` has "LEAF SUBLEAF EAX EBX ECX EDX", `msr` has "NUMBER VALUE".
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES	8192
#define CPUID_FIELDS	6
#define MSR_FIELDS	2
#define LEAF_EXTENDED	0x80000000u

#ifdef __x86_64__
#include <cpuid.h>

static bool cpuid_execute(uint32_t leaf, uint32_t subleaf,
			  struct hw_cpuid *regs)
{
	if (__get_cpuid_max(leaf & LEAF_EXTENDED, NULL) >= leaf)
		__cpuid_count(leaf, subleaf, regs->eax, regs->ebx, regs->ecx,
			      regs->edx);
	return true;
}
#else
static bool cpuid_execute(uint32_t leaf, uint32_t subleaf,
			  struct hw_cpuid *regs)
{
	(void)leaf;
	(void)subleaf;
	(void)regs;
	return false;
}
#endif

static int cpuid_line(struct hw_machine *machine, const char *line)
{
	struct hw_leaf *leaf = &machine->cpuid[machine->cpuid_count];
	int end = 0;

	if (machine->cpuid_count == HW_CPUID_MAX ||
	    sscanf(line, "%" SCNx32 "%" SCNx32 "%" SCNx32 "%" SCNx32 "%" SCNx32
		   "%" SCNx32 " %n", &leaf->leaf, &leaf->subleaf,
		   &leaf->regs.eax, &leaf->regs.ebx, &leaf->regs.ecx,
		   &leaf->regs.edx, &end) != CPUID_FIELDS || line[end] != '\0')
		return -EINVAL;
	machine->cpuid_count++;
	return 0;
}

static int msr_line(struct hw_machine *machine, const char *line)
{
	struct hw_msr *msr = &machine->msrs[machine->msrs_count];
	int end = 0;

	if (machine->msrs_count == HW_MSRS_MAX ||
	    sscanf(line, "%" SCNx32 "%" SCNx64 " %n", &msr->number,
		   &msr->value, &end) != MSR_FIELDS || line[end] != '\0')
		return -EINVAL;
	machine->msrs_count++;
	return 0;
}

/* A file that is not there has no lines. */
static int lines_take(struct hw_machine *machine, const char *path,
		      int (*take)(struct hw_machine *machine, const char *line))
{
	char text[FILE_BYTES];
	char *line, *rest;
	int error = 0;

	if (hw_read(machine, path, text, sizeof(text)) < 0)
		return 0;
	for (line = strtok_r(text, "\n", &rest); line && !error;
	     line = strtok_r(NULL, "\n", &rest)) {
		line[strcspn(line, "#")] = '\0';
		if (line[strspn(line, " \t")] != '\0')
			error = take(machine, line);
	}
	return error;
}

int hw_registers_init(struct hw_machine *machine)
{
	int error;

	machine->cpuid_count = 0;
	machine->msrs_count = 0;
	if (machine->root[0] == '\0')
		return 0;
	error = lines_take(machine, "/cpuid", cpuid_line);
	return error ? error : lines_take(machine, "/msr", msr_line);
}

bool hw_cpuid(const struct hw_machine *machine, uint32_t leaf,
	      uint32_t subleaf, struct hw_cpuid *regs)
{
	*regs = (struct hw_cpuid){ 0 };
	if (machine->root[0] == '\0')
		return cpuid_execute(leaf, subleaf, regs);
	for (unsigned int n = 0; n < machine->cpuid_count; n++)
		if (machine->cpuid[n].leaf == leaf &&
		    machine->cpuid[n].subleaf == subleaf)
			*regs = machine->cpuid[n].regs;
	return machine->cpuid_count != 0;
}

/* The device takes the number as the place in the file. */
static bool msr_device_read(uint32_t number, uint64_t *value)
{
	int file = open("/dev/cpu/0/msr", O_RDONLY | O_CLOEXEC);
	ssize_t count;

	if (file < 0)
		return false;
	count = pread(file, value, sizeof(*value), (off_t)number);
	close(file);
	return count == sizeof(*value);
}

bool hw_msr(const struct hw_machine *machine, uint32_t number, uint64_t *value)
{
	if (machine->root[0] == '\0')
		return msr_device_read(number, value);
	for (unsigned int n = 0; n < machine->msrs_count; n++) {
		if (machine->msrs[n].number != number)
			continue;
		*value = machine->msrs[n].value;
		return true;
	}
	return false;
}
