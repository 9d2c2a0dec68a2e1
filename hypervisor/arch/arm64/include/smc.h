/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest's SMC asks for: PSCI 1.1 (Arm DEN 0022) and the architecture
 * calls of SMCCC (Arm DEN 0028). Pure; smc.c carries it out.
 */
#ifndef ARM64_SMC_H
#define ARM64_SMC_H

#include <stdbool.h>
#include <stdint.h>

#define SMC_64				0x40000000u

#define SMCCC_VERSION			0x80000000u
#define SMCCC_ARCH_FEATURES		0x80000001u
#define SMCCC_WORKAROUND_1		0x80008000u
#define SMCCC_WORKAROUND_2		0x80007fffu
#define SMCCC_WORKAROUND_3		0x80003fffu
#define SMCCC_VERSION_1_1		0x10001

#define PSCI_VERSION			0x84000000u
#define PSCI_CPU_SUSPEND		0x84000001u
#define PSCI_CPU_OFF			0x84000002u
#define PSCI_CPU_ON			0x84000003u
#define PSCI_AFFINITY_INFO		0x84000004u
#define PSCI_MIGRATE			0x84000005u
#define PSCI_MIGRATE_INFO_TYPE		0x84000006u
#define PSCI_MIGRATE_INFO_UP_CPU	0x84000007u
#define PSCI_SYSTEM_OFF			0x84000008u
#define PSCI_SYSTEM_RESET		0x84000009u
#define PSCI_FEATURES			0x8400000au
#define PSCI_VERSION_1_1		0x10001

#define PSCI_SUCCESS			0
#define PSCI_NOT_SUPPORTED		(-1)
#define PSCI_INVALID_PARAMETERS		(-2)
#define PSCI_DENIED			(-3)
#define PSCI_ALREADY_ON			(-4)
#define PSCI_INTERNAL_FAILURE		(-6)
#define PSCI_INVALID_ADDRESS		(-9)

#define PSCI_AFFINITY_ON		0
#define PSCI_AFFINITY_OFF		1
#define PSCI_MIGRATE_NOT_REQUIRED	2

/* MPIDR_EL1: Aff3, Aff2, Aff1, Aff0 */
#define MPIDR_AFFINITY			0xff00ffffffull

/* Which mitigations firmware offers: smc_firmware.workarounds, one bit each. */
#define SMC_HAS_WORKAROUND_1		0x1u
#define SMC_HAS_WORKAROUND_2		0x2u
#define SMC_HAS_WORKAROUND_3		0x4u

enum smc_action {
	SMC_ANSWER,		/* `result` is all */
	SMC_CPU_ON,		/* arg: target MPIDR, entry, context */
	SMC_CPU_OFF,
	SMC_CPU_SUSPEND,
	SMC_AFFINITY_INFO,	/* arg: target MPIDR, level */
	SMC_SYSTEM_OFF,
	SMC_SYSTEM_RESET,
	SMC_WORKAROUND,		/* firmware executes the call */
};

struct smc_decision {
	enum smc_action action;
	bool is_psci;		/* for the statistics; else SMCCC */
	int64_t result;
	uint64_t arg[3];	/* cut to 32 bits where the call says so */
};

/* `x` are the guest's x0 to x3. */
struct smc_decision smc_decide(const uint64_t x[4], unsigned int workarounds);

/*
 * AFFINITY_INFO's question about one CPU: does it lie in the affinity instance
 * `target` when the fields below `level` are ignored? Level 0 to 3.
 */
bool psci_affinity_covers(uint64_t target, unsigned int level, uint64_t mpidr);

#endif
