/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Segments of the GDT in start.S; assembly includes this. */
#ifndef SELECTORS_H
#define SELECTORS_H

#define SELECTOR_CODE32		0x08
#define SELECTOR_CODE64		0x10
#define SELECTOR_DATA		0x18

#endif
