# SPDX-License-Identifier: GPL-2.0-only
tools-sim-y += weir-tables
weir-tables-objs := $(d)tables.o hypervisor/arch/x86/pgtable.o
tools-host-y += weir-steps
weir-steps-objs := $(addprefix $(d),steps.o steps-image.o)
$(foreach f,steps steps-image,$(eval CFLAGS_tests/bench/$f.o := \
	-Ihypervisor/arch/x86/include))
tools-arm64-y += memsums
memsums-objs := $(d)memsums.o
memsums-ldflags := -static
