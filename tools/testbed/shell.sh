# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# The root cell of `make shell`: Weir on, the victim in its cell, a hog on each
# CPU of Linux, and a prompt.

stop() {
	echo "shell: $*"
	exit 1
}

insmod /lib/modules/weir.ko || stop "the module does not load"
regctl enable /weir/cells/qemu-virt-shell.cell || stop "Weir does not start"
# shellcheck disable=SC2015
regctl -q cell create /weir/cells/victim.cell &&
	regctl -q cell load victim /weir/inmates/victim.bin -a 0 \
		-s "pattern=chase ws=256k period=1ms jobs=0" -a 0x1000 &&
	regctl -q cell start victim || stop "the victim does not start"
hog --idle --cpu 0 --mode write --size 8 &
hogs=$!
hog --idle --cpu 1 --mode write --size 8 &
hogs="$hogs $!"

cat <<'END'

The victim runs on CPU 2, a hog on CPU 0 and another on CPU 1. Try:

  regctl console | tail -n 5               the victim's jobs, in cycles
  regctl status                            who uses how much
  regctl set root --budget 200MB/s         hold Linux, hogs and all, to that
  regctl monitor --interval 20ms --count 5
  regctl unset root --budget               let it go again

exit, or Ctrl-A x, ends the machine.

END
PS1='root# ' setsid cttyhack sh
# Words on purpose.
# shellcheck disable=SC2086
kill $hogs
regctl -q cell destroy victim && regctl disable
