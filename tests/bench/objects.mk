# SPDX-License-Identifier: GPL-2.0-only
tools-sim-y += weir-tables
weir-tables-objs := $(d)tables.o hypervisor/arch/x86/pgtable.o
