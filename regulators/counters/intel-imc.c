/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counter source: lines that Intel's memory controllers move.
 *
 * Client processors count reads and writes of 64 bytes by themselves, in two
 * registers behind MCHBAR (datasheet, "DRAM_IO_REQUEST counters"). Servers have
 * a box of counters for each channel, a PCI function (Xeon uncore performance
 * monitoring reference manual, "iMC box"): one is set to read commands, one to
 * write commands.
 *
 * The controllers see lines, not who wanted them: no budget can be kept with
 * them. They are for profiling, by traffic_read().
 */
#include "regulators/regulator.h"

#include "hv/clock.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/setup.h"
#include "hv/traffic.h"
#include "imc-access.h"
#include "weigh.h"

#define IMC_LINE_BYTES		64u

#define CLIENT_PAGE		0x5000u		/* behind MCHBAR */
#define CLIENT_READS		0x050u
#define CLIENT_WRITES		0x054u
#define CLIENT_MASK		0xffffffffull

#define PCI_ID			0x00u
#define PCI_VENDOR_INTEL	0x8086u
#define BOX_COUNTER(n)		(0xa0u + 8u * (n))
#define BOX_SELECT(n)		(0xd8u + 4u * (n))
#define BOX_CONTROL		0xf4u
#define BOX_FROZEN		(1u << 8)
#define SELECT_ENABLE		(1u << 22)
#define SERVER_MASK		0xffffffffffffull
#define HALVES_TRIES		4u

/* Counters of a box, and kinds of lines. */
enum { READS, WRITES, KINDS };

struct box {
	void *page;
	uint64_t raw[KINDS];
};

static struct {
	struct spinlock lock;
	const struct weir_record_imc *record;	/* NULL: none */
	const char *why;			/* it cannot be read */
	struct box box[IMC_CHANNELS_MAX];
	unsigned int boxes_count;
	bool started;
	uint32_t event[KINDS];
	struct weight weight[KINDS];
	uint64_t rest_q8[KINDS];
	uint64_t lines[KINDS];
} imc;

static bool is_server(void)
{
	return imc.record->kind == IMC_SERVER;
}

/* The halves are read apart: the upper one must not change meanwhile. */
static uint64_t server_read(const void *page, unsigned int kind)
{
	uint32_t low = 0, high = imc_read32(page, BOX_COUNTER(kind) + 4);

	for (unsigned int n = 0; n < HALVES_TRIES; n++) {
		uint32_t before = high;

		low = imc_read32(page, BOX_COUNTER(kind));
		high = imc_read32(page, BOX_COUNTER(kind) + 4);
		if (high == before)
			break;
	}
	return ((uint64_t)high << 32 | low) & SERVER_MASK;
}

static uint64_t raw_read(const struct box *box, unsigned int kind)
{
	if (is_server())
		return server_read(box->page, kind);
	return imc_read32(box->page, kind == READS ? CLIENT_READS :
						     CLIENT_WRITES);
}

/* Frozen while it changes, so that both counters begin together. */
static void box_start(void *page)
{
	uint32_t control = imc_read32(page, BOX_CONTROL);

	imc_write32(page, BOX_CONTROL, control | BOX_FROZEN);
	for (unsigned int kind = 0; kind < KINDS; kind++)
		imc_write32(page, BOX_SELECT(kind),
			    imc.event[kind] | SELECT_ENABLE);
	imc_write32(page, BOX_CONTROL, control & ~BOX_FROZEN);
}

/* All boxes are free before the first one is touched. */
static int boxes_check(struct reason *reason)
{
	for (unsigned int n = 0; n < imc.boxes_count; n++) {
		const void *page = imc.box[n].page;
		uint32_t id = imc_read32(page, PCI_ID);

		if ((id & 0xffff) != PCI_VENDOR_INTEL)
			return refuse(reason, -ENODEV,
				      "memory channel %u: no function of Intel, its id is 0x%x",
				      n, id);
		for (unsigned int kind = 0; kind < KINDS; kind++)
			if (imc_read32(page, BOX_SELECT(kind)) & SELECT_ENABLE)
				return refuse(reason, -EBUSY,
					      "memory channel %u: counter %u is in use, by perf perhaps",
					      n, kind);
	}
	return 0;
}

static int boxes_start(struct reason *reason)
{
	int error = is_server() ? boxes_check(reason) : 0;

	if (error)
		return error;
	for (unsigned int n = 0; n < imc.boxes_count; n++) {
		struct box *box = &imc.box[n];

		if (is_server())
			box_start(box->page);
		for (unsigned int kind = 0; kind < KINDS; kind++)
			box->raw[kind] = raw_read(box, kind);
	}
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		imc.lines[kind] = 0;
		imc.rest_q8[kind] = 0;
	}
	imc.started = true;
	return 0;
}

static void boxes_sample(void)
{
	uint64_t mask = is_server() ? SERVER_MASK : CLIENT_MASK;

	for (unsigned int n = 0; n < imc.boxes_count; n++) {
		struct box *box = &imc.box[n];

		for (unsigned int kind = 0; kind < KINDS; kind++) {
			uint64_t raw = raw_read(box, kind);

			imc.lines[kind] = weight_add(&imc.weight[kind],
						     imc.lines[kind],
						     &imc.rest_q8[kind],
						     (raw - box->raw[kind]) &
						     mask);
			box->raw[kind] = raw;
		}
	}
}

int traffic_read(struct traffic_report *report, struct reason *reason)
{
	int error = 0;

	if (!imc.record || imc.why)
		return refuse(reason, -ENODEV, "%s", imc.why ? imc.why :
			      "the system configuration describes no memory controller");
	spin_lock(&imc.lock);
	if (!imc.started)
		error = boxes_start(reason);
	if (!error) {
		boxes_sample();
		report->line_bytes = IMC_LINE_BYTES;
		report->read_lines = imc.lines[READS];
		report->write_lines = imc.lines[WRITES];
		report->now_ns = clock_now_ns();
	}
	spin_unlock(&imc.lock);
	return error;
}

/* Linux finds them as it left them: off. */
void traffic_release(void)
{
	for (unsigned int n = 0; imc.started && is_server() &&
				 n < imc.boxes_count; n++)
		for (unsigned int kind = 0; kind < KINDS; kind++)
			imc_write32(imc.box[n].page, BOX_SELECT(kind), 0);
	imc.started = false;
}

static const struct weir_record_imc *record_find(void)
{
	struct config_view view;

	config_view_init(&view, &system_config->root_cell, system_config_size -
			 offsetof(struct system_desc, root_cell));
	return (const void *)config_record(&view, WEIR_RECORD_IMC, 0);
}

/* Configuration space of the n-th channel, or MCHBAR's page of counters; 0: none. */
static uint64_t box_phys(unsigned int n)
{
	uint64_t base = system_config->platform.pci_mmconfig_base;
	unsigned int bdf;

	if (!is_server())
		return imc.record->address + CLIENT_PAGE;
	bdf = imc.record->channel_bdf[n];
	if (!base || bdf >> 8 > system_config->platform.pci_mmconfig_end_bus)
		return 0;
	return base + ((uint64_t)bdf << 12);
}

static const char *boxes_map(void)
{
	imc.boxes_count = is_server() ? imc.record->channels_count : 1;
	for (unsigned int n = 0; n < imc.boxes_count; n++) {
		uint64_t phys = box_phys(n);

		if (!phys)
			return "a memory channel is not in the configuration space of PCI";
		imc.box[n].page = imc_map(phys);
		if (!imc.box[n].page)
			return "the registers of the memory controllers cannot be mapped";
	}
	return NULL;
}

static int imc_probe(const struct weir_record_counter *record,
		     struct counter_caps *caps, const char **why)
{
	(void)caps;
	imc.started = false;
	imc.why = NULL;
	imc.record = record_find();
	imc.event[READS] = record->event_read;
	imc.event[WRITES] = record->event_write;
	weight_init(&imc.weight[READS], record->read_weight_q8);
	weight_init(&imc.weight[WRITES], record->write_weight_q8);
	if (!imc.record)
		imc.why = "the system configuration describes no memory controller";
	else
		imc.why = boxes_map();
	*why = imc.why ? imc.why :
			 "it cannot tell CPUs apart: for profiling only";
	return -ENODEV;
}

/* What a budget would ask of it; probe() sees to it that none does. */
static void imc_nothing(struct reg_cpu *cpu)
{
	(void)cpu;
}

static uint64_t imc_never(struct reg_cpu *cpu)
{
	(void)cpu;
	return REG_NEVER;
}

static bool imc_alarmed(struct reg_cpu *cpu)
{
	(void)cpu;
	return false;
}

static void imc_peek(unsigned int cpu, const struct reg_counter *counter,
		     uint64_t *read_lines, uint64_t *write_lines)
{
	(void)cpu;
	(void)counter;
	*read_lines = 0;
	*write_lines = 0;
}

static const struct counter_source imc_source = {
	.name = "intel-imc",
	.id = COUNTER_INTEL_IMC,
	.order = 40,
	.probe = imc_probe,
	.start = imc_nothing,
	.stop = imc_nothing,
	.sample = imc_nothing,
	.arm = imc_nothing,
	.rearm = imc_never,
	.renew = imc_never,
	.alarmed = imc_alarmed,
	.peek = imc_peek,
};
COUNTER_SOURCE(imc_source);
