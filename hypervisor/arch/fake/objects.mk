# SPDX-License-Identifier: GPL-2.0-only
objs-fake-y += memory.o console.o cpu.o timer.o machine.o pmu.o doorbell.o

CFLAGS_$(d)memory.o += -Ihypervisor/arch/arm64/include

# Shares of caches and clock.
objs-fake-y += partition.o
