/* SPDX-License-Identifier: GPL-2.0-only */
/* No memory-system model answers here; tests that have one supply their own. */
#include "hv/memsys.h"

void memsys_doorbell(void)
{
}
