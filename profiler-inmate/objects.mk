# SPDX-License-Identifier: GPL-2.0-only
inmates-y += jitter bomb victim meter workload profiler
inmates-x86-y += jitter bomb victim profiler
inmates-x86-32-y += jitter profiler
# No call of memset() inside memset().
cflags-inmate-y += -fno-tree-loop-distribute-patterns
