/* SPDX-License-Identifier: GPL-2.0-only */
/* Leaving: all CPUs of the root cell ask for it, or it does not happen. */
#include "hv/setup.h"

#include "hv/cell.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "hv/partition.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/recolor.h"
#include "hv/regulation.h"
#include "hv/relocate.h"
#include "hv/spinlock.h"
#include "hv/traffic.h"
#include "hv/wait.h"

#define DISABLE_PATIENCE_MS	10000

enum disable_state {
	DISABLE_IDLE,
	DISABLE_GATHERING,	/* some CPUs have asked */
	DISABLE_AGREED,		/* all have */
	DISABLE_REFUSED,	/* not in time; those waiting go back */
};

/* From the first CPU that asks to the last that leaves, the first one's
 * management lock is held: no cell can appear meanwhile. */
static struct {
	struct spinlock lock;
	enum disable_state state;
	unsigned int inside;
} disable;

static unsigned int root_cpus_count(void)
{
	unsigned int count = 0;

	for (uint64_t cpus = cell_root()->cpus; cpus; cpus &= cpus - 1)
		count++;
	return count;
}

static int check_cpus_run(struct reason *reason)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		const struct per_cpu *cpu = percpu_get(i);

		if ((cell_root()->cpus >> i & 1) && cpu && cpu->parked)
			return refuse(reason, -EBUSY,
				      "CPU %u is offline: bring it online first",
				      i);
	}
	return 0;
}

/* The first CPU that asks. Under disable.lock. */
static int disable_begin(struct reason *reason)
{
	int error = management_begin(reason);

	if (error)
		return error;
	if (cell_count() > 1)
		error = refuse(reason, -EBUSY,
			       "%u cells exist beside the root cell: destroy them first",
			       cell_count() - 1);
	if (!error)
		error = recolor_complete(reason);
	if (!error)
		error = check_cpus_run(reason);
	if (error)
		management_end();
	else
		disable.state = DISABLE_GATHERING;
	return error;
}

static int disable_join(struct reason *reason)
{
	int error = 0;

	spin_lock(&disable.lock);
	if (disable.state == DISABLE_REFUSED)
		error = refuse(reason, -EBUSY,
			       "an earlier request is still being withdrawn");
	if (disable.state == DISABLE_IDLE)
		error = disable_begin(reason);
	if (!error && ++disable.inside == root_cpus_count())
		disable.state = DISABLE_AGREED;
	spin_unlock(&disable.lock);
	return error;
}

static enum disable_state disable_state(void)
{
	enum disable_state state;

	spin_lock(&disable.lock);
	state = disable.state;
	spin_unlock(&disable.lock);
	return state;
}

/* Patience is over, unless the last CPU came at the same moment. */
static void disable_give_up(void)
{
	spin_lock(&disable.lock);
	if (disable.state == DISABLE_GATHERING)
		disable.state = DISABLE_REFUSED;
	spin_unlock(&disable.lock);
}

/* True for the last CPU. */
static bool disable_leave(void)
{
	bool last;

	spin_lock(&disable.lock);
	last = --disable.inside == 0;
	if (last && disable.state == DISABLE_REFUSED) {
		disable.state = DISABLE_IDLE;
		management_end();
	}
	spin_unlock(&disable.lock);
	return last;
}

int setup_disable(struct per_cpu *cpu, struct reason *reason)
{
	struct wait wait = wait_begin_ms(DISABLE_PATIENCE_MS);
	int error = disable_join(reason);

	if (error)
		return error;
	/* The other CPUs need not keep step with one that waits for them. */
	memsys_cpu_stop(cpu);
	while (disable_state() == DISABLE_GATHERING) {
		if (!wait_turn(&wait))
			disable_give_up();
	}
	if (disable_state() == DISABLE_REFUSED) {
		disable_leave();
		memsys_cpu_start(cpu);
		return refuse(reason, -ETIMEDOUT,
			      "not all CPUs of the root cell asked within %u ms",
			      DISABLE_PATIENCE_MS);
	}
	regulation_cpu_stop(cpu);
	partition_cpu_restore(cpu);
	cpu->active = false;
	if (disable_leave()) {
		traffic_release();
		printk("leaving\n");
		relocate_leave();
		console_uart_exit();
		memsys_exit();
	}
	return 0;
}
