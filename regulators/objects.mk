# SPDX-License-Identifier: GPL-2.0-only
objs-hv-y += registry.o budget.o pool.o memguard.o
objs-fake-y += registry.o budget.o pool.o memguard.o

tests-unit-y += test_budget
test_budget-objs := $(d)budget.o $(d)pool.o hypervisor/format.o
