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
hog --cpu 1 --mode read --rate 200MB/s --weir-clock &
hog=$!
span hog
kill $hog
fails 2 "a rate without a unit" hog --rate 200
ok "disable" regctl -q disable
