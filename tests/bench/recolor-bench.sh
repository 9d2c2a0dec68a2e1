# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A root cell of 512 MiB changes its colors, alone and while a worker copies files
# and sums them up; prints what each change took on the hypervisor's clock, and
# what memcpy() takes.
# $1: changes under load, there and back in turn. $2: configuration of the system.
# $3: MiB of files that are summed up before all changes and after them. Unless 0,
# all memory that is free then is held by two processes that compare it all the time,
# and the kernel and the files of the system are summed up as well.
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

system_sum() {
	find / -xdev -type f ! -path '/tmp/*' ! -path '/proc/*' \
		! -path '/sys/*' | sort | xargs cat | md5sum
}

# What is left for those that run meanwhile: 64 MiB.
free_mib() {
	awk '/^MemAvailable:/ { print int($2 / 1024) - 64 }' /proc/meminfo
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable "/weir/cells/$system.cell"
dd if=/dev/urandom of=/tmp/blob bs=64k count=16 2>/dev/null
sum=$(sha256sum </tmp/blob)
files_make
is "there are $files_mib files" "$(find /tmp/files -type f | wc -l)" "$files_mib"
files=$(files_sum)
report copy "$(memcopy 128)"
report pool.before "$(cat /sys/devices/weir/mem_pool_used)"
measured alone.there 4-15
report pool.colored "$(cat /sys/devices/weir/mem_pool_used)"
measured alone.back all
report pool.back "$(cat /sys/devices/weir/mem_pool_used)"
: >/tmp/load
: >/tmp/bad
: >/tmp/rounds
worker &
if [ "$files_mib" -gt 0 ]; then
	kernel=$(memsums kernel)
	system=$(system_sum)
	mib=$(($(free_mib) / 2))
	for n in 0 1; do
		memsums $mib /tmp/load >/tmp/held.$n &
	done
fi
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
if [ "$files_mib" -gt 0 ]; then
	is "the kernel's code is what it was" \
		"$(memsums kernel)" "$kernel"
	is "and all files of the system" "$(system_sum)" "$system"
	for n in 0 1; do
		report held.$n "$(cat /tmp/held.$n)"
	done
	report sizes "${kernel% *} $(du -xsk / | awk '{ print $1 }')"
fi
ok "disable" regctl -q disable
