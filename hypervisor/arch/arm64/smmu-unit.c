/* SPDX-License-Identifier: GPL-2.0-only */
/* One SMMUv3: on and off, its queue of commands, its queue of events. */
#include "smmu-internal.h"

#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/wait.h"

/* It answers within microseconds, or is broken. */
#define PATIENCE_MS		100
#define FAULTS_SHOWN		8u

#define ULL(x)			((unsigned long long)(x))

static uint32_t get(const struct smmu_unit *unit, unsigned int reg)
{
	return smmu_read32(unit->registers, reg);
}

static void put(const struct smmu_unit *unit, unsigned int reg, uint32_t value)
{
	smmu_write32(unit->registers, reg, value);
}

static int lacks(const struct smmu_unit *unit, struct reason *reason,
		 const char *what)
{
	return refuse(reason, -ENODEV,
		      "SMMU at 0x%llx %s: devices cannot be held to their cells by it",
		      ULL(unit->base), what);
}

/* [6.3.1] to [6.3.6]: what the tables here need. */
static int suits(const struct smmu_unit *unit, struct reason *reason)
{
	if (!(unit->idr0 & IDR0_STAGE2))
		return lacks(unit, reason,
			     "has no stage 2 (IDR0.S2P is 0)");
	if (!(unit->idr0 & IDR0_AARCH64) || !(unit->idr5 & IDR5_4K))
		return lacks(unit, reason,
			     "does not walk tables of AArch64 with 4 KiB pages");
	if (IDR0_ENDIAN(unit->idr0) == ENDIAN_BIG)
		return lacks(unit, reason, "has big-endian tables only");
	if (IDR0_STALLS(unit->idr0) == STALLS_ALWAYS)
		return lacks(unit, reason,
			     "stalls devices that fault (IDR0.STALL_MODEL)");
	if (unit->idr1 & IDR1_FIXED)
		return lacks(unit, reason,
			     "has its tables or queues where it wants (IDR1)");
	return 0;
}

static int queue_init(const struct smmu_unit *unit, struct smmu_queue *queue,
		      unsigned int able, unsigned int log2)
{
	queue->log2 = able < log2 ? able : log2;
	queue->entries = page_alloc(1);
	if (!queue->entries)
		return -ENOMEM;
	if (!unit->coherent)
		smmu_flush(queue->entries, PAGE_BYTES);
	return 0;
}

int smmu_unit_init(struct smmu_unit *unit, const struct iommu_unit *described,
		   struct reason *reason)
{
	int error;

	*unit = (struct smmu_unit){ .base = described->base };
	unit->registers = hv_map(hpa(described->base), SMMU_BYTES,
				 MAP_READ | MAP_WRITE | MAP_DEVICE);
	if (!unit->registers)
		return refuse(reason, -ENOMEM,
			      "no room to map the SMMU at 0x%llx",
			      ULL(unit->base));
	unit->idr0 = get(unit, SMMU_IDR0);
	unit->idr1 = get(unit, SMMU_IDR1);
	unit->idr3 = get(unit, SMMU_IDR3);
	unit->idr5 = get(unit, SMMU_IDR5);
	unit->coherent = unit->idr0 & IDR0_COHERENT;
	error = suits(unit, reason);
	if (error)
		return error;
	if (get(unit, SMMU_CR0) & CR0_TRANSLATE)
		return refuse(reason, -EBUSY,
			      "SMMU at 0x%llx is in use: the kernel must not drive it",
			      ULL(unit->base));
	if (queue_init(unit, &unit->commands, IDR1_COMMANDS(unit->idr1),
		       COMMANDS_LOG2) < 0 ||
	    queue_init(unit, &unit->events, IDR1_EVENTS(unit->idr1),
		       EVENTS_LOG2) < 0)
		return refuse(reason, -ENOMEM,
			      "no pages left for the queues of the SMMU at 0x%llx",
			      ULL(unit->base));
	return 0;
}

/* -------------------------------------------------------------- commands */

static uint32_t index_mask(const struct smmu_queue *queue)
{
	return (1u << queue->log2) - 1;
}

static uint32_t next_at(const struct smmu_queue *queue, uint32_t at)
{
	return (at + 1) & (index_mask(queue) << 1 | 1);
}

static uint32_t commands_done(const struct smmu_unit *unit)
{
	return get(unit, SMMU_CMDQ_CONS) &
	       (index_mask(&unit->commands) << 1 | 1);
}

static void command_write(struct smmu_unit *unit, uint32_t at, uint64_t low,
			  uint64_t high)
{
	volatile uint64_t *entry =
		unit->commands.entries +
		COMMAND_WORDS * (at & index_mask(&unit->commands));

	entry[0] = low;
	entry[1] = high;
	if (!unit->coherent)
		smmu_flush(entry, COMMAND_WORDS * sizeof(*entry));
	smmu_barrier();
}

/*
 * The one that the unit refuses becomes one that it knows, and the unit goes on:
 * whoever comes later finds it working [7.1].
 */
static bool command_refused(struct smmu_unit *unit)
{
	uint32_t acknowledged = get(unit, SMMU_GERRORN);
	uint32_t cons;

	if (!((get(unit, SMMU_GERROR) ^ acknowledged) & GERROR_COMMAND))
		return false;
	cons = get(unit, SMMU_CMDQ_CONS);
	printk("SMMU 0x%llx: a command is refused, error %u\n",
	       ULL(unit->base), COMMANDS_ERROR(cons));
	command_write(unit, cons, COMMAND_SYNC, 0);
	put(unit, SMMU_GERRORN, acknowledged ^ GERROR_COMMAND);
	return true;
}

/* Until the unit has taken so much that `room` entries are free. */
static int commands_wait(struct smmu_unit *unit, uint32_t room)
{
	struct wait wait = wait_begin_ms(PATIENCE_MS);
	uint32_t all = 1u << unit->commands.log2;
	uint32_t mask = all << 1;
	int error = 0;

	while (((unit->commands.at - commands_done(unit)) & (mask - 1)) >
	       all - room) {
		if (command_refused(unit))
			error = -EIO;
		if (wait_turn(&wait))
			continue;
		printk("SMMU 0x%llx: no answer to a command in %u ms\n",
		       ULL(unit->base), PATIENCE_MS);
		return -EIO;
	}
	return error;
}

static int command_put(struct smmu_unit *unit, uint64_t low, uint64_t high)
{
	int error = commands_wait(unit, 1);

	if (error)
		return error;
	command_write(unit, unit->commands.at, low, high);
	unit->commands.at = next_at(&unit->commands, unit->commands.at);
	put(unit, SMMU_CMDQ_PROD, unit->commands.at);
	return 0;
}

/* A sync is taken when what was put before it is done [4.7.3]. */
static int commands_run(struct smmu_unit *unit)
{
	int error = command_put(unit, COMMAND_SYNC, 0);

	return error ? error :
		       commands_wait(unit, 1u << unit->commands.log2);
}

int smmu_unit_forget(struct smmu_unit *unit)
{
	int error;

	if (!unit->running)
		return 0;
	error = command_put(unit, COMMAND_FORGET_STREAMS, FORGET_ALL_HIGH);
	if (!error)
		error = command_put(unit, COMMAND_FORGET_TLB, 0);
	return error ? error : commands_run(unit);
}

int smmu_unit_forget_vmid(struct smmu_unit *unit, unsigned int vmid)
{
	int error;

	if (!unit->running)
		return 0;
	error = command_put(unit, COMMAND_FORGET_VMID |
				  (uint64_t)vmid << COMMAND_VMID_SHIFT, 0);
	return error ? error : commands_run(unit);
}

/* ------------------------------------------------------------ on and off */

/* Until the unit says so, in bounded time. */
static int control(const struct smmu_unit *unit, unsigned int reg,
		   unsigned int answer, uint32_t value)
{
	struct wait wait = wait_begin_ms(PATIENCE_MS);

	put(unit, reg, value);
	while (get(unit, answer) != value) {
		if (wait_turn(&wait))
			continue;
		printk("SMMU 0x%llx: register 0x%x does not become 0x%x in %u ms\n",
		       ULL(unit->base), reg, value, PATIENCE_MS);
		return -EIO;
	}
	return 0;
}

static int control0(const struct smmu_unit *unit, uint32_t value)
{
	return control(unit, SMMU_CR0, SMMU_CR0ACK, value);
}

static void keep_found(struct smmu_unit *unit)
{
	unit->found = (struct smmu_found){
		.cr1 = get(unit, SMMU_CR1),
		.cr2 = get(unit, SMMU_CR2),
		.streams = smmu_read64(unit->registers, SMMU_STRTAB_BASE),
		.streams_cfg = get(unit, SMMU_STRTAB_BASE_CFG),
		.commands = smmu_read64(unit->registers, SMMU_CMDQ_BASE),
		.commands_prod = get(unit, SMMU_CMDQ_PROD),
		.commands_cons = get(unit, SMMU_CMDQ_CONS),
		.events = smmu_read64(unit->registers, SMMU_EVENTQ_BASE),
		.events_prod = get(unit, SMMU_EVENTQ_PROD),
		.events_cons = get(unit, SMMU_EVENTQ_CONS),
		.interrupts = get(unit, SMMU_IRQ_CTRL),
		.cr0 = get(unit, SMMU_CR0),
	};
}

/* While it is off [6.3.9]: tables, attributes, empty queues. */
static void write_tables(struct smmu_unit *unit, hpa_t streams,
			 uint32_t streams_cfg)
{
	put(unit, SMMU_CR1, unit->coherent ? CR1_COHERENT : 0);
	put(unit, SMMU_CR2, CR2_BAD_STREAMS | CR2_PRIVATE_TLB);
	smmu_write64(unit->registers, SMMU_STRTAB_BASE, streams.value);
	put(unit, SMMU_STRTAB_BASE_CFG, streams_cfg);
	smmu_write64(unit->registers, SMMU_CMDQ_BASE,
		     hv_virt_to_phys(unit->commands.entries).value |
			     unit->commands.log2);
	put(unit, SMMU_CMDQ_PROD, 0);
	put(unit, SMMU_CMDQ_CONS, 0);
	unit->commands.at = 0;
	smmu_write64(unit->registers, SMMU_EVENTQ_BASE,
		     hv_virt_to_phys(unit->events.entries).value |
			     unit->events.log2);
	put(unit, SMMU_EVENTQ_PROD, 0);
	put(unit, SMMU_EVENTQ_CONS, 0);
	unit->events.at = 0;
}

int smmu_unit_start(struct smmu_unit *unit, hpa_t streams, uint32_t streams_cfg)
{
	int error;

	keep_found(unit);
	unit->started = true;
	error = control(unit, SMMU_IRQ_CTRL, SMMU_IRQ_CTRLACK, 0);
	if (!error)
		error = control0(unit, 0);
	if (error)
		return error;
	write_tables(unit, streams, streams_cfg);
	put(unit, SMMU_GERRORN, get(unit, SMMU_GERROR) & GERROR_KNOWN);
	error = control0(unit, CR0_COMMANDS);
	unit->running = !error;
	if (!error)
		error = smmu_unit_forget(unit);
	if (!error)
		error = control0(unit, CR0_COMMANDS | CR0_EVENTS);
	return error ? error : control0(unit, CR0_COMMANDS | CR0_EVENTS |
						     CR0_TRANSLATE);
}

/* Each step even if the one before got no answer. */
void smmu_unit_stop(struct smmu_unit *unit)
{
	const struct smmu_found *found = &unit->found;

	unit->started = false;
	control0(unit, get(unit, SMMU_CR0) & ~(uint32_t)CR0_TRANSLATE);
	smmu_unit_forget(unit);
	smmu_unit_faults(unit);
	unit->running = false;
	control0(unit, 0);
	put(unit, SMMU_CR1, found->cr1);
	put(unit, SMMU_CR2, found->cr2);
	smmu_write64(unit->registers, SMMU_STRTAB_BASE, found->streams);
	put(unit, SMMU_STRTAB_BASE_CFG, found->streams_cfg);
	smmu_write64(unit->registers, SMMU_CMDQ_BASE, found->commands);
	put(unit, SMMU_CMDQ_PROD, found->commands_prod);
	put(unit, SMMU_CMDQ_CONS, found->commands_cons);
	smmu_write64(unit->registers, SMMU_EVENTQ_BASE, found->events);
	put(unit, SMMU_EVENTQ_PROD, found->events_prod);
	put(unit, SMMU_EVENTQ_CONS, found->events_cons);
	control0(unit, found->cr0);
	control(unit, SMMU_IRQ_CTRL, SMMU_IRQ_CTRLACK, found->interrupts);
}

/* ---------------------------------------------------------------- faults */

static void fault_print(const struct smmu_unit *unit,
			const volatile uint64_t *event)
{
	unsigned int type = EVENT_TYPE(event[0]);

	if (type == EVENT_UNSUPPORTED || (type >= EVENT_ADDRESSES &&
					  type <= EVENT_ADDRESSES_LAST))
		printk("SMMU 0x%llx: %s at 0x%llx by stream 0x%x refused, event 0x%x\n",
		       ULL(unit->base),
		       EVENT_READ(event[1]) ? "read" : "write", ULL(event[2]),
		       EVENT_STREAM(event[0]), type);
	else
		printk("SMMU 0x%llx: stream 0x%x refused, event 0x%x\n",
		       ULL(unit->base), EVENT_STREAM(event[0]), type);
}

/* What the unit itself could not do, once. */
static unsigned int errors_report(struct smmu_unit *unit)
{
	uint32_t state = get(unit, SMMU_GERROR);
	uint32_t acknowledged = get(unit, SMMU_GERRORN);
	uint32_t errors = (state ^ acknowledged) & GERROR_KNOWN &
			  ~(uint32_t)GERROR_COMMAND;

	if (!errors)
		return 0;
	printk("SMMU 0x%llx: it reports errors 0x%x (GERROR)\n",
	       ULL(unit->base), errors);
	put(unit, SMMU_GERRORN, acknowledged ^ errors);
	return 1;
}

static unsigned int events_take(struct smmu_unit *unit, uint32_t until)
{
	struct smmu_queue *queue = &unit->events;
	unsigned int found = 0;

	while (queue->at != until && found < 1u << queue->log2) {
		const volatile uint64_t *event =
			queue->entries +
			EVENT_WORDS * (queue->at & index_mask(queue));

		if (!unit->coherent)
			smmu_flush(event, EVENT_WORDS * sizeof(*event));
		if (found++ < FAULTS_SHOWN)
			fault_print(unit, event);
		queue->at = next_at(queue, queue->at);
	}
	return found;
}

unsigned int smmu_unit_faults(struct smmu_unit *unit)
{
	uint32_t prod, mask = index_mask(&unit->events) << 1 | 1;
	unsigned int errors, found;
	bool overflow;

	if (!unit->running)
		return 0;
	errors = errors_report(unit);
	prod = get(unit, SMMU_EVENTQ_PROD);
	smmu_barrier();
	overflow = (prod ^ get(unit, SMMU_EVENTQ_CONS)) & EVENTS_OVERFLOW;
	found = events_take(unit, prod & mask);
	if (!found && !overflow)
		return errors;
	unit->faults_count += found;
	if (found > FAULTS_SHOWN || overflow)
		printk("SMMU 0x%llx: and more, %llu in all are known of%s\n",
		       ULL(unit->base), ULL(unit->faults_count),
		       overflow ? ", others are lost" : "");
	put(unit, SMMU_EVENTQ_CONS,
	    unit->events.at | (prod & EVENTS_OVERFLOW));
	return errors + found + overflow;
}
