# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A guest makes every call with arguments that could do harm: root, neighbour
# and hypervisor are as before. One with the permission to regulate does just
# that. $1 is the system configuration.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir

# settings CELL: what is asked for and in force, and how often it changed.
settings() {
	regctl status "$1" --json | grep -E '^ {6}"(requested_|effective_|period_ns|mode|source|regulator|generation|reloads|refusals|state|cpus)' |
		grep -v effective_ns
}

# ends CELL: the guest ends well, within 60 s; nothing is printed meanwhile.
ends() {
	for _ in $(seq 600); do
		read -r ends_state <"$sys/cells/$1/state"
		[ "$ends_state" = running ] || break
		sleep 0.1
	done
	[ "$ends_state" = "shut down" ] || {
		echo "cell $1 is $ends_state"
		return 1
	}
}

# probed: interrupts the neighbour has taken. It prints nothing: that would break
# the lines of results in two.
probed() {
	cat $sys/cells/3/statistics/vmexits_virt_irq
}

budget_of() {
	regctl status "$1" --json |
		sed -n 's/^ *"requested_bytes_per_s": \([a-z0-9]*\),/\1/p'
}

insmod /lib/modules/weir.ko
ok "enable" regctl enable "$cells/$1.cell"
used=$(cat $sys/mem_pool_used)
ok "create the neighbour" regctl cell create $cells/jitter.cell
ok "it runs" run_guest jitter jitter "period=1ms report=1000000"
ok "create the hostile cell" regctl cell create $cells/hostile-cell.cell
ok "the root has a budget" regctl set root --budget 3GB/s --period 2ms
ok "the neighbour too" regctl set jitter --budget 2GB/s
settings root >/tmp/root
settings jitter >/tmp/jitter
settings hostile | grep -v state >/tmp/hostile
ok "there are settings to compare" [ "$(wc -l </tmp/root)" -ge 8 ]
pool=$(cat $sys/mem_pool_used)
remap=$(cat $sys/remap_pool_used)

# --- every call ---
ok "start" run_guest hostile hostile "mode=all rounds=3000 own=13 cpu=1 other=3"
ok "the guest ends" ends 13
says "every answer was as it must be" '^hostile: [0-9]{4,} calls, 0 wrong$' \
	sh -c 'regctl console | tail -n 30'
regctl console | grep '^hostile:' | sed 's/^/# /'
settings root >/tmp/root.after
settings jitter >/tmp/jitter.after
settings hostile | grep -v state >/tmp/hostile.after
for cell in root jitter hostile; do
	ok "settings of $cell are as before" diff /tmp/$cell /tmp/$cell.after
done
is "no page was taken" "$(cat $sys/mem_pool_used)" "$pool"
is "nor mapped" "$(cat $sys/remap_pool_used)" "$remap"
says "the neighbour runs" 'jitter +running' regctl cell list
before=$(probed)
sleep 0.3
ok "and probes" [ "$(probed)" -gt "$before" ]
ok "the root can set" regctl set hostile --budget 1GB/s

# --- characters as fast as they go ---
# Results wait until it is over: what a guest prints breaks lines in two.
run_guest hostile hostile "mode=flood count=60000" >/tmp/start 2>&1
started=$?
calls=0
while read -r state <$sys/cells/13/state && [ "$state" = running ]; do
	read -r _ <$sys/mem_pool_used
	calls=$((calls + 1))
	usleep 1000
done
is "flood: it started" "$started $(cat /tmp/start)" "0 "
is "flood: it ends well" "$state" "shut down"
ok "flood: the root's calls were answered ($calls)" [ $calls -ge 5 ]
regctl console | tail -n 20 >/tmp/console
flood=$(sed -n 's/^hostile: \([0-9]* taken, [0-9]*\) .*/\1/p' /tmp/console)
ok "flood: some were too fast (${flood:-none})" [ "${flood##* }" -gt 0 ]
ok "flood: some were taken" [ "${flood%% *}" -gt 0 ]
before=$(probed)
sleep 0.3
ok "flood: the neighbour probes" [ "$(probed)" -gt "$before" ]
ok "destroy it" regctl cell destroy hostile

# --- with the permission to regulate ---
ok "create the steward" regctl cell create $cells/steward-cell.cell
generation=$(cat $sys/cells/0/generation)
ok "start it" run_guest steward hostile "mode=steward own=14 cpu=1 other=3"
ok "it ends" ends 14
says "it may just what it may" '^hostile: [0-9]+ calls, 0 wrong$' \
	sh -c 'regctl console | tail -n 30'
regctl console | grep '^hostile:' | sed 's/^/# /'
is "the root's budget is what it said" "$(budget_of root)" 800000000
is "in one reload" "$(cat $sys/cells/0/generation)" $((generation + 1))
is "the neighbour's too" "$(budget_of jitter)" 900000000
is "its own is none" "$(budget_of steward)" null
ok "the root takes it back" regctl unset root --budget
ok "destroy the steward" regctl cell destroy steward
ok "destroy the neighbour" regctl cell destroy jitter
is "no page is lost" "$(cat $sys/mem_pool_used)" "$used"
is "all CPUs are back" "$(nproc)" 4
ok "disable" regctl disable
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
