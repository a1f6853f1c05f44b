# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced by tests that are scripts of a shell: cases in TAP, counted in $nr.
nr=0

# ok NAME
ok()
{
	nr=$((nr + 1))
	echo "ok $nr - $1"
}

# not_ok NAME TEXT: the text says why
not_ok()
{
	nr=$((nr + 1))
	echo "not ok $nr - $1"
	printf '%s\n' "$2" | sed 's/^/# /'
}

# skip NAME WHY
skip()
{
	nr=$((nr + 1))
	echo "ok $nr - $1 # SKIP $2"
}
