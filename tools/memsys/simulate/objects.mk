# SPDX-License-Identifier: GPL-2.0-only
simulate-engine-objs := $(addprefix $(d),engine.o load.o trace.o meter.o) \
	tools/memsys/ddr.o tools/memsys/cache.o tools/memsys/config.o
simulate-scenario-objs := $(addprefix $(d),scenario.o scenario-keys.o \
	scenario-load.o scenario-values.o scenario-check.o) tools/memsys/default-machine.o \
	tools/libreg/names.o tools/libreg/color-list.o tools/regctl/units.o tools/regctl/format.o

# Arithmetic is exact: no conversion goes unseen.
$(foreach o,$(filter $(d)%,$(simulate-engine-objs)),\
	$(eval CFLAGS_$o := -Wconversion -Wsign-conversion))

tools-sim-y += weir-simulate
weir-simulate-objs := $(simulate-engine-objs) $(simulate-scenario-objs) \
	$(addprefix $(d),machine.o sim-regulation.o guard.o run.o results.o \
	plot.o main.o) tools/report/svg.o regulators/memguard.o regulators/bucket.o \
	regulators/mempol.o 	regulators/throttle.o regulators/burst.o \
	$(addprefix tools/regctl/,app.o output.o json.o) \
	$(addprefix tools/libreg/,device.o cell.o regulate.o sysfs.o)
weir-simulate-libs := -ljansson -lsmartcols -lm

$(B)/sim/tools/memsys/default-machine.o \
$(B)/unit/tools/memsys/default-machine.o: tools/memsys/machines/zcu102.conf

tests-unit-y += test_simulate_engine
test_simulate_engine-objs := $(simulate-engine-objs)

tests-unit-y += test_simulate_scenario
test_simulate_scenario-objs := $(simulate-engine-objs) $(simulate-scenario-objs)

# Runs the program itself.
tests-unit-y += test_simulate_golden
test_simulate_golden-deps := build/sim/weir-simulate

tests-unit-y += test_simulate_published
test_simulate_published-deps := build/sim/weir-simulate
