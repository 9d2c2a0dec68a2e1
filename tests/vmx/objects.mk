# SPDX-License-Identifier: GPL-2.0-only
vmx-dir := $(d)
vmx-objs := $(addprefix $(B)/vmx/,$(addprefix $(d),start.o vectors.o main.o \
	console.o cpu.o state.o probe.o apic.o smp.o machine.o test.o \
	group-machine.o weir.o ring.o group-enable.o group-cell.o group-hostile.o \
	group-cost.o group-cat.o group-kick.o group-smp.o \
	group-demo.o group-throttle.o group-inmates.o group-tick.o nmi.o \
	profiler.o group-iommu.o) tests/iommu/edu.o tools/profile/ring.o tools/profile/names.o \
	hypervisor/driver/launch-x86.o hypervisor/driver/launch-x86-code.o \
	hypervisor/format.o hypervisor/string.o)

$(B)/vmx/root.elf: $(vmx-objs) $(d)root.lds $(d)objects.mk
	$(quiet) LD $@
	$(Q)ld $(bare-ldflags) -T $(vmx-dir)root.lds -o $@ $(vmx-objs)

$(B)/vmx/root.bin: $(B)/vmx/root.elf
	$(quiet) OBJCOPY $@
	$(Q)objcopy -O binary $< $@

# The sector from which Linux boots: loaded at 0x7c00, one address for all.
$(B)/vmx/linux-boot.bin: $(B)/vmx/$(d)linux/boot.o
	$(quiet) LD $@
	$(Q)ld -m elf_x86_64 -e boot_sector -Ttext 0x7c00 --oformat binary \
		-o $@ $<

# The hypervisor, but for the self-test of counters.
trusting-objs := $(B)/x86/$(d)trusting.o
$(B)/vmx/trusting.elf: $(B)/x86/weir.elf $(trusting-objs)
	$(quiet) LD $@
	$(Q)ld $(bare-ldflags) -T $(hv-x86-lds) -o $@ \
		$(filter-out %/pmu-count.o,$(hv-x86-objs)) $(trusting-objs)

$(B)/vmx/trusting.bin: $(B)/vmx/trusting.elf
	$(quiet) OBJCOPY $@
	$(Q)objcopy -O binary $< $@
