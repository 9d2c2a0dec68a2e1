/* SPDX-License-Identifier: GPL-2.0-only */
/* All SMMUs of the machine: what they have in common, on and off. */
#include "smmu-internal.h"

#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "hv/spinlock.h"

struct smmu smmu;

/* What units have recorded is looked at by whoever asks for something. */
static struct spinlock faults_lock;

/* Tables are written by CPUs through their caches. */
void smmu_publish(const volatile void *address, size_t bytes)
{
	if (!smmu.coherent)
		smmu_flush(address, bytes);
	smmu_barrier();
}

/* What all units have. */
static void features_narrow(const struct smmu_unit *unit)
{
	unsigned int bits = IDR1_STREAM_BITS(unit->idr1);
	unsigned int address = IDR5_ADDRESS(unit->idr5);

	smmu.coherent &= unit->coherent;
	smmu.two_level &= !!(unit->idr0 & IDR0_TWO_LEVEL);
	if (bits < smmu.stream_bits)
		smmu.stream_bits = bits;
	if (address < smmu.address)
		smmu.address = address;
	if (IDR3_RESIZE(unit->idr3) < RESIZE_FREELY)
		smmu.no_blocks = MAP_NO_BLOCKS;
}

static int units_find(struct reason *reason)
{
	const struct iommu_unit *described;
	int error = 0;

	while (!error && (described = config_smmu(system_config,
						  smmu.units_count))) {
		struct smmu_unit *unit = &smmu.unit[smmu.units_count];

		error = smmu_unit_init(unit, described, reason);
		if (error)
			break;
		features_narrow(unit);
		smmu.units_count++;
	}
	return error;
}

int smmu_init(struct reason *reason)
{
	struct reason undriven;
	int error;

	smmu = (struct smmu){
		.coherent = true, .two_level = true, .stream_bits = 32,
		.address = 7,
	};
	if (config_check_driven(system_config, &undriven))
		printk("WARNING: %s: a device reaches the memory of every cell\n",
		       undriven.text);
	error = units_find(reason);
	if (!error && smmu.units_count)
		error = smmu_domains_init(reason);
	if (!error && smmu.units_count)
		error = smmu_streams_init(reason);
	if (error) {
		smmu.units_count = 0;
		return error;
	}
	if (smmu.units_count)
		printk("%u SMMUs, stage 2, streams of %u bits%s\n",
		       smmu.units_count, smmu.stream_bits,
		       smmu.no_blocks ? ", pages of 4 KiB" : "");
	return 0;
}

int smmu_enable(void)
{
	int error;

	if (smmu.units_count == 0)
		return 0;
	error = smmu_config_commit();
	smmu.on = true;
	for (unsigned int n = 0; !error && n < smmu.units_count; n++)
		error = smmu_unit_start(&smmu.unit[n], smmu_streams_table(),
					smmu_streams_config());
	if (error)
		smmu_restore();
	return error;
}

void smmu_restore(void)
{
	if (!__atomic_exchange_n(&smmu.on, false, __ATOMIC_SEQ_CST))
		return;
	spin_lock(&faults_lock);
	for (unsigned int n = 0; n < smmu.units_count; n++) {
		if (smmu.unit[n].started)
			smmu_unit_stop(&smmu.unit[n]);
	}
	spin_unlock(&faults_lock);
}

/* All of them, even if one fails; streams and all VMIDs where it says 0. */
static int each_forgets(unsigned int vmid)
{
	int error = 0;

	for (unsigned int n = 0; n < smmu.units_count; n++) {
		struct smmu_unit *unit = &smmu.unit[n];
		int failed = vmid ? smmu_unit_forget_vmid(unit, vmid) :
				    smmu_unit_forget(unit);

		error = failed ? failed : error;
	}
	return error;
}

int smmu_forget(void)
{
	return each_forgets(0);
}

int smmu_forget_vmid(unsigned int vmid)
{
	return each_forgets(vmid);
}

__attribute__((noinline))
static unsigned int units_report(void)
{
	unsigned int found = 0;

	spin_lock(&faults_lock);
	for (unsigned int n = 0; n < smmu.units_count; n++)
		found += smmu_unit_faults(&smmu.unit[n]);
	spin_unlock(&faults_lock);
	return found;
}

/* The shortest of hypercalls comes here: without units it is a look at one flag. */
unsigned int smmu_faults_report(void)
{
	return smmu.on ? units_report() : 0;
}
