# SPDX-License-Identifier: GPL-2.0-only
objs-hv-y += registry.o budget.o pool.o memguard.o
objs-fake-y += registry.o budget.o pool.o memguard.o

memguard-sim-objs := tests/sim/linesim.o tests/sim/bounds.o \
	$(addprefix $(d),registry.o budget.o pool.o memguard.o)

tests-unit-y += test_budget test_memguard test_memguard_reload
test_budget-objs := $(d)budget.o $(d)pool.o
test_memguard-objs := $(memguard-sim-objs)
test_memguard_reload-objs := $(memguard-sim-objs)
