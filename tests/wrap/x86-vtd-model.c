/* SPDX-License-Identifier: GPL-2.0-only */
/* A model of remapping units. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86-vtd-model.h"

#include "hv/paging.h"

#define RECORDS_OFFSET		0x220u
#define ONE_SHOT		(COMMAND_SET_ROOT | COMMAND_SET_TABLE | \
				 COMMAND_FLUSH_BUFFER)
#define LASTING			(COMMAND_TRANSLATE | COMMAND_QUEUE | \
				 COMMAND_INTERRUPTS)

struct vtd_model vtd_model;

/* Memory as a unit sees it that does not look in caches. */
static uint8_t seen[FAKE_HV_BYTES];
static const volatile uint8_t *registers_of[VTD_MODEL_UNITS];

static void violate(const char *what)
{
	if (vtd_model.violations++ == 0)
		vtd_model.violation = what;
}

void vtd_model_init(const struct vtd_kind *kind)
{
	memset(&vtd_model, 0, sizeof(vtd_model));
	memset(seen, 0, sizeof(seen));
	memset(registers_of, 0, sizeof(registers_of));
	vtd_model.kind = *kind;
}

/* Units are told apart by where they were mapped, in their order. */
static struct vtd_model_unit *unit_at(const volatile uint8_t *registers)
{
	for (unsigned int n = 0; n < VTD_MODEL_UNITS; n++) {
		if (!registers_of[n])
			registers_of[n] = registers;
		if (registers_of[n] == registers)
			return &vtd_model.unit[n];
	}
	fail_msg("registers of a unit that does not exist");
	return NULL;
}

void vtd_flush_line(const volatile void *address)
{
	uint64_t offset = (hv_virt_to_phys(address).value - FAKE_HV_START) &
			  ~63ull;

	memcpy(seen + offset, fake_ram(FAKE_HV_START + offset), 64);
	vtd_model.flushes++;
}

static uint64_t memory(uint64_t phys)
{
	uint64_t value = 0;

	if (phys - FAKE_HV_START >= FAKE_HV_BYTES || phys & 7) {
		violate("a table outside the hypervisor's memory");
		return 0;
	}
	memcpy(&value, vtd_model.kind.coherent ? fake_ram(phys) :
		       (void *)(seen + (phys - FAKE_HV_START)), 8);
	return value;
}

static void forget_translations(struct vtd_model_unit *unit)
{
	for (unsigned int n = 0; n < VTD_MODEL_TLB; n++)
		unit->tlb[n].valid = false;
}

static void carry_out(struct vtd_model_unit *unit)
{
	uint32_t bit = unit->command;

	unit->command = 0;
	if (bit & vtd_model.dead_command)
		return;
	if (bit == COMMAND_SET_ROOT)
		unit->root_set = unit->root;
	if (bit == COMMAND_SET_TABLE)
		unit->table_set = unit->table;
	if (bit & LASTING)
		unit->status ^= bit;
	else if (bit == COMMAND_FLUSH_BUFFER)
		unit->status &= ~bit;
	else
		unit->status |= bit;
}

static void command_write(struct vtd_model_unit *unit, uint32_t value)
{
	uint32_t changed = (unit->status & LASTING) ^ (value & LASTING);
	uint32_t asked = changed | (value & ONE_SHOT);

	if (unit->command)
		violate("a command before the last one is done");
	if (asked & (asked - 1))
		violate("two commands at once");
	if (value & ~(LASTING | ONE_SHOT))
		violate("an unknown command");
	if (changed & value & COMMAND_TRANSLATE && !unit->root_set)
		violate("translation without a root table");
	if (changed & value & COMMAND_INTERRUPTS && !unit->table_set)
		violate("interrupts without a table");
	if (asked & COMMAND_SET_ROOT)
		unit->status &= ~COMMAND_SET_ROOT;
	if (asked & COMMAND_SET_TABLE)
		unit->status &= ~COMMAND_SET_TABLE;
	if (asked & COMMAND_FLUSH_BUFFER)
		unit->status |= COMMAND_FLUSH_BUFFER;
	if (changed & ~value & COMMAND_QUEUE && unit->head != unit->tail)
		violate("the queue off with work in it");
	unit->command = asked;
	unit->delay = vtd_model.kind.latency;
	if (!unit->delay)
		carry_out(unit);
}

static void descriptor_run(struct vtd_model_unit *unit, uint64_t low,
			   uint64_t high)
{
	vtd_model.invalidations++;
	switch (low & 0xf) {
	case 1:
		if ((low >> 4 & 3) != 1)
			violate("a context invalidation that is not global");
		for (unsigned int n = 0; n < 1u << 16; n++)
			unit->context[n].valid = false;
		break;
	case 2:
		if ((low >> 4 & 3) != 1)
			violate("an IOTLB invalidation that is not global");
		forget_translations(unit);
		break;
	case 4:
		if (low & 0x10)
			violate("an interrupt invalidation that is not global");
		for (unsigned int n = 0; n < 1u << 12; n++)
			unit->interrupt[n].valid = false;
		break;
	case 5:
		if (!(low & 0x20) || high & 3)
			violate("a wait that tells nobody");
		*(uint32_t *)fake_ram(high) = (uint32_t)(low >> 32);
		break;
	default:
		unit->fault_status |= BIT(4);
	}
}

static void queue_run(struct vtd_model_unit *unit)
{
	uint64_t base = unit->queue & PAGE_MASK;

	if (!(unit->status & COMMAND_QUEUE) || vtd_model.dead_queue)
		return;
	while (unit->head != unit->tail && !(unit->fault_status & BIT(4))) {
		const uint64_t *entry = fake_ram(base + 16ull * unit->head);

		descriptor_run(unit, entry[0], entry[1]);
		unit->head = (unit->head + 1) % QUEUE_ENTRIES;
	}
}

static uint32_t fault_status(struct vtd_model_unit *unit)
{
	uint32_t status = unit->fault_status & ~(uint32_t)FAULT_PENDING;

	for (unsigned int n = 0; n < VTD_MODEL_RECORDS; n++) {
		if (unit->record[n][1] >> 63)
			status |= FAULT_PENDING;
	}
	return status;
}

static uint64_t capabilities(void)
{
	const struct vtd_kind *kind = &vtd_model.kind;

	return 2 | (kind->write_buffer ? CAP_WRITE_BUFFER : 0) |
	       (kind->three_levels ? CAP_WIDTH_39 : CAP_WIDTH_48) |
	       (kind->three_levels ? 38ull : 47ull) << 16 |
	       (uint64_t)(RECORDS_OFFSET / 16) << 24 |
	       (kind->blocks_2m ? CAP_BLOCK_2M : 0) |
	       (kind->blocks_1g ? CAP_BLOCK_1G : 0) |
	       (VTD_MODEL_RECORDS - 1ull) << 40;
}

static uint64_t more_capabilities(void)
{
	const struct vtd_kind *kind = &vtd_model.kind;

	return ECAP_QUEUE | (kind->coherent ? ECAP_COHERENT : 0) |
	       (kind->interrupts ? ECAP_INTERRUPTS : 0) |
	       (kind->x2apic ? ECAP_X2APIC : 0);
}

uint32_t vtd_read32(const volatile uint8_t *registers, unsigned int offset)
{
	struct vtd_model_unit *unit = unit_at(registers);
	unsigned int n = (offset - RECORDS_OFFSET) / 16;

	if (n < VTD_MODEL_RECORDS && offset % 16 >= 8)
		return (uint32_t)(unit->record[n][1] >> (offset % 8 * 8));
	switch (offset) {
	case VTD_STATUS:
		if (unit->command && unit->delay-- == 0)
			carry_out(unit);
		return unit->status;
	case VTD_FAULT_STATUS:
		if (unit->queue_delay == 0 || --unit->queue_delay == 0)
			queue_run(unit);
		return fault_status(unit);
	}
	violate("a read of an unknown register");
	return 0;
}

uint64_t vtd_read64(const volatile uint8_t *registers, unsigned int offset)
{
	struct vtd_model_unit *unit = unit_at(registers);
	unsigned int n = (offset - RECORDS_OFFSET) / 16;

	if (n < VTD_MODEL_RECORDS && offset % 16 == 0)
		return unit->record[n][0];
	if (offset == VTD_CAP)
		return capabilities();
	if (offset == VTD_ECAP)
		return more_capabilities();
	violate("a read of an unknown register");
	return 0;
}

/* Of several registers: sent in between it would go anywhere. */
static void message_changes(const struct vtd_model_unit *unit)
{
	if (!(unit->fault_control & FAULT_MASKED))
		violate("the message of faults changed while it may be sent");
}

void vtd_write32(volatile uint8_t *registers, unsigned int offset,
		 uint32_t value)
{
	struct vtd_model_unit *unit = unit_at(registers);
	unsigned int n = (offset - RECORDS_OFFSET) / 16;

	if (n < VTD_MODEL_RECORDS && offset % 16 == 12) {
		if (value & RECORD_FAULT)
			unit->record[n][1] &= ~BIT(63);
		return;
	}
	switch (offset) {
	case VTD_COMMAND:
		command_write(unit, value);
		break;
	case VTD_FAULT_STATUS:
		unit->fault_status &= ~(value & 0x71);
		break;
	case VTD_FAULT_CONTROL:
		unit->fault_control = value;
		break;
	case VTD_FAULT_DATA:
		message_changes(unit);
		unit->fault_data = value;
		break;
	case VTD_FAULT_ADDRESS:
		message_changes(unit);
		unit->fault_address = (unit->fault_address & ~0xffffffffull) |
				      value;
		break;
	case VTD_FAULT_ADDRESS_HIGH:
		message_changes(unit);
		unit->fault_address = (uint32_t)unit->fault_address |
				      (uint64_t)value << 32;
		break;
	default:
		violate("a write of an unknown register");
	}
}

void vtd_write64(volatile uint8_t *registers, unsigned int offset,
		 uint64_t value)
{
	struct vtd_model_unit *unit = unit_at(registers);

	switch (offset) {
	case VTD_ROOT:
		unit->root = value;
		break;
	case VTD_INTERRUPT_TABLE:
		unit->table = value;
		break;
	case VTD_QUEUE_ADDRESS:
		if (unit->status & COMMAND_QUEUE)
			violate("another queue while it is on");
		unit->queue = value;
		unit->head = 0;
		break;
	case VTD_QUEUE_TAIL:
		unit->tail = (unsigned int)(value >> QUEUE_SHIFT) %
			     QUEUE_ENTRIES;
		unit->queue_delay = vtd_model.kind.latency;
		if (!unit->queue_delay)
			queue_run(unit);
		break;
	default:
		violate("a write of an unknown register");
	}
}

/* Into the next record, unless that still waits to be read. */
static unsigned int fault(struct vtd_model_unit *unit, uint64_t low,
			  uint16_t source, unsigned int reason, bool is_write)
{
	uint64_t *record = unit->record[unit->record_next];

	if (record[1] >> 63) {
		unit->fault_status |= FAULT_OVERFLOW;
		return reason;
	}
	if (!(fault_status(unit) & FAULT_PENDING)) {
		unit->fault_status = (unit->fault_status & 0xffff00ff) |
				     unit->record_next << 8;
		if (!(unit->fault_control & FAULT_MASKED) &&
		    unit->fault_data == MESSAGE_NMI &&
		    (uint32_t)unit->fault_address >> 20 == 0xfee)
			vtd_model.reports++;
	}
	record[0] = low;
	record[1] = BIT(63) | (is_write ? 0 : BIT(62)) |
		    (uint64_t)reason << 32 | source;
	unit->record_next = (unit->record_next + 1) % VTD_MODEL_RECORDS;
	return reason;
}

static unsigned int context_find(struct vtd_model_unit *unit, uint16_t source,
				 uint64_t *low, uint64_t *high)
{
	unsigned int levels = vtd_model.kind.three_levels ? 3 : 4;
	uint64_t root;

	if (!unit->context[source].valid) {
		root = memory(unit->root_set + 16ull * (source >> 8));
		if (!(root & 1))
			return 1;
		root = (root & PAGE_MASK) + 16ull * (source & 255);
		*low = memory(root);
		*high = memory(root + 8);
		if (!(*low & 1))
			return 2;
		if ((*low & 0xffe) || (*high & 7) != levels - 2 ||
		    (*high >> 8 & 0xffff) == 0)
			return 3;
		unit->context[source].valid = true;
		unit->context[source].low = *low;
		unit->context[source].high = *high;
	}
	*low = unit->context[source].low;
	*high = unit->context[source].high;
	return 0;
}

static bool block_known(unsigned int level)
{
	return level == 0 || (level == 1 && vtd_model.kind.blocks_2m) ||
	       (level == 2 && vtd_model.kind.blocks_1g);
}

/* The page's address and rights; 0 or the reason. */
static unsigned int walk(uint64_t table, uint64_t address, uint64_t *phys,
			 uint64_t *rights)
{
	unsigned int level = vtd_model.kind.three_levels ? 3 : 4;

	*rights = 3;
	if (address >> (12 + 9 * level))
		return 4;
	while (level-- > 0) {
		uint64_t bytes = PAGE_BYTES << (9 * level);
		uint64_t entry = memory((table & PAGE_MASK) +
					8 * (address / bytes % 512));

		*rights &= entry;
		if (!*rights)
			return 0;
		table = entry & SECOND_ADDRESS;
		if (level > 0 && !(entry & SECOND_BLOCK))
			continue;
		if (!block_known(level) || table & (bytes - 1) ||
		    (entry & 0x77c) || entry >> 52)
			return 12;
		*phys = table + (address & (bytes - 1) & PAGE_MASK);
		return 0;
	}
	return 12;
}

static struct vtd_model_tlb *tlb_find(struct vtd_model_unit *unit,
				      uint16_t domain, uint64_t page)
{
	for (unsigned int n = 0; n < VTD_MODEL_TLB; n++) {
		if (unit->tlb[n].valid && unit->tlb[n].domain == domain &&
		    unit->tlb[n].page == page)
			return &unit->tlb[n];
	}
	return NULL;
}

unsigned int vtd_model_dma(unsigned int number, uint16_t source,
			   uint64_t address, bool is_write, uint64_t *phys)
{
	struct vtd_model_unit *unit = &vtd_model.unit[number];
	struct vtd_model_tlb *tlb;
	uint64_t low, high, page = 0, rights;
	unsigned int reason;

	*phys = address;
	if (!(unit->status & COMMAND_TRANSLATE))
		return 0;
	reason = context_find(unit, source, &low, &high);
	if (reason)
		return fault(unit, address & PAGE_MASK, source, reason,
			     is_write);
	tlb = tlb_find(unit, (uint16_t)(high >> 8), address & PAGE_MASK);
	if (!tlb) {
		reason = walk(low, address, &page, &rights);
		if (reason)
			return fault(unit, address & PAGE_MASK, source, reason,
				     is_write);
		tlb = &unit->tlb[unit->tlb_next++ % VTD_MODEL_TLB];
		*tlb = (struct vtd_model_tlb){
			rights != 0, (uint16_t)(high >> 8),
			address & PAGE_MASK, page, rights };
	}
	if (!(tlb->rights & (is_write ? 2 : 1)))
		return fault(unit, address & PAGE_MASK, source,
			     is_write ? 5 : 6, is_write);
	*phys = tlb->phys | (address & ~PAGE_MASK);
	return 0;
}

static unsigned int interrupt_find(struct vtd_model_unit *unit,
				   unsigned int handle, uint16_t source,
				   uint64_t *low)
{
	unsigned int entries = 2u << (unit->table_set & 0xf);
	uint64_t entry = (unit->table_set & PAGE_MASK) + 16ull * handle;

	if (handle >= entries)
		return 0x21;
	if (!unit->interrupt[handle].valid) {
		unit->interrupt[handle].low = memory(entry);
		unit->interrupt[handle].high = memory(entry + 8);
	}
	*low = unit->interrupt[handle].low;
	unit->interrupt[handle].valid = *low & 1;
	if (!(*low & 1))
		return 0x22;
	if ((unit->interrupt[handle].high >> 18 & 3) != 1 ||
	    (uint16_t)unit->interrupt[handle].high != source)
		return 0x26;
	return 0;
}

unsigned int vtd_model_message(unsigned int number, uint16_t source,
			       uint32_t address,
			       struct vtd_model_interrupt *interrupt)
{
	struct vtd_model_unit *unit = &vtd_model.unit[number];
	unsigned int handle = (address >> 5 & 0x7fff) | (address & 4) << 13;
	unsigned int reason = 0x25;
	uint64_t low = 0;

	if (!(unit->status & COMMAND_INTERRUPTS))
		return 0;
	if (address & 0x10)
		reason = interrupt_find(unit, handle, source, &low);
	if (reason)
		return fault(unit, (uint64_t)handle << 48, source, reason,
			     true);
	interrupt->vector = (uint8_t)(low >> 16);
	interrupt->mode = low >> 5 & 7;
	interrupt->logical = low & 4;
	interrupt->level = low & 0x10;
	interrupt->destination = unit->table_set & TABLE_X2APIC ?
		(uint32_t)(low >> 32) : (uint32_t)(low >> 40 & 0xff);
	return 0;
}
