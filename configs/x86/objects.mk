# SPDX-License-Identifier: GPL-2.0-only
configs-y += bochs bochs-jitter bochs-hostile
