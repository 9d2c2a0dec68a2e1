# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Cells that are asked before they go, and told of changes: every answer, and
# none. Then memory that is cleared when it changes hands. $1 is the system
# configuration.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir

# refused NAME PATTERN COMMAND...: status 4, and the reason is told. Asked once:
# a guest counts how often it is asked.
refused() {
	refused_name=$1
	refused_pattern=$2
	shift 2
	"$@" >/tmp/refused 2>&1
	is "$refused_name" $? 4
	says "$refused_name: the reason" "$refused_pattern" cat /tmp/refused
}

now_ms() {
	sed 's/\([0-9]*\)\.\([0-9]\)\([0-9]\).*/\1\2\30/' /proc/uptime
}

printed() {
	regctl console | tail -n 30
}

# changes: how many the witness has been told of.
changes() {
	regctl console | sed -n 's/^witness: change //p' | tail -n 1
}

# voter MODE [MORE]: a new guest in the cell that is asked.
voter() {
	ok "$1: start" run_guest voter voter "mode=$*"
	sleep 0.05
}

insmod /lib/modules/weir.ko
ok "enable" regctl enable "$cells/$1.cell"
used=$(cat $sys/mem_pool_used)
ok "create the witness" regctl cell create $cells/witness-cell.cell
ok "it runs" run_guest witness voter "name=witness"
ok "create the voter" regctl cell create $cells/voter-cell.cell
sleep 0.1
is "the witness is told of the new cell" "$(changes)" 1

# --- one that denies ---
voter approve times=4
refused "denies: shut down" 'cell "voter" denied the request to shut down' \
	regctl cell shutdown voter
refused "denies: destroy" 'cell "voter" denied' regctl cell destroy voter
refused "denies: start" 'cell "voter" denied' regctl cell start voter
refused "denies: load" 'cell "voter" denied' \
	regctl cell load voter /weir/inmates/voter.bin -a 0
is "denies: it runs" "$(state_of voter)" running
ok "agrees: shut down" regctl cell shutdown voter
is "agrees: it is down" "$(state_of voter)" "shut down"
says "agrees: it was asked five times" 'voter: request 5, reply 3' printed

# --- one that answers nonsense ---
voter nonsense
refused "answers 99" 'cell "voter" did not understand' \
	regctl cell shutdown voter
refused "does not know the message" 'cell "voter" did not understand' \
	regctl cell destroy voter
is "nonsense: it runs" "$(state_of voter)" running
ok "nonsense: agrees in the end" regctl cell shutdown voter

# --- one that never answers: 200 ms, then the cell is stopped ---
voter silent
before=$(now_ms)
ok "silent: shut down" regctl cell shutdown voter
took=$(($(now_ms) - before))
ok "silent: after its 200 ms ($took)" [ $took -ge 200 ]
ok "silent: not much later" [ $took -lt 500 ]
is "silent: it is down" "$(state_of voter)" "shut down"
says "silent: it is said" \
	'cell "voter": no reply to message 1 within 200000 us' printed

# --- one whose state does not exist ---
voter state
is "a state that does not exist" "$(state_of voter)" invalid
says "and in the list" 'voter +invalid' regctl cell list
ok "it is stopped without being asked" regctl cell shutdown voter
is "it is down" "$(state_of voter)" "shut down"

# --- one that is in the locked state ---
voter locked
is "locked: the state" "$(state_of voter)" running/locked
refused "locked: no cell comes" 'cell "voter" is in the locked state' \
	regctl cell create $cells/jitter.cell
is "locked: the CPU has stayed" "$(nproc)" 2
refused "locked: none goes" 'cell "voter" is in the locked state' \
	regctl cell destroy witness
is "locked: the witness runs" "$(state_of witness)" running
ok "locked: cells can be started" run_guest witness voter "name=witness"
ok "locked: it agrees to go itself" regctl cell destroy voter
sleep 0.1
is "the witness is told" "$(changes)" 1
ok "then a cell comes" regctl cell create $cells/jitter.cell
ok "and goes" regctl cell destroy jitter
sleep 0.1
is "the witness is told of both" "$(changes)" 3

# --- memory: 4 MiB at 0x76000000, CPU 3 ---
# left ADDRESS...: what the root cell finds there.
left() {
	for address in "$@"; do
		devmem "$address" 64
	done
}

# found CELL PATTERN: a guest runs in a new cell, and says what it found.
found() {
	ok "$1: create" regctl cell create "$cells/$1-cell.cell"
	ok "$1: a guest looks" run_guest "$1" pattern "ram=4M"
	ok "$1: to its end" becomes "$1" "shut down"
	is "$1: words of memory that are not zero: $2" \
		"$(regctl console | sed -n \
			's/^pattern: \([0-9]*\) of .*/\1/p' | tail -n 1)" "$2"
}

zero=0x0000000000000000
pattern=0x5CA1AB1E0DDBA115
for address in 0x76100000 0x763FFFF8; do
	ok "the root cell fills $address" devmem $address 64 $pattern
	is "and reads it" "$(left $address)" $pattern
done
found scrub 0
ok "destroy it" regctl cell destroy scrub
is "the root finds zeros, image and stack included" \
	"$(left 0x76000000 0x76002000 0x76010000 0x76100000 0x763FFFF8 | uniq)" \
	$zero

# The guest counts from 64 KiB on or less: its image is smaller than that.
all=$(regctl console | sed -n 's/^pattern: .* of \([0-9]*\) .*/\1/p' | tail -n 1)
ok "most of the memory was looked at" [ "$all" -gt $(((4096 - 64) * 128)) ]
found keep 0
ok "destroy it" regctl cell destroy keep
is "where the configuration says so, it stays" \
	"$(left 0x76100000 0x763FFFF8 | uniq)" $pattern
found keep "$all"
ok "destroy it again" regctl cell destroy keep
found scrub 0
ok "destroy the last" regctl cell destroy scrub
is "and the root finds zeros" "$(left 0x76100000 0x763FFFF8 | uniq)" $zero

ok "the witness agrees" regctl cell destroy witness
is "no page is lost" "$(cat $sys/mem_pool_used)" "$used"
is "all CPUs are back" "$(nproc)" 4
ok "disable" regctl disable
