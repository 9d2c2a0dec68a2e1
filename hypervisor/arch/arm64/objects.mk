# SPDX-License-Identifier: GPL-2.0-only
objs-hv-arm64-y += entry.o boot.o vectors.o traps.o aborts.o sysreg-traps.o
objs-hv-arm64-y += cpu.o context.o cell.o mmu.o stage2.o cache.o
objs-hv-arm64-y += console.o psci.o smc.o pmu.o pmu-guest.o pmu-regs.o timer.o

objs-hv-arm64-y += partition.o

# What devices reach.
smmu-objs := smmu.o smmu-unit.o smmu-domain.o smmu-streams.o
objs-hv-arm64-y += $(smmu-objs)

# Its host tests: a model of its registers, tables and queues.
smmu-test-objs := $(smmu-objs:%=$(d)%) $(addprefix tests/wrap/arm64-smmu-,\
	model.o walk.o checks.o) tests/wrap/device-checks.o
tests-wrap-y += test_arm64_smmu test_arm64_smmu_faults
test_arm64_smmu-objs := $(smmu-test-objs) tests/unit/blobs.o \
	tests/unit/colored-blobs.o tests/unit/cells.o \
	regulators/memguard.o regulators/counters/pmuv3.o
test_arm64_smmu_faults-objs := $(test_arm64_smmu-objs)
$(foreach o,$(smmu-test-objs) tests/wrap/test_arm64_smmu.o \
	tests/wrap/test_arm64_smmu_faults.o,\
	$(eval CFLAGS_$o += -iquote tests/unit))
CFLAGS_$(d)smmu-domain.o += -Ihypervisor/arch/arm64/include

# Interrupt controller.
gic-objs := gic.o gic-critical.o gic-dist.o gic-inject.o gic-private.o gic-redist.o \
	gic-spi.o gicv2.o gicv3.o
objs-hv-arm64-y += $(gic-objs)

# Its host tests: the arm64 types, the fake register access.
gic-model-objs := tests/unit/test_gic_model.o tests/unit/test_gic_model_dist.o \
	tests/unit/test_gic_machine.o
gic-test-objs := $(addprefix $(d),$(gic-objs)) $(gic-model-objs) \
	hypervisor/config-view.o hypervisor/format.o hypervisor/mmio.o \
	hypervisor/spinlock.o
gic-tests := test_gic_inject test_gic_dist test_gic_life test_gic_critical
tests-unit-y += $(gic-tests)
tests-wrap-y += test_gic_regs
$(foreach t,$(gic-tests) test_gic_regs,$(eval $t-objs := $(gic-test-objs)))
test_gic_regs-wrap := gic_mmio_read32 gic_mmio_write32 gic_mmio_write8 \
	gic_sysreg_read gic_sysreg_write
$(foreach o,$(gic-objs:%=$(d)%) $(gic-model-objs) \
	$(gic-tests:%=tests/unit/%.o) tests/wrap/test_gic_regs.o,\
	$(eval CFLAGS_$o += -iquote hypervisor/arch/arm64/include))

tests-unit-y += test_psci test_syndrome test_pmu_emulation
test_psci-objs := $(d)psci.o
test_pmu_emulation-objs := $(d)pmu-guest.o
CFLAGS_$(d)psci.o += -iquote hypervisor/arch/arm64/include
CFLAGS_$(d)pmu-guest.o += -iquote hypervisor/arch/arm64/include

tools-arm64-y += pmu-count
pmu-count-objs := tests/system/pmu_count.o
pmu-count-ldflags := -static
