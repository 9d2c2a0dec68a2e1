# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# Helpers of the scripts that run in the root cell. A result is one console
# line, "test: ok - NAME" or "test: not ok - NAME"; the last line, "test: done
# N", says how many there were, so that a lost one is noticed.

test_count=0

result() {
	test_count=$((test_count + 1))
	echo "test: $*"
}

# ok NAME COMMAND...: the command succeeds; what it printed is shown if not.
ok() {
	test_name=$1
	shift
	if "$@" >/tmp/test.out 2>&1 </dev/null; then
		result "ok - $test_name"
	else
		status=$?
		result "not ok - $test_name"
		echo "  # $* gave $status"
		sed 's/^/  # /' /tmp/test.out
	fi
}

# fails STATUS NAME COMMAND...: the command ends with just that status.
fails() {
	test_wanted=$1
	test_name=$2
	shift 2
	"$@" >/tmp/test.out 2>&1 </dev/null
	status=$?
	if [ "$status" -eq "$test_wanted" ]; then
		result "ok - $test_name"
	else
		result "not ok - $test_name"
		echo "  # $* gave $status, $test_wanted was expected"
		sed 's/^/  # /' /tmp/test.out
	fi
}

# is NAME GOT WANTED: two strings are equal.
is() {
	if [ "$2" = "$3" ]; then
		result "ok - $1"
	else
		result "not ok - $1"
		echo "  # got '$2', expected '$3'"
	fi
}

# says NAME PATTERN COMMAND...: what it prints, errors too, matches grep -E.
says() {
	test_name=$1
	test_pattern=$2
	shift 2
	"$@" >/tmp/test.out 2>&1 </dev/null
	if grep -qE -e "$test_pattern" /tmp/test.out; then
		result "ok - $test_name"
	else
		result "not ok - $test_name"
		echo "  # $* does not say '$test_pattern' but:"
		sed 's/^/  # /' /tmp/test.out
	fi
}

# report KEY VALUE: a measured figure for the host side ("data: KEY VALUE").
report() {
	echo "data: $*"
}

# state_of CELL
state_of() {
	for state_cell in /sys/devices/weir/cells/*; do
		[ "$(cat "$state_cell/name")" != "$1" ] ||
			cat "$state_cell/state"
	done
}

# becomes CELL STATE: within twenty seconds.
becomes() {
	for _ in $(seq 200); do
		[ "$(state_of "$1")" != "$2" ] || return 0
		sleep 0.1
	done
	echo "cell $1 is $(state_of "$1")"
	return 1
}

# run_guest CELL IMAGE [COMMAND-LINE]: from the beginning.
run_guest() {
	regctl cell load -q "$1" "/weir/inmates/$2.bin" \
		${3:+-s "$3" -a 0x1000} && regctl cell start -q "$1"
}

# now: the hypervisor's clock, in ns.
now() {
	regctl status root --json | sed -n 's/.*"now_ns": \([0-9]*\).*/\1/p'
}

# span NAME [US]: span_ns for the host to look at. Who asks for the time keeps a
# hog from its CPU: it is done only so often, and edge_ns at both ends are left
# out.
# shellcheck disable=SC2154 # span_ns, edge_ns
span() {
	usleep 1000
	span_from=$(now)
	while usleep "${2:-20000}" && span_to=$(now) && [ "$span_to" -lt \
		$((span_from + span_ns + 2 * edge_ns)) ]; do
		:
	done
	report "span.$1" "$((span_from + edge_ns)) $((span_from + edge_ns +
		span_ns))"
}

# statistic CELL NAME: the sum over the CPUs.
statistic() {
	regctl status "$1" --json | awk -v name="\"$2\":" \
		'/cpu_statistics/ { inside = 1 }
		inside && $1 == name { sum += $2 } END { print sum + 0 }'
}

# bomb: the cell `budgeted` reads and writes as fast as it can, from the
# beginning.
bomb() {
	regctl -q cell load budgeted /weir/inmates/bomb.bin -a 0 \
		-s "mode=both size=4M" -a 0x1000 &&
		regctl -q cell start budgeted
}

trap 'echo "test: done $test_count"' EXIT
