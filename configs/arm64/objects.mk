# SPDX-License-Identifier: GPL-2.0-only
configs-y += qemu-virt-gicv2 qemu-virt-gicv3 qemu-virt-model
configs-y += qemu-virt-model-gicv2 qemu-virt-demo qemu-virt-shell qemu-virt-recolor
configs-y += qemu-virt-recolor-model qemu-virt-colors-model
configs-y += qemu-virt-shared-model
configs-y += qemu-virt-pmu qemu-virt-pmu3 qemu-virt-smmu
configs-y += victim bomb jitter meter meters
configs-y += load profiler guarded reader
