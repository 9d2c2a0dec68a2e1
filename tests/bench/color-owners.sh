# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# The root cell moved to colors 5-15 while it runs, cells on 2 and on 4, what one of
# them shares with the root on 3, and the hypervisor on 0-1: between the marks the
# model's plugin judges every access of all.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable $cells/qemu-virt-colors-model.cell
says "the hypervisor has its colors" 'hypervisor: on 2 of 16 colors' \
	regctl console
fails 4 "the root gets none of them" regctl set root --colors 1-15
says "and is told whose they are" 'color 1 belongs to the hypervisor' \
	regctl set root --colors 1-15
dd if=/dev/urandom of=/tmp/blob bs=64k count=16 2>/dev/null
sum=$(sha256sum </tmp/blob)

says "regctl colors says so" '^ *- hypervisor +0-1 ' regctl colors
ok "root to 5-15" regctl -q set root --colors 5-15
ok "create the victim" regctl -q cell create $cells/apart-victim-cell.cell
ok "create the bomb" regctl -q cell create $cells/apart-bomb-cell.cell
ok "start the one that shares" run_guest apart-victim sharer
sleep 0.1
color-mark begin
says "what is shared arrives" '4 rounds, 0 wrong words' \
	weir-share 36 65536 2 4
color-mark end
ok "it is done" becomes apart-victim "shut down"
ok "start the victim" run_guest apart-victim victim \
	"ws=64k period=2ms jobs=2000 warmup=4"
ok "start the bomb" run_guest apart-bomb bomb "mode=both size=1M"
sleep 0.2

color-mark begin
n=0
while [ "$n" -lt 3 ]; do
	cat /tmp/blob >/tmp/copy
	is "what root copied is right" "$(sha256sum </tmp/copy)" "$sum"
	n=$((n + 1))
done
ok "the cells are looked at" regctl status apart-victim
ok "so are the colors" regctl colors
ok "a budget is set" regctl -q set apart-bomb --budget 200MB/s
sleep 0.3
color-mark end

is "the victim still runs" "$(state_of apart-victim)" running
is "the bomb still runs" "$(state_of apart-bomb)" running
ok "destroy the bomb" regctl -q cell destroy apart-bomb
ok "destroy the victim" regctl -q cell destroy apart-victim
ok "root to all" regctl -q set root --colors all
is "what root copied is still right" "$(sha256sum </tmp/copy)" "$sum"
ok "disable" regctl -q disable
says "the console is there" 'leaving' regctl console
ok "Linux has no complaint" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|rcu.*stall|Call trace"'
