# SPDX-License-Identifier: GPL-2.0-only
inmates-x86-y += acts smp
inmates-x86-32-y += smp
