/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What runs while the tables are switched, in both directions.
 *
 * Aligned so that it never crosses a page: the tables of launch-x86.c map one
 * page of kernel code only.
 */

/* struct image_x86_cpu */
#define STATE_CR3		24
#define STATE_CR4		32
#define STATE_RSP		40
#define STATE_RIP		48
#define STATE_RFLAGS		56
#define STATE_REGISTERS		320
#define STATE_FRAME		448

/* struct launch_transfer */
#define TRANSFER_STATE		0
#define TRANSFER_CPU		8
#define TRANSFER_IMAGE		16
#define TRANSFER_ENTRY		24
#define TRANSFER_CR3		32
#define TRANSFER_STATE_PHYS	40
#define TRANSFER_APIC		48
#define TRANSFER_APIC_ID	56
#define TRANSFER_IDT		60

/* Of an exception without an error code. */
#define FRAME_RSP		24

#define MSR_X2APIC_ICR		0x830
#define APIC_ICR		0x300
#define APIC_ICR_HIGH		0x310
#define ICR_NMI			0x4400
#define NMI_PATIENCE_TURNS	1000000
#define EIO			5

#define CR4_PGE_BIT		7

	.text
	.balign	512
	.global	launch_code
launch_code:

/* RDI = struct launch_transfer; see launch_cpu() for the result. */
	.global	launch_enter
launch_enter:
	endbr64
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	TRANSFER_STATE(%rdi), %rax
	mov	%rsp, STATE_RSP(%rax)
	lea	launch_resume(%rip), %rcx
	mov	%rcx, STATE_RIP(%rax)
	pushfq
	pop	STATE_RFLAGS(%rax)
	mov	%cr3, %rcx
	mov	%rcx, STATE_CR3(%rax)
	mov	%cr4, %rcx
	mov	%rcx, STATE_CR4(%rax)

	/*
	 * On the tables to come there is nobody to take an NMI. So this CPU
	 * sends itself one and does not return from it: until the next IRET
	 * the CPU holds others back, and keeps one.
	 */
	sub	$16, %rsp
	sidt	(%rsp)
	lidt	TRANSFER_IDT(%rdi)
	mov	$ICR_NMI, %eax
	mov	TRANSFER_APIC_ID(%rdi), %edx
	mov	TRANSFER_APIC(%rdi), %r8
	test	%r8, %r8
	jz	1f
	mov	%edx, APIC_ICR_HIGH(%r8)
	mov	%eax, APIC_ICR(%r8)
	jmp	2f
1:	mov	$MSR_X2APIC_ICR, %ecx
	wrmsr
2:	mov	$NMI_PATIENCE_TURNS, %ecx
3:	pause
	dec	%ecx
	jnz	3b
	lidt	(%rsp)
	add	$16, %rsp
	mov	$-EIO, %eax
	jmp	launch_resume

	.global	launch_nmi
launch_nmi:
	endbr64
	mov	FRAME_RSP(%rsp), %rsp
	lidt	(%rsp)
	add	$16, %rsp

	mov	%cr4, %rcx
	mov	TRANSFER_IMAGE(%rdi), %rsi
	mov	TRANSFER_STATE_PHYS(%rdi), %rdx
	mov	TRANSFER_ENTRY(%rdi), %r8
	mov	TRANSFER_CR3(%rdi), %r9
	mov	TRANSFER_CPU(%rdi), %rdi
	/* No translation of the kernel's may outlive the switch. */
	btr	$CR4_PGE_BIT, %rcx
	mov	%rcx, %cr4
	mov	%r9, %cr3
	jmp	*%r8

/* On the kernel's tables and stack, EAX = result. */
launch_resume:
	endbr64
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

/*
 * From the hypervisor, VMX off, this page mapped: RDI = image_x86_cpu.self,
 * RSI = CR3, RDX = CR4. CR4.PCIDE may only be set while CR3 has no PCID.
 */
	.global	launch_leave
launch_leave:
	endbr64
	mov	%rsi, %rax
	and	$~0xfff, %rax
	mov	%rax, %cr3
	mov	%rdx, %cr4
	mov	%rsi, %cr3
	lea	STATE_FRAME(%rdi), %rsp
	mov	STATE_REGISTERS + 0 * 8(%rdi), %rax
	mov	STATE_REGISTERS + 1 * 8(%rdi), %rcx
	mov	STATE_REGISTERS + 2 * 8(%rdi), %rdx
	mov	STATE_REGISTERS + 3 * 8(%rdi), %rbx
	mov	STATE_REGISTERS + 5 * 8(%rdi), %rbp
	mov	STATE_REGISTERS + 6 * 8(%rdi), %rsi
	mov	STATE_REGISTERS + 8 * 8(%rdi), %r8
	mov	STATE_REGISTERS + 9 * 8(%rdi), %r9
	mov	STATE_REGISTERS + 10 * 8(%rdi), %r10
	mov	STATE_REGISTERS + 11 * 8(%rdi), %r11
	mov	STATE_REGISTERS + 12 * 8(%rdi), %r12
	mov	STATE_REGISTERS + 13 * 8(%rdi), %r13
	mov	STATE_REGISTERS + 14 * 8(%rdi), %r14
	mov	STATE_REGISTERS + 15 * 8(%rdi), %r15
	mov	STATE_REGISTERS + 7 * 8(%rdi), %rdi
	iretq
	/* An error here: the code may cross a page. */
	.org	launch_code + 512
	.section .note.GNU-stack, "", @progbits
