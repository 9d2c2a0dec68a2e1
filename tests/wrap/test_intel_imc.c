/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of Intel's memory controllers, on a model of their registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "hv/setup.h"
#include "hv/traffic.h"
#include "regulators/counters/imc-access.h"
#include "regulators/regulator.h"

#define MCHBAR			0xfed10000ull
#define MMCONFIG		0x80000000ull
#define LAST_BUS		0x7f
#define BDF(bus, device, function)					      \
	((uint16_t)((bus) << 8 | (device) << 3 | (function)))

#define READ_COMMANDS		0x0304u
#define WRITE_COMMANDS		0x0c04u

#define MODEL_BOXES		3u
#define MODEL_LOG		64u
#define MODEL_MASK		0xffffffffffffull
#define MODEL_CONTROL_VALID	0x00010103u
#define MODEL_SELECT_VALID	0x00c4ffffu

/*
 * A page of registers. What a server's counter counts is decided by its
 * selection; a client's two count by themselves.
 */
struct model_box {
	uint64_t phys;
	bool client;
	uint32_t id;
	uint32_t control;
	uint32_t select[4];
	uint64_t counter[4];
	unsigned int reads_until_carry;	/* 0: no line comes between halves */
};

static struct {
	struct model_box box[MODEL_BOXES];
	unsigned int boxes_count;
	unsigned int maps_left;
	unsigned int writes;
	struct {
		unsigned int box;
		uint32_t offset, value;
	} log[MODEL_LOG];
} model;

/* A system of one record, or without one. */
static struct {
	struct system_desc header;
	uint64_t cpus[1];
	struct weir_block block;
	struct weir_record_imc imc;
} ABI_PACKED config;

static unsigned int box_of(const void *page)
{
	const struct model_box *box = page;

	assert_true(box >= model.box && box < model.box + model.boxes_count);
	return (unsigned int)(box - model.box);
}

void *__wrap_imc_map(uint64_t phys);
uint32_t __wrap_imc_read32(const void *page, uint32_t offset);
void __wrap_imc_write32(void *page, uint32_t offset, uint32_t value);

void *__wrap_imc_map(uint64_t phys)
{
	for (unsigned int n = 0; n < model.boxes_count; n++)
		if (model.box[n].phys == phys && model.maps_left-- > 0)
			return &model.box[n];
	return NULL;
}

static uint32_t client_read(const struct model_box *box, uint32_t offset)
{
	if (offset == 0x50)
		return (uint32_t)box->counter[0];
	assert_int_equal(offset, 0x54);
	return (uint32_t)box->counter[1];
}

uint32_t __wrap_imc_read32(const void *page, uint32_t offset)
{
	struct model_box *box = &model.box[box_of(page)];

	if (box->client)
		return client_read(box, offset);
	switch (offset) {
	case 0x00:
		return box->id;
	case 0xf4:
		return box->control;
	case 0xd8 ... 0xe4:
		return box->select[(offset - 0xd8) / 4];
	case 0xa0 ... 0xbc:
		/* A line that moves just before this read. */
		if (box->reads_until_carry && --box->reads_until_carry == 0)
			box->counter[(offset - 0xa0) / 8]++;
		return (uint32_t)(box->counter[(offset - 0xa0) / 8] >>
				  (offset & 4 ? 32 : 0));
	default:
		fail_msg("read of register 0x%x", offset);
		return 0;
	}
}

void __wrap_imc_write32(void *page, uint32_t offset, uint32_t value)
{
	struct model_box *box = &model.box[box_of(page)];

	assert_false(box->client);
	assert_true(model.writes < MODEL_LOG);
	model.log[model.writes].box = box_of(page);
	model.log[model.writes].offset = offset;
	model.log[model.writes++].value = value;
	if (offset == 0xf4) {
		assert_int_equal(value & ~MODEL_CONTROL_VALID, 0);
		box->control = value;
	} else if (offset == 0xd8 || offset == 0xdc) {
		assert_int_equal(value & ~MODEL_SELECT_VALID, 0);
		box->select[(offset - 0xd8) / 4] = value;
	} else {
		fail_msg("write of register 0x%x", offset);
	}
}

/* Commands of a channel; counted by whoever is set to them. */
static void lines_move(unsigned int n, uint64_t reads, uint64_t writes)
{
	struct model_box *box = &model.box[n];

	if (box->client) {
		box->counter[0] += reads;
		box->counter[1] += writes;
		return;
	}
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t event = box->select[i] & 0xffff;

		if (!(box->select[i] & 1u << 22) || (box->control & 1u << 8))
			continue;
		if ((event & 0xff) == 0x04)
			box->counter[i] += (event & 0x300 ? reads : 0) +
					   (event & 0xc00 ? writes : 0);
		box->counter[i] &= MODEL_MASK;
	}
}

static const struct counter_slot *configure(void)
{
	static const struct weir_record_counter counter = {
		.source = COUNTER_INTEL_IMC,
		.event_read = READ_COMMANDS,
		.event_write = WRITE_COMMANDS,
		.read_weight_q8 = 256,
		.write_weight_q8 = 256,
	};

	system_config = &config.header;
	system_config_size = sizeof(config);
	assert_int_equal(registry_init(), 0);
	return registry_configure(&counter);
}

static int setup(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	memset(&config, 0, sizeof(config));
	config.header.root_cell.cpu_set_size = sizeof(config.cpus);
	config.header.platform.pci_mmconfig_base = MMCONFIG;
	config.header.platform.pci_mmconfig_end_bus = LAST_BUS;
	config.block.num_records = 1;
	config.imc.record.type = WEIR_RECORD_IMC;
	config.imc.record.size = sizeof(config.imc);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	traffic_release();
	return 0;
}

static void client_make(void)
{
	config.imc.kind = IMC_CLIENT;
	config.imc.address = MCHBAR;
	model.boxes_count = 1;
	model.maps_left = 1;
	model.box[0] = (struct model_box){
		.phys = MCHBAR + 0x5000, .client = true,
	};
}

/* Three channels, as a socket of a Skylake-SP has them: 3a:0a.2 and on. */
static void server_make(void)
{
	static const uint16_t channels[MODEL_BOXES] = {
		BDF(0x3a, 0x0a, 2), BDF(0x3a, 0x0a, 6), BDF(0x3a, 0x0b, 2),
	};

	config.imc.kind = IMC_SERVER;
	config.imc.channels_count = MODEL_BOXES;
	model.boxes_count = MODEL_BOXES;
	model.maps_left = MODEL_BOXES;
	for (unsigned int n = 0; n < MODEL_BOXES; n++) {
		config.imc.channel_bdf[n] = channels[n];
		model.box[n] = (struct model_box){
			.phys = MMCONFIG + ((uint64_t)channels[n] << 12),
			.id = 0x20428086, .control = 0x00010000,
		};
	}
}

static void reads(uint64_t read_lines, uint64_t write_lines)
{
	struct traffic_report report = { 0 };
	struct reason reason;

	if (traffic_read(&report, &reason))
		fail_msg("refused: %s", reason.text);
	assert_int_equal(report.line_bytes, 64);
	assert_int_equal(report.read_lines, read_lines);
	assert_int_equal(report.write_lines, write_lines);
}

static void refuses(int error, const char *words)
{
	struct traffic_report report = { .read_lines = 7 };
	struct reason reason;

	assert_int_equal(traffic_read(&report, &reason), error);
	assert_int_equal(report.read_lines, 7);
	if (!strstr(reason.text, words))
		fail_msg("'%s' without '%s'", reason.text, words);
}

/* Whatever is there, it is no source of a budget. */
static void test_no_budget(void **state)
{
	(void)state;
	client_make();
	assert_non_null(strstr(configure()->why, "cannot tell CPUs apart"));
	assert_int_equal(registry_sources_mask() & BIT(COUNTER_INTEL_IMC), 0);
	server_make();
	assert_non_null(strstr(configure()->why, "cannot tell CPUs apart"));
	config.block.num_records = 0;
	assert_non_null(strstr(configure()->why, "describes no memory"));
	refuses(-ENODEV, "describes no memory controller");
}

static void test_client(void **state)
{
	(void)state;
	client_make();
	model.box[0].counter[0] = 0x12345678;
	model.box[0].counter[1] = 0xfffffff0;
	configure();
	reads(0, 0);
	lines_move(0, 1000, 10);
	reads(1000, 10);
	/* Both registers go through zero. */
	lines_move(0, 0xf0000000, 100);
	reads(1000 + 0xf0000000ull, 110);
	lines_move(0, 0xf0000000, 0);
	reads(1000 + 2 * 0xf0000000ull, 110);
	lines_move(0, 0xffffffff, 0xffffffff);
	reads(1000 + 2 * 0xf0000000ull + 0xffffffff, 110 + 0xffffffffull);
	/* Nothing is ever written there. */
	traffic_release();
	assert_int_equal(model.writes, 0);
}

static void wrote(unsigned int n, unsigned int box, uint32_t offset,
		  uint32_t value)
{
	assert_true(n < model.writes);
	assert_int_equal(model.log[n].box, box);
	assert_int_equal(model.log[n].offset, offset);
	assert_int_equal(model.log[n].value, value);
}

static void test_server(void **state)
{
	(void)state;
	server_make();
	configure();
	/* Nothing is touched before somebody asks. */
	assert_int_equal(model.writes, 0);
	reads(0, 0);
	assert_int_equal(model.writes, 4 * MODEL_BOXES);
	for (unsigned int n = 0; n < MODEL_BOXES; n++) {
		wrote(4 * n, n, 0xf4, 0x00010100);
		wrote(4 * n + 1, n, 0xd8, READ_COMMANDS | 1u << 22);
		wrote(4 * n + 2, n, 0xdc, WRITE_COMMANDS | 1u << 22);
		wrote(4 * n + 3, n, 0xf4, 0x00010000);
	}
	lines_move(0, 100, 1);
	lines_move(1, 20, 2);
	lines_move(2, 3, 4);
	reads(123, 7);
	/* Reading programs nothing anew. */
	assert_int_equal(model.writes, 4 * MODEL_BOXES);
	traffic_release();
	assert_int_equal(model.writes, 6 * MODEL_BOXES);
	for (unsigned int n = 0; n < MODEL_BOXES; n++) {
		assert_int_equal(model.box[n].select[0], 0);
		assert_int_equal(model.box[n].select[1], 0);
		assert_int_equal(model.box[n].control, 0x00010000);
	}
	/* A second release, and what follows begins from zero. */
	traffic_release();
	assert_int_equal(model.writes, 6 * MODEL_BOXES);
	reads(0, 0);
}

/* 48 bits wrap; and a carry into the upper half while it is being read. */
static void test_server_wide(void **state)
{
	(void)state;
	server_make();
	for (unsigned int n = 0; n < MODEL_BOXES; n++) {
		model.box[n].counter[0] = MODEL_MASK - n;
		model.box[n].counter[1] = 0xffffffff;
	}
	configure();
	reads(0, 0);
	for (unsigned int n = 0; n < MODEL_BOXES; n++)
		lines_move(n, 10, 10);
	reads(30, 30);
	for (unsigned int at = 1; at <= 3; at++) {
		setup(NULL);
		server_make();
		model.boxes_count = config.imc.channels_count = 1;
		configure();
		reads(0, 0);
		model.box[0].counter[0] = 0xffffffff;
		model.box[0].reads_until_carry = at;
		/* The line that came while they were read, and no half of it. */
		reads(0x100000000, 0);
		traffic_release();
	}
}

static void test_in_use(void **state)
{
	(void)state;
	server_make();
	configure();
	model.box[2].select[1] = 0x00400304;
	refuses(-EBUSY, "memory channel 2: counter 1 is in use");
	/* None of the others was touched, also not on the way out. */
	traffic_release();
	assert_int_equal(model.writes, 0);
	model.box[2].select[1] = 0x00000304;
	reads(0, 0);
}

static void test_not_there(void **state)
{
	(void)state;
	server_make();
	model.box[1].id = 0xffffffff;
	configure();
	refuses(-ENODEV, "memory channel 1: no function of Intel");
	assert_int_equal(model.writes, 0);
	model.maps_left = MODEL_BOXES;
	config.imc.channel_bdf[1] = BDF(LAST_BUS + 1, 0, 0);
	assert_non_null(strstr(configure()->why, "configuration space"));
	refuses(-ENODEV, "configuration space");
	server_make();
	config.header.platform.pci_mmconfig_base = 0;
	assert_non_null(strstr(configure()->why, "configuration space"));
	config.header.platform.pci_mmconfig_base = MMCONFIG;
	model.maps_left = 2;
	assert_non_null(strstr(configure()->why, "cannot be mapped"));
	refuses(-ENODEV, "cannot be mapped");
}

/* Any mix of lines and looks: the sum is what moved. */
static void test_random(void **state)
{
	uint64_t random = 1, read_lines = 0, write_lines = 0;

	(void)state;
	server_make();
	for (unsigned int n = 0; n < MODEL_BOXES; n++)
		model.box[n].counter[0] = model.box[n].counter[1] =
			MODEL_MASK - 1000 * n;
	configure();
	reads(0, 0);
	for (unsigned int n = 0; n < 100000; n++) {
		uint64_t some, more;

		random = random * 6364136223846793005ull + 1;
		some = random >> 20 & 0xffffffffff;
		more = random >> 30 & 0xffff;
		lines_move((unsigned int)(random >> 60) % MODEL_BOXES, some,
			   more);
		read_lines += some;
		write_lines += more;
		if (random >> 59 & 1)
			reads(read_lines, write_lines);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_budget, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_client, setup, teardown),
		cmocka_unit_test_setup_teardown(test_server, setup, teardown),
		cmocka_unit_test_setup_teardown(test_server_wide, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_in_use, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_there, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_random, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
