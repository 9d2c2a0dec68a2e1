/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses to memory that is not mapped: devices, or a fault. */
#include "decode.h"
#include "exits.h"
#include "hv/cell.h"
#include "hv/mmio.h"
#include "hv/percpu.h"
#include "vcpu.h"
#include "walk.h"
#include "x86-regs.h"

static enum decode_width decode_width(const struct vcpu_mode *mode)
{
	if (mode->code64)
		return DECODE_64;
	return mode->code32 ? DECODE_32 : DECODE_16;
}

/* The instruction the guest is at; false when it is none of ours. */
static bool read_instruction(struct per_cpu *cpu, struct decoded *decoded)
{
	uint8_t bytes[INSTRUCTION_MAX];
	struct vcpu_mode mode;
	unsigned int count;
	uint64_t linear;

	vcpu_get_mode(cpu, &mode);
	linear = vcpu_rip(cpu);
	if (!mode.code64)
		linear = (linear + mode.cs_base) & UINT32_MAX;
	count = guest_fetch(cpu->cell, &mode, linear, bytes, sizeof(bytes));
	return instruction_decode(bytes, count, decode_width(&mode),
				  decoded) == 0;
}

static enum mmio_result perform(struct per_cpu *cpu, uint64_t address,
				const struct decoded *decoded)
{
	uint64_t reg = vcpu_get_gpr(cpu, decoded->reg);
	struct mmio_access access = {
		.address = address,
		.size = decoded->size,
		.is_write = decoded->is_write,
	};
	enum mmio_result result;

	if (access.is_write)
		access.value = decoded_stores(decoded, reg);
	result = mmio_dispatch(&cpu->cell->mmio, &access);
	if (result == MMIO_HANDLED && !access.is_write)
		vcpu_set_gpr(cpu, decoded->reg,
			     decoded_loads(decoded, reg, access.value));
	return result;
}

void exit_memory(struct per_cpu *cpu, const struct memory_exit *exit)
{
	enum mmio_result result = MMIO_UNHANDLED;
	struct decoded decoded;

	exit_count(cpu, CPU_STAT_MMIO);
	if (exit->is_fetch) {
		cpu_fault(cpu, PARK_GUEST_ABORT, exit->address,
			  exit->syndrome);
		return;
	}
	if (!exit->is_delivery && read_instruction(cpu, &decoded) &&
	    decoded.is_write == exit->is_write)
		result = perform(cpu, exit->address, &decoded);
	if (result == MMIO_HANDLED)
		vcpu_advance(cpu, decoded.length);
	else
		cpu_fault(cpu, result == MMIO_REFUSED ? PARK_MMIO_REFUSED :
							PARK_MEMORY_ACCESS,
			  exit->address, exit->syndrome);
}
