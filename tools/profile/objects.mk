# SPDX-License-Identifier: GPL-2.0-only
profile-parts := $(addprefix $(d),session.o names.o ring.o \
	series.o)
profile-export-parts := $(addprefix $(d),export.o draw.o plan.o) tools/report/chart.o

tests-unit-y += test_profile
test_profile-objs := $(profile-parts) $(sampler-parts)

tests-unit-y += test_profile_plan
test_profile_plan-objs := $(addprefix $(d),session.o names.o plan.o)
