# SPDX-License-Identifier: GPL-2.0-only
objs-hv-y += memsys.o
objs-hv-arm64-y += pmuv3.o
objs-fake-y += memsys.o pmuv3.o
