// SPDX-License-Identifier: GPL-2.0-only
/* The published set-ups give what their table says, to the last digit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define PUBLISHED	"tools/memsys/simulate/published/"

static void the_table_is_what_comes_out(void **state)
{
	(void)state;
	/* After a change that is meant: put what is printed into README.md. */
	assert_int_equal(system(PUBLISHED "table >build/unit/published.md"), 0);
	assert_int_equal(system("sed -n '/^| set-up |/,/^$/{ /^$/!p }' "
				PUBLISHED "README.md | "
				"diff -u - build/unit/published.md >&2"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_what_comes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
