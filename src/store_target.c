/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills call_target and indirect_call: what the call graph makes of calls
 * through pointers.
 */
#include "store_int.h"

#include "callgraph.h"

struct targets {
	struct db_statement *site, *target;
	const struct callgraph *cg;
};

static const char *state_of(const struct call_site *s)
{
	if (s->reason == TARGET_OUTSIDE)
		return "outside";
	return s->reason == TARGET_SIGNATURE ? "open" : "closed";
}

static int put_site(const struct targets *t, int64_t call,
		    const struct call_site *s)
{
	const char *reason = s->reason == TARGET_SIGNATURE ? "type" : "flow";

	db_reset(t->site);
	db_bind_int(t->site, 1, call);
	db_bind_text(t->site, 2, state_of(s));
	if (db_run(t->site) < 0)
		return -1;
	for (uint32_t i = 0; i < s->target_nr; i++) {
		db_reset(t->target);
		db_bind_int(t->target, 1, call);
		db_bind_int(t->target, 2,
			    g_array_index(t->cg->target, fact_id,
					  s->target + i));
		db_bind_text(t->target, 3, reason);
		if (db_run(t->target) < 0)
			return -1;
	}
	return 0;
}

/* Calls are numbered as store_body.c does: by function and node. */
static int put_sites(const struct targets *t)
{
	for (uint32_t i = 0; i < t->cg->site->len; i++) {
		const struct call_site *s = &g_array_index(
			t->cg->site, struct call_site, i);

		if (s->reason != TARGET_DIRECT &&
		    put_site(t, (int64_t)i + 1, s) < 0)
			return -1;
	}
	return 0;
}

static int put_targets(struct db *db, const struct callgraph *cg)
{
	struct targets t = { .cg = cg };
	int ret = -1;

	if (db_prepare(db, &t.site,
		       "INSERT INTO indirect_call VALUES (?, ?)") < 0)
		return -1;
	if (db_prepare(db, &t.target,
		       "INSERT INTO call_target VALUES (?, ?, ?)") == 0) {
		ret = put_sites(&t);
		db_finalize(t.target);
	}
	db_finalize(t.site);
	return ret;
}

int store_put_targets(struct db *db, const struct facts *f,
		      const struct model *m)
{
	struct callgraph *cg = callgraph_build(f, m);
	int ret = put_targets(db, cg);

	callgraph_free(cg);
	return ret;
}
