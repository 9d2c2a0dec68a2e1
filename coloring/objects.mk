# SPDX-License-Identifier: GPL-2.0-only
objs-hv-y += geometry.o walk.o move.o
objs-hv-arm64-y += cache-id.o
objs-fake-y += geometry.o walk.o move.o cache-id.o

# For the tools, beside the validator.
coloring-objs := $(addprefix $(d),geometry.o walk.o)

tests-unit-y += test_coloring test_color_move
