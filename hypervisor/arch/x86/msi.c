/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages in configuration space: kept, checked, given to the device. */
#include "msi.h"

#include "apic.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/pci.h"
#include "hv/printk.h"
#include "hv/spinlock.h"
#include "icr.h"
#include "ioapic.h"
#include "vtd.h"

#define CONFIG_STATUS		0x04	/* the upper half: status */
#define STATUS_CAPABILITIES	(1u << 20)
#define CONFIG_CAPABILITIES	0x34
#define CAPABILITIES_MAX	48u	/* all that fit */
#define CAPABILITY_MSI		0x05u

/* Word 0 of the capability: its control register is the upper half. */
#define CONTROL_ENABLE		(1u << 16)
#define CONTROL_CAPABLE		(7u << 17)	/* of several messages */
#define CONTROL_SEVERAL		(7u << 20)
#define CONTROL_64		(1u << 23)
#define CONTROL_GUEST		(CONTROL_ENABLE | CONTROL_SEVERAL)

#define ADDRESS_PREFIX		0xfeeu
#define ADDRESS_HINT		(1u << 3)
#define ADDRESS_LOGICAL		(1u << 2)
#define DATA_LEVEL		(1u << 15)

/* As an entry of an IOAPIC says it: ioapic.h has the filter. */
#define ENTRY_LOGICAL		BIT(11)
#define ENTRY_MASKED		BIT(16)
#define ENTRY_DESTINATION_SHIFT	56

/* The capability's words as the guest wrote them. */
struct shadow {
	const struct cell *cell;	/* NULL: unused */
	uint16_t bdf;
	uint8_t start;			/* of the capability */
	uint32_t word[4];
};

static struct {
	const struct msi_bus *bus;
	struct shadow shadow[MSI_FUNCTIONS_MAX];
	struct spinlock lock;
} msi;

void msi_init(const struct msi_bus *bus)
{
	msi.bus = bus;
	for (unsigned int n = 0; n < MSI_FUNCTIONS_MAX; n++)
		msi.shadow[n].cell = NULL;
}

/* Fixed and lowest priority, edges, to CPUs of the cell. */
static bool entry_of(const struct cell *cell, const struct msi_message *wanted,
		     uint64_t *entry)
{
	const struct ioapic_route route = {
		.cell_cpus = cell->cpus,
		.x2apic = apic_is_x2apic(),
	};
	struct icr_cpu cpus[HV_MAX_CPUS];

	if (wanted->address >> 20 != ADDRESS_PREFIX || wanted->address_high ||
	    (wanted->data & DATA_LEVEL))
		return false;
	*entry = (wanted->data & 0x7ff) |
		 (wanted->address & ADDRESS_LOGICAL ? ENTRY_LOGICAL : 0) |
		 (uint64_t)(wanted->address >> 12 & 0xff)
			 << ENTRY_DESTINATION_SHIFT;
	apic_cpus(cpus);
	*entry = ioapic_entry_filter(*entry, &route, cpus, HV_MAX_CPUS);
	return !(*entry & ENTRY_MASKED);
}

bool msi_translate(const struct cell *cell, uint16_t bdf, uint16_t number,
		   const struct msi_message *wanted,
		   struct msi_message *device)
{
	struct vtd_interrupt interrupt;
	uint64_t entry;
	int handle;

	if (!entry_of(cell, wanted, &entry))
		return false;
	interrupt = (struct vtd_interrupt){
		.destination = (uint32_t)(entry >> ENTRY_DESTINATION_SHIFT),
		.vector = (uint8_t)entry,
		.mode = entry >> 8 & 7,
		.logical = entry & ENTRY_LOGICAL,
	};
	*device = (struct msi_message){
		.address = ADDRESS_PREFIX << 20 | interrupt.destination << 12 |
			   (wanted->address & (ADDRESS_HINT | ADDRESS_LOGICAL)),
		.data = wanted->data & 0x7ff,
	};
	if (!vtd_remaps_interrupts())
		return true;
	handle = vtd_interrupt_set(bdf, number, &interrupt);
	if (handle < 0)
		return false;
	device->address = vtd_message_address((unsigned int)handle);
	device->data = 0;
	return true;
}

/* Where the capability starts; 0: it has none. */
static unsigned int capability_find(uint16_t bdf)
{
	unsigned int at;

	if (!(msi.bus->read(bdf, CONFIG_STATUS) & STATUS_CAPABILITIES))
		return 0;
	at = msi.bus->read(bdf, CONFIG_CAPABILITIES) & 0xfc;
	for (unsigned int n = 0; at >= 0x40 && n < CAPABILITIES_MAX; n++) {
		uint32_t head = msi.bus->read(bdf, at);

		if ((head & 0xff) == CAPABILITY_MSI)
			return at;
		at = head >> 8 & 0xfc;
	}
	return 0;
}

/* Words of the message; those behind it, masks, are the device's. */
static unsigned int words_count(const struct shadow *shadow)
{
	return shadow->word[0] & CONTROL_64 ? 4 : 3;
}

static struct msi_message message_of(const struct shadow *shadow)
{
	bool wide = shadow->word[0] & CONTROL_64;

	return (struct msi_message){
		.address = shadow->word[1],
		.address_high = wide ? shadow->word[2] : 0,
		.data = shadow->word[wide ? 3 : 2] & 0xffff,
	};
}

static void device_write(const struct shadow *shadow,
			 const struct msi_message *message, bool enable)
{
	bool wide = shadow->word[0] & CONTROL_64;
	uint32_t control = shadow->word[0] & ~CONTROL_GUEST;

	/* Off while the halves differ. */
	msi.bus->write(shadow->bdf, shadow->start, control);
	if (!enable)
		return;
	msi.bus->write(shadow->bdf, shadow->start + 4u, message->address);
	if (wide)
		msi.bus->write(shadow->bdf, shadow->start + 8u,
			       message->address_high);
	msi.bus->write(shadow->bdf, shadow->start + (wide ? 12u : 8u),
		       message->data);
	msi.bus->write(shadow->bdf, shadow->start, control | CONTROL_ENABLE);
}

static void shadow_apply(const struct shadow *shadow)
{
	struct msi_message wanted = message_of(shadow);
	struct msi_message device = wanted;
	bool enable = shadow->word[0] & CONTROL_ENABLE;

	if (enable && !msi_translate(shadow->cell, shadow->bdf, 0, &wanted,
				     &device)) {
		printk("device %02x:%02x.%u: message 0x%x to 0x%x is not its cell's, messages stay off\n",
		       shadow->bdf >> 8, shadow->bdf >> 3 & 31, shadow->bdf & 7,
		       wanted.data, wanted.address);
		enable = false;
	}
	device_write(shadow, &device, enable);
}

static struct shadow *shadow_find(uint16_t bdf)
{
	for (unsigned int n = 0; n < MSI_FUNCTIONS_MAX; n++) {
		if (msi.shadow[n].cell && msi.shadow[n].bdf == bdf)
			return &msi.shadow[n];
	}
	return NULL;
}

static struct shadow *shadow_free(void)
{
	for (unsigned int n = 0; n < MSI_FUNCTIONS_MAX; n++) {
		if (!msi.shadow[n].cell)
			return &msi.shadow[n];
	}
	return NULL;
}

/* With what the device has: nobody has programmed it under these rules yet. */
static struct shadow *shadow_make(const struct cell *cell, uint16_t bdf,
				  unsigned int start)
{
	struct shadow *shadow = shadow_free();

	if (!shadow)
		return NULL;
	*shadow = (struct shadow){ cell, bdf, (uint8_t)start, { 0 } };
	for (unsigned int n = 0; n < 4; n++)
		shadow->word[n] = msi.bus->read(bdf, start + 4 * n);
	return shadow;
}

/* One message for each function: README.md says why. */
static uint32_t word_read(const struct shadow *shadow, unsigned int n)
{
	return n ? shadow->word[n] : shadow->word[0] & ~CONTROL_CAPABLE;
}

static void word_write(struct shadow *shadow, unsigned int n, uint32_t value)
{
	if (n == 0)
		value = (shadow->word[0] & ~CONTROL_GUEST) |
			(value & CONTROL_ENABLE);
	shadow->word[n] = value;
	shadow_apply(shadow);
}

static uint32_t size_mask(unsigned int size)
{
	return size == 4 ? UINT32_MAX : (1u << 8 * size) - 1;
}

static bool shadow_access(struct shadow *shadow, unsigned int offset,
			  unsigned int size, bool is_write, uint32_t *value)
{
	unsigned int n = (offset - shadow->start) / 4;
	unsigned int shift = 8 * (offset & 3);
	uint32_t mask = size_mask(size) << shift;
	uint32_t word;

	if (offset < shadow->start || n >= words_count(shadow))
		return false;
	word = word_read(shadow, n);
	if (is_write)
		word_write(shadow, n, (word & ~mask) | (*value << shift & mask));
	else
		*value = (word & mask) >> shift;
	return true;
}

static bool config_access(const struct cell *cell, uint16_t bdf,
			  unsigned int offset, unsigned int size, bool is_write,
			  uint32_t *value)
{
	struct shadow *shadow = shadow_find(bdf);
	unsigned int start;

	if (!shadow) {
		start = capability_find(bdf);
		if (!start || offset < start || offset >= start + 16)
			return false;
		shadow = shadow_make(cell, bdf, start);
	}
	if (shadow)
		return shadow_access(shadow, offset, size, is_write, value);
	/* No room to keep it: it cannot be checked, so it is not done. */
	if (is_write)
		printk("more than %u functions with messages: a write is dropped\n",
		       MSI_FUNCTIONS_MAX);
	return is_write;
}

bool msi_config_access(const struct cell *cell, uint16_t bdf,
		       unsigned int offset, unsigned int size, bool is_write,
		       uint32_t *value)
{
	bool done;

	if (!msi.bus || offset < 0x40 || offset >= 0x100)
		return false;
	spin_lock(&msi.lock);
	done = config_access(cell, bdf, offset, size, is_write, value);
	spin_unlock(&msi.lock);
	return done;
}

static int adopt(const struct cell *cell, uint16_t bdf)
{
	struct shadow *shadow = shadow_find(bdf);
	unsigned int start = shadow ? 0 : capability_find(bdf);

	if (!start || !(msi.bus->read(bdf, start) & CONTROL_ENABLE))
		return 0;
	shadow = shadow_make(cell, bdf, start);
	if (!shadow)
		return -ENOMEM;
	shadow_apply(shadow);
	return 0;
}

int msi_adopt(const struct cell *cell)
{
	struct config_view view;
	int error = 0;

	cell_view(cell, &view);
	spin_lock(&msi.lock);
	for (uint32_t i = 0; !error && i < view.desc->num_pci_devices; i++) {
		if (view.pci[i].type != PCI_TYPE_IVSHMEM)
			error = adopt(cell, view.pci[i].bdf);
	}
	spin_unlock(&msi.lock);
	return error;
}

static void shadow_forget(struct shadow *shadow)
{
	device_write(shadow, NULL, false);
	vtd_interrupts_drop(shadow->bdf);
	shadow->cell = NULL;
}

void msi_config_commit(void)
{
	spin_lock(&msi.lock);
	for (unsigned int n = 0; n < MSI_FUNCTIONS_MAX; n++) {
		struct shadow *shadow = &msi.shadow[n];

		if (shadow->cell && pci_owner(shadow->bdf) != shadow->cell)
			shadow_forget(shadow);
		else if (shadow->cell)
			/* Its CPUs may be others. */
			shadow_apply(shadow);
	}
	spin_unlock(&msi.lock);
}

void msi_restore(void)
{
	spin_lock(&msi.lock);
	for (unsigned int n = 0; n < MSI_FUNCTIONS_MAX; n++) {
		struct shadow *shadow = &msi.shadow[n];
		struct msi_message wanted = message_of(shadow);

		if (!shadow->cell)
			continue;
		device_write(shadow, &wanted,
			     shadow->word[0] & CONTROL_ENABLE);
		shadow->cell = NULL;
	}
	spin_unlock(&msi.lock);
}
