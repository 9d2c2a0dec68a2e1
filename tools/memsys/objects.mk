# SPDX-License-Identifier: GPL-2.0-only
memsys-model-objs := $(d)config.o $(d)cache.o $(d)contention.o \
	$(d)contention-banks.o $(d)model.o $(d)observer.o

plugins-y += memsys
memsys-plugin-objs := $(d)plugin.o $(d)plugin-hooks.o $(d)default-machine.o \
	$(d)color-check.o $(d)color-owners.o $(memsys-model-objs)

$(B)/plugin/$(d)default-machine.o: $(d)machines/zcu102.conf

tests-unit-y += test_memsys_config test_memsys_cache test_memsys_clock \
	test_memsys_contention test_memsys_banks test_memsys_observer \
	test_memsys_zcu102
test_memsys_config-objs := $(memsys-model-objs)
test_memsys_cache-objs := $(memsys-model-objs)
test_memsys_clock-objs := $(memsys-model-objs)
test_memsys_contention-objs := $(memsys-model-objs)
test_memsys_banks-objs := $(memsys-model-objs) $(d)ddr.o
test_memsys_observer-objs := $(memsys-model-objs)
test_memsys_zcu102-objs := $(memsys-model-objs)

# DDR request by request, for the simulator.
memsys-ddr-objs := $(d)ddr.o
tests-unit-y += test_memsys_ddr test_memsys_ddr_reference
test_memsys_ddr-objs := $(memsys-ddr-objs)
test_memsys_ddr_reference-objs := $(memsys-ddr-objs)
tests-unit-y += test_memsys_colors
test_memsys_colors-objs := $(d)color-check.o
tests-unit-y += test_memsys_owners
test_memsys_owners-objs := $(d)color-owners.o

el2prof-count-objs := $(d)el2prof-count.o $(d)el2prof-output.o $(d)histogram.o
plugins-y += el2prof
el2prof-plugin-objs := $(d)el2prof.o $(el2prof-count-objs)

# The model's arithmetic is exact: no conversion goes unseen.
$(foreach o,$(memsys-model-objs) $(memsys-ddr-objs) $(memsys-plugin-objs) \
		$(el2prof-plugin-objs),\
	$(eval CFLAGS_$o := -Wconversion -Wsign-conversion))


tests-unit-y += test_memsys_el2prof
test_memsys_el2prof-objs := $(el2prof-count-objs)
test_memsys_el2prof-libs := -ljansson
