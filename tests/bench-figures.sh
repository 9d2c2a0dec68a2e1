# SPDX-License-Identifier: GPL-2.0-only
# Sourced by benchmarks: lines of figures, and what they are made of.
# shellcheck shell=bash

# figure ID NAME MEASURED BOUND TARGET UNIT [NAIVE], for build/host/figures, to the
# file $lines. BOUND is max or min, or max-host, min:LIMIT and the like.
figure() {
	local IFS=$'\t'

	# shellcheck disable=SC2154 # set by who sources this
	printf '%s\n' "$*" >>"$lines"
}

# ratio A B. What is missing must not look like a small number: it is "none" then.
ratio() {
	awk -v a="${1:-none}" -v b="${2:-none}" 'BEGIN {
		if (a ~ /^[0-9.]+$/ && b ~ /^[0-9.]+$/ && b + 0 > 0)
			printf "%.6f", a / b
		else
			print "none" }'
}

# class FILE CLASS FIELD: of el2prof's record; nothing when there is none.
class() {
	sed -n "s/^ *\"$2\": {\(.*\)}.*/\1/p" "$1" | head -n 1 |
		sed -n "s/.*\"$3\": \([0-9]*\).*/\1/p"
}

# data_of FILE KEY: the last value that a boot gave; "none" when there is none.
data_of() {
	local value
	value=$(sed -n "s/^data: $2 //p" "$1" 2>/dev/null | tail -n 1)
	echo "${value:-none}"
}
