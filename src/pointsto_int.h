/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pointsto.c and pointsto_place.c share. */
#ifndef XLA_POINTSTO_INT_H
#define XLA_POINTSTO_INT_H

#include "pointsto.h"

enum {
	STEPS_MAX = 60000,	/* expressions for one question */
	DEPTH_MAX = 40,		/* questions inside of questions */
	CALLERS_MAX = 200,	/* asked about one by one */
};

/* A level that is not one of the calls of a string. */
#define NO_CALLS UINT32_MAX

/* What a value may be. */
struct answer {
	bool is_any;		/* also something that is not known */
	bool is_cut;		/* also what is passed to the first function */
	bool is_done;
	GArray *address;	/* access_id */
	GArray *function;	/* fact_id */
};

struct pointsto {
	struct pointsto_input in;
	struct accesses *accesses;
	struct writes *writes;
	GArray **caller;	/* per function: uint32_t sites; NULL if none */
	uint32_t *local_base;	/* per function: object number of its local 0 */
	GArray *object;		/* struct object, by number */
	GArray *copy;		/* uint32_t: sites that copy memory */
	GArray *raw;		/* access_id: records that are written as if
				 * they were something else */
	GArray *raw_record;	/* fact_id: of which any may be written so */
	GHashTable *answer;	/* of questions (GBytes) to answers */
	uint32_t steps, depth;
};

/* A variable: of a function, or a global. */
struct object {
	fact_id function;
	uint32_t id;		/* local or global */
};

struct query {
	struct pointsto *w;
	const struct call_string *calls;
	struct answer *out;
	GHashTable *seen;	/* places that were followed */
	skip_store_fn *skip;
	void *context;
};

/* Adds to what Q found what the value of EXPR may be; LEVEL: how many of the
 * query's calls lead to FUNCTION. */
void pointsto_trace(struct query *q, fact_id function, uint32_t expr,
		    uint32_t level);

/* Adds what is stored at PLACE. */
void pointsto_trace_place(struct query *q, access_id place);

/* What the value of EXPR may be: kept, and owned by W.  A question that asks
 * for itself gets "any". */
const struct answer *pointsto_ask(struct pointsto *w, fact_id function,
				  uint32_t expr,
				  const struct call_string *calls);

/* Adds FROM to TO. */
void answer_add(struct answer *to, const struct answer *from);

/* Was this followed already?  What it gives is then on its way. */
bool pointsto_is_seen(struct query *q, uint64_t key);

static inline const struct fact_body *body_of(const struct pointsto *w,
				       fact_id function)
{
	return FACT_FUNCTION(w->in.f, function)->body;
}

static inline const struct call_site *site_get(const struct pointsto *w,
					       uint32_t id)
{
	return &g_array_index(w->in.site, struct call_site, id);
}

static inline const struct fact_node *site_node(const struct pointsto *w,
						uint32_t id)
{
	const struct call_site *s = site_get(w, id);

	return &body_of(w, s->function)->node[s->node];
}

static inline void add_unique(GArray *array, uint32_t value)
{
	for (guint i = 0; i < array->len; i++)
		if (g_array_index(array, uint32_t, i) == value)
			return;
	g_array_append_val(array, value);
}

#endif
