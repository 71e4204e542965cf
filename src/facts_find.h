/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the facts by the names that the model gives. */
#ifndef XLA_FACTS_FIND_H
#define XLA_FACTS_FIND_H

#include "facts.h"
#include "model.h"

/* A field by "record.member[.member...]"; 0 if the tree has none. */
fact_id facts_field_by_name(const struct facts *f, const char *name);

/* The first field that an entry of DIRECTIVE names and the tree has, or 0. */
fact_id facts_field_by_model(const struct facts *f, const struct model *m,
			     enum model_directive directive);

/* A function of that name that has a body, or 0. */
fact_id facts_function_by_name(const struct facts *f, const char *name);

#endif
