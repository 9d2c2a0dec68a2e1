/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Into the hypervisor's own tables and out of them.
 *
 * What is in .text.boot lies in one page, which the tables map a second time
 * at its physical address.
 */
#include "../../image-header.S"
#include "asm_offsets.h"
#include "hv/errno.h"
#include "layout.h"

#define CR4_PAE_MCE		0x60
#define CR4_LA57		0x1000
#define MSR_EFER		0xc0000080
#define EFER_NXE_BIT		11

/* What save_volatile pushes, and the frame above it. */
#define VOLATILE_BYTES		72
#define FRAME_RIP		0
#define FRAME_RFLAGS		16
#define FRAME_RSP		24

	define_image_header 0, header_entry

	.section .text.boot, "ax"
/*
 * From launch_enter: RDI = logical CPU, RSI = physical address of the image,
 * RDX = physical address of this CPU's area.
 */
	.global arch_entry
arch_entry:
	endbr64
	cld
	lea	PERCPU_STACK_TOP(%rdx), %rsp
	push	%rdi
	push	%rdx
	/* Nothing the kernel has on may be in the way: CET, PCIDs, SMAP. */
	mov	%cr4, %rax
	and	$CR4_PAE_MCE | CR4_LA57, %eax
	mov	%rax, %cr4

	/* The tables have pages that are not executable. */
	mov	%rdx, %r8
	mov	$MSR_EFER, %ecx
	rdmsr
	bts	$EFER_NXE_BIT, %eax
	wrmsr
	mov	%rsi, %rdi
	mov	%r8, %rsi
	call	boot_tables_build
	pop	%rdx
	pop	%rdi
	test	%rax, %rax
	jz	refuse
	mov	%rax, %cr3
	movabs	$entry_mapped, %rax
	jmp	*%rax

/* RDX = this CPU's area, whose page and the kernel's code are mapped. */
refuse:
	movq	$-EINVAL, LAUNCH_OUT_RAX(%rdx)
	mov	LAUNCH_RIP(%rdx), %rax
	mov	%rax, LAUNCH_OUT_RIP(%rdx)
	mov	LAUNCH_RSP(%rdx), %rax
	mov	%rax, LAUNCH_OUT_RSP(%rdx)
	mov	LAUNCH_RFLAGS(%rdx), %rax
	mov	%rax, LAUNCH_OUT_RFLAGS(%rdx)
	xor	%eax, %eax
	mov	%cs, %eax
	mov	%rax, LAUNCH_OUT_CS(%rdx)
	mov	%ss, %eax
	mov	%rax, LAUNCH_OUT_SS(%rdx)
	mov	LAUNCH_LEAVE(%rdx), %r8
	mov	LAUNCH_CR3(%rdx), %rsi
	mov	LAUNCH_SELF(%rdx), %rdi
	mov	LAUNCH_CR4(%rdx), %rdx
	jmp	*%r8

	.text
/* At the linked address: RDI = CPU. */
entry_mapped:
	mov	%edi, %esi
	lea	image_header(%rip), %rax
	mov	$PERCPU_BYTES, %edi
	imul	%rsi, %rdi
	add	IMAGE_CORE_SIZE(%rax), %rdi
	add	%rax, %rdi
	lea	PERCPU_STACK_TOP - GUEST_REGS_BYTES(%rdi), %rsp
	xor	%ebp, %ebp
	call	cpu_enter
	ud2

/* void boot_leave(struct per_cpu *cpu, uint64_t cr3, uint64_t cr4) */
	.global boot_leave
boot_leave:
	mov	LAUNCH_LEAVE(%rdi), %r8
	mov	LAUNCH_SELF(%rdi), %rdi
	jmp	*%r8

/*
 * void tables_switch(place, count, from, cr3): no stack is used, as it is among
 * what is copied.
 */
	.global tables_switch
tables_switch:
	cld
	mov	%rcx, %rax
	mov	%rdi, %r8
	mov	%rsi, %r9
	mov	%rdx, %rsi
1:	sub	$1, %r9
	jb	3f
	mov	(%r8), %rdi
	add	$8, %r8
	test	%rdi, %rdi
	jz	2f
	mov	$4096 / 8, %ecx
	rep movsq
	jmp	1b
2:	add	$4096, %rsi
	jmp	1b
3:	mov	%rax, %cr3
	ret

/*
 * Vectors 0 to 31 stop the hypervisor, but for 2; those from 32 on are what a
 * cell leaves behind in the interrupt controller. Each entry has 16 bytes.
 */
	.balign	16
	.global exception_entries
exception_entries:
	.set	vector, 0
	.rept	32
	.balign	16
	.if	vector == 2
	jmp	nmi_entry
	.else
	.if	(vector - 8) * (vector - 10) * (vector - 11) * (vector - 12) * \
		(vector - 13) * (vector - 14) * (vector - 17) * \
		(vector - 21) * (vector - 29) * (vector - 30)
	push	$0
	.endif
	push	$vector
	jmp	exception_entry
	.endif
	.set	vector, vector + 1
	.endr

	.macro	save_volatile
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	cld
	.endm

	.macro	restore_volatile
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	.endm

	/*
	 * As restore_volatile and IRETQ, with `above` bytes between registers
	 * and frame, but while NMIs are held they stay so. The stack that was
	 * interrupted has room: there is no red zone.
	 */
	.macro	return_from above
	cmpl	$NMIS_HELD, %gs:PERCPU_NMI_HOLD
	je	1f
	restore_volatile
	.if	\above
	add	$\above, %rsp
	.endif
	iretq
1:	mov	VOLATILE_BYTES + \above + FRAME_RSP(%rsp), %rax
	mov	VOLATILE_BYTES + \above + FRAME_RIP(%rsp), %rcx
	mov	%rcx, -8(%rax)
	mov	VOLATILE_BYTES + \above + FRAME_RFLAGS(%rsp), %rcx
	mov	%rcx, -16(%rax)
	sub	$16, %rax
	mov	%rax, VOLATILE_BYTES + \above + FRAME_RSP(%rsp)
	restore_volatile
	mov	\above + FRAME_RSP(%rsp), %rsp
	popfq
	ret
	.endm

exception_entry:
	save_volatile
	mov	%rsp, %rdi
	call	host_exception
	return_from 16

nmi_entry:
	save_volatile
	call	host_nmi
	return_from 0

/* An interrupt nobody wants any more. */
	.global leftover_entry
leftover_entry:
	save_volatile
	call	apic_eoi
	restore_volatile
	iretq

/* void nmi_unblock(void): IRET ends the blocking of NMIs. */
	.global nmi_unblock
nmi_unblock:
	mov	%rsp, %rax
	mov	%ss, %ecx
	push	%rcx
	push	%rax
	pushfq
	mov	%cs, %ecx
	push	%rcx
	lea	1f(%rip), %rcx
	push	%rcx
	iretq
1:	ret

/* void host_code_segment(void): CS anew, from the table just loaded. */
	.global host_reload_cs
host_reload_cs:
	pop	%rax
	push	$HV_SELECTOR_CODE
	push	%rax
	lretq
	.section .note.GNU-stack, "", @progbits
