# SPDX-License-Identifier: GPL-2.0-only
# Programs that speak to the driver add this list to their objects.
libreg-objs := $(addprefix $(d),device.o cell.o regulate.o sysfs.o names.o)
