# SPDX-License-Identifier: GPL-2.0-only
ab-parts := $(addprefix $(d),scenario.o compare.o results.o summary.o page.o)

tests-unit-y += test_ab
test_ab-objs := $(ab-parts) tools/report/chart.o
test_ab-libs := -ljansson -lm
