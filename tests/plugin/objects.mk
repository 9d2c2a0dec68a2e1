# SPDX-License-Identifier: GPL-2.0-only
bare-dir := $(d)
bare-sources := $(addprefix $(d),start.S el2.S bare.c checks.c contention.c)

$(B)/plugin/bare.elf: $(bare-sources) $(d)bare.h $(d)bare.lds \
		hypervisor/include/abi/memsys.h | $(SETUP)
	@mkdir -p $(@D)
	$(quiet) LD $@
	$(Q)$(CROSS)gcc $(common) $(strict) $(bare) -nostdlib -static -Wl,--no-warn-rwx-segments \
		-Wl,--build-id=none -Wl,-z,max-page-size=4096 \
		-T $(bare-dir)bare.lds -o $@ $(bare-sources)

# The plugins in QEMU, on a bare-metal program whose counts are known.
.PHONY: check-plugin
check-plugin: $(B)/plugin/bare.elf $(B)/plugin/memsys.so $(B)/plugin/el2prof.so
	$(Q)tests/plugin/check
