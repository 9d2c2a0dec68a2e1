/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the validator share. */
#ifndef CONFIG_INTERNAL_H
#define CONFIG_INTERNAL_H

#include "hv/config-check.h"

/* A descriptor under check. */
struct config_subject {
	struct config_view view;
	enum config_arch arch;
	bool is_root;
	struct reason *reason;
};

/* Addresses are below this. */
#define CONFIG_ADDRESS_BITS	48

/* True when [a, a + a_size) and [b, b + b_size) meet; sums do not overflow. */
static inline bool ranges_meet(uint64_t a, uint64_t a_size, uint64_t b,
			       uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

static inline bool range_fits(uint64_t start, uint64_t size)
{
	uint64_t limit = 1ull << CONFIG_ADDRESS_BITS;

	return start <= limit && size <= limit - start;
}

int config_check_memory(const struct config_subject *subject);
/* Regions against the colors that the block behind them asks for. */
int config_check_colors(const struct config_subject *subject);
int config_check_devices(const struct config_subject *subject);
int config_check_console(const struct console_desc *console,
			 struct reason *reason);
/* Memory of the root cell against what nobody may have. */
int config_check_root(const struct system_desc *system,
		      const struct config_view *root, struct reason *reason);
/* `size`: what is left of the blob behind the arrays. */
int config_check_block(const struct config_subject *subject, size_t size);

/* One record of IOMMUs; the n-th of all records. */
int config_check_iommu(const struct config_subject *subject,
		       const struct weir_record *record, unsigned int n);
/* A record of critical interrupts; the n-th of all records. */
int config_check_critical(const struct config_subject *subject,
			  const struct weir_record *record, unsigned int n);
/* A stream of the cell is the root's, and no other cell has it. */
int config_check_streams(const struct system_desc *system,
			 const struct config_view *cell,
			 const struct config_view *other, bool is_root,
			 struct reason *reason);
/* The unit whose registers meet [start, start + size), or NULL. */
const struct iommu_unit *config_smmu_within(const struct system_desc *system,
					    uint64_t start, uint64_t size);
/* Devices are held to their cells, or the configuration says that they are not. */
int config_check_isolation(const struct system_desc *system,
			   const struct config_view *root,
			   enum config_arch arch, struct reason *reason);

/* The root's memory whose colors can change, and the record that says so. */
int config_check_root_colors(const struct system_desc *system,
			     const struct config_view *root,
			     struct reason *reason);
/* Records of shared colors against the regions they name. */
int config_check_shared(const struct config_subject *subject);
/* Shared regions of the root, when its colors are known; `memsys` as below. */
int config_check_shared_root(const struct system_desc *system,
			     const struct config_view *root, uint64_t memsys,
			     struct reason *reason);
/* Shared region n of a cell is one of the root's, to the page. */
int config_check_sharing(const struct config_view *root,
			 const struct config_view *cell, uint32_t n,
			 struct reason *reason);
/* -EBUSY when the root shares one of the colors. */
int config_check_not_shared(const struct color_set *colors,
			    const struct config_view *root,
			    struct reason *reason);

/* The hypervisor's colors exist, and the root's are others. */
int config_check_own_colors(const struct config_view *root,
			    struct reason *reason);
/* -EBUSY when the hypervisor has one of the colors. */
int config_check_not_own(const struct color_set *colors,
			 const struct config_view *root, struct reason *reason);
/* What the root's regions cover of physical memory, for others to have. */
uint64_t config_root_extent(const struct config_view *root,
			    const struct memory_region *region);

/* As config_geometry(), of a record. */
int config_geometry_of(const struct weir_record_coloring *record,
		       struct color_geometry *geometry, struct reason *reason);

/* What a cell's regions are checked with beside others. */
struct config_beside {
	const struct config_view *root;
	uint64_t memsys;	/* page of the memory-system model; 0: none */
	bool geometry_known;
	struct color_geometry geometry;
	struct color_set colors; /* of the cell */
};

/* Devices of a colored cell find its pages by an IOMMU or SMMU, or there are none. */
int config_check_colored_devices(const struct system_desc *system,
				 const struct config_view *root,
				 const struct config_view *cell,
				 struct reason *reason);
/* The colors of the cell beside the others, into `beside`. */
int config_check_palette(struct config_beside *beside,
			 const struct config_view *cell,
			 const struct config_view *const *others,
			 unsigned int others_count, struct reason *reason);
/* -EBUSY when the other one has one of the colors. */
int config_check_overlap(const struct color_set *colors,
			 const struct color_set *theirs,
			 const struct config_view *other,
			 struct reason *reason);
/*
 * Whether pages of a region meet [start, start + size). When it is colored, of
 * a cell with these colors; while the geometry is not known, as if it were not.
 */
bool config_region_meets(const struct config_beside *beside,
			 const struct color_set *colors,
			 const struct memory_region *region, uint64_t start,
			 uint64_t size);
/* A region of the cell against the pages that the root has. */
int config_check_root_pages(const struct config_beside *beside,
			    const struct memory_region *region, uint32_t n,
			    struct reason *reason);
/* A colored region with the span of its pages as its size. */
int config_region_span(const struct config_beside *beside,
		       const struct memory_region *region, uint32_t n,
		       struct memory_region *span, struct reason *reason);

/* Any other region of the cell against what the root shares on colors. */
int config_check_beside_shared(const struct config_beside *beside,
			       const struct memory_region *region, uint32_t n,
			       struct reason *reason);
/* A region's pages against the hypervisor's and the memory-system page. */
int config_check_reserved(const struct system_desc *system,
			  const struct config_beside *beside,
			  const struct memory_region *region, uint32_t n,
			  struct reason *reason);
/* Colored pages are RAM of the root from the first to the last. */
int config_check_span(const struct config_beside *beside,
		      const struct memory_region *region, uint32_t n,
		      struct reason *reason);

#endif
