/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a machine offers Weir, and what it lacks, without Weir being there.
 *
 * Everything is read through a root directory: files of /proc, /sys, /dev and
 * /boot. CPUID of this machine is executed, and MSRs are read by the
 * module msr; those of another one come from the files `cpuid` and `msr` in its
 * directory. Nothing is changed, nothing printed.
 */
#ifndef HWCHECK_H
#define HWCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hw_state {
	HW_OK,
	HW_MISSING,
	HW_UNKNOWN,
};

/* What there is to look for. All texts are constant. */
struct hw_subject {
	const char *area;
	const char *key;	/* unique in its area */
	const char *purpose;	/* what Weir needs it for */
	const char *advice;	/* what to do where it is not there */
	bool needed;		/* Weir does not run without it */
};

struct hw_item {
	const struct hw_subject *subject;
	enum hw_state state;
	char found[128];
};

#define HW_ITEMS_MAX		80

struct hw_report {
	struct hw_item items[HW_ITEMS_MAX];
	unsigned int items_count;
};

enum hw_arch {
	HW_ARCH_UNKNOWN,
	HW_ARCH_X86,
	HW_ARCH_ARM64,
};

struct hw_cpuid {
	uint32_t eax, ebx, ecx, edx;
};

struct hw_leaf {
	uint32_t leaf, subleaf;
	struct hw_cpuid regs;
};

struct hw_msr {
	uint32_t number;
	uint64_t value;
};

#define HW_CPUID_MAX		64
#define HW_MSRS_MAX		64

struct hw_machine {
	const char *root;	/* "": this machine */
	enum hw_arch arch;
	bool weir_runs;
	/* Of another machine: what its files say. */
	struct hw_leaf cpuid[HW_CPUID_MAX];
	unsigned int cpuid_count;
	struct hw_msr msrs[HW_MSRS_MAX];
	unsigned int msrs_count;
};

/*
 * root NULL or "": this machine. 0, or -ENOTSUP when what is there is neither
 * x86-64 nor arm64, -EINVAL when one of these files is not understood.
 */
int hw_machine_init(struct hw_machine *machine, const char *root);
/* Looks at all there is to look at. */
void hw_check(const struct hw_machine *machine, struct hw_report *report);
/* Adds an item; `format` says what was found. */
void hw_add(struct hw_report *report, const struct hw_subject *subject,
	    enum hw_state state, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Items that are needed and in this state. */
unsigned int hw_count(const struct hw_report *report, enum hw_state state);
const char *hw_state_name(enum hw_state state);

#endif
