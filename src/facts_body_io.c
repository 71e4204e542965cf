/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function body as bytes and back; see facts_io.h for what reading
 * promises.  Locals come first, then expressions, then nodes, so that each
 * part can be checked against those before it.
 */
#include "facts_io.h"

#include "bytes.h"

enum {
	EXPR_HAS_IMM = 0x80,	/* beside the operator */
	EXPR_DEPTH_MAX = 4096,
	/* A tree of more expressions than this was not written by people. */
	EXPR_SIZE_MAX = 1 << 24,
};

/* Beside a node's kind: which parts follow. */
enum {
	HAS_FLAGS = 1 << 4,
	HAS_LINE = 1 << 5,	/* differs from the node before */
	HAS_MACRO = 1 << 6,
	HAS_A = 1 << 7,
	HAS_B = 1 << 8,
	NEXT_IS_FOLLOWING = 1 << 9,
	HAS_NEXT = 1 << 10,
	HAS_OTHER = 1 << 11,
	HAS_EXTRA = 1 << 12,
	HAS_TYPE = 1 << 13,
	NODE_HEAD_END = 1 << 14,
};

static void put_locals(const struct fact_body *body, GByteArray *out)
{
	bytes_put(out, body->local_nr ? body->local_nr - 1 : 0);
	for (uint32_t i = 1; i < body->local_nr; i++) {
		bytes_put_text(out, body->local[i].name);
		bytes_put(out, body->local[i].type);
		bytes_put(out, body->local[i].flags);
	}
}

static void put_exprs(const struct fact_body *body, GByteArray *out)
{
	bytes_put(out, body->expr_nr ? body->expr_nr - 1 : 0);
	for (uint32_t i = 1; i < body->expr_nr; i++) {
		const struct fact_expr *e = &body->expr[i];
		struct expr_shape shape = expr_shape(e->op);

		bytes_put(out, e->op | (e->imm ? EXPR_HAS_IMM : 0));
		if (e->imm)
			bytes_put_signed(out, e->imm);
		if (shape.a)
			bytes_put(out, e->a);
		if (shape.b)
			bytes_put(out, e->b);
	}
}

static unsigned node_head(const struct fact_node *n, uint32_t self,
			  uint32_t line)
{
	struct node_shape shape = node_shape(n->kind);
	unsigned head = n->kind;

	head |= n->flags ? HAS_FLAGS : 0;
	head |= n->line != line ? HAS_LINE : 0;
	head |= n->macro ? HAS_MACRO : 0;
	head |= shape.a && n->a ? HAS_A : 0;
	head |= shape.b && n->b ? HAS_B : 0;
	if (n->next)
		head |= n->next == self + 1 ? NEXT_IS_FOLLOWING : HAS_NEXT;
	head |= n->other ? HAS_OTHER : 0;
	head |= shape.extra && n->extra_nr ? HAS_EXTRA : 0;
	head |= n->type ? HAS_TYPE : 0;
	return head;
}

static void put_extra(const struct fact_body *body, const struct fact_node *n,
		      GByteArray *out)
{
	bytes_put(out, n->extra_nr);
	if (node_shape(n->kind).extra != OPERAND_CASE) {
		for (uint32_t i = 0; i < n->extra_nr; i++)
			bytes_put(out, body->extra[n->extra + i]);
		return;
	}
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &body->cases[n->extra + i];

		bytes_put_signed(out, c->lo);
		bytes_put(out, (uint64_t)c->hi - (uint64_t)c->lo);
		bytes_put(out, c->node);
	}
}

static void put_node(const struct fact_body *body, uint32_t self,
		     uint32_t line, GByteArray *out)
{
	const struct fact_node *n = &body->node[self];
	unsigned head = node_head(n, self, line);

	bytes_put(out, head);
	if (head & HAS_FLAGS)
		bytes_put(out, n->flags);
	if (head & HAS_LINE)
		bytes_put_signed(out, (int64_t)n->line - line);
	if (head & HAS_MACRO)
		bytes_put(out, n->macro);
	if (head & HAS_A)
		bytes_put(out, n->a);
	if (head & HAS_B)
		bytes_put(out, n->b);
	if (head & HAS_NEXT)
		bytes_put_signed(out, (int64_t)n->next - self);
	if (head & HAS_OTHER)
		bytes_put_signed(out, (int64_t)n->other - self);
	if (head & HAS_EXTRA)
		put_extra(body, n, out);
	if (head & HAS_TYPE)
		bytes_put(out, n->type);
}

void body_encode(const struct fact_body *body, GByteArray *out)
{
	uint32_t line = 0;

	put_locals(body, out);
	put_exprs(body, out);
	bytes_put(out, body->node_nr ? body->node_nr - 1 : 0);
	for (uint32_t i = 1; i < body->node_nr; i++) {
		put_node(body, i, line, out);
		line = body->node[i].line;
	}
}

/* What is being read: the counts are known before what refers to them. */
struct body_reader {
	struct byte_reader in;
	struct facts *facts;
	struct fact_body *body;
	GArray *extra;		/* uint32_t */
	GArray *cases;		/* struct fact_case */
};

static void get_locals(struct body_reader *r)
{
	uint32_t nr = bytes_get_count(&r->in) + 1;

	r->body->local = g_new0(struct fact_local, nr);
	r->body->local_nr = nr;
	r->body->local[0].name = facts_text(r->facts, "");
	for (uint32_t i = 1; i < nr && !r->in.bad; i++) {
		struct fact_local *l = &r->body->local[i];
		char *name = bytes_get_text(&r->in);

		l->name = facts_text(r->facts, name ? name : "");
		g_free(name);
		l->type = bytes_get_below(&r->in, r->facts->type->len);
		l->flags = bytes_get_below(&r->in, UINT32_MAX);
	}
}

/* self bounds operands that are expressions or nodes. */
static uint32_t get_operand(struct body_reader *r, enum operand what,
			    uint32_t expr_end)
{
	switch (what) {
	case OPERAND_NONE:
		return 0;
	case OPERAND_NUMBER:
		return bytes_get_below(&r->in, UINT32_MAX);
	case OPERAND_EXPR:
		return bytes_get_below(&r->in, expr_end);
	case OPERAND_LOCAL:
		return bytes_get_below(&r->in, r->body->local_nr);
	case OPERAND_GLOBAL:
		return bytes_get_below(&r->in, r->facts->global->len);
	case OPERAND_FUNCTION:
		return bytes_get_below(&r->in, r->facts->function->len);
	case OPERAND_FIELD:
		return bytes_get_below(&r->in, r->facts->field->len);
	case OPERAND_NODE:
	case OPERAND_CASE:
		return bytes_get_below(&r->in, r->body->node_nr);
	}
	return 0;
}

/* How deep and how large an expression is, seen as a tree. */
struct extent {
	uint32_t depth, size;
};

/* Walking an expression must neither exhaust the stack nor take for ever. */
static bool is_reasonable(struct extent *extent, const struct fact_expr *e,
			  uint32_t self)
{
	struct expr_shape shape = expr_shape(e->op);
	struct extent a = { 0, 0 }, b = { 0, 0 };

	if (shape.a == OPERAND_EXPR)
		a = extent[e->a];
	if (shape.b == OPERAND_EXPR)
		b = extent[e->b];
	extent[self].depth = MAX(a.depth, b.depth) + 1;
	extent[self].size = a.size + b.size + 1;
	return extent[self].depth <= EXPR_DEPTH_MAX &&
	       extent[self].size <= EXPR_SIZE_MAX;
}

static void get_exprs(struct body_reader *r)
{
	uint32_t nr = bytes_get_count(&r->in) + 1;
	struct extent *extent = g_new0(struct extent, nr);

	r->body->expr = g_new0(struct fact_expr, nr);
	r->body->expr_nr = nr;
	for (uint32_t i = 1; i < nr && !r->in.bad; i++) {
		struct fact_expr *e = &r->body->expr[i];
		uint32_t head = bytes_get_below(&r->in, EXPR_HAS_IMM * 2);

		e->op = head & ~(uint32_t)EXPR_HAS_IMM;
		if (e->op >= EXPR_OP_NR) {
			r->in.bad = true;
			break;
		}
		if (head & EXPR_HAS_IMM)
			e->imm = bytes_get_signed(&r->in);
		e->a = get_operand(r, expr_shape(e->op).a, i);
		e->b = get_operand(r, expr_shape(e->op).b, i);
		if (!r->in.bad && !is_reasonable(extent, e, i))
			r->in.bad = true;
	}
	g_free(extent);
}

static uint32_t get_near(struct body_reader *r, uint32_t self, uint32_t limit)
{
	int64_t delta = bytes_get_signed(&r->in);

	if (delta < -(int64_t)self || delta >= (int64_t)limit - self) {
		r->in.bad = true;
		return 0;
	}
	return (uint32_t)(self + delta);
}

static void get_case(struct body_reader *r)
{
	struct fact_case c;

	c.lo = bytes_get_signed(&r->in);
	c.hi = (int64_t)((uint64_t)c.lo + bytes_get(&r->in));
	c.node = bytes_get_below(&r->in, r->body->node_nr);
	g_array_append_val(r->cases, c);
}

static void get_extra(struct body_reader *r, struct fact_node *n)
{
	enum operand what = node_shape(n->kind).extra;

	n->extra_nr = bytes_get_count(&r->in);
	n->extra = what == OPERAND_CASE ? r->cases->len : r->extra->len;
	if (what == OPERAND_NONE)
		r->in.bad = true;
	for (uint32_t i = 0; i < n->extra_nr && !r->in.bad; i++) {
		uint32_t operand;

		if (what == OPERAND_CASE) {
			get_case(r);
			continue;
		}
		operand = get_operand(r, what, r->body->expr_nr);
		g_array_append_val(r->extra, operand);
	}
}

static void get_node(struct body_reader *r, uint32_t self, uint32_t line)
{
	struct fact_node *n = &r->body->node[self];
	uint32_t head = bytes_get_below(&r->in, NODE_HEAD_END);
	uint32_t exprs = r->body->expr_nr, nodes = r->body->node_nr;

	n->kind = head & (HAS_FLAGS - 1);
	if (n->kind >= NODE_KIND_NR) {
		r->in.bad = true;
		return;
	}
	if (head & HAS_FLAGS)
		n->flags = (uint8_t)bytes_get_below(&r->in, UINT8_MAX + 1);
	n->line = head & HAS_LINE ? get_near(r, line, UINT32_MAX) : line;
	if (head & HAS_MACRO)
		n->macro = bytes_get_below(&r->in, r->facts->string->len);
	if (head & HAS_A)
		n->a = get_operand(r, node_shape(n->kind).a, exprs);
	if (head & HAS_B)
		n->b = get_operand(r, node_shape(n->kind).b, exprs);
	if (head & NEXT_IS_FOLLOWING)
		n->next = self + 1 < nodes ? self + 1 : 0;
	if (head & HAS_NEXT)
		n->next = get_near(r, self, nodes);
	if (head & HAS_OTHER)
		n->other = get_near(r, self, nodes);
	if (head & HAS_EXTRA)
		get_extra(r, n);
	if (head & HAS_TYPE)
		n->type = bytes_get_below(&r->in, r->facts->type->len);
}

static void get_nodes(struct body_reader *r)
{
	uint32_t nr = bytes_get_count(&r->in) + 1;
	uint32_t line = 0;

	r->body->node = g_new0(struct fact_node, nr);
	r->body->node_nr = nr;
	if (nr < 2)
		r->in.bad = true;
	for (uint32_t i = 1; i < nr && !r->in.bad; i++) {
		get_node(r, i, line);
		line = r->body->node[i].line;
	}
}

/* Moves the elements of a growing table into the body. */
static gpointer take(GArray *table, uint32_t *nr)
{
	*nr = table->len;
	return g_array_free(table, FALSE);
}

int body_decode(struct fact_body **out, struct facts *f, const uint8_t *bytes,
		size_t len)
{
	struct body_reader r = {
		.in = { bytes, bytes + len, false },
		.facts = f,
		.body = g_new0(struct fact_body, 1),
		.extra = g_array_new(FALSE, TRUE, sizeof(uint32_t)),
		.cases = g_array_new(FALSE, TRUE, sizeof(struct fact_case)),
	};

	g_array_set_size(r.extra, 1);
	g_array_set_size(r.cases, 1);
	get_locals(&r);
	get_exprs(&r);
	get_nodes(&r);
	r.body->extra = take(r.extra, &r.body->extra_nr);
	r.body->cases = take(r.cases, &r.body->cases_nr);

	*out = NULL;
	if (r.in.bad || r.in.at != r.in.end) {
		body_free(r.body);
		return -1;
	}
	*out = r.body;
	return 0;
}
