# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# The root cell at several budgets while two hogs run; prints the spans of time
# on the hypervisor's clock. $1: model time per budget in ms; then the budgets.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

span_ns=$(($1 * 1000000))
shift
hogs=''

now() {
	regctl status root --json | sed -n 's/.*"now_ns": \([0-9]*\).*/\1/p'
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable /weir/cells/qemu-virt-demo.cell
# Leaves two CPUs to the root cell; the victim is not started.
ok "create the victim" regctl -q cell create /weir/cells/victim.cell
for cpu in 0 1; do
	hog --idle --cpu $cpu --mode write --size 8 &
	hogs="$hogs $!"
done
unset_from=$(now)
until [ "$(now)" -ge $((unset_from + 20000000)) ]; do usleep 5000; done
report rate.unlimited "$unset_from $(now)"
for mb in "$@"; do
	ok "$mb MB/s" regctl -q set root --budget "${mb}MB/s"
	# The first whole period under the new budget.
	usleep 1000
	from=$(now)
	until to=$(now) && [ "$to" -ge $((from + span_ns)) ]; do usleep 500; done
	report "rate.$mb" "$from $to"
done
regctl status root --json | sed -n 's/^ *"overshoot_max_bytes": \([0-9]*\).*/\1/p' |
	sort -n | tail -n 1 >/tmp/overshoot
report overshoot "$(cat /tmp/overshoot)"
# Words on purpose.
# shellcheck disable=SC2086
kill $hogs
ok "unset" regctl -q unset root --budget
ok "destroy" regctl -q cell destroy victim
ok "disable" regctl -q disable
