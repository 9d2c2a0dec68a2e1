# SPDX-License-Identifier: GPL-2.0-only
# Experiments on machines of lines, for the benchmark of the regulators.
tools-sim-y += weir-experiments
weir-experiments-objs := $(addprefix $(d)experiments/,main.o rates.o windows.o \
	hostile.o ablation.o plot.o) $(addprefix $(d),linesim.o bounds.o ledger.o \
	handover.o chaos.o) $(addprefix regulators/,registry.o budget.o pool.o memguard.o \
	credit.o bucket.o mempol.o) \
	tools/report/svg.o
weir-experiments-libs := -lm
