/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The demo's machine for a person: the UART is the prompt's alone. */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0x7
#define VIRT_GIC	3
#define VIRT_MODEL
#define VIRT_NO_UART
#include "qemu-virt-root.h"
