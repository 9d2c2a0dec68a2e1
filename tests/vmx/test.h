/* SPDX-License-Identifier: GPL-2.0-only */
/* Results of tests, on a line each, as tests/run-vmx collects them. */
#ifndef VMX_TEST_H
#define VMX_TEST_H

#include <stdbool.h>
#include <stdint.h>

void test_begin(const char *name);
/* Notes a failure in the test that runs: what differs. */
#define expect(condition)                                                     \
	test_expect((condition), __FILE__, __LINE__, #condition)
#define expect_equal(got, wanted)                                             \
	test_equal((int64_t)(got), (int64_t)(wanted), __FILE__, __LINE__,     \
		   #got " = " #wanted)
bool test_expect(bool condition, const char *file, int line, const char *text);
bool test_equal(int64_t got, int64_t wanted, const char *file, int line,
		const char *text);
/* Whether the test that runs has failed already. */
bool test_failing(void);
void test_end(void);
/* A figure: "data: KEY VALUE". */
void test_report(const char *key, uint64_t value);
/* How many there were since the last of these: "test: done N". */
void tests_done(void);

/* Formats as hv_snprintf(); supplied by where the tests run. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
