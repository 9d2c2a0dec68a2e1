# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# Comparisons on the real thing: arms, interruption, going on, the verdict.
# shellcheck source=tests/system/lib.sh
. /weir/tests/lib.sh

cat >/tmp/scenario <<'END'
victim cell victim /weir/inmates/workload.bin work=chase size=256k count=4096 jobs=5 warmup=3 period=300us
load run hog --idle --cpu 0 --mode write --size 8
load run hog --idle --cpu 1 --mode write --size 8
repetitions 2
settle_us 20000
arm alone
arm hogs
    loads all
arm held
    loads all
    set root --budget 100MB/s
END

# runs DIR: that are in the results.
runs() {
	[ ! -e "$1/runs.csv" ] || tail -n +2 "$1/runs.csv" | wc -l
}

# profiler_is STATE
profiler_is() {
	regctl profile status 2>/dev/null | grep -q "^$1"
}

# profiler_stops: within twenty seconds.
profiler_stops() {
	for _ in $(seq 200); do
		! profiler_is stopped || return 0
		sleep 0.1
	done
	return 1
}

# median ARM: in ns.
median() {
	awk -v arm="\"$1\"," '$1 == "\"name\":" { now = $2 }
		$1 == "\"median\":" && now == arm && !seen++ {
			printf "%.0f\n", $2 }' /tmp/ab/summary.json
}

insmod /lib/modules/weir.ko
ok "enable" regctl -q enable /weir/cells/qemu-virt-model.cell
ok "create" regctl -q cell create /weir/cells/victim.cell

regctl ab run /tmp/scenario -o /tmp/ab >/tmp/ab.out 2>&1 &
ab=$!
until [ "$(runs /tmp/ab)" = 2 ]; do
	usleep 20000
done
kill -INT $ab
wait $ab
is "an interrupted comparison says so" "$?" 3
says "and what to do" 'resume goes on' cat /tmp/ab.out
ok "it keeps what it has" [ "$(runs /tmp/ab)" -ge 2 ]
ok "it left no load running" sh -c '! pidof hog'
is "nor a budget" "$(cat /sys/devices/weir/cells/0/budget)" max
fails 2 "it is not begun anew" regctl ab run /tmp/scenario -o /tmp/ab
cp -r /tmp/ab /tmp/elsewhere
sed -i 's/"cpus": /&1/' /tmp/elsewhere/environment.json
fails 2 "nor gone on with elsewhere" \
	regctl ab run /tmp/scenario -o /tmp/elsewhere --resume
# As a comparison leaves it that is killed in the last arm.
ok "a budget is left" regctl -q set root --budget 100MB/s
ok "it goes on" regctl -q ab run /tmp/scenario -o /tmp/ab --resume
is "without what was left" "$(cat /sys/devices/weir/cells/0/budget)" max
is "all runs are there" "$(runs /tmp/ab)" 6
is "each once" "$(cut -d, -f 1,2 /tmp/ab/runs.csv | sort | uniq -d)" ""
is "with five iterations each" "$(tail -n +2 /tmp/ab/iterations.csv |
	cut -d, -f 1,2 | sort | uniq -c | awk '$1 != 5')" ""
regctl ab report /tmp/ab
ok "the hogs are seen" \
	[ "$(median hogs)" -gt $(($(median alone) * 3)) ]
fails 1 "and the verdict is that isolation is violated" regctl ab compare \
	/tmp/ab/summary.json:alone /tmp/ab/summary.json:hogs
ok "not so when they are held" regctl ab compare -t 10% \
	/tmp/ab/summary.json:alone /tmp/ab/summary.json:held
fails 2 "no such arm" regctl ab compare /tmp/ab/summary.json:alone \
	/tmp/ab/summary.json:nobody
says "what it was measured on is known by its hash" \
	'"system_configuration_sha3_512": "[0-9a-f]{128}"' \
	cat /tmp/ab/environment.json
says "so is the victim's cell" '"victim": "[0-9a-f]{128}"' \
	cat /tmp/ab/environment.json
says "and its image" '"/weir/inmates/workload.bin": "[0-9a-f]{128}"' \
	cat /tmp/ab/environment.json
says "what the machine does not tell is said" '"turbo_off"' \
	cat /tmp/ab/environment.json
victim=$(dirname "$(grep -lx victim /sys/devices/weir/cells/*/name)")
ok "a cell's configuration is the file's" \
	cmp "$victim/configuration" /weir/cells/victim.cell
ok "the page is there" grep -q '</html>' /tmp/ab/report.html

echo 'set root --budget 5B/s' >>/tmp/scenario
fails 2 "another scenario does not go on" \
	regctl ab run /tmp/scenario -o /tmp/ab --resume
sed -i 's/^arm alone/arm alone\nset root --budget 5B\/s/' /tmp/scenario
fails 4 "a refused setting ends it" \
	regctl -q ab run /tmp/scenario -o /tmp/refused
printf 'victim run exit 7\narm a\n' >/tmp/scenario
fails 1 "so does a victim that fails" \
	regctl -q ab run /tmp/scenario -o /tmp/failed
printf 'victim run true\nload run true\narm a\nloads 1\n' >/tmp/scenario
fails 1 "and a load that ends" \
	regctl -q ab run /tmp/scenario -o /tmp/ended
printf 'victim run workload walk -j 3 --weir-clock\narm a\n' >/tmp/scenario
ok "a victim in Linux" regctl -q ab run /tmp/scenario -o /tmp/linux
is "reports its jobs" "$(tail -n +2 /tmp/linux/iterations.csv | wc -l)" 3

cat >/tmp/scenario <<'END'
victim run grep Cpus_allowed_list /proc/self/status >/tmp/victim; sleep 0.1; grep Cpus_allowed_list /proc/$PPID/status >/tmp/regctl
load run grep Cpus_allowed_list /proc/self/status >/tmp/load; sleep 100
cpu 1
arm a
loads all
END
ok "regctl on a CPU of its own" regctl -q ab run /tmp/scenario -o /tmp/own
is "which is the one" "$(cut -f 2 /tmp/regctl)" 1
# CPU 2 is a cell's.
is "the victim is not bound to it" "$(cut -f 2 /tmp/victim)" 0-1,3
is "nor a load" "$(cut -f 2 /tmp/load)" 0-1,3
ok "nor has it left one" sh -c '! pidof sleep'

ok "create a profiler" regctl -q cell create /weir/cells/profiler.cell
run_guest profiler profiler
until regctl profile status 2>/dev/null | grep -q '^idle'; do
	usleep 2000
done
printf 'victim run workload walk -j 4 --weir-clock -c 1\nwarmup 3\nrecord profile 100us\narm a\n' \
	>/tmp/scenario
ok "each run is recorded" regctl -q ab run /tmp/scenario -o /tmp/recorded
is "what comes before the victim is warm does not count" \
	"$(tail -n +2 /tmp/recorded/iterations.csv | wc -l)" 1
ok "the session is there" [ "$(regctl profile export /tmp/recorded/a.0.prof \
	--csv --no-headings -s 1 --window 10ms | wc -l)" -ge 1 ]
# A comparison that is killed, and one whose helper is killed with it.
printf 'victim run until [ -e /tmp/go ]; do usleep 9999; done\nrecord profile 1ms\narm a\n' \
	>/tmp/long
for victims in "" -; do
	rm -rf /tmp/killed /tmp/go
	setsid regctl -q ab run /tmp/long -o /tmp/killed &
	ab=$!
	until profiler_is running; do
		usleep 20000
	done
	kill -9 -- "$victims$ab"
	wait $ab
	[ "$victims" ] || ok "a session ends with who wanted it" profiler_stops
	touch /tmp/go
	ok "or when the comparison goes on" \
		regctl -q ab run /tmp/long -o /tmp/killed --resume
done
is "nobody collects any more" \
	"$(regctl profile status | tail -n 1 | awk '{ print $NF }')" -
printf 'victim run workload walk -j 4 --weir-clock -c 1\nwarmup 4\nrecord profile 100us\narm a\n' \
	>/tmp/scenario
fails 1 "no iteration is left" regctl -q ab run /tmp/scenario -o /tmp/none
ok "destroy the profiler" regctl -q cell destroy profiler
ok "destroy" regctl -q cell destroy victim

# A scenario that comes with Weir: the same input in both worlds.
ok "create a reader" regctl -q cell create /weir/cells/reader.cell
ok "equal work in both worlds" regctl -q ab run \
	/weir/scenarios/worlds.scenario -o /tmp/worlds
is "has equal checksums" "$(tail -n +2 /tmp/worlds/runs.csv | tr -d '\r' |
	cut -d, -f 10 | sort | uniq -c | awk '{ print $1, length($2) }')" "4 16"
sed 's/--jobs 4/--size 20k &/' /weir/scenarios/worlds.scenario >/tmp/scenario
fails 1 "other work fails" regctl -q ab run /tmp/scenario -o /tmp/other
cp /tmp/test.out /tmp/said
says "and says what differs" 'arm linux: .* checksum [0-9a-f]{16}, those of arm cell [0-9a-f]{16}' \
	cat /tmp/said
ok "destroy the reader" regctl -q cell destroy reader
ok "disable" regctl -q disable
