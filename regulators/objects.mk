# SPDX-License-Identifier: GPL-2.0-only
objs-hv-y += registry.o budget.o pool.o memguard.o credit.o bucket.o mempol.o throttle.o burst.o cat.o mba.o
objs-fake-y += registry.o budget.o pool.o memguard.o credit.o bucket.o mempol.o throttle.o burst.o cat.o mba.o

memguard-sim-objs := tests/sim/linesim.o tests/sim/bounds.o tests/sim/checks.o \
	$(addprefix $(d),registry.o budget.o pool.o memguard.o)

tests-unit-y += test_budget test_memguard test_memguard_reload test_memguard_short
tests-unit-y += test_memguard_chaos
tests-unit-y += test_memguard_modes
test_budget-objs := $(d)budget.o $(d)pool.o
test_memguard-objs := $(memguard-sim-objs)
test_memguard_reload-objs := $(memguard-sim-objs) $(addprefix $(d),credit.o bucket.o \
	mempol.o)
test_memguard_short-objs := $(memguard-sim-objs)
test_memguard_chaos-objs := $(memguard-sim-objs) tests/sim/ledger.o \
	tests/sim/chaos.o tests/sim/handover.o $(addprefix $(d),credit.o bucket.o mempol.o)
test_memguard_modes-objs := $(memguard-sim-objs)

# The tick and the platform clock, whose tests name the functions they replace.
tests-wrap-y += test_tick
test_tick-objs := hypervisor/tick.o hypervisor/clock.o
test_tick-wrap := arch_timer_hz arch_timer_now arch_timer_arm \
	arch_timer_disarm arch_timer_rearm arch_cpu_wait regulation_period \
	regulation_poll regulation_throttle regulation_burst \
	regulation_watch

tests-wrap-y += test_heartbeat
test_heartbeat-objs := hypervisor/memsys.o hypervisor/clock.o
test_heartbeat-wrap := hv_map hv_unmap this_cpu arch_cpu_relax arch_cpu_wait \
	arch_timer_hz arch_timer_now arch_timer_arm arch_timer_disarm \
	tick_run regulation_alarmed regulation_alarm regulation_cpu_resume

tests-unit-y += test_regulation
test_regulation-objs := tests/sim/lines.o tests/unit/blobs.o \
	tests/unit/cells.o $(d)memguard.o
tests-unit-y += test_stall test_critical
test_stall-objs := $(test_regulation-objs)
tests-unit-y += test_throttle test_control test_control_life
test_control-objs := $(test_regulation-objs) tests/unit/controllers.o \
	$(addprefix $(d),throttle.o burst.o)
test_control_life-objs := $(test_control-objs)
test_critical-objs := $(test_regulation-objs) $(d)throttle.o
test_throttle-objs := $(test_regulation-objs) $(d)throttle.o
tests-unit-y += test_regulation_life
test_regulation_life-objs := $(test_regulation-objs) $(d)throttle.o
tests-unit-y += test_bucket test_bucket_short
test_bucket-objs := $(memguard-sim-objs) $(addprefix $(d),credit.o bucket.o)
test_bucket_short-objs := $(test_bucket-objs)
tests-unit-y += test_mempol
test_mempol-objs := $(memguard-sim-objs) $(addprefix $(d),credit.o bucket.o mempol.o)
tests-unit-y += test_turns
test_turns-objs := $(test_regulation-objs) $(d)throttle.o
tests-unit-y += test_mempol_cell
test_mempol_cell-objs := $(test_regulation-objs) $(addprefix $(d),bucket.o mempol.o \
	throttle.o burst.o)
tests-unit-y += test_guarantee
test_guarantee-objs := $(test_regulation-objs)
tests-unit-y += test_memguard_lending
test_memguard_lending-objs := $(memguard-sim-objs)
tests-unit-y += test_bucket_cell test_amend
test_bucket_cell-objs := $(test_regulation-objs) $(d)bucket.o
test_amend-objs := $(test_regulation-objs) $(addprefix $(d),bucket.o mempol.o)
tests-unit-y += test_burst
test_burst-objs := $(test_regulation-objs) $(addprefix $(d),throttle.o burst.o)
