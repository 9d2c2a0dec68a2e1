# SPDX-License-Identifier: GPL-2.0-only
# The validator and the formatter under it, for the tools as well.
config-check-objs := $(addprefix $(d),config-view.o config-check.o \
	config-memory.o config-devices.o config-block.o config-iommu.o \
	config-together.o config-colors.o config-critical.o \
	config-root-colors.o config-shared.o guarantee.o \
	format.o) $(coloring-objs)

objs-hv-y += paging.o paging-change.o page-pool.o remap.o guest.o
objs-hv-y += printk.o format.o console.o uart-pl011.o
objs-hv-y += config-view.o config-check.o config-memory.o config-devices.o
objs-hv-y += config-block.o config-iommu.o config-together.o config-colors.o
objs-hv-y += config-critical.o config-root-colors.o config-shared.o guarantee.o
objs-hv-y += percpu.o spinlock.o mmio.o subpage.o pci.o
objs-hv-y += setup.o disable.o cell.o cell-life.o cell-memory.o
objs-hv-y += cpu-events.o message.o scrub.o hypercall.o hypercall-colors.o
objs-hv-y += coloring.o recolor.o relocate.o
objs-hv-y += clock.o memsys.o tick.o regulation.o regulation-settings.o \
	regulation-control.o regulation-watch.o regulation-cpu.o critical.o \
	statistics.o
objs-hv-y += partition.o partition-plan.o partition-machine.o

# Host tests find all of it behind what they name themselves.
objs-fake-y += $(objs-hv-y) arch/arm64/lpae.o
CFLAGS_$(d)arch/arm64/lpae.o += -Ihypervisor/arch/arm64/include

objs-hv-y += string.o
objs-hv-arm64-y += arch/arm64/lpae.o

# Loops must not be turned into calls of the functions they implement.
CFLAGS_$(d)string.o += -fno-tree-loop-distribute-patterns

tests-unit-y += test_paging test_paging_groups test_page_pool
test_paging_groups-objs := hypervisor/arch/x86/pgtable.o
tests-unit-y += test_config_check test_config_fuzz test_config_together
tests-unit-y += test_config_blobs test_config_colors
tests-unit-y += test_config_iommu test_config_imc test_config_control
tests-unit-y += test_config_critical
test_config_critical-objs := tests/unit/blobs.o
test_config_iommu-objs := tests/unit/blobs.o
test_config_imc-objs := tests/unit/blobs.o
test_config_control-objs := tests/unit/blobs.o
test_config_colors-objs := tests/unit/blobs.o tests/unit/colored-blobs.o
tests-unit-y += test_config_color_masks
test_config_color_masks-objs := $(test_config_colors-objs)
test_config_fuzz-objs := tests/unit/blobs.o tests/unit/colored-blobs.o
test_config_together-objs := tests/unit/blobs.o
test_config_check-objs := tests/unit/blobs.o
test_config_blobs-deps := $(patsubst %,$(B)/configs/%.cell,qemu-virt-gicv2 \
	qemu-virt-gicv3 qemu-virt-model qemu-virt-model-gicv2 qemu-virt-demo \
	qemu-virt-shell victim bomb jitter bochs bochs-jitter bochs-hostile)
tests-unit-y += test_string test_format test_console test_mmio
tests-unit-y += test_cells test_hypercall test_message test_setup test_pci
test_cells-objs := tests/unit/blobs.o tests/unit/cells.o \
	regulators/memguard.o regulators/counters/pmuv3.o
test_setup-objs := $(test_cells-objs)
test_pci-objs := $(test_cells-objs)
test_hypercall-objs := $(test_cells-objs)
test_message-objs := $(test_cells-objs)
tests-unit-y += test_colored_cells test_recolor test_relocate test_shared_colors \
	test_recolor_blocks
test_shared_colors-objs := $(test_cells-objs) tests/unit/colored-blobs.o
test_relocate-objs := $(test_cells-objs) tests/unit/colored-blobs.o
test_colored_cells-objs := $(test_cells-objs) tests/unit/colored-blobs.o \
	hypervisor/arch/x86/pgtable.o
test_recolor-objs := $(test_colored_cells-objs) tests/unit/recolor-root.o
test_recolor_blocks-objs := $(test_recolor-objs)
