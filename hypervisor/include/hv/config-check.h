/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The validator of configurations: one piece of C for hypervisor and tools.
 *
 * Pure: reads the blob, writes the reason. Every size, count and offset is
 * checked before use; nothing outside [blob, blob + size) is touched.
 */
#ifndef HV_CONFIG_CHECK_H
#define HV_CONFIG_CHECK_H

#include "abi/cell-config.h"
#include "abi/weir-config.h"
#include "coloring/coloring.h"
#include "reason.h"
#include "types.h"

/* Where the arrays of a checked descriptor are. */
struct config_view {
	const struct cell_desc *desc;
	const uint8_t *cpu_set;
	const struct memory_region *memory;
	const struct cache_region *cache;
	const struct irqchip *irqchips;
	const struct pio_region *pio;
	const struct pci_device *pci;
	const struct pci_capability *caps;
	const union stream_id *streams;
	const struct weir_block *weir;	/* NULL when there is none */
	size_t size;			/* of descriptor, arrays and block */
};

/* Of a descriptor that has passed a check. */
void config_view_init(struct config_view *view, const struct cell_desc *desc,
		      size_t size);
/* Bytes of a descriptor and its arrays, as its counts say; nothing checked. */
uint64_t config_bytes(const struct cell_desc *desc);
uint64_t config_cpus(const struct config_view *view);
/* The n-th record of a type, or NULL. */
const struct weir_record *config_record(const struct config_view *view,
					enum weir_record_type type,
					unsigned int n);

/* What an x86 system says about IOMMUs. */
enum config_iommu {
	CONFIG_IOMMU_UNSAID,	/* refused there, the rule elsewhere */
	CONFIG_IOMMU_NONE,
	CONFIG_IOMMU_UNITS,
};

enum config_iommu config_iommu(const struct system_desc *system,
			       const struct config_view *root);
/* The n-th unit of a checked system, as a record would say it; or false. */
bool config_iommu_unit(const struct system_desc *system,
		       const struct config_view *root, unsigned int n,
		       struct weir_record_iommu *unit);

/*
 * -ENODEV with the first unit, in words, that a checked system describes and
 * nothing here drives: devices behind it are not held.
 */
int config_check_driven(const struct system_desc *system,
			struct reason *reason);

/* The n-th SMMUv3 of a checked arm64 system; NULL: there are no more. */
const struct iommu_unit *config_smmu(const struct system_desc *system,
				     unsigned int n);

/* A system configuration by itself. */
int config_check_system(const void *blob, size_t size, enum config_arch arch,
			struct reason *reason);

/* A cell configuration by itself. */
int config_check_cell(const void *blob, size_t size, enum config_arch arch,
		      struct reason *reason);

/*
 * A checked cell against a checked system and the cells that exist already:
 * name, id, CPUs, memory overlaps with the hypervisor, the memory-system page
 * and other cells (regions both sides mark ROOTSHARED, comm regions and
 * ivshmem sections excepted), regions the root does not own, interrupts.
 */
int config_check_together(const struct system_desc *system, size_t system_size,
			  const struct config_view *cell,
			  const struct config_view *const *others,
			  unsigned int others_count, struct reason *reason);

/*
 * What a checked system says about colors. -ENODATA: nothing; -EAGAIN: the
 * machine has to be asked for its cache, and config_settle_cache() told.
 */
int config_geometry(const struct config_view *root,
		    struct color_geometry *geometry, struct reason *reason);
void config_settle_cache(struct config_view *root,
			 const struct color_cache *cache);

/* What could not be checked of a checked system before the machine was asked. */
int config_check_settled(const struct system_desc *system,
			 const struct config_view *root, struct reason *reason);

/* Pages of colors that several have: struct weir_record_shared_colors. */
static inline bool config_is_shared_colored(const struct memory_region *region)
{
	const uint64_t both = MEM_COLORED | MEM_ROOTSHARED;

	return (region->flags & both) == both;
}

/* Of such a region of the view; none of others. */
struct color_set config_shared_colors(const struct config_view *view,
				      const struct memory_region *region);
/* Of all such regions of the root: no cell has them alone. */
struct color_set config_all_shared_colors(const struct config_view *root);
/* Where a checked root has what is such a region of a checked cell; else NULL. */
const struct memory_region *
config_shared_of_root(const struct config_view *root,
		      const struct memory_region *region);

/* Colors of the hypervisor itself in a checked system; empty: any. */
struct color_set config_own_colors(const struct config_view *root);

bool config_is_colored(const struct config_view *cell);
/* The list of a checked cell; empty when it has none or is not colored. */
struct color_set config_colors(const struct config_view *cell);
/*
 * The colors that a cell gets beside the root and the others, whose colors are
 * settled. Colored ones only; with a reason when there are not enough.
 */
int config_choose_colors(const struct config_view *cell,
			 const struct config_view *root,
			 const struct color_geometry *geometry,
			 const struct config_view *const *others,
			 unsigned int others_count, struct color_set *colors,
			 struct reason *reason);
/* From now on the cell asks for just these. The blob is the caller's own. */
void config_settle_colors(struct config_view *cell,
			  const struct color_set *colors);
/* A colored region, with settled colors. */
struct colored config_colored(const struct color_geometry *geometry,
			      const struct color_set *colors,
			      const struct memory_region *region);

/* Memory of the root cell whose colors can change. */
struct config_root_colors {
	const struct memory_region *region;
	uint64_t span_bytes;
	uint64_t window_address;
	struct color_set set;		/* empty: all colors */
};

/* False when a checked system has none. */
bool config_root_colors(const struct config_view *root,
			struct config_root_colors *colors);
/* From now on the root has these; empty: all. The blob is the caller's own. */
void config_settle_root_colors(struct config_view *root,
			       const struct color_set *colors);
/* Where that memory is on these colors; empty: on all. */
struct colored config_root_memory(const struct config_root_colors *root,
				  const struct color_geometry *geometry,
				  const struct color_set *set);
/*
 * Whether the root's memory can go to the colors of `set`, the way it is beside
 * cells whose colors are settled: they exist, the span suffices, nobody has
 * them, no page is anybody's.
 */
int config_check_root_move(const struct config_view *root,
			   const struct color_geometry *geometry,
			   const struct color_set *set,
			   const struct config_view *const *cells,
			   unsigned int cells_count, struct reason *reason);

#endif
