# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Many clients at once, some of them killed: the driver stays consistent.
# $1 is the system configuration.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

root=/weir/cells/$1.cell
sys=/sys/devices/weir
rounds=40

# The cell takes two CPUs, so that a client may be killed between them.
cell=/tmp/two.cell
cp /weir/cells/jitter.cell $cell
printf '\014' | dd of=$cell bs=1 seek=132 conv=notrunc 2>/dev/null

# The numbers are the same in every run.
seed=1
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	echo $((seed / 65536 % $1))
}

# Becomes the client, so that a signal to it is one to the client.
one_client() {
	case $(random 8) in
	0|1|2) exec weir-ioctl create $cell ;;
	3) exec weir-ioctl load jitter ;;
	# Never without a guest: it would spin, and turns be long.
	4) exec weir-ioctl start jitter /weir/inmates/jitter.bin 0 ;;
	5) exec weir-ioctl destroy jitter ;;
	6) exec weir-ioctl set jitter 100000000000 ;;
	7) exec weir-ioctl hostile ;;
	esac
}

reader() {
	while :; do
		find $sys -type f -perm -400 -exec cat {} +
		weir-ioctl get jitter
		weir-ioctl report jitter
	done
}

consistent() {
	exists=0
	[ ! -e $sys/cells/3 ] || exists=1
	online=$(cat /sys/devices/system/cpu/online)
	if [ $exists = 1 ]; then
		[ "$online" = 0-1 ] &&
			[ "$(cat $sys/cells/0/cpus_assigned_list)" = 0-1 ]
	else
		[ "$online" = 0-3 ] &&
			[ "$(cat $sys/cells/0/cpus_assigned_list)" = 0-3 ]
	fi
}

insmod /lib/modules/weir.ko
ok "enable" weir-ioctl enable "$root"
used=$(cat $sys/mem_pool_used)
reader >/dev/null 2>&1 &
reader=$!

broken=0
created=0
while [ $rounds -gt 0 ]; do
	rounds=$((rounds - 1))
	clients=
	for _ in 1 2 3 4; do
		one_client >/dev/null 2>&1 &
		clients="$clients $!"
		seed=$((seed + 1))
	done
	usleep "$(random 4000)"
	# Half of the rounds end with kills.
	# shellcheck disable=SC2086
	[ $((rounds % 2)) = 0 ] || kill -9 $clients 2>/dev/null
	# shellcheck disable=SC2086
	wait $clients 2>/dev/null
	consistent || broken=$((broken + 1))
	[ ! -e $sys/cells/3 ] || created=$((created + 1))
done
kill -9 $reader
wait $reader 2>/dev/null
# A guest that prints would write into the results.
[ ! -e $sys/cells/3 ] || weir-ioctl destroy jitter

is "rounds after which CPUs and cells disagree" $broken 0
ok "a cell was there after some of the rounds ($created)" [ $created -gt 0 ]
ok "not after all" [ $created -lt 40 ]
is "no page is lost" "$(cat $sys/mem_pool_used)" "$used"
is "all CPUs are Linux's" "$(nproc)" 4
ok "disable" weir-ioctl disable
ok "the module can go" rmmod weir
ok "the kernel did not complain" sh -c \
	'! dmesg | grep -E "WARNING|BUG|Oops|Call trace|stall|hung"'
