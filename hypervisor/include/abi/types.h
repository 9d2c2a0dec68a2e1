/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fixed-size types for the headers that guests, driver and tools share. */
#ifndef ABI_TYPES_H
#define ABI_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stddef.h>
#include <stdint.h>
#endif

#define ABI_PACKED __attribute__((packed))

/* States the offset of a member where the layout is declared. */
#define ABI_OFFSET(type, member, offset)                                      \
	_Static_assert(__builtin_offsetof(type, member) == (offset),          \
		       #type "." #member " must be at " #offset)
#define ABI_SIZE(type, bytes)                                                 \
	_Static_assert(sizeof(type) == (bytes), #type " must be " #bytes " bytes")

#endif
