/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoding of SMCs: PSCI and SMCCC, without carrying anything out. */
#include "smc.h"

#include <stddef.h>

struct smc_function {
	uint32_t id;		/* of the 32-bit call */
	bool has_64;		/* SMC_64 may be set */
	enum smc_action action;
	int64_t result;
};

static const struct smc_function psci_functions[] = {
	{ PSCI_VERSION, false, SMC_ANSWER, PSCI_VERSION_1_1 },
	{ PSCI_CPU_SUSPEND, true, SMC_CPU_SUSPEND, 0 },
	{ PSCI_CPU_OFF, false, SMC_CPU_OFF, 0 },
	{ PSCI_CPU_ON, true, SMC_CPU_ON, 0 },
	{ PSCI_AFFINITY_INFO, true, SMC_AFFINITY_INFO, 0 },
	{ PSCI_MIGRATE_INFO_TYPE, false, SMC_ANSWER, PSCI_MIGRATE_NOT_REQUIRED },
	{ PSCI_SYSTEM_OFF, false, SMC_SYSTEM_OFF, 0 },
	{ PSCI_SYSTEM_RESET, false, SMC_SYSTEM_RESET, 0 },
};

static const struct smc_function *psci_find(uint32_t id)
{
	for (size_t i = 0; i < sizeof(psci_functions) / sizeof(*psci_functions);
	     i++) {
		const struct smc_function *function = &psci_functions[i];

		if (function->id == id ||
		    (function->has_64 && (function->id | SMC_64) == id))
			return function;
	}
	return NULL;
}

static int64_t psci_features(uint32_t id)
{
	if (id == PSCI_FEATURES || id == SMCCC_VERSION || psci_find(id))
		return PSCI_SUCCESS;
	return PSCI_NOT_SUPPORTED;
}

static unsigned int workaround_bit(uint32_t id)
{
	switch (id) {
	case SMCCC_WORKAROUND_1:
		return SMC_HAS_WORKAROUND_1;
	case SMCCC_WORKAROUND_2:
		return SMC_HAS_WORKAROUND_2;
	case SMCCC_WORKAROUND_3:
		return SMC_HAS_WORKAROUND_3;
	default:
		return 0;
	}
}

static int64_t smccc_features(uint32_t id, unsigned int workarounds)
{
	if (id == SMCCC_VERSION || id == SMCCC_ARCH_FEATURES ||
	    (workaround_bit(id) & workarounds))
		return PSCI_SUCCESS;
	return PSCI_NOT_SUPPORTED;
}

static void smccc_decide(uint32_t id, uint32_t arg, unsigned int workarounds,
			 struct smc_decision *decision)
{
	if (id == SMCCC_VERSION)
		decision->result = SMCCC_VERSION_1_1;
	else if (id == SMCCC_ARCH_FEATURES)
		decision->result = smccc_features(arg, workarounds);
	else if (workaround_bit(id) & workarounds)
		decision->action = SMC_WORKAROUND;
}

struct smc_decision smc_decide(const uint64_t x[4], unsigned int workarounds)
{
	uint32_t id = (uint32_t)x[0];
	const struct smc_function *function = psci_find(id);
	struct smc_decision decision = {
		.action = SMC_ANSWER,
		.result = PSCI_NOT_SUPPORTED,
	};

	for (unsigned int i = 0; i < 3; i++)
		decision.arg[i] = id & SMC_64 ? x[i + 1] : (uint32_t)x[i + 1];
	decision.is_psci = function || id == PSCI_FEATURES;
	if (function) {
		decision.action = function->action;
		decision.result = function->result;
	} else if (id == PSCI_FEATURES) {
		decision.result = psci_features((uint32_t)x[1]);
	} else {
		smccc_decide(id, (uint32_t)x[1], workarounds, &decision);
	}
	return decision;
}

bool psci_affinity_covers(uint64_t target, unsigned int level, uint64_t mpidr)
{
	static const uint64_t ignored[] = { 0, 0xff, 0xffff, 0xffffff };

	if (level >= sizeof(ignored) / sizeof(*ignored))
		return false;
	return ((target ^ mpidr) & MPIDR_AFFINITY & ~ignored[level]) == 0;
}
