# SPDX-License-Identifier: GPL-2.0-only
tools-arm64-y += hog
# Known once all fragments are read: process-clock-objs.
hog-objs = tools/hog/hog.o tools/regctl/units.o $(process-clock-objs)
hog-ldflags := -static
