# SPDX-License-Identifier: GPL-2.0-only
tools-arm64-y += hog
hog-objs := $(d)hog.o
hog-ldflags := -static
