# SPDX-License-Identifier: GPL-2.0-only
tools-host-y += weir-counters
tools-arm64-y += weir-counters
weir-counters-objs := $(addprefix $(d),counters.o papi.o perf.o)
weir-counters-libs := -lpapi -ljansson
# Libraries of the root cell: PAPI is linked in, and with it what it needs.
weir-counters-libs-arm64 := -lpfm
# papi.h has functions without a prototype.
CFLAGS_tools/counters/papi.o := -Wno-strict-prototypes

tests-unit-y += test_counters
test_counters-objs :=
test_counters-libs := -ljansson
test_counters-deps := build/host/weir-counters
