// SPDX-License-Identifier: GPL-2.0-only
/* color-mark begin|end: from here to there the model's plugin judges every access. */
#include <stdio.h>
#include <string.h>

#include "tools/memsys/color-owners.h"

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "begin")) {
		__asm__ volatile("hint %0" : : "i" (COLOR_OWNERS_BEGIN_HINT));
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "end")) {
		__asm__ volatile("hint %0" : : "i" (COLOR_OWNERS_END_HINT));
		return 0;
	}
	fputs("usage: color-mark begin|end\n", stderr);
	return 2;
}
