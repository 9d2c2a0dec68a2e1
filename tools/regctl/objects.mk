# SPDX-License-Identifier: GPL-2.0-only
# Everything but main(): the tests link these as well.
regctl-parts := $(addprefix $(d),app.o options.o units.o format.o output.o \
	json.o settings.o beside.o controls.o shares.o recolor.o cells.o rates.o config.o commands.o cmd-hypervisor.o \
	cmd-cell.o cmd-cell-list.o cmd-set.o cmd-status.o cmd-shares.o cmd-monitor.o \
	cmd-top.o screen.o ticker.o \
	cmd-regulators.o cmd-traffic.o cmd-colors.o cmd-colors-probe.o cmd-check.o cmd-hwcheck.o cmd-events.o cmd-simulate.o cmd-completion.o \
	cmd-profile.o cmd-profile-export.o cmd-profile-plan.o profile.o \
	cmd-ab.o cmd-ab-compare.o ab-run.o ab-record.o ab-victim.o \
	ab-environment.o) \
	$(ab-parts) $(profile-parts) $(profile-export-parts) \
	$(workload-parts) $(hwcheck-parts) $(banks-parts) $(events-parts)

tools-host-y += regctl
tools-arm64-y += regctl
regctl-objs := $(d)main.o $(regctl-parts) $(libreg-objs) $(config-check-objs)
regctl-libs := -lsmartcols -ljansson -lpfm -lm

tests-unit-y += test_units
test_units-objs := $(d)units.o $(d)format.o $(d)screen.o

# In front of a driver that answers from memory.
regctl-test-objs := tests/unit/regctl-fake.o $(regctl-parts) \
	$(libreg-objs) $(config-check-objs)
tests-unit-y += test_regctl_line
test_regctl_line-objs := $(regctl-test-objs)
test_regctl_line-libs := $(regctl-libs)
test_regctl_line-deps := $(addprefix build/configs/,bochs.cell \
	qemu-virt-demo.cell qemu-virt-smmu.cell)

tests-unit-y += test_regctl_output
test_regctl_output-objs := $(regctl-test-objs)
test_regctl_output-libs := $(regctl-libs)

# Runs the program itself, on the configurations of the tree.
tests-unit-y += test_regctl_docs
test_regctl_docs-objs := $(regctl-test-objs)
test_regctl_docs-libs := $(regctl-libs)
test_regctl_docs-deps := build/host/regctl build/sim/weir-simulate $(addprefix build/configs/, \
	$(addsuffix .cell,$(notdir $(all-configs-y))))

tests-unit-y += test_damaged_files
test_damaged_files-objs := $(regctl-test-objs)
test_damaged_files-libs := $(regctl-libs)

# Kills it.
tests-unit-y += test_ab_killed
test_ab_killed-deps := build/host/regctl

tests-unit-y += test_libreg
test_libreg-objs := $(regctl-test-objs)
test_libreg-libs := $(regctl-libs)
