/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver for tests of libreg and regctl: it records what it is asked,
 * answers with fixed values, and has a sysfs tree of real files.
 */
#ifndef REGCTL_FAKE_H
#define REGCTL_FAKE_H

#include <stdbool.h>

#include "tools/libreg/reg.h"
#include "tools/regctl/app.h"

#define FAKE_LOG_BYTES	4096

struct fake {
	char sysfs[64];			/* the directory */
	struct reg_transport transport;

	/* answers */
	int error;			/* 0, or the errno of every call */
	int error_of_check;		/* the same for REG_OP_CHECK alone */
	const char *reason;
	struct reg_settings effective;	/* of set, check and clear */
	struct reg_status status[8];	/* by cell id */
	uint64_t clock_step_ns;		/* now_ns grows by this per REG_GET */
	struct cell_report report;
	struct part_settings shares;	/* in force, of set, check and clear */
	struct part_status part;	/* of every cell */
	uint64_t color_bytes;		/* to move; each step moves a quarter */
	uint64_t color_left;
	uint64_t color_interrupt;	/* Ctrl-C when so much is left; 0: none */
	uint64_t color_too_late;	/* no way back when so much is left */
	uint64_t colors[1];		/* what the root has in the end */
	/* What every cell shares with the root. */
	_Alignas(8) uint8_t shared[128];

	/* what was asked: one line for each call */
	char log[FAKE_LOG_BYTES];
	unsigned int calls;
	struct reg_request request;	/* the last one */

	/* one run of regctl */
	char *out;
	char *err;
	size_t out_size;
	size_t err_size;
};

/* Two cells, "qemu-virt" (0, CPUs 0-1) and "victim" (2, CPU 2). */
void fake_setup(struct fake *fake);
void fake_teardown(struct fake *fake);

/* A file below the sysfs directory; NULL removes it. */
void fake_file(const struct fake *fake, const char *path, const char *text);

/* Runs a command line, split at blanks; '\'' keeps blanks together. */
int fake_run(struct fake *fake, const char *line);

/* The fixed answers of the golden files. */
void fake_golden_status(struct fake *fake);

#endif
