# SPDX-License-Identifier: GPL-2.0-only
#
# The profiler's windows (first file, CSV of "regctl profile export" for one
# source) against the observer's (second file, of the same width), for CPU `cpu`,
# which had moved `first` bytes when the session began. A window may differ by
# what the samples on its edges hold: the first sample that ends in it may have
# begun before, and the first one after it may have begun inside.
# Prints "total PROFILER OBSERVER windows N wrong N"; fails unless all is well.
BEGIN { FS = "," }
{ sub(/\r$/, "") }
NR == FNR {
	start[++count] = $3
	got[count] = $4 + $5
	edge[count] = $8
	total += $4 + $5
	next
}
$2 == cpu && $3 < start[1] { first -= $4 + $5 }
$2 == cpu { seen[$3] += $4 + $5 }
END {
	# What is left of it moved in the first window before the session.
	seen[start[1]] -= first
	slack = 0
	for (n = count; n > 0; n--) {
		off = got[n] - seen[start[n]]
		if (off > edge[n] || -off > slack) {
			wrong++
			print start[n], got[n], seen[start[n]], edge[n], slack
		}
		if (edge[n])
			slack = edge[n]
		observed += seen[start[n]]
	}
	printf "total %d %d windows %d wrong %d\n", total, observed, count, wrong
	exit !(count > 0 && total > 0 && total == observed && !wrong)
}
