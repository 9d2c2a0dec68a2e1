# SPDX-License-Identifier: GPL-2.0-only
# Programs that speak to the driver add this list to their objects.
libreg-objs := $(addprefix $(d),device.o cell.o regulate.o sysfs.o colors.o color-list.o \
	names.o share.o watch.o)

# The benchmark of reloads runs in the root cell.
tools-arm64-y += reload
reload-objs := tests/bench/reload.o $(libreg-objs)
reload-ldflags := -static

# What copying costs where the root cell changes its colors.
tools-arm64-y += memcopy
memcopy-objs := tests/bench/memcopy.o $(libreg-objs)
memcopy-ldflags := -static

# Marks for the memory-system plugin.
tools-arm64-y += color-mark
color-mark-objs := tests/bench/color-mark.o
color-mark-ldflags := -static

# The statistics pages, from the hypervisor that writes them to who reads them.
tests-unit-y += test_statistics
test_statistics-objs := tests/sim/lines.o tests/unit/blobs.o \
	tests/unit/cells.o regulators/memguard.o $(libreg-objs)
test_statistics-libs := -lpthread
