# SPDX-License-Identifier: GPL-2.0-only
# The module itself is built by Kbuild; this is the client of its tests.
tools-arm64-y += weir-ioctl
weir-ioctl-objs := tests/system/weir_ioctl.o
weir-ioctl-ldflags := -static
