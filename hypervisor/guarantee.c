/* SPDX-License-Identifier: GPL-2.0-only */
/* Guaranteed bandwidth: sums of promises against what a machine sustains. */
#include "hv/guarantee.h"

#include "hv/errno.h"
#include "hv/printk.h"

#define RATE_BYTES	32

struct guarantee guarantee_of(const struct reg_settings *settings)
{
	struct guarantee guarantee = { 0 };

	if (settings->class_ != REG_CLASS_GUARANTEED)
		return guarantee;
	guarantee.total = settings->budget_bytes_per_s;
	guarantee.writes = settings->write_budget_bytes_per_s;
	if (guarantee.writes > guarantee.total)
		guarantee.writes = guarantee.total;
	return guarantee;
}

/* In the largest decimal unit that leaves no rest. */
static const char *rate_text(char text[RATE_BYTES], uint64_t bytes_per_s)
{
	uint64_t divisor = 1;
	const char *unit = "B/s";

	if (bytes_per_s % 1000000 == 0) {
		divisor = 1000000;
		unit = "MB/s";
	} else if (bytes_per_s % 1000 == 0) {
		divisor = 1000;
		unit = "kB/s";
	}
	hv_snprintf(text, RATE_BYTES, "%llu %s",
		    (unsigned long long)(bytes_per_s / divisor), unit);
	return text;
}

static int sum_check(const char *what, uint64_t admitted, uint64_t asked,
		     uint64_t sustainable, struct reason *reason)
{
	char texts[3][RATE_BYTES];

	/* Admitted is never above it: the difference does not wrap. */
	if (sustainable == 0 || asked <= sustainable - admitted)
		return 0;
	return refuse(reason, -ENOSPC,
		      "guaranteed%s %s + %s asked > %s sustainable", what,
		      rate_text(texts[0], admitted), rate_text(texts[1], asked),
		      rate_text(texts[2], sustainable));
}

int guarantee_admit(const struct weir_record_bandwidth *record,
		    const struct guarantee *admitted,
		    const struct reg_settings *asked, struct reason *reason)
{
	struct guarantee more = guarantee_of(asked);
	int error;

	if (asked->class_ != REG_CLASS_GUARANTEED)
		return 0;
	if (more.total == REG_BUDGET_UNLIMITED || more.total == 0)
		return refuse(reason, -EINVAL,
			      "a guaranteed cell needs a budget that can be guaranteed");
	if (!record)
		return refuse(reason, -ENODEV,
			      "the system configuration does not say what bandwidth can be guaranteed");
	error = sum_check("", admitted->total, more.total,
			  record->sustainable_bytes_per_s, reason);
	if (!error)
		error = sum_check(" writes", admitted->writes, more.writes,
				  record->sustainable_write_bytes_per_s,
				  reason);
	return error;
}

struct reg_settings guarantee_policy(const struct config_view *view)
{
	const struct weir_record_policy *policy = (const void *)
		config_record(view, WEIR_RECORD_POLICY, 0);
	struct reg_settings settings = {
		.budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED,
	};

	if (!policy)
		return settings;
	if (policy->settings.valid & REG_SET_BUDGET)
		settings.budget_bytes_per_s =
			policy->settings.budget_bytes_per_s;
	if (policy->settings.valid & REG_SET_WRITE_BUDGET)
		settings.write_budget_bytes_per_s =
			policy->settings.write_budget_bytes_per_s;
	if (policy->settings.valid & REG_SET_CLASS)
		settings.class_ = policy->settings.class_;
	return settings;
}
