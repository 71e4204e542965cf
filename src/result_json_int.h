/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the JSON form, shared by the writers of a result and of a
 * comparison of two. */
#ifndef XLA_RESULT_JSON_INT_H
#define XLA_RESULT_JSON_INT_H

#include "json_writer.h"
#include "lockorder.h"
#include "result.h"

/* A key and its value. */
void result_put_tool(struct json_writer *w);
void result_put_excuses(struct json_writer *w, const struct result *r);
void result_put_rule(struct json_writer *w, const struct result *r);

/* How many domains' locks nest. */
void result_put_nesting(struct json_writer *w, const struct result *r);

/* null if an ordering of a running host is a violation */
void result_put_proof(struct json_writer *w, const struct result *r);

/* An object. */
void result_put_order_node(struct json_writer *w, const struct result *r,
			   const struct order_node *n);

/* The keys of an object, which the caller opens and closes. */
void result_put_tree_keys(struct json_writer *w, const struct result *r);
void result_put_ordering_keys(struct json_writer *w, const struct result *r,
			      const struct ordering *o);
void result_put_finding_keys(struct json_writer *w, const struct result *r,
			     const struct finding *f);
void result_put_assumption_keys(struct json_writer *w,
				const struct assumption *a);

#endif
