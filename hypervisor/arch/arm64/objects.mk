# SPDX-License-Identifier: GPL-2.0-only
objs-hv-arm64-y += entry.o boot.o vectors.o traps.o aborts.o sysreg-traps.o
objs-hv-arm64-y += cpu.o context.o cell.o mmu.o stage2.o
objs-hv-arm64-y += psci.o smc.o pmu.o pmu-guest.o timer.o

# Interrupt controller.
gic-objs := gic.o gic-dist.o gic-inject.o gic-private.o gic-redist.o \
	gic-spi.o gicv2.o gicv3.o
objs-hv-arm64-y += $(gic-objs)
