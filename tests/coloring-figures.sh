# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154
#
# What a boot of tests/system/coloring.sh shows: $console is what it printed,
# $out has the model's windows.csv and colors.csv. For the system test and the
# benchmark; prints figures, nothing when there are none.

coloring_window_cycles=6000
coloring_line_bytes=64

# The plugin's options: the victim has CPU 2, the bomb CPU 3, in one span; the
# hypervisor's memory is anybody's, and so is what is shared on colors 14 and 15.
coloring_plugin() {
	echo "memsys,observer=$out/windows.csv,window=$coloring_window_cycles,check=$out/colors.csv,colors=16,owners=4:ff/8:ff00,span=0x74000000,span_bytes=0x02000000,exempt=0x70000000,exempt_bytes=0x00800000,shared=0x7a000000,shared_bytes=0x00080000,shared_colors=0xc000"
}

# Of tests/bench/color-owners.sh: whose colors are whose, and the same with one of
# the hypervisor's left out.
owners_plugin() {
	local others="r:ffe0/4:4/8:10/s4:8"
	echo "memsys,ownership=$out/owners.csv,colors=16,table=h:3/$others,other=h:1/$others,memory=0x70000000,memory_bytes=0x01000000"
}

# owned FIELD [WHO]: accesses that were judged (4), or foreign (5).
owned() {
	awk -F, -v field="$1" -v who="${2:-}" '
		/^(root|cell|hypervisor|shared),/ && (who == "" || $1 == who) {
			sum += $field
		}
		END { printf "%.0f\n", sum }' "$out/owners.csv"
}

# owned_color WHO COLOR: accesses of this color that were judged.
owned_color() {
	awk -F, -v who="$1" -v color="$2" '
		$1 == who && $3 == color { sum += $4 }
		END { printf "%.0f\n", sum }' "$out/owners.csv"
}

# foreign TABLE: by the table ("foreign") or the other one ("other"); nothing when
# the file is cut short.
foreign() {
	sed -n "s/^$1,,,,\([0-9]*\)$/\1/p" "$out/owners.csv"
}

coloring_data() {
	sed -n "s/^data: $1 //p" "$console" | tail -n 1
}

# jobs NAME: count, first start, last end, sum, in cycles.
coloring_jobs() {
	coloring_data "jobs.$1"
}

# misses NAME: lines that CPU 2 fetched per job, for whatever it executed.
misses() {
	local n from to sum
	read -r n from to sum < <(coloring_jobs "$1")
	[ "${n:-0}" -gt 0 ] || return 1
	awk -F, -v from="$from" -v to="$to" -v jobs="$n" \
		-v line=$coloring_line_bytes '
		NR > 1 && $2 == 2 && $3 >= from && $3 < to { bytes += $4 }
		END { printf "%.2f\n", bytes / line / jobs }' "$out/windows.csv"
}

# cycles NAME: of a job, on average.
cycles() {
	local n from to sum
	read -r n from to sum < <(coloring_jobs "$1")
	[ "${n:-0}" -gt 0 ] && echo $((sum / n))
}

# fills BINDING: lines that CPU 2 fetched for the victim's own memory, from one
# load of its image to the next.
fills() {
	awk -F, -v binding="$1" '
		$1 == "own" && $2 == binding && $3 == 2 { sum += $6 }
		END { if (NR) printf "%.0f\n", sum }' "$out/colors.csv"
}

# accesses KIND CPU COLOR
accesses() {
	awk -F, -v kind="$1" -v cpu="$2" -v color="$3" '
		$1 == kind && $3 == cpu && $4 == color { sum += $5 }
		END { printf "%.0f\n", sum }' "$out/colors.csv"
}

# accesses_of KIND: on all CPUs, of all colors.
accesses_of() {
	awk -F, -v kind="$1" '$1 == kind { sum += $5 }
		END { printf "%.0f\n", sum }' "$out/colors.csv"
}

# violations: as the check counted them; nothing when its file is cut short.
violations() {
	sed -n 's/^violations,,,,\([0-9]*\),$/\1/p' "$out/colors.csv"
}
