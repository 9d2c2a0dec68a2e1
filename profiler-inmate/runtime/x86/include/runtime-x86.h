/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of this runtime call from each other and from assembly. */
#ifndef RUNTIME_X86_H
#define RUNTIME_X86_H

#include "inmate.h"

void exception_dispatch(struct exception_frame *frame);
void irq_dispatch(unsigned int vector);

#endif
