/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: what a system says about IOMMUs, and access to it. */
#include "config-internal.h"
#include "hv/errno.h"

#define ULL(x)			((unsigned long long)(x))

/* Registers of a unit: VT-d specification, 11.1, a page or a few. */
#define UNIT_MAX_BYTES		0x100000u
/* Those of an SMMUv3: Arm IHI 0070, 6.1, two pages of this size or more. */
#define SMMU_PAGE_BYTES		0x10000u

static bool says_nothing_else(const struct weir_record_iommu *iommu)
{
	for (unsigned int n = 0; n < IOMMU_SCOPES_MAX; n++) {
		if (iommu->scope[n].type)
			return false;
	}
	return !iommu->base && !iommu->size && !iommu->segment;
}

static int check_scope(const struct config_subject *subject,
		       const struct iommu_scope *scope, unsigned int n)
{
	if (scope->type == 0 || scope->type == IOMMU_SCOPE_IOAPIC ||
	    scope->type == IOMMU_SCOPE_HPET)
		return 0;
	return refuse(subject->reason, -EINVAL,
		      "record %u: interrupt source of type %u, known are %u and %u",
		      n, scope->type, IOMMU_SCOPE_IOAPIC, IOMMU_SCOPE_HPET);
}

static int check_unit(const struct config_subject *subject,
		      const struct weir_record_iommu *iommu, unsigned int n)
{
	int error = 0;

	if (iommu->base == 0 || (iommu->base & ~PAGE_MASK) ||
	    iommu->size == 0 || (iommu->size & ~PAGE_MASK) ||
	    iommu->size > UNIT_MAX_BYTES ||
	    !range_fits(iommu->base, iommu->size))
		return refuse(subject->reason, -EINVAL,
			      "record %u: IOMMU at 0x%llx, 0x%x bytes: whole pages, at most 0x%x bytes",
			      n, ULL(iommu->base), iommu->size, UNIT_MAX_BYTES);
	if (iommu->segment)
		return refuse(subject->reason, -EINVAL,
			      "record %u: IOMMU of PCI segment %u, only 0 is supported",
			      n, iommu->segment);
	for (unsigned int i = 0; !error && i < IOMMU_SCOPES_MAX; i++)
		error = check_scope(subject, &iommu->scope[i], n);
	return error;
}

int config_check_iommu(const struct config_subject *subject,
		       const struct weir_record *record, unsigned int n)
{
	const struct weir_record_iommu *iommu = (const void *)record;

	if (subject->arch != CONFIG_ARCH_X86)
		return refuse(subject->reason, -EINVAL,
			      "record %u: IOMMUs of this kind are x86's", n);
	if (iommu->flags & ~WEIR_IOMMU_NONE)
		return refuse(subject->reason, -EINVAL,
			      "record %u: IOMMU flags 0x%x are not known", n,
			      iommu->flags);
	if (!(iommu->flags & WEIR_IOMMU_NONE))
		return check_unit(subject, iommu, n);
	if (!says_nothing_else(iommu))
		return refuse(subject->reason, -EINVAL,
			      "record %u: no IOMMU, and yet one is described",
			      n);
	return 0;
}

/* Those of the standard part, which hold no scopes. */
static bool standard_unit(const struct system_desc *system, unsigned int n,
			  struct weir_record_iommu *unit)
{
	for (unsigned int i = 0; i < CONFIG_MAX_IOMMU_UNITS; i++) {
		const struct iommu_unit *found =
			&system->platform.iommu_units[i];

		if (found->type != IOMMU_INTEL || found->base == 0 || n-- > 0)
			continue;
		*unit = (struct weir_record_iommu){
			.base = found->base,
			.size = found->size,
		};
		return true;
	}
	return false;
}

bool config_iommu_unit(const struct system_desc *system,
		       const struct config_view *root, unsigned int n,
		       struct weir_record_iommu *unit)
{
	const struct weir_record_iommu *record;

	if (!config_record(root, WEIR_RECORD_IOMMU, 0))
		return standard_unit(system, n, unit);
	record = (const void *)config_record(root, WEIR_RECORD_IOMMU, n);
	if (!record || (record->flags & WEIR_IOMMU_NONE))
		return false;
	*unit = *record;
	return true;
}

enum config_iommu config_iommu(const struct system_desc *system,
			       const struct config_view *root)
{
	struct weir_record_iommu unit;

	if (config_iommu_unit(system, root, 0, &unit))
		return CONFIG_IOMMU_UNITS;
	return config_record(root, WEIR_RECORD_IOMMU, 0) ? CONFIG_IOMMU_NONE :
							   CONFIG_IOMMU_UNSAID;
}

const struct iommu_unit *config_smmu(const struct system_desc *system,
				     unsigned int n)
{
	if (system->architecture == CONFIG_ARCH_X86)
		return NULL;
	for (unsigned int i = 0; i < CONFIG_MAX_IOMMU_UNITS; i++) {
		const struct iommu_unit *found =
			&system->platform.iommu_units[i];

		if (found->type == IOMMU_SMMUV3 && found->base && n-- == 0)
			return found;
	}
	return NULL;
}

static const char *unit_name(uint32_t type)
{
	switch (type) {
	case IOMMU_AMD: return "AMD IOMMU";
	case IOMMU_INTEL: return "Intel IOMMU";
	case IOMMU_SMMUV3: return "SMMUv3";
	case IOMMU_PVU: return "PVU";
	case IOMMU_MMU500: return "SMMUv2 (MMU-500)";
	}
	return "unit of no known type";
}

int config_check_driven(const struct system_desc *system,
			struct reason *reason)
{
	uint32_t driven = system->architecture == CONFIG_ARCH_X86 ?
				  IOMMU_INTEL : IOMMU_SMMUV3;

	for (unsigned int i = 0; i < CONFIG_MAX_IOMMU_UNITS; i++) {
		const struct iommu_unit *found =
			&system->platform.iommu_units[i];

		if (found->base && found->type != driven)
			return refuse(reason, -ENODEV,
				      "the %s at 0x%llx is not driven",
				      unit_name(found->type),
				      ULL(found->base));
	}
	return 0;
}

static int check_smmus(const struct system_desc *system, struct reason *reason)
{
	const struct iommu_unit *unit;

	for (unsigned int n = 0; (unit = config_smmu(system, n)); n++) {
		if ((unit->base & (SMMU_PAGE_BYTES - 1)) ||
		    unit->size < 2 * SMMU_PAGE_BYTES ||
		    unit->size > UNIT_MAX_BYTES)
			return refuse(reason, -EINVAL,
				      "SMMU at 0x%llx, 0x%x bytes: a multiple of 0x%x, from 0x%x to 0x%x bytes",
				      ULL(unit->base), unit->size,
				      SMMU_PAGE_BYTES, 2 * SMMU_PAGE_BYTES,
				      UNIT_MAX_BYTES);
	}
	return 0;
}

const struct iommu_unit *config_smmu_within(const struct system_desc *system,
					    uint64_t start, uint64_t size)
{
	const struct iommu_unit *unit;

	for (unsigned int n = 0; (unit = config_smmu(system, n)); n++) {
		if (size && ranges_meet(unit->base, unit->size, start, size))
			return unit;
	}
	return NULL;
}

static bool has_stream(const struct config_view *view, uint32_t id)
{
	for (uint32_t i = 0; i < view->desc->num_stream_ids; i++) {
		if (view->streams[i].id == id)
			return true;
	}
	return false;
}

int config_check_streams(const struct system_desc *system,
			 const struct config_view *cell,
			 const struct config_view *other, bool is_root,
			 struct reason *reason)
{
	if (!config_smmu(system, 0))
		return 0;
	for (uint32_t i = 0; i < cell->desc->num_stream_ids; i++) {
		uint32_t id = cell->streams[i].id;

		if (has_stream(other, id) != is_root)
			return refuse(reason, is_root ? -EINVAL : -EBUSY,
				      "stream id 0x%x %s cell \"%s\"", id,
				      is_root ? "is none of" : "belongs to",
				      other->desc->name);
	}
	return 0;
}

static bool contradicts_itself(const struct system_desc *system,
			       const struct config_view *root)
{
	struct weir_record_iommu unit;

	for (unsigned int n = 0; n < WEIR_BLOCK_MAX_RECORDS; n++) {
		const struct weir_record_iommu *record = (const void *)
			config_record(root, WEIR_RECORD_IOMMU, n);

		if (!record)
			return false;
		if ((record->flags & WEIR_IOMMU_NONE) &&
		    (n > 0 || config_record(root, WEIR_RECORD_IOMMU, 1) ||
		     standard_unit(system, 0, &unit)))
			return true;
	}
	return false;
}

int config_check_isolation(const struct system_desc *system,
			   const struct config_view *root,
			   enum config_arch arch, struct reason *reason)
{
	if (contradicts_itself(system, root))
		return refuse(reason, -EINVAL,
			      "no IOMMU, and yet one is described");
	if (arch != CONFIG_ARCH_X86)
		return check_smmus(system, reason);
	if (config_iommu(system, root) != CONFIG_IOMMU_UNSAID)
		return 0;
	return refuse(reason, -EINVAL,
		      "no IOMMU is described, nor said to be absent (record %u): devices could reach all cells",
		      WEIR_RECORD_IOMMU);
}
