// SPDX-License-Identifier: GPL-2.0-only
/* regctl: the command line of Weir. */
#include "app.h"

int main(int argc, char **argv)
{
	struct app app = { .out = stdout, .err = stderr };

	return regctl_run(&app, argc, argv);
}
