/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls: each way out of the callee that its guard allows here becomes a
 * state of the caller.
 */
#include "explore_int.h"

#include "asks.h"
#include "body_expr.h"
#include "mutant.h"
#include "privilege.h"
#include "subst.h"

/* Arguments that have no name get the number of theirs from here on. */
enum { FRESH_ARGUMENT = 500 };

void explore_set_result(struct run *r, struct state *s, uint32_t node,
			term_id value)
{
	uint32_t local = r->e.b->node[node].b;

	if (!local || !r->e.slice->local[local])
		return;
	if (!value || value == term_unknown(r->x->t))
		value = term_leaf(r->x->t, TERM_FRESH, node, 0, 0);
	state_store(r->x->p, r->x->t, s,
		    term_leaf(r->x->t, TERM_LOCAL, local, 0, 0), value);
}

uint32_t explore_lock_bit(const struct program *p, const struct terms *t,
			  term_id object)
{
	const struct term *x = term_get(t, object);
	uint8_t bit = x->op == TERM_FIELD ? p->lock_bit[x->b] : 0;

	return bit ? UINT32_C(1) << (bit - 1) : UINT32_C(1) << LOCK_BIT_OTHER;
}

/* Forgets what CALLEE, which writes the members of a set, may have changed. */
static void havoc(const struct run *r, struct state *s, uint32_t node,
		  fact_id callee, const uint64_t *writes)
{
	if (!r->x->p->aside[callee] && !(r->watch && r->watch->steady))
		state_havoc(r->x->p, r->x->t, s, writes, node);
}

/* Not followed: the result is some value, members it writes are unknown. */
static void black_box(struct run *r, struct state *s, uint32_t node,
		      fact_id callee)
{
	const struct program *p = r->x->p;
	uint8_t role = p->role_of_call[callee];
	term_id value = term_leaf(r->x->t, TERM_FRESH, node, 0, role);

	havoc(r, s, node, callee, p->writes + (size_t)p->track_words * callee);
	explore_forget_passed(r, s, node, callee, UINT32_MAX);
	explore_set_result(r, s, node, value);
	g_ptr_array_add(r->out, s);
}

static bool result_matters(const struct run *r, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	if (n->b && r->e.slice->local[n->b])
		return true;
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t local = body_root_local(
			r->e.b, r->e.b->extra[n->extra + i]);

		if (local && r->e.slice->local[local])
			return true;
	}
	return false;
}

/* A pointer that has no name gets one, the same for the whole call. */
static term_id name_argument(struct run *r, const struct state *s,
			     uint32_t node, uint32_t i, fact_id type)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id value = value_of(&r->e, s, r->e.b->extra[n->extra + i]);

	if (value == term_unknown(r->x->t) &&
	    FACT_TYPE(r->x->p->f, type)->kind == TYPE_POINTER)
		return term_leaf(r->x->t, TERM_FRESH, node, FRESH_ARGUMENT + i,
				 0);
	return value;
}

/* What the parameters that CALLEE looks at are; the others are unknown. */
static GArray *make_arguments(struct run *r, const struct state *s,
			      uint32_t node, fact_id callee)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_function *fn = FACT_FUNCTION(r->x->p->f, callee);
	const struct slice *slice = r->x->p->slice[callee];
	GArray *arg = g_array_new(FALSE, FALSE, sizeof(term_id));

	for (uint32_t i = 0; i < fn->param_nr; i++) {
		term_id value = term_unknown(r->x->t);

		if (i < n->extra_nr && !(n->flags & NODE_FROM_ASM) && slice &&
		    slice->local[i + 1])
			value = name_argument(r, s, node, i,
					      fn->body->local[i + 1].type);
		g_array_append_val(arg, value);
	}
	return arg;
}

/* The domain that an argument is, belongs to, or is a table of; 0: none. */
static term_id domain_of(const struct explorer *x, const struct state *s,
			 fact_id type, term_id value)
{
	const struct program *p = x->p;
	const struct fact_type *t = FACT_TYPE(p->f, type);
	fact_id record;

	if (program_is_vcpu(p, type))
		return value_of_member(p, x->t, s, value, p->domain_field);
	if (t->kind != TYPE_POINTER || !p->domain_field)
		return 0;
	record = FACT_TYPE(p->f, t->target)->record;
	for (guint i = 0; record && i < p->owner->len; i++) {
		const struct owner_rule *o =
			&g_array_index(p->owner, struct owner_rule, i);

		if (o->record == record)
			return o->field ? value_of_member(p, x->t, s, value,
							  o->field)
					: value;
	}
	return 0;
}

term_id explore_parameter(const struct explorer *x, fact_id function,
			  uint32_t i)
{
	const struct fact_function *fn = FACT_FUNCTION(x->p->f, function);
	fact_id type = fn->body->local[i + 1].type;
	const struct fact_type *row = FACT_TYPE(x->p->f, type);
	/* Approximation: not what is a struct, as frames are. */
	bool tells = (row->kind == TYPE_INT && !row->record) ||
		     row->kind == TYPE_FUNCTION_POINTER ||
		     x->p->telling_type[type];

	if (x->p->current_argument[function] && program_is_vcpu(x->p, type))
		return term_leaf(x->t, TERM_CURRENT, 0, 0, 0);
	return term_leaf(x->t, TERM_SYMBOL, i, tells, 0);
}

term_id explore_own_domain(const struct explorer *x, const struct state *at,
			   fact_id function)
{
	const struct fact_function *fn = FACT_FUNCTION(x->p->f, function);
	term_id domain = 0;

	for (uint32_t i = 0; fn->body && i < fn->param_nr && !domain; i++)
		domain = domain_of(x, at, fn->body->local[i + 1].type,
				   explore_parameter(x, function, i));
	return domain && term_is_stable(x->t, domain) ? domain : 0;
}

/* The table that an argument points to is not of the kind of RULE; false: it
 * is. */
static bool learn_not_kind(struct run *r, struct state *s,
			   const struct instance_rule *rule, term_id table)
{
	term_id kind = value_load(r->x->p, r->x->t, s,
				  term_field(r->x->t, table, rule->field));
	term_id equal = term_binary(r->x->t, EXPR_EQ, kind,
				    term_const(r->x->t, rule->value));

	return !term_is_stable(r->x->t, equal) ||
	       state_learn(r->x->t, s, equal, false, false);
}

/* Learns of the first table among the arguments what the model says of CALLEE:
 * which kinds it does not work on. */
static bool learn_not_for(struct run *r, struct state *s, uint32_t node,
			  fact_id callee)
{
	const struct program *p = r->x->p;
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_function *fn = FACT_FUNCTION(p->f, callee);

	for (uint32_t k = 0; k < p->instance->len; k++) {
		const struct instance_rule *rule = &g_array_index(
			p->instance, struct instance_rule, k);
		fact_id record = FACT_FIELD(p->f, rule->field)->record;

		for (uint32_t i = 0; p->not_for[callee] >> k & 1 &&
				     i < MIN(fn->param_nr, n->extra_nr);
		     i++) {
			const struct fact_type *t = FACT_TYPE(
				p->f, fn->body->local[i + 1].type);

			if (t->kind != TYPE_POINTER ||
			    FACT_TYPE(p->f, t->target)->record != record)
				continue;
			if (!learn_not_kind(r, s, rule,
					    value_of(&r->e, s,
						     r->e.b->extra[n->extra +
								   i])))
				return false;
			break;
		}
	}
	return true;
}

bool explore_learn_world(struct run *r, struct state *s, uint32_t node,
			 fact_id callee)
{
	const struct program *p = r->x->p;
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_function *fn = FACT_FUNCTION(p->f, callee);
	const struct code_world *w;
	term_id domain = 0, value;

	if (!fn->body || (n->flags & NODE_FROM_ASM))
		return true;
	if (p->not_for[callee] && !learn_not_for(r, s, node, callee))
		return false;
	if (!p->world_of[callee])
		return true;
	w = &g_array_index(p->code_world, struct code_world,
			   p->world_of[callee] - 1);
	for (uint32_t i = 0; i < fn->param_nr && i < n->extra_nr && !domain;
	     i++)
		domain = domain_of(r->x, s, fn->body->local[i + 1].type,
				   value_of(&r->e, s,
					    r->e.b->extra[n->extra + i]));
	if (!domain || !term_is_stable(r->x->t, domain))
		return true;
	value = explore_world_term(r->x, s, domain, w);
	return explore_learn(r->x, s, value, w->truth);
}

/* What the callee has asked, of the values that are there before. */
struct asked {
	term_id id, mapped;
	enum tristate truth;
	bool is_null;		/* loaded through a null pointer */
};

/* What was in force after the callee released OBJECT. */
struct released {
	term_id object;		/* in the callee's terms */
	struct level level;
};

struct call {
	struct run *r;
	uint32_t node;
	fact_id callee;
	const GArray *arg;
	const struct state *before;
	struct subst pre, post;	/* by what is there before, and after */
	GArray *asked;		/* struct asked: so far, in any exit */
	GArray *released;	/* struct released: at one exit */
};

static void call_init(struct call *c)
{
	const struct explorer *x = c->r->x;

	subst_init(&c->pre, x->p, x->t, c->before, c->arg, c->node);
	subst_init(&c->post, x->p, x->t, NULL, c->arg, c->node);
	g_array_unref(c->post.fresh);
	c->post.fresh = g_array_ref(c->pre.fresh);
	c->asked = g_array_new(FALSE, FALSE, sizeof(struct asked));
	c->released = g_array_new(FALSE, FALSE, sizeof(struct released));
}

static void call_release(struct call *c)
{
	subst_release(&c->pre);
	subst_release(&c->post);
	g_array_unref(c->asked);
	g_array_unref(c->released);
}

/* The exits of a callee ask much the same. */
static struct asked ask(struct call *c, term_id id)
{
	struct asked new = { .id = id };

	for (guint i = 0; i < c->asked->len; i++) {
		const struct asked *old =
			&g_array_index(c->asked, struct asked, i);

		if (old->id == id)
			return *old;
	}
	new.truth = subst_truth(&c->pre, id, &new.mapped);
	new.is_null = term_loads_null(c->r->x->t, new.mapped);
	g_array_append_val(c->asked, new);
	return new;
}

/* *AFTER is what is there before, until something is learnt. */
static struct state *own_state(const struct call *c, struct state **after)
{
	if (!*after)
		*after = state_copy(c->before);
	return *after;
}

/* Learns what is not known; false: that cannot be. */
static bool learn_asked(const struct call *c, struct state **after,
			term_id mapped, bool truth)
{
	const struct explorer *x = c->r->x;
	const struct state *now = *after ? *after : c->before;

	return explore_facts_allow(x, now->fact,
				   LITERAL(mapped, false, truth)) &&
	       explore_world_allows(x, now, mapped, truth) &&
	       state_learn(x->t, own_state(c, after), mapped, truth, false);
}

/*
 * What the callee has asked on the way to this exit; false: that excludes it
 * here.  *AFTER is NULL as long as nothing is learnt.
 */
static bool apply_guard(struct call *c, struct state **after,
			const struct state *exit)
{
	for (guint i = 0; i < exit->guard->len; i++) {
		uint32_t literal = g_array_index(exit->guard, uint32_t, i);
		bool truth = LITERAL_TRUTH(literal);
		bool asserted = LITERAL_IS_ASSERTED(literal);
		struct asked now = ask(c, LITERAL_TERM(literal));

		if (now.is_null) {
			explorer_limit(c->r->x, LIMIT_NULL, c->r->function,
				       c->node, 0);
			return false;
		}
		if (now.truth == TRI_UNKNOWN && !asserted) {
			if (!learn_asked(c, after, now.mapped, truth))
				return false;
			continue;
		}
		if (now.truth == TRI_UNKNOWN) {
			state_guard(c->r->x->t, own_state(c, after),
				    now.mapped, truth, true);
			continue;
		}
		if (MUTANT(8, true, (now.truth == TRI_YES) == truth))
			continue;
		if (!asserted)
			return false;
		own_state(c, after)->flags |= STATE_ASSERT_FAILED;
	}
	return true;
}

/* A term without a stable meaning in the caller says nothing there. */
static bool is_useful(const struct terms *t, term_id id)
{
	return id && term_is_stable(t, id) && !term_is_fixed(t, id);
}

static bool is_in_global(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_GLOBAL;
}

static void apply_memory(struct call *c, struct state *after,
			 const struct state *exit)
{
	struct terms *t = c->r->x->t;
	GArray *stores = g_array_new(FALSE, FALSE, sizeof(struct binding));

	for (guint i = 0; i < exit->memory->len; i++) {
		struct binding b = g_array_index(exit->memory, struct binding,
						 i);

		if (term_get(t, b.key)->flags & TERM_HAS_LOCAL)
			continue;
		b.key = subst_term(&c->pre, b.key);
		b.value = subst_term(&c->post, b.value);
		g_array_append_val(stores, b);
	}
	for (guint i = 0; i < stores->len; i++) {
		struct binding b = g_array_index(stores, struct binding, i);

		if (is_in_global(t, b.key) &&
		    term_get(t, b.value)->flags & TERM_HAS_FRESH)
			state_forget(t, after, b.key);
		else if (is_useful(t, b.key))
			state_store(c->r->x->p, t, after, b.key, b.value);
	}
	g_array_unref(stores);
}

static bool is_about_values(const struct terms *t, term_id key)
{
	return !(term_get(t, key)->flags & (TERM_HAS_LOCAL | TERM_HAS_OLD));
}

/* What is known after the call; of entry values the guard has told. */
static void apply_facts(struct call *c, struct state *after,
			const struct state *exit)
{
	struct terms *t = c->r->x->t;

	for (guint i = 0; i < exit->fact->len; i++) {
		struct binding b = g_array_index(exit->fact, struct binding,
						 i);
		term_id key;

		if (!is_about_values(t, b.key))
			continue;
		key = subst_term(&c->post, b.key);
		if (is_useful(t, key) &&
		    state_truth(t, after, key) == TRI_UNKNOWN)
			bindings_set(after->fact, key,
				     b.value ? subst_term(&c->post, b.value)
					     : 0);
	}
}

/* Where a lock that the callee returns held came from, seen from here. */
static uint32_t origins_through_call(struct call *c, uint32_t set)
{
	struct run *r = c->r;
	uint32_t nr, out = 0;
	bool header = program_in_lock_header(r->x->p, r->function);
	const uint32_t *member = origin_set_members(r->x->origins, set, &nr);
	uint32_t *copy = g_memdup2(member, sizeof(*member) * nr);

	for (uint32_t i = 0; i < nr; i++) {
		struct origin o = *origin_get(r->x->origins, copy[i]);

		if (!o.function && !header) {
			o.function = r->function;
			o.line = r->e.b->node[c->node].line;
		}
		o.in = r->function;
		o.node = c->node;
		o.callee = c->callee;
		o.inner = copy[i];
		out = origin_set_union(
			r->x->origins, out,
			origin_set_of(r->x->origins,
				      origin_make(r->x->origins, &o)));
	}
	g_free(copy);
	return out;
}

/* A level of the callee's, in the caller's terms. */
static struct level return_level(struct call *c, const struct level *level)
{
	if (level->class)
		return (struct level){ .class = level->class,
				       .owner = subst_term(&c->post,
							   level->owner) };
	for (guint i = 0; i < c->released->len; i++) {
		const struct released *r =
			&g_array_index(c->released, struct released, i);

		if (r->object == level->owner)
			return r->level;
	}
	return c->before->level;
}

/* Is H, which the callee returns with, a lock that the caller had already, of
 * those that only the first acquisition sets the level for? */
static bool is_taken_again(struct call *c, const struct held *h)
{
	const struct program *p = c->r->x->p;

	if (h->kind != LOCKKIND_WRITE || h->count <= 0)
		return false;
	return state_holds_write(p, c->r->x->t, c->before,
				 subst_term(&c->post, h->object)) == TRI_YES;
}

/* The callee thinks that LEVEL is in force at EXIT: is it, for the caller? */
static struct level level_of_exit(struct call *c, const struct state *exit,
				  const struct level *level)
{
	for (guint i = exit->held->len; level->class && i > 0; i--) {
		const struct held *h = &g_array_index(exit->held, struct held,
						      i - 1);

		if (h->class == level->class && h->owner == level->owner &&
		    is_taken_again(c, h))
			level = &h->saved;
	}
	return return_level(c, level);
}

static void keep_untold(struct state *s, term_id object, uint8_t untold)
{
	for (guint i = 0; i < s->held->len; i++) {
		struct held *h = &g_array_index(s->held, struct held, i);

		if (h->count < 0 && h->object == object)
			h->untold = MAX(h->untold, untold);
	}
}

/* What the callee released of its callers' locks, in that order. */
static void apply_releases(struct call *c, struct state *after,
			   const struct state *exit)
{
	g_array_set_size(c->released, 0);
	for (guint i = 0; i < exit->held->len; i++) {
		const struct held *h = &g_array_index(exit->held, struct held,
						      i);
		struct released r = { .object = h->object };
		term_id object;

		if (MUTANT(1, true, h->count >= 0))
			continue;
		object = subst_term(&c->pre, h->object);
		explore_release(c->r, after, c->node, h->kind, object,
				-h->count);
		keep_untold(after, object, h->untold);
		r.level = after->level;
		g_array_append_val(c->released, r);
	}
}

/* What the callee released first, then what it returns held. */
static void apply_lockset(struct call *c, struct state *after,
			  const struct state *exit)
{
	apply_releases(c, after, exit);
	for (guint i = 0; i < exit->held->len; i++) {
		struct held h = g_array_index(exit->held, struct held, i);

		if (MUTANT(20, true, h.count < 0))
			continue;
		if (h.all)
			h.object = state_each_element(c->r->x->t, h.object);
		h.object = subst_term(&c->post, h.object);
		h.owner = subst_term(&c->post, h.owner);
		h.saved = level_of_exit(c, exit, &h.saved);
		for (int k = 0; k < HELD_COUNT_MAX - 1; k++)
			h.again[k] = level_of_exit(c, exit, &h.again[k]);
		h.origins = origins_through_call(c, h.origins);
		explore_add_held(c->r, after, &h);
	}
	after->level = level_of_exit(c, exit, &exit->level);
	after->flags |= exit->flags;
	if (!exit->checked.class)
		return;
	after->checked.class = exit->checked.class;
	after->checked.owner = subst_term(&c->post, exit->checked.owner);
}

/* What the callee has asked for. */
static void apply_asked(struct call *c, struct state *after,
			const struct state *exit)
{
	struct asks *asks = c->r->x->asks;

	for (guint i = 0; i < asks_count(asks, exit->asked); i++) {
		struct ask a = *asks_at(asks, exit->asked, i);
		bool own = a.force.class != 0;

		a.force = return_level(c, &a.force);
		if (own && a.force.class &&
		    !explore_sets_level(c->r->x, c->before, &a.force))
			a.force = c->before->level;
		a.owner = subst_term(&c->post, a.owner);
		a.object = subst_term(&c->post, a.object);
		if (a.kind == ASK_UNLESS_HELD && a.object &&
		    explore_holds(c->r->x, c->before, a.object))
			continue;
		if (a.object && !asks_is_name(asks, a.object))
			a.object = 0;
		if (a.force.class || !a.force.owner)
			after->asked = asks_add(asks, after->asked, &a);
	}
}

static void apply_exit(struct call *c, const struct exit_state *exit)
{
	struct run *r = c->r;
	const struct program *p = r->x->p;
	struct state *after = NULL;

	if (!apply_guard(c, &after, exit->state)) {
		state_free(after);
		return;
	}
	own_state(c, &after);
	g_array_set_size(c->pre.fresh, 0);
	c->post.at = after;
	havoc(r, after, c->node, c->callee, exit->state->written);
	explore_forget_passed(r, after, c->node, c->callee,
			      exit->state->stored);
	if (!p->aside[c->callee])
		apply_memory(c, after, exit->state);
	apply_facts(c, after, exit->state);
	apply_lockset(c, after, exit->state);
	apply_asked(c, after, exit->state);
	explore_set_result(r, after, c->node,
			   subst_term(&c->post, exit->result));
	g_ptr_array_add(r->out, after);
}

static bool same_objects_held(const struct state *x, const struct state *y,
			      const struct held *except)
{
	for (guint i = 0; i < x->held->len; i++) {
		const struct held *h = &g_array_index(x->held, struct held, i);
		bool found = h->object == except->object;

		for (guint k = 0; k < y->held->len && !found; k++)
			found = g_array_index(y->held, struct held,
					      k).object == h->object;
		if (!found)
			return false;
	}
	return true;
}

/* Did LESS release a lock of the caller's that MORE still holds, all else
 * alike? */
static const struct held *released_only(const struct state *before,
					const struct state *less,
					const struct state *more)
{
	const struct held *gone = NULL;

	if (less->held->len + 1 != more->held->len)
		return NULL;
	for (guint i = 0; i < before->held->len; i++) {
		const struct held *h = &g_array_index(before->held,
						      struct held, i);
		bool in_less = false, in_more = false;

		if (h->count <= 0)
			continue;
		for (guint k = 0; k < less->held->len; k++)
			in_less |= g_array_index(less->held, struct held,
						 k).object == h->object;
		for (guint k = 0; k < more->held->len; k++)
			in_more |= g_array_index(more->held, struct held,
						 k).object == h->object;
		if (in_more && !in_less)
			gone = h;
	}
	return gone && same_objects_held(more, less, gone) ? gone : NULL;
}

/*
 * Approximation: a callee that releases a lock of the caller's on some ways,
 * and not on others that differ by nothing that is known here, releases it;
 * the ledger names the call.
 */
static void drop_unreleased(struct call *c, guint from)
{
	GPtrArray *out = c->r->out;

	for (guint i = from; i < out->len;) {
		struct state *more = g_ptr_array_index(out, i);
		const struct held *gone = NULL;

		for (guint k = from; k < out->len && !gone; k++)
			gone = released_only(c->before,
					     g_ptr_array_index(out, k), more);
		if (!gone) {
			i++;
			continue;
		}
		explorer_limit(c->r->x, LIMIT_LEAK, c->r->function, c->node,
			       gone->class);
		g_ptr_array_remove_index(out, i);
		state_free(more);
	}
}

static bool result_tells(const struct run *r, uint32_t node)
{
	return r->e.b->node[node].b &&
	       r->e.slice->local[r->e.b->node[node].b];
}

/*
 * That no function that never gets to the callee is running is a literal, as
 * if it were a lock that each of them holds: mapping.c decides it.
 */
static void guard_not_within(struct call *c, struct state *at)
{
	uint64_t entries = c->r->x->p->not_within[c->callee];
	struct terms *t = c->r->x->t;

	for (uint32_t i = 0; i < MODEL_NOT_WITHIN_MAX && entries >> i; i++)
		if (entries >> i & 1)
			state_guard(t, at,
				    term_held(t, term_leaf(t, TERM_STRING,
							   STRING_CALLER, i,
							   0)),
				    false, false);
}

uint32_t explore_privilege(const struct run *r, uint32_t node)
{
	switch (privileges_at(r->x->p->privileges, r->function, node)) {
	case PRIVILEGE_CONTROL:
		return STATE_CONTROL | STATE_DEVICE_MODEL | STATE_TARGET;
	case PRIVILEGE_DEVICE_MODEL:
		return STATE_DEVICE_MODEL | STATE_TARGET;
	case PRIVILEGE_TARGET:
		return STATE_TARGET;
	case PRIVILEGE_NONE:
		break;
	}
	return 0;
}

static void add_edge(struct call *c)
{
	const struct program *p = c->r->x->p;
	struct call_edge *e;

	if (p->not_within[c->callee] & p->excludes[c->r->function]) {
		explorer_limit_once(c->r->x, LIMIT_NOT_WITHIN, c->r->function,
				    c->node);
		return;
	}
	e = g_new0(struct call_edge, 1);
	e->caller = c->r->function;
	e->callee = c->callee;
	e->node = c->node;
	e->at = state_copy(c->before);
	e->at->flags |= explore_privilege(c->r, c->node);
	guard_not_within(c, e->at);
	e->arg = g_array_copy((GArray *)c->arg);
	g_ptr_array_add(c->r->self->edge, e);
}

/* Neither this function nor its callers hold a lock, or an assertion fails. */
static void assert_unlocked(struct run *r, struct state *s)
{
	term_id any = state_held(r->x->p, r->x->t, s,
				 term_const(r->x->t, 0));

	if (state_truth(r->x->t, s, any) == TRI_YES)
		s->flags |= STATE_ASSERT_FAILED;
	else
		state_guard(r->x->t, s, any, false, true);
}

/*
 * Of a lock at OBJECT, which a callee returns with, and those that are held at
 * the call: one that it may be, if the two can be compared; or 0.
 */
static term_id may_be_held(const struct call *c, enum lock_kind kind,
			   term_id object)
{
	struct terms *t = c->r->x->t;

	for (guint i = 0; i < c->before->held->len; i++) {
		const struct held *h = &g_array_index(c->before->held,
						      struct held, i);
		term_id equal;

		if (h->kind != kind || h->count <= 0 || h->many ||
		    state_same(c->r->x->p, t, c->before, h->object, object) !=
			    TRI_UNKNOWN)
			continue;
		equal = term_same_record(t, h->object, object);
		if (term_is_stable(t, equal) &&
		    state_truth(t, c->before, equal) == TRI_UNKNOWN)
			return h->object;
	}
	return 0;
}

/* A lock that the callee may return with, and which of those held it may be;
 * or 0. */
static term_id may_return_held(struct call *c, term_id *held_object)
{
	const GPtrArray *exits = c->r->x->summary[c->callee]->balanced;

	if (!c->before->held->len)
		return 0;
	for (guint i = 0; i < exits->len; i++) {
		const struct exit_state *exit = g_ptr_array_index(exits, i);
		const GArray *held = exit->state->held;

		for (guint k = 0; k < held->len; k++) {
			const struct held *h = &g_array_index(held,
							      struct held, k);
			term_id object;

			if (h->count <= 0 || h->many ||
			    h->kind == LOCKKIND_READ)
				continue;
			object = subst_term(&c->pre, h->object);
			*held_object = may_be_held(c, h->kind, object);
			if (*held_object)
				return object;
		}
	}
	return 0;
}

/*
 * A callee may return with a lock that is held already: both ways are followed,
 * as acquire() does.  True: the call has been explored.
 */
static bool split_call(struct call *c, struct state *state)
{
	struct run *r = c->r;
	term_id held, object = may_return_held(c, &held);
	struct state *same;

	if (!object)
		return false;
	same = explore_part(r, &state, held, object);
	if (same)
		explore_call(r, same, c->node, c->callee);
	if (state)
		explore_call(r, state, c->node, c->callee);
	return true;
}

void explore_call(struct run *r, struct state *state, uint32_t node,
		  fact_id callee)
{
	const struct program *p = r->x->p;
	const struct summary *to = r->x->summary[callee];
	bool locks = program_call_locks(p, r->function, node, callee);
	struct call c = { .r = r, .node = node, .callee = callee,
			  .before = state };
	const GPtrArray *exits;
	GArray *arg;
	guint from = r->out->len;

	if (r->only && callee != r->only) {
		state_free(state);
		return;
	}
	if (p->asserts_unlocked[callee])
		assert_unlocked(r, state);
	if (!to || p->opaque[callee] || program_is_apart(p, callee) ||
	    (!locks &&
	     (!result_matters(r, node) || p->role_of_call[callee]))) {
		black_box(r, state, node, callee);
		return;
	}
	arg = make_arguments(r, state, node, callee);
	c.arg = arg;
	call_init(&c);
	if (locks && split_call(&c, state)) {
		call_release(&c);
		g_array_unref(arg);
		return;
	}
	if (locks && r->recording)
		add_edge(&c);
	exits = r->only ? r->given : to->balanced;
	for (guint i = 0; i < exits->len; i++)
		apply_exit(&c, g_ptr_array_index(exits, i));
	if (!result_tells(r, node))
		drop_unreleased(&c, from);
	call_release(&c);
	state_free(state);
	g_array_unref(arg);
}
