# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# A stock Debian kernel as the root cell on Intel: enable, five cells one after
# the other, shares of the root itself, a CPU that goes and comes back, disable.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cells=/weir/cells
sys=/sys/devices/weir
second=/sys/devices/system/cpu/cpu1/online

# printed PATTERN: the hypervisor's console says it within ten seconds.
printed() {
	tries=0
	while [ $tries -lt 20 ]; do
		grep -q "$1" $sys/console && return 0
		sleep 0.5
		tries=$((tries + 1))
	done
	tail -c 500 $sys/console
	return 1
}

# msr CPU ADDRESS: as that CPU's kernel reads it.
msr() {
	dd if="/dev/cpu/$1/msr" bs=8 count=1 skip=$(($2)) iflag=skip_bytes \
		2>/dev/null | od -An -tx8 | sed 's/^ *0*\(.\)/\1/'
}

# Milliseconds of a loop that only computes.
loop_ms() {
	start=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
	n=0
	while [ $n -lt 4000 ]; do
		n=$((n + 1))
	done
	end=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
	echo $(((end - start) * 10))
}

# holds NAME VALUE LOW HIGH
holds() {
	if [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; then
		result "ok - $1"
	else
		result "not ok - $1"
		echo "  # $2, $3 to $4 expected"
	fi
}

# One life of a cell: it takes its CPU, works, says so and gives it back.
life() {
	ok "cell $1: create" regctl cell create $cells/bochs-jitter.cell
	is "cell $1: its CPU has left Linux" "$(nproc)" 1
	ok "cell $1: load" regctl cell load jitter /weir/inmates/jitter.bin \
		-a 0 -s "period=1ms report=${1}0 count=${1}0" -a 0x1000
	ok "cell $1: start" regctl cell start jitter
	ok "cell $1: it works" printed "jitter: n=${1}0 "
	ok "cell $1: shut down" regctl cell shutdown jitter
	is "cell $1: it has stopped" "$(state_of jitter)" "shut down"
	ok "cell $1: destroy" regctl cell destroy jitter
	is "cell $1: the CPU is back" "$(nproc)" 2
}

uname -r
is "two CPUs" "$(nproc)" 2
ok "MSRs can be read" insmod /lib/modules/msr.ko
flags=$(grep -c '^flags.* vmx ' /proc/cpuinfo)
efer=$(msr 0 0xc0000080) pat=$(msr 1 0x277) star=$(msr 1 0xc0000081)
warnings=$(dmesg | grep -cE 'BUG|Oops|WARNING|rcu.*stall|unchecked MSR')
ok "the module loads" insmod /lib/modules/weir.ko
ok "enable" regctl enable $cells/bochs.cell
is "one cell" "$(regctl cell list --no-headings | wc -l)" 1
for round in $(seq "${1:-5}"); do
	life "$round"
done

ok "the clock of the root: a quarter" regctl set root --clock 25%
is "CPU 0 has it" "$(msr 0 0x19a)" 14
is "CPU 1 has it" "$(msr 1 0x19a)" 14
ok "ways 4 to 7 of the cache" regctl set root --cache ways:4-7
class=$(msr 0 0xc8f)
class=${class%????????}
is "their register says so" "$(msr 0 $((0xc90 + ${class:-0})))" f0
ok "all of the clock again" regctl unset root --clock
is "CPU 1 has it all" "$(msr 1 0x19a)" 0
ok "all of the cache again" regctl unset root --cache

whole=$(loop_ms)
report whole_ms "$whole"
ok "half of the time" regctl set root --duty 50%
half=$(loop_ms)
report half_ms "$half"
ok "all of the time again" regctl unset root --duty
again=$(loop_ms)
report again_ms "$again"
holds "half of the time takes twice as long" $((half * 100 / whole)) 175 230
holds "all of it does not" $((again * 100 / whole)) 85 118

echo 0 >$second
is "a CPU goes" "$(nproc)" 1
echo 1 >$second
is "a CPU comes back" "$(nproc)" 2

report exits "$(cat $sys/cells/0/statistics/vmexits_total)"
ok "disable" regctl disable
is "VMX is there again" "$(grep -c '^flags.* vmx ' /proc/cpuinfo)" "$flags"
is "EFER as before" "$(msr 0 0xc0000080)" "$efer"
is "PAT as before" "$(msr 1 0x277)" "$pat"
is "STAR as before" "$(msr 1 0xc0000081)" "$star"
ok "enable again" regctl enable $cells/bochs.cell
ok "disable again" regctl disable
ok "the module goes" rmmod weir
is "nothing in the kernel's log" "$(dmesg |
	grep -cE 'BUG|Oops|WARNING|rcu.*stall|unchecked MSR')" "$warnings"
