# SPDX-License-Identifier: GPL-2.0-only
# The validator's list brings the colors; VMX's controls are the hypervisor's.
hwcheck-parts := $(addprefix $(d),report.o files.o registers.o perf.o x86.o \
	x86-shares.o arm64.o linux.o cache.o) hypervisor/arch/x86/vmx-caps.o

tests-unit-y += test_hwcheck
test_hwcheck-objs = $(regctl-test-objs)
test_hwcheck-libs = $(regctl-libs)
