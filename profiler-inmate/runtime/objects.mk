# SPDX-License-Identifier: GPL-2.0-only
objs-inmate-y += enter.o comm.o console.o cmdline.o memory.o guard.o input.o
objs-inmate-arm64-y += arm64/start.o arm64/mmu.o arm64/hypercall.o \
	arm64/timer.o arm64/irq.o arm64/clock.o arm64/uart.o
# Those of both modes, then those of one.
objs-inmate-x86-y += x86/start.o x86/exception.o x86/hypercall.o x86/apic.o \
	x86/clock.o x86/uart.o x86/gates.o
objs-inmate-x86-64-y += x86/start64.o x86/vectors64.o
objs-inmate-x86-32-y += x86/start32.o x86/vectors32.o x86/divide.o \
	x86/atomic.o

tests-unit-y += test_inmate_divide
test_inmate_divide-objs := $(d)x86/divide.o
