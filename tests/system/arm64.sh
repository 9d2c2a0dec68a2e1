# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# What guests may not do, beside a cell that must not notice; CPUs on and off.
# $1 is the system configuration, $2 the cell for guests that misbehave.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

config=/weir/cells/$1.cell

# printed: what the hypervisor and the guests said last, the neighbour apart.
printed() {
	regctl console | grep -v ^jitter: | tail -n 30| tail -n 30
}

online() {
	cat /sys/devices/system/cpu/online
}

# borrow: a cell comes and goes.
borrow() {
	regctl cell create -q /weir/cells/jitter.cell &&
		run_guest jitter jitter && regctl cell destroy -q jitter
}

# hotplug CPU: off and on again.
hotplug() {
	echo 0 >"/sys/devices/system/cpu/cpu$1/online" &&
		echo 1 >"/sys/devices/system/cpu/cpu$1/online"
}

insmod /lib/modules/weir.ko
ok "enable" regctl enable "$config"

# --- CPUs of the root cell go and come ---
for cpu in 1 2 3; do
	ok "CPU $cpu off and on" hotplug $cpu
done
is "all CPUs are back" "$(online)" 0-3
for cpu in 0 1 2 3; do
	ok "CPU $cpu runs programs" taskset -c $cpu true
done

# --- perf counts and samples in the root cell, which is regulated by the PMU ---
# sampled: an overflow for each period that was counted (0x11: CPU cycles).
sampled() {
	taskset -c 1 pmu-count 0x11 1000000 >/tmp/counted &&
		awk '{ print; exit !($1 > 5000000 && $2 == int($1 / 1000000)) }' \
			/tmp/counted
}
ok "perf samples" sampled
if [ "$2" != traps-model-cell ]; then
	ok "regulate by the PMU" regctl set root --budget 500GB/s
	ok "perf samples beside it" sampled
	ok "regulate no more" regctl unset root
fi

# --- a neighbour, on CPU 3 ---
ok "create the neighbour" regctl cell create /weir/cells/jitter.cell
ok "start it" run_guest jitter jitter
ok "create the cell for misbehaving" \
	regctl cell create "/weir/cells/$2.cell"

# faults MODE TEXT: the cell fails, and the console says why.
faults() {
	ok "$1: start" run_guest traps traps "mode=$1"
	ok "$1: the cell fails" becomes traps failed
	says "$1: and is told why" "cell \"traps\": CPU 2: $2" printed
}

faults read 'access to memory the cell does not own, address 0x50000000'
faults write 'access to memory the cell does not own, address 0x50000000'
faults fetch 'instruction fetch from memory the cell does not own, address 0x4000000'
faults tables 'instruction fetch from memory the cell does not own'
[ "$2" != traps-model-cell ] ||
	faults rom 'access to memory the cell does not own, address 0x80001000'
faults narrow 'device access of a width, alignment or direction not allowed'
faults pair 'access to memory the cell does not own'
faults hvc 'hypervisor call with an unknown immediate'

# passes MODE: the guest gets past it and ends.
passes() {
	ok "$1: start" run_guest traps traps "mode=$1"
	ok "$1: the guest ends" becomes traps "shut down"
	says "$1: it got past" "past $1" printed
}

passes setway
passes pmu
says "pmu: the guest's share of counters" '^traps: 3 event counters' printed
passes smc
fails 1 "smc: no call was answered" sh -c \
	'regctl console | tail -n 20 | grep answered'
passes forms
says "forms: loads extend" 'loaded a0 ffffffffffffffa0 ffffffa0' printed
says "forms: the zero register is zero" 'then 0' printed

# --- guests that stop themselves, or never ---
for mode in off reset; do
	ok "$mode: start" run_guest traps traps "mode=$mode"
	ok "$mode: the cell is down" becomes traps "shut down"
	fails 1 "$mode: it did not return" sh -c \
		"regctl console | tail -n 5 | grep 'past $mode'"
done
for mode in cpuoff spin halt; do
	ok "$mode: start" run_guest traps traps "mode=$mode"
	sleep 0.1
	is "$mode: the cell is not failed" "$(state_of traps)" running
	ok "$mode: shut down" regctl cell shutdown traps
	is "$mode: it is down" "$(state_of traps)" "shut down"
done

# --- nothing stays in the registers ---
for run in 1 2; do
	ok "context $run: start" run_guest traps context
	ok "context $run: the guest ends" becomes traps "shut down"
	says "context $run: clean" 'context: clean' printed
	says "context $run: dirty after" 'context: left something' printed
done

# --- the neighbour has not noticed ---
is "it runs" "$(state_of jitter)" running
sleep 0.3
says "it prints" 'jitter: n=' sh -c \
	'regctl console | tail -n 2'
ok "destroy the cell for misbehaving" regctl cell destroy traps
ok "destroy the neighbour" regctl cell destroy jitter
is "their CPUs are back" "$(online)" 0-3

# --- PSCI inside a cell of two CPUs ---
ok "create a cell of two CPUs" regctl cell create /weir/cells/power-cell.cell
ok "power: start" run_guest power power "cpu=2"
ok "power: the guest ends" becomes power "shut down"
says "power: as PSCI says" 'power: 0 failures' printed
ok "destroy it" regctl cell destroy power
is "both CPUs are back" "$(online)" 0-3
# --- a 32-bit guest: prints "a32" by hypercall 8, then PSCI SYSTEM_OFF ---
# a32 CHARACTER: mov r0, #8; mov r1, #CHARACTER; hvc #0x4a48
a32() {
	printf '\010\000\240\343%b\020\240\343\170\244\104\341' "$1"
}
{
	a32 '\0141' && a32 '\0063' && a32 '\0062' && a32 '\0012'
	# movw r0, #8; movt r0, #0x8400; smc #0
	printf '\010\000\000\343\000\004\110\343\160\000\140\341'
} >/tmp/a32.bin
ok "create an AArch32 cell" regctl cell create /weir/cells/aarch32-cell.cell
ok "aarch32: load" regctl cell load aarch32 /tmp/a32.bin
ok "aarch32: start" regctl cell start aarch32
ok "aarch32: it powers off" becomes aarch32 "shut down"
says "aarch32: and has printed" '^a32$' printed
ok "destroy it" regctl cell destroy aarch32
ok "disable" regctl disable

# --- in and out, with cells and CPUs moving ---
used=
cycles=20
# The model makes everything some twenty times slower.
[ "$2" != traps-model-cell ] || cycles=5
for cycle in $(seq $cycles); do
	regctl enable "$config" -q || break
	now=$(cat /sys/devices/weir/mem_pool_used)
	[ "${used:-$now}" = "$now" ] || break
	used=$now
	case $cycle in
	*0) hotplug 1 || break ;;
	*5)
		borrow || break
		[ "$(cat /sys/devices/weir/mem_pool_used)" = "$used" ] || break
		;;
	esac
	regctl disable -q || break
	done=$cycle
done
is "$cycles cycles of enable and disable, none leaks" "$done" $cycles
is "all CPUs are there" "$(online)" 0-3
ok "CPUs go and come without Weir" hotplug 2
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
