/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins the facts of translation units into those of a tree.
 *
 * Things are one if their keys are: types by name, records, fields, globals
 * and functions by key, files by path.  A function that has the same key but
 * another body elsewhere (a header's inline under other macros) becomes a
 * variant of its own: the first unit's keeps the key, the others' get
 * "key#hash"; so does a function whose body is the same but calls another
 * variant.  Within a unit all references go to that unit's variants.
 *
 * The result does not depend on the order in which units are added, and holds
 * the same ids for the same contents: every table is sorted by key.
 */
#ifndef XLA_LINK_H
#define XLA_LINK_H

#include "facts.h"

struct linker;

struct linker *linker_new(void);

/*
 * From now on the bytes of every unit that is added are appended to unit, as
 * GBytes, for store_write_shard.  unit is borrowed until linker_finish.
 */
void linker_keep(struct linker *l, GPtrArray *unit);

/* Adds one unit's facts; nothing of tu is needed afterwards. */
void linker_add(struct linker *l, const struct facts *tu);

/* The joined facts, owned by the caller, display names set; l is freed. */
struct facts *linker_finish(struct linker *l);

#endif
