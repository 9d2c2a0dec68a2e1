/* SPDX-License-Identifier: GPL-2.0-only */
/* UARTs that are not reached through memory. */
#ifndef HV_ARCH_CONSOLE_H
#define HV_ARCH_CONSOLE_H

#include "abi/cell-config.h"
#include "../console.h"

/*
 * The driver for such a UART, and in `*base` what it is given for it. NULL:
 * the architecture knows no such one.
 */
const struct uart *arch_uart(const struct console_desc *desc,
			     volatile void **base);

#endif
