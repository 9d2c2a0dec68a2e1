# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Duty cycles on the real thing. The host looks at what the observer saw in the
# spans of time reported here: a hog that never rests makes way as time does.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir/cells
# Read by span.
# shellcheck disable=SC2034
span_ns=40000000
# shellcheck disable=SC2034
edge_ns=2000000

refusals() {
	fails 2 "no time at all" regctl set root --duty 0%
	fails 2 "more than there is" regctl set root --duty 101%
	fails 2 "a short period" regctl set root --throttle-period 99us
	fails 4 "a CPU of another cell" regctl set root --duty 50% --cpus 2
	says "the CPUs are told" 'the cell has 0x3' \
		regctl set root --duty 50% --cpus 2
	fails 4 "a turn too short" \
		regctl set root --duty 0.5% --throttle-period 100us
	fails 3 "as what keeps budgets" regctl set root --regulator throttle
	is "nothing was changed" "$(statistic root throttle_stalls)" 0
}

# All but the hog stays on CPU 0.
taskset -p 1 $$ >/dev/null
insmod /lib/modules/weir.ko
ok "enable" regctl -q enable $cells/qemu-virt-demo.cell
ok "create" regctl -q cell create $cells/budgeted-cell.cell
refusals

hog --idle --cpu 1 --mode write --size 8 >/dev/null &
hog=$!
span root.1000
for duty in 10 25 50 75 90; do
	ok "$duty % for the root's CPU 1" regctl -q set root --cpus 1 \
		--duty $duty% --throttle-period 200us
	span root.${duty}0
done
says "status names what holds it" '"held_by_throttle_ns": [1-9]' \
	regctl status root --json
ok "CPU 0 was left alone" [ "$(regctl status root --cpus 0 --csv \
	--no-headings | cut -d, -f 3)" = no ]
ok "CPU 1 off" sh -c 'echo 0 >/sys/devices/system/cpu/cpu1/online'
ok "CPU 1 on" sh -c 'echo 1 >/sys/devices/system/cpu/cpu1/online'
kill $hog
hog --idle --cpu 1 --mode write --size 8 >/dev/null &
hog=$!
ok "40 % and not an instruction more" regctl -q set root --duty 40%
span root.400
ok "unset" regctl -q unset root --duty
span root.free
kill $hog

ok "no budget for the cell" regctl -q set budgeted --budget max
ok "start a bomb" bomb
span cell.1000
for duty in 10 25 50 75 90; do
	ok "$duty % for the cell" regctl -q set budgeted --duty $duty% \
		--throttle-period 200us
	span cell.${duty}0
done
ok "and a budget" regctl -q set budgeted --duty 50% --budget 100MB/s
span cell.both
ok "both were named" [ "$(statistic budgeted budget_stalls)" -gt 10 ]
ok "shut it down" regctl -q cell shutdown budgeted
ok "start it anew" bomb
ok "back to its budget" regctl -q set budgeted --budget max
span cell.anew
before=$(date +%s)
ok "a second off and on" regctl -q set budgeted --duty 0.1% \
	--throttle-period 1s
ok "is answered at once" regctl -q unset budgeted --duty
ok "and took no second" [ $(($(date +%s) - before)) -le 5 ]
# A tenth of the time would do for the budget, and does, without the cap.
ok "a budget" regctl -q set budgeted --budget 400MB/s --period 1ms
span cell.bursts
ok "and a cap on bursts" regctl -q set budgeted --burst 100kB/100us
span cell.capped
ok "it was named, too" [ "$(statistic budgeted burst_stalls)" -gt 100 ]
ok "destroy" regctl -q cell destroy budgeted

# --- a cell that holds the root back when it misses its deadline ---
chase="pattern=chase ws=256k period=1ms warmup=3"
guard_state=
hogs=

# guarded WORDS: from the beginning to its end.
guarded() {
	run_guest guarded victim "$chase $*" || return 1
	waited=0
	while read -r state <$guard_state && [ "$state" = running ]; do
		usleep 20000
		waited=$((waited + 1))
		[ $waited -lt 2000 ] || return 1
	done
	[ "$state" = "shut down" ]
}

# guarding WORD: from the last line of the guard.
guarding() {
	regctl console | awk -v word="$1" '/^guard: missed/ {
		for (n = 2; n < NF; n++)
			if ($n == word)
				value = $(n + 1)
	} END { print value + 0 }'
}

# control NAME: of what is asked of the root.
control() {
	regctl status root --json | awk -v name="\"$1\":" '
		/"controls"/ { inside = 1 }
		inside && $1 == name { value = $2; sub(/,$/, "", value) }
		END { print value }'
}

ok "create the guarded one" regctl -q cell create $cells/guarded.cell
guard_state=$sys/25/state
ok "it runs alone" guarded jobs=30
slowest=$(regctl console | awk '/^job / && $6 > most { most = $6 }
	END { print most + 0 }')
deadline=deadline=$((slowest * 2 * 10 / 12))ns
for cpu in 0 1; do
	hog --idle --cpu $cpu --mode write --size 8 >/dev/null &
	hogs="$hogs $!"
done
ok "beside two hogs" guarded jobs=60 $deadline
missed=$(guarding missed)
ok "it misses twice its time ($missed of 60)" [ "$missed" -ge 50 ]
ok "it may hold the root back" guarded jobs=200 $deadline duty=100 calm=0
report guard "$slowest $missed $(guarding missed)"
is "it asks once" "$(guarding asked) $(guarding refused)" "1 0"
ok "and keeps its deadline ($(guarding missed) missed of 200)" \
	[ "$(guarding missed)" -le 10 ]
is "then the root is free" "$(control held) $(control lapses)" "false 0"
ok "held while need be" guarded jobs=300 $deadline duty=100 calm=30
ok "it asks again and again ($(guarding asked))" [ "$(guarding asked)" -ge 3 ]
# What it prints would break results in two: they wait until it has ended.
run_guest guarded victim \
	"$chase jobs=0 $deadline duty=100 budget=100000000 calm=0"
waited=0
until [ "$(control held)" = true ] || [ $waited -ge 50 ]; do
	usleep 10000
	waited=$((waited + 1))
done
regctl status root >/tmp/held 2>&1
regctl status root --controls >/tmp/controls 2>&1
regctl -q set root --budget 80MB/s
effective=$(cat $sys/0/effective)
regctl -q set root --budget max
loosened=$(cat $sys/0/effective)
regctl -q cell shutdown guarded
says "status says who" 'guarded \(duty, budget\)' cat /tmp/held
says "what, and for how long" \
	'^qemu-virt +guarded +yes +10% +100 MB/s .* [0-9.]+ ms' cat /tmp/controls
ok "the tighter counts, the root's or its own ($effective, $loosened)" [ \
	"$effective" -le 80000000 -a "$loosened" -gt 99000000 -a \
	"$loosened" -le 100000000 ]
is "that is noticed" "$(control held) $(control lapses)" "false 1"
# Words on purpose.
# shellcheck disable=SC2086
kill $hogs
ok "destroy the guarded one" regctl -q cell destroy guarded

# Interrupts while it is held for 950 us of each ms: none comes, or critical ones.
ok "create a cell without critical interrupts" \
	regctl -q cell create $cells/budgeted-cell.cell
ok "a storm of interrupts" run_guest budgeted storm "irqs=300 interval=20us"
ok "is over" becomes budgeted "shut down"
is "none was critical" "$(statistic budgeted critical_runs)" 0
report storm.plain "$(regctl console | sed -n 's/.*storm: late by //p' |
	tail -n 1)"
ok "destroy it" regctl -q cell destroy budgeted
ok "one with critical interrupts" regctl -q cell create $cells/storm-cell.cell
ok "the same storm" run_guest storm storm "irqs=1000 interval=20us"
ok "is over as well" becomes storm "shut down"
report storm.critical "$(regctl console | sed -n 's/.*storm: late by //p' |
	tail -n 1)"
ok "and on and on" run_guest storm storm "irqs=1000000 interval=20us"
span cell.storm
ok "critical ones were counted" [ "$(statistic storm critical_runs)" -gt 500 ]
ok "and what they moved" [ "$(statistic storm critical_bytes)" -gt 250000 ]
report storm.status "$(statistic storm critical_runs) $(statistic storm critical_cuts)" \
	"$(statistic storm critical_ns) $(statistic storm critical_bytes)"
ok "shut it down" regctl -q cell shutdown storm
ok "destroy that" regctl -q cell destroy storm
is "the root's budget was never in it" "$(cat $sys/0/budget)" max
ok "disable" regctl -q disable
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
