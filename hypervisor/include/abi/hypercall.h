/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hypercalls and the communication region (revision 2).
 *
 * Numbers 0 to 8 and the communication region are those of Jailhouse. Weir's
 * own calls start at 0x100; an unknown number answers -ENOSYS.
 *
 * arm64: `hvc #0x4a48`, x0 = number, x1 and x2 = arguments, result in x0; all
 * other registers are preserved. x86: VMCALL or VMMCALL, EAX = number, RDI and
 * RSI = arguments, result in EAX.
 */
#ifndef ABI_HYPERCALL_H
#define ABI_HYPERCALL_H

#include "cell-config.h"
#include "types.h"

#define HYPERCALL_HVC_IMMEDIATE		0x4a48

#define HC_DISABLE			0
#define HC_CELL_CREATE			1
#define HC_CELL_START			2
#define HC_CELL_SET_LOADABLE		3
#define HC_CELL_DESTROY			4
#define HC_HYPERVISOR_GET_INFO		5
#define HC_CELL_GET_STATE		6
#define HC_CPU_GET_INFO			7
#define HC_DEBUG_CONSOLE_PUTC		8

/*
 * HC_CELL_CREATE takes no size: the descriptor says how long its arrays are,
 * and when a Weir block follows them it says its own. The caller leaves what
 * follows a configuration without one zero.
 *
 * HC_DEBUG_CONSOLE_PUTC answers -EBUSY while the caller writes faster than 100
 * characters a millisecond for long: the character is not taken, try again.
 */

/* HC_HYPERVISOR_GET_INFO: pool sizes are in pages */
#define INFO_MEM_POOL_SIZE		0
#define INFO_MEM_POOL_USED		1
#define INFO_REMAP_POOL_SIZE		2
#define INFO_REMAP_POOL_USED		3
#define INFO_NUM_CELLS			4

/* HC_CPU_GET_INFO */
#define CPU_INFO_STATE			0
#define CPU_INFO_STAT_BASE		1000
#define CPU_STATE_RUNNING		0
#define CPU_STATE_FAILED		2

enum cpu_stat {
	CPU_STAT_TOTAL = 0,
	CPU_STAT_MMIO = 1,
	CPU_STAT_MANAGEMENT = 2,
	CPU_STAT_HYPERCALL = 3,
	/* arm64 */
	CPU_STAT_MAINTENANCE = 4,
	CPU_STAT_VIRQ = 5,
	CPU_STAT_VSGI = 6,
	CPU_STAT_PSCI = 7,
	CPU_STAT_SMCCC = 8,
	CPU_STATS_ARM64 = 9,
	/* x86 */
	CPU_STAT_PIO = 4,
	CPU_STAT_XAPIC = 5,
	CPU_STAT_CR = 6,
	CPU_STAT_CPUID = 7,
	CPU_STAT_XSETBV = 8,
	CPU_STAT_EXCEPTION = 9,
	CPU_STAT_MSR_OTHER = 10,
	CPU_STAT_X2APIC_ICR = 11,
	CPU_STATS_X86 = 12,
};

/*
 * Weir's own calls. A guest-physical buffer must lie in memory the caller may
 * write; its first field is its size in bytes, checked by the hypervisor.
 */
#define WEIR_HC_QUERY		0x100 /* feature number -> value or -ENOSYS */
#define WEIR_HC_REG_SET		0x101 /* gpa of struct reg_request */
#define WEIR_HC_REG_GET		0x102 /* gpa of struct reg_status */
#define WEIR_HC_CELL_REPORT	0x103 /* gpa of struct cell_report; root only */
#define WEIR_HC_LAST_REASON	0x104 /* gpa of struct reason_report */
#define WEIR_HC_COLORS		0x105 /* gpa of struct color_report; root only */
#define WEIR_HC_PART_SET	0x106 /* gpa of struct part_request */
#define WEIR_HC_PART_GET	0x107 /* gpa of struct part_status */
#define WEIR_HC_CONTROL		0x108 /* gpa of struct control_request */
#define WEIR_HC_BUDGET		0x109 /* cell id, bytes per second */
#define WEIR_HC_COLORS_SET	0x10a /* gpa of struct color_request; root only */
#define WEIR_HC_COLORS_STEP	0x10b /* COLOR_STEP_* -> pages left; root only */
#define WEIR_HC_TRAFFIC		0x10c /* gpa of struct traffic_report */
#define WEIR_HC_COUNTERS	0x10f /* gpa of struct counters_report */
#define WEIR_HC_LAST		0x10f

/* WEIR_HC_QUERY */
#define WEIR_FEATURE_ABI_REVISION	0
#define WEIR_FEATURE_HYPERCALLS		1 /* highest number known */
#define WEIR_FEATURE_REGULATORS		2 /* bit n: regulator id n usable */
#define WEIR_FEATURE_SOURCES		3 /* bit n: counter source id n usable */
#define WEIR_FEATURE_CLOCK		4 /* 0 architected timer, 1 model time */
/*
 * Where in hypervisor memory the statistics page of CPU 0 is, those of the others
 * being image_header.percpu_size apart: abi/statistics.h. Root only.
 */
#define WEIR_FEATURE_STATISTICS		5
#define WEIR_ABI_REVISION		1

/* Why a cell or one of its CPUs is parked. */
enum park_reason {
	PARK_NONE = 0,
	PARK_REQUESTED = 1,	/* CPU_OFF, shutdown */
	PARK_MEMORY_ACCESS = 2,	/* to nothing the cell owns */
	PARK_MMIO_REFUSED = 3,	/* moderated region, wrong width or alignment */
	PARK_SYSTEM_REGISTER = 4,
	PARK_UNKNOWN_EXIT = 5,
	PARK_HYPERCALL = 6,	/* unknown HVC immediate */
	PARK_SERROR = 7,
	PARK_GUEST_ABORT = 8,	/* instruction abort at stage 2 */
	PARK_IRQ_CHIP = 9,
	PARK_IO_PORT = 10,	/* x86; the report's address is the port */
	PARK_TRIPLE_FAULT = 11,	/* x86 */
	PARK_EXCEPTION_STORM = 12, /* x86: nothing but exceptions is made */
};

/* WEIR_HC_CELL_REPORT: caller fills size and cell_id. */
struct cell_report {
	uint32_t size;
	uint32_t cell_id;
	uint32_t state;		/* enum cell_state */
	uint32_t failed_cpu;	/* first CPU that was parked for a fault */
	uint32_t reason;	/* enum park_reason */
	uint32_t reserved;
	uint64_t address;	/* of the access, guest physical; or 0 */
	uint64_t pc;		/* guest program counter at the fault */
	uint64_t syndrome;	/* ESR_EL2, or exit qualification */
	char text[128];		/* one line for a person */
} ABI_PACKED;
ABI_SIZE(struct cell_report, 176);

/* WEIR_HC_LAST_REASON: why the caller's last management call was refused. */
struct reason_report {
	uint32_t size;
	int32_t error;		/* negative errno of that call, or 0 */
	char text[128];
} ABI_PACKED;
ABI_SIZE(struct reason_report, 136);

/*
 * WEIR_HC_TRAFFIC: caller fills size. Lines that the memory controllers of the
 * whole machine have moved since it was first asked, devices included; for the root
 * and for cells that may regulate others.
 */
struct traffic_report {
	uint32_t size;
	uint32_t line_bytes;
	uint64_t read_lines;
	uint64_t write_lines;
	uint64_t now_ns;	/* the hypervisor's clock */
} ABI_PACKED;
ABI_SIZE(struct traffic_report, 32);

/*
 * WEIR_HC_COUNTERS: caller fills size and first_cpu. What CPUs have counted, as
 * their statistics pages show it (abi/statistics.h): each CPU reads its own counter,
 * whenever the hypervisor has it anyway. Counts begin anew with the CPU's cell.
 * For the root and for cells that may regulate others.
 */
#define COUNTERS_MAX_CPUS	16u

struct counters_cpu {
	uint32_t cell_id;	/* or STATISTICS_NO_CELL */
	uint32_t line_bytes;	/* 0: nothing is counted */
	uint64_t read_lines;
	uint64_t written_lines;
	uint64_t seen_ns;	/* the hypervisor's clock, as of when at least */
} ABI_PACKED;
ABI_SIZE(struct counters_cpu, 32);

struct counters_report {
	uint32_t size;
	uint32_t first_cpu;	/* logical number */
	uint32_t cpus_count;	/* of cpu[] that are filled, from it on */
	uint32_t reserved;
	struct counters_cpu cpu[COUNTERS_MAX_CPUS];
} ABI_PACKED;
ABI_SIZE(struct counters_report, 16 + 16 * 32);

/* WEIR_HC_COLORS: caller fills size and cell_id; the rest is the answer. */
struct color_report {
	uint32_t size;
	uint32_t cell_id;
	uint32_t llc_sets;	/* of the cache that is colored; or 0 */
	uint16_t llc_ways;
	uint16_t llc_line_bytes;
	uint32_t colors_count;	/* 0: nothing is colored on this machine */
	uint32_t llc_colors_count; /* the rest of them are DRAM banks */
	uint64_t functions[7];	/* address bits whose parity is bit n of a color */
	uint64_t colors[2];	/* of the cell; 0: it is not colored */
	uint64_t hypervisor[2];	/* of the hypervisor; 0: it has none of its own */
	uint64_t shared[2];	/* of memory that cells share with the root */
} ABI_PACKED;
ABI_SIZE(struct color_report, 128);

/* color_request.flags */
#define COLOR_REQUEST_CHECK		0x1u	/* find out whether it could */
#define COLOR_REQUEST_LOOK		0x2u	/* only fill the answer */

/*
 * WEIR_HC_COLORS_SET: the root cell shall have these colors from now on; all bits of
 * those that exist, or none at all: all colors. Its memory moves in the calls of
 * WEIR_HC_COLORS_STEP that follow, a few pages in each. In the answer `colors` are
 * those that it goes to, or with COLOR_REQUEST_LOOK those that it has: until the
 * last page is where it shall be, those of before.
 */
struct color_request {
	uint32_t size;
	uint32_t cell_id;	/* 0: the root cell */
	uint32_t flags;		/* COLOR_REQUEST_* */
	uint32_t reserved;	/* 0 */
	uint64_t colors[2];
	/* answer */
	uint64_t left_bytes;	/* to look at; 0: nothing is under way */
	uint64_t span_bytes;	/* from the first to the last page */
	uint64_t moved_bytes;	/* since the beginning */
	uint64_t took_ns;	/* from the beginning to the end, or to now */
	uint64_t longest_ns;	/* that a call took, and so pages were away */
	uint64_t waits;		/* accesses that waited for it, since then */
} ABI_PACKED;
ABI_SIZE(struct color_request, 80);

/* WEIR_HC_COLORS_STEP */
/* Go back; or, if so, on again. Nothing when all has been moved. */
#define COLOR_STEP_TURN			0x1u

/* comm_region.cell_state, written by the cell */
enum cell_state {
	CELL_RUNNING = 0,
	CELL_RUNNING_LOCKED = 1,
	CELL_SHUT_DOWN = 2,
	CELL_FAILED = 3,
	CELL_FAILED_COMM_REV = 4,
};

/* comm_region.msg_to_cell */
#define MSG_NONE			0
#define MSG_SHUTDOWN_REQUEST		1
#define MSG_RECONFIG_COMPLETED		2
/* comm_region.reply_from_cell */
#define REPLY_NONE			0
#define REPLY_UNKNOWN			1
#define REPLY_DENIED			2
#define REPLY_APPROVED			3
#define REPLY_RECEIVED			4

#define COMM_REGION_SIGNATURE		"JHCOMM"
#define COMM_REGION_REVISION		2
/* comm_region.flags */
#define COMM_PUTC_PERMITTED		0x1u
#define COMM_PUTC_ACTIVE		0x2u

struct comm_region_head {
	char signature[6];
	uint16_t revision;
	volatile uint32_t cell_state;
	volatile uint32_t msg_to_cell;
	volatile uint32_t reply_from_cell;
	uint32_t flags;
	struct console_desc console;
	uint64_t pci_mmconfig_base;
} ABI_PACKED;
ABI_SIZE(struct comm_region_head, 64);
ABI_OFFSET(struct comm_region_head, cell_state, 8);
ABI_OFFSET(struct comm_region_head, console, 24);

struct comm_region_arm {
	struct comm_region_head head;
	uint8_t gic_version;
	uint8_t padding[7];
	uint64_t gicd_base;
	uint64_t gicc_base;
	uint64_t gicr_base;
	uint32_t vpci_irq_base;
} ABI_PACKED;
ABI_SIZE(struct comm_region_arm, 100);

struct comm_region_x86 {
	struct comm_region_head head;
	uint16_t pm_timer_address;
	uint16_t num_cpus;
	uint32_t tsc_khz;
	uint32_t apic_khz;
} ABI_PACKED;
ABI_SIZE(struct comm_region_x86, 76);

/*
 * The virtual console: a ring of the last characters, which the hypervisor
 * fills and the driver reads. `tail` counts every character ever written;
 * content[tail % CONSOLE_RING_BYTES] is the next to be overwritten.
 */
#define CONSOLE_RING_BYTES		2048u

struct console_ring {
	volatile uint32_t busy;
	volatile uint32_t tail;
	char content[CONSOLE_RING_BYTES];
} ABI_PACKED;
ABI_SIZE(struct console_ring, 2056);

#endif
