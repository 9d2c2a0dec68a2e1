/* SPDX-License-Identifier: GPL-2.0-only */
/* One remapping unit: commands, the queue of invalidations, faults. */
#include "vtd-internal.h"

#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/wait.h"

/* It answers within microseconds, or is broken. */
#define PATIENCE_MS		100
#define FAULTS_SHOWN		8u
#define RECORD_BYTES		16u
/* In use by somebody else: of VTD_STATUS. */
#define IN_USE			(COMMAND_TRANSLATE | COMMAND_INTERRUPTS | \
				 COMMAND_QUEUE)

#define ULL(x)			((unsigned long long)(x))

int vtd_unit_init(struct vtd_unit *unit,
		  const struct weir_record_iommu *record)
{
	*unit = (struct vtd_unit){ .base = record->base };
	unit->registers = hv_map(hpa(record->base), record->size,
				 MAP_READ | MAP_WRITE | MAP_DEVICE);
	unit->queue = page_alloc(1);
	unit->done = page_alloc(1);
	if (!unit->registers || !unit->queue || !unit->done)
		return -ENOMEM;
	unit->cap = vtd_read64(unit->registers, VTD_CAP);
	unit->ecap = vtd_read64(unit->registers, VTD_ECAP);
	if (CAP_FAULTS_OFFSET(unit->cap) +
		    CAP_FAULTS(unit->cap) * RECORD_BYTES > record->size) {
		printk("IOMMU 0x%llx: its fault records are beyond 0x%x bytes\n",
		       ULL(unit->base), record->size);
		return -ENODEV;
	}
	if (vtd_read32(unit->registers, VTD_STATUS) & IN_USE) {
		printk("IOMMU 0x%llx is in use: boot the kernel with intel_iommu=off intremap=off\n",
		       ULL(unit->base));
		return -EBUSY;
	}
	return 0;
}

/* One bit at a time (11.4.4). Until the status says so, in bounded time. */
static int command(const struct vtd_unit *unit, uint32_t bit, bool on)
{
	struct wait wait = wait_begin_ms(PATIENCE_MS);
	uint32_t lasting = vtd_read32(unit->registers, VTD_STATUS) &
			   STATUS_LASTING;
	uint32_t wanted = on && bit != COMMAND_FLUSH_BUFFER ? bit : 0;

	vtd_write32(unit->registers, VTD_COMMAND,
		    on ? lasting | bit : lasting & ~bit);
	while ((vtd_read32(unit->registers, VTD_STATUS) & bit) != wanted) {
		if (wait_turn(&wait))
			continue;
		printk("IOMMU 0x%llx: no answer to command 0x%x in %u ms\n",
		       ULL(unit->base), bit, PATIENCE_MS);
		return -EIO;
	}
	return 0;
}

int vtd_unit_start_queue(struct vtd_unit *unit)
{
	int error;

	vtd_write64(unit->registers, VTD_QUEUE_TAIL, 0);
	vtd_write64(unit->registers, VTD_QUEUE_ADDRESS,
		    hv_virt_to_phys(unit->queue).value);
	unit->tail = 0;
	error = command(unit, COMMAND_QUEUE, true);
	unit->running = !error;
	return error;
}

int vtd_unit_set(struct vtd_unit *unit, unsigned int reg, uint64_t table,
		 uint32_t set, uint32_t on)
{
	int error;

	vtd_write64(unit->registers, reg, table);
	error = command(unit, set, true);
	if (!error && set == COMMAND_SET_TABLE)
		error = vtd_unit_invalidate_interrupts(unit);
	else if (!error)
		error = vtd_unit_invalidate(unit);
	return error ? error : command(unit, on, true);
}

/* Masked meanwhile: the message is of several registers. */
void vtd_unit_report_faults(struct vtd_unit *unit, uint32_t apic_id)
{
	vtd_write32(unit->registers, VTD_FAULT_CONTROL, FAULT_MASKED);
	vtd_write32(unit->registers, VTD_FAULT_DATA, MESSAGE_NMI);
	vtd_write32(unit->registers, VTD_FAULT_ADDRESS,
		    MESSAGE_ADDRESS | (apic_id & 0xff) << 12);
	vtd_write32(unit->registers, VTD_FAULT_ADDRESS_HIGH, apic_id & ~0xffu);
	vtd_write32(unit->registers, VTD_FAULT_CONTROL, 0);
}

/* Each step even if the one before got no answer. */
void vtd_unit_stop(struct vtd_unit *unit)
{
	uint32_t status = vtd_read32(unit->registers, VTD_STATUS);

	vtd_write32(unit->registers, VTD_FAULT_CONTROL, FAULT_MASKED);
	if (status & COMMAND_INTERRUPTS)
		command(unit, COMMAND_INTERRUPTS, false);
	if (status & COMMAND_TRANSLATE)
		command(unit, COMMAND_TRANSLATE, false);
	if (status & COMMAND_QUEUE)
		command(unit, COMMAND_QUEUE, false);
	unit->running = false;
}

static void queue_put(struct vtd_unit *unit, uint64_t low, uint64_t high)
{
	volatile uint64_t *descriptor = unit->queue + 2 * unit->tail;

	descriptor[0] = low;
	descriptor[1] = high;
	unit->tail = (unit->tail + 1) % QUEUE_ENTRIES;
}

static uint32_t done(const struct vtd_unit *unit)
{
	return __atomic_load_n(unit->done, __ATOMIC_ACQUIRE);
}

/* What was put is carried out when the wait behind it has reported. */
static int queue_run(struct vtd_unit *unit)
{
	struct wait wait = wait_begin_ms(PATIENCE_MS);

	__atomic_store_n(unit->done, 0, __ATOMIC_SEQ_CST);
	queue_put(unit, INVALIDATE_WAIT | 1ull << 32,
		  hv_virt_to_phys(unit->done).value);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	vtd_write64(unit->registers, VTD_QUEUE_TAIL,
		    (uint64_t)unit->tail << QUEUE_SHIFT);
	while (!done(unit)) {
		uint32_t status = vtd_read32(unit->registers, VTD_FAULT_STATUS);

		if (!(status & FAULT_QUEUE) && wait_turn(&wait))
			continue;
		if (done(unit))
			break;
		printk("IOMMU 0x%llx: an invalidation is not carried out, status 0x%x\n",
		       ULL(unit->base), status);
		return -EIO;
	}
	return 0;
}

int vtd_unit_invalidate(struct vtd_unit *unit)
{
	int error = 0;

	if (!unit->running)
		return 0;
	if (unit->cap & CAP_WRITE_BUFFER)
		error = command(unit, COMMAND_FLUSH_BUFFER, true);
	queue_put(unit, INVALIDATE_CONTEXT, 0);
	queue_put(unit, INVALIDATE_TLB, 0);
	return error ? error : queue_run(unit);
}

int vtd_unit_invalidate_interrupts(struct vtd_unit *unit)
{
	if (!unit->running)
		return 0;
	queue_put(unit, INVALIDATE_INTERRUPTS, 0);
	return queue_run(unit);
}

static void fault_print(const struct vtd_unit *unit, uint64_t low,
			uint32_t source, uint32_t word)
{
	unsigned int device = source & 0xffff;
	uint32_t reason = RECORD_REASON(word);

	if (reason >= REASON_INTERRUPTS)
		printk("IOMMU 0x%llx: interrupt %llu of device %02x:%02x.%u refused, reason 0x%x\n",
		       ULL(unit->base), ULL(low >> 48), device >> 8,
		       device >> 3 & 31, device & 7, reason);
	else
		printk("IOMMU 0x%llx: %s at 0x%llx by device %02x:%02x.%u refused, reason 0x%x\n",
		       ULL(unit->base), word & RECORD_READ ? "read" : "write",
		       ULL(low & PAGE_MASK), device >> 8, device >> 3 & 31,
		       device & 7, reason);
}

/* The records are a ring that begins where the status says. */
bool vtd_unit_faults(struct vtd_unit *unit)
{
	uint32_t status = vtd_read32(unit->registers, VTD_FAULT_STATUS);
	unsigned int count = CAP_FAULTS(unit->cap);
	unsigned int index = FAULT_INDEX(status);
	unsigned int found = 0;

	if (!(status & (FAULT_PENDING | FAULT_OVERFLOW)))
		return false;
	for (; found < count; found++) {
		unsigned int record = CAP_FAULTS_OFFSET(unit->cap) +
				      (index + found) % count * RECORD_BYTES;
		uint32_t word = vtd_read32(unit->registers, record + 12);

		if (!(word & RECORD_FAULT))
			break;
		if (found < FAULTS_SHOWN)
			fault_print(unit, vtd_read64(unit->registers, record),
				    vtd_read32(unit->registers, record + 8),
				    word);
		vtd_write32(unit->registers, record + 12, RECORD_FAULT);
	}
	if (found > FAULTS_SHOWN || (status & FAULT_OVERFLOW))
		printk("IOMMU 0x%llx: and more, %u in all are known of\n",
		       ULL(unit->base), found);
	vtd_write32(unit->registers, VTD_FAULT_STATUS, FAULT_OVERFLOW);
	return true;
}
