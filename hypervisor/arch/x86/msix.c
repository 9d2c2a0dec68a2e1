/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables of messages in devices' memory: trapped, kept, checked. */
#include "msi.h"

#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/pci.h"
#include "hv/percpu.h"
#include "hv/arch/cpu.h"
#include "hv/spinlock.h"
#include "vtd.h"

#define TABLES_MAX		16u
#define ENTRY_BYTES		16u
#define ENTRY_CONTROL		3	/* word */
#define CONTROL_MASKED		1u
/* Beside number 0, which is the one of configuration space. */
#define NUMBER_FIRST		1u

struct vector {
	uint32_t word[4];		/* address, its high half, data, control */
};

struct table {
	const struct cell *cell;	/* whose messages it has; NULL: none's */
	uint16_t bdf;
	uint16_t count;
	uint64_t page;			/* physical */
	uint64_t page_bytes;
	uint64_t offset;		/* of the table in its pages */
	volatile uint8_t *registers;
	struct vector *vector;
};

static struct {
	struct table table[TABLES_MAX];
	unsigned int tables_count;
	struct vector vector[MSIX_VECTORS_MAX];
	unsigned int vectors_count;
	struct spinlock lock;
} msix;

static volatile uint32_t *device_word(const struct table *table,
				      unsigned int n, unsigned int word)
{
	return (volatile uint32_t *)(volatile void *)
		(table->registers + table->offset + n * ENTRY_BYTES + word * 4);
}

static void vector_write(const struct table *table, unsigned int n,
			 const struct msi_message *message)
{
	*device_word(table, n, ENTRY_CONTROL) = CONTROL_MASKED;
	if (!message)
		return;
	*device_word(table, n, 0) = message->address;
	*device_word(table, n, 1) = message->address_high;
	*device_word(table, n, 2) = message->data;
	*device_word(table, n, ENTRY_CONTROL) = 0;
}

static struct msi_message message_of(const struct vector *vector)
{
	return (struct msi_message){ vector->word[0], vector->word[1],
				     vector->word[2] };
}

static void vector_apply(const struct table *table, unsigned int n)
{
	const struct vector *vector = &table->vector[n];
	struct msi_message wanted = message_of(vector);
	struct msi_message device;
	bool on = !(vector->word[ENTRY_CONTROL] & CONTROL_MASKED) &&
		  msi_translate(table->cell, table->bdf,
				(uint16_t)(NUMBER_FIRST + n), &wanted,
				&device);

	vector_write(table, n, on ? &device : NULL);
}

/* Words of an entry, or what else is on its pages. */
static enum mmio_result table_access(const struct table *table,
				     struct mmio_access *access)
{
	uint64_t at = access->address - table->offset;
	struct vector *vector;
	unsigned int n, word;

	if (access->address < table->offset ||
	    at >= (uint64_t)table->count * ENTRY_BYTES) {
		mmio_perform(table->registers + access->address, access);
		return MMIO_HANDLED;
	}
	if (access->size < 4 || at & (access->size - 1u))
		return MMIO_REFUSED;
	n = (unsigned int)(at / ENTRY_BYTES);
	word = at % ENTRY_BYTES / 4;
	vector = &table->vector[n];
	if (!access->is_write) {
		access->value = vector->word[word];
		if (access->size == 8)
			access->value |= (uint64_t)vector->word[word + 1] << 32;
		return MMIO_HANDLED;
	}
	vector->word[word] = (uint32_t)access->value;
	if (access->size == 8)
		vector->word[word + 1] = (uint32_t)(access->value >> 32);
	vector_apply(table, n);
	return MMIO_HANDLED;
}

static enum mmio_result page_access(void *context, struct mmio_access *access)
{
	const struct table *table = context;
	enum mmio_result result = MMIO_HANDLED;

	spin_lock(&msix.lock);
	if (this_cpu()->cell == table->cell)
		result = table_access(table, access);
	else if (!access->is_write)
		access->value = UINT64_MAX >> (64 - 8 * access->size);
	spin_unlock(&msix.lock);
	return result;
}

static struct table *table_find(uint16_t bdf)
{
	for (unsigned int n = 0; n < msix.tables_count; n++) {
		if (msix.table[n].bdf == bdf)
			return &msix.table[n];
	}
	return NULL;
}

/* One of the root's: what it has programmed is what it wants. */
static struct table *table_add(const struct pci_device *device)
{
	struct table *table = &msix.table[msix.tables_count];
	unsigned int count = device->num_msix_vectors;

	if (msix.tables_count == TABLES_MAX ||
	    count > MSIX_VECTORS_MAX - msix.vectors_count)
		return NULL;
	*table = (struct table){
		.cell = cell_root(),
		.bdf = device->bdf,
		.count = (uint16_t)count,
		.page = device->msix_address & PAGE_MASK,
		.offset = device->msix_address & ~PAGE_MASK,
		.vector = &msix.vector[msix.vectors_count],
	};
	table->page_bytes = page_round_up(table->offset + count * ENTRY_BYTES);
	table->registers = hv_map(hpa(table->page), table->page_bytes,
				  MAP_READ | MAP_WRITE | MAP_DEVICE);
	if (!table->registers)
		return NULL;
	for (unsigned int n = 0; n < count; n++) {
		for (unsigned int word = 0; word < 4; word++)
			table->vector[n].word[word] =
				*device_word(table, n, word);
	}
	msix.tables_count++;
	msix.vectors_count += count;
	return table;
}

static bool has_table(const struct pci_device *device)
{
	return device->type != PCI_TYPE_IVSHMEM && device->num_msix_vectors &&
	       device->msix_address;
}

static bool is_as(const struct table *table, const struct pci_device *device)
{
	return table->page + table->offset == device->msix_address &&
	       table->count == device->num_msix_vectors;
}

int msix_cell_init(struct cell *cell, struct reason *reason)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_pci_devices; i++) {
		const struct pci_device *device = &view.pci[i];
		struct table *table;

		if (!has_table(device))
			continue;
		table = table_find(device->bdf);
		if (!table && cell == cell_root())
			table = table_add(device);
		if (!table || !is_as(table, device) ||
		    mmio_register(&cell->mmio, table->page, table->page_bytes,
				  page_access, table) < 0)
			return refuse(reason, -EINVAL,
				      "PCI device %u: its MSI-X table at 0x%llx is not the root's, too long, or within another region",
				      i, (unsigned long long)device->msix_address);
	}
	return 0;
}

bool msix_page_within(unsigned int n, const struct memory_region *region,
		      uint64_t *virt, uint64_t *bytes)
{
	const struct table *table = &msix.table[n];
	uint64_t start, end;

	if (table->page >= region->phys_start + region->size ||
	    region->phys_start >= table->page + table->page_bytes)
		return false;
	start = table->page > region->phys_start ? table->page :
						   region->phys_start;
	end = table->page + table->page_bytes;
	if (end > region->phys_start + region->size)
		end = region->phys_start + region->size;
	*virt = region->virt_start + (start - region->phys_start);
	*bytes = end - start;
	return true;
}

unsigned int msix_tables_count(void)
{
	return msix.tables_count;
}

static void table_hand_over(struct table *table, const struct cell *owner)
{
	for (unsigned int n = 0; n < table->count; n++) {
		vector_write(table, n, NULL);
		table->vector[n] = (struct vector){
			{ 0, 0, 0, CONTROL_MASKED } };
	}
	vtd_interrupts_drop(table->bdf);
	table->cell = owner;
}

void msix_config_commit(void)
{
	spin_lock(&msix.lock);
	for (unsigned int n = 0; n < msix.tables_count; n++) {
		struct table *table = &msix.table[n];
		const struct cell *owner = pci_owner(table->bdf);

		if (owner != table->cell)
			table_hand_over(table, owner);
		for (unsigned int i = 0; i < table->count; i++)
			vector_apply(table, i);
	}
	spin_unlock(&msix.lock);
}

void msix_restore(void)
{
	spin_lock(&msix.lock);
	for (unsigned int n = 0; n < msix.tables_count; n++) {
		struct table *table = &msix.table[n];

		for (unsigned int i = 0; i < table->count; i++) {
			struct msi_message wanted =
				message_of(&table->vector[i]);
			bool masked = table->vector[i].word[ENTRY_CONTROL] &
				      CONTROL_MASKED;

			vector_write(table, i, masked ? NULL : &wanted);
		}
	}
	msix.tables_count = 0;
	msix.vectors_count = 0;
	spin_unlock(&msix.lock);
}
