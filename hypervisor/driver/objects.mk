# SPDX-License-Identifier: GPL-2.0-only
# The module itself is built by Kbuild; these are clients of its tests.
tools-arm64-y += weir-ioctl weir-share
weir-share-objs := tests/system/weir_share.o
weir-share-ldflags := -static
weir-ioctl-objs := tests/system/weir_ioctl.o
weir-ioctl-ldflags := -static

# Sparse over the module, by the kernel's own rules; what it says of the
# kernel's headers does not count.
.PHONY: driver-sparse
lint: driver-sparse
driver-sparse: driver
	$(quiet) SPARSE $(B)/driver
	$(Q)$(MAKE) -s -C $(KDIR)/ M=$(abspath $(B)/driver) ARCH=arm64 \
		CROSS_COMPILE=$(CROSS) WEIR_TOP=$(CURDIR) C=2 modules \
		>$(B)/driver/sparse.log 2>&1 || \
		{ cat $(B)/driver/sparse.log >&2; exit 1; }
	$(Q)! grep -E '(build/driver|hypervisor)/[^ ]*:[0-9]' \
		$(B)/driver/sparse.log
