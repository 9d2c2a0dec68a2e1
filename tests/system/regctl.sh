# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# regctl against the driver and the hypervisor: every command, every exit status.
# $1 is the system configuration, $2 its counter source.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

config=/weir/cells/$1.cell
cell=/weir/cells/jitter.cell
image=/weir/inmates/jitter.bin

# Budgets that Linux does not feel: of cache lines, or, where PMU counts stand
# for them, of instructions, of which there are a thousand times more.
case $2 in
memsys)
	prefix=M iec=190.7 si_bytes=200000000 iec_bytes=209715200 lines=3125 ;;
*)
	prefix=G iec=186.3 si_bytes=200000000000 iec_bytes=214748364800
	lines=3125000 ;;
esac

# count_lines COMMAND...: how many lines of output.
count_lines() {
	"$@" | wc -l
}

# column N COMMAND...: a word of the last line.
column() {
	n=$1
	shift
	"$@" | tail -n 1 | awk "{ print \$$n }"
}

# --- without a driver ---
fails 3 "status without a driver" regctl status
says "is told so" 'is the weir module loaded' regctl status
fails 3 "set without a driver" regctl set root --budget 200MB/s
fails 0 "configurations are checked without one" regctl check "$config" $cell
fails 1 "an image is no configuration" regctl check $image
fails 2 "a file that is not there" regctl check /nonexistent

# --- a driver, but no hypervisor ---
insmod /lib/modules/weir.ko
fails 3 "status before enable" regctl status
says "is told so" 'not enabled' regctl status
fails 3 "set before enable" regctl set root --budget 200MB/s
fails 3 "disable before enable" regctl disable
fails 0 "dry run of enable" regctl enable "$config" --dry-run
fails 3 "changed nothing" regctl status
fails 4 "a cell's configuration" regctl enable $cell
fails 4 "an image that is none" regctl enable "$config" --image "$config"

# --- enabled ---
ok "enable" regctl enable "$config"
fails 4 "enable twice" regctl enable "$config"
is "one cell" "$(count_lines regctl cell list --no-headings)" 1
is "its id" "$(column 1 regctl cell list --no-headings)" 0
ok "the console has text" sh -c 'regctl console | grep -q .'
ok "exits are counted" [ "$(column 3 regctl cell stats root --no-headings)" -gt 0 ]
is "a row for the cell, one for each CPU" \
	"$(count_lines regctl cell stats root --no-headings)" 5

# --- settings ---
fails 2 "a bare number" regctl set root --budget 200
says "the forms are listed" 'MB/s.*MiB/s.*tx/period.*max' \
	regctl set root --budget 200
ok "set" regctl set root --budget "200${prefix}B/s"
says "requested and effective side by side, both spellings" \
	"(200 ${prefix}B/s .$iec ${prefix}iB/s. +){2}exact" \
	regctl status root
says "MiB are not MB" "\"requested_bytes_per_s\": $iec_bytes," \
	regctl set root --budget "200${prefix}iB/s" --json
says "sysfs agrees" "^$iec_bytes$" cat /sys/devices/weir/cells/0/budget
says "$lines lines of 64 B in 1 ms" \
	"\"effective_bytes_per_s\": $si_bytes," \
	regctl set root --json --budget "${lines}tx/period"
says "a longer period, fewer lines" \
	"\"effective_bytes_per_s\": $((si_bytes / 10))," \
	regctl --dry-run set root --json --period 10ms \
	--budget "${lines}tx/period"
says "a percentage needs a calibration" calibrated \
	regctl set root --budget 50%
before=$(cat /sys/devices/weir/cells/0/generation)
ok "dry run of a setting" regctl --dry-run set root --budget 1MB/s
fails 4 "a budget of nothing for root" regctl set root --budget 0B/s
says "the reason is told" 'root' regctl set root --budget 0B/s
says "to its end" 'per second; 0 stops the cell$' \
	regctl set root --budget 1B/s
fails 3 "a source this machine lacks" regctl set root --source x86-pmu
fails 3 "traffic where no controller of Intel counts" regctl traffic
fails 2 "a period out of range" regctl set root --period 19us
is "neither changed anything" \
	"$(cat /sys/devices/weir/cells/0/generation)" "$before"
ok "unset the budget" regctl unset root --budget
says "it is gone" '"effective_bytes_per_s": null,' regctl status root --json
ok "reset" regctl reset root
says "the boot policy is none" '"period_ns": 1000000,' \
	regctl status root --json
says "memguard is usable" '^regulator +memguard +bandwidth +yes' \
	regctl regulators
says "the source is usable" "^source +$2 +counter +yes" regctl regulators
says "what is not says why" '^source +x86-pmu +counter +no .+' \
	regctl regulators

# --- guarantees ---
case $2 in
memsys)
	ok "a guaranteed budget" \
		regctl set root --budget 900MB/s --class guaranteed
	says "what is left" '"machine_left_bytes_per_s": 460000000,' \
		regctl status root --json
	ok "create a cell" regctl cell create $cell
	fails 4 "more than the machine sustains" \
		regctl set jitter --budget 500MB/s --class guaranteed
	says "with the numbers" \
		'guaranteed 900 MB/s \+ 500 MB/s asked > 1360 MB/s sustainable' \
		regctl set jitter --budget 500MB/s --class guaranteed
	ok "as a limit it can be had" regctl set jitter --budget 500MB/s
	ok "the rest is guaranteed" \
		regctl set jitter --budget 460MB/s --class guaranteed
	ok "both take part in lending" sh -c \
		"regctl set root --lend on && regctl set jitter --lend on"
	says "nothing is left" '"machine_left_bytes_per_s": 0,' \
		regctl status root --json
	ok "destroy the cell" regctl cell destroy jitter
	says "its share has come back" \
		'"machine_left_bytes_per_s": 460000000,' \
		regctl status root --json
	ok "nothing guaranteed any more" regctl reset root ;;
*)
	fails 3 "nothing can be guaranteed where nobody says what there is" \
		regctl set root --budget 900MB/s --class guaranteed ;;
esac

# --- cells ---
fails 4 "start a cell that is not there" regctl cell start jitter
is "create prints id and name" "$(regctl cell create $cell --no-headings)" \
	" 3 jitter"
fails 4 "create twice" regctl cell create $cell
fails 4 "disable while a cell exists" regctl disable
fails 4 "load where nothing is" \
	regctl cell load jitter $image -a 0x80000000
ok "load" regctl cell load jitter $image -a 0 \
	-s "period=1ms report=1000000" -a 0x1000
ok "start" regctl cell start jitter
# What the guest has to say at first goes to the same UART.
sleep 0.2
says "it runs" 'jitter +running' regctl cell list
ok "set for another cell, by name" regctl set jitter --budget 50MB/s
ok "and by id" regctl set 3 --period 2ms
says "status has both cells" '^ *3 jitter' regctl status
ok "shut down" regctl cell shutdown jitter
says "it is shut down" 'jitter +shut down' regctl cell list
says "its settings have stayed" '50 MB/s' regctl status jitter
fails 4 "destroy the root cell" regctl cell destroy root
fails 4 "status of nobody" regctl status nobody

# --- monitor ---
ok "monitor" regctl monitor -i 10ms -n 3 --csv -o /tmp/monitor.csv
is "a heading, and two cells three times" "$(wc -l </tmp/monitor.csv)" 7
ok "every line ends as RFC 4180 wants" \
	[ "$(grep -c "$(printf '\r')$" /tmp/monitor.csv)" -eq 7 ]
is "JSON lines" "$(regctl monitor root -i 10ms -n 2 --json |
	grep -c '^{"schema":"regctl.monitor/1",.*"id":0,.*}$')" 2

# --- the statistics pages ---
hypercalls=/sys/devices/weir/cells/0/statistics/vmexits_hypercall
# Reading the count takes a call for each CPU. Which of those two readings count
# depends on the CPU that reads: one to seven. Thirty looks would take sixty.
before=$(cat $hypercalls)
ok "top, thirty times" regctl top -b -n 30 -i 10ms
ok "makes no call" [ "$(($(cat $hypercalls) - before))" -le 7 ]
before=$(cat $hypercalls)
ok "monitor, thirty times" regctl monitor -n 30 -i 10ms
ok "nor does monitor" [ "$(($(cat $hypercalls) - before))" -le 7 ]
is "a row for every CPU, sorted" "$(regctl top -b -n 1 -i 20ms --csv \
	--no-headings | wc -l)" 4
is "one of a cell" "$(regctl top jitter -b -n 1 -i 10ms --json |
	grep -c '^{"schema":"regctl.top/1",.*"cell":"jitter"')" 1
fails 2 "without a terminal it asks for --batch" regctl top -n 1
ok "pages equal the answer, and cannot be written" weir-ioctl statistics jitter
regctl top -b -i 10ms >/tmp/top.txt &
watcher=$!
sleep 0.1
fails 4 "disable while somebody watches" regctl disable --force
says "is told so" 'statistics mapped' regctl disable
kill $watcher
wait $watcher

# --- the end ---
ok "disable by force" regctl disable --force
# As QEMU has no rows; the model of memory has epochs, which pairs do not show.
if [ "$2" = pmuv3 ]; then
	says "time tells nothing of banks here" "nothing can be told of banks here" \
		regctl colors --probe-banks
	fails 1 "and the answer is no" regctl colors --probe-banks
fi
fails 3 "nothing is left" regctl status
is "the CPUs are back" "$(nproc)" 4
ok "the module can go" rmmod weir
