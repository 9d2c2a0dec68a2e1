/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An entry for each vector; all go to exception_dispatch(). */
#include "vectors.h"

	vector_table 64
	vector_common64 exception_dispatch
