/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Cell and system configurations, revision 14.
 *
 * The layout is binary compatible with Jailhouse configuration revision 14, so
 * existing .cell blobs load unchanged. A blob is a descriptor followed, without
 * padding and in this order, by: CPU set bytes, memory regions, cache regions,
 * irqchips, port ranges, PCI devices, PCI capabilities, stream ids, and then
 * optionally the Weir block (abi/weir-config.h).
 *
 * Everything is little endian and packed. Addresses and sizes are in bytes.
 */
#ifndef ABI_CELL_CONFIG_H
#define ABI_CELL_CONFIG_H

#include "types.h"

#define CONFIG_REVISION			14
#define CONFIG_CELL_SIGNATURE		"JHCLL"
#define CONFIG_SYSTEM_SIGNATURE		"JHSYS"
#define CONFIG_SIGNATURE_BYTES		5
#define CONFIG_NAME_BYTES		32 /* including the terminating NUL */
#define CONFIG_MAX_BYTES		(16 * 4096u)

enum config_arch {
	CONFIG_ARCH_X86 = 0,
	CONFIG_ARCH_ARM = 1,
	CONFIG_ARCH_ARM64 = 2,
};

/* cell_desc.flags */
#define CELL_PASSIVE_COMMREG		0x00000001u
#define CELL_TEST_DEVICE		0x00000002u /* x86 only */
#define CELL_AARCH32			0x00000004u /* arm64 only */
#define CELL_VIRTUAL_CONSOLE_PERMITTED	0x40000000u
#define CELL_VIRTUAL_CONSOLE_ACTIVE	0x80000000u
#define CELL_FLAGS_KNOWN                                                      \
	(CELL_PASSIVE_COMMREG | CELL_TEST_DEVICE | CELL_AARCH32 |             \
	 CELL_VIRTUAL_CONSOLE_PERMITTED | CELL_VIRTUAL_CONSOLE_ACTIVE)

/* memory_region.flags */
#define MEM_READ			0x0001ull
#define MEM_WRITE			0x0002ull
#define MEM_EXECUTE			0x0004ull
#define MEM_DMA				0x0008ull
#define MEM_IO				0x0010ull
#define MEM_COMM_REGION			0x0020ull
#define MEM_LOADABLE			0x0040ull
#define MEM_ROOTSHARED			0x0080ull
#define MEM_NO_HUGEPAGES		0x0100ull
/* On pages of the cell's colors from phys_start on; a Weir record names them. */
#define MEM_COLORED			0x0200ull
#define MEM_IO_UNALIGNED		0x8000ull
#define MEM_IO_WIDTH_SHIFT		16
#define MEM_IO_8			(1ull << MEM_IO_WIDTH_SHIFT)
#define MEM_IO_16			(2ull << MEM_IO_WIDTH_SHIFT)
#define MEM_IO_32			(4ull << MEM_IO_WIDTH_SHIFT)
#define MEM_IO_64			(8ull << MEM_IO_WIDTH_SHIFT)
#define MEM_FLAGS_KNOWN                                                       \
	(MEM_READ | MEM_WRITE | MEM_EXECUTE | MEM_DMA | MEM_IO |              \
	 MEM_COMM_REGION | MEM_LOADABLE | MEM_ROOTSHARED | MEM_NO_HUGEPAGES | \
	 MEM_COLORED | MEM_IO_UNALIGNED | MEM_IO_8 | MEM_IO_16 |              \
	 MEM_IO_32 | MEM_IO_64)

struct memory_region {
	uint64_t phys_start;
	uint64_t virt_start;
	uint64_t size;
	uint64_t flags;
} ABI_PACKED;
ABI_SIZE(struct memory_region, 32);

/* cache_region.type */
#define CACHE_L3_CODE			1
#define CACHE_L3_DATA			2
#define CACHE_L3			3
/* cache_region.flags */
#define CACHE_ROOTSHARED		1

struct cache_region {
	uint32_t start;		/* first bit of the way mask */
	uint32_t size;		/* bits */
	uint8_t type;
	uint8_t padding;
	uint16_t flags;
} ABI_PACKED;
ABI_SIZE(struct cache_region, 12);

struct irqchip {
	uint64_t address;
	uint32_t id;
	uint32_t pin_base;	/* arm64: INTID of bit 0, from 32 */
	uint32_t pin_bitmap[4];
} ABI_PACKED;
ABI_SIZE(struct irqchip, 32);

struct pio_region {
	uint16_t base;
	uint16_t length;
} ABI_PACKED;
ABI_SIZE(struct pio_region, 4);

/* pci_device.type */
#define PCI_TYPE_DEVICE			1
#define PCI_TYPE_BRIDGE			2
#define PCI_TYPE_IVSHMEM		3

struct pci_device {
	uint8_t type;
	uint8_t iommu;
	uint16_t domain;
	uint16_t bdf;
	uint32_t bar_mask[6];
	uint16_t caps_start;
	uint16_t num_caps;
	uint8_t num_msi_vectors;
	uint8_t msi_bits;	/* bit 0: 64-bit addresses, bit 1: maskable */
	uint16_t num_msix_vectors;
	uint16_t msix_region_size;
	uint64_t msix_address;
	uint32_t shmem_regions_start;
	uint8_t shmem_dev_id;
	uint8_t shmem_peers;
	uint16_t shmem_protocol;
} ABI_PACKED;
ABI_SIZE(struct pci_device, 56);
ABI_OFFSET(struct pci_device, caps_start, 30);
ABI_OFFSET(struct pci_device, msix_address, 40);
ABI_OFFSET(struct pci_device, shmem_protocol, 54);

#define PCI_CAP_EXTENDED		0x8000 /* in pci_capability.id */
#define PCI_CAP_WRITABLE		1      /* in pci_capability.flags */

struct pci_capability {
	uint16_t id;
	uint16_t start;
	uint16_t len;
	uint16_t flags;
} ABI_PACKED;
ABI_SIZE(struct pci_capability, 8);

union stream_id {
	uint32_t id;		/* SMMUv3 */
	struct {
		uint16_t id;
		uint16_t mask_out;
	} mmu500;
} ABI_PACKED;
ABI_SIZE(union stream_id, 4);

/* console_desc.type */
enum console_type {
	CONSOLE_NONE = 0,
	CONSOLE_EFIFB = 1,
	CONSOLE_8250 = 2,
	CONSOLE_PL011 = 3,
	CONSOLE_XILINX_PS = 4,
	CONSOLE_MVEBU = 5,
	CONSOLE_HSCIF = 6,
	CONSOLE_SCIFA = 7,
	CONSOLE_IMX = 8,
	CONSOLE_LPUART = 9,
	CONSOLE_SCIF = 10,
};

/* console_desc.flags */
#define CONSOLE_MMIO			0x0001
#define CONSOLE_REGDIST_4		0x0002
#define CONSOLE_FB_1920			0x0004
#define CONSOLE_INVERTED_GATE		0x1000
#define CONSOLE_MDR_QUIRK		0x2000

struct console_desc {
	uint64_t address;
	uint32_t size;
	uint16_t type;
	uint16_t flags;
	uint32_t divider;	/* 0: do not initialise */
	uint32_t gate_nr;
	uint64_t clock_reg;
} ABI_PACKED;
ABI_SIZE(struct console_desc, 32);

struct cell_desc {
	char signature[CONFIG_SIGNATURE_BYTES];
	uint8_t architecture;
	uint16_t revision;
	char name[CONFIG_NAME_BYTES];
	uint32_t id;		/* 0 is the root cell */
	uint32_t flags;
	uint32_t cpu_set_size;	/* bytes, a multiple of 8 */
	uint32_t num_memory_regions;
	uint32_t num_cache_regions;
	uint32_t num_irqchips;
	uint32_t num_pio_regions;
	uint32_t num_pci_devices;
	uint32_t num_pci_caps;
	uint32_t num_stream_ids;
	uint32_t vpci_irq_base;
	uint64_t cpu_reset_address;
	uint64_t msg_reply_timeout; /* see weir-config.h; 0 waits for ever */
	struct console_desc console;
} ABI_PACKED;
ABI_SIZE(struct cell_desc, 132);
ABI_OFFSET(struct cell_desc, id, 40);
ABI_OFFSET(struct cell_desc, vpci_irq_base, 80);
ABI_OFFSET(struct cell_desc, cpu_reset_address, 84);
ABI_OFFSET(struct cell_desc, msg_reply_timeout, 92);
ABI_OFFSET(struct cell_desc, console, 100);

/* iommu_unit.type */
#define IOMMU_AMD			1
#define IOMMU_INTEL			2
#define IOMMU_SMMUV3			3
#define IOMMU_PVU			4
#define IOMMU_MMU500			5

struct iommu_unit {
	uint32_t type;
	uint64_t base;
	uint32_t size;
	uint8_t specific[12];
} ABI_PACKED;
ABI_SIZE(struct iommu_unit, 28);

#define CONFIG_MAX_IOMMU_UNITS		8

struct platform_arm {
	uint8_t maintenance_irq;
	uint8_t gic_version;
	uint8_t padding[2];
	uint64_t gicd_base;
	uint64_t gicc_base;
	uint64_t gich_base;
	uint64_t gicv_base;
	uint64_t gicr_base;
} ABI_PACKED;
ABI_SIZE(struct platform_arm, 44);

struct platform_x86 {
	uint16_t pm_timer_address;
	uint8_t apic_mode;	/* 0 auto, 1 xAPIC, 2 x2APIC */
	uint8_t padding;
	uint32_t vtd_interrupt_limit;
	uint32_t tsc_khz;
	uint32_t apic_khz;
} ABI_PACKED;
ABI_SIZE(struct platform_x86, 16);

struct platform_info {
	uint64_t pci_mmconfig_base;
	uint8_t pci_mmconfig_end_bus;
	uint8_t pci_is_virtual;
	uint16_t pci_domain;
	struct iommu_unit iommu_units[CONFIG_MAX_IOMMU_UNITS];
	union {
		struct platform_arm arm;
		struct platform_x86 x86;
	};
} ABI_PACKED;
ABI_SIZE(struct platform_info, 280);

/* system_desc.flags */
#define SYSTEM_VIRTUAL_DEBUG_CONSOLE	0x0001u

struct system_desc {
	char signature[CONFIG_SIGNATURE_BYTES];
	uint8_t architecture;
	uint16_t revision;
	uint32_t flags;
	struct memory_region hypervisor_memory; /* phys_start and size only */
	struct console_desc debug_console;
	struct platform_info platform;
	struct cell_desc root_cell;
} ABI_PACKED;
ABI_SIZE(struct system_desc, 488);
ABI_OFFSET(struct system_desc, hypervisor_memory, 12);
ABI_OFFSET(struct system_desc, debug_console, 44);
ABI_OFFSET(struct system_desc, platform, 76);
ABI_OFFSET(struct system_desc, root_cell, 356);

#endif
