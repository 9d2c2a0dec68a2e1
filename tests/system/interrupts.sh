# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Interrupts reach stock Linux under Weir: disks, clock, SGIs, CPU hotplug.
# $1 is the system configuration, $2 and $3 are the sums of the two disks.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

config=/weir/cells/$1.cell
cpus=/sys/devices/system/cpu

# total PATTERN: interrupts so far of the matching lines, on all CPUs.
total() {
	awk -v pattern="$1" '$0 ~ pattern {
		for (n = 2; n <= 5; n++) sum += $n
	} END { print sum + 0 }' /proc/interrupts
}

# count_grows NAME PATTERN COMMAND...: the command makes interrupts.
count_grows() {
	grows_name=$1
	grows_before=$(total "$2")
	grows_pattern=$2
	shift 2
	"$@" >/dev/null 2>&1
	ok "$grows_name" [ "$(total "$grows_pattern")" -gt "$grows_before" ]
}

# sum_of DISK: read anew.
sum_of() {
	echo 3 >/proc/sys/vm/drop_caches
	md5sum "$1" | cut -c 1-32
}

# read_on: reads both disks until /tmp/stop exists; its last act is the tally.
read_on() {
	good=0
	bad=0
	while [ ! -e /tmp/stop ]; do
		if [ "$(sum_of /dev/vda)" = "$1" ] &&
		   [ "$(sum_of /dev/vdb)" = "$2" ]; then
			good=$((good + 1))
		else
			bad=$((bad + 1))
		fi
		echo "$good $bad" >/tmp/tally.new
		mv /tmp/tally.new /tmp/tally
	done
}

rounds() {
	cut -d ' ' -f 1 /tmp/tally
}

# reads_go_on: two more rounds are finished, within 20 s.
reads_go_on() {
	on_until=$(($(rounds) + 2))
	on_turns=0
	while [ "$(rounds)" -lt $on_until ]; do
		[ $on_turns -lt 200 ] || return 1
		on_turns=$((on_turns + 1))
		sleep 0.1
	done
}

# all_cpus 0|1: every CPU but the first goes or comes.
all_cpus() {
	for number in 1 2 3; do
		echo "$1" >$cpus/cpu$number/online || return 1
	done
}

# bind NUMBER: SPIs of the first disk on this CPU.
bind() {
	line=$(awk '/virtio0/ { sub(":", "", $1); print $1; exit }' \
		/proc/interrupts)
	echo "$1" >"/proc/irq/$line/smp_affinity_list"
}

# wander: it goes round the CPUs, while the disk is read.
wander() {
	wander_turn=0
	while [ $wander_turn -lt 100 ]; do
		bind $((wander_turn % 4)) || return 1
		wander_turn=$((wander_turn + 1))
	done
	reads_go_on
}

# on_cpu PATTERN NUMBER: interrupts so far there.
on_cpu() {
	awk -v pattern="$1" -v field="$(($2 + 2))" \
		'$0 ~ pattern { print $field; exit }' /proc/interrupts
}

# The clock gets another number when its driver comes back.
alarm() {
	for clock in /sys/class/rtc/rtc*; do
		echo 0 >"$clock/wakealarm"
		echo +1 >"$clock/wakealarm"
	done
	sleep 2.5
}

# cell_stat NAME: "some" when the cell has had such exits, or "none".
cell_stat() {
	regctl cell stats interrupts | awk -v name="$1" '
		NR == 1 { for (n = 1; n <= NF; n++) if ($n == name) field = n }
		$2 == "all" { print ($field > 0 ? "some" : "none") }'
}

# clock_driver bind|unbind: the root's driver of the real-time clock.
clock_driver() {
	echo 9010000.pl031 >/sys/bus/amba/drivers/rtc-pl031/"$1"
}

for module in virtio_mmio virtio_pci_modern_dev virtio_pci_legacy_dev \
	virtio_pci virtio_blk weir; do
	insmod /lib/modules/$module.ko
done
is "bare: first disk" "$(sum_of /dev/vda)" "$2"
is "bare: second disk" "$(sum_of /dev/vdb)" "$3"

ok "enable" regctl enable "$config"
is "first disk" "$(sum_of /dev/vda)" "$2"
is "second disk" "$(sum_of /dev/vdb)" "$3"
count_grows "interrupts of the first disk" virtio0 sum_of /dev/vda
count_grows "messages of the second disk" 'virtio1-req' sum_of /dev/vdb
count_grows "the timer ticks" arch_timer sleep 1
count_grows "the real-time clock wakes" rtc-pl031 alarm
count_grows "SGIs arrive" 'Function call' taskset 8 true

bind 3
before=$(on_cpu virtio0 3)
sum_of /dev/vda >/dev/null
ok "an SPI moves to another CPU" [ "$(on_cpu virtio0 3)" -gt "$before" ]

echo "0 0" >/tmp/tally
read_on "$2" "$3" &
ok "an SPI that wanders is never lost" wander
bind 3
round=0
while [ $round -lt 10 ]; do
	{ all_cpus 0 && all_cpus 1; } || break
	round=$((round + 1))
done
is "CPUs go and come ten times" $round 10
ok "meanwhile disks are read" reads_go_on
is "all CPUs are there" "$(nproc)" 4

# A cell takes two CPUs and the clock, uses its interrupts and assaults others.
bind 1
ok "the clock is let go" clock_driver unbind
ok "create a cell with interrupts" \
	regctl cell create /weir/cells/interrupts-cell.cell
ok "load it" regctl cell load interrupts /weir/inmates/interrupts.bin -a 0
ok "start it" regctl cell start interrupts
ok "it ends" becomes interrupts "shut down"
says "its interrupts came, and no others" "interrupts: 0 failures" \
	regctl console
ok "disks are read all the time" reads_go_on
ok "start it again" regctl cell start interrupts
ok "it ends again" becomes interrupts "shut down"
is "again without failures" \
	"$(regctl console | grep -c "interrupts: 0 failures")" 2
is "list registers ran over, and were refilled" \
	"$(cell_stat MAINTENANCE)" some
ok "destroy it" regctl cell destroy interrupts
is "all CPUs are back" "$(nproc)" 4
ok "the clock is taken back" clock_driver bind
count_grows "and wakes as before" rtc-pl031 alarm

round=0
while [ $round -lt 20 ]; do
	{ regctl disable && regctl enable "$config"; } >/dev/null || break
	round=$((round + 1))
done
is "20 times bare and back" $round 20
ok "disks are still read" reads_go_on
ok "disable" regctl disable
ok "also bare" reads_go_on
count_grows "the timer ticks, bare" arch_timer sleep 1
count_grows "the real-time clock wakes, bare" rtc-pl031 alarm
touch /tmp/stop
wait
is "not one sum was wrong" "$(cut -d ' ' -f 2 /tmp/tally)" 0
is "no spurious interrupts" "$(awk '/^Err:/ { print $2 }' /proc/interrupts)" 0
ok "the module can go" rmmod weir
