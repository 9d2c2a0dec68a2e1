# SPDX-License-Identifier: GPL-2.0-only
banks-parts := $(d)infer.o $(d)probe.o

tests-unit-y += test_banks
test_banks-objs := $(d)infer.o tools/memsys/ddr.o
test_banks-libs := -lm
