/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's own string functions, under other names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void *own_memcpy(void *to, const void *from, size_t size);
void *own_memmove(void *to, const void *from, size_t size);
void *own_memset(void *to, int value, size_t size);
int own_memcmp(const void *a, const void *b, size_t size);
size_t own_strnlen(const char *text, size_t size);
int own_strncmp(const char *a, const char *b, size_t size);

#define memcpy own_memcpy
#define memmove own_memmove
#define memset own_memset
#define memcmp own_memcmp
#define strnlen own_strnlen
#define strncmp own_strncmp
#include "hypervisor/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strnlen
#undef strncmp

#define SPACE	96

static uint8_t ours[SPACE], theirs[SPACE];

static void fill(void)
{
	for (unsigned int i = 0; i < SPACE; i++) {
		ours[i] = (uint8_t)(i * 7 + 1);
		theirs[i] = ours[i];
	}
}

static void test_copies(void **state)
{
	(void)state;
	for (size_t to = 0; to < 10; to++) {
		for (size_t from = 48; from < 58; from++) {
			for (size_t size = 0; size < 38; size++) {
				fill();
				assert_ptr_equal(own_memcpy(ours + to,
							    ours + from, size),
						 ours + to);
				memcpy(theirs + to, theirs + from, size);
				assert_memory_equal(ours, theirs, SPACE);
			}
		}
	}
}

static void test_moves(void **state)
{
	(void)state;
	for (size_t to = 0; to < 40; to++) {
		for (size_t from = 0; from < 40; from++) {
			for (size_t size = 0; size < 50; size += 7) {
				fill();
				own_memmove(ours + to, ours + from, size);
				memmove(theirs + to, theirs + from, size);
				assert_memory_equal(ours, theirs, SPACE);
			}
		}
	}
}

static void test_sets(void **state)
{
	(void)state;
	for (size_t to = 0; to < 10; to++) {
		for (size_t size = 0; size < 80; size++) {
			fill();
			own_memset(ours + to, 0x1a5, size);
			memset(theirs + to, 0x1a5, size);
			assert_memory_equal(ours, theirs, SPACE);
		}
	}
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void test_compares(void **state)
{
	static const char *const texts[] = { "", "a", "ab", "abc", "abd",
					     "\xff", "b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(texts); j++) {
			for (size_t n = 0; n < 5; n++)
				assert_int_equal(sign(own_strncmp(texts[i],
								  texts[j], n)),
						 sign(strncmp(texts[i],
							      texts[j], n)));
		}
		for (size_t n = 0; n < 5; n++)
			assert_int_equal(own_strnlen(texts[i], n),
					 strnlen(texts[i], n));
	}
	assert_int_equal(own_memcmp("a\0b", "a\0c", 3), -1);
	assert_int_equal(own_memcmp("a\0c", "a\0b", 3), 1);
	assert_int_equal(own_memcmp("a\0b", "a\0c", 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
