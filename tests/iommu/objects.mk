# SPDX-License-Identifier: GPL-2.0-only
# The hypervisor with guests that are functions, in place of VMX.
# Compiled as the rest of the hypervisor is.
iommu-objs := $(addprefix $(B)/x86/,$(addprefix $(d),vcpu.o guest.o trial.o \
	pins.o table.o colored.o own.o edu.o) \
	tests/vmx/test.o)
$(iommu-objs): | $(hv-x86-offsets)

$(B)/vmx/iommu.elf: $(B)/x86/weir.elf $(iommu-objs)
	$(quiet) LD $@
	$(Q)ld $(bare-ldflags) -T $(hv-x86-lds) -o $@ \
		$(filter-out $(B)/x86/hypervisor/arch/x86/vmx%,$(hv-x86-objs)) \
		$(iommu-objs)

$(B)/vmx/iommu.bin: $(B)/vmx/iommu.elf
	$(quiet) OBJCOPY $@
	$(Q)objcopy -O binary $< $@
