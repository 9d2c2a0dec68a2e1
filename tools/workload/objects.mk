# SPDX-License-Identifier: GPL-2.0-only
tools-host-y += workload
tools-arm64-y += workload
process-clock-objs := $(d)clock.o $(libreg-objs)
workload-objs := $(d)workload.o $(workload-parts) $(process-clock-objs)
workload-ldflags := -static
