# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A profiling session while a cell works in phases. $1: interval; $2: turns of
# the work; $3: "brief" leaves the rest out. What the profiler saw of CPU 2 is
# printed for the host.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

interval=$1
turns=$2
brief=
[ "$3" != brief ] || brief=1

# profiler_begin [WORDS]
profiler_begin() {
	run_guest profiler profiler "${1:-}" || return 1
	until regctl profile status 2>/dev/null | grep -q '^idle'; do
		usleep 2000
	done
}

# number NAME: the first of that name in the exported JSON.
number() {
	sed -n "s/^ *\"$1\": \([0-9]*\),*\$/\1/p" /tmp/json | head -n 1
}

refusals() {
	fails 4 "a cell that shares nothing" \
		regctl profile status --cell victim
	says "it is told so" 'shares no memory' \
		regctl profile status --cell victim
	says "a profiler is there" '^idle' regctl profile status
	fails 1 "nothing to stop" regctl profile stop
	fails 2 "an interval too short" regctl profile start /tmp/p -i 999ns
	echo kept >/tmp/kept
	fails 4 "a source that is not there" regctl profile start /tmp/kept -s 9
	is "a file stays when no session begins" "$(cat /tmp/kept)" kept
	fails 2 "a file that cannot be" regctl profile start /nowhere/p
	fails 2 "no file" regctl profile run -- true
	fails 2 "no command" regctl profile run -o /tmp/p
	fails 2 "no session in a file" regctl profile export /tmp/kept
}

session() {
	ok "start a session" regctl -q profile start /tmp/p -i "$interval"
	ok "the victim works" run_guest victim workload \
		"work=phases size=2M count=$turns jobs=1 warmup=0"
	while [ "$(state_of victim)" = running ]; do
		usleep 20000
	done
	ok "stop the session" regctl profile stop
	# One that waits keeps its CPU busy, and the model with it.
	ok "the profiler ends" regctl -q cell shutdown profiler
	regctl profile export /tmp/p --json -s 2 --window 1s >/tmp/json
	is "no overruns" "$(number overruns)" 0
	is "the profiler was never late" "$(number skipped)" 0
	is "no sample is missing" "$(number missing)" 0
	report late "$(number late_by_a_tenth)"
	report samples "$(number samples)"
	report first "$(first_of cpu2)"
	report file "$(wc -c </tmp/p)"
	echo "profile-begin"
	regctl profile export /tmp/p --csv --no-headings -s 2 --window 1ms
	echo "profile-end"
	[ "$brief" ] || envelope
}

# first_of SOURCE: what it had moved when the session began.
first_of() {
	awk -v source="\"$1\"," '$1 == "\"name\":" { now = $2 }
		now == source && /first_/ { sum += $2 }
		END { printf "%.0f\n", sum }' /tmp/json
}

# Every length from the window on, each worth no less than the one before.
envelope() {
	regctl profile export /tmp/p
	regctl profile export /tmp/p --envelope --csv --no-headings -s 2 \
		--window 100us | tr -d '\r' >/tmp/envelope
	is "an envelope of every length" "$(awk -F, '
		$2 != NR * 100000 || $3 < last { wrong++ } { last = $3 }
		END { print (NR > 20 ? wrong + 0 : "short") }' /tmp/envelope)" 0
	is "it begins with the worst window" \
		"$(head -n 1 /tmp/envelope | cut -d, -f 3)" \
		"$(regctl profile export /tmp/p --csv --no-headings -s 2 \
			--window 100us | tr -d '\r' | awk -F, '
			$4 + $5 > most { most = $4 + $5 }
			END { printf "%.0f", most }')"
}

# counter NAME: what the command counted of it.
counter() {
	awk -v name="\"$1\"," '$1 == "\"name\":" { this = $2 == name }
		this && $1 == "\"value\":" { print $2 + 0 }' /tmp/json
}

# With what Debian sets PAPI counts nothing, not even for root.
counted() {
	echo 1 >/proc/sys/kernel/perf_event_paranoid
	ok "a command that is counted" regctl -q profile run -o /tmp/r -c 1 \
		--events "PAPI_TOT_INS PAPI_TOT_CYC no_such_event" \
		-- workload walk -s 64k -n 1 -j 1 -w 0
	regctl profile export /tmp/r --json --window 1s >/tmp/json
	# A line is 64 bytes, and takes an instruction at least.
	ok "its instructions" [ "$(counter PAPI_TOT_INS)" -gt 1024 ]
	ok "its cycles" [ "$(counter PAPI_TOT_CYC)" -gt 1024 ]
	is "by PAPI" "$(grep -c '"by": "papi"' /tmp/json)" 2
	says "what is not counted says why" 'missing.*no such event' \
		cat /tmp/json
}

others() {
	ok "a command while profiled" regctl -q profile run -o /tmp/r -c 1 \
		-- workload walk -s 1M -n 2 -j 2
	ok "a drawing" regctl profile export /tmp/r --svg -o /tmp/svg
	counted
	fails 7 "its exit status" \
		regctl -q profile run -o /tmp/r -- sh -c 'exit 7'
	fails 143 "that of a signal" \
		regctl -q profile run -o /tmp/r -- sh -c 'kill $$'
	fails 126 "no command but a file" \
		regctl -q profile run -o /tmp/r -- /tmp/p
	fails 125 "no room for the session" \
		regctl -q profile run -o /dev/full -- workload walk -j 2
	is "it runs where it is told" "$(regctl -q profile run -o /tmp/r -c 1 -- \
		grep Cpus_allowed_list /proc/self/status | cut -f 2)" 1
	fails 127 "no such command" \
		regctl -q profile run -o /tmp/r -- nonsense
	is "a second session, whoever waits for what is printed" \
		"$(regctl -q profile start /tmp/p && echo begun)" begun
	fails 4 "a second collector" regctl profile start /tmp/q
	says "the first goes on" '^running' regctl profile status
	fails 4 "a cell that is mapped stays" \
		regctl -q cell destroy profiler
	ok "stop it" regctl -q profile stop
}

# The process that collects.
collector() {
	regctl profile status --csv --no-headings | tr -d '\r' | cut -d, -f 8
}

# What is left when the collector cannot end: a file to its last sample, and a
# session that the next one takes the place of.
killed() {
	ok "a session whose collector is killed" regctl -q profile start /tmp/k
	sleep 0.3
	kill -9 "$(collector)"
	says "is collected by nobody" ' -$' regctl profile status
	fails 1 "has no end" regctl profile stop
	says "but stops" '^stopped' regctl profile status
	says "its file says so" 'was interrupted' regctl profile export /tmp/k
	ok "another one" regctl -q profile start /tmp/k
	kill -9 "$(collector)"
	ok "is taken the place of" regctl -q profile start /tmp/k
	kill -TERM "$(collector)"
	ok "one that is told to end does" stops
	is "and says nothing of an interruption" \
		"$(regctl profile export /tmp/k 2>&1 | grep -c interrupted)" 0
	regctl -q profile run -o /tmp/r -- sleep 100 &
	running=$!
	until regctl profile status | grep -q '^running'; do
		usleep 2000
	done
	kill -TERM $running
	wait $running
	is "so does a command that is profiled" $? 143
	is "with all of its session" \
		"$(regctl profile export /tmp/r 2>&1 | grep -c interrupted)" 0
}

# Within twenty seconds.
stops() {
	for _ in $(seq 200); do
		! regctl profile status | grep -q '^stopped' || return 0
		sleep 0.1
	done
	regctl profile status
	return 1
}

# A collector that does not come: points without a sample are counted, and what
# moved meanwhile is in the samples that there are.
overrun() {
	ok "a ring of 4096 samples" profiler_begin shared=512k
	ok "a session" regctl -q profile start /tmp/o
	waiting=$(collector)
	kill -STOP "$waiting"
	ok "the victim works, nobody collects" run_guest victim workload \
		"work=stream size=1M count=2 jobs=3 warmup=0"
	ok "to its end" becomes victim "shut down"
	until [ "$(regctl profile status --csv --no-headings | cut -d, -f 6)" \
		-gt 1000 ]; do
		sleep 0.1
	done
	kill -CONT "$waiting"
	ok "stop the session" regctl profile stop
	regctl profile export /tmp/o --json --window 1s >/tmp/json
	ok "overruns are counted" [ "$(number overruns)" -gt 1000 ]
	is "each point without a sample is" "$(number missing)" \
		$(($(number overruns) + $(number skipped)))
	seen=$(($(first_of cpu2) + $(total cpu2)))
	ok "another session" regctl -q profile run -o /tmp/r -- true
	regctl profile export /tmp/r --json --window 1s >/tmp/json
	is "nothing that moved before it is lost" $seen "$(first_of cpu2)"
	says "it is said" 'points without one' regctl profile export /tmp/o
}

# Counts of the hypervisor, as old as its last look at a CPU.
hypervisor_counts() {
	ok "a profiler of what the hypervisor counts" profiler_begin cpus=1
	before=$(moved_by victim)
	ok "start a session" regctl -q profile start /tmp/p -i 100us
	ok "the victim works" run_guest victim workload \
		"work=stream size=1M count=2 jobs=3 warmup=0"
	ok "to its end" becomes victim "shut down"
	ok "stop the session" regctl profile stop
	regctl profile export /tmp/p
	regctl profile export /tmp/p --json --window 1s >/tmp/json
	seen=$(total cpu2)
	moved=$(($(moved_by victim) - before))
	ok "all of it was seen: $seen of $moved bytes" \
		[ $((seen * 100 / moved)) -ge 99 -a $((seen * 100 / moved)) -le 100 ]
	ok "and the root's" [ "$(total cpu0)" -gt 100000 ]
}

# total SOURCE: bytes of it in the session.
total() {
	awk -v source="\"$1\"," '$1 == "\"name\":" { now = $2 }
		now == source && $1 ~ /^"(read|written)_bytes"/ { sum += $2 }
		END { printf "%.0f\n", sum }' /tmp/json
}

# moved_by CELL: bytes, by its status.
moved_by() {
	regctl status "$1" --json | awk '
		$1 ~ /^"(read|written)_bytes"/ && !seen[$1]++ { sum += $2 }
		END { printf "%.0f\n", sum }'
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable /weir/cells/qemu-virt-model.cell
ok "create the profiler" regctl -q cell create /weir/cells/profiler.cell
fails 3 "nobody profiles yet" regctl profile status
ok "create the victim" regctl -q cell create /weir/cells/victim.cell
ok "start the profiler" profiler_begin
if [ "$brief" ]; then
	session
else
	refusals
	session
	ok "start the profiler again" profiler_begin
	others
	killed
	overrun
	hypervisor_counts
fi
ok "destroy the profiler" regctl -q cell destroy profiler
ok "destroy the victim" regctl -q cell destroy victim
ok "disable" regctl -q disable
