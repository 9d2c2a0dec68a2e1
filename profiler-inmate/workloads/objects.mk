# SPDX-License-Identifier: GPL-2.0-only
# Linked to the inmate, to the Linux program and to the tests.
workload-parts := $(addprefix $(d),workload.o sha3.o bits.o access.o matrix.o)
workload-inmate-objs := $(workload-parts)

tests-unit-y += test_workloads
test_workloads-objs := $(workload-parts)
