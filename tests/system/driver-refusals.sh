# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that leaves EL2 to somebody else is refused, and goes on running.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

insmod /lib/modules/weir.ko
fails 19 "enabling is refused" weir-ioctl enable "/weir/cells/$1.cell"
says "and it says why" "$2" weir-ioctl enable "/weir/cells/$1.cell"
is "nothing is enabled" "$(cat /sys/devices/weir/enabled)" 0
ok "no memory stays claimed" sh -c '! grep -i weir /proc/iomem'
ok "the module can go" rmmod weir
is "all CPUs go on" "$(nproc)" 4
