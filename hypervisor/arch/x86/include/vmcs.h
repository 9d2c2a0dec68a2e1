/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields of the VMCS, Intel SDM vol. 3, appendix B, and access to them. */
#ifndef X86_VMCS_H
#define X86_VMCS_H

#include "hv/types.h"

enum vmcs_field {
	VMCS_VPID = 0x0000,
	VMCS_GUEST_SELECTOR = 0x0800,	/* + 2 * enum segment_name */
	VMCS_HOST_ES = 0x0c00,
	VMCS_HOST_CS = 0x0c02,
	VMCS_HOST_SS = 0x0c04,
	VMCS_HOST_DS = 0x0c06,
	VMCS_HOST_FS = 0x0c08,
	VMCS_HOST_GS = 0x0c0a,
	VMCS_HOST_TR = 0x0c0c,
	VMCS_IO_BITMAP_A = 0x2000,
	VMCS_IO_BITMAP_B = 0x2002,
	VMCS_MSR_BITMAP = 0x2004,
	VMCS_TSC_OFFSET = 0x2010,
	VMCS_APIC_ACCESS = 0x2014,
	VMCS_EPTP = 0x201a,
	VMCS_XSS_EXITING = 0x202c,
	VMCS_GUEST_PHYSICAL = 0x2400,
	VMCS_LINK = 0x2800,
	VMCS_GUEST_DEBUGCTL = 0x2802,
	VMCS_GUEST_PAT = 0x2804,
	VMCS_GUEST_EFER = 0x2806,
	VMCS_GUEST_PERF_CONTROL = 0x2808,
	VMCS_HOST_PAT = 0x2c00,
	VMCS_HOST_EFER = 0x2c02,
	VMCS_HOST_PERF_CONTROL = 0x2c04,
	VMCS_PIN_CONTROLS = 0x4000,
	VMCS_CPU_CONTROLS = 0x4002,
	VMCS_EXCEPTION_BITMAP = 0x4004,
	VMCS_PF_MASK = 0x4006,
	VMCS_PF_MATCH = 0x4008,
	VMCS_CR3_TARGETS = 0x400a,
	VMCS_EXIT_CONTROLS = 0x400c,
	VMCS_EXIT_MSR_STORES = 0x400e,
	VMCS_EXIT_MSR_LOADS = 0x4010,
	VMCS_ENTRY_CONTROLS = 0x4012,
	VMCS_ENTRY_MSR_LOADS = 0x4014,
	VMCS_ENTRY_EVENT = 0x4016,
	VMCS_ENTRY_ERROR_CODE = 0x4018,
	VMCS_ENTRY_LENGTH = 0x401a,
	VMCS_CPU2_CONTROLS = 0x401e,
	VMCS_INSTRUCTION_ERROR = 0x4400,
	VMCS_EXIT_REASON = 0x4402,
	VMCS_EXIT_EVENT = 0x4404,
	VMCS_EXIT_ERROR_CODE = 0x4406,
	VMCS_VECTORING = 0x4408,
	VMCS_VECTORING_ERROR = 0x440a,
	VMCS_EXIT_LENGTH = 0x440c,
	VMCS_EXIT_INFO = 0x440e,
	VMCS_GUEST_LIMIT = 0x4800,	/* + 2 * enum segment_name */
	VMCS_GUEST_GDTR_LIMIT = 0x4810,
	VMCS_GUEST_IDTR_LIMIT = 0x4812,
	VMCS_GUEST_ACCESS = 0x4814,	/* + 2 * enum segment_name */
	VMCS_GUEST_INTERRUPTIBILITY = 0x4824,
	VMCS_GUEST_ACTIVITY = 0x4826,
	VMCS_GUEST_SYSENTER_CS = 0x482a,
	VMCS_TIMER = 0x482e,
	VMCS_HOST_SYSENTER_CS = 0x4c00,
	VMCS_CR0_MASK = 0x6000,
	VMCS_CR4_MASK = 0x6002,
	VMCS_CR0_SHADOW = 0x6004,
	VMCS_CR4_SHADOW = 0x6006,
	VMCS_QUALIFICATION = 0x6400,
	VMCS_GUEST_LINEAR = 0x640a,
	VMCS_GUEST_CR0 = 0x6800,
	VMCS_GUEST_CR3 = 0x6802,
	VMCS_GUEST_CR4 = 0x6804,
	VMCS_GUEST_BASE = 0x6806,	/* + 2 * enum segment_name */
	VMCS_GUEST_GDTR_BASE = 0x6816,
	VMCS_GUEST_IDTR_BASE = 0x6818,
	VMCS_GUEST_DR7 = 0x681a,
	VMCS_GUEST_RSP = 0x681c,
	VMCS_GUEST_RIP = 0x681e,
	VMCS_GUEST_RFLAGS = 0x6820,
	VMCS_GUEST_PENDING_DEBUG = 0x6822,
	VMCS_GUEST_SYSENTER_ESP = 0x6824,
	VMCS_GUEST_SYSENTER_EIP = 0x6826,
	VMCS_HOST_CR0 = 0x6c00,
	VMCS_HOST_CR3 = 0x6c02,
	VMCS_HOST_CR4 = 0x6c04,
	VMCS_HOST_FS_BASE = 0x6c06,
	VMCS_HOST_GS_BASE = 0x6c08,
	VMCS_HOST_TR_BASE = 0x6c0a,
	VMCS_HOST_GDTR_BASE = 0x6c0c,
	VMCS_HOST_IDTR_BASE = 0x6c0e,
	VMCS_HOST_SYSENTER_ESP = 0x6c10,
	VMCS_HOST_SYSENTER_EIP = 0x6c12,
	VMCS_HOST_RSP = 0x6c14,
	VMCS_HOST_RIP = 0x6c16,
};

#define ACTIVITY_ACTIVE		0u
#define ACTIVITY_HLT		1u

#define BLOCKED_BY_STI		BIT(0)
#define BLOCKED_BY_MOV_SS	BIT(1)
#define BLOCKED_BY_NMI		BIT(3)

/* Of events (24.8.3, 24.9.2) */
#define EVENT_VALID		BIT(31)
#define EVENT_HAS_ERROR		BIT(11)
#define EVENT_TYPE_NMI		(2u << 8)
#define EVENT_TYPE_EXCEPTION	(3u << 8)
#define EVENT_VECTOR		0xffu

/* Appendix C */
enum vmx_reason {
	VMX_EXCEPTION = 0,
	VMX_EXTERNAL = 1,
	VMX_TRIPLE_FAULT = 2,
	VMX_INIT = 3,
	VMX_SIPI = 4,
	VMX_NMI_WINDOW = 8,
	VMX_TASK_SWITCH = 9,
	VMX_CPUID = 10,
	VMX_GETSEC = 11,
	VMX_INVD = 13,
	VMX_RDPMC = 15,
	VMX_VMCALL = 18,
	VMX_VMCLEAR = 19,
	VMX_VMXON = 27,
	VMX_CR_ACCESS = 28,
	VMX_IO = 30,
	VMX_RDMSR = 31,
	VMX_WRMSR = 32,
	VMX_INVALID_STATE = 33,
	VMX_APIC_ACCESS = 44,
	VMX_EPT_VIOLATION = 48,
	VMX_EPT_MISCONFIG = 49,
	VMX_INVEPT = 50,
	VMX_TIMER = 52,
	VMX_INVVPID = 53,
	VMX_WBINVD = 54,
	VMX_XSETBV = 55,
};

#ifdef WEIR_HOST
/* Host tests supply the instructions, behind which they model a CPU. */
uint64_t vmcs_read(uint64_t field);
void vmcs_write(uint64_t field, uint64_t value);
bool vmx_vmxon(hpa_t region);
bool vmx_vmclear(hpa_t region);
bool vmx_vmptrld(hpa_t region);
void vmx_off(void);
/* Of one EPTP; of all VPIDs. */
void vmx_invept(uint64_t eptp);
void vmx_invvpid_all(void);
#else
static inline uint64_t vmcs_read(uint64_t field)
{
	uint64_t value;

	__asm__ volatile("vmread %1, %0" : "=r" (value) : "r" (field) : "cc");
	return value;
}

static inline void vmcs_write(uint64_t field, uint64_t value)
{
	__asm__ volatile("vmwrite %1, %0" : : "r" (field), "r" (value) : "cc");
}

/* False when the instruction failed. */
#define VMX_REGION(instruction)						\
static inline bool vmx_##instruction(hpa_t region)			\
{									\
	uint8_t failed;							\
									\
	__asm__ volatile(#instruction " %1\n\tsetna %0"			\
			 : "=rm" (failed) : "m" (region.value)		\
			 : "cc", "memory");				\
	return !failed;							\
}

VMX_REGION(vmxon)
VMX_REGION(vmclear)
VMX_REGION(vmptrld)

static inline void vmx_off(void)
{
	__asm__ volatile("vmxoff" : : : "cc", "memory");
}

struct vmx_descriptor {
	uint64_t low;
	uint64_t high;
};

#define INVEPT_SINGLE		1ull
#define INVVPID_ALL		2ull

static inline void vmx_invept(uint64_t eptp)
{
	struct vmx_descriptor descriptor = { eptp, 0 };

	__asm__ volatile("invept %0, %1"
			 : : "m" (descriptor), "r" (INVEPT_SINGLE)
			 : "cc", "memory");
}

static inline void vmx_invvpid_all(void)
{
	struct vmx_descriptor descriptor = { 0, 0 };

	__asm__ volatile("invvpid %0, %1"
			 : : "m" (descriptor), "r" (INVVPID_ALL)
			 : "cc", "memory");
}

#endif

#endif
