/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * /dev/weir: ioctls of the Linux driver.
 *
 * Every argument starts with its size in bytes, so that structures can grow:
 * a shorter one is zero-extended, a longer one is accepted when what the
 * driver does not know is zero (else -E2BIG). Every ioctl answers with a
 * negative errno and, in `reason`, one line for a person.
 *
 * mmap() with MAP_SHARED maps memory that a cell shares with the root cell: its
 * first region marked ROOTSHARED that is RAM. The offset is the cell's id shifted
 * left by WEIR_MMAP_CELL_SHIFT, plus a place in the region. -ENXIO: the cell
 * shares nothing; -EAGAIN: a command is under way. A
 * cell cannot be destroyed while such a mapping lives.
 *
 * The root cell shares nothing with itself: cell 0 stands for the statistics
 * pages (abi/statistics.h), one per CPU, in their order. They can be read only:
 * -EPERM to a mapping for writing. Weir cannot be disabled while one lives.
 *
 * read() on the device returns the virtual console from its oldest character
 * still in the ring; it blocks (poll() works) unless O_NONBLOCK is set.
 */
#ifndef ABI_DRIVER_H
#define ABI_DRIVER_H

#ifdef __KERNEL__
#include <linux/ioctl.h>
#else
#include <sys/ioctl.h>
#endif

#include "hypercall.h"
#include "partition.h"
#include "regulation.h"
#include "types.h"

#define WEIR_DEVICE			"/dev/weir"
#define WEIR_SYSFS			"/sys/devices/weir"
#define WEIR_FIRMWARE			"weir.bin"

#define WEIR_REASON_BYTES		128
#define WEIR_MMAP_CELL_SHIFT		32

struct weir_cell_id {
	int32_t id;			/* -1: look up by name */
	uint32_t reserved;
	char name[CONFIG_NAME_BYTES];
};
ABI_SIZE(struct weir_cell_id, 40);

struct weir_enable {
	uint32_t size;
	uint32_t reserved;
	uint64_t config_address;	/* user pointer to the system config */
	uint64_t config_size;
	uint64_t image_address;		/* user pointer to an image; 0: firmware */
	uint64_t image_size;
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_enable, 168);

struct weir_disable {
	uint32_t size;
	uint32_t reserved;
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_disable, 136);

struct weir_cell_create {
	uint32_t size;
	uint32_t cell_id;		/* answer: id of the new cell */
	uint64_t config_address;
	uint64_t config_size;
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_cell_create, 152);

struct weir_image {
	uint64_t source_address;	/* user pointer */
	uint64_t size;
	uint64_t target_address;	/* cell-physical */
	uint64_t reserved;
};
ABI_SIZE(struct weir_image, 32);

#define WEIR_MAX_IMAGES			16

/* num_images 0 shuts the cell down and loads nothing. */
struct weir_cell_load {
	uint32_t size;
	uint32_t num_images;
	struct weir_cell_id cell;
	uint64_t images_address;	/* user pointer to struct weir_image[] */
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_cell_load, 184);

struct weir_cell_op {
	uint32_t size;
	uint32_t reserved;
	struct weir_cell_id cell;
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_cell_op, 176);

/*
 * weir_reg_set.flags: nothing but errors is asked for, the answer is 0. Where the
 * request is for another total budget alone that takes a small part of the time.
 */
#define WEIR_REG_BRIEF			0x0001u

/* The request's cell_id is filled in from `cell` by the driver. */
struct weir_reg_set {
	uint32_t size;
	uint32_t flags;
	struct weir_cell_id cell;
	struct reg_request request;
};
ABI_SIZE(struct weir_reg_set, 416);

struct weir_reg_get {
	uint32_t size;
	uint32_t reserved;
	struct weir_cell_id cell;
	uint64_t status_address;	/* user pointer to struct reg_status */
	uint64_t status_size;
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_reg_get, 192);

struct weir_cell_report {
	uint32_t size;
	uint32_t reserved;
	struct weir_cell_id cell;
	struct cell_report report;
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_cell_report, 352);

/* The request's cell_id is filled in from `cell` by the driver. */
struct weir_part_set {
	uint32_t size;
	uint32_t reserved;
	struct weir_cell_id cell;
	struct part_request request;
};
ABI_SIZE(struct weir_part_set, 360);

struct weir_part_get {
	uint32_t size;
	uint32_t reserved;
	struct weir_cell_id cell;
	struct part_status status;	/* answer */
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_part_get, 712);

/* Of the whole machine: WEIR_HC_TRAFFIC. */
struct weir_traffic {
	uint32_t size;
	uint32_t reserved;
	struct traffic_report report;	/* answer */
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_traffic, 168);

/*
 * Begins to change the colors of the root cell. The rest happens in the calls of
 * WEIR_COLORS_STEP that follow on the same descriptor; when it is closed before
 * that, the root goes back to the colors it had.
 */
struct weir_colors_set {
	uint32_t size;
	uint32_t reserved;
	struct weir_cell_id cell;
	struct color_request request;	/* its size and cell_id: the driver's */
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_colors_set, 256);

/* Goes on for a while: until the answer has no bytes left. */
struct weir_colors_step {
	uint32_t size;
	uint32_t flags;			/* COLOR_STEP_* */
	struct color_request answer;	/* as to COLOR_REQUEST_LOOK */
	char reason[WEIR_REASON_BYTES];
};
ABI_SIZE(struct weir_colors_step, 216);

#define WEIR_IOCTL_MAGIC		0xb7
#define WEIR_ENABLE		_IOWR(WEIR_IOCTL_MAGIC, 0, struct weir_enable)
#define WEIR_DISABLE		_IOWR(WEIR_IOCTL_MAGIC, 1, struct weir_disable)
#define WEIR_CELL_CREATE	_IOWR(WEIR_IOCTL_MAGIC, 2, struct weir_cell_create)
#define WEIR_CELL_LOAD		_IOWR(WEIR_IOCTL_MAGIC, 3, struct weir_cell_load)
#define WEIR_CELL_START		_IOWR(WEIR_IOCTL_MAGIC, 4, struct weir_cell_op)
#define WEIR_CELL_DESTROY	_IOWR(WEIR_IOCTL_MAGIC, 5, struct weir_cell_op)
#define WEIR_REG_SET		_IOWR(WEIR_IOCTL_MAGIC, 6, struct weir_reg_set)
#define WEIR_REG_GET		_IOWR(WEIR_IOCTL_MAGIC, 7, struct weir_reg_get)
#define WEIR_CELL_REPORT	_IOWR(WEIR_IOCTL_MAGIC, 8, struct weir_cell_report)
#define WEIR_PART_SET		_IOWR(WEIR_IOCTL_MAGIC, 9, struct weir_part_set)
#define WEIR_PART_GET		_IOWR(WEIR_IOCTL_MAGIC, 10, struct weir_part_get)
#define WEIR_TRAFFIC		_IOWR(WEIR_IOCTL_MAGIC, 11, struct weir_traffic)
#define WEIR_COLORS_SET		_IOWR(WEIR_IOCTL_MAGIC, 12, struct weir_colors_set)
#define WEIR_COLORS_STEP	_IOWR(WEIR_IOCTL_MAGIC, 13, struct weir_colors_step)
#define WEIR_IOCTL_COUNT	14

#endif
