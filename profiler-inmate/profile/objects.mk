# SPDX-License-Identifier: GPL-2.0-only
sampler-parts := $(addprefix $(d),sampler.o memsys.o)
sampler-board-parts := $(addprefix $(d),registers.o mmdc.o apm.o)
profiler-inmate-objs := $(sampler-parts) $(sampler-board-parts) $(d)hypervisor.o
profiler-inmate-x86-objs := $(profiler-inmate-objs)
profiler-inmate-x86-32-objs := $(profiler-inmate-objs)

tests-unit-y += test_profile_hypervisor
test_profile_hypervisor-objs := $(d)sampler.o $(d)hypervisor.o

tests-wrap-y += test_profile_registers
test_profile_registers-objs := $(sampler-parts) $(sampler-board-parts)
test_profile_registers-wrap := register_read register_write
