/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deliberate errors of the analysis, which tests/random/mutants builds one by
 * one (-DXLA_MUTANT=NUMBER) to show that the random programs notice each.
 * Without that option RIGHT is all there is.
 */
#ifndef XLA_MUTANT_H
#define XLA_MUTANT_H

#ifdef XLA_MUTANT
#define MUTANT(number, wrong, right) \
	(XLA_MUTANT == (number) ? (wrong) : (right))
#else
#define MUTANT(number, wrong, right) (right)
#endif

#endif
