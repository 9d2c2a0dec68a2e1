# SPDX-License-Identifier: GPL-2.0-only
# Everything but main(): the tests link these as well.
regctl-parts := $(addprefix $(d),app.o options.o units.o format.o output.o \
	json.o settings.o cells.o rates.o config.o commands.o cmd-hypervisor.o \
	cmd-cell.o cmd-cell-list.o cmd-set.o cmd-status.o cmd-monitor.o \
	cmd-regulators.o cmd-check.o cmd-completion.o)

tools-host-y += regctl
tools-arm64-y += regctl
regctl-objs := $(d)main.o $(regctl-parts) $(libreg-objs) $(config-check-objs)
regctl-libs := -lsmartcols -ljansson

tests-unit-y += test_units
test_units-objs := $(d)units.o $(d)format.o
