# SPDX-License-Identifier: GPL-2.0-only
configs-y += bochs bochs-single bochs-three bochs-smp bochs-jitter bochs-hostile
configs-y += bochs-victim bochs-bomb bochs-profiler bochs-counting
configs-y += bochs-counted bochs-colors bochs-sharer
configs-y += q35 q35-dma q35-colored q35-colors
