# SPDX-License-Identifier: GPL-2.0-only
objs-hv-y += memsys.o
objs-hv-arm64-y += pmuv3.o no-imc.o
objs-hv-x86-y += x86-pmu.o intel-imc.o imc-access.o
objs-fake-y += memsys.o pmuv3.o no-imc.o

tests-wrap-y += test_pmuv3_regs
test_pmuv3_regs-objs := $(d)pmuv3.o $(addprefix regulators/,registry.o mempol.o \
	credit.o pool.o budget.o)
test_pmuv3_regs-wrap := arch_pmu_probe arch_pmu_start arch_pmu_stop \
	arch_pmu_read arch_pmu_write arch_pmu_irq arch_pmu_take_overflows \
	arch_pmu_take_alone arch_pmu_exchange

tests-wrap-y += test_intel_imc
test_intel_imc-objs := $(d)intel-imc.o regulators/registry.o
test_intel_imc-wrap := imc_map imc_read32 imc_write32
