# SPDX-License-Identifier: GPL-2.0-only
objs-hv-y += geometry.o walk.o
objs-fake-y += geometry.o walk.o

# For the tools, beside the validator.
coloring-objs := $(addprefix $(d),geometry.o walk.o)

tests-unit-y += test_coloring
