/* SPDX-License-Identifier: GPL-2.0-only */
/* Every UART is reached through memory here. */
#include "hv/arch/console.h"

const struct uart *arch_uart(const struct console_desc *desc,
			     volatile void **base)
{
	(void)desc;
	(void)base;
	return NULL;
}
