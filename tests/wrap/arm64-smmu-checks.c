/* SPDX-License-Identifier: GPL-2.0-only */
/* SMMUs in tests: kinds of them, and what devices reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arm64-smmu-checks.h"

#include "colored-blobs.h"
#include "hypervisor/arch/arm64/smmu.h"

const struct smmu_kind smmu_kinds[SMMU_KINDS] = {
	{ .coherent = true, .resizes = true, .stream_bits = 16, .address = 5,
	  .commands_log2 = 19, .events_log2 = 19 },
	{ .coherent = true, .stream_bits = 20, .address = 4,
	  .commands_log2 = 8, .events_log2 = 7, .latency = 3 },
	{ .stream_bits = 32, .address = 2, .commands_log2 = 2,
	  .events_log2 = 2, .latency = 50 },
	{ .linear = true, .resizes = true, .stream_bits = 6, .address = 6,
	  .commands_log2 = 1, .events_log2 = 3, .latency = 1 },
	{ .coherent = true, .linear = true, .stream_bits = 7, .address = 1,
	  .commands_log2 = 0, .events_log2 = 5 },
};

uint32_t smmu_third(const struct smmu_kind *kind)
{
	if (!kind->linear)
		return STREAM_FAR;
	return kind->stream_bits > 6 ? STREAM_NEAR : STREAM_NEAREST;
}

void smmu_system_init(struct smmu_system *blob, const struct smmu_kind *kind,
		      unsigned int units)
{
	struct colored_system colored;

	colored_system_init(&colored);
	memset(blob, 0, sizeof(*blob));
	blob->system = colored.system;
	blob->system.root_cell.num_stream_ids = ARRAY_COUNT(blob->streams);
	blob->cpus = colored.cpus;
	memcpy(blob->memory, colored.memory, sizeof(blob->memory));
	blob->memory[BLOB_REST].flags |= MEM_DMA;
	blob->irqchip = colored.irqchip;
	blob->streams[0].id = STREAM_ROOT;
	blob->streams[1].id = STREAM_CELL;
	blob->streams[2].id = smmu_third(kind);
	blob->block = colored.block;
	blob->counter = colored.counter;
	blob->coloring = colored.coloring;
	for (unsigned int n = 0; n < units; n++)
		blob->system.platform.iommu_units[2 * n + 1] =
			(struct iommu_unit){
				.type = IOMMU_SMMUV3,
				.base = SMMU_MODEL_BASE + n * SMMU_BYTES,
				.size = SMMU_BYTES };
}

void smmu_boot_model(unsigned int units)
{
	struct smmu_system blob;

	fake_machine();
	fake.relax_ns = 1000;
	smmu_system_init(&blob, &smmu_model.kind, units);
	for (unsigned int n = 0; n < ARRAY_COUNT(blob.streams); n++)
		smmu_model.watched[n] = blob.streams[n].id;
	assert_int_equal(fake_boot(&blob, sizeof(blob)), 0);
}

void smmu_boot(const struct smmu_kind *kind, unsigned int units)
{
	smmu_model_init(kind);
	smmu_boot_model(units);
}

const struct device_kind smmu_devices = {
	.units_count = SMMU_MODEL_UNITS,
	.cell_init = smmu_cell_init,
	.map = smmu_map,
	.unmap = smmu_unmap,
	.commit = smmu_config_commit,
	.dma = smmu_model_dma,
};

void smmu_on(void)
{
	struct reason reason = { "" };

	if (smmu_init(&reason))
		fail_msg("refused: %s", reason.text);
	assert_int_equal(smmu_cell_init(cell_root(), &reason), 0);
	device_map_all(&smmu_devices, cell_root());
	assert_int_equal(smmu_enable(), 0);
}

void smmu_start(const struct smmu_kind *kind)
{
	smmu_boot(kind, SMMU_MODEL_UNITS);
	smmu_on();
}

void smmu_lawful(void)
{
	if (smmu_model.violations)
		fail_msg("%u violations, the first: %s", smmu_model.violations,
			 smmu_model.violation);
}

void smmu_reaches(uint32_t stream, uint64_t address, uint64_t wanted)
{
	device_reaches(&smmu_devices, stream, address, wanted);
}

void smmu_refused(uint32_t stream, uint64_t address)
{
	device_refused(&smmu_devices, stream, address);
}
