# SPDX-License-Identifier: GPL-2.0-only
# Interrupt controller.
gic-objs := gic.o gic-dist.o gic-inject.o gic-private.o gic-redist.o \
	gic-spi.o gicv2.o gicv3.o
objs-hv-arm64-y += $(gic-objs)
