/* SPDX-License-Identifier: GPL-2.0-only */
/* From the guest and to it. */
#include "asm_offsets.h"
#include "vmx.h"

#define REG(number)		8 * (number)(%rsp)

	.text
/*
 * A VM exit: RSP = cpu->arch.regs, at the top of this CPU's stack. A tick needs
 * none of the registers that C functions keep for their callers.
 */
	.global exit_entry
exit_entry:
	mov	%rax, REG(0)
	mov	%rcx, REG(1)
	mov	%rdx, REG(2)
	mov	%rsi, REG(6)
	mov	%rdi, REG(7)
	mov	%r8, REG(8)
	mov	%r9, REG(9)
	mov	%r10, REG(10)
	mov	%r11, REG(11)
	mov	%gs:PERCPU_SELF, %rdi
	mov	$FIELD_EXIT_REASON, %eax
	vmread	%rax, %rsi
	cmp	$REASON_TIMER, %rsi
	jne	1f
	call	vmx_tick
	test	%eax, %eax
	jz	enter_volatile
	mov	%gs:PERCPU_SELF, %rdi
	mov	$REASON_TIMER, %esi
1:	mov	%rbx, REG(3)
	mov	%rbp, REG(5)
	mov	%r12, REG(12)
	mov	%r13, REG(13)
	mov	%r14, REG(14)
	mov	%r15, REG(15)
	call	vmx_exit

	.macro	load_kept
	mov	REG(3), %rbx
	mov	REG(5), %rbp
	mov	REG(12), %r12
	mov	REG(13), %r13
	mov	REG(14), %r14
	mov	REG(15), %r15
	.endm

	.macro	load_volatile
	mov	REG(0), %rax
	mov	REG(1), %rcx
	mov	REG(2), %rdx
	mov	REG(6), %rsi
	mov	REG(7), %rdi
	mov	REG(8), %r8
	mov	REG(9), %r9
	mov	REG(10), %r10
	mov	REG(11), %r11
	.endm

	load_kept
enter_volatile:
	load_volatile
	vmresume
	jmp	enter_failed

/* void enter_launch(struct guest_regs *regs) */
	.global enter_launch
enter_launch:
	mov	%rdi, %rsp
	load_kept
	load_volatile
	vmlaunch

enter_failed:
	mov	%gs:PERCPU_SELF, %rdi
	lea	PERCPU_STACK_TOP - GUEST_REGS_BYTES(%rdi), %rsp
	call	vmx_entry_failed
	ud2
	.section .note.GNU-stack, "", @progbits
