/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two halves of regulation share: policies and CPUs. */
#ifndef REGULATION_INTERNAL_H
#define REGULATION_INTERNAL_H

#include "hv/cell.h"
#include "hv/regulation.h"

/*
 * Recomputes the cell's setting when the set of its CPUs is not the one it was
 * computed for, and tells the CPUs. Takes the request lock. Any CPU.
 */
void regulation_cell_follow(struct cell *cell);

#endif
