# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Reloads at full load: none is lost or torn, and the machine stays well.
# $1 reloads without a pause, $2 reloads with their delay measured.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

hogs=''
insmod /lib/modules/weir.ko
ok "enable" regctl -q enable /weir/cells/qemu-virt-demo.cell
used=$(cat /sys/devices/weir/mem_pool_used)
ok "a bomb on the third CPU" sh -c 'regctl -q cell create /weir/cells/victim.cell &&
	regctl -q cell load victim /weir/inmates/bomb.bin -a 0 \
		-s "mode=both size=4M" -a 0x1000 &&
	regctl -q cell start victim'
# What the guest has to say at first goes to the same UART.
sleep 0.1
for cpu in 0 1; do
	hog --cpu $cpu --mode write --size 8 >/dev/null &
	hogs="$hogs $!"
done

if reload root "$1" "$2" >/tmp/reload.out 2>/tmp/reload.err; then
	result "ok - $1 reloads, none lost, none torn"
else
	result "not ok - $1 reloads, none lost, none torn"
	sed 's/^/  # /' /tmp/reload.err
fi
cat /tmp/reload.out

ok "the bomb runs" regctl status victim
says "in its cell" 'victim +running' regctl cell list
is "the policy is the configuration's again" \
	"$(cat /sys/devices/weir/cells/0/budget)" max
# Words on purpose.
# shellcheck disable=SC2086
ok "the hogs were alive" kill $hogs
ok "destroy" regctl -q cell destroy victim
is "no page is lost" "$(cat /sys/devices/weir/mem_pool_used)" "$used"
ok "disable" regctl -q disable
