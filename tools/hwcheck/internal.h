/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of hwcheck have from each other. */
#ifndef HWCHECK_INTERNAL_H
#define HWCHECK_INTERNAL_H

#include "coloring/coloring.h"
#include "hwcheck.h"

/* --- files.c: paths are absolute, below the machine's root -------------- */

/*
 * Reads up to size - 1 bytes and ends them with NUL. Their number, or a
 * negative errno.
 */
long hw_read(const struct hw_machine *machine, const char *path, void *text,
	     size_t size);
bool hw_exists(const struct hw_machine *machine, const char *path);
/* Entries of a directory but hidden ones; negative when there is none. */
int hw_entries(const struct hw_machine *machine, const char *path);
/* True for an entry of the directory whose name starts so; the name is copied. */
bool hw_entry_find(const struct hw_machine *machine, const char *path,
		   const char *start, char *name, size_t size);
/* A decimal number, also with K behind it, and nothing else. */
bool hw_number(const struct hw_machine *machine, const char *path,
	       uint64_t *value);
/* What follows `name` in the first such line of /proc/cpuinfo. */
bool hw_cpuinfo(const struct hw_machine *machine, const char *name, char *text,
		size_t size);
/* Whether blank-separated `words` have this one. */
bool hw_has_word(const char *words, const char *word);
/* The value of NAME=VALUE in the kernel's command line. */
bool hw_boot_option(const struct hw_machine *machine, const char *name,
		    char *value, size_t size);

/* --- registers.c -------------------------------------------------------- */

int hw_registers_init(struct hw_machine *machine);
/* All zero for a leaf the CPU does not have; false where CPUID is unknown. */
bool hw_cpuid(const struct hw_machine *machine, uint32_t leaf,
	      uint32_t subleaf, struct hw_cpuid *regs);
/* Of CPU 0; false where it cannot be read. */
bool hw_msr(const struct hw_machine *machine, uint32_t number,
	    uint64_t *value);

/* --- perf.c: this machine only ------------------------------------------ */

/*
 * Instructions of a loop of at least `turns` turns, as the kernel counts them;
 * or a negative errno.
 */
int64_t hw_perf_instructions(uint64_t turns);

/* --- areas -------------------------------------------------------------- */

void hw_x86_check(const struct hw_machine *machine, struct hw_report *report);
void hw_x86_shares_check(const struct hw_machine *machine,
			 struct hw_report *report);
void hw_arm64_check(const struct hw_machine *machine,
		    struct hw_report *report);
void hw_linux_check(const struct hw_machine *machine,
		    struct hw_report *report);
void hw_perf_check(const struct hw_machine *machine, struct hw_report *report);
/* The IOMMU as Linux uses it. */
void hw_iommu_groups_check(const struct hw_machine *machine,
			   struct hw_report *report);
/* The last-level cache as sysfs describes it; false: it does not. */
bool hw_sysfs_cache(const struct hw_machine *machine, unsigned int *level,
		    struct color_cache *cache);
/* Geometry and colors of the last-level cache; NULL: not known. */
void hw_cache_add(struct hw_report *report, unsigned int level,
		  const struct color_cache *cache, bool is_hashed);

#endif
