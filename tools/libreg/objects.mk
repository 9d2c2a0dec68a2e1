# SPDX-License-Identifier: GPL-2.0-only
# Programs that speak to the driver add this list to their objects.
libreg-objs := $(addprefix $(d),device.o cell.o regulate.o sysfs.o colors.o \
	names.o share.o)

# The benchmark of reloads runs in the root cell.
tools-arm64-y += reload
reload-objs := tests/bench/reload.o $(libreg-objs)
reload-ldflags := -static
