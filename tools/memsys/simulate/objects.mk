# SPDX-License-Identifier: GPL-2.0-only
simulate-engine-objs := $(addprefix $(d),engine.o load.o trace.o meter.o) \
	tools/memsys/ddr.o tools/memsys/cache.o tools/memsys/config.o

$(foreach o,$(filter $(d)%,$(simulate-engine-objs)),\
	$(eval CFLAGS_$o := -Wconversion -Wsign-conversion))

tests-unit-y += test_simulate_engine
test_simulate_engine-objs := $(simulate-engine-objs)
