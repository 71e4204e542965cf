/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements, and the bodies of functions made of them.
 */
#include "extract_int.h"

#include "facts_table.h"

/* ---- declarations ---- */

/* typeof(f(x)) may be there for an alternative call.  libclang shows typeof's
 * operand as a child of the variable. */
static void note_typeof(struct flow *flow, CXCursor variable,
			CXCursor initializer)
{
	GArray *kids = cursor_expressions(variable);

	if (kids->len > 0 && !clang_equalCursors(KID(kids, 0), initializer))
		lower_twin(flow, KID(kids, 0), variable);
	g_array_free(kids, TRUE);
}

static void static_variable(struct flow *flow, CXCursor variable)
{
	fact_id id = tu_global(flow->tu, variable)->id;

	if (clang_isCursorDefinition(variable))
		lower_global_init(flow->tu, id, variable);
}

static void local_variable(struct flow *flow, CXCursor variable)
{
	CXCursor initializer = clang_Cursor_getVarDeclInitializer(variable);
	CXType type = clang_getCursorType(variable);
	char *name = cx_text(clang_getCursorSpelling(variable));
	uint32_t local = flow_local(flow, name, tu_type(flow->tu, type), 0);
	bool is_scalar = !type_is_record(flow->tu, type) &&
			 !type_is_array(flow->tu, type);

	g_free(name);
	g_hash_table_insert(flow->local_id,
			    g_memdup2(&variable, sizeof(variable)),
			    GUINT_TO_POINTER(local));
	note_typeof(flow, variable, initializer);
	if (clang_Cursor_isNull(initializer) || !is_scalar)
		flow_emit(flow, NODE_UNDEF, variable)->a = local;
	if (clang_Cursor_isNull(initializer))
		return;
	g_array_append_val(flow->decls, variable);
	lower_init(flow, flow_local_address(flow, local), type, initializer);
}

static void declaration(struct flow *flow, CXCursor statement)
{
	GArray *kids = cursor_children(statement);

	for (guint i = 0; i < kids->len; i++) {
		if (KID(kids, i).kind != CXCursor_VarDecl)
			continue;
		if (cursor_is_global(KID(kids, i)))
			static_variable(flow, KID(kids, i));
		else
			local_variable(flow, KID(kids, i));
	}
	g_array_free(kids, TRUE);
}

/* ---- branches and loops ---- */

static void if_statement(struct flow *flow, const GArray *kids)
{
	uint32_t yes = flow_label(flow), no = flow_label(flow);
	uint32_t end = flow_label(flow);

	if (kids->len < 2)
		return;
	lower_branch(flow, KID(kids, 0), yes, no, false);
	flow_place(flow, yes);
	lower_statement(flow, KID(kids, 1));
	flow_go(flow, end);
	flow_place(flow, no);
	if (kids->len > 2)
		lower_statement(flow, KID(kids, 2));
	flow_place(flow, end);
}

static void loop_body(struct flow *flow, CXCursor body, uint32_t end,
		      uint32_t again)
{
	struct frame frame = { flow->frame, end, again, NULL, 0 };

	flow->frame = &frame;
	lower_statement(flow, body);
	flow->frame = frame.up;
}

static void while_statement(struct flow *flow, const GArray *kids)
{
	uint32_t head = flow_label(flow), body = flow_label(flow);
	uint32_t end = flow_label(flow);

	if (kids->len < 2)
		return;
	flow_place(flow, head);
	lower_branch(flow, KID(kids, 0), body, end, true);
	flow_place(flow, body);
	loop_body(flow, KID(kids, 1), end, head);
	flow_go(flow, head);
	flow_place(flow, end);
}

static void do_statement(struct flow *flow, const GArray *kids)
{
	uint32_t body = flow_label(flow), again = flow_label(flow);
	uint32_t end = flow_label(flow);

	if (kids->len < 2)
		return;
	flow_place(flow, body);
	loop_body(flow, KID(kids, 0), end, again);
	flow_place(flow, again);
	lower_branch(flow, KID(kids, 1), body, end, true);
	flow_place(flow, end);
}

/* The parts of a for statement; null cursors where there is none. */
struct for_parts {
	CXCursor init, condition, step, body;
};

static unsigned count_bits(int bits)
{
	return (bits & 1 ? 1 : 0) + (bits & 2 ? 1 : 0) + (bits & 4 ? 1 : 0);
}

/* Guesses which part a lone or second part is, by what it looks like. */
static int guess_parts(const GArray *kids)
{
	guint nr = kids->len - 1;
	enum CXBinaryOperatorKind op;

	if (nr == 0 || nr == 3)
		return nr ? 7 : 0;
	op = clang_getCursorBinaryOperatorKind(KID(kids, 0));
	if (KID(kids, 0).kind == CXCursor_DeclStmt ||
	    op == CXBinaryOperator_Assign)
		return nr == 1 ? 1 : 3;
	return nr == 1 ? 2 : 6;
}

static struct for_parts for_parts(struct flow *flow, CXCursor statement,
				  const GArray *kids)
{
	CXCursor null = clang_getNullCursor();
	struct for_parts out = { null, null, null, null };
	int parts = tu_for_parts(flow->tu, statement);
	guint i = 0;

	if (parts < 0 || count_bits(parts) != kids->len - 1)
		parts = guess_parts(kids);
	if (parts & 1)
		out.init = KID(kids, i++);
	if (parts & 2)
		out.condition = KID(kids, i++);
	if (parts & 4)
		out.step = KID(kids, i++);
	out.body = KID(kids, kids->len - 1);
	return out;
}

static void for_statement(struct flow *flow, CXCursor statement,
			  const GArray *kids)
{
	uint32_t head = flow_label(flow), body = flow_label(flow);
	uint32_t again = flow_label(flow), end = flow_label(flow);
	struct for_parts parts;

	if (kids->len == 0)
		return;
	parts = for_parts(flow, statement, kids);
	if (!clang_Cursor_isNull(parts.init))
		lower_statement(flow, parts.init);
	flow_place(flow, head);
	if (clang_Cursor_isNull(parts.condition))
		flow_go(flow, body);
	else
		lower_branch(flow, parts.condition, body, end, true);
	flow_place(flow, body);
	loop_body(flow, parts.body, end, again);
	flow_place(flow, again);
	if (!clang_Cursor_isNull(parts.step))
		lower_effects(flow, parts.step);
	flow_go(flow, head);
	flow_place(flow, end);
}

static void jump_out(struct flow *flow, bool is_break)
{
	const struct frame *frame = flow->frame;

	while (frame && !(is_break ? frame->on_break : frame->on_continue))
		frame = frame->up;
	flow_go(flow, !frame	 ? 0
		      : is_break ? frame->on_break
				 : frame->on_continue);
}

/* ---- switch ---- */

/* A switch on a constant goes to one place. */
static void fold_switch(struct flow *flow, struct fact_node *node)
{
	int64_t value;

	if (!flow_is_const(flow, node->a, &value))
		return;
	for (uint32_t i = 0; i < node->extra_nr; i++) {
		const struct fact_case *row = &g_array_index(
			flow->cases, struct fact_case, node->extra + i);

		if (value >= row->lo && value <= row->hi) {
			node->next = row->node;
			break;
		}
	}
	node->kind = NODE_NOP;
	node->extra = node->extra_nr = 0;
}

static void switch_statement(struct flow *flow, const GArray *kids)
{
	struct frame frame = { .up = flow->frame };
	uint32_t value, id;
	struct fact_node *node;

	if (kids->len < 2)
		return;
	frame.on_break = flow_label(flow);
	frame.cases = g_array_new(FALSE, FALSE, sizeof(struct fact_case));
	value = lower_value(flow, KID(kids, 0));
	flow_emit(flow, NODE_SWITCH, KID(kids, 0));
	id = flow->node->len - 1;
	flow->frame = &frame;
	lower_statement(flow, KID(kids, 1));
	flow->frame = frame.up;
	node = &g_array_index(flow->node, struct fact_node, id);
	node->a = value;
	node->next = frame.on_default ? frame.on_default : frame.on_break;
	node->extra = flow->cases->len;
	node->extra_nr = frame.cases->len;
	if (frame.cases->len)
		g_array_append_vals(flow->cases, frame.cases->data,
				    frame.cases->len);
	g_array_free(frame.cases, TRUE);
	fold_switch(flow, node);
	flow_place(flow, frame.on_break);
}

static struct frame *switch_frame(struct flow *flow)
{
	struct frame *frame = flow->frame;

	while (frame && !frame->cases)
		frame = frame->up;
	return frame;
}

static void case_statement(struct flow *flow, const GArray *kids)
{
	struct frame *frame = switch_frame(flow);
	struct fact_case row = { .node = flow_label(flow) };

	flow_place(flow, row.node);
	if (frame && kids->len >= 2) {
		cursor_evaluate(KID(kids, 0), &row.lo);
		row.hi = row.lo;
		if (kids->len > 2)
			cursor_evaluate(KID(kids, 1), &row.hi);
		g_array_append_val(frame->cases, row);
	}
	if (kids->len > 0)
		lower_statement(flow, KID(kids, kids->len - 1));
}

static void default_statement(struct flow *flow, const GArray *kids)
{
	struct frame *frame = switch_frame(flow);
	uint32_t label = flow_label(flow);

	flow_place(flow, label);
	if (frame)
		frame->on_default = label;
	if (kids->len > 0)
		lower_statement(flow, KID(kids, kids->len - 1));
}

/* ---- jumps ---- */

static void goto_statement(struct flow *flow, const GArray *kids)
{
	struct label *label;

	if (kids->len == 0)
		return;
	label = flow_c_label(flow, clang_getCursorReferenced(KID(kids, 0)));
	label->is_reached = true;
	flow_go(flow, label->node);
}

static void computed_goto(struct flow *flow, CXCursor statement,
			  const GArray *kids)
{
	uint32_t id;

	if (kids->len > 0)
		lower_effects(flow, KID(kids, 0));
	flow_emit(flow, NODE_JUMP, statement);
	id = flow->node->len - 1;
	g_array_append_val(flow->jumps, id);
}

static void label_statement(struct flow *flow, CXCursor statement,
			    const GArray *kids)
{
	flow_place(flow, flow_c_label(flow, statement)->node);
	if (kids->len > 0)
		lower_statement(flow, KID(kids, kids->len - 1));
}

static void return_statement(struct flow *flow, CXCursor statement,
			     const GArray *kids)
{
	uint32_t value = 0;
	fact_id type = 0;
	bool is_record = false;
	struct fact_node *node;

	if (kids->len > 0) {
		CXType result = clang_getCursorType(KID(kids, 0));

		if (clang_getCanonicalType(result).kind == CXType_Void) {
			lower_effects(flow, KID(kids, 0));
		} else {
			value = lower_value(flow, KID(kids, 0));
			type = tu_type(flow->tu, result);
			is_record = type_is_record(flow->tu, result);
		}
	}
	node = flow_emit(flow, NODE_RETURN, statement);
	node->a = value;
	node->type = type;
	node->flags = is_record ? NODE_ADDRESS_ONLY : 0;
}

/* ---- all statements ---- */

void lower_block(struct flow *flow, GArray *statements, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		lower_statement(flow, KID(statements, i));
}

static void compound(struct flow *flow, GArray *kids)
{
	guint twins = flow->twins->len, decls = flow->decls->len;

	lower_block(flow, kids, kids->len);
	g_array_set_size(flow->twins, twins);
	g_array_set_size(flow->decls, decls);
}

static void structured(struct flow *flow, CXCursor statement, GArray *kids)
{
	switch (statement.kind) {
	case CXCursor_CompoundStmt:
		compound(flow, kids);
		break;
	case CXCursor_IfStmt:
		if_statement(flow, kids);
		break;
	case CXCursor_WhileStmt:
		while_statement(flow, kids);
		break;
	case CXCursor_DoStmt:
		do_statement(flow, kids);
		break;
	case CXCursor_ForStmt:
		for_statement(flow, statement, kids);
		break;
	case CXCursor_SwitchStmt:
		switch_statement(flow, kids);
		break;
	case CXCursor_CaseStmt:
		case_statement(flow, kids);
		break;
	case CXCursor_DefaultStmt:
		default_statement(flow, kids);
		break;
	case CXCursor_GotoStmt:
		goto_statement(flow, kids);
		break;
	case CXCursor_IndirectGotoStmt:
		computed_goto(flow, statement, kids);
		break;
	case CXCursor_LabelStmt:
		label_statement(flow, statement, kids);
		break;
	case CXCursor_ReturnStmt:
		return_statement(flow, statement, kids);
		break;
	default:	/* a statement with attributes */
		if (kids->len > 0 &&
		    (clang_isStatement(KID(kids, kids->len - 1).kind) ||
		     clang_isExpression(KID(kids, kids->len - 1).kind)))
			lower_statement(flow, KID(kids, kids->len - 1));
	}
}

void lower_statement(struct flow *flow, CXCursor statement)
{
	GArray *kids;

	if (clang_isExpression(statement.kind)) {
		lower_effects(flow, statement);
	} else if (statement.kind == CXCursor_DeclStmt) {
		declaration(flow, statement);
	} else if (statement.kind == CXCursor_BreakStmt ||
		   statement.kind == CXCursor_ContinueStmt) {
		jump_out(flow, statement.kind == CXCursor_BreakStmt);
	} else if (statement.kind == CXCursor_GCCAsmStmt) {
		lower_asm(flow, statement);
	} else if (statement.kind != CXCursor_NullStmt) {
		kids = cursor_children(statement);
		structured(flow, statement, kids);
		g_array_free(kids, TRUE);
	}
}

/* ---- functions ---- */

/* A parameter's own type may be an array, where it is declared as one; that of
 * the function has a pointer there, but nothing if it is no prototype. */
static fact_id parameter_type(struct flow *flow, CXCursor definition,
			      unsigned i, CXCursor parameter)
{
	CXType function = clang_getCanonicalType(
		clang_getCursorType(definition));
	CXType type = clang_getArgType(function, i);

	if (type.kind == CXType_Invalid)
		type = clang_getCursorType(parameter);
	return tu_type(flow->tu, type);
}

static void add_parameters(struct flow *flow, CXCursor definition)
{
	int nr = clang_Cursor_getNumArguments(definition);

	for (int i = 0; i < nr; i++) {
		CXCursor parameter =
			clang_Cursor_getArgument(definition, (unsigned)i);
		char *name = cx_text(clang_getCursorSpelling(parameter));
		fact_id type = parameter_type(flow, definition, (unsigned)i,
					      parameter);
		uint32_t local = flow_local(flow, name, type, LOCAL_PARAM);

		g_hash_table_insert(flow->local_id,
				    g_memdup2(&parameter, sizeof(parameter)),
				    GUINT_TO_POINTER(local));
		g_free(name);
	}
}

/* The return at the closing brace. */
static void fall_off_end(struct flow *flow, CXCursor definition)
{
	CXSourceLocation end =
		clang_getRangeEnd(clang_getCursorExtent(definition));
	unsigned line = 0;
	struct fact_node *node;

	if (!flow->tail)
		return;
	node = flow_emit(flow, NODE_RETURN, definition);
	clang_getExpansionLocation(end, NULL, &line, NULL, NULL);
	node->line = line;
	node->macro = 0;
}

struct fact_body *lower_function(struct tu *tu, CXCursor definition)
{
	GArray *kids = cursor_children(definition);
	struct fact_body *body = NULL;
	struct flow *flow;

	if (kids->len > 0 &&
	    KID(kids, kids->len - 1).kind == CXCursor_CompoundStmt) {
		tu->flow = flow = flow_new(tu);
		add_parameters(flow, definition);
		lower_statement(flow, KID(kids, kids->len - 1));
		fall_off_end(flow, definition);
		body = flow_finish(flow);
		tu->flow = NULL;
	}
	g_array_free(kids, TRUE);
	return body;
}
