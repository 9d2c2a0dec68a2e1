# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# The same hog on bare Linux and under Weir, unregulated. $1: configuration, or
# "bare". The plugin el2prof counts between the hog's markers.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

[ "$1" = bare ] || {
	insmod /lib/modules/weir.ko
	ok "enable" regctl -q enable "/weir/cells/$1.cell"
}
ok "the hog runs" hog --cpu 1 --mode write --size 8 --sweeps 100
[ "$1" = bare ] || ok "disable" regctl -q disable
