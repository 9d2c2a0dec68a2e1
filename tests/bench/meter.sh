# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A cell budgeted in instructions by PMU overflow, the root CPU halted beside
# it: what the guest itself measures. Arguments: the cell, `meter` with one CPU
# or `meters` with an idle second one to share its budget, or these two under
# another regulator: `polled`, `bucket`, `buckets`; then budgets in MB/s, where a
# byte is an instruction. Then, to be counted, changes of a budget that is never
# used up, and calls that do next to nothing.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cell=$1
shift
machine=qemu-virt-pmu
regulator=memguard
options=
case $cell in
polled) cell=meter regulator=mempol ;;
bucket) cell=meter regulator=bucket ;;
buckets) cell=meters regulator=bucket ;;
esac
if [ "$cell" = meters ]; then
	machine=qemu-virt-pmu3
	options="idle=2"
fi

# meter_start MB: for 1.2 s at that budget; 1024 instructions a block. Before that
# it waits until the root is halted again: QEMU's counter of instructions, which is
# what the budget is of, goes on while another CPU executes.
meter_start() {
	ok "$1 MB/s" regctl -q set "$cell" --budget "$1MB/s" \
		--regulator $regulator
	regctl -q cell load "$cell" /weir/inmates/meter.bin -a 0 \
		-s "blocks=$(($1 * 1200000 / 1024)) window=500us window2=1ms window3=2ms window4=10ms settle=100ms $options" \
		-a 0x1000
	regctl -q cell start "$cell"
}

# What the meter has said since it runs. Nobody follows the console meanwhile.
said() {
	regctl console | awk '/^meter: running/ { n = 0 } { line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }'
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable /weir/cells/$machine.cell
ok "create" regctl -q cell create "/weir/cells/$cell.cell"
for mb in "$@"; do
	meter_start "$mb"
	sleep 1.5
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		said >/tmp/console
		grep -q "^meter: blocks" /tmp/console && break
		sleep 0.5
	done
	sed -n "s/^meter: window \([0-9]*\) blocks \([0-9]*\)/data: meter.$mb.\1 \2/p
		s/^meter: blocks \([0-9]*\) ns \([0-9]*\)/data: meter.$mb.total \1 \2/p" \
		/tmp/console
done
meter_start 600
for _ in 1 2 3 4 5; do
	ok "800 MB/s" regctl -q set "$cell" --budget 800MB/s --period 1ms
	sleep 0.05
	ok "700 MB/s" regctl -q set "$cell" --budget 700MB/s
	sleep 0.05
	ok "600 MB/s" regctl -q set "$cell" --budget 600MB/s
done
for _ in 1 2 3 4 5 6 7 8 9 10; do
	read -r _ </sys/devices/weir/mem_pool_used
done
ok "destroy" regctl -q cell destroy "$cell"
ok "disable" regctl -q disable
