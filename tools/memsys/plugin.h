/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory-system plugin's state, shared by its source files. */
#ifndef MEMSYS_PLUGIN_H
#define MEMSYS_PLUGIN_H

#include <pthread.h>

#include "color-check.h"
#include "color-owners.h"
#include "memsys.h"
#include "observer.h"
#include "qemu-plugin-api.h"

/* The control words of one CPU as they were last applied. */
struct applied_control {
	uint32_t control;
	uint64_t hold_until_cycles;
	uint64_t way_mask;
};

struct plugin {
	struct memsys *model;
	struct memsys_page *page;	/* guest RAM, shared with the guest */
	struct observer *observer;	/* NULL without observer=FILE */
	struct color_check *colors;	/* NULL without check=FILE */
	struct color_owners *owners;	/* NULL without ownership=FILE */
	uint64_t hypervisor;		/* where its instructions are */
	qemu_plugin_id_t id;
	unsigned int num_cpus;
	uint64_t ram_phys;
	uint64_t ram_bytes;
	uint64_t page_phys;
	uint64_t line_bytes;
	bool always_on;		/* on=1: control.RUN is not looked at */
	bool running;		/* the model counts */
	bool instrumented;	/* translations made for that are in use */
	bool page_store_seen;	/* a store was reported within the page */
	bool hwaddr_verified;	/* and stands for a control word that changed */
	bool thread_checked[MEMSYS_MAX_CPUS];
	bool thread_known;
	pthread_t thread;	/* that runs every vCPU */
	bool excluded[MEMSYS_MAX_CPUS]; /* uncharged or held */
	struct applied_control applied[MEMSYS_MAX_CPUS];
};

extern struct plugin plugin;

/* plugin-hooks.c: registers what the present state (running or not) needs: a
 * reset has dropped all that was registered before. */
void hooks_install(void);
/* Starts the model at time 0. From install or from a doorbell. */
void hooks_start(void);

/* plugin.c: when QEMU ends. */
void plugin_exit(qemu_plugin_id_t id, void *unused);

/* Says why on standard error and ends QEMU with status 1. */
__attribute__((noreturn, format(printf, 1, 2)))
void plugin_fatal(const char *format, ...);

#endif
