/* SPDX-License-Identifier: GPL-2.0-only */
/* The decoder, on what compilers and kernels emit, and on random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decode.h"
#include "hv/errno.h"

static struct decoded decode(const char *bytes, unsigned int count,
			     enum decode_width width)
{
	struct decoded decoded;

	assert_int_equal(instruction_decode((const uint8_t *)bytes, count,
					    width, &decoded), 0);
	assert_int_equal(decoded.length, count);
	return decoded;
}

#define DECODE(bytes, width)	decode(bytes, sizeof(bytes) - 1, width)

static void stores_of_registers(void **state)
{
	struct decoded d;

	(void)state;
	/* mov %eax, 0xb0(%rdi) */
	d = DECODE("\x89\x87\xb0\x00\x00\x00", DECODE_64);
	assert_true(d.is_write && d.size == 4 && d.reg == 0);
	/* mov %r9, 8(%rsp,%rcx,4) */
	d = DECODE("\x4c\x89\x4c\x8c\x08", DECODE_64);
	assert_true(d.is_write && d.size == 8 && d.reg == 9);
	/* mov %dl, (%rax); mov %dh, (%rax); mov %sil, (%rax) */
	d = DECODE("\x88\x10", DECODE_64);
	assert_int_equal(decoded_stores(&d, 0x1234), 0x34);
	d = DECODE("\x88\x30", DECODE_64);
	assert_int_equal(d.reg, 2);
	assert_int_equal(decoded_stores(&d, 0x1234), 0x12);
	d = DECODE("\x40\x88\x30", DECODE_64);
	assert_true(d.reg == 6 && !d.reg_high);
	/* mov %eax, 0xfee00300, 64-bit absolute by SIB; gs: movw */
	d = DECODE("\x89\x04\x25\x00\x03\xe0\xfe", DECODE_64);
	assert_int_equal(d.size, 4);
	d = DECODE("\x65\x66\x89\x08", DECODE_64);
	assert_int_equal(d.size, 2);
}

static void stores_of_constants(void **state)
{
	struct decoded d;

	(void)state;
	/* movl $0, 0xb0(%rip) */
	d = DECODE("\xc7\x05\xb0\x00\x00\x00\x00\x00\x00\x00", DECODE_64);
	assert_true(d.is_write && d.is_immediate && d.size == 4);
	/* movq $-2, (%rax) */
	d = DECODE("\x48\xc7\x00\xfe\xff\xff\xff", DECODE_64);
	assert_int_equal(decoded_stores(&d, 0), -2ll);
	/* movb $7, (%rbx); movw $0x1234, (%rbx) */
	d = DECODE("\xc6\x03\x07", DECODE_64);
	assert_int_equal(decoded_stores(&d, UINT64_MAX), 7);
	d = DECODE("\x66\xc7\x03\x34\x12", DECODE_64);
	assert_int_equal(decoded_stores(&d, 0), 0x1234);
}

static void loads(void **state)
{
	const uint64_t old = 0x1122334455667788;
	struct decoded d;

	(void)state;
	/* mov (%rdi), %eax: clears the upper half */
	d = DECODE("\x8b\x07", DECODE_64);
	assert_false(d.is_write);
	assert_int_equal(decoded_loads(&d, old, UINT64_MAX), UINT32_MAX);
	/* mov (%rdi), %ax and %ah: keep the rest */
	d = DECODE("\x66\x8b\x07", DECODE_64);
	assert_int_equal(decoded_loads(&d, old, 0xffff), 0x112233445566ffff);
	d = DECODE("\x8a\x27", DECODE_64);
	assert_int_equal(decoded_loads(&d, old, 0xff), 0x112233445566ff88);
	/* movzbl, movsbl, movswq */
	d = DECODE("\x0f\xb6\x07", DECODE_64);
	assert_int_equal(decoded_loads(&d, old, 0x80), 0x80);
	d = DECODE("\x0f\xbe\x07", DECODE_64);
	assert_int_equal(decoded_loads(&d, old, 0x80), 0xffffff80);
	d = DECODE("\x48\x0f\xbf\x07", DECODE_64);
	assert_int_equal(d.size, 2);
	assert_int_equal(decoded_loads(&d, old, 0x8000), 0xffffffffffff8000);
}

static void short_modes(void **state)
{
	struct decoded d;

	(void)state;
	/* 16 bits: mov %ax, 4(%bx,%si); mov 0x1234, %ax; mov (di), %eax */
	d = DECODE("\x89\x40\x04", DECODE_16);
	assert_int_equal(d.size, 2);
	d = DECODE("\xa1\x34\x12", DECODE_16);
	assert_true(!d.is_write && d.reg == 0 && d.size == 2);
	d = DECODE("\x66\x8b\x05", DECODE_16);
	assert_int_equal(d.size, 4);
	d = DECODE("\x67\x66\xc7\x00\x01\x00\x00\x00", DECODE_16);
	assert_int_equal(d.size, 4);
	/* 32 bits: mov 0xfee00020, %eax; mov %eax, 0xfee000b0 */
	d = DECODE("\xa1\x20\x00\xe0\xfe", DECODE_32);
	assert_int_equal(d.size, 4);
	d = DECODE("\xa3\xb0\x00\xe0\xfe", DECODE_32);
	assert_true(d.is_write);
	/* 64 bits: an absolute address of 8 bytes */
	d = DECODE("\xa3\xb0\x00\xe0\xfe\x00\x00\x00\x00", DECODE_64);
	assert_true(d.is_write && d.size == 4);
}

static void refuses_everything_else(void **state)
{
	static const char *const others[] = {
		"\xf0\x89\x07\x90", /* locked */
		"\x89\xc0\x90\x90", /* between registers */
		"\x01\x07\x90\x90", /* add */
		"\x87\x07\x90\x90", /* exchange */
		"\xa5\x90\x90\x90", /* string */
		"\x0f\x11\x07\x90", /* vector */
		"\xc7\x08\x00\x00", /* /1 of C7 */
		"\xf3\x89\x07\x90", /* repeated */
	};
	struct decoded decoded;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		assert_int_equal(instruction_decode((const uint8_t *)others[i],
						    4, DECODE_64, &decoded),
				 -EINVAL);
	assert_int_equal(instruction_decode((const uint8_t *)"\x89\x87\xb0", 3,
					    DECODE_64, &decoded), -EINVAL);
}

/* Never looks beyond the bytes given: the sanitizer watches. */
static void survives_random_bytes(void **state)
{
	uint64_t seed = 88172645463325252ull;

	(void)state;
	for (unsigned int i = 0; i < 1000000; i++) {
		unsigned int count = i % (INSTRUCTION_MAX + 1);
		struct decoded decoded;
		uint8_t bytes[16];

		for (unsigned int n = 0; n < 16; n += 8) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			memcpy(bytes + n, &seed, 8);
		}
		if (i & 16)
			bytes[0] = 0x66;
		if (instruction_decode(bytes + 16 - count, count, i % 3,
				       &decoded) == 0) {
			assert_in_range(decoded.length, 2, count);
			assert_true(decoded.size == 1 || decoded.size == 2 ||
				    decoded.size == 4 || decoded.size == 8);
			assert_true(decoded.reg < 16);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stores_of_registers),
		cmocka_unit_test(stores_of_constants),
		cmocka_unit_test(loads),
		cmocka_unit_test(short_modes),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(survives_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
