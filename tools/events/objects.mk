# SPDX-License-Identifier: GPL-2.0-only
# Programs that link these need -lpfm.
events-parts := $(addprefix $(d),pfm.o pmuv3.o near.o record.o)

tests-unit-y += test_events
test_events-objs = $(regctl-test-objs)
test_events-libs = $(regctl-libs)
