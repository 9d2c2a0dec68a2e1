# SPDX-License-Identifier: GPL-2.0-only
objs-hv-x86-y += entry.o boot.o host.o segment.o pgtable.o mmu.o stage2.o
objs-hv-x86-y += vmx.o vmx-caps.o vmx-entry.o vmx-exit.o vmx-guest.o
objs-hv-x86-y += exits.o cpuid-filter.o msr.o io.o bitmaps.o
objs-hv-x86-y += memory-exit.o decode.o walk.o
objs-hv-x86-y += apic.o apic-guest.o icr.o ioapic.o ioapic-filter.o
objs-hv-x86-y += cpu.o handover.o cell.o timer.o doorbell.o uart-8250.o
objs-hv-x86-y += pmu-hw.o cache.o

# Registers that regulate, and their host tests on models of them.
objs-hv-x86-y += pmu.o pmu-count.o pmu-guest.o cat.o

# Devices and what they reach.
objs-hv-x86-y += vtd.o vtd-unit.o vtd-domain.o vtd-interrupt.o
objs-hv-x86-y += msi.o msix.o pci-ports.o

pmu-test-objs := $(d)pmu.o $(d)pmu-count.o $(d)pmu-guest.o tests/wrap/x86-pmu-model.o
tests-wrap-y += test_x86_pmu test_x86_pmu_random test_x86_source
test_x86_pmu-objs := $(pmu-test-objs)
test_x86_pmu_random-objs := $(pmu-test-objs)
test_x86_source-objs := $(pmu-test-objs) regulators/registry.o \
	regulators/counters/x86-pmu.o
$(foreach o,$(pmu-test-objs) regulators/counters/x86-pmu.o \
	tests/wrap/test_x86_pmu.o \
	tests/wrap/test_x86_pmu_random.o \
	tests/wrap/test_x86_source.o,\
	$(eval CFLAGS_$o += -iquote hypervisor/arch/x86/include))

# Shares, from the hypercall down to registers that refuse.
cat-test-objs := $(d)cat.o tests/wrap/x86-cat-model.o \
	tests/wrap/x86-cat-machine.o
tests-wrap-y += test_x86_cat test_x86_cat_random
test_x86_cat-objs := $(cat-test-objs) tests/unit/blobs.o tests/unit/cells.o \
	regulators/memguard.o regulators/counters/pmuv3.o
test_x86_cat_random-objs := $(test_x86_cat-objs)
$(foreach o,$(cat-test-objs) tests/wrap/test_x86_cat.o \
	tests/wrap/test_x86_cat_random.o,\
	$(eval CFLAGS_$o += -iquote tests/unit))

vtd-test-objs := $(addprefix $(d),vtd.o vtd-unit.o vtd-domain.o \
	vtd-interrupt.o) tests/wrap/x86-vtd-model.o tests/wrap/x86-vtd-checks.o \
	tests/wrap/device-checks.o
tests-wrap-y += test_x86_vtd test_x86_vtd_colors
test_x86_vtd-objs := $(vtd-test-objs) tests/unit/blobs.o \
	tests/unit/colored-blobs.o tests/unit/cells.o \
	regulators/memguard.o regulators/counters/pmuv3.o
test_x86_vtd_colors-objs := $(test_x86_vtd-objs)
$(foreach o,$(vtd-test-objs) tests/wrap/test_x86_vtd.o \
	tests/wrap/test_x86_vtd_colors.o,\
	$(eval CFLAGS_$o += -iquote tests/unit))

msi-test-objs := $(addprefix $(d),msi.o msix.o)
tests-unit-y += test_x86_msi
test_x86_msi-objs := $(msi-test-objs) $(d)ioapic-filter.o $(d)icr.o \
	tests/unit/blobs.o tests/unit/cells.o regulators/memguard.o \
	regulators/counters/pmuv3.o
$(foreach o,$(msi-test-objs),\
	$(eval CFLAGS_$o += -Ihypervisor/arch/x86/include))

# What MSRs hold when a CPU changes hands.
tests-wrap-y += test_x86_handover
test_x86_handover-objs := $(d)handover.o
$(foreach o,$(d)handover.o tests/wrap/test_x86_handover.o,\
	$(eval CFLAGS_$o += -iquote hypervisor/arch/x86/include))

# What CPUs cache of second stages.
tlb-test-objs := $(addprefix $(d),vmx.o stage2.o)
tests-wrap-y += test_x86_tlb
test_x86_tlb-objs := $(tlb-test-objs) $(d)pgtable.o $(d)vmx-caps.o
$(foreach o,$(tlb-test-objs) tests/wrap/test_x86_tlb.o,\
	$(eval CFLAGS_$o += -iquote hypervisor/arch/x86/include))

# Host tests of what is pure.
x86-pure := vmx-caps bitmaps icr ioapic-filter pgtable segment cpuid-filter decode
x86-tests := test_vmx_caps test_x86_bitmaps test_x86_icr test_x86_formats \
	test_x86_decode test_x86_ioapic
tests-unit-y += $(x86-tests)
$(foreach t,$(x86-tests),$(eval $t-objs := $(x86-pure:%=$(d)%.o)))
$(foreach o,$(x86-pure:%=$(d)%.o) $(x86-tests:%=tests/unit/%.o),\
	$(eval CFLAGS_$o += -iquote hypervisor/arch/x86/include))
