# SPDX-License-Identifier: GPL-2.0-only
configs-y += qemu-virt-gicv2 qemu-virt-gicv3 qemu-virt-model
configs-y += qemu-virt-model-gicv2 qemu-virt-demo qemu-virt-shell
configs-y += qemu-virt-pmu qemu-virt-pmu3
configs-y += victim bomb jitter meter meters
configs-y += load profiler guarded
