/* SPDX-License-Identifier: GPL-2.0-only */
/* MOV, MOVZX and MOVSX between memory and registers. */
#include "decode.h"

#include "hv/errno.h"

#define REX_FIRST		0x40u
#define REX_LAST		0x4fu
#define REX_W			0x8u
#define REX_R			0x4u

struct cursor {
	const uint8_t *bytes;
	unsigned int count;
	unsigned int at;
	bool overrun;
	enum decode_width width;
	bool operand_prefix;
	bool address_prefix;
	uint8_t rex;
};

static uint8_t next(struct cursor *cursor)
{
	if (cursor->at >= cursor->count) {
		cursor->overrun = true;
		return 0;
	}
	return cursor->bytes[cursor->at++];
}

static void skip(struct cursor *cursor, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		next(cursor);
}

/* Segment overrides change the address, which the exit has told. */
static bool is_segment_prefix(uint8_t byte)
{
	return byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e ||
	       byte == 0x64 || byte == 0x65;
}

static uint8_t read_prefixes(struct cursor *cursor)
{
	uint8_t byte = next(cursor);

	while (!cursor->overrun) {
		if (byte == 0x66)
			cursor->operand_prefix = true;
		else if (byte == 0x67)
			cursor->address_prefix = true;
		else if (!is_segment_prefix(byte))
			break;
		byte = next(cursor);
	}
	if (cursor->width == DECODE_64 && byte >= REX_FIRST &&
	    byte <= REX_LAST) {
		cursor->rex = byte;
		byte = next(cursor);
	}
	return byte;
}

static uint8_t operand_bytes(const struct cursor *cursor)
{
	if (cursor->rex & REX_W)
		return 8;
	if (cursor->width == DECODE_16)
		return cursor->operand_prefix ? 4 : 2;
	return cursor->operand_prefix ? 2 : 4;
}

static unsigned int address_bytes(const struct cursor *cursor)
{
	if (cursor->width == DECODE_64)
		return cursor->address_prefix ? 4 : 8;
	if (cursor->width == DECODE_16)
		return cursor->address_prefix ? 4 : 2;
	return cursor->address_prefix ? 2 : 4;
}

/* What follows ModRM, up to the immediate. False for a register operand. */
static bool skip_address(struct cursor *cursor, uint8_t modrm)
{
	unsigned int mod = modrm >> 6;
	unsigned int rm = modrm & 7;
	bool short_form = address_bytes(cursor) == 2;

	if (mod == 3)
		return false;
	if (!short_form && rm == 4) {
		uint8_t sib = next(cursor);

		if (mod == 0 && (sib & 7) == 5)
			skip(cursor, 4);
	}
	if (mod == 1)
		skip(cursor, 1);
	else if (mod == 2)
		skip(cursor, short_form ? 2 : 4);
	else if (rm == (short_form ? 6 : 5))
		skip(cursor, short_form ? 2 : 4);
	return true;
}

static bool read_modrm(struct cursor *cursor, struct decoded *decoded)
{
	uint8_t modrm = next(cursor);

	decoded->reg = modrm >> 3 & 7;
	if (cursor->rex & REX_R)
		decoded->reg |= 8;
	return skip_address(cursor, modrm);
}

/* Of bytes, registers 4 to 7 are the high ones unless there is a REX prefix. */
static void byte_register(const struct cursor *cursor, struct decoded *decoded)
{
	if (decoded->size == 1 && !cursor->rex && decoded->reg >= 4) {
		decoded->reg &= 3;
		decoded->reg_high = true;
	}
}

static bool decode_move(struct cursor *cursor, uint8_t opcode,
			struct decoded *decoded)
{
	decoded->size = opcode & 1 ? operand_bytes(cursor) : 1;
	decoded->is_write = !(opcode & 2);
	if (!read_modrm(cursor, decoded))
		return false;
	byte_register(cursor, decoded);
	decoded->reg_size = decoded->size;
	return true;
}

static bool decode_immediate(struct cursor *cursor, uint8_t opcode,
			     struct decoded *decoded)
{
	unsigned int bytes;

	decoded->size = opcode & 1 ? operand_bytes(cursor) : 1;
	decoded->is_write = true;
	decoded->is_immediate = true;
	if (!read_modrm(cursor, decoded) || decoded->reg != 0)
		return false;
	bytes = decoded->size < 4 ? decoded->size : 4;
	for (unsigned int i = 0; i < bytes; i++)
		decoded->immediate |= (uint64_t)next(cursor) << (8 * i);
	if (decoded->size == 8 && (decoded->immediate >> 31 & 1))
		decoded->immediate |= 0xffffffff00000000ull;
	return true;
}

/* The accumulator, at an address that is part of the instruction. */
static bool decode_accumulator(struct cursor *cursor, uint8_t opcode,
			       struct decoded *decoded)
{
	decoded->size = opcode & 1 ? operand_bytes(cursor) : 1;
	decoded->reg_size = decoded->size;
	decoded->is_write = opcode & 2;
	skip(cursor, address_bytes(cursor));
	return true;
}

static bool decode_extend(struct cursor *cursor, uint8_t opcode,
			  struct decoded *decoded)
{
	decoded->size = opcode & 1 ? 2 : 1;
	decoded->reg_size = operand_bytes(cursor);
	decoded->is_signed = opcode & 8;
	return read_modrm(cursor, decoded);
}

static bool decode_opcode(struct cursor *cursor, struct decoded *decoded)
{
	uint8_t opcode = read_prefixes(cursor);

	switch (opcode) {
	case 0x88 ... 0x8b:
		return decode_move(cursor, opcode, decoded);
	case 0xa0 ... 0xa3:
		return decode_accumulator(cursor, opcode, decoded);
	case 0xc6 ... 0xc7:
		return decode_immediate(cursor, opcode, decoded);
	case 0x0f:
		opcode = next(cursor);
		if (opcode == 0xb6 || opcode == 0xb7 || opcode == 0xbe ||
		    opcode == 0xbf)
			return decode_extend(cursor, opcode, decoded);
	}
	return false;
}

int instruction_decode(const uint8_t *bytes, unsigned int count,
		       enum decode_width width, struct decoded *decoded)
{
	struct cursor cursor = {
		.bytes = bytes,
		.count = count < INSTRUCTION_MAX ? count : INSTRUCTION_MAX,
		.width = width,
	};

	*decoded = (struct decoded){ 0 };
	if (!decode_opcode(&cursor, decoded) || cursor.overrun)
		return -EINVAL;
	decoded->length = (uint8_t)cursor.at;
	return 0;
}

static uint64_t low_bytes(uint64_t value, unsigned int size)
{
	return value & UINT64_MAX >> (64 - 8 * size);
}

uint64_t decoded_stores(const struct decoded *decoded, uint64_t reg)
{
	if (decoded->is_immediate)
		return low_bytes(decoded->immediate, decoded->size);
	if (decoded->reg_high)
		return reg >> 8 & 0xff;
	return low_bytes(reg, decoded->size);
}

uint64_t decoded_loads(const struct decoded *decoded, uint64_t reg,
		       uint64_t value)
{
	unsigned int size = decoded->reg_size;

	value = low_bytes(value, decoded->size);
	if (decoded->reg_high)
		return (reg & ~0xff00ull) | value << 8;
	if (decoded->is_signed && value >> (8 * decoded->size - 1))
		value |= UINT64_MAX << (8 * decoded->size);
	value = low_bytes(value, size);
	/* Shorter writes keep the rest, those of 32 bits clear it. */
	return size >= 4 ? value : (reg & ~low_bytes(UINT64_MAX, size)) | value;
}
