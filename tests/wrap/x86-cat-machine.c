/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake machine with caches to share out, for tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86-cat-machine.h"

#include "hv/arch/cpu.h"
#include "hv/errno.h"

const struct cat_kind cat_kinds[CAT_KINDS] = {
	{ .l3_ways = 12, .classes = 16, .ways_min = 1, .delay_max = 90,
	  .linear = true },
	{ .l3_ways = 20, .l2_ways = 16, .classes = 3, .ways_min = 2,
	  .fine_clock = true },
	{ .l3_ways = 11, .classes = 16, .ways_min = 1, .code_data = true,
	  .delay_max = 64 },
	{ .l3_ways = 16, .l2_ways = 10, .classes = 8, .ways_min = 1,
	  .sparse = true, .silent = true },
};

/* The system of blob_system_init(), and what it says about caches. */
struct system_blob {
	struct blob_system system;
	struct weir_record_cache cache[2];
} ABI_PACKED;

bool alive[CELLS + 1];

static struct weir_record_cache cache_record(unsigned int level)
{
	const struct cat_kind *kind = &cat.kind;
	unsigned int ways = level == 3 ? kind->l3_ways : kind->l2_ways;

	return (struct weir_record_cache){
		.record = { WEIR_RECORD_CACHE,
			    sizeof(struct weir_record_cache), 0 },
		.level = (uint8_t)level,
		.ways = (uint8_t)(kind->silent ? ways : 0),
		.ways_min = (uint8_t)(ways ? kind->ways_min : 0),
		.classes = (uint16_t)(kind->silent && ways ? kind->classes : 0),
		.flags = (uint16_t)((kind->sparse ? WEIR_CACHE_SPARSE : 0) |
				    (kind->code_data ? WEIR_CACHE_SPLIT : 0)),
	};
}

void machine_start(const struct cat_kind *kind)
{
	struct system_blob blob;

	fake_machine();
	cat_init(kind);
	memset(alive, 0, sizeof(alive));
	blob_system_init(&blob.system);
	blob.cache[0] = cache_record(3);
	blob.cache[1] = cache_record(2);
	blob.system.block.num_records += 2;
	blob.system.block.size += (uint32_t)sizeof(blob.cache);
	assert_int_equal(fake_boot(&blob, sizeof(blob)), 0);
	for (unsigned int n = 0; n < CAT_CPUS; n++) {
		fake_on_cpu(n);
		cat.assoc[n] = n + 1;	/* monitoring numbers of Linux */
		partition_cpu_init(this_cpu());
	}
	for (unsigned int n = 0; n < CAT_CPUS; n++) {
		fake_on_cpu(n);
		partition_cpu_apply(this_cpu());
	}
	fake_on_cpu(0);
	assert_int_equal(cat.faults, 0);
}

long part_set(unsigned int cell, const struct part_settings *settings,
		enum reg_operation operation, struct part_request *answer)
{
	struct part_request *request = fake_ram(BUFFER_GPA);
	long error;

	*request = (struct part_request){
		.size = sizeof(*request),
		.operation = operation,
		.cell_id = cell,
		.settings = *settings,
	};
	error = fake_hypercall(0, WEIR_HC_PART_SET, BUFFER_GPA, 0);
	*answer = *request;
	return error;
}

struct part_status part_status_of(unsigned int cell)
{
	struct part_status *status = fake_ram(BUFFER_GPA);

	*status = (struct part_status){ .size = sizeof(*status),
					.cell_id = cell };
	assert_int_equal(fake_hypercall(0, WEIR_HC_PART_GET, BUFFER_GPA, 0), 0);
	return *status;
}

long part_set_l3(unsigned int cell, uint64_t mask, uint32_t ways,
		   struct part_request *answer)
{
	const struct part_settings settings = {
		.valid = PART_SET_L3,
		.l3 = { .mask = mask, .ways_count = ways },
	};

	return part_set(cell, &settings, REG_OP_SET, answer);
}

long machine_create(unsigned int id, struct cache_region region)
{
	struct blob_cell blob;
	long error;

	blob_cell_init(&blob, id);
	blob.cache = region;
	error = cells_create(&blob, sizeof(blob));
	alive[id] = error == 0;
	return error;
}

void machine_destroy(unsigned int id)
{
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, id, 0), 0);
	alive[id] = false;
}

