# SPDX-License-Identifier: GPL-2.0-only
# Sourced by tests/bench/regulators: figure 2, isolation on the ZCU102, and E3.
# shellcheck shell=bash
# shellcheck disable=SC2154 # out, scenarios and simulate are set by who sources this

# --- 2: isolation on the ZCU102, three interfering cores ---

# victim VARIANT FIELD
victim() {
	cell "$1" victim "$2"
}

# kept VARIANT BUDGET_MB: what the interfering cores got, of their budget.
kept() {
	ratio "$(cell "$1" hogs rate_bytes_per_s)" "${2}000000"
}

isolation() {
	simulated isolation "$scenarios/isolation.scenario"
	figure 2 "row 12: streams, unregulated: victim" \
		"$(victim unregulated slowdown)" min 3 x
	figure 2 "row 11: streams, 150 MB/s, 100 us: victim, mean" \
		"$(victim memguard-150MB-100us slowdown)" max 1.10 x \
		"$(victim unregulated slowdown)"
	figure 2 "row 11: streams, 150 MB/s, 100 us: victim, worst 20 us" \
		"$(victim memguard-150MB-100us worst_20us_slowdown)" max 1.5 x \
		"$(victim unregulated worst_20us_slowdown)"
	critical
	figure 2 "streams, 150 MB/s, 100 us: victim, worst 100 us" \
		"$(victim memguard-150MB-100us worst_100us_slowdown)" max 1.5 x
	figure 2 "streams, 150 MB/s, 100 us, polled: victim, worst 20 us" \
		"$(victim memguard-150MB-100us-polled worst_20us_slowdown)" max 1.5 x
	figure 2 "streams, 300 MB/s, 100 us: victim, mean" \
		"$(victim memguard-300MB-100us slowdown)" max 1.25 x
	for budget in 150 300; do
		figure 2 "streams, $budget MB/s, 100 us: hogs keep, of their budget" \
			"$(kept memguard-${budget}MB-100us $budget)" min 0.995 ""
		figure 2 "streams, $budget MB/s, 100 us: hogs get, of their budget" \
			"$(kept memguard-${budget}MB-100us $budget)" max 1.005 ""
	done
	figure 2 "streams, 12 % of the time: worst 20 us, against a budget of that traffic" \
		"$(ratio "$(victim throttle-12 worst_20us_ns)" \
			"$(victim memguard-420MB-100us worst_20us_ns)")" min 1.5 x
	figure 2 "streams, 12 % of the time: traffic, of that budget's" \
		"$(ratio "$(cell throttle-12 hogs rate_bytes_per_s)" \
			"$(cell memguard-420MB-100us hogs rate_bytes_per_s)")" \
		max 1 ""
	figure 2 "row 11: streams, bucket of 150 MB/s: victim, mean" \
		"$(victim bucket-150MB slowdown)" max 1.10 x \
		"$(victim unregulated slowdown)"
	figure 2 "row 11: streams, bucket of 150 MB/s: victim, worst 20 us" \
		"$(victim bucket-150MB worst_20us_slowdown)" max 1.5 x \
		"$(victim unregulated worst_20us_slowdown)"
	figure 2 "row 11: streams, a bucket each, 150 MB/s: victim, mean" \
		"$(victim bucket-150MB-static slowdown)" max 1.10 x \
		"$(victim unregulated slowdown)"
	figure 2 "row 11: streams, a bucket each, 150 MB/s: victim, worst 20 us" \
		"$(victim bucket-150MB-static worst_20us_slowdown)" max 1.5 x \
		"$(victim bucket-150MB-static-100us worst_20us_slowdown), of 100 us"
	polled
	table streams
	cells
	writes
	phases
	writes_phases
}

# Polling instead of interrupts, and one poll each microsecond instead of 6.25.
polled() {
	local law
	for law in "" -window; do
		figure 2 "row 11: streams, mempol$law, 150 MB/s: victim, mean" \
			"$(victim mempol-150MB$law slowdown)" max 1.10 x \
			"$(victim unregulated slowdown)"
		figure 2 "streams, mempol$law, 150 MB/s: victim, worst 100 us" \
			"$(victim mempol-150MB$law worst_100us_slowdown)" max 1.5 x
		figure 2 "streams, mempol$law, 150 MB/s: hogs keep, of their budget" \
			"$(kept mempol-150MB$law 150)" min 0.995 ""
		figure 2 "streams, mempol$law, 150 MB/s: hogs get, of their budget" \
			"$(kept mempol-150MB$law 150)" max 1.005 ""
	done
	# What a core moves between two looks is beyond any law: they come in time.
	for law in "" -window; do
		figure 2 "row 11: streams, mempol$law, 150 MB/s: victim, worst 20 us" \
			"$(victim mempol-150MB$law worst_20us_slowdown)" max 1.5 x \
			"$(victim mempol-150MB$law-steady worst_20us_slowdown), looks at intervals"
	done
	figure 2 "row 11: streams, mempol, 150 MB/s, 1 us: victim, worst 20 us" \
		"$(victim mempol-150MB-1us worst_20us_slowdown)" max 1.5 x \
		"$(victim unregulated worst_20us_slowdown)"
}

# table LOADS: all variants of $json, side by side, into isolation-LOADS.md.
table() {
	local variant unregulated
	unregulated=$(cell unregulated hogs accesses)
	{
		echo "| $1 | victim, mean | p99 | worst 20 us | worst 100 us | hogs' traffic | of their work |"
		echo "|---|---|---|---|---|---|---|"
		sed -n 's/^ *"variant": "\(.*\)",/\1/p' "$json" |
			while read -r variant; do
				printf '| %s | %.2fx | %d ns | %.2fx | %.2fx | %.0f MB/s | %.0f %% |\n' \
					"$variant" "$(victim "$variant" slowdown)" \
					"$(victim "$variant" ddr_latency_p99_ns)" \
					"$(victim "$variant" worst_20us_slowdown)" \
					"$(victim "$variant" worst_100us_slowdown)" \
					"$(ratio "$(cell "$variant" hogs rate_bytes_per_s)" 1000000)" \
					"$(ratio "$(cell "$variant" hogs accesses)00" "$unregulated")"
			done
	} >"$out/isolation-$1.md"
}

# The victim has no budget: what the hypervisor does on its CPU meanwhile.
critical() {
	figure 1 "row 16: interrupts taken by a core without a budget" \
		"$(sum "$(victim memguard-150MB-100us ticks)" \
			"$(victim memguard-150MB-100us overflows)")" max 0 "" \
		"$(cell memguard-150MB-100us hogs ticks) per 3 cores"
}

# Three cells that know nothing of each other, of one core each.
cells() {
	local of variant
	simulated isolation-synchronous "$scenarios/isolation-synchronous.scenario"
	for of in memguard:-100us bucket: mempol: mempol-window:; do
		variant=${of%:*}-150MB${of#*:}
		[ "${of%:*}" = mempol-window ] && variant=mempol-150MB-window
		figure 2 "row 11: streams, three cells, ${of%:*}, 150 MB/s: victim, mean" \
			"$(victim "$variant" slowdown)" max 1.10 x \
			"$(victim unregulated slowdown)"
		figure 2 "row 11: streams, three cells, ${of%:*}, 150 MB/s: victim, worst 20 us" \
			"$(victim "$variant" worst_20us_slowdown)" max 1.5 x \
			"$(victim unregulated worst_20us_slowdown)"
	done
	together
}

# The same budgets in periods that begin together: what staggering is for.
together() {
	figure 2 "three cells, 150 MB/s, periods begin together: worst 20 us, against in turn" \
		"$(ratio "$(victim memguard-150MB-100us-together worst_20us_ns)" \
			"$(victim memguard-150MB-100us worst_20us_ns)")" min 1.5 x
	figure 2 "three cells, 300 MB/s, periods begin together: worst 20 us, against in turn" \
		"$(ratio "$(victim memguard-300MB-100us-together worst_20us_ns)" \
			"$(victim memguard-300MB-100us worst_20us_ns)")" min 3 x
}

# Cores that store: each miss is two row cycles of the victim's bank.
writes() {
	local variant
	simulated isolation-writes "$scenarios/isolation-writes.scenario"
	figure 2 "row 12: writers in its bank, unregulated: victim" \
		"$(victim unregulated slowdown)" min 3 x
	for variant in memguard-135MB-100us bucket-135MB bucket-135MB-static \
		mempol-135MB mempol-135MB-1us; do
		figure 2 "row 11: writers in its bank, $variant: victim, mean" \
			"$(victim $variant slowdown)" max 1.10 x \
			"$(victim unregulated slowdown)"
		figure 2 "writers in its bank, $variant: hogs keep, of their budget" \
			"$(kept $variant 135)" min 0.995 ""
		figure 2 "writers in its bank, $variant: hogs get, of their budget" \
			"$(kept $variant 135)" max 1.005 ""
		figure 2 "row 11: writers in its bank, $variant: victim, worst 20 us" \
			"$(victim $variant worst_20us_slowdown)" max 1.5 x \
			"$(victim unregulated worst_20us_slowdown)"
	done
	figure 2 "writers in its bank, 135 MB/s, periods begin together: worst 20 us, against staggered" \
		"$(ratio "$(victim memguard-135MB-100us-together worst_20us_ns)" \
			"$(victim memguard-135MB-100us worst_20us_ns)")" min 1.5 x
	figure 2 "writers in its bank, 12 % of the time: worst 20 us, against a budget of that traffic" \
		"$(ratio "$(victim throttle-12 worst_20us_ns)" \
			"$(victim memguard-420MB-100us worst_20us_ns)")" min 1.5 x
	table writes
}

phases() {
	simulated isolation-phases "$scenarios/isolation-phases.scenario"
	figure 2 "phases, unregulated: victim, worst 20 us" \
		"$(victim unregulated worst_20us_slowdown)" min 3 x
	figure 2 "phases, 150 MB/s, 100 us: victim, mean" \
		"$(victim memguard-150MB-100us slowdown)" max 1.10 x
	figure 2 "phases, 150 MB/s, 100 us: victim, worst 20 us" \
		"$(victim memguard-150MB-100us worst_20us_slowdown)" max 1.5 x
	figure 2 "phases, 150 MB/s, periods begin together: worst 20 us, against staggered" \
		"$(ratio "$(victim memguard-150MB-100us-together worst_20us_ns)" \
			"$(victim memguard-150MB-100us worst_20us_ns)")" min 3 x
	bursting_buckets
	bursting_polls
	figure 2 "phases, 300 MB/s, 100 us: hogs' work, of unregulated" \
		"$(ratio "$(cell memguard-300MB-100us hogs accesses)" \
			"$(cell unregulated hogs accesses)")" min 0.75 ""
	figure 2 "phases, 300 MB/s, 100 us: hogs' work, of 40 % of the time" \
		"$(ratio "$(cell memguard-300MB-100us hogs accesses)" \
			"$(cell throttle-40 hogs accesses)")" min 1.9 x
	figure 2 "phases, bucket of 300 MB/s: hogs' work, of unregulated" \
		"$(ratio "$(cell bucket-300MB-pool hogs accesses)" \
			"$(cell unregulated hogs accesses)")" min 0.75 ""
	figure 2 "phases, a bucket each, 300 MB/s: hogs' work, of unregulated" \
		"$(ratio "$(cell bucket-300MB hogs accesses)" \
			"$(cell unregulated hogs accesses)")" min 0.7 ""
	figure 2 "phases, mempol of 100 us, 300 MB/s: hogs' work, of unregulated" \
		"$(ratio "$(cell mempol-300MB-100us hogs accesses)" \
			"$(cell unregulated hogs accesses)")" min 0.75 ""
	table phases
	figure 2 "phases, the same two: victim, worst 20 us" \
		"$(ratio "$(victim memguard-300MB-100us worst_20us_ns)" \
			"$(victim throttle-40 worst_20us_ns)")" max 1.02 x
}

# Cores that have been idle have full buckets, as they are by default.
bursting_buckets() {
	local variant
	for variant in bucket-150MB bucket-150MB-pool; do
		figure 2 "row 11: phases, $variant: victim, mean" \
			"$(victim $variant slowdown)" max 1.10 x \
			"$(victim unregulated slowdown)"
		figure 2 "row 11: phases, $variant: victim, worst 20 us" \
			"$(victim $variant worst_20us_slowdown)" max 1.5 x \
			"$(victim bucket-150MB-100us worst_20us_slowdown), one of 100 us each"
	done
}

# within VARIANT: how the victim's worst 20 us are judged beside bursts of stores. For
# buckets as deep as they are by default 1.5x is open: tools/memsys/simulate/README.md.
within() {
	case $1 in
	bucket-135MB | bucket-135MB-static) echo max:2 ;;
	*) echo max ;;
	esac
}

# Cores that store, all of their bursts.
writes_phases() {
	local variant
	simulated isolation-writes-phases "$scenarios/isolation-writes-phases.scenario"
	figure 2 "row 12: writing phases, unregulated: victim, worst 20 us" \
		"$(victim unregulated worst_20us_slowdown)" min 3 x
	for variant in memguard-135MB-100us bucket-135MB bucket-135MB-75us \
		bucket-135MB-static bucket-135MB-static-10us \
		mempol-135MB mempol-135MB-window; do
		figure 2 "row 11: writing phases, $variant: victim, mean" \
			"$(victim $variant slowdown)" max 1.10 x \
			"$(victim unregulated slowdown)"
		figure 2 "writing phases, $variant: hogs get, of their budget" \
			"$(kept $variant 135)" max 1.005 ""
		figure 2 "row 11: writing phases, $variant: victim, worst 20 us" \
			"$(victim $variant worst_20us_slowdown)" "$(within $variant)" \
			1.5 x "$(victim unregulated worst_20us_slowdown)"
	done
	figure 2 "writing phases, 135 MB/s, periods begin together: worst 20 us, against staggered" \
		"$(ratio "$(victim memguard-135MB-100us-together worst_20us_ns)" \
			"$(victim memguard-135MB-100us worst_20us_ns)")" min 1.5 x
	table writes-phases
}

# What a burst moves before the first look at it.
bursting_polls() {
	local law
	for law in "" -window; do
		figure 2 "row 11: phases, mempol$law, 150 MB/s: victim, mean" \
			"$(victim mempol-150MB$law slowdown)" max 1.10 x \
			"$(victim unregulated slowdown)"
		figure 2 "row 11: phases, mempol$law, 150 MB/s: victim, worst 20 us" \
			"$(victim mempol-150MB$law worst_20us_slowdown)" max 1.5 x \
			"$(victim mempol-150MB-steady worst_20us_slowdown), looks at intervals"
	done
}

# A victim in the shared cache, and cores that evict it.
cache() {
	simulated cache "$scenarios/cache.scenario"
	figure 2 "row 12: cache, three writers, unregulated: victim" \
		"$(victim writers slowdown)" min 3 x
	figure 2 "cache, three writers, 150 MB/s: victim, mean" \
		"$(victim writers-150MB slowdown)" max 1.05 x
	figure 2 "row 13: cache, three writers in ways of their own: victim, mean" \
		"$(victim writers-in-4-ways slowdown)" max 1.05 x \
		"$(victim writers slowdown)"
	figure 2 "row 13: cache, three writers in colors of their own: victim, mean" \
		"$(victim writers-in-4-colors slowdown)" max 1.05 x \
		"$(victim writers slowdown)"
	figure 2 "row 13: cache, three writers in colors of their own: lines lost to them" \
		"$(victim writers-in-4-colors read_lines)" max 0 lines \
		"$(victim writers read_lines)"
	budgets_and_cache
	figure 2 "cache, three writers, mempol, 150 MB/s: victim, mean" \
		"$(victim writers-150MB-mempol slowdown)" max 1.05 x
	figure 2 "row 13: cache, three writers in ways of their own: lines lost to them" \
		"$(victim writers-in-4-ways read_lines)" max 0 lines \
		"$(victim writers read_lines)"
}

# No budget above the least keeps lines in a cache: shares of it do, under each.
budgets_and_cache() {
	local by alone share
	for by in together memguard bucket mempol; do
		alone=writers-600MB-$by
		[ $by = memguard ] && alone=writers-600MB
		figure 2 "cache, three writers, 600 MB/s, $by: victim is evicted all the same" \
			"$(victim "$alone" slowdown)" min 3 x
		for share in ways colors; do
			figure 2 "row 13: 600 MB/s, $by, $share of their own: victim, mean" \
				"$(victim writers-in-4-$share-$by slowdown)" \
				max 1.05 x "$(victim "$alone" slowdown)"
			figure 2 "row 13: 600 MB/s, $by, $share of their own: lines lost to them" \
				"$(victim writers-in-4-$share-$by read_lines)" \
				max 0 lines "$(victim "$alone" read_lines)"
		done
	done
}

# --- E3 ---

# The isolation matrix over seeds: all variants, victim and others.
E3() {
	local name seed scenario
	: >"$out/E3-isolation.csv"
	for name in isolation isolation-synchronous isolation-writes \
		isolation-phases isolation-writes-phases cache; do
		for seed in 1 2 3; do
			scenario="$out/E3.scenario"
			progress "E3, $name, seed $seed"
			{
				echo "seed = $seed"
				sed 's/^duration = .*/duration = 10ms/
					s/^load = .*/&\nbegin = 200us/' \
					"$scenarios/$name.scenario"
			} >"$scenario"
			$simulate "$scenario" --csv --svg "$out/E3-$name.svg" |
				awk -v s="$name,$seed" -v first=$seed \
					'NR > 1 { print s "," $0 }
					NR == 1 && first == 1 {
						print "SCENARIO,SEED," $0 }' \
				>>"$out/E3-isolation.csv"
		done
	done
	matrix_table >"$out/E3-isolation.md"
	matrix
}

# Least and most of the seeds, victim and others side by side.
matrix_table() {
	cat <<-EOF
	Least to most of three seeds, 10 ms each: all cores begin at random times
	within 200 us. DDR serves the first request that hits
	the open row, but no more than $(sed -n 's/^ddr_hit_cap = //p' \
		tools/memsys/machines/zcu102.conf) in a row before an older one. The
	victim chases pointers: p99 is of its requests, all else of its accesses,
	against those alone. Traffic is that of the others.

	| scenario | variant | mean | p99, ns | worst 20 us | worst 100 us | MB/s |
	|---|---|---|---|---|---|---|
	EOF
	awk -F, '
		$1 == "SCENARIO" {
			for (n = 1; n <= NF; n++) at[$n] = n
			next }
		{ key = $1 " | " $3; rate = at["RATE[B/s]"] }
		!(key in seen) { seen[key] = 1; order[++count] = key }
		$4 == "victim" {
			note(key, 1, $at["SLOWDOWN"]); note(key, 2, $at["P99[ns]"])
			note(key, 3, $at["WORST 20us"])
			note(key, 4, $at["WORST 100us"]); next }
		{ others[$2, key] += $rate / 1e6; keys[$2, key] = key }
		function note(key, n, value) {
			if (!((key, n) in least) || value + 0 < least[key, n])
				least[key, n] = value + 0
			if (value + 0 > most[key, n]) most[key, n] = value + 0 }
		function span(key, n, format) {
			return sprintf(format " to " format, least[key, n],
				most[key, n]) }
		END {
			for (k in others) note(keys[k], 5, others[k])
			for (n = 1; n <= count; n++) {
				key = order[n]
				print "| " key " | " span(key, 1, "%.2f") " | " \
					span(key, 2, "%d") " | " \
					span(key, 3, "%.2f") " | " \
					span(key, 4, "%.2f") " | " \
					span(key, 5, "%.0f") " |" } }' \
		"$out/E3-isolation.csv"
}

# worst VARIANT COLUMN [SCENARIO]: of the victim in all seeds of E3.
worst() {
	awk -F, -v variant="$1" -v column="$2" -v scenario="${3:-isolation}" '
		$1 == "SCENARIO" { for (n = 1; n <= NF; n++) if ($n == column) at = n }
		$1 == scenario && $3 == variant && $4 == "victim" && \
			(worst == "" || $at > worst) { worst = $at }
		END { print worst == "" ? "none" : worst }' "$out/E3-isolation.csv"
}

matrix() {
	local variant
	figure 2 "row 11: E3, three seeds: victim, worst mean" \
		"$(worst memguard-150MB-100us SLOWDOWN)" max 1.10 x \
		"$(worst unregulated SLOWDOWN)"
	figure 2 "row 11: E3, three seeds: victim, worst 20 us" \
		"$(worst memguard-150MB-100us 'WORST 20us')" max 1.5 x \
		"$(worst unregulated 'WORST 20us')"
	figure 2 "row 11: E3, three seeds: a bucket each: victim, worst 20 us" \
		"$(worst bucket-150MB-static 'WORST 20us')" max 1.5 x \
		"$(worst unregulated 'WORST 20us')"
	figure 2 "row 11: E3, three seeds: phases, a bucket each: victim, worst 20 us" \
		"$(worst bucket-150MB 'WORST 20us' isolation-phases)" max 1.5 x \
		"$(worst unregulated 'WORST 20us' isolation-phases)"
	for variant in memguard-150MB-100us bucket-150MB mempol-150MB \
			mempol-150MB-window; do
		figure 2 "row 11: E3, three seeds: three cells, $variant: victim, worst mean" \
			"$(worst $variant SLOWDOWN isolation-synchronous)" max 1.10 x \
			"$(worst unregulated SLOWDOWN isolation-synchronous)"
		figure 2 "row 11: E3, three seeds: three cells, $variant: victim, worst 20 us" \
			"$(worst $variant 'WORST 20us' isolation-synchronous)" max 1.5 x \
			"$(worst unregulated 'WORST 20us' isolation-synchronous)"
	done
	figure 2 "row 11: E3, three seeds: mempol: victim, worst mean" \
		"$(worst mempol-150MB SLOWDOWN)" max 1.10 x \
		"$(worst unregulated SLOWDOWN)"
	for variant in mempol-150MB mempol-150MB-window; do
		figure 2 "row 11: E3, three seeds: $variant: victim, worst 20 us" \
			"$(worst $variant 'WORST 20us')" max 1.5 x \
			"$(worst $variant-steady 'WORST 20us')"
	done
	figure 2 "row 11: E3, three seeds: mempol, 1 us: victim, worst 20 us" \
		"$(worst mempol-150MB-1us 'WORST 20us')" max 1.5 x \
		"$(worst unregulated 'WORST 20us')"
	matrix_phases
	matrix_writes isolation-writes "writers"
	matrix_writes isolation-writes-phases "writing phases"
	matrix_cache
}

# matrix_writes SCENARIO NAME: cores that store.
matrix_writes() {
	local variant limit
	for variant in memguard-135MB-100us bucket-135MB bucket-135MB-static \
		mempol-135MB; do
		limit=max
		[ "$1" = isolation-writes-phases ] && limit=$(within $variant)
		figure 2 "row 11: E3, three seeds: $2, $variant: victim, worst mean" \
			"$(worst $variant SLOWDOWN "$1")" max 1.10 x \
			"$(worst unregulated SLOWDOWN "$1")"
		figure 2 "row 11: E3, three seeds: $2, $variant: victim, worst 20 us" \
			"$(worst $variant 'WORST 20us' "$1")" \
			"$limit" 1.5 x "$(worst unregulated 'WORST 20us' "$1")"
	done
}

# The same cores where the cache is shared by colors, and by neither.
matrix_cache() {
	figure 2 "row 13: E3, three seeds: colors of their own: victim, worst mean" \
		"$(worst writers-in-4-colors SLOWDOWN cache)" max 1.05 x \
		"$(worst writers SLOWDOWN cache)"
	figure 2 "row 13: E3, three seeds: the same, mempol: victim, worst 20 us" \
		"$(worst writers-in-4-colors-mempol 'WORST 20us' cache)" max 1.05 x \
		"$(worst writers-600MB-mempol 'WORST 20us' cache)"
}

# Cores that compute between bursts.
matrix_phases() {
	local variant
	figure 2 "E3, three seeds: phases, mempol, 150 MB/s: victim, worst mean" \
		"$(worst mempol-150MB SLOWDOWN isolation-phases)" max 1.10 x \
		"$(worst unregulated SLOWDOWN isolation-phases)"
	for variant in mempol-150MB mempol-150MB-window; do
		figure 2 "row 11: E3, three seeds: phases, $variant: victim, worst 20 us" \
			"$(worst $variant 'WORST 20us' isolation-phases)" max 1.5 x \
			"$(worst mempol-150MB-steady 'WORST 20us' isolation-phases)"
	done
}
