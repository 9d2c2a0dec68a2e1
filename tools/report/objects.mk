# SPDX-License-Identifier: GPL-2.0-only
tools-host-y += demo-report
report-objs := $(d)stats.o $(d)svg.o $(d)observer.o $(d)victim-log.o $(d)demo.o
demo-report-objs := $(report-objs) $(d)demo-output.o $(d)demo-main.o
demo-report-libs := -ljansson -lsmartcols -lm
tests-unit-y += test_report
test_report-objs := $(report-objs)
