/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated redistributors (IHI 0069, 12.11). All frames exist for every cell,
 * since operating systems find their own by walking from the first to the
 * last; those of other cells' CPUs say who they are and nothing else.
 */
#include "gic-internal.h"

#include "hv/cell.h"

struct frame {
	void *registers;	/* physical, mapped */
	struct per_cpu *cpu;	/* NULL: of no CPU of this cell */
	bool is_root;		/* whose access it is */
};

/* Message-signalled interrupts (LPIs) are the root's alone. */
static bool is_lpi_register(uint32_t offset)
{
	switch (offset) {
	case GICR_PROPBASER:
	case GICR_PROPBASER + 4:
	case GICR_PENDBASER:
	case GICR_PENDBASER + 4:
	case GICR_INVLPIR:
	case GICR_INVLPIR + 4:
	case GICR_INVALLR:
	case GICR_INVALLR + 4:
	case GICR_SYNCR:
		return true;
	}
	return false;
}

static uint64_t read_typer(const struct frame *frame)
{
	uint64_t typer = gic_mmio_read64((uint8_t *)frame->registers +
					 GICR_TYPER);

	if (!frame->is_root)
		typer &= ~(GICR_TYPER_PLPIS | GICR_TYPER_DIRECT_LPI);
	return typer;
}

static uint64_t pass_read(const struct frame *frame, uint32_t offset,
			  uint8_t size)
{
	uint8_t *address = (uint8_t *)frame->registers + offset;

	return size == 8 ? gic_mmio_read64(address) : gic_mmio_read32(address);
}

static uint64_t read_control(const struct frame *frame, uint32_t offset,
			     uint8_t size)
{
	uint64_t value;

	switch (offset) {
	case GICR_TYPER:
	case GICR_TYPER + 4:
		value = read_typer(frame) >> (8 * (offset & 4u));
		return size == 8 ? value : (uint32_t)value;
	case GICR_IIDR:
		return pass_read(frame, offset, size);
	case GICR_CTLR:
	case GICR_WAKER:
		return frame->cpu ? pass_read(frame, offset, size) : 0;
	}
	if (offset >= GICD_V3_ID)
		return pass_read(frame, offset, size);
	if (frame->cpu && frame->is_root && is_lpi_register(offset))
		return pass_read(frame, offset, size);
	return 0;
}

/* GICR_WAKER stays as it is: a sleeping one would deafen the hypervisor. */
static void write_control(const struct frame *frame, uint32_t offset,
			  const struct mmio_access *access)
{
	uint8_t *address = (uint8_t *)frame->registers + offset;
	uint32_t value;

	if (!frame->is_root)
		return;
	if (offset == GICR_CTLR) {
		value = gic_mmio_read32(address) &
			~(uint32_t)GICR_CTLR_ENABLE_LPIS;
		value |= (uint32_t)(access->value & GICR_CTLR_ENABLE_LPIS);
		gic_mmio_write32(address, value);
	} else if (is_lpi_register(offset)) {
		if (access->size == 8)
			gic_mmio_write64(address, access->value);
		else
			gic_mmio_write32(address, (uint32_t)access->value);
	}
}

static bool is_wide(uint32_t offset)
{
	return offset == GICR_TYPER || offset == GICR_PROPBASER ||
	       offset == GICR_PENDBASER || offset == GICR_INVLPIR ||
	       offset == GICR_INVALLR;
}

static bool width_valid(uint32_t offset, uint8_t size)
{
	uint32_t priority = offset - GICR_SGI_FRAME - GICD_IPRIORITYR;

	if (offset & (size - 1u))
		return false;
	if (size == 1)
		return offset >= GICR_SGI_FRAME && priority < GIC_FIRST_SPI;
	/* The additional frames of GICv4 read as zero in either width. */
	return size == 4 || (size == 8 && (is_wide(offset) ||
					   offset >= GICR_FRAMES_BYTES));
}

static void access_control(const struct frame *frame, uint32_t offset,
			   struct mmio_access *access)
{
	if (!access->is_write)
		access->value = read_control(frame, offset, access->size);
	else if (frame->cpu)
		write_control(frame, offset, access);
}

static void access_sgis(struct per_cpu *cpu, uint32_t offset,
			struct mmio_access *access)
{
	uint32_t value = (uint32_t)access->value, lanes = ~0u, shift = 0;

	offset -= GICR_SGI_FRAME;
	if (access->size == 1) {
		shift = 8 * (offset & 3u);
		lanes = 0xffu << shift;
		offset &= ~3u;
	}
	if (access->is_write)
		gic_private_write(cpu, offset, value << shift & lanes, lanes);
	else
		access->value = (gic_private_read(cpu, offset) & lanes) >>
				shift;
}

static void access_frame(const struct cell *cell, uint64_t index,
			 uint32_t offset, struct mmio_access *access)
{
	struct frame frame = {
		.registers = gic.redist[index],
		.cpu = gic.redist_cpu[index],
		.is_root = cell->id == 0,
	};

	if (frame.cpu && !(cell->cpus & BIT(frame.cpu->id)))
		frame.cpu = NULL;
	if (offset < GICR_SGI_FRAME)
		access_control(&frame, offset, access);
	else if (frame.cpu && offset < GICR_FRAMES_BYTES)
		access_sgis(frame.cpu, offset, access);
	else if (!access->is_write)
		access->value = 0;
}

enum mmio_result gic_redist_access(void *context, struct mmio_access *access)
{
	const struct cell *cell = context;
	uint64_t index = access->address >> gic.redist_shift;
	uint32_t offset = (uint32_t)(access->address &
				     (BIT(gic.redist_shift) - 1));

	if (index >= gic.redist_count || !width_valid(offset, access->size))
		return MMIO_REFUSED;
	access_frame(cell, index, offset, access);
	return MMIO_HANDLED;
}
