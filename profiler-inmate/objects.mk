# SPDX-License-Identifier: GPL-2.0-only
inmates-y += jitter bomb victim meter
# Aligned accesses before the MMU is on; no call of memset() inside memset().
cflags-inmate-y += -mgeneral-regs-only -mstrict-align
cflags-inmate-y += -fno-tree-loop-distribute-patterns
