# SPDX-License-Identifier: GPL-2.0-only
tools-host-y += workload
tools-arm64-y += workload
workload-objs := $(d)workload.o $(workload-parts) $(libreg-objs)
workload-ldflags := -static
