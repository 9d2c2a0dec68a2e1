/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before everything else: no symbol is reached through a table of
 * addresses, because code runs at two addresses before the hypervisor's own
 * tables are in force.
 */
#pragma GCC visibility push(hidden)
