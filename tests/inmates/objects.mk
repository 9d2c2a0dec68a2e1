# SPDX-License-Identifier: GPL-2.0-only
inmates-y += traps context power interrupts
configs-y += traps-cell traps-model-cell power-cell aarch32-cell \
	interrupts-cell
inmates-y += voter pattern hostile storm claimant sharer
inmates-x86-y += sharer
configs-y += colored-victim-cell colored-bomb-cell clash-cell freed-cell
configs-y += voter-cell witness-cell scrub-cell keep-cell hostile-cell \
	steward-cell budgeted-cell storm-cell claimant-cell
configs-y += sharer-cell sharer-too-cell sharer-clash-cell
configs-y += loose-bomb-cell apart-victim-cell apart-bomb-cell
