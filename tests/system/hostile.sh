# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A guest makes every call with arguments that could do harm: root, neighbour
# and hypervisor are as before. One with the permission to regulate does just
# that. One that may hold back a neighbour asks for it without end: what the root
# set is never loosened, and is in force again when it stops. $1 is the system
# configuration.
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
ok "destroy the steward" regctl cell destroy steward

# --- with the permission to hold back its neighbour, and no end to it ---
# status_of CELL KEY: a number, null, or a word.
status_of() {
	regctl status "$1" --json |
		awk -v key="\"$2\":" '$1 == key { sub(/,$/, "", $2); print $2; exit }'
}

# used CELL: bytes, and when that was
used() {
	regctl status "$1" --json | awk '
		$1 == "\"used_bytes\":" { used = $2 + 0 }
		$1 == "\"now_ns\":" { now = $2 + 0 }
		END { printf "%d %d\n", used, now }'
}

# in_force CELL: budget and permille of the time in force
in_force() {
	echo "$(status_of "$1" effective_bytes_per_s) $(status_of "$1" duty_permille |
		sed s,null,1000,)"
}

# claims: what the claimant may and may not is asked of it for a while. Prints the
# budgets in force on its neighbour, and whatever else has changed.
claims() {
	run_guest claimant claimant \
		"other=3 duty=100 budget=50000000 most=900000000 $1" || return 1
	for _ in $(seq 12); do
		echo "budget $(in_force jitter)"
		settings root | diff /tmp/root - >&2
		[ "$(budget_of jitter)" = 900000000 ] || echo "requested anew"
		usleep 20000
	done
}

# all_within: budgets from the floor of the permission to what the root set, shares
# of time from the floor to all of it, and not always the same.
all_within() {
	awk '$1 != "budget" || $2 < 50000000 || $2 > 900000000 ||
		$3 < 100 || $3 > 1000 { exit bad = 1 }
		!seen[$2 " " $3]++ { count++ }
		END { exit bad || NR < 12 || count < 2 }' "$1"
}

ok "create the claimant" regctl cell create $cells/claimant-cell.cell
ok "the neighbour moves all it may" run_guest jitter bomb "mode=read size=4M"
free=$(in_force jitter)
settings root >/tmp/root
generation=$(cat $sys/cells/3/generation)
used jitter >/tmp/used
claims seed=1 >/tmp/claims 2>/tmp/changes
used jitter >>/tmp/used
regctl status claimant --json >/tmp/claimant.status
regctl cell shutdown -q claimant
is "nothing is printed: no answer was wrong" \
	"$(regctl console | grep -c '^claimant:')" 0
ok "claims: budgets between the floor and the root's" all_within /tmp/claims
sort -u /tmp/claims | sed 's/^/# /'
is "claims: the root's settings hold" "$(cat /tmp/changes)" ""
rate=$(awk 'NR == 1 { u = $1; t = $2 } NR == 2 && $2 > t {
	printf "%d", ($1 - u) * 1000 / ($2 - t) }' /tmp/used)
ok "claims: it moves no more than the root allows ($rate MB/s of 900)" \
	[ "$rate" -gt 0 -a "$rate" -le 918 ]
for key in control_requests control_refusals control_limited; do
	count=$(awk -v key="\"$key\":" '$1 == key { print $2 + 0 }' \
		/tmp/claimant.status)
	ok "claims: $key is counted ($count)" [ "$count" -gt 0 ]
done
is "its stop releases everything" "$(in_force jitter)" "$free"
is "none of it is the root's setting" "$(cat $sys/cells/3/generation)" \
	"$generation"
claims seed=2 >/tmp/claims 2>/tmp/changes
ok "destroyed in the middle of it" regctl cell destroy claimant
ok "claims: within the same again" all_within /tmp/claims
is "releases everything too" "$(in_force jitter)" "$free"
ok "the root takes it back" regctl unset root --budget
ok "destroy the neighbour" regctl cell destroy jitter
is "no page is lost" "$(cat $sys/mem_pool_used)" "$used"
is "all CPUs are back" "$(nproc)" 4
ok "disable" regctl disable
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
