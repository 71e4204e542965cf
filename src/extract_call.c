/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls.  Arguments are computed from left to right; an argument of record
 * type is passed as the address of the record, which the callee copies.
 */
#include "extract_int.h"

#include <string.h>

#include "facts_table.h"

/* The function that a callee names, or the null cursor. */
static CXCursor named_function(CXCursor callee)
{
	CXCursor bare = cursor_strip(callee);
	CXCursor decl;

	if (bare.kind == CXCursor_UnaryOperator) {
		GArray *kids = cursor_expressions(bare);
		enum CXUnaryOperatorKind op =
			clang_getCursorUnaryOperatorKind(bare);

		if (kids->len == 1 && (op == CXUnaryOperator_AddrOf ||
				       op == CXUnaryOperator_Deref))
			bare = cursor_strip(KID(kids, 0));
		g_array_free(kids, TRUE);
	}
	if (bare.kind != CXCursor_DeclRefExpr)
		return clang_getNullCursor();
	decl = clang_getCursorReferenced(bare);
	return decl.kind == CXCursor_FunctionDecl ? decl
						  : clang_getNullCursor();
}

/* ---- calls that are none ---- */

static uint32_t argument(struct flow *flow, const GArray *kids, guint i)
{
	return i < kids->len ? lower_value(flow, KID(kids, i)) : 0;
}

/* Is name a builtin that only looks like a call?  Then *value is set. */
static bool lower_builtin(struct flow *flow, const char *name, CXCursor call,
			  const GArray *kids, uint32_t *value)
{
	int64_t constant;

	if (!g_str_has_prefix(name, "__builtin_"))
		return false;
	name += strlen("__builtin_");
	if (!strcmp(name, "expect") || !strcmp(name, "expect_with_probability") ||
	    !strcmp(name, "assume_aligned")) {
		*value = argument(flow, kids, 1);
	} else if (!strcmp(name, "constant_p")) {
		*value = flow_const(flow, 0);
	} else if (!strcmp(name, "unreachable") || !strcmp(name, "trap")) {
		flow_emit(flow, NODE_DEAD, call);
	} else if (!strcmp(name, "prefetch") || !strcmp(name, "va_end") ||
		   !strcmp(name, "va_start") || !strcmp(name, "va_copy")) {
		*value = 0;
	} else if (cursor_evaluate(call, &constant)) {
		*value = flow_const(flow, constant);
	} else {
		return false;
	}
	return true;
}

/* ---- calls ---- */

static GArray *arguments(struct flow *flow, const GArray *kids)
{
	GArray *args = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 1; i < kids->len; i++) {
		uint32_t value = lower_value(flow, KID(kids, i));

		g_array_append_val(args, value);
	}
	return args;
}

static uint32_t callee_value(struct flow *flow, CXCursor callee)
{
	CXCursor function = named_function(callee);

	if (clang_Cursor_isNull(function))
		return lower_value(flow, callee);
	return flow_expr(flow, EXPR_FUNCTION,
			 tu_function(flow->tu, function)->id, 0, 0);
}

static CXType callee_type(CXCursor callee)
{
	CXCursor function = named_function(callee);
	CXType type = clang_getCanonicalType(clang_getCursorType(
		clang_Cursor_isNull(function) ? callee : function));

	if (type.kind == CXType_Pointer)
		type = clang_getCanonicalType(clang_getPointeeType(type));
	return type;
}

static bool returns(struct flow *flow, uint32_t callee, CXType type)
{
	const struct fact_expr *e = &g_array_index(
		flow->expr, struct fact_expr, callee);
	const struct facts *f = flow->tu->facts;

	if (e->op == EXPR_FUNCTION)
		return !(FACT_FUNCTION(f, e->a)->flags & FUNCTION_NORETURN);
	return !type_is_noreturn(type);
}

/* The value of what a call left in its local. */
static uint32_t result_value(struct flow *flow, uint32_t local, CXType type)
{
	uint32_t address = flow_local_address(flow, local);

	return type_is_record(flow->tu, type) ? address
					      : flow_load(flow, address);
}

static void emit_call(struct flow *flow, CXCursor call, const GArray *kids,
		      bool used, uint32_t *value)
{
	CXType result = clang_getCursorType(call);
	CXType function = callee_type(KID(kids, 0));
	uint32_t callee = callee_value(flow, KID(kids, 0));
	GArray *args = arguments(flow, kids);
	fact_id type = tu_type(flow->tu, function);
	fact_id result_type = tu_type(flow->tu, result);
	uint32_t local = 0;
	struct fact_node *node;

	if (used && clang_getCanonicalType(result).kind != CXType_Void)
		local = flow_local(flow, "", result_type, LOCAL_TEMP);
	node = flow_emit(flow, NODE_CALL, call);
	node->a = callee;
	node->b = local;
	node->type = type;
	flow_extra(flow, node, (const uint32_t *)(void *)args->data,
		   args->len);
	g_array_free(args, TRUE);
	if (!returns(flow, callee, function))
		flow_emit(flow, NODE_DEAD, call);
	if (local)
		*value = result_value(flow, local, result);
}

bool lower_call(struct flow *flow, CXCursor call, bool used, uint32_t *value)
{
	GArray *kids = cursor_expressions(call);
	uint32_t none = 0;
	char *name;

	if (!value)
		value = &none;
	*value = flow_unknown(flow);
	if (kids->len > 0) {
		name = cx_text(clang_getCursorSpelling(call));
		if (!lower_builtin(flow, name, call, kids, value))
			emit_call(flow, call, kids, used, value);
		g_free(name);
	}
	g_array_free(kids, TRUE);
	return *value != 0;
}
