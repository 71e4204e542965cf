# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after tap.sh: holds the analysis against the plain SQL derivation.

# check_closure NAME DB: every ordering of the result stored in DB is one that
# reachability alone allows, and every call on a witness one that DB has.
check_closure()
{
	"$XLA" query "$2" orderings-not-in-closure >closure 2>err &&
	tail -n +2 closure >>err && [ ! -s err ]
	result $? "$1: nothing is reported that the closure has not" err
	"$XLA" query "$2" witness-calls-not-in-graph >calls 2>err &&
	tail -n +2 calls >>err && [ ! -s err ]
	result $? "$1: no witness has a call that the call graph has not" err
}
