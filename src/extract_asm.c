/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline assembly.  libclang shows its operands only.  What the template does
 * is taken from the text where that can be read without expanding macros; else
 * it may change every operand that is an lvalue.
 *
 * An assembly that calls through a function pointer often has a twin: a call
 * in the operand of typeof or sizeof, never executed, that gives the type of
 * the result.  It tells which function is called with which arguments, so it
 * is made a call in place of the assembly.
 */
#include "extract_int.h"

#include <string.h>

#include "facts_table.h"

/* ---- twins ---- */

void lower_twin(struct flow *flow, CXCursor operand, CXCursor result)
{
	struct twin twin = { cursor_unparen(operand), result };

	if (twin.call.kind == CXCursor_CallExpr)
		g_array_append_val(flow->twins, twin);
}

/* The pointer variable or member that an operand "i" (&(pointer)) names. */
static bool pointer_operand(struct flow *flow, CXCursor operand,
			    CXCursor *pointer)
{
	CXCursor bare = cursor_strip(operand);
	GArray *kids;
	bool found;

	if (clang_getCursorUnaryOperatorKind(bare) != CXUnaryOperator_AddrOf)
		return false;
	kids = cursor_expressions(bare);
	found = kids->len == 1 && tu_type_of(flow->tu, KID(kids, 0))->kind ==
					  TYPE_FUNCTION_POINTER;
	if (found)
		*pointer = cursor_unparen(KID(kids, 0));
	g_array_free(kids, TRUE);
	return found;
}

static CXCursor callee_of(CXCursor call)
{
	GArray *kids = cursor_expressions(call);
	CXCursor callee = kids->len ? KID(kids, 0) : clang_getNullCursor();

	g_array_free(kids, TRUE);
	return callee;
}

static const struct twin *find_twin(struct flow *flow, CXCursor pointer)
{
	for (guint i = flow->twins->len; i > 0; i--) {
		const struct twin *twin = &g_array_index(flow->twins,
							 struct twin, i - 1);

		if (cursor_same(callee_of(twin->call), pointer))
			return twin;
	}
	return NULL;
}

static enum CXChildVisitResult find_effect(CXCursor cursor, CXCursor parent,
					   CXClientData data)
{
	enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(cursor);

	(void)parent;
	if (cursor.kind == CXCursor_CallExpr ||
	    cursor.kind == CXCursor_StmtExpr ||
	    cursor.kind == CXCursor_ConditionalOperator ||
	    (op >= CXUnaryOperator_PostInc && op <= CXUnaryOperator_PreDec) ||
	    operator_is_assignment(
		    clang_getCursorBinaryOperatorKind(cursor))) {
		*(bool *)data = true;
		return CXChildVisit_Break;
	}
	return CXChildVisit_Recurse;
}

static bool has_effect(CXCursor expression)
{
	bool found = false;

	if (find_effect(expression, expression, &found) ==
	    CXChildVisit_Recurse)
		clang_visitChildren(expression, find_effect, &found);
	return found;
}

/* An argument with effects was computed already, into a variable. */
static uint32_t twin_argument(struct flow *flow, CXCursor argument)
{
	for (guint i = flow->decls->len; i > 0 && has_effect(argument); i--) {
		CXCursor decl = KID(flow->decls, i - 1);
		CXCursor value = clang_Cursor_getVarDeclInitializer(decl);
		gpointer local = g_hash_table_lookup(flow->local_id, &decl);
		uint32_t address;

		if (!local || !cursor_same(value, argument))
			continue;
		address = flow_local_address(flow, GPOINTER_TO_UINT(local));
		return type_is_record(flow->tu, clang_getCursorType(decl))
			       ? address
			       : flow_load(flow, address);
	}
	return lower_value(flow, argument);
}

static fact_id pointed_type(struct flow *flow, CXCursor pointer)
{
	return tu_type_of(flow->tu, pointer)->target;
}

static void call_twin(struct flow *flow, const struct twin *twin,
		      CXCursor statement)
{
	GArray *kids = cursor_expressions(twin->call);
	GArray *args = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t callee = lower_value(flow, KID(kids, 0));
	CXCursor result = twin->result;
	struct fact_node *node;

	for (guint i = 1; i < kids->len; i++) {
		uint32_t value = twin_argument(flow, KID(kids, i));

		g_array_append_val(args, value);
	}
	node = flow_emit(flow, NODE_CALL, statement);
	node->flags = NODE_ALTERNATIVE;
	node->a = callee;
	node->b = GPOINTER_TO_UINT(
		g_hash_table_lookup(flow->local_id, &result));
	node->type = pointed_type(flow, KID(kids, 0));
	flow_extra(flow, node, (const uint32_t *)(void *)args->data,
		   args->len);
	g_array_free(args, TRUE);
	g_array_free(kids, TRUE);
}

/* Approximation: an assembly with the address of a function pointer, or a
 * function, among its operands is taken to call it, unless its text is known
 * to hold no call or jump; this over-reports. */
static void call_from_asm(struct flow *flow, CXCursor pointer,
			  CXCursor statement)
{
	uint32_t callee = lower_value(flow, pointer);
	struct fact_node *node = flow_emit(flow, NODE_CALL, statement);

	node->flags = NODE_FROM_ASM;
	node->a = callee;
	node->type = pointed_type(flow, pointer);
}

static bool may_call(const struct asm_text *text)
{
	return !text->is_known || text->has_macro || !text->template ||
	       strstr(text->template, "call") ||
	       strstr(text->template, "jmp");
}

/* Is the assembly nothing but a call?  Else the calls in it, if any. */
static bool lower_asm_calls(struct flow *flow, const GArray *operands,
			    const struct asm_text *text, CXCursor statement)
{
	CXCursor pointer;
	const struct twin *twin;

	for (guint i = 0; i < operands->len; i++) {
		if (!may_call(text) ||
		    !pointer_operand(flow, KID(operands, i), &pointer))
			continue;
		twin = find_twin(flow, pointer);
		if (twin) {
			call_twin(flow, twin, statement);
			return true;
		}
		call_from_asm(flow, pointer, statement);
		return false;
	}
	for (guint i = 0; i < operands->len; i++) {
		enum type_kind kind =
			tu_type_of(flow->tu, KID(operands, i))->kind;

		if ((kind == TYPE_FUNCTION_POINTER || kind == TYPE_FUNCTION) &&
		    may_call(text))
			call_from_asm(flow, KID(operands, i), statement);
	}
	return false;
}

/* ---- assembly that moves a value ---- */

/* "mov %1,%0" with a suffix and blanks of any kind. */
static bool is_move(const char *template)
{
	char text[16];
	size_t nr = 0;

	for (; *template && nr < sizeof(text) - 1; template++) {
		if (!g_ascii_isspace(*template))
			text[nr++] = *template;
	}
	text[nr] = '\0';
	if (*template || strncmp(text, "mov", 3))
		return false;
	return !strcmp(text + 3 + strspn(text + 3, "bwlq"), "%1,%0");
}

/*
 * Assembly that hides where a value comes from, or moves it in one access:
 * its output becomes its input.
 *
 * Approximation: macros in the template are taken to be the suffix of the
 * instruction.
 */
static bool lower_move(struct flow *flow, const GArray *operands,
		       const struct asm_text *text, CXCursor statement)
{
	uint32_t value;
	CXCursor to;

	if (!text->is_known || !text->template || operands->len != 2 ||
	    text->outputs != 1 || text->inputs != 1)
		return false;
	if (!is_move(text->template) &&
	    (text->template[0] || text->has_macro || !text->matches))
		return false;
	to = KID(operands, 0);
	value = lower_value(flow, KID(operands, 1));
	flow_assign(flow, lower_address(flow, to), value,
		    tu_type(flow->tu, clang_getCursorType(to)), statement);
	return true;
}

/* An empty template that takes "+r" of a value leaves it as it is. */
static bool changes_nothing(const GArray *operands,
			    const struct asm_text *text)
{
	if (!text->is_known || !text->template || text->template[0] ||
	    text->has_macro)
		return false;
	return operands->len == 0 ||
	       (operands->len == 1 && text->outputs == 1 && text->reads_first);
}

/* ---- other assembly ---- */

static bool is_lvalue(CXCursor operand)
{
	CXCursor bare = cursor_unparen(operand);

	return bare.kind == CXCursor_MemberRefExpr ||
	       bare.kind == CXCursor_ArraySubscriptExpr ||
	       (bare.kind == CXCursor_DeclRefExpr &&
		clang_getCursorReferenced(bare).kind !=
			CXCursor_EnumConstantDecl) ||
	       clang_getCursorUnaryOperatorKind(bare) ==
		       CXUnaryOperator_Deref;
}

/* May the assembly write the operand?  Without a memory clobber, no input. */
static bool may_write(CXCursor operand, guint i, const struct asm_text *text)
{
	bool is_input = text->is_known && text->outputs >= 0 &&
			i >= (guint)text->outputs && !text->clobbers_memory;

	return !is_input && is_lvalue(operand);
}

static void emit_asm(struct flow *flow, const GArray *operands,
		     const struct asm_text *text, CXCursor statement)
{
	GArray *address = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	GArray *value = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct fact_node *node;
	uint32_t expr;

	for (guint i = 0; i < operands->len; i++) {
		CXCursor operand = KID(operands, i);

		if (may_write(operand, i, text)) {
			expr = lower_address(flow, operand);
			g_array_append_val(address, expr);
		} else {
			expr = lower_value(flow, operand);
			g_array_append_val(value, expr);
		}
	}
	node = flow_emit(flow, NODE_ASM, statement);
	node->b = address->len;
	g_array_append_vals(address, value->data, value->len);
	flow_extra(flow, node, (const uint32_t *)(void *)address->data,
		   address->len);
	g_array_free(value, TRUE);
	g_array_free(address, TRUE);
}

static void emit_goto(struct flow *flow, CXCursor statement)
{
	uint32_t after = flow_label(flow), id;

	flow_emit(flow, NODE_JUMP, statement)->next = after;
	id = flow->node->len - 1;
	g_array_append_val(flow->jumps, id);
	flow_place(flow, after);
}

void lower_asm(struct flow *flow, CXCursor statement)
{
	GArray *operands = cursor_expressions(statement);
	struct asm_text text;

	tu_asm_text(flow->tu, statement, &text);
	if (!lower_asm_calls(flow, operands, &text, statement) &&
	    !lower_move(flow, operands, &text, statement) &&
	    !changes_nothing(operands, &text)) {
		emit_asm(flow, operands, &text, statement);
		if (text.is_goto || !text.is_known)
			emit_goto(flow, statement);
	}
	asm_text_release(&text);
	g_array_free(operands, TRUE);
}
