# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# The workloads in a cell and in Linux, and a load at two rates.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

works=$(workload --help | sed -n '/^Workloads:/,/^$/s/^  \([a-z0-9-]*\) .*/\1/p')

# sum_of: of the jobs on standard input, if they are all the same.
sum_of() {
	sed -n 's/^job .* sum \([0-9a-f]*\)$/\1/p' | sort | uniq -c |
		awk '{ sum = $2; n++ } END { if (n == 1) print sum }'
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable /weir/cells/qemu-virt-model.cell
ok "create" regctl -q cell create /weir/cells/victim.cell
report works "$(echo "$works" | tr '\n' ' ')"
ok "there are ten workloads" [ "$(echo "$works" | wc -l)" -eq 10 ]
for work in $works; do
	run_guest victim workload \
		"work=$work size=64k count=2 seed=9 jobs=2 warmup=1 tag=$work"
	ok "$work: the cell ends" becomes victim "shut down"
	cell_sum=$(regctl console | sed "1,/tag=$work /d" | sum_of)
	linux_sum=$(workload "$work" -s 64k -n 2 -r 9 -j 2 -c 1 | sum_of)
	is "$work: the same checksum in both worlds" \
		"$cell_sum" "${linux_sum:-none}"
	report "sum.$work" "$linux_sum"
done
says "the hypervisor's clock times a process" \
	'^job 2 start [0-9]+ cycles [1-9][0-9]+ sum' \
	workload walk --jobs 3 --weir-clock
fails 2 "an unknown workload" workload nothing
ok "destroy" regctl -q cell destroy victim

# The same with an input from the root, which a file of the root cell is.
given=/weir/inmates/workload.bin
ok "create a reader" regctl -q cell create /weir/cells/reader.cell
run_guest reader workload "work=walk input=shared"
ok "no input, no work" becomes reader failed
ok "an input" regctl -q cell input reader $given
for work in sha3 random walk chase matrix; do
	run_guest reader workload \
		"work=$work input=shared size=20k jobs=1 warmup=0 tag=given-$work"
	ok "$work: the cell ends" becomes reader "shut down"
	cell_sum=$(regctl console | sed "1,/tag=given-$work /d" | sum_of)
	linux_sum=$(workload "$work" -i $given -s 20k -j 1 -w 0 | sum_of)
	is "$work: the same of an input that both see" \
		"$cell_sum" "${linux_sum:-none}"
	ok "$work: not what a generated one gives" [ "$cell_sum" != \
		"$(workload "$work" -s 20k -j 1 -w 0 | sum_of)" ]
done
run_guest reader workload "work=walk input=shared size=1k jobs=0"
fails 1 "not while it runs" regctl cell input reader $given
ok "shut it down" regctl -q cell shutdown reader
head -c 8388545 /dev/zero >/tmp/large
fails 4 "more than is shared" regctl cell input reader /tmp/large
fails 2 "no such file" regctl cell input reader /tmp/nothing
fails 2 "an empty one" regctl cell input reader /dev/null
fails 3 "nor in Linux" workload walk -i /tmp/nothing
head -c 8388544 /dev/zero >/tmp/large
ok "all that is shared" regctl -q cell input reader /tmp/large
rm /tmp/large
ok "destroy the reader" regctl -q cell destroy reader
ok "create a load" regctl -q cell create /weir/cells/load.cell
fails 4 "one that shares nothing" regctl cell input load $given
ok "destroy it" regctl -q cell destroy load

now() {
	regctl status root --json | sed -n 's/.*"now_ns": \([0-9]*\).*/\1/p'
}

# span NAME: 50 ms in which the load runs.
span() {
	usleep 2000
	from=$(now)
	until to=$(now) && [ "$to" -ge $((from + 50000000)) ]; do
		usleep 2000
	done
	report "span.$1" "$from $to"
}

ok "create a load" regctl -q cell create /weir/cells/load.cell
for rate in 50000000 400000000; do
	ok "start it" run_guest load bomb "mode=read size=4M rate=$rate"
	span $rate
done
ok "destroy the load" regctl -q cell destroy load
# Only the load is to read on CPU 1, not what asks for the time meanwhile.
taskset -p 1 $$ >/dev/null
hog --cpu 1 --mode read --rate 200MB/s --weir-clock &
hog=$!
span hog
kill $hog
fails 2 "a rate without a unit" hog --rate 200
ok "disable" regctl -q disable
