/* SPDX-License-Identifier: GPL-2.0-only */
/* I/O interrupt controllers, moderated. */
#include "ioapic.h"

#include "apic.h"
#include "hv/arch/cpu.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/mmio.h"
#include "hv/paging.h"
#include "hv/percpu.h"
#include "hv/spinlock.h"
#include "icr.h"
#include "vtd.h"

#define CHIPS_MAX		4u
#define PAGE_REGISTERS		PAGE_BYTES

#define REG_SELECT		0x00
#define REG_WINDOW		0x10
#define REG_EOI			0x40

#define INDEX_VERSION		0x01
#define INDEX_ENTRIES		0x10
#define VERSION_LAST_SHIFT	16

#define ENTRY_STATUS		(BIT(12) | BIT(14))	/* read-only */
#define ENTRY_MASKED		BIT(16)
#define ENTRY_MODE_SHIFT	8
#define ENTRY_LOGICAL		BIT(11)
#define ENTRY_LEVEL		BIT(15)
#define ENTRY_DESTINATION_SHIFT	56

struct chip {
	uint64_t address;
	uint16_t source;	/* of its messages, for remapping units */
	volatile uint32_t *registers;
	unsigned int pins;
	uint64_t wanted[IOAPIC_PINS_MAX];	/* as its owner wrote it */
	uint64_t applied[IOAPIC_PINS_MAX];	/* as the hardware has it */
	const struct cell *owner[IOAPIC_PINS_MAX];	/* who wrote it */
};

static struct {
	struct chip chip[CHIPS_MAX];
	unsigned int count;
	struct spinlock lock;
} ioapics;

static uint32_t chip_read(const struct chip *chip, unsigned int index)
{
	chip->registers[REG_SELECT / 4] = index;
	return chip->registers[REG_WINDOW / 4];
}

static void chip_write(const struct chip *chip, unsigned int index,
		       uint32_t value)
{
	chip->registers[REG_SELECT / 4] = index;
	chip->registers[REG_WINDOW / 4] = value;
}

static uint64_t entry_read(const struct chip *chip, unsigned int pin)
{
	return chip_read(chip, INDEX_ENTRIES + 2 * pin) |
	       (uint64_t)chip_read(chip, INDEX_ENTRIES + 2 * pin + 1) << 32;
}

/*
 * Masked while the halves differ: half an entry must not go anywhere. Not
 * touched when nothing changes, for an edge is lost while it is masked.
 */
static void entry_write(struct chip *chip, unsigned int pin, uint64_t entry)
{
	uint64_t changed = chip->applied[pin] ^ entry;
	unsigned int index = INDEX_ENTRIES + 2 * pin;

	if (changed >> 32) {
		chip_write(chip, index, (uint32_t)(entry | ENTRY_MASKED));
		chip_write(chip, index + 1, (uint32_t)(entry >> 32));
	}
	if (changed)
		chip_write(chip, index, (uint32_t)entry);
	chip->applied[pin] = entry;
}

static bool lists_pin(const struct cell *cell, const struct chip *chip,
		      unsigned int pin)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_irqchips; i++) {
		const struct irqchip *irqchip = &view.irqchips[i];

		if (irqchip->address == chip->address &&
		    (irqchip->pin_bitmap[pin / 32] >> pin % 32 & 1))
			return true;
	}
	return false;
}

/* Other cells before the root. */
static struct cell *pin_owner(const struct chip *chip, unsigned int pin)
{
	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		struct cell *cell = cell_slot(i);

		if (cell && lists_pin(cell, chip, pin))
			return cell;
	}
	return lists_pin(cell_root(), chip, pin) ? cell_root() : NULL;
}

/* Through the table of remapped interrupts; masked when that has no room. */
static uint64_t pin_remap(const struct chip *chip, unsigned int pin,
			  uint64_t entry)
{
	const struct vtd_interrupt interrupt = {
		.destination = (uint32_t)(entry >> ENTRY_DESTINATION_SHIFT),
		.vector = (uint8_t)entry,
		.mode = entry >> ENTRY_MODE_SHIFT & 7,
		.logical = entry & ENTRY_LOGICAL,
		.level = entry & ENTRY_LEVEL,
	};
	bool masked = entry & ENTRY_MASKED;
	int handle = vtd_interrupt_set(chip->source, (uint16_t)pin,
				       masked ? NULL : &interrupt);

	if (masked || handle < 0)
		return vtd_pin_entry(0, entry | ENTRY_MASKED);
	return vtd_pin_entry((unsigned int)handle, entry);
}

static void pin_apply(struct chip *chip, unsigned int pin)
{
	const struct cell *owner = pin_owner(chip, pin);
	struct icr_cpu cpus[HV_MAX_CPUS];
	const struct ioapic_route route = {
		.cell_cpus = owner ? owner->cpus : 0,
		.is_root = owner == cell_root(),
		.x2apic = apic_is_x2apic(),
	};
	uint64_t entry;

	apic_cpus(cpus);
	entry = ioapic_entry_filter(chip->wanted[pin], &route, cpus,
				    HV_MAX_CPUS);
	if (vtd_remaps_interrupts())
		entry = pin_remap(chip, pin, entry);
	entry_write(chip, pin, entry);
}

static uint32_t half(uint64_t entry, unsigned int index)
{
	return (uint32_t)(index & 1 ? entry >> 32 : entry);
}

static uint32_t window_read(const struct cell *cell, const struct chip *chip,
			    unsigned int index)
{
	unsigned int pin = (index - INDEX_ENTRIES) / 2;
	uint64_t entry = ENTRY_MASKED;

	if (index < INDEX_ENTRIES)
		return chip_read(chip, index);
	if (pin < chip->pins && pin_owner(chip, pin) == cell)
		entry = (chip->wanted[pin] & ~ENTRY_STATUS) |
			(entry_read(chip, pin) & ENTRY_STATUS);
	return half(entry, index);
}

static bool window_write(const struct cell *cell, struct chip *chip,
			 unsigned int index, uint32_t value)
{
	unsigned int pin = (index - INDEX_ENTRIES) / 2;
	uint64_t *wanted = &chip->wanted[pin % IOAPIC_PINS_MAX];

	/* Whoever does not own the pin, or writes to what is not an entry. */
	if (index < INDEX_ENTRIES || pin >= chip->pins ||
	    pin_owner(chip, pin) != cell)
		return cell == cell_root();
	if (index & 1)
		*wanted = (*wanted & UINT32_MAX) | (uint64_t)value << 32;
	else
		*wanted = (*wanted & ~(uint64_t)UINT32_MAX) | value;
	pin_apply(chip, pin);
	return true;
}

static enum mmio_result chip_access(struct cell *cell, struct chip *chip,
				    struct mmio_access *access)
{
	uint8_t *index = &cell->arch.ioapic_index[chip - ioapics.chip];

	if (access->size != 4)
		return MMIO_REFUSED;
	switch (access->address) {
	case REG_SELECT:
		if (access->is_write)
			*index = (uint8_t)access->value;
		else
			access->value = *index;
		return MMIO_HANDLED;
	case REG_WINDOW:
		if (!access->is_write)
			access->value = window_read(cell, chip, *index);
		else if (!window_write(cell, chip, *index,
				       (uint32_t)access->value))
			return MMIO_REFUSED;
		return MMIO_HANDLED;
	case REG_EOI:
		if (cell != cell_root() || !access->is_write)
			return MMIO_REFUSED;
		chip->registers[REG_EOI / 4] = (uint32_t)access->value;
		return MMIO_HANDLED;
	}
	return MMIO_REFUSED;
}

static enum mmio_result page_access(void *context, struct mmio_access *access)
{
	enum mmio_result result;

	spin_lock(&ioapics.lock);
	result = chip_access(this_cpu()->cell, context, access);
	spin_unlock(&ioapics.lock);
	return result;
}

static struct chip *chip_find(uint64_t address)
{
	for (unsigned int i = 0; i < ioapics.count; i++) {
		if (ioapics.chip[i].address == address)
			return &ioapics.chip[i];
	}
	return NULL;
}

/* One of the root's: what it has programmed is what it wants. */
static struct chip *chip_add(const struct irqchip *irqchip)
{
	struct chip *chip = &ioapics.chip[ioapics.count];

	if (ioapics.count == CHIPS_MAX)
		return NULL;
	chip->registers = hv_map(hpa(irqchip->address), PAGE_REGISTERS,
				 MAP_READ | MAP_WRITE | MAP_DEVICE);
	if (!chip->registers)
		return NULL;
	chip->address = irqchip->address;
	chip->source = vtd_pin_source(irqchip->id);
	chip->pins = (chip_read(chip, INDEX_VERSION) >> VERSION_LAST_SHIFT &
		      0xff) + 1;
	if (chip->pins > IOAPIC_PINS_MAX)
		chip->pins = IOAPIC_PINS_MAX;
	for (unsigned int pin = 0; pin < chip->pins; pin++) {
		chip->wanted[pin] = entry_read(chip, pin) & ~ENTRY_STATUS;
		chip->applied[pin] = chip->wanted[pin];
		chip->owner[pin] = pin_owner(chip, pin);
	}
	ioapics.count++;
	return chip;
}

int ioapic_cell_init(struct cell *cell, struct reason *reason)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_irqchips; i++) {
		uint64_t address = view.irqchips[i].address;
		struct chip *chip = chip_find(address);

		if (!chip && cell == cell_root())
			chip = chip_add(&view.irqchips[i]);
		if (!chip || mmio_register(&cell->mmio, address, PAGE_BYTES,
					   page_access, chip) < 0)
			return refuse(reason, -EINVAL,
				      "irqchip %u at 0x%llx: not the root's, too many, or within another region",
				      i, (unsigned long long)address);
	}
	return 0;
}

/* A vector of one cell means nothing to the next, whose CPUs it would reach. */
static void pin_hand_over(struct chip *chip, unsigned int pin)
{
	const struct cell *owner = pin_owner(chip, pin);

	if (owner == chip->owner[pin])
		return;
	chip->wanted[pin] = ENTRY_MASKED;
	chip->owner[pin] = owner;
}

void ioapic_config_commit(void)
{
	spin_lock(&ioapics.lock);
	for (unsigned int i = 0; i < ioapics.count; i++) {
		struct chip *chip = &ioapics.chip[i];

		for (unsigned int pin = 0; pin < chip->pins; pin++) {
			pin_hand_over(chip, pin);
			pin_apply(chip, pin);
		}
	}
	spin_unlock(&ioapics.lock);
}

void ioapic_restore(void)
{
	spin_lock(&ioapics.lock);
	for (unsigned int i = 0; i < ioapics.count; i++) {
		for (unsigned int pin = 0; pin < ioapics.chip[i].pins; pin++)
			entry_write(&ioapics.chip[i], pin,
				    ioapics.chip[i].wanted[pin]);
	}
	spin_unlock(&ioapics.lock);
}
