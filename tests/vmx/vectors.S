/* SPDX-License-Identifier: GPL-2.0-only */
/* A gate for each vector; all go to interrupt() with a struct frame. */
#include "profiler-inmate/runtime/x86/include/vectors.h"

	vector_table 256
	vector_common64 interrupt
