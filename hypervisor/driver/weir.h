/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the driver share.
 *
 * Locks: `weir.command_lock` serialises every command that changes anything
 * (ioctls, the reboot notifier). `weir.gate` is held for reading around every
 * hypercall and for writing while the hypervisor comes or goes: a hypercall
 * made when Linux's own EL2 vectors are installed would be taken for one of
 * theirs. Order: command_lock, gate. sysfs readers take the gate only, so that
 * a kobject may be removed under the command lock.
 */
#ifndef DRIVER_WEIR_H
#define DRIVER_WEIR_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/kobject.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/types.h>

/* abi/regulation.h speaks of the largest number as <stdint.h> does. */
#ifndef UINT64_MAX
#define UINT64_MAX U64_MAX
#endif

#include "abi/driver.h"
#include "abi/image.h"
#include "validator.h"

/* One cell, the root cell included. */
struct weir_cell {
	struct kobject kobj;		/* cells/<id>; its release frees */
	struct list_head node;		/* in weir.cells, command_lock */
	u32 id;
	char name[CONFIG_NAME_BYTES];
	struct validator_blob blob;	/* own copy; none for the root cell */
	struct list_head stats;		/* directories of statistics */
	cpumask_t cpus;
	cpumask_t cpus_taken;		/* taken off Linux for this cell */
	atomic_t mappings;		/* of memory that goes with it; 0: may end */
};

struct weir {
	struct mutex command_lock;
	struct rw_semaphore gate;
	bool enabled;			/* gate */
	bool stuck;			/* entered by some CPUs only */

	/* command_lock; valid while enabled */
	phys_addr_t memory_phys;
	size_t memory_bytes;
	void *memory;			/* hypervisor memory, write-back */
	struct image_header *header;	/* at its start */
	struct validator_blob system;	/* own copy of the configuration */
	struct list_head cells;
	struct file *caller;		/* of the command under way */
	struct file *colorer;		/* who changes the root's colors, or NULL */
	struct weir_cell *root;
	char version[sizeof_field(struct image_header, version)];
	u64 statistics_phys;		/* of the page of CPU 0; 0: none */
	u64 percpu_bytes;		/* from that to the page of CPU 1 */
	u32 max_cpus;

	struct device *device;		/* /sys/devices/weir */
};

extern struct weir weir;

/* Writes the line for a person and returns `error`. */
__printf(3, 4)
int weir_refuse(char *reason, int error, const char *format, ...);

/* enable.c: the commands; command_lock is held. */
int weir_enable(struct weir_enable *request, char *reason);
int weir_disable(char *reason);
/* Ends all cells by force if they allow it, then disables. */
void weir_shut_down(void);

/* image.c */
/*
 * Copies the image (user pointer, or firmware when 0) to the start of
 * hypervisor memory `target` of `room` bytes. Zeroes nothing.
 */
int image_copy(const struct weir_enable *request, void *target, size_t room,
	       char *reason);

/* config.c */
/*
 * Copies a configuration from user memory, with zeroes behind it; free
 * blob->config with kfree().
 */
int config_copy(struct validator_blob *blob, u64 address, u64 size,
		char *reason);
/* The CPU set of a checked descriptor; refuses CPUs Linux does not know. */
int config_cpu_mask(const struct cell_desc *cell, cpumask_t *cpus,
		    char *reason);
/* The memory regions of a checked descriptor. */
const struct memory_region *config_memory(const struct cell_desc *cell);

/* cell.c: command_lock is held and the hypervisor enabled, unless said. */
struct weir_cell *cell_alloc(u32 id, const char *name);
int cell_publish(struct weir_cell *cell);
/* Takes the cell out of sysfs and the list, and drops it. */
void cell_retract(struct weir_cell *cell);
/* The cell named by id, or by name when id is -1; ERR_PTR otherwise. */
struct weir_cell *cell_find(const struct weir_cell_id *id, char *reason);
int cell_create(struct weir_cell_create *request, char *reason);
int cell_start(struct weir_cell_op *request, char *reason);
int cell_destroy(struct weir_cell_op *request, char *reason);
int cell_end(struct weir_cell *cell, char *reason);

/* load.c */
int cell_load(struct weir_cell_load *request, char *reason);

/* regulation.c */
int regulation_set(struct weir_reg_set *request, char *reason);
int regulation_get(struct weir_reg_get *request, char *reason);
int partition_set(struct weir_part_set *request, char *reason);
int partition_get(struct weir_part_get *request, char *reason);
int cell_report(struct weir_cell_report *request, char *reason);
int traffic_get(struct weir_traffic *request, char *reason);
/* May be called without command_lock. */
int regulation_status(u32 cell_id, struct reg_status *status);
int cell_report_fetch(u32 cell_id, struct cell_report *report);

/* colors.c */
/* What the hypervisor found out of the machine goes into weir.system. */
int colors_learn(void);
/* As "0-3,7", a line; empty when the cell is not colored. */
ssize_t colors_list(u32 cell_id, char *buffer);
extern const struct attribute_group coloring_group;
/* Command lock. */
int colors_set(struct weir_colors_set *request, char *reason);
int colors_step(struct weir_colors_step *request, char *reason);
/* The root has all colors again, as bare Linux needs them. */
int colors_give_back(char *reason);
/* A descriptor is closed; takes the command lock if it matters. */
void colors_abandon(const struct file *file);

/* hypercall.c: -ENODEV unless enabled. */
long weir_hypercall(u32 number, unsigned long arg1, unsigned long arg2);
/* The same; on failure fetches the hypervisor's line. */
long weir_command(u32 number, unsigned long arg1, unsigned long arg2,
		  char *reason);
/* That line alone. The gate is held for writing, the hypervisor enabled. */
void weir_last_reason(long error, char *reason);

/* share.c: tries command_lock */
int share_mmap(struct file *file, struct vm_area_struct *vma);

/* console.c */
void console_attach(const struct console_ring *ring);
/* Keeps the last content readable. */
void console_detach(void);
ssize_t console_dump(char *buffer, size_t room);
extern const struct file_operations weir_file_operations;
void console_stop(void);

/* main.c */
long weir_ioctl(struct file *file, unsigned int command, unsigned long arg);

/* sysfs.c, sysfs-cell.c, sysfs-stats.c */
int sysfs_init(void);
void sysfs_exit(void);
extern struct kobject *sysfs_cells;
extern struct kobj_type cell_kobj_type;
int sysfs_stats_add(struct weir_cell *cell);
/* After the cell gained or lost CPUs. */
int sysfs_stats_update(struct weir_cell *cell);
void sysfs_stats_remove(struct weir_cell *cell);

#endif
