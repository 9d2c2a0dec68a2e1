/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exception syndromes taken apart (Arm ARM DDI 0487, D19.2.37 ESR_EL2). Pure.
 */
#ifndef ARM64_SYNDROME_H
#define ARM64_SYNDROME_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/hypercall.h"

#define ESR_EC_SHIFT		26
#define ESR_IL			(1u << 25)
#define ESR_ISS_MASK		0x1ffffffu

enum exception_class {
	EC_UNKNOWN = 0x00,
	EC_WFX = 0x01,
	EC_CP15_32 = 0x03,
	EC_CP15_64 = 0x04,
	EC_CP14_32 = 0x05,
	EC_FP = 0x07,
	EC_CP14_64 = 0x0c,
	EC_HVC32 = 0x12,
	EC_SMC32 = 0x13,
	EC_HVC64 = 0x16,
	EC_SMC64 = 0x17,
	EC_SYSREG = 0x18,
	EC_SVE = 0x19,
	EC_INSTRUCTION_ABORT = 0x20,
	EC_DATA_ABORT = 0x24,
};

/* HVC with the immediate of our calls, from AArch64. */
#define ESR_HYPERCALL							      \
	((uint64_t)EC_HVC64 << ESR_EC_SHIFT | ESR_IL | HYPERCALL_HVC_IMMEDIATE)

static inline unsigned int syndrome_class(uint64_t esr)
{
	return (unsigned int)(esr >> ESR_EC_SHIFT) & 0x3f;
}

/* Bytes of the instruction that trapped. */
static inline unsigned int syndrome_length(uint64_t esr)
{
	return esr & ESR_IL ? 4 : 2;
}

/* Kinds of fault status, the level left out. */
enum fault_kind {
	FAULT_TRANSLATION,
	FAULT_ACCESS_FLAG,
	FAULT_PERMISSION,
	FAULT_OTHER,		/* external abort, alignment, ... */
};

/* ISS of a data abort from a lower level. */
struct abort_syndrome {
	enum fault_kind fault;
	bool decoded;		/* ISV: what follows is known */
	bool is_write;
	bool sign_extend;	/* SSE */
	bool to_64_bits;	/* SF */
	bool walk;		/* S1PTW: the guest's own table walk */
	bool far_valid;
	uint8_t size;		/* bytes: 1, 2, 4, 8 */
	uint8_t reg;		/* SRT; 31 is the zero register */
};

static inline enum fault_kind syndrome_fault(uint64_t esr)
{
	switch (esr >> 2 & 0xf) {
	case 1:
		return FAULT_TRANSLATION;
	case 2:
		return FAULT_ACCESS_FLAG;
	case 3:
		return FAULT_PERMISSION;
	default:
		return FAULT_OTHER;
	}
}

static inline struct abort_syndrome syndrome_abort(uint64_t esr)
{
	return (struct abort_syndrome){
		.fault = syndrome_fault(esr),
		.decoded = esr >> 24 & 1,
		.size = (uint8_t)(1u << (esr >> 22 & 3)),
		.sign_extend = esr >> 21 & 1,
		.reg = esr >> 16 & 0x1f,
		.to_64_bits = esr >> 15 & 1,
		.far_valid = !(esr >> 10 & 1),
		.walk = esr >> 7 & 1,
		.is_write = (esr >> 6 & 1) && !(esr >> 8 & 1),
	};
}

/* What emulated devices cause: ISV set, S1PTW clear, a translation fault. */
#define ESR_MMIO_MASK		(1u << 24 | 1u << 7 | 0x3cu)
#define ESR_MMIO		(1u << 24 | 0x04u)

static inline bool syndrome_is_mmio(uint64_t esr)
{
	return (esr & ESR_MMIO_MASK) == ESR_MMIO;
}

/* What a load of `value` leaves in its register. */
static inline uint64_t syndrome_load(const struct abort_syndrome *abort,
				     uint64_t value)
{
	unsigned int unused_bits = 64 - 8u * abort->size;

	value <<= unused_bits;
	if (!abort->sign_extend)
		return value >> unused_bits;
	value = (uint64_t)((int64_t)value >> unused_bits);
	return abort->to_64_bits ? value : value & 0xffffffffu;
}

/* What a store from a register that holds `value` writes. */
static inline uint64_t syndrome_store(const struct abort_syndrome *abort,
				      uint64_t value)
{
	unsigned int unused_bits = 64 - 8u * abort->size;

	return value << unused_bits >> unused_bits;
}

/* HPFAR_EL2 and FAR_EL2 to the guest-physical address. */
static inline uint64_t syndrome_address(uint64_t hpfar, uint64_t far)
{
	return (hpfar & 0xfffffffff0ull) << 8 | (far & 0xfff);
}

/* Trapped MSR and MRS: the register as one number, as in the instruction. */
#define SYSREG(op0, op1, crn, crm, op2)                                       \
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

struct sysreg_syndrome {
	uint16_t reg;		/* SYSREG() */
	uint8_t rt;		/* 31 is the zero register */
	bool is_read;
};

static inline struct sysreg_syndrome syndrome_sysreg(uint64_t esr)
{
	uint32_t iss = (uint32_t)esr;

	return (struct sysreg_syndrome){
		.reg = (uint16_t)SYSREG(iss >> 20 & 3, iss >> 14 & 7,
					iss >> 10 & 0xf, iss >> 1 & 0xf,
					iss >> 17 & 7),
		.rt = iss >> 5 & 0x1f,
		.is_read = iss & 1,
	};
}

/*
 * SPSR of an AArch32 guest after one skipped instruction: the IT state goes on
 * (DDI 0487, G1.19.3: PSTATE.IT; SPSR bits 26:25 and 15:10).
 */
static inline uint64_t syndrome_advance_it(uint64_t spsr)
{
	uint64_t it = (spsr >> 25 & 3) | (spsr >> 8 & 0xfc);

	it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
	return (spsr & ~0x0600fc00ull) | (it & 3) << 25 | (it & 0xfc) << 8;
}

#endif
