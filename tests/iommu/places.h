/* SPDX-License-Identifier: GPL-2.0-only */
/* Where root and tests put things, in the memory of configs/x86/q35.h. */
#ifndef IOMMU_PLACES_H
#define IOMMU_PLACES_H

#define PLACE_CONFIG		0x04000000ull	/* the cell's, zeroes behind it */
#define PLACE_COLORED		0x04002000ull	/* another one's */
#define PLACE_PATTERN		0x04010000ull	/* the root's, to be copied */
#define PLACE_COPY		0x04011000ull

/* What the root leaves the first device's message at. */
#define ROOT_VECTOR		0x42

#endif
