# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Cells on colors of their own: what the driver and the hypervisor make of
# them, and jobs of the victim, alone and beside a bomb, colored and not, for
# the host to look at.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir
jobs=20

# create CELL...
create() {
	for cell in "$@"; do
		ok "create $cell" regctl -q cell create "$cells/$cell.cell"
	done
}

# work NAME CELL: the victim's jobs, and when they were, in model cycles. Linux
# is not colored: it sleeps while the victim fills the cache and works.
work() {
	ok "$1: start" run_guest "$2" victim \
		"ws=256k period=2ms jobs=$jobs warmup=4 delay=30ms"
	sleep 0.3
	ok "$1: all jobs are done" becomes "$2" "shut down"
	regctl console | tail -n $((jobs + 1)) >/tmp/jobs
	report "jobs.$1" "$(awk '/^job/ {
		if (!n++)
			from = $4
		to = $4 + $6
		sum += $6
	} END { printf "%d %.0f %.0f %.0f\n", n, from, to, sum }' /tmp/jobs)"
}

# bomb CELL: it reads and writes 8 MiB without end.
bomb() {
	ok "start $1" run_guest "$1" bomb "mode=both size=4M"
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable $cells/qemu-virt-model.cell
is "the model's cache has 16 colors" "$(cat $sys/coloring/colors_count)" 16
is "by four address bits" "$(cat $sys/coloring/functions)" \
	"0x1000 0x2000 0x4000 0x8000"
is "of 1024 sets" "$(cat $sys/coloring/llc_sets)" 1024
used=$(cat $sys/mem_pool_used)

create colored-victim-cell colored-bomb-cell
is "the victim's colors" "$(cat $sys/cells/30/colors)" 0-7
is "the bomb's colors" "$(cat $sys/cells/31/colors)" 8-15
is "the root has none" "$(cat $sys/cells/0/colors)" ""
says "regctl colors says so" '^31 colored-bomb +8-15 +8 ' regctl colors
says "and that none is left" '^ *- - +0 ' \
	regctl colors
ok "destroy the bomb" regctl -q cell destroy colored-bomb
says "then it has none" '^ *- - +8-15 +8 ' regctl colors
fails 4 "a color of another cell" regctl cell create $cells/clash-cell.cell
says "is told so" 'color 7 belongs to cell "colored-victim"' \
	regctl cell create $cells/clash-cell.cell
create colored-bomb-cell

work colored-alone colored-victim
bomb colored-bomb
work colored-beside colored-victim
is "the bomb still runs" "$(state_of colored-bomb)" running
ok "destroy the bomb" regctl -q cell destroy colored-bomb
ok "destroy the victim" regctl -q cell destroy colored-victim

create victim bomb
work free-alone victim
bomb bomb
work free-beside victim
ok "destroy the bomb" regctl -q cell destroy bomb
ok "destroy the victim" regctl -q cell destroy victim

# --- nothing stays behind ---
come_and_go() {
	regctl -q cell create $cells/colored-victim-cell.cell &&
		regctl -q cell create $cells/colored-bomb-cell.cell &&
		run_guest colored-bomb bomb "sweeps=1 size=64k" &&
		regctl -q cell destroy colored-victim &&
		regctl -q cell destroy colored-bomb
}

first=
for cycle in 1 2 3; do
	come_and_go || break
	now=$(cat $sys/mem_pool_used)
	[ "${first:-$now}" = "$now" ] || break
	first=$now
	last=$cycle
done
is "three times over, nothing leaks" "$last" 3

# pages CELL FILE: what the hypervisor spends on it while it exists.
pages() {
	before=$(cat $sys/mem_pool_used)
	ok "create $1 alone" regctl -q cell create "$cells/$2.cell"
	report "pages.$1" $(($(cat $sys/mem_pool_used) - before))
	ok "destroy it" regctl -q cell destroy "$1"
}

report pages.root $((first - used))
is "the root has its blocks again" "$first" "$used"
pages colored-victim colored-victim-cell
pages victim victim
ok "disable" regctl -q disable

# --- memory that two cells and the root share, on colors of its own ---
# exchange SEATS [CELL...]: the root and these, in turn.
exchange() {
	seats=$1
	seat=0
	shift
	for cell in "$@"; do
		seat=$((seat + 1))
		ok "start $cell, seat $seat" run_guest "$cell" sharer \
			"seat=$seat seats=$seats rounds=4"
	done
	says "all words arrive, in each turn of $seats" \
		'4 rounds, 0 wrong words' weir-share 41 65536 "$seats" 4
	for cell in "$@"; do
		ok "$cell is done" becomes "$cell" "shut down"
	done
	is "the guests found them right as well" \
		"$(regctl console | tail -n $# | grep -c ' 4 rounds, 0 wrong words')" $#
}

ok "enable with shared colors" regctl -q enable $cells/qemu-virt-shared-model.cell
is "they are 14 and 15" "$(cat $sys/coloring/shared_colors)" 14-15
used=$(cat $sys/mem_pool_used)
fails 4 "no cell has them alone" \
	regctl cell create $cells/colored-bomb-cell.cell
says "is told so" 'color 14 is for shared memory' \
	regctl cell create $cells/colored-bomb-cell.cell
fails 4 "nor shares them on others than the root does" \
	regctl cell create $cells/sharer-clash-cell.cell
says "is told which" 'only the cell has it on color 13' \
	regctl cell create $cells/sharer-clash-cell.cell
create sharer-cell sharer-too-cell
says "regctl colors says who shares them" '^ *- shared +14-15 +2 ' regctl colors
exchange 3 sharer sharer-too
ok "one goes" regctl -q cell destroy sharer-too
exchange 2 sharer
ok "the other one too" regctl -q cell destroy sharer
is "nothing stays behind" "$(cat $sys/mem_pool_used)" "$used"
ok "disable again" regctl -q disable
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
