/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two files of the model share. */
#ifndef ARM64_SMMU_WALK_H
#define ARM64_SMMU_WALK_H

#include "arm64-smmu-model.h"

void smmu_model_violate(const char *what);
/* 8 bytes, as a unit sees them. */
uint64_t smmu_model_memory(const struct smmu_model_unit *unit, uint64_t phys);
/* An event of four words. */
void smmu_model_record(struct smmu_model_unit *unit, const uint64_t *words);

#endif
