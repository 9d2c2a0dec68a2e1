# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Budgets on the real thing. $1: "model" for the memory-system model's counts,
# where the host looks at what the observer saw in the spans of time reported
# here; "pmu" for overflow interrupts, where the guest measures itself.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir/cells
# Read by span.
# shellcheck disable=SC2034
span_ns=60000000
# shellcheck disable=SC2034
edge_ns=5000000
hogs=

hog_start() {
	hog --idle --cpu "$1" --mode write --size 8 >/dev/null &
	hogs="$hogs $!"
}

refusals() {
	before=$(cat $sys/0/generation)
	fails 4 "less than a line per second" regctl set root --budget 63B/s
	says "the reason is told" 'less than a line' \
		regctl set root --budget 63B/s
	fails 4 "a root that could not go on" regctl set root --budget 0B/s
	fails 4 "nor write" regctl set root --write 0B/s
	fails 2 "more than a number holds" \
		regctl set root --budget 99999999999999999999GB/s
	fails 2 "a negative budget" regctl set root --budget -1MB/s
	fails 2 "a short period" regctl set root --period 19us
	fails 2 "a long period" regctl set root --period 1001ms
	says "the range is told" 'from 20us to 1s' \
		regctl set root --period 1001ms
	fails 2 "polls too often" regctl set root --poll 999ns
	fails 4 "polls too seldom" regctl set root --regulator mempol \
		--poll 30us --period 20us
	says "the two are told" 'every 30000 ns, in a period of 20000 ns' \
		regctl set root --regulator mempol --poll 30us --period 20us
	fails 2 "shares and a pool" regctl set root --per-cpu --pool
	fails 4 "no such cell" regctl set nobody --budget 1GB/s
	fails 4 "nor by number" regctl set 4711 --budget 1GB/s
	fails 3 "no such source here" regctl set root --source x86-pmu
	is "nothing was changed" "$(cat $sys/0/generation)" "$before"
}

# The cell's counter is looked at again and again; nothing tells when to.
polls() {
	polls_before=$(statistic budgeted periods)
	ok "look every 6 us" regctl -q set budgeted --regulator mempol \
		--poll 6us
	says "status tells" '"poll_ns": 6000' regctl status budgeted --json
	span polled
	ok "it was looked at often" [ "$(statistic budgeted periods)" -ge \
		$((polls_before + span_ns / 7000)) ]
	ok "and a window" regctl -q set budgeted --law window
	span slides
	says "status tells the law" '"law": "window"' \
		regctl status budgeted --json
	ok "CPU 1 watches" regctl -q set budgeted --law bucket --watch 1
	span watched
	fails 4 "no CPU of its own" regctl set budgeted --watch 2
	ok "it looks for itself again" regctl -q unset budgeted --watch
	ok "a duty beside it" regctl -q set budgeted --duty 50% \
		--throttle-period 200us
	span polled.duty
	ok "both have held it" [ "$(statistic budgeted throttle_stalls)" -gt \
		10 ]
	ok "the duty goes" regctl -q unset budgeted --duty
}

by_model() {
	ok "enable" regctl -q enable $cells/qemu-virt-demo.cell
	ok "create" regctl -q cell create $cells/budgeted-cell.cell
	refusals

	birth=$(now)
	ok "start a bomb" bomb
	is "the policy is in force" "$(cat $sys/19/budget)" 100000000
	is "without a reload" "$(cat $sys/19/generation)" 0
	span policy
	report span.birth "$birth $(now)"
	hog_start 0
	hog_start 1
	span free

	ok "200 MB/s for the root" \
		regctl -q set root --budget 200MB/s --period 200us
	span both
	ok "in shares" regctl -q set root --per-cpu
	span shares
	ok "a limit for write-backs alone" sh -c 'regctl -q set root --pool \
		--budget max --write 80MB/s'
	span writes
	ok "200 MB/s again" regctl -q set root --budget 200MB/s --write max
	ok "CPU 1 off" sh -c 'echo 0 >/sys/devices/system/cpu/cpu1/online'
	span offline 150000
	ok "CPU 1 on" sh -c 'echo 1 >/sys/devices/system/cpu/cpu1/online'
	hog_start 1
	span online
	is "the setting has stayed" "$(cat $sys/0/budget)" 200000000

	ok "150 MB/s for the cell" \
		regctl -q set budgeted --budget 150MB/s --period 200us
	ok "shut it down" regctl -q cell shutdown budgeted
	ok "start it anew" bomb
	is "its setting has stayed" "$(cat $sys/19/budget)" 150000000
	span anew
	polls
	ok "back to its policy" regctl -q reset budgeted
	is "which is the configuration's" "$(cat $sys/19/budget)" 100000000
	ok "unset the root's" regctl -q unset root --budget
	is "it is gone" "$(cat $sys/0/budget)" max
	span unset
	# Words on purpose.
	# shellcheck disable=SC2086
	kill $hogs
	ok "destroy" regctl -q cell destroy budgeted
}

# busy: a fixed piece of work; the ms it took.
busy() {
	busy_from=$(sed 's/ .*//; s/\.//' /proc/uptime)
	busy_n=0
	while [ $busy_n -lt "$1" ]; do
		busy_n=$((busy_n + 1))
	done
	busy_to=$(sed 's/ .*//; s/\.//' /proc/uptime)
	echo $(((busy_to - busy_from) * 10))
}

# window_most BLOCKS: the guest says it never ran more in its window.
window_most() {
	awk -v most="$1" '/^meter: window/ {
		ok = $5 > 0 && $5 <= most
	} END { exit !ok }' /tmp/meter
}

# metered MB/S PERIODS: the guest runs 400 ms of that budget, never more than so
# many periods' worth in two of them, and says how long it took;
# meanwhile the root sleeps, for this machine counts everybody's instructions.
metered() {
	metered_blocks=$(($1 * 400000 / 1024))
	ok "$1 MB/s" regctl -q set meter --budget "$1MB/s"
	ok "$1 MB/s: load" regctl -q cell load meter /weir/inmates/meter.bin \
		-a 0 -s "blocks=$metered_blocks window=2ms" -a 0x1000
	ok "$1 MB/s: start" regctl -q cell start meter
	sleep 0.6
	regctl console | tail -n 6 >/tmp/meter
	# A block is 1024 instructions, an instruction counts as a byte.
	metered_rate=$(awk -v mb="$1" '/^meter: blocks/ {
		off = $3 * 1024 * 1000 / $5 / mb - 1
		printf "%.3f\n", (off < 0 ? -off : off) * 100
	}' /tmp/meter)
	report "meter.$1" "$metered_rate percent off, $(grep window /tmp/meter)"
	ok "$1 MB/s: 400 periods, within 0.5 %: ${metered_rate:-none}" \
		awk -v off="${metered_rate:-100}" 'BEGIN { exit !(off <= 0.5) }'
	# In 2 ms lie parts of three periods, or two buckets beside what comes
	# in; each may end an instruction or two late, and a block may be
	# counted that was begun before.
	ok "$1 MB/s: 2 ms hold $2 periods at most" \
		window_most $(($1 * 1000 * $2 / 1024 + 2))
}

# The same without a tick.
by_bucket() {
	ok "bucket" regctl -q set meter --regulator bucket
	periods=$(statistic meter periods)
	overflows=$(statistic meter overflows)
	for mb in 40 160; do
		metered $mb 4
	done
	is "it saw no period" "$(statistic meter periods)" "$periods"
	ok "but overflows" [ "$(statistic meter overflows)" -ge \
		$((overflows + 300)) ]
}

# A counter that interrupts is polled as well.
by_polls() {
	ok "mempol" regctl -q set meter --regulator mempol --poll 5us
	periods=$(statistic meter periods)
	metered 160 4
	ok "it was looked at" [ "$(statistic meter periods)" -ge \
		$((periods + 60000)) ]
}

by_pmu() {
	ok "enable" regctl -q enable $cells/qemu-virt-pmu.cell
	ok "create" regctl -q cell create $cells/meter.cell
	ok "memguard" regctl -q set meter --regulator memguard
	for mb in 40 160; do
		metered $mb 3
	done
	ok "overflows were seen" [ "$(statistic meter overflows)" -ge 300 ]
	ok "and stalls" [ "$(statistic meter stalls)" -ge 300 ]
	by_bucket
	by_polls

	# Linux itself, the other CPU halted by the cell: 50 of 500 million
	# instructions a second.
	free=$(busy 5000)
	ok "50 MB/s for the root" regctl -q set root --budget 50MB/s
	held=$(busy 5000)
	ok "unset the root's" regctl -q unset root --budget
	again=$(busy 5000)
	report busy "$free $held $again"
	ok "the same work takes ten times as long ($free, $held ms)" \
		[ $((held * 10)) -ge $((free * 85)) ]
	ok "and not much more" [ "$held" -le $((free * 12)) ]
	ok "until the budget goes ($again ms)" [ "$again" -le $((free * 5 / 4 + 20)) ]
	ok "destroy" regctl -q cell destroy meter
}

insmod /lib/modules/weir.ko
case $1 in
model) by_model ;;
pmu) by_pmu ;;
esac
ok "disable" regctl -q disable
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
