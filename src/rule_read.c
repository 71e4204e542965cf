/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the rule that a tree implements out of its own code: the function
 * that computes the level of a lock from a domain and the level of a class.
 * Every path through its body is walked with symbolic values; each returns
 * the class level plus a constant, under conditions on the domain that are
 * known (is there one, is it a control domain, is it the current one) or not.
 * The constants, tabulated over these conditions, are the rule.  Anything
 * that the walk does not understand, and that the result depends on, makes
 * the form unknown: nothing is guessed.
 */
#include "rule.h"

#include <string.h>

#include "rule_check.h"

enum value_kind {
	VALUE_UNKNOWN,
	VALUE_CONST,		/* imm */
	VALUE_LEVEL,		/* the level parameter plus imm */
	VALUE_DOMAIN,		/* the domain parameter */
	VALUE_CURRENT,		/* the vCPU that runs here */
	VALUE_CURRENT_DOMAIN,
	VALUE_DOMAIN_ID, VALUE_CURRENT_ID,
	VALUE_CONDITION,	/* condition imm, or its opposite if negated */
};

enum condition { COND_EXISTS, COND_CONTROL, COND_CURRENT, COND_NR };

struct value {
	enum value_kind kind;
	bool negated;
	int64_t imm;
};

/* Conditions decided on a path: a bit in known, its value in truth. */
struct path {
	struct value *local;
	unsigned known, truth;
	unsigned branch_nr;
};

struct walk {
	const struct facts *f;
	const struct rule_names *names;
	const struct fact_body *body;
	unsigned step_nr;
	unsigned depth;		/* of calls; 0: in the level function */
	bool returned;		/* in a callee: some path has, with result if
				 * all agree */
	struct value result;
	bool failed;
	uint32_t line;		/* of what was not understood */
	uint32_t unknown_line;	/* of a condition that is not known */
	uint32_t return_line;	/* of the return that adds the bias */
	bool seen[1 << COND_NR];
	int64_t constant[1 << COND_NR];
};

enum { STEP_MAX = 20000, BRANCH_MAX = 24, CALL_MAX = 6 };

static const struct value unknown = { .kind = VALUE_UNKNOWN };

static struct value constant(int64_t imm)
{
	return (struct value){ .kind = VALUE_CONST, .imm = imm };
}

static struct value condition(enum condition c, bool negated)
{
	return (struct value){ .kind = VALUE_CONDITION, .negated = negated,
			       .imm = c };
}

static bool is_named(const char *name, const char *wanted)
{
	return wanted && strcmp(name, wanted) == 0;
}

static struct value evaluate(const struct walk *w, const struct path *p,
			     uint32_t id, unsigned depth);

static struct value load_field(const struct walk *w, const struct path *p,
			       const struct fact_expr *e, unsigned depth)
{
	struct value base = evaluate(w, p, e->a, depth);
	const char *name;

	if (e->b >= w->f->field->len)
		return unknown;
	name = FACT_FIELD(w->f, e->b)->name;
	if (is_named(name, w->names->current_field))
		return (struct value){ .kind = VALUE_CURRENT };
	if (base.kind == VALUE_CURRENT && is_named(name, w->names->domain_field))
		return (struct value){ .kind = VALUE_CURRENT_DOMAIN };
	if (base.kind == VALUE_DOMAIN && is_named(name, w->names->control_field))
		return condition(COND_CONTROL, false);
	if (base.kind == VALUE_DOMAIN && is_named(name, w->names->id_field))
		return (struct value){ .kind = VALUE_DOMAIN_ID };
	if (base.kind == VALUE_CURRENT_DOMAIN &&
	    is_named(name, w->names->id_field))
		return (struct value){ .kind = VALUE_CURRENT_ID };
	return unknown;
}

static struct value load(const struct walk *w, const struct path *p,
			 const struct fact_expr *address, unsigned depth)
{
	if (address->op == EXPR_LOCAL && address->a < w->body->local_nr)
		return p->local[address->a];
	if (address->op == EXPR_FIELD)
		return load_field(w, p, address, depth);
	return unknown;
}

/* The value as a truth value: not zero. */
static struct value truth(struct value v)
{
	if (v.kind == VALUE_CONST)
		return constant(v.imm != 0);
	if (v.kind == VALUE_DOMAIN)
		return condition(COND_EXISTS, false);
	return v.kind == VALUE_CONDITION ? v : unknown;
}

static struct value negate(struct value v)
{
	v = truth(v);
	if (v.kind == VALUE_CONST)
		v.imm = !v.imm;
	v.negated = !v.negated;
	return v;
}

static bool is_pair(struct value a, struct value b, enum value_kind one,
		    enum value_kind other)
{
	return (a.kind == one && b.kind == other) ||
	       (a.kind == other && b.kind == one);
}

static struct value equal(struct value a, struct value b)
{
	if (a.kind == VALUE_CONST && b.kind == VALUE_CONST)
		return constant(a.imm == b.imm);
	if (a.kind == VALUE_CONST && a.imm == 0)
		return negate(b);
	if (b.kind == VALUE_CONST && b.imm == 0)
		return negate(a);
	if (is_pair(a, b, VALUE_DOMAIN, VALUE_CURRENT_DOMAIN) ||
	    is_pair(a, b, VALUE_DOMAIN_ID, VALUE_CURRENT_ID))
		return condition(COND_CURRENT, false);
	return unknown;
}

static struct value add(struct value a, struct value b, int64_t sign)
{
	int64_t sum;

	if (b.kind != VALUE_CONST) {
		struct value swap = a;

		if (sign < 0)
			return unknown;
		a = b;
		b = swap;
	}
	if (b.kind != VALUE_CONST || ABS(b.imm) > INT32_MAX ||
	    ABS(a.imm) > INT32_MAX)
		return unknown;
	sum = a.imm + sign * b.imm;
	if (a.kind == VALUE_CONST)
		return constant(sum);
	if (a.kind == VALUE_LEVEL)
		return (struct value){ .kind = VALUE_LEVEL, .imm = sum };
	return unknown;
}

static struct value binary(const struct walk *w, const struct path *p,
			   const struct fact_expr *e, unsigned depth)
{
	struct value a = evaluate(w, p, e->a, depth);
	struct value b = evaluate(w, p, e->b, depth);

	switch (e->op) {
	case EXPR_EQ:
		return equal(a, b);
	case EXPR_NE:
		return negate(equal(a, b));
	case EXPR_ADD:
		return add(a, b, 1);
	default:
		return add(a, b, -1);
	}
}

static struct value evaluate(const struct walk *w, const struct path *p,
			     uint32_t id, unsigned depth)
{
	const struct fact_expr *e;

	if (id == 0 || id >= w->body->expr_nr || depth > 64)
		return unknown;
	e = &w->body->expr[id];
	switch (e->op) {
	case EXPR_CONST:
		return constant(e->imm);
	case EXPR_LOAD:
		if (e->a >= w->body->expr_nr)
			return unknown;
		return load(w, p, &w->body->expr[e->a], depth + 1);
	case EXPR_LNOT:
		return negate(evaluate(w, p, e->a, depth + 1));
	case EXPR_CAST:
		if (e->imm == 1)
			return truth(evaluate(w, p, e->a, depth + 1));
		return evaluate(w, p, e->a, depth + 1);
	case EXPR_EQ:
	case EXPR_NE:
	case EXPR_ADD:
	case EXPR_SUB:
		return binary(w, p, e, depth + 1);
	default:
		return unknown;
	}
}

static void fail(struct walk *w, uint32_t line)
{
	if (!w->failed)
		w->line = line;
	w->failed = true;
}

/* A path of a callee ended. */
static void record_result(struct walk *w, struct value v)
{
	if (!w->returned)
		w->result = v;
	else if (v.kind != w->result.kind || v.imm != w->result.imm ||
		 v.negated != w->result.negated)
		w->result = unknown;
	w->returned = true;
}

/* A path ended: its constant counts for all conditions it leaves open. */
static void record(struct walk *w, const struct path *p,
		   const struct fact_node *n)
{
	struct value v = evaluate(w, p, n->a, 0);

	if (w->depth) {
		record_result(w, v);
		return;
	}
	if (v.kind != VALUE_LEVEL) {
		fail(w, n->line);
		return;
	}
	if (v.imm != 0 || w->return_line == 0)
		w->return_line = n->line;
	for (unsigned i = 0; i < 1U << COND_NR; i++) {
		if ((i & p->known) != p->truth)
			continue;
		if (w->seen[i] && w->constant[i] != v.imm)
			fail(w, w->unknown_line ? w->unknown_line : n->line);
		w->seen[i] = true;
		w->constant[i] = v.imm;
	}
}

static void assign(const struct walk *w, struct path *p, uint32_t address,
		   struct value v)
{
	const struct fact_expr *e;

	if (address >= w->body->expr_nr)
		return;
	e = &w->body->expr[address];
	if (e->op == EXPR_LOCAL && e->a < w->body->local_nr)
		p->local[e->a] = v;
}

static void walk(struct walk *w, struct path *p, uint32_t node);

/* What FN returns on all of its paths if its only argument, if any, is ARG. */
static struct value result_of(const struct walk *w,
			      const struct fact_function *fn, struct value arg)
{
	struct walk in = { .f = w->f, .names = w->names, .body = fn->body,
			   .step_nr = w->step_nr, .depth = w->depth + 1,
			   .result = unknown };
	struct path p = { .local = NULL };

	if (!fn->body || in.depth > CALL_MAX || fn->param_nr > 1 ||
	    fn->body->local_nr <= fn->param_nr)
		return unknown;
	p.local = g_new0(struct value, fn->body->local_nr);
	p.local[fn->param_nr] = arg;
	walk(&in, &p, 1);
	g_free(p.local);
	return in.failed ? unknown : in.result;
}

/* As result_of(); of a condition, what it returns if that is true and if it is
 * not. */
static struct value result_of_call(const struct walk *w,
				   const struct fact_function *fn,
				   struct value arg)
{
	struct value yes, no;

	if (arg.kind != VALUE_CONDITION)
		return result_of(w, fn, arg);
	yes = truth(result_of(w, fn, constant(!arg.negated)));
	no = truth(result_of(w, fn, constant(arg.negated)));
	if (yes.kind != VALUE_CONST || no.kind != VALUE_CONST)
		return unknown;
	return yes.imm == no.imm ? yes
				 : condition((enum condition)arg.imm, no.imm);
}

static struct value call_result(const struct walk *w, const struct path *p,
				const struct fact_node *n)
{
	const struct fact_expr *callee;
	const struct fact_function *fn;
	struct value arg = unknown;

	if (n->a >= w->body->expr_nr || n->extra_nr > 1 ||
	    n->extra + n->extra_nr > w->body->extra_nr)
		return unknown;
	callee = &w->body->expr[n->a];
	if (callee->op != EXPR_FUNCTION || callee->a >= w->f->function->len)
		return unknown;
	fn = FACT_FUNCTION(w->f, callee->a);
	if (n->extra_nr)
		arg = evaluate(w, p, w->body->extra[n->extra], 0);
	if (is_named(fn->name, w->names->control_predicate) &&
	    arg.kind == VALUE_DOMAIN)
		return condition(COND_CONTROL, false);
	return result_of_call(w, fn, arg);
}

/* Assembly, copies and calls may change what has its address taken. */
static void clobber(const struct walk *w, struct path *p,
		    const struct fact_node *n)
{
	for (uint32_t i = 1; i < w->body->local_nr; i++)
		if (w->body->local[i].flags & LOCAL_ADDRESS_TAKEN)
			p->local[i] = unknown;
	if (n->kind != NODE_ASM)
		return;
	for (uint32_t i = 0; i < n->extra_nr; i++)
		if (n->extra + i < w->body->extra_nr)
			assign(w, p, w->body->extra[n->extra + i], unknown);
}

static void follow(struct walk *w, const struct path *p, uint32_t node,
		   int decided)
{
	struct path copy = *p;

	if (decided >= 0) {
		copy.known |= 1U << (decided >> 1);
		if (decided & 1)
			copy.truth |= 1U << (decided >> 1);
	}
	copy.branch_nr++;
	copy.local = g_new(struct value, w->body->local_nr);
	memcpy(copy.local, p->local,
	       w->body->local_nr * sizeof(*copy.local));
	walk(w, &copy, node);
	g_free(copy.local);
}

static void branch(struct walk *w, const struct path *p,
		   const struct fact_node *n)
{
	struct value v = truth(evaluate(w, p, n->a, 0));
	unsigned bit;

	if (p->branch_nr >= BRANCH_MAX) {
		fail(w, n->line);
	} else if (v.kind == VALUE_CONST) {
		follow(w, p, v.imm ? n->next : n->other, -1);
	} else if (v.kind != VALUE_CONDITION) {
		w->unknown_line = n->line;
		follow(w, p, n->next, -1);
		follow(w, p, n->other, -1);
	} else {
		bit = 1U << v.imm;
		for (int yes = 1; yes >= 0; yes--)
			if (!(p->known & bit) || !(p->truth & bit) == !yes)
				follow(w, p, yes != v.negated ? n->next
							      : n->other,
				       (int)(v.imm << 1) | yes);
	}
}

static void step(struct walk *w, struct path *p, const struct fact_node *n)
{
	switch (n->kind) {
	case NODE_ASSIGN:
		assign(w, p, n->a, evaluate(w, p, n->b, 0));
		break;
	case NODE_CALL:
		clobber(w, p, n);
		if (n->b != 0 && n->b < w->body->local_nr)
			p->local[n->b] = call_result(w, p, n);
		break;
	case NODE_UNDEF:
		if (n->a < w->body->local_nr)
			p->local[n->a] = unknown;
		break;
	case NODE_COPY:
	case NODE_ASM:
		clobber(w, p, n);
		break;
	default:
		break;
	}
}

/* Walks on from node until control branches or the path ends. */
static void walk(struct walk *w, struct path *p, uint32_t node)
{
	while (!w->failed && node != 0 && node < w->body->node_nr) {
		const struct fact_node *n = &w->body->node[node];

		if (++w->step_nr > STEP_MAX || n->kind == NODE_SWITCH ||
		    n->kind == NODE_JUMP) {
			fail(w, n->line);
			return;
		}
		if (n->kind == NODE_DEAD)
			return;
		if (n->kind == NODE_RETURN) {
			record(w, p, n);
			return;
		}
		if (n->kind == NODE_BRANCH) {
			branch(w, p, n);
			return;
		}
		step(w, p, n);
		node = n->next;
	}
}

/* The first parameter of a kind, or 0. */
static uint32_t find_param(const struct facts *f,
			   const struct fact_function *fn, enum type_kind kind)
{
	for (uint32_t i = 1; i <= fn->param_nr && i < fn->body->local_nr; i++) {
		fact_id type = fn->body->local[i].type;

		if (type < f->type->len && FACT_TYPE(f, type)->kind == kind)
			return i;
	}
	return 0;
}

/* The next function of that name after id *at, which is advanced. */
static const struct fact_function *next_function(const struct facts *f,
						 const char *name, fact_id *at)
{
	for (fact_id i = *at + 1; name && i < f->function->len; i++) {
		const struct fact_function *fn = FACT_FUNCTION(f, i);

		*at = i;
		if (fn->body && strcmp(fn->name, name) == 0)
			return fn;
	}
	return NULL;
}

/* Does the constant depend on nothing but the given condition? */
static bool depends_on(const struct walk *w, enum condition c)
{
	unsigned exists = 1U << COND_EXISTS, bit = 1U << c;
	int64_t bias = w->constant[exists | bit];

	for (unsigned i = 0; i < 1U << COND_NR; i++) {
		bool wanted = (i & bit) && (i & exists);
		bool open = (i & bit) && !(i & exists);

		/* No domain is neither a control domain nor current: what
		 * the code says about that case does not matter. */
		if (w->seen[i] && !open && w->constant[i] != (wanted ? bias : 0))
			return false;
	}
	return bias > 0;
}

static bool is_constant_zero(const struct walk *w)
{
	for (unsigned i = 0; i < 1U << COND_NR; i++)
		if (w->seen[i] && w->constant[i] != 0)
			return false;
	return true;
}

static void classify(struct rule *out, struct walk *w)
{
	bool any = false;

	for (unsigned i = 0; i < 1U << COND_NR; i++)
		any |= w->seen[i];
	out->form = RULE_UNKNOWN_FORM;
	out->name = "unknown";
	if (w->failed || !any)
		return;
	if (is_constant_zero(w)) {
		out->form = RULE_NONE;
		out->name = "none";
	} else if (depends_on(w, COND_CONTROL)) {
		out->form = RULE_CONTROL_DOMAIN;
		out->name = "control-domain";
	} else if (depends_on(w, COND_CURRENT)) {
		out->form = RULE_CURRENT_DOMAIN;
		out->name = "current-domain";
	}
	out->bias = (int)w->constant[(1U << COND_NR) - 1];
}

static char *source_of(const struct facts *f, const struct fact_function *fn,
		       uint32_t line)
{
	const char *path = fn->file < f->file->len ?
		FACT_FILE(f, fn->file)->path : "";

	return g_strdup_printf("auto: %s:%u", path, line ? line : fn->line);
}

static void read_level_function(struct rule *out, const struct facts *f,
				const struct rule_names *names,
				const struct fact_function *fn)
{
	struct walk w = { .f = f, .names = names, .body = fn->body };
	struct path p = { .local = g_new0(struct value, fn->body->local_nr) };
	uint32_t domain = find_param(f, fn, TYPE_POINTER);
	uint32_t level = find_param(f, fn, TYPE_INT);

	if (domain)
		p.local[domain].kind = VALUE_DOMAIN;
	if (level)
		p.local[level].kind = VALUE_LEVEL;
	walk(&w, &p, 1);
	g_free(p.local);
	classify(out, &w);
	out->source = source_of(f, fn, w.failed ? w.line : w.return_line);
}

static void set_unknown(struct rule *out, char *source)
{
	out->form = RULE_UNKNOWN_FORM;
	out->name = "unknown";
	g_free(out->source);
	out->source = source;
}

/* Copies of an inline function whose bodies differ must agree on the rule. */
static void read_all_copies(struct rule *out, const struct facts *f,
			    const struct rule_names *names,
			    const struct fact_function *fn, fact_id at)
{
	read_level_function(out, f, names, fn);
	while ((fn = next_function(f, names->level_function, &at))) {
		struct rule copy = { .name = NULL };

		read_level_function(&copy, f, names, fn);
		if (copy.form != out->form || copy.bias != out->bias)
			set_unknown(out, g_steal_pointer(&copy.source));
		rule_release(&copy);
	}
}

/* Says where levels are compared, if it is in a form that is known. */
static void read_check(struct rule *out, const struct facts *f,
		       const char *level_function,
		       const struct fact_function *check)
{
	uint32_t line;
	char *level = out->source;

	if (!rule_check_read(f, check, level_function, &line)) {
		set_unknown(out, source_of(f, check, line));
		return;
	}
	out->source = level ? g_strdup_printf("%s, compared at line %u", level,
					      line)
			    : source_of(f, check, line);
	g_free(level);
}

/* Every copy of the check; the first one's line is told. */
static void read_all_checks(struct rule *out, const struct facts *f,
			    const struct rule_names *names, bool has_level)
{
	const char *level = has_level ? names->level_function : NULL;
	fact_id at = 0;
	const struct fact_function *check =
		next_function(f, names->check_function, &at);
	uint32_t line;

	if (!check) {
		char *source = g_strconcat(out->source, ": nothing compares "
					   "the level", NULL);

		set_unknown(out, source);
		return;
	}
	read_check(out, f, level, check);
	while (out->form != RULE_UNKNOWN_FORM &&
	       (check = next_function(f, names->check_function, &at)))
		if (!rule_check_read(f, check, level, &line))
			set_unknown(out, source_of(f, check, line));
}

/* The check takes a level and no domain. */
static void read_check_alone(struct rule *out, const struct facts *f,
			     const struct rule_names *names,
			     const struct fact_function *check)
{
	out->name = "none";
	if (find_param(f, check, TYPE_POINTER))
		set_unknown(out, source_of(f, check, 0));
	else
		read_all_checks(out, f, names, false);
}

bool rule_is_in(const struct facts *f, const struct rule_names *names)
{
	fact_id level = 0, check = 0;

	return next_function(f, names->level_function, &level) ||
	       next_function(f, names->check_function, &check);
}

int rule_read(struct rule *out, const struct facts *f,
	      const struct rule_names *names)
{
	fact_id level_id = 0, check_id = 0;
	const struct fact_function *level =
		next_function(f, names->level_function, &level_id);
	const struct fact_function *check =
		next_function(f, names->check_function, &check_id);

	memset(out, 0, sizeof(*out));
	if (level) {
		read_all_copies(out, f, names, level, level_id);
		if (out->form != RULE_UNKNOWN_FORM)
			read_all_checks(out, f, names, true);
	} else if (check) {
		read_check_alone(out, f, names, check);
	} else {
		set_unknown(out, g_strdup("auto: no code that checks levels "
					  "was found"));
	}
	return out->form == RULE_UNKNOWN_FORM ? -1 : 0;
}
