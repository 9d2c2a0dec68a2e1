# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# The root cell changes its colors under load: there, back, interrupted and
# refused; what it leaves is another cell's. Two workers copy files and sum
# them up the whole time.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir
root_colors=$sys/cells/0/colors

# worker N: one file after the other, each with the sum it must have.
worker() {
	n=0
	while [ -e /tmp/load ]; do
		cat /tmp/blob >"/tmp/copy.$1"
		[ "$(sha256sum <"/tmp/copy.$1")" = "$sum" ] ||
			echo bad >>/tmp/bad
		n=$((n + 1))
		echo "$n" >"/tmp/rounds.$1"
		sleep 0.05
	done
}

rounds() {
	cat /tmp/rounds.* 2>/dev/null | awk '{ n += $1 } END { print n + 0 }'
}

# go LIST: the root gets these colors.
go() {
	ok "root to $1" regctl -q set root --colors "$1"
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable $cells/qemu-virt-recolor.cell
is "the root has all colors" "$(cat $root_colors)" ""
dd if=/dev/urandom of=/tmp/blob bs=64k count=16 2>/dev/null
sum=$(sha256sum </tmp/blob)
: >/tmp/load
: >/tmp/bad
worker 0 &
worker 1 &

says "it could" 'freed|qemu|root' regctl set root --colors 4-15 --dry-run
is "which changes nothing" "$(cat $root_colors)" ""
says "ten colors need more memory than is set aside" \
	'0x20000000 bytes span 0x33[0-9a-f]* on 10 of 16 colors: it has 0x30000000' \
	regctl set root --colors 0-9
fails 4 "and are refused" regctl set root --colors 0-9
fails 4 "as is a color that does not exist" regctl set root --colors 4-16
fails 2 "and what is no list" regctl set root --colors 4-

before=$(rounds)
used=$(cat $sys/mem_pool_used)
go 4-15
ok "its tables take more" [ "$(cat $sys/mem_pool_used)" -gt "$used" ]
is "it has them" "$(cat $root_colors)" 4-15
says "regctl colors says so" '^ *0 .* 4-15 ' regctl colors
fails 4 "it cannot be left as it is" regctl disable
says "and is told what to do first" \
	"has 12 of 16 colors: 'regctl set root --colors all' first" \
	regctl disable
ok "the load went on" [ "$(rounds)" -gt "$before" ]

ok "a cell gets what was left" regctl -q cell create $cells/freed-cell.cell
ok "it runs there" run_guest freed bomb "sweeps=2 size=1M"
ok "to its end" becomes freed "shut down"
fails 4 "the root cannot come back meanwhile" regctl set root --colors all
says "and is told why" 'cell "freed" has memory there' \
	regctl set root --colors all
ok "destroy it" regctl -q cell destroy freed

# --- interrupted, and killed: back to what it was ---
regctl -q set root --colors all &
pid=$!
sleep 0.3
kill -INT $pid
wait $pid
is "interrupted half-way, it says no" $? 1
is "and has what it had" "$(cat $root_colors)" 4-15
is "with what was there" "$(sha256sum </tmp/blob)" "$sum"
regctl -q set root --colors all &
pid=$!
sleep 0.3
kill -KILL $pid
wait $pid 2>/dev/null
is "killed, it has what it had" "$(cat $root_colors)" 4-15
is "with what was there" "$(sha256sum </tmp/blob)" "$sum"
ok "cells get what they could: its pages are where they were" \
	regctl -q cell create $cells/freed-cell.cell
ok "destroy it again" regctl -q cell destroy freed
says "nothing is left under way" 'qemu|root' \
	regctl set root --colors 0-11 --dry-run

# --- what else happens meanwhile ---
# begin LIST: goes there beside what follows.
begin() {
	regctl set root --colors "$1" >/tmp/went 2>&1 &
	pid=$!
	sleep 0.1
}

# ends LIST: it was on its way until now, and comes there.
ends() {
	ok "all that was beside the change to $1" kill -0 $pid
	wait $pid
	is "which was made" "$? $(cat $root_colors)" "0 $2"
	is "and has no progress in a file" "$(grep -c % /tmp/went)" 0
}

ok "a cell beside the next change" regctl -q cell create $cells/freed-cell.cell
begin 5-15
fails 4 "no second change beside a first one" regctl set root --colors 0-11
ok "a cell can go" regctl -q cell destroy freed
fails 4 "none can come" regctl cell create $cells/freed-cell.cell
fails 4 "Weir stays" regctl disable
ends 5-15 5-15
begin all
ok "a CPU can go" sh -c 'echo 0 >/sys/devices/system/cpu/cpu3/online'
ok "and come" sh -c 'echo 1 >/sys/devices/system/cpu/cpu3/online'
says "it is told why nothing else goes" 'is changing its colors' \
	regctl set root --colors 0-11
ends all ""
is "its tables take what they took: it has its blocks again" \
	"$(cat $sys/mem_pool_used)" "$used"

rm /tmp/load
wait
is "every sum was right" "$(cat /tmp/bad)" ""
ok "of enough of them" [ "$(rounds)" -gt 10 ]
report rounds "$(rounds)"
ok "disable" regctl -q disable
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
