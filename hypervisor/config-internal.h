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
int config_check_devices(const struct config_subject *subject);
int config_check_console(const struct console_desc *console,
			 struct reason *reason);
/* Memory of the root cell against what nobody may have. */
int config_check_root(const struct system_desc *system,
		      const struct config_view *root, struct reason *reason);
/* `size`: what is left of the blob behind the arrays. */
int config_check_block(const struct config_subject *subject, size_t size);

#endif
