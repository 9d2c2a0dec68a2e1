# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A stock Debian kernel as the root cell on Intel: enable, five cells one after
# the other, disable.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir

# printed PATTERN: the hypervisor's console says it within ten seconds.
printed() {
	tries=0
	while [ $tries -lt 20 ]; do
		grep -q "$1" $sys/console && return 0
		sleep 0.5
		tries=$((tries + 1))
	done
	cat $sys/console
	return 1
}

uname -r
is "two CPUs" "$(nproc)" 2
ok "the module loads" insmod /lib/modules/weir.ko
ok "enable" regctl enable $cells/bochs.cell
is "one cell" "$(regctl cell list --no-headings | wc -l)" 1
for round in 1 2 3 4 5; do
	ok "cell $round: create" regctl cell create $cells/bochs-jitter.cell
	is "cell $round: its CPU has left Linux" "$(nproc)" 1
	ok "cell $round: load" regctl cell load jitter /weir/inmates/jitter.bin \
		-a 0 -s "period=1ms report=$((round * 10))" -a 0x1000
	ok "cell $round: start" regctl cell start jitter
	ok "cell $round: it works" printed "jitter: n=$((round * 10)) "
	ok "cell $round: destroy" regctl cell destroy jitter
	is "cell $round: the CPU is back" "$(nproc)" 2
done
report exits "$(cat $sys/cells/0/statistics/vmexits_total)"
ok "disable" regctl disable
ok "enable again" regctl enable $cells/bochs.cell
ok "disable again" regctl disable
is "nothing in the kernel's log" \
	"$(dmesg | grep -cE 'BUG|Oops|WARNING|rcu.*stall')" 0
