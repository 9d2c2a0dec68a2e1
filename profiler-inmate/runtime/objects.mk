# SPDX-License-Identifier: GPL-2.0-only
objs-inmate-y += start.o main.o comm.o hypercall.o console.o cmdline.o
objs-inmate-y += timer.o irq.o clock.o memory.o
