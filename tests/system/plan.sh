# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Budgets planned from sessions, tried out: each workload is profiled alone,
# planned for a slowdown of 10 %, and measured under the plan. $1: "search" for the
# smallest budget that would have done, too.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

bound=10
search=${1:-}

# median WORDS [JOBS]: of the cycles of so many jobs of the workload, 3.
median() {
	run_guest victim workload "$1 jobs=${2:-3} warmup=1" || return 1
	becomes victim "shut down" >/dev/null
	regctl console | sed -n 's/^job [0-9]* start [0-9]* cycles \([0-9]*\) .*/\1/p' |
		tail -n "${2:-3}" | sort -n | sed -n "$((${2:-3} / 2 + 1))p"
}

# percent NOW ALONE: slower by so much.
percent() {
	awk -v now="${1:-0}" -v alone="${2:-0}" \
		'BEGIN { if (alone) printf "%.3f", (now / alone - 1) * 100 }'
}

# field KEY: of the plan.
field() {
	sed -n "s/.*\"$1\": \"*\([0-9.]*\)\"*,*\$/\1/p" /tmp/plan
}

# profile WORDS: a stretch of the work alone.
profile() {
	run_guest victim workload "$1 jobs=0 warmup=0" || return 1
	sleep 0.1
	regctl -q profile start /tmp/p -i 10us -s 2 && sleep 0.1 &&
		regctl -q profile stop >/dev/null
	regctl -q cell shutdown victim
}

# under BUDGET WORDS ALONE: slower by so much, by one job.
under() {
	regctl -q set victim --budget "$1B/s"
	percent "$(median "$2" 1)" "$3"
}

# keeps BUDGET WORDS ALONE: the bound.
keeps() {
	under "$@" | awk -v b=$bound '{ got = $1 }
		END { exit !(got != "" && got > -b && got <= b) }'
}

# above WORDS ALONE: by how many percent at most the budget is above the smallest
# that keeps the bound: above the largest that does not, found by halves to 1.5 %.
# Nothing when none keeps it.
above() {
	low=$((budget * 10 / 11))
	high=$((budget * 103 / 100))
	keeps $high "$@" || return 1
	for _ in 1 2 3; do
		middle=$(((low + high) / 2))
		if keeps $middle "$@"; then
			high=$middle
		else
			low=$middle
		fi
	done
	percent "$budget" "$low"
}

# try NAME WORDS
try() {
	ok "$1: profile" profile "$2"
	ok "$1: plan" regctl -q profile plan /tmp/p:victim:cpu2 -x "$bound%"
	regctl profile plan /tmp/p:victim:cpu2 -x "$bound%"
	regctl -q profile plan /tmp/p:victim:cpu2 -x "$bound%" --json >/tmp/plan
	budget=$(field budget_bytes_per_s)
	predicted=$(awk -v x="$(field slowdown)" 'BEGIN { printf "%.3f", (x - 1) * 100 }')
	alone=$(median "$2")
	regctl -q set victim --budget "${budget}B/s"
	planned=$(percent "$(median "$2")" "$alone")
	regctl -q set victim --budget "$((budget * 10 / 11))B/s"
	less=$(percent "$(median "$2")" "$alone")
	smallest=
	[ -z "$search" ] || smallest=$(above "$2" "$alone")
	regctl -q reset victim
	report "plan.$1" "$predicted $planned $less $smallest"
	ok "$1: $predicted % predicted, $planned % measured" awk \
		-v p="$predicted" -v m="${planned:-99}" \
		'BEGIN { d = p - m; exit !(d <= 3 && d >= -3) }'
	ok "$1: a budget a tenth smaller is too small: $less %" \
		awk -v m="${less:-0}" -v b=$bound 'BEGIN { exit !(m > b) }'
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable /weir/cells/qemu-virt-model.cell
ok "create the profiler" regctl -q cell create /weir/cells/profiler.cell
ok "create the victim" regctl -q cell create /weir/cells/victim.cell
ok "start the profiler" run_guest profiler profiler
try walk "work=walk size=2M count=12"
try stream "work=stream size=1M count=4"
# Long jobs: what a job saves at its ends must not weigh.
try chase "work=chase size=4M count=262144"
says "a chosen period is explained" 'victim in periods of 50 us: [1-9]' \
	regctl profile plan /tmp/p:victim:cpu2 -x "$bound%" -p auto
says "and set" '^regctl set victim --budget [0-9]*B/s --period [1-9][0-9]*ns' \
	regctl -q profile plan /tmp/p:victim:cpu2 -x "$bound%" -p auto
ok "too much together is refused" sh -c \
	'! regctl -q profile plan /tmp/p:victim:cpu2 /tmp/p:root:cpu2 -m 1MB/s'
fails 2 "no such source" regctl profile plan /tmp/p:victim:cpu9
fails 2 "no such file" regctl profile plan /tmp/nothing:victim:cpu2
ok "destroy the profiler" regctl -q cell destroy profiler
ok "destroy the victim" regctl -q cell destroy victim
ok "disable" regctl -q disable
