/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which members each function, or what it calls, stores to: a MOD set after
 * Banning (POPL 1979) of members instead of variables.
 */
#ifndef XLA_STORES_H
#define XLA_STORES_H

struct program;

/* Sets the stores of P, whose call graph and parameters' writes are there. */
void stores_find(struct program *p);

#endif
