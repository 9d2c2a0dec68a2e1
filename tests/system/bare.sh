# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# The stock kernel alone: what Weir expects of the machine that it takes over.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

dmesg >/tmp/dmesg

is "four CPUs are online" "$(nproc)" 4
ok "the kernel is a stock one" grep -q '^6\.1\.0-[0-9]*-arm64$' \
	/proc/sys/kernel/osrelease
ok "every CPU started at EL2" grep -q 'All CPU(s) started at EL2' /tmp/dmesg
ok "KVM keeps out of EL2" grep -q 'KVM disabled from command line' /tmp/dmesg
ok "Linux keeps to its 768 MiB" grep -q '^40000000-6fffffff : System RAM' \
	/proc/iomem
# awk's own variables.
# shellcheck disable=SC2016
ok "nothing of Linux lies above" awk -F '[- ]' \
	'length($1) == 8 && $1 >= "70000000" && $1 < "80000000" { exit 1 }' \
	/proc/iomem
ok "the GIC is the one asked for" grep -qE "$1" /tmp/dmesg
