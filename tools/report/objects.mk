# SPDX-License-Identifier: GPL-2.0-only
tools-host-y += demo-report rate-audit figures
report-objs := $(d)stats.o $(d)svg.o $(d)observer.o $(d)victim-log.o $(d)demo.o
demo-report-objs := $(report-objs) $(d)demo-output.o $(d)demo-main.o
demo-report-libs := -ljansson -lsmartcols -lm
rate-audit-objs := $(d)observer.o $(d)rate-audit.o
figures-objs := $(d)figures.o
figures-libs := -ljansson -lsmartcols
tests-unit-y += test_report
test_report-objs := $(report-objs)
tests-unit-y += test_figures
test_figures-deps := build/host/figures
