# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Cells on the real thing: life cycle, refusals, crashes beside a running cell.
# $1 is the system configuration.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir

# pool_used: pages of the hypervisor in use.
pool_used() {
	cat $sys/mem_pool_used
}

# crash NAME PATTERN BYTES...: an image of these instructions parks the cell
# and is reported so.
crash() {
	crash_name=$1
	crash_pattern=$2
	shift 2
	# shellcheck disable=SC2059
	printf "$@" >/tmp/crash.bin
	ok "$crash_name: load" regctl cell load bomb /tmp/crash.bin -a 0
	ok "$crash_name: start" regctl cell start bomb
	sleep 0.2
	says "$crash_name: failed" 'bomb +failed' regctl cell list
	says "$crash_name: the reason is told" "$crash_pattern" \
		regctl console
	says "$crash_name: its neighbour runs" 'victim +running' \
		regctl cell list
}

insmod /lib/modules/weir.ko
ok "enable" regctl enable "$cells/$1.cell"
is "one cell" "$(regctl cell list --no-headings | wc -l)" 1

# --- in vain ---
fails 4 "start what is not there" regctl cell start victim
fails 4 "destroy what is not there" regctl cell destroy victim
fails 4 "the root cell cannot be started" regctl cell start root
fails 4 "nor loaded" regctl cell load root /weir/inmates/bomb.bin -a 0
before=$(pool_used)

# --- once round ---
ok "create" regctl cell create $cells/victim.cell
is "its CPU has left Linux" "$(nproc)" 3
says "it waits" 'victim +shut down' regctl cell list
fails 4 "create it again" regctl cell create $cells/victim.cell
ok "load" regctl cell load victim /weir/inmates/victim.bin -a 0 \
	-s "pattern=seq ws=64k lines=1024 period=1s jobs=1000000" \
	-a 0x1000
ok "start" regctl cell start victim
says "it runs" 'victim +running' regctl cell list

# --- crashes beside it ---
ok "create the bomb" regctl cell create $cells/bomb.cell
fails 4 "its CPU is taken" regctl cell create $cells/jitter.cell
# movz x0, #0x4000, lsl #16; ldr x1, [x0]: the root cell's memory
crash "reads the root's memory" 'memory the cell does not own.*0x40000000' \
	'\000\000\250\322\001\000\100\371'
# movz x0, #0x7000, lsl #16; str x1, [x0]: the hypervisor's
crash "writes the hypervisor's memory" 'does not own.*0x70000000' \
	'\000\000\256\322\001\000\000\371'
# movz x0, #0x7100, lsl #16; br x0: the neighbour's
crash "executes its neighbour's memory" 'does not own.*0x71000000' \
	'\000\040\256\322\000\000\037\326'
# hvc #0
crash "makes an unknown call" 'unknown immediate' '\002\000\000\324'
ok "a crashed cell runs again" regctl cell load bomb /weir/inmates/bomb.bin \
	-a 0 -s "mode=read size=64k" -a 0x1000
ok "when started" regctl cell start bomb
sleep 0.2
says "and stays" 'bomb +running' regctl cell list

# --- the end ---
ok "destroy the bomb" regctl cell destroy bomb
ok "destroy the victim" regctl cell destroy victim
is "the CPUs are back" "$(nproc)" 4
is "and the pages" "$(pool_used)" "$before"

# --- many times ---
# go_round: a bomb from creation to destruction.
go_round() {
	regctl cell create $cells/bomb.cell &&
		regctl cell load bomb /weir/inmates/bomb.bin -a 0 \
			-s "mode=read size=64k" -a 0x1000 &&
		regctl cell start bomb && regctl cell destroy bomb
}

round=0
while [ $round -lt 5 ] && go_round >/dev/null; do
	round=$((round + 1))
done
is "five rounds" $round 5
is "leak nothing" "$(pool_used)" "$before"

ok "disable" regctl disable
ok "the module can go" rmmod weir
