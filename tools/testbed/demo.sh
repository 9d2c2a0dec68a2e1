# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demo in the root cell: a victim in its own cell, alone, beside two hogs,
# and beside two hogs while the root cell gets a budget. Arguments: budget,
# jobs per run. Everything measured is printed at the end, between markers.
set -eu

budget=${1:-200MB/s}
jobs=${2:-100}
cells=/weir/cells
victim_state=
hogs=

say() {
	echo "demo: $*"
}

stop() {
	say "failed: $*"
	exit 1
}

# The first sysfs directory of the cell called victim.
find_victim() {
	for directory in /sys/devices/weir/cells/*; do
		if [ "$(cat "$directory/name")" = victim ]; then
			victim_state=$directory/state
			return
		fi
	done
	stop "the cell is not in sysfs"
}

victim_start() {
	regctl -q cell load victim /weir/inmates/victim.bin -a 0 \
		-s "$1 tag=$2" -a 0x1000
	regctl -q cell start victim
}

# Waiting must not keep the hogs off their CPUs: rarely, and without a process.
# Under a budget the guest's clock is slow, and so the steps are small.
poll_us=20000

# Waits until the victim has shut itself down.
victim_wait() {
	waited=0
	while read -r state <"$victim_state" && [ "$state" = running ]; do
		usleep $poll_us
		waited=$((waited + 1))
		[ $waited -lt 20000 ] || stop "the victim does not end"
	done
	[ "$(cat "$victim_state")" = "shut down" ] ||
		stop "the victim is $(cat "$victim_state")"
}

# Waits until the console shows job N of the current run.
victim_wait_job() {
	waited=0
	until sed '1,/tag='"$2"'/d' /tmp/console | grep -q "^job $1 "; do
		usleep $poll_us
		waited=$((waited + 1))
		[ $waited -lt 20000 ] || stop "job $1 does not come"
	done
}

llc="pattern=chase ws=256k period=1ms warmup=3"
dram="pattern=chase ws=2M lines=4096 period=1ms warmup=3"

# Idle priority: the shell and regctl get their turn at once, as they would on
# a machine whose clock did not slow down with its budget.
hogs_start() {
	for cpu in 0 1; do
		hog --idle --cpu $cpu --mode write --size 8 &
		hogs="$hogs $!"
	done
}

print_record() {
	echo "demo-begin: $1"
	cat "$2"
	echo "demo-end: $1"
}

insmod /lib/modules/weir.ko
say "[1/8] enabling Weir under the running Linux"
regctl enable $cells/qemu-virt-demo.cell
regctl -q cell create $cells/victim.cell
regctl console -f >/tmp/console 2>&1 &
console=$!
find_victim

# Calls that do next to nothing, to be counted.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	read -r _ </sys/devices/weir/mem_pool_used
done

say "[2/8] alone: victim in the last-level cache"
victim_start "$llc jobs=$jobs" alone-llc
victim_wait
say "[3/8] alone: victim in DRAM"
victim_start "$dram jobs=$jobs" alone-dram
victim_wait

hogs_start
say "[4/8] two hogs: victim in the last-level cache"
victim_start "$llc jobs=$jobs" hogs-llc
victim_wait
say "[5/8] two hogs: victim in DRAM"
victim_start "$dram jobs=$jobs" hogs-dram
victim_wait

say "[6/8] two hogs: regctl set root --budget $budget, live"
victim_start "$llc jobs=$((jobs * 2 + 40))" regulated-llc
victim_wait_job 20 regulated-llc
regctl set root --budget "$budget" --json >/tmp/request
poll_us=1000
victim_wait
regctl status root --json >/tmp/status
say "[7/8] regulated: victim in DRAM"
victim_start "$dram jobs=$jobs" regulated-dram
victim_wait

say "[8/8] back to bare Linux"
regctl status >/tmp/table
# The hogs are children: nothing else of this script runs in the background.
# shellcheck disable=SC2086
kill $hogs
regctl -q cell destroy victim
usleep 10000
kill $console
regctl disable
print_record console /tmp/console
print_record request /tmp/request
print_record status /tmp/status
cat /tmp/table
