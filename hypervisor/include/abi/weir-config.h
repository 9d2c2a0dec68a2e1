/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The Weir block: what a configuration may say beyond revision 14.
 *
 * It follows the last standard array of a cell or system configuration. A blob
 * without it is complete: no counter source, no boot policy, no permission.
 * The block is a header and a list of records, each with its type and its
 * size in bytes (header included, a multiple of 8). An unknown type is
 * refused unless WEIR_RECORD_OPTIONAL is set in its flags.
 */
#ifndef ABI_WEIR_CONFIG_H
#define ABI_WEIR_CONFIG_H

#include "regulation.h"
#include "types.h"

#define WEIR_BLOCK_SIGNATURE		"WEIRBLK"
#define WEIR_BLOCK_REVISION		1
#define WEIR_BLOCK_MAX_RECORDS		32

struct weir_block {
	char signature[8];	/* NUL terminated */
	uint16_t revision;
	uint16_t num_records;
	uint32_t size;		/* bytes, header and all records */
} ABI_PACKED;
ABI_SIZE(struct weir_block, 16);

/* weir_record.flags */
#define WEIR_RECORD_OPTIONAL		0x00000001u

enum weir_record_type {
	WEIR_RECORD_MEMSYS = 1,		/* system only, at most one */
	WEIR_RECORD_COUNTER = 2,	/* system only */
	WEIR_RECORD_POLICY = 3,		/* cell or root */
	WEIR_RECORD_OPTIONS = 4,	/* cell or root, at most one */
	WEIR_RECORD_COLORING = 5,	/* system only, at most one */
	WEIR_RECORD_COLORS = 6,		/* cell only, at most one */
	WEIR_RECORD_CACHE = 7,		/* system only, one a level */
	WEIR_RECORD_IOMMU = 8,		/* system only, x86 */
	WEIR_RECORD_BANDWIDTH = 9,	/* system only, at most one */
	WEIR_RECORD_CONTROL = 10,	/* cell only, one for each cell named */
	WEIR_RECORD_IMC = 11,		/* system only, x86, at most one */
	WEIR_RECORD_CRITICAL = 12,	/* cell or root, arm64, at most one */
	WEIR_RECORD_OWN_COLORS = 13,	/* system only, at most one */
	WEIR_RECORD_ROOT_COLORS = 14,	/* system only, at most one */
	WEIR_RECORD_SHARED_COLORS = 15,	/* cell or root, one a region */
};

struct weir_record {
	uint16_t type;
	uint16_t size;
	uint32_t flags;
} ABI_PACKED;
ABI_SIZE(struct weir_record, 8);

/* The modelled memory system of a test machine: clock, heartbeat, pacing. */
struct weir_record_memsys {
	struct weir_record record;
	uint64_t page_address;	/* physical, page aligned, in no cell */
	uint32_t heartbeat_ns;	/* of guest time, 1000 to 1000000 */
	uint32_t heartbeat_min_ns; /* closest look near a budget's end */
} ABI_PACKED;
ABI_SIZE(struct weir_record_memsys, 24);

/* A source of traffic counts. The first one listed is the default. */
struct weir_record_counter {
	struct weir_record record;
	uint16_t source;	/* enum counter_source_id, abi/regulation.h */
	uint16_t overflow_irq;	/* INTID of the PMU interrupt; 0 for none */
	uint16_t event_read;	/* PMU event of a line read */
	uint16_t event_write;	/* PMU event of a line written; 0xffff: none */
	uint32_t read_weight_q8; /* lines per event, 8 fraction bits */
	uint32_t write_weight_q8;
	char event_name[32];	/* what a person calls it; NUL terminated */
} ABI_PACKED;
ABI_SIZE(struct weir_record_counter, 56);

/* A regulation policy in force from the creation of the cell. */
struct weir_record_policy {
	struct weir_record record;
	struct reg_settings settings;
} ABI_PACKED;

/* weir_record_cache.flags */
#define WEIR_CACHE_SPLIT		0x0001u /* give code masks of its own */
#define WEIR_CACHE_SPARSE		0x0002u /* masks may have holes */

/*
 * A cache whose ways can be shared out. What the CPU says of itself goes
 * first; `ways` and `classes` are for CPUs that are silent about registers
 * they have, else 0.
 */
struct weir_record_cache {
	struct weir_record record;
	uint8_t level;		/* 2 or 3 */
	uint8_t ways;		/* bits of a mask, up to 32 */
	uint8_t ways_min;	/* fewest in a mask; 0: 1 */
	uint8_t reserved;	/* 0 */
	uint16_t classes;	/* of service, up to 128 */
	uint16_t flags;
} ABI_PACKED;
ABI_SIZE(struct weir_record_cache, 16);

/* weir_record_options.permissions */
#define WEIR_PERMIT_REGULATE		0x00000001u /* may set other cells */

/* weir_record_options.options */
#define WEIR_OPTION_NO_SCRUB		0x00000001u /* keep memory contents */

struct weir_record_options {
	struct weir_record record;
	uint32_t permissions;
	uint32_t options;
	/*
	 * How long an active cell may take to answer a message. When 0,
	 * cell_desc.msg_reply_timeout counts in microseconds instead, and
	 * when that is 0 too, MSG_TIMEOUT_DEFAULT_NS applies.
	 */
	uint64_t msg_timeout_ns;
} ABI_PACKED;
ABI_SIZE(struct weir_record_options, 24);

/* weir_record_coloring.flags */
/* A hash chooses the sets of the cache: it has no colors. */
#define COLORING_NO_LLC			0x00000001u

#define COLORING_BANKS_MAX		4
#define COLORING_WORDS			2	/* 128 colors */

/*
 * What tells pages apart: sets of the last-level cache and banks of DRAM. All
 * three fields of the cache 0: the hypervisor asks the machine.
 */
struct weir_record_coloring {
	struct weir_record record;
	uint32_t llc_sets;
	uint16_t llc_ways;
	uint16_t llc_line_bytes;
	uint32_t flags;		/* COLORING_* */
	uint32_t banks_count;
	/* Bit n of a bank is the parity of these address bits. */
	uint64_t banks[COLORING_BANKS_MAX];
} ABI_PACKED;
ABI_SIZE(struct weir_record_coloring, 56);

/* weir_record_colors.how */
#define COLORS_LIST			1u	/* these */
#define COLORS_COUNT			2u	/* so many free ones */
#define COLORS_SHARE			3u	/* permille of all, of the free ones */

/* The colors of a cell, for all of its regions with MEM_COLORED that it has alone. */
struct weir_record_colors {
	struct weir_record record;
	uint32_t how;		/* COLORS_* */
	uint32_t amount;	/* of count and share; 0 with a list */
	uint64_t list[COLORING_WORDS]; /* bit n % 64 of word n / 64: color n */
} ABI_PACKED;
ABI_SIZE(struct weir_record_colors, 32);

/*
 * The root cell's memory region with MEM_COLORED, not shared, can change its colors while the
 * root runs. Its pages are then anywhere from phys_start on, for `span_bytes`, none of
 * which any other region of the root has; those beyond the region are RAM that
 * Linux does not use. No device reaches the region: it has no MEM_DMA. What the
 * root does not use of the span other cells can have: the root sees it, as far as
 * it is to load it, at `window_address`, guest physical, in the order of physical
 * addresses.
 */
struct weir_record_root_colors {
	struct weir_record record;
	uint64_t span_bytes;
	uint64_t window_address;
	uint64_t list[COLORING_WORDS]; /* from enabling on; 0: all colors */
} ABI_PACKED;
ABI_SIZE(struct weir_record_root_colors, 40);

/*
 * Colors that are the hypervisor's own: all that it has in its memory lies on them
 * from the moment that it has taken over, and no cell gets any.
 */
struct weir_record_own_colors {
	struct weir_record record;
	uint64_t list[COLORING_WORDS];
} ABI_PACKED;
ABI_SIZE(struct weir_record_own_colors, 24);

/*
 * The colors of a memory region with MEM_COLORED and MEM_ROOTSHARED, for it alone. The
 * root cell names it, at a guest address where nothing else is, and each cell that
 * shares it: all have the same pages, by the same `phys_start`, size and colors.
 */
struct weir_record_shared_colors {
	struct weir_record record;
	uint32_t region;	/* which of the memory regions */
	uint32_t reserved;	/* 0 */
	uint64_t list[COLORING_WORDS];
} ABI_PACKED;
ABI_SIZE(struct weir_record_shared_colors, 32);

/* weir_record_iommu.flags */
/* There is none. What a device is told to do it does to any memory. */
#define WEIR_IOMMU_NONE			0x0001u

/* iommu_scope.type, as ACPI numbers them */
#define IOMMU_SCOPE_IOAPIC		3u
#define IOMMU_SCOPE_HPET		4u

#define IOMMU_SCOPES_MAX		6

/* An interrupt source that is not found by its PCI address. */
struct iommu_scope {
	uint8_t type;
	uint8_t id;		/* of the IOAPIC: as ACPI enumerates it */
	uint16_t bdf;		/* as its messages say */
} ABI_PACKED;
ABI_SIZE(struct iommu_scope, 4);

/*
 * A unit that remaps DMA and interrupts of PCI segment `segment`: Intel VT-d.
 * Or, alone and all else 0, the statement that there is none. x86 systems say
 * one or the other, or list units of type IOMMU_INTEL in their platform part.
 */
struct weir_record_iommu {
	struct weir_record record;
	uint64_t base;		/* of the registers, page aligned */
	uint32_t size;		/* bytes, whole pages */
	uint16_t flags;		/* WEIR_IOMMU_* */
	uint16_t segment;	/* 0: others are not supported */
	struct iommu_scope scope[IOMMU_SCOPES_MAX]; /* unused: type 0 */
} ABI_PACKED;
ABI_SIZE(struct weir_record_iommu, 48);

/*
 * What the memory serves whatever the accesses are, as calibrated: the sum that
 * can be guaranteed to cells. Without this record nothing can be.
 */
struct weir_record_bandwidth {
	struct weir_record record;
	uint64_t sustainable_bytes_per_s;
	uint64_t sustainable_write_bytes_per_s;	/* of it; 0: all of it */
} ABI_PACKED;
ABI_SIZE(struct weir_record_bandwidth, 24);

/*
 * Permission to hold back another cell: abi/control.h. Requests may go down to
 * these, not below; what `what` does not name is 0 here.
 */
struct weir_record_control {
	struct weir_record record;
	uint32_t cell_id;	/* whom; 0: the root cell */
	uint16_t what;		/* CONTROL_* that may be asked for */
	uint16_t duty_min_permille;
	uint64_t budget_min_bytes_per_s;
} ABI_PACKED;
ABI_SIZE(struct weir_record_control, 24);

/* weir_record_imc.kind */
#define IMC_CLIENT			1u	/* two free-running counters */
#define IMC_SERVER			2u	/* a PCI function for each channel */

#define IMC_CHANNELS_MAX		12

/*
 * Where the memory controllers of Intel count. The counter record of source
 * COUNTER_INTEL_IMC names the events of a server: 0x0304 and 0x0c04 are reads
 * and writes of lines from Haswell to Cascade Lake.
 */
struct weir_record_imc {
	struct weir_record record;
	uint32_t kind;		/* IMC_* */
	uint32_t channels_count; /* of a server; else 0 */
	uint64_t address;	/* of a client: MCHBAR; else 0 */
	uint16_t channel_bdf[IMC_CHANNELS_MAX]; /* bus, device, function; unused: 0 */
} ABI_PACKED;
ABI_SIZE(struct weir_record_imc, 48);

#define CRITICAL_IRQS_MAX		14
#define CRITICAL_PERIOD_MIN_NS		100000ull
#define CRITICAL_PERIOD_MAX_NS		1000000000ull
#define CRITICAL_BOUND_MIN_NS		1000ull	/* at most half a period */

/*
 * Interrupts that a CPU of the cell takes also while regulation holds it. Their
 * handlers run until they end, on each CPU for `bound_ns` of each period at most;
 * what they move is charged like everything else.
 */
struct weir_record_critical {
	struct weir_record record;
	uint64_t period_ns;
	uint64_t bound_ns;
	uint32_t irqs_count;	/* 1 to CRITICAL_IRQS_MAX */
	uint16_t irqs[CRITICAL_IRQS_MAX]; /* INTIDs, SPIs the cell's own; unused: 0 */
} ABI_PACKED;
ABI_SIZE(struct weir_record_critical, 56);

#define MSG_TIMEOUT_DEFAULT_NS		1000000000ull

#endif
