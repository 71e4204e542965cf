/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small result with something in every table. */
#ifndef SAMPLE_RESULT_H
#define SAMPLE_RESULT_H

#include "findings.h"
#include "result_table.h"
#include "rule.h"

static const struct rule rule = { .name = "control-domain",
	.form = RULE_CONTROL_DOMAIN, .bias = 64,
	.source = (char *)"auto: mm-locks.h:1" };

static inline void fill_ordering(struct result *r)
{
	const struct witness_step step = {
		.event = STEP_INDIRECT_CALL, .site = { "f", "a.c", 7 },
		.text = "p->set_entry(p);", .via = "p2m_domain.set_entry",
	};
	const struct witness_step branch = {
		.event = STEP_BRANCH, .site = { "f", "a.c", 6 },
		.text = "if ( d )", .via = "d", .taken = true,
	};
	const struct asked_classes asked = {
		.of_held = 2, .of_other = 2, .of_plain = 2,
	};
	struct ordering *o = result_add_ordering(r);

	o->held = (struct lock_ref){ .class = 1, .owner = OWNER_SUBJECT,
		.owner_control = TRI_UNKNOWN, .domain = 2,
		.site = { "take", "a.c", 10 } };
	o->acquired = (struct lock_ref){ .class = 0, .owner = OWNER_CURRENT,
		.mode = MODE_READ, .owner_control = TRI_UNKNOWN, .domain = 1,
		.site = { "want", "b.c", 20 } };
	o->holder = (struct site){ "outer", "a.c", 30 };
	o->acquire_line = 31;
	o->relation = RELATION_UNKNOWN;
	o->runtime_visible = true;
	o->in_force = 64;
	o->in_force_lock = 1;
	g_array_append_val(o->lockset, o->held);
	g_array_append_val(o->asked, asked);
	g_array_append_val(o->witness, step);
	g_array_append_val(o->witness, branch);
	g_ptr_array_add(o->path_worlds, (void *)"caller-is-hvm");
}

static inline void fill_ledger(struct result *r)
{
	struct assumption *a = result_add_assumption(r);
	struct lone_lock *s = result_add_lone(r);
	struct entry_point e = { { "start", "a.c", 2 }, "assembly",
				 CONTEXT_BOOT, "head.S:1" };

	a->kind = "no-body";
	a->what = "memset";
	a->file = "a.c";
	a->effect = "not followed";
	a->discharge = "its body";
	a->count = 3;
	a->blocks_proof = true;
	a->touches_locks = true;
	g_array_append_val(r->entries, e);
	s->lock.site = (struct site){ "drop", "a.c", 40 };
	s->level_in_force = -1;
	s->level_justified = 16;
}

static inline struct result *make(void)
{
	static const struct lock_class classes[] = {
		{ "p2m", 16, FORM_RWLOCK, "mm-locks.h", 1, 0 },
		{ "paging", 64, FORM_LOCK, "mm-locks.h", 4, 1 },
	};
	struct result *r = result_new();

	g_array_append_vals(r->classes, classes, G_N_ELEMENTS(classes));
	r->tree_version = "4.17.5";
	r->tree_config = "widest";
	r->tu_nr = 2;
	g_ptr_array_add(r->tu_failed, (void *)"common/bad.c");
	r->counts.functions = 5;
	fill_ordering(r);
	fill_ledger(r);
	result_sort(r);
	rule_apply(&rule, r);
	findings_make(r);
	return r;
}

#endif
