# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# A comparison in the root cell: enables Weir with the model, creates the cells
# that the scenario names, runs it, and prints the results between markers.
set -eu

scenario=/weir/scenario

system=$(awk '$1 == "system" { print $2 }' $scenario)
insmod /lib/modules/weir.ko
regctl -q enable "${system:-/weir/cells/qemu-virt-model.cell}"
sed 's/#.*//' $scenario | awk '($1 == "victim" || $1 == "load") &&
	$2 == "cell" && !seen[$3]++ { print $3 }' |
while read -r cell; do
	file=/weir/cells/$cell.cell
	[ -e "$file" ] || file=/weir/cells/$cell-cell.cell
	regctl -q cell create "$file"
done
status=0
regctl ab run $scenario -o /tmp/ab || status=$?
for file in scenario environment.json iterations.csv runs.csv summary.json; do
	[ -e "/tmp/ab/$file" ] || continue
	echo "ab-begin: $file"
	cat "/tmp/ab/$file"
	echo
	echo "ab-end: $file"
done
regctl -q disable --force
exit $status
