/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of architectural performance monitoring, for tests.
 *
 * Counters count the events that happen, overflow, set their status bits and
 * raise PMIs, which mask the LVT entry and freeze the counters as DEBUGCTL
 * says. An access that the hardware would answer with #GP is remembered in
 * `faults`. The same model serves as the machine, with the hypervisor on it,
 * and as the smaller machine that a guest believes to have.
 */
#ifndef X86_PMU_MODEL_H
#define X86_PMU_MODEL_H

#include "hypervisor/arch/x86/include/pmu-regs.h"
#include "hypervisor/arch/x86/include/pmu.h"

struct model_kind {
	unsigned int version;
	unsigned int general;
	unsigned int fixed;
	unsigned int bits;
	bool full_width;
	bool switched;		/* VMX loads GLOBAL_CTRL at entry and exit */
	bool dead;		/* announces counters that do not count */
	bool mute;		/* counts, but reports no overflow */
};

struct model {
	struct model_kind kind;
	uint64_t select[PMU_GENERAL_MAX];
	uint64_t count[PMU_GENERAL_MAX];
	uint64_t fixed_count[PMU_FIXED_MAX];
	uint64_t fixed_control;
	uint64_t control;		/* the register */
	uint64_t guest_control;		/* loaded at entry, if switched */
	uint64_t status;
	uint64_t debugctl;
	uint64_t pebs;
	uint32_t lvt;
	bool in_guest;
	bool nmi;			/* a PMI waits to be taken */
	unsigned int pmis;
	unsigned int freezes;
	unsigned int faults;
	bool settled;			/* accesses retire no instructions */
	void (*on_access)(void);	/* what happens meanwhile; or NULL */
	/* Overflows since the start of the test, general counters. */
	uint64_t overflows[PMU_GENERAL_MAX];
};

/* Some that there are: of versions 2 to 5. */
#define MODEL_KINDS	4u
extern const struct model_kind model_kinds[MODEL_KINDS];

extern struct model machine;
extern struct pmu_cpu cpu_state;

void model_init(struct model *model, const struct model_kind *kind);

/* RDMSR and WRMSR on it; false: #GP. */
bool model_read(struct model *model, uint32_t msr, uint64_t *value);
bool model_write(struct model *model, uint32_t msr, uint64_t value);

/* What a fixed counter counts. */
#define FIXED_EVENT(n)		(0xf000u + (n))

/* Events until the next overflow of a counter that counts them, at most. */
uint64_t model_headroom(const struct model *model, uint16_t event,
			uint64_t events);
/* Events of one kind while the guest runs, up to the next overflow: how many. */
uint64_t model_events(struct model *model, uint16_t event, uint64_t events);

/* What CPUID leaf 0xA says on it. */
struct cpuid_regs model_cpuid(const struct model *model, uint32_t leaf);

uint64_t model_mask(const struct model *model);

#endif
