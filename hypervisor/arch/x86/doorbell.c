/* SPDX-License-Identifier: GPL-2.0-only */
/* No modelled memory system answers on this architecture. */
#include "hv/memsys.h"

void memsys_doorbell(void)
{
}
