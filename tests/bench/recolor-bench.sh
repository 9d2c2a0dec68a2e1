# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A root cell of 512 MiB changes its colors, alone and while a worker copies files
# and sums them up; prints what each change took on the hypervisor's clock, and
# what memcpy() takes.
# $1: changes under load, there and back in turn. $2: configuration of the system.
# $3: MiB of files that are summed up before all changes and after them.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cycles=$1
system=${2:-qemu-virt-recolor-model}
files_mib=${3:-0}

# value NAME: of the answer in /tmp/answer.
value() {
	sed -n "s/^ *\"$1\": \([0-9]*\).*/\1/p" /tmp/answer
}

change() {
	regctl set root --json --colors "$1" >/tmp/answer
}

# measured NAME LIST: what ok() runs keeps its output to itself.
measured() {
	ok "$1 on $2" change "$2"
	report "$1" "$(value moved_bytes) $(value took_ns) $(value longest_ns) $(value waits)"
}

worker() {
	while [ -e /tmp/load ]; do
		cat /tmp/blob >/tmp/copy
		[ "$(sha256sum </tmp/copy)" = "$sum" ] || echo bad >>/tmp/bad
		echo round >>/tmp/rounds
		sleep 0.1
	done
}

# No two files are the same.
files_make() {
	mkdir /tmp/files
	n=0
	while [ "$n" -lt "$files_mib" ]; do
		{ echo "$n" && cat /tmp/blob; } >"/tmp/files/$n"
		n=$((n + 1))
	done
}

files_sum() {
	find /tmp/files -type f | sort | xargs cat | md5sum
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable "/weir/cells/$system.cell"
dd if=/dev/urandom of=/tmp/blob bs=64k count=16 2>/dev/null
sum=$(sha256sum </tmp/blob)
files_make
is "there are $files_mib files" "$(find /tmp/files -type f | wc -l)" "$files_mib"
files=$(files_sum)
report copy "$(memcopy 128)"
measured alone.there 4-15
measured alone.back all
: >/tmp/load
: >/tmp/bad
: >/tmp/rounds
worker &
n=0
while [ "$n" -lt "$cycles" ]; do
	measured load.there 4-15
	measured load.back all
	n=$((n + 2))
done
rm /tmp/load
wait
report sums "$(wc -l </tmp/rounds) $(wc -l </tmp/bad)"
is "$files_mib MiB of files are what they were" "$(files_sum)" "$files"
ok "disable" regctl -q disable
