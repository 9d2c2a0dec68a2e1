# SPDX-License-Identifier: GPL-2.0-only
sampler-parts := $(addprefix $(d),sampler.o memsys.o)
profiler-inmate-objs := $(sampler-parts)
