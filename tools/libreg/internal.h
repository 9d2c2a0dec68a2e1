/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of libreg share. */
#ifndef LIBREG_INTERNAL_H
#define LIBREG_INTERNAL_H

#include "reg.h"

struct reg_device {
	char *device_path;
	char *sysfs_path;
	const struct reg_transport *transport;	/* NULL: ioctl on fd */
	int fd;					/* -1: not opened yet */
	struct reg_error last;
};

/* Records the failure of the last call and returns `error`. */
int reg_fail(struct reg_device *device, int error, enum reg_origin origin,
	     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The device node, a new descriptor. */
int reg_device_open(struct reg_device *device, int flags);

/*
 * Sends one request. `what` says for a person what was tried; `reason` is the
 * line inside the request that the driver answers with.
 */
int reg_control(struct reg_device *device, const char *what,
		unsigned long command, void *request, char *reason);

/* A one-line file of sysfs without its newline; 0 or negative errno. */
int reg_line_read(const char *directory, const char *name, char *text,
		  size_t size);

#endif
