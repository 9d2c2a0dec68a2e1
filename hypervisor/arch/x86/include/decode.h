/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instructions with which guests reach devices: MOV in its forms, MOVZX,
 * MOVSX. Intel SDM vol. 2, chapter 2 and appendix A. Pure.
 */
#ifndef X86_DECODE_H
#define X86_DECODE_H

#include "hv/types.h"

#define INSTRUCTION_MAX		15u

enum decode_width {
	DECODE_16,		/* real mode, 16-bit segments */
	DECODE_32,
	DECODE_64,
};

struct decoded {
	uint8_t length;		/* bytes of the instruction */
	uint8_t size;		/* bytes accessed: 1, 2, 4, 8 */
	uint8_t reg;		/* the register's number */
	uint8_t reg_size;	/* bytes of it that are written by a read */
	bool reg_high;		/* AH, CH, DH, BH */
	bool is_write;
	bool is_signed;		/* a read extends the sign */
	bool is_immediate;
	uint64_t immediate;
};

/* 0, or -EINVAL: not one of these, or longer than `count`. */
int instruction_decode(const uint8_t *bytes, unsigned int count,
		       enum decode_width width, struct decoded *decoded);

/* What a write stores, given the register. */
uint64_t decoded_stores(const struct decoded *decoded, uint64_t reg);
/* The register after a read brought `value`. */
uint64_t decoded_loads(const struct decoded *decoded, uint64_t reg,
		       uint64_t value);

#endif
