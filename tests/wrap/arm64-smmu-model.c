/* SPDX-License-Identifier: GPL-2.0-only */
/* A model of SMMUv3s: registers and queues. What devices reach: -walk.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arm64-smmu-walk.h"

#include "hv/paging.h"

#define CR0_ON		1u
#define CR0_EVENTQ	4u
#define CR0_CMDQ	8u

struct smmu_model smmu_model;

/* Memory as a unit sees it that does not look in caches. */
static uint8_t seen[FAKE_HV_BYTES];
/* Lines that a unit has written and no CPU has looked at since. */
static bool line_is_units[FAKE_HV_BYTES / 64];
static const volatile uint8_t *registers_of[SMMU_MODEL_UNITS];

void smmu_model_violate(const char *what)
{
	if (smmu_model.violations++ == 0)
		smmu_model.violation = what;
}

void smmu_model_init(const struct smmu_kind *kind)
{
	memset(&smmu_model, 0, sizeof(smmu_model));
	memset(seen, 0xa5, sizeof(seen));
	memset(line_is_units, 0, sizeof(line_is_units));
	memset(registers_of, 0, sizeof(registers_of));
	smmu_model.kind = *kind;
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++)
		smmu_model.unit[n].kind = *kind;
	smmu_model.refused_command = UINT64_MAX;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

void smmu_model_mix(const struct smmu_kind *first,
		    const struct smmu_kind *others)
{
	smmu_model_init(others);
	smmu_model.unit[0].kind = *first;
	smmu_model.kind = (struct smmu_kind){
		.coherent = first->coherent && others->coherent,
		.linear = first->linear || others->linear,
		.resizes = first->resizes && others->resizes,
		.stream_bits = least(first->stream_bits, others->stream_bits),
		.address = least(first->address, others->address),
	};
}

/* Units are told apart by where they were mapped, in their order. */
static struct smmu_model_unit *unit_at(const volatile uint8_t *registers)
{
	for (unsigned int n = 0; n < SMMU_MODEL_UNITS; n++) {
		if (!registers_of[n])
			registers_of[n] = registers;
		if (registers_of[n] == registers)
			return &smmu_model.unit[n];
	}
	fail_msg("registers of a unit that does not exist");
	return NULL;
}

/* What a CPU wrote goes out; what a unit wrote is seen by CPUs from now on. */
void smmu_flush(const volatile void *address, size_t bytes)
{
	uint64_t at = hv_virt_to_phys(address).value - FAKE_HV_START;
	uint64_t end = at + bytes;

	for (at &= ~63ull; at < end; at += 64) {
		if (line_is_units[at / 64])
			memcpy(fake_ram(FAKE_HV_START + at), seen + at, 64);
		else
			memcpy(seen + at, fake_ram(FAKE_HV_START + at), 64);
		line_is_units[at / 64] = false;
	}
	smmu_model.flushes++;
}

uint64_t smmu_model_memory(const struct smmu_model_unit *unit, uint64_t phys)
{
	uint64_t value = 0;

	if (phys - FAKE_HV_START >= FAKE_HV_BYTES || phys & 7) {
		smmu_model_violate("a table outside the hypervisor's memory");
		return 0;
	}
	memcpy(&value, unit->kind.coherent ? fake_ram(phys) :
		       (void *)(seen + (phys - FAKE_HV_START)), 8);
	return value;
}

static void memory_write(const struct smmu_model_unit *unit, uint64_t phys,
			 const uint64_t *words, unsigned int count)
{
	uint64_t at = phys - FAKE_HV_START;

	if (at >= FAKE_HV_BYTES) {
		smmu_model_violate("events outside the hypervisor's memory");
		return;
	}
	if (unit->kind.coherent) {
		memcpy(fake_ram(phys), words, 8 * count);
		return;
	}
	/* What a CPU has written there may come out of its cache later. */
	if (!line_is_units[at / 64] &&
	    memcmp(seen + (at & ~63ull), fake_ram(phys & ~63ull), 64))
		smmu_model_violate("an event where a CPU has written");
	memcpy(seen + at, words, 8 * count);
	line_is_units[at / 64] = true;
}

/* ---------------------------------------------------------------- queues */

static unsigned int queue_log2(uint64_t base)
{
	return base & 0x1f;
}

static uint64_t queue_entry(uint64_t base, uint32_t index, unsigned int bytes)
{
	uint32_t mask = (1u << queue_log2(base)) - 1;

	return (base & 0xfffffffffffe0ull) + (uint64_t)(index & mask) * bytes;
}

static uint32_t queue_next(uint64_t base, uint32_t index)
{
	return (index + 1) & ((2u << queue_log2(base)) - 1);
}

static void forget(struct smmu_model_unit *unit, bool all, uint16_t vmid)
{
	for (unsigned int n = 0; n < SMMU_MODEL_CACHED; n++) {
		if (all || unit->tlb[n].vmid == vmid)
			unit->tlb[n].valid = false;
	}
}

bool smmu_model_forgot(void)
{
	for (unsigned int u = 0; u < SMMU_MODEL_UNITS; u++) {
		const struct smmu_model_unit *unit = &smmu_model.unit[u];

		for (unsigned int n = 0; n < SMMU_MODEL_CACHED; n++) {
			if (unit->tlb[n].valid)
				return false;
		}
		for (unsigned int n = 0; n < SMMU_MODEL_STREAMS; n++) {
			if (unit->stream[n].valid)
				return false;
		}
	}
	return true;
}

/* 4.2 to 4.7: false when it is none. */
static bool command_do(struct smmu_model_unit *unit, uint64_t low,
		       uint64_t high)
{
	if ((low & 0xff) == smmu_model.refused_command)
		return false;
	switch (low & 0xff) {
	case 0x04:
		if (low != 0x04 || high != 31)
			smmu_model_violate("CFGI_ALL with other fields");
		for (unsigned int n = 0; n < SMMU_MODEL_STREAMS; n++)
			unit->stream[n].valid = false;
		return true;
	case 0x28:
		if (low & ~0xffff000000ffull || high)
			smmu_model_violate("TLBI_S12_VMALL with other fields");
		forget(unit, false, (uint16_t)(low >> 32));
		return true;
	case 0x30:
		if (low != 0x30 || high)
			smmu_model_violate("TLBI_NSNH_ALL with other fields");
		forget(unit, true, 0);
		return true;
	case 0x46:
		if (low != 0x46 || high)
			smmu_model_violate("a CMD_SYNC that signals");
		return true;
	}
	return false;
}

static void commands_run(struct smmu_model_unit *unit)
{
	uint32_t mask = (2u << queue_log2(unit->commands)) - 1;

	if (!(unit->cr0 & CR0_CMDQ) ||
	    smmu_model.dead_commands >> (unit - smmu_model.unit) & 1)
		return;
	while ((unit->command_cons & mask) != unit->command_prod &&
	       !((unit->gerror ^ unit->gerrorn) & 1)) {
		uint64_t at = queue_entry(unit->commands, unit->command_cons,
					  16);

		if (!command_do(unit, smmu_model_memory(unit, at),
				smmu_model_memory(unit, at + 8))) {
			unit->command_cons = (unit->command_cons & mask) |
					     1u << 24;
			unit->gerror ^= 1;
			return;
		}
		smmu_model.commands++;
		unit->command_cons = queue_next(unit->commands,
						unit->command_cons & mask);
	}
}

/* 7.2: a full queue takes none and says so once. */
void smmu_model_record(struct smmu_model_unit *unit, const uint64_t *words)
{
	uint32_t mask = (2u << queue_log2(unit->events)) - 1;
	uint32_t used = (unit->event_prod - unit->event_cons) & mask;

	if (!(unit->cr0 & CR0_EVENTQ))
		return;
	if (used > mask / 2) {
		if (!((unit->event_prod ^ unit->event_cons) >> 31))
			unit->event_prod ^= 1u << 31;
		return;
	}
	memory_write(unit, queue_entry(unit->events, unit->event_prod, 32),
		     words, 4);
	unit->event_prod = (unit->event_prod & (1u << 31)) |
			   queue_next(unit->events, unit->event_prod & mask);
}

void smmu_model_error(unsigned int unit, uint32_t errors)
{
	smmu_model.unit[unit].gerror ^= errors;
}

/* ------------------------------------------------------------- registers */

static void control_settle(struct smmu_model_unit *unit)
{
	uint32_t wanted = unit->cr0_written & ~smmu_model.dead_cr0;

	if (wanted & ~unit->cr0 & CR0_ON &&
	    (!unit->streams || !(wanted & CR0_CMDQ)))
		smmu_model_violate("translation without tables or commands");
	unit->cr0 = wanted;
}

static uint32_t idr0(const struct smmu_kind *kind)
{
	uint32_t value = 1u | 2u << 2 | (kind->coherent ? 1u << 4 : 0) |
			 2u << 21 | (kind->linear ? 0 : 1u << 27);

	return (value & ~smmu_model.idr0_clear) | smmu_model.idr0_set;
}

static uint32_t idr1(const struct smmu_kind *kind)
{
	return kind->stream_bits | kind->events_log2 << 16 |
	       kind->commands_log2 << 21 | smmu_model.idr1_set;
}

static uint32_t control_read(struct smmu_model_unit *unit)
{
	if (unit->cr0 != unit->cr0_written && unit->cr0_delay-- == 0)
		control_settle(unit);
	return unit->cr0;
}

static uint32_t commands_read(struct smmu_model_unit *unit)
{
	if (unit->command_delay == 0 || --unit->command_delay == 0)
		commands_run(unit);
	return unit->command_cons;
}

uint32_t smmu_read32(const volatile uint8_t *registers, unsigned int offset)
{
	struct smmu_model_unit *unit = unit_at(registers);

	switch (offset) {
	case SMMU_IDR0: return idr0(&unit->kind);
	case SMMU_IDR1: return idr1(&unit->kind);
	case SMMU_IDR3: return unit->kind.resizes ? 2u << 11 : 1u << 11;
	case SMMU_IDR5:
		return (unit->kind.address | 1u << 4) &
		       ~smmu_model.idr5_clear;
	case SMMU_CR0: return unit->cr0_written;
	case SMMU_CR0ACK: return control_read(unit);
	case SMMU_CR1: return unit->cr1;
	case SMMU_CR2: return unit->cr2;
	case SMMU_IRQ_CTRL:
	case SMMU_IRQ_CTRLACK: return unit->irq;
	case SMMU_GERROR: return unit->gerror;
	case SMMU_GERRORN: return unit->gerrorn;
	case SMMU_STRTAB_BASE_CFG: return unit->streams_cfg;
	case SMMU_CMDQ_PROD: return unit->command_prod;
	case SMMU_CMDQ_CONS: return commands_read(unit);
	case SMMU_EVENTQ_PROD: return unit->event_prod;
	case SMMU_EVENTQ_CONS: return unit->event_cons;
	}
	smmu_model_violate("a read of an unknown register");
	return 0;
}

static uint64_t *base_of(struct smmu_model_unit *unit, unsigned int offset,
			 uint32_t *fixed_by)
{
	switch (offset) {
	case SMMU_STRTAB_BASE:
		*fixed_by = CR0_ON;
		return &unit->streams;
	case SMMU_CMDQ_BASE:
		*fixed_by = CR0_CMDQ;
		return &unit->commands;
	case SMMU_EVENTQ_BASE:
		*fixed_by = CR0_EVENTQ;
		return &unit->events;
	}
	fail_msg("a register of 64 bits that does not exist: 0x%x", offset);
	return NULL;
}

uint64_t smmu_read64(const volatile uint8_t *registers, unsigned int offset)
{
	uint32_t fixed_by;

	return *base_of(unit_at(registers), offset, &fixed_by);
}

/* 6.3: those that may not change while `bits` of CR0 are, or become, set. */
static void fixed(const struct smmu_model_unit *unit, uint32_t bits)
{
	if ((unit->cr0 | unit->cr0_written) & bits)
		smmu_model_violate("a register that is in use is written");
}

void smmu_write64(volatile uint8_t *registers, unsigned int offset,
		  uint64_t value)
{
	struct smmu_model_unit *unit = unit_at(registers);
	uint32_t fixed_by;
	uint64_t *base = base_of(unit, offset, &fixed_by);

	fixed(unit, fixed_by);
	*base = value;
}

static void commands_put(struct smmu_model_unit *unit, uint32_t prod)
{
	uint32_t mask = (2u << queue_log2(unit->commands)) - 1;

	unit->command_prod = prod;
	if (!(unit->cr0 & CR0_CMDQ))
		return;
	if (prod & ~mask)
		smmu_model_violate("an index beyond the queue of commands");
	if (((prod - unit->command_cons) & mask) > mask / 2 + 1)
		smmu_model_violate("more commands than the queue holds");
	unit->command_delay = unit->kind.latency;
	if (!unit->command_delay)
		commands_run(unit);
}

static void control_write(struct smmu_model_unit *unit, uint32_t value)
{
	if (unit->cr0 != unit->cr0_written && !smmu_model.dead_cr0)
		smmu_model_violate("CR0 before it is as it was written");
	unit->cr0_written = value;
	unit->cr0_delay = unit->kind.latency;
	if (!unit->cr0_delay)
		control_settle(unit);
}

void smmu_write32(volatile uint8_t *registers, unsigned int offset,
		  uint32_t value)
{
	struct smmu_model_unit *unit = unit_at(registers);

	switch (offset) {
	case SMMU_CR0:
		control_write(unit, value);
		return;
	case SMMU_CR1:
		fixed(unit, CR0_ON | CR0_EVENTQ | CR0_CMDQ);
		unit->cr1 = value;
		return;
	case SMMU_CR2:
		fixed(unit, CR0_ON | CR0_EVENTQ | CR0_CMDQ);
		unit->cr2 = value;
		return;
	case SMMU_IRQ_CTRL:
		unit->irq = value;
		return;
	case SMMU_GERRORN:
		unit->gerrorn = value;
		return;
	case SMMU_STRTAB_BASE_CFG:
		fixed(unit, CR0_ON);
		unit->streams_cfg = value;
		return;
	case SMMU_CMDQ_PROD:
		commands_put(unit, value);
		return;
	case SMMU_CMDQ_CONS:
		fixed(unit, CR0_CMDQ);
		unit->command_cons = value;
		return;
	case SMMU_EVENTQ_PROD:
		fixed(unit, CR0_EVENTQ);
		unit->event_prod = value;
		return;
	case SMMU_EVENTQ_CONS:
		unit->event_cons = value;
		return;
	}
	smmu_model_violate("a write of an unknown register");
}
