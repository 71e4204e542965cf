/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions: what has side effects or control flow becomes nodes, the rest
 * an expression.  Here: names, members, conversions, conditions; operators and
 * calls have files of their own.
 *
 * Members of anonymous structs and unions are members of the record around:
 * the anonymous member itself never appears in an address.
 */
#include "extract_int.h"

#include <string.h>

#include "facts_table.h"

/* ---- cursors ---- */

static enum CXChildVisitResult add_child(CXCursor child, CXCursor parent,
					 CXClientData data)
{
	(void)parent;
	g_array_append_val((GArray *)data, child);
	return CXChildVisit_Continue;
}

GArray *cursor_children(CXCursor cursor)
{
	GArray *kids = g_array_new(FALSE, FALSE, sizeof(CXCursor));

	clang_visitChildren(cursor, add_child, kids);
	return kids;
}

static enum CXChildVisitResult add_expression(CXCursor child, CXCursor parent,
					      CXClientData data)
{
	(void)parent;
	if (clang_isExpression(child.kind))
		g_array_append_val((GArray *)data, child);
	return CXChildVisit_Continue;
}

GArray *cursor_expressions(CXCursor cursor)
{
	GArray *kids = g_array_new(FALSE, FALSE, sizeof(CXCursor));

	clang_visitChildren(cursor, add_expression, kids);
	return kids;
}

/* The only child of a cursor, or the null cursor. */
static CXCursor only_child(CXCursor cursor)
{
	GArray *kids = cursor_children(cursor);
	CXCursor kid = clang_getNullCursor();

	if (kids->len == 1 && clang_isExpression(KID(kids, 0).kind))
		kid = KID(kids, 0);
	g_array_free(kids, TRUE);
	return kid;
}

CXCursor cursor_unparen(CXCursor expression)
{
	while (expression.kind == CXCursor_ParenExpr) {
		CXCursor kid = only_child(expression);

		if (clang_Cursor_isNull(kid))
			break;
		expression = kid;
	}
	return expression;
}

CXCursor cursor_strip(CXCursor expression)
{
	while (expression.kind == CXCursor_ParenExpr ||
	       expression.kind == CXCursor_UnexposedExpr) {
		CXCursor kid = only_child(expression);

		if (clang_Cursor_isNull(kid))
			break;
		expression = kid;
	}
	return expression;
}

bool cursor_evaluate(CXCursor expression, int64_t *out)
{
	CXEvalResult result = clang_Cursor_Evaluate(expression);
	bool is_int = result &&
		      clang_EvalResult_getKind(result) == CXEval_Int;

	if (is_int && clang_EvalResult_isUnsignedInt(result))
		*out = (int64_t)clang_EvalResult_getAsUnsigned(result);
	else if (is_int)
		*out = clang_EvalResult_getAsLongLong(result);
	if (result)
		clang_EvalResult_dispose(result);
	return is_int;
}

static bool same_operator(CXCursor a, CXCursor b)
{
	return clang_getCursorBinaryOperatorKind(a) ==
		       clang_getCursorBinaryOperatorKind(b) &&
	       clang_getCursorUnaryOperatorKind(a) ==
		       clang_getCursorUnaryOperatorKind(b);
}

/* Two expansions of one macro argument have one spelling. */
static bool same_spelling(CXCursor a, CXCursor b)
{
	CXSourceLocation x = clang_getRangeStart(clang_getCursorExtent(a));
	CXSourceLocation y = clang_getRangeStart(clang_getCursorExtent(b));
	CXFile x_file, y_file;
	unsigned x_at, y_at;

	clang_getSpellingLocation(x, &x_file, NULL, NULL, &x_at);
	clang_getSpellingLocation(y, &y_file, NULL, NULL, &y_at);
	return x_file == y_file && x_at == y_at;
}

bool cursor_same(CXCursor a, CXCursor b)
{
	GArray *x, *y;
	int64_t i, j;
	bool same;

	a = cursor_strip(a);
	b = cursor_strip(b);
	if (a.kind == CXCursor_StmtExpr && b.kind == CXCursor_StmtExpr)
		return same_spelling(a, b);
	if (a.kind != b.kind || !same_operator(a, b) ||
	    !clang_equalCursors(clang_getCursorReferenced(a),
				clang_getCursorReferenced(b)))
		return false;
	if (clang_isExpression(a.kind) && cursor_evaluate(a, &i) &&
	    (!cursor_evaluate(b, &j) || i != j))
		return false;
	x = cursor_expressions(a);
	y = cursor_expressions(b);
	same = x->len == y->len;
	for (guint k = 0; same && k < x->len; k++)
		same = cursor_same(KID(x, k), KID(y, k));
	g_array_free(x, TRUE);
	g_array_free(y, TRUE);
	return same;
}

/* ---- conversions ---- */

static bool keeps_value(const struct fact_type *from,
			const struct fact_type *to)
{
	if (from->bits == 0 || to->bits == 0 || to->bits >= 64)
		return true;
	if (from->is_signed == to->is_signed)
		return from->bits <= to->bits;
	return !from->is_signed && from->bits < to->bits;
}

uint32_t lower_convert(struct flow *flow, uint32_t value, CXType from,
		       CXType to)
{
	fact_id from_id = tu_type(flow->tu, from);
	fact_id to_id = tu_type(flow->tu, to);
	const struct fact_type *f = FACT_TYPE(flow->tu->facts, from_id);
	const struct fact_type *t = FACT_TYPE(flow->tu->facts, to_id);

	if (f == t || t->kind != TYPE_INT)
		return value;
	if (f->kind == TYPE_OTHER)
		return flow_unknown(flow);
	if (t->bits == 1)
		return flow_expr(flow, EXPR_CAST, value, 0, 1);
	if (f->kind != TYPE_INT)
		return t->bits < 64 ? flow_expr(flow, EXPR_CAST, value, 0,
						t->bits)
				    : value;
	if (keeps_value(f, t))
		return value;
	return flow_expr(flow, EXPR_CAST, value, 0,
			 t->is_signed ? -(int64_t)t->bits : t->bits);
}

/* A parameter that is declared as an array is a pointer, although libclang
 * gives it the type that it is declared with. */
static bool is_array(struct flow *flow, CXCursor expression)
{
	CXCursor bare = cursor_strip(expression);

	return type_is_array(flow->tu, clang_getCursorType(expression)) &&
	       !(bare.kind == CXCursor_DeclRefExpr &&
		 clang_getCursorReferenced(bare).kind == CXCursor_ParmDecl);
}

/* Is it a value of a record or array, which goes by its address? */
static bool goes_by_address(struct flow *flow, CXCursor expression)
{
	return tu_type_of(flow->tu, expression)->kind == TYPE_RECORD ||
	       is_array(flow, expression);
}

/* ---- names and members ---- */

static uint32_t variable_address(struct flow *flow, CXCursor variable)
{
	gpointer local = g_hash_table_lookup(flow->local_id, &variable);
	uint32_t id;

	if (local)
		return flow_local_address(flow, GPOINTER_TO_UINT(local));
	if (cursor_is_global(variable)) {
		id = tu_global(flow->tu, variable)->id;
		return flow_expr(flow, EXPR_GLOBAL, id, 0, 0);
	}
	return flow_unknown(flow);
}

static uint32_t name_address(struct flow *flow, CXCursor name)
{
	CXCursor decl = clang_getCursorReferenced(name);
	uint32_t id;

	switch (decl.kind) {
	case CXCursor_FunctionDecl:
		id = tu_function(flow->tu, decl)->id;
		tu_address_taken(flow->tu, id);
		return flow_expr(flow, EXPR_FUNCTION, id, 0, 0);
	case CXCursor_VarDecl:
	case CXCursor_ParmDecl:
		return variable_address(flow, decl);
	default:
		return flow_unknown(flow);
	}
}

static uint32_t new_temp(struct flow *flow, CXCursor expression)
{
	return flow_local(flow, "",
			  tu_type(flow->tu, clang_getCursorType(expression)),
			  LOCAL_TEMP);
}

/* The address of a value that has none, of a struct that is seen through. */
static uint32_t kept_value(struct flow *flow, CXCursor expression)
{
	uint32_t temp = new_temp(flow, expression);
	uint32_t address = flow_local_address(flow, temp);

	flow_assign(flow, address, lower_value(flow, expression),
		    tu_type(flow->tu, clang_getCursorType(expression)),
		    expression);
	return address;
}

static uint32_t base_address(struct flow *flow, CXCursor base)
{
	CXCursor bare = cursor_strip(base);
	enum type_kind kind = tu_type_of(flow->tu, base)->kind;

	if (kind == TYPE_POINTER)
		return lower_value(flow, base);
	if (kind == TYPE_INT && (bare.kind == CXCursor_CallExpr ||
				 bare.kind == CXCursor_ConditionalOperator))
		return kept_value(flow, base);
	return lower_address(flow, base);
}

static uint32_t member_address(struct flow *flow, CXCursor member)
{
	CXCursor referenced = clang_getCursorReferenced(member);
	struct decl *field = tu_field(flow->tu, referenced);
	GArray *kids = cursor_expressions(member);
	uint32_t base = kids->len ? base_address(flow, KID(kids, 0))
				  : flow_unknown(flow);

	g_array_free(kids, TRUE);
	if (!field)
		return flow_unknown(flow);
	if (!FACT_FIELD(flow->tu->facts, field->id)->name[0] ||
	    field_is_all(flow->tu, referenced))
		return base;
	return flow_expr(flow, EXPR_FIELD, base, field->id, 0);
}

static int64_t size_of(CXType type)
{
	long long size = clang_Type_getSizeOf(type);

	return size > 0 ? size : 1;
}

/* a[i]; an array does not count as made a pointer by that. */
static uint32_t element_address(struct flow *flow, CXCursor subscript)
{
	GArray *kids = cursor_expressions(subscript);
	uint32_t array, index;
	CXCursor base;

	if (kids->len != 2) {
		g_array_free(kids, TRUE);
		return flow_unknown(flow);
	}
	if (tu_type_of(flow->tu, KID(kids, 0))->kind == TYPE_INT) {
		CXCursor swap = KID(kids, 0);

		KID(kids, 0) = KID(kids, 1);
		KID(kids, 1) = swap;
	}
	base = cursor_strip(KID(kids, 0));
	array = is_array(flow, base)
			? lower_address(flow, base)
			: lower_value(flow, KID(kids, 0));
	index = lower_value(flow, KID(kids, 1));
	g_array_free(kids, TRUE);
	return flow_expr(flow, EXPR_INDEX, array, index,
			 size_of(clang_getCursorType(subscript)));
}

/* ---- statement expressions, conditions ---- */

/*
 * Runs the block; *last is what its value is, unless that is null.  The value
 * is used before anything else runs, so it needs no copy.
 */
static bool run_block(struct flow *flow, CXCursor expression, CXCursor *last)
{
	GArray *kids = cursor_children(expression);
	GArray *statements = NULL;
	bool has_value = false;

	if (kids->len == 1)
		statements = cursor_children(KID(kids, 0));
	g_array_free(kids, TRUE);
	if (!statements)
		return false;
	if (statements->len > 0) {
		*last = KID(statements, statements->len - 1);
		has_value = clang_isExpression(last->kind) != 0;
	}
	lower_block(flow, statements, statements->len - has_value);
	g_array_free(statements, TRUE);
	return has_value;
}

static uint32_t statement_expression(struct flow *flow, CXCursor expression,
				     uint32_t (*lower)(struct flow *,
						       CXCursor))
{
	CXCursor last;

	if (!run_block(flow, expression, &last))
		return flow_unknown(flow);
	return lower(flow, last);
}

/* Gives the temporary the value of an expression of its type. */
static void set_temp(struct flow *flow, uint32_t temp, CXCursor expression)
{
	uint32_t address = flow_local_address(flow, temp);
	fact_id type = g_array_index(flow->local, struct fact_local,
				     temp).type;
	uint32_t value = lower_value(flow, expression);

	if (goes_by_address(flow, expression) &&
	    FACT_TYPE(flow->tu->facts, type)->kind == TYPE_RECORD)
		flow_copy(flow, address, value, type, expression);
	else
		flow_assign(flow, address, value, type, expression);
}

static uint32_t temp_result(struct flow *flow, uint32_t temp,
			    CXCursor expression)
{
	uint32_t address = flow_local_address(flow, temp);

	return type_is_record(flow->tu, clang_getCursorType(expression))
		       ? address
		       : flow_load(flow, address);
}

/* && or || as a value. */
static uint32_t logical_value(struct flow *flow, CXCursor expression)
{
	uint32_t yes = flow_label(flow), no = flow_label(flow);
	uint32_t end = flow_label(flow);
	uint32_t temp = new_temp(flow, expression);
	uint32_t address = flow_local_address(flow, temp);
	fact_id type = tu_type(flow->tu, clang_getCursorType(expression));

	lower_branch(flow, expression, yes, no, false);
	flow_place(flow, yes);
	flow_assign(flow, address, flow_const(flow, 1), type, expression);
	flow_go(flow, end);
	flow_place(flow, no);
	flow_assign(flow, address, flow_const(flow, 0), type, expression);
	flow_place(flow, end);
	return flow_load(flow, address);
}

/* A condition that clang knows the outcome of: 0, 1; or -1. */
static int known_condition(struct flow *flow, CXCursor condition)
{
	CXCursor bare = cursor_strip(condition);
	int64_t value;

	(void)flow;
	if (bare.kind == CXCursor_CallExpr) {
		char *name = cx_text(clang_getCursorSpelling(bare));
		bool is_query = !strcmp(name, "__builtin_constant_p");

		g_free(name);
		if (is_query)
			return 0;
	}
	return cursor_evaluate(bare, &value) ? value != 0 : -1;
}

/* c ? a : b, of which one side is given if the condition is known. */
static uint32_t conditional(struct flow *flow, CXCursor expression, bool used)
{
	GArray *kids = cursor_expressions(expression);
	uint32_t yes = flow_label(flow), no = flow_label(flow);
	uint32_t end = flow_label(flow), temp = 0, value = 0;
	int known;

	if (kids->len != 3) {
		g_array_free(kids, TRUE);
		return flow_unknown(flow);
	}
	known = known_condition(flow, KID(kids, 0));
	if (known >= 0) {
		CXCursor side = KID(kids, known ? 1 : 2);

		if (used)
			value = lower_value(flow, side);
		else
			lower_effects(flow, side);
		g_array_free(kids, TRUE);
		return value;
	}
	if (used)
		temp = new_temp(flow, expression);
	lower_branch(flow, KID(kids, 0), yes, no, false);
	flow_place(flow, yes);
	if (used)
		set_temp(flow, temp, KID(kids, 1));
	else
		lower_effects(flow, KID(kids, 1));
	flow_go(flow, end);
	flow_place(flow, no);
	if (used)
		set_temp(flow, temp, KID(kids, 2));
	else
		lower_effects(flow, KID(kids, 2));
	flow_place(flow, end);
	g_array_free(kids, TRUE);
	return used ? temp_result(flow, temp, expression) : 0;
}

/* a ?: b, whose children are a, a, a, b. */
static uint32_t elvis(struct flow *flow, CXCursor expression,
		      const GArray *kids)
{
	uint32_t yes = flow_label(flow), no = flow_label(flow);
	uint32_t temp = new_temp(flow, expression);
	uint32_t address = flow_local_address(flow, temp);

	set_temp(flow, temp, KID(kids, 0));
	flow_branch(flow, flow_load(flow, address), yes, no, false,
		    expression);
	flow_place(flow, no);
	set_temp(flow, temp, KID(kids, 3));
	flow_place(flow, yes);
	return temp_result(flow, temp, expression);
}

/* ---- what libclang has no name for ---- */

static bool is_elvis(const GArray *kids)
{
	return kids->len == 4 &&
	       clang_equalLocations(clang_getCursorLocation(KID(kids, 0)),
				    clang_getCursorLocation(KID(kids, 2)));
}

/* The side of __builtin_choose_expr that is taken. */
static CXCursor chosen(const GArray *kids)
{
	int64_t value;

	if (!cursor_evaluate(KID(kids, 0), &value))
		value = 0;
	return KID(kids, value ? 1 : 2);
}

/* sizeof, offsetof and the like. */
static uint32_t evaluated(struct flow *flow, CXCursor expression)
{
	int64_t value;

	return cursor_evaluate(expression, &value) ? flow_const(flow, value)
						   : flow_unknown(flow);
}

static bool is_va_list(struct flow *flow, CXCursor expression)
{
	const char *name = tu_type_of(flow->tu, expression)->name;

	return strstr(name, "__va_list_tag") != NULL;
}

static uint32_t converted(struct flow *flow, CXCursor expression,
			  CXCursor from)
{
	uint32_t value;

	if (is_va_list(flow, from) && !is_va_list(flow, expression)) {
		lower_effects(flow, from);
		return flow_unknown(flow);
	}
	value = lower_value(flow, from);
	if (is_array(flow, from) && !is_array(flow, expression))
		flow_address_taken(flow, value);
	return lower_convert(flow, value, clang_getCursorType(from),
			     clang_getCursorType(expression));
}

static uint32_t unexposed(struct flow *flow, CXCursor expression, bool address)
{
	GArray *all = cursor_children(expression);
	GArray *kids = cursor_expressions(expression);
	uint32_t value;

	if (kids->len == 0 || kids->len != all->len)
		value = evaluated(flow, expression);
	else if (is_elvis(kids))
		value = elvis(flow, expression, kids);
	else if (kids->len == 3)
		value = address ? lower_address(flow, chosen(kids))
				: lower_value(flow, chosen(kids));
	else if (kids->len == 1)
		value = address ? lower_address(flow, KID(kids, 0))
				: converted(flow, expression, KID(kids, 0));
	else
		value = flow_unknown(flow);
	g_array_free(all, TRUE);
	g_array_free(kids, TRUE);
	return value;
}

/* The association of _Generic whose type is the expression's. */
static CXCursor generic_choice(CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);
	CXType type = clang_getCanonicalType(clang_getCursorType(expression));
	CXCursor out = clang_getNullCursor();

	for (guint i = 1; i < kids->len; i++) {
		CXType kid = clang_getCanonicalType(
			clang_getCursorType(KID(kids, i)));

		if (clang_Cursor_isNull(out) && clang_equalTypes(kid, type))
			out = KID(kids, i);
	}
	g_array_free(kids, TRUE);
	return out;
}

static uint32_t generic(struct flow *flow, CXCursor expression)
{
	CXCursor choice = generic_choice(expression);
	int64_t value;

	if (cursor_evaluate(expression, &value))
		return flow_const(flow, value);
	return clang_Cursor_isNull(choice) ? flow_unknown(flow)
					   : lower_value(flow, choice);
}

/*
 * The members that offsetof names, outermost first; none if expression is
 * something else, or has an index in it.
 */
static GArray *offset_members(CXCursor expression)
{
	GArray *kids = cursor_children(expression);
	GArray *members = g_array_new(FALSE, FALSE, sizeof(CXCursor));

	for (guint i = 0; expression.kind == CXCursor_UnexposedExpr &&
			  i < kids->len; i++) {
		if (clang_isExpression(KID(kids, i).kind)) {
			g_array_set_size(members, 0);
			break;
		}
		if (KID(kids, i).kind == CXCursor_MemberRef)
			g_array_append_val(members, KID(kids, i));
	}
	g_array_free(kids, TRUE);
	return members;
}

static uint32_t container(struct flow *flow, uint32_t address,
			  const GArray *members)
{
	for (guint i = members->len; i > 0; i--) {
		CXCursor member = clang_getCursorReferenced(
			KID(members, i - 1));
		struct decl *field = tu_field(flow->tu, member);

		if (field &&
		    FACT_FIELD(flow->tu->facts, field->id)->name[0] &&
		    !field_is_all(flow->tu, member))
			address = flow_expr(flow, EXPR_FIELD, address,
					    field->id, 1);
	}
	return address;
}

/* (type *)((char *)p - offsetof(type, member)) */
static bool container_of(struct flow *flow, CXCursor expression,
			 uint32_t *value)
{
	CXCursor bare = cursor_strip(expression);
	GArray *kids, *members = NULL;
	bool found = false;

	if (clang_getCursorBinaryOperatorKind(bare) != CXBinaryOperator_Sub)
		return false;
	kids = cursor_expressions(bare);
	if (kids->len == 2 && tu_type_of(flow->tu, bare)->kind == TYPE_POINTER)
		members = offset_members(cursor_strip(KID(kids, 1)));
	if (members && members->len > 0) {
		found = true;
		*value = container(flow, lower_value(flow, KID(kids, 0)),
				   members);
	}
	if (members)
		g_array_free(members, TRUE);
	g_array_free(kids, TRUE);
	return found;
}

/* An integer sum that becomes a pointer was a pointer and an offset. */
static uint32_t sum_to_pointer(struct flow *flow, uint32_t value)
{
	struct fact_expr e = g_array_index(flow->expr, struct fact_expr,
					   value);

	if (e.op != EXPR_ADD)
		return value;
	if (flow_is_const(flow, e.a, NULL))
		return flow_expr(flow, EXPR_INDEX, e.b, e.a, 1);
	return flow_expr(flow, EXPR_INDEX, e.a, e.b, 1);
}

static uint32_t cast_of(struct flow *flow, CXCursor from, CXType type)
{
	CXType from_type = clang_getCursorType(from);
	bool to_pointer = tu_type_kind(flow->tu, type) == TYPE_POINTER;
	uint32_t value;

	if (to_pointer && container_of(flow, from, &value))
		return value;
	value = lower_value(flow, from);
	if (is_array(flow, from))
		flow_address_taken(flow, value);
	if (to_pointer && tu_type_kind(flow->tu, from_type) == TYPE_INT)
		return sum_to_pointer(flow, value);
	return lower_convert(flow, value, from_type, type);
}

static uint32_t cast_value(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);
	CXType type = clang_getCursorType(expression);
	uint32_t value = 0;

	if (kids->len == 0)
		value = flow_unknown(flow);
	else if (clang_getCanonicalType(type).kind == CXType_Void)
		lower_effects(flow, KID(kids, kids->len - 1));
	else
		value = cast_of(flow, KID(kids, kids->len - 1), type);
	g_array_free(kids, TRUE);
	return value;
}

/* &&label, perhaps in the initialiser of a static variable of the function */
static uint32_t label_address(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_children(expression);
	struct flow *owner = flow->is_init ? flow->tu->flow : flow;

	if (kids->len == 1 && owner) {
		CXCursor to = clang_getCursorReferenced(KID(kids, 0));

		flow_c_label(owner, to)->is_taken = true;
	}
	g_array_free(kids, TRUE);
	return flow_unknown(flow);
}

static uint32_t comma(struct flow *flow, CXCursor expression,
		      uint32_t (*lower)(struct flow *, CXCursor))
{
	GArray *kids = cursor_expressions(expression);
	uint32_t value = flow_unknown(flow);

	if (kids->len == 2) {
		lower_effects(flow, KID(kids, 0));
		value = lower(flow, KID(kids, 1));
	}
	g_array_free(kids, TRUE);
	return value;
}

static uint32_t call_value(struct flow *flow, CXCursor call)
{
	uint32_t value = 0;

	if (!lower_call(flow, call, true, &value))
		return flow_unknown(flow);
	return value;
}

static uint32_t reload(struct flow *flow, CXCursor expression,
		       uint32_t address)
{
	return goes_by_address(flow, expression) ? address
						 : flow_load(flow, address);
}

static uint32_t binary_value(struct flow *flow, CXCursor expression)
{
	enum CXBinaryOperatorKind op =
		clang_getCursorBinaryOperatorKind(expression);

	if (op == CXBinaryOperator_Comma)
		return comma(flow, expression, lower_value);
	if (op == CXBinaryOperator_LAnd || op == CXBinaryOperator_LOr)
		return logical_value(flow, expression);
	if (op == CXBinaryOperator_Assign)
		return reload(flow, expression, lower_assign(flow,
							     expression));
	return lower_binary(flow, expression);
}

static uint32_t name_value(struct flow *flow, CXCursor name)
{
	CXCursor decl = clang_getCursorReferenced(name);

	if (decl.kind == CXCursor_EnumConstantDecl)
		return flow_const(flow, clang_getEnumConstantDeclValue(decl));
	if (decl.kind == CXCursor_FunctionDecl)
		return name_address(flow, name);
	return reload(flow, name, name_address(flow, name));
}

static uint32_t first_value(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);
	uint32_t value = kids->len ? lower_value(flow, KID(kids, 0))
				   : flow_const(flow, 0);

	g_array_free(kids, TRUE);
	return value;
}

/* What a list gives a scalar, or a struct that is seen through. */
static uint32_t listed_value(struct flow *flow, CXCursor list)
{
	GArray *kids = cursor_expressions(list);
	uint32_t value;

	if (kids->len && init_is_designated(KID(kids, 0))) {
		CXCursor designated = KID(kids, 0);

		g_array_free(kids, TRUE);
		kids = cursor_expressions(designated);
	}
	value = kids->len ? lower_value(flow, KID(kids, kids->len - 1))
			  : flow_const(flow, 0);
	g_array_free(kids, TRUE);
	return value;
}

uint32_t lower_value(struct flow *flow, CXCursor expression)
{
	switch (expression.kind) {
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_UnaryExpr:
		return evaluated(flow, expression);
	case CXCursor_StringLiteral:
		return flow_expr(flow, EXPR_STRING, 0, 0, 0);
	case CXCursor_ParenExpr:
		return first_value(flow, expression);
	case CXCursor_InitListExpr:
		return listed_value(flow, expression);
	case CXCursor_UnexposedExpr:
		return unexposed(flow, expression, false);
	case CXCursor_DeclRefExpr:
		return name_value(flow, expression);
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
		return reload(flow, expression,
			      lower_address(flow, expression));
	case CXCursor_UnaryOperator:
		return lower_unary(flow, expression, true);
	case CXCursor_BinaryOperator:
		return binary_value(flow, expression);
	case CXCursor_CompoundAssignOperator:
		return flow_load(flow, lower_compound_assign(flow,
							     expression));
	case CXCursor_ConditionalOperator:
		return conditional(flow, expression, true);
	case CXCursor_CStyleCastExpr:
		return cast_value(flow, expression);
	case CXCursor_CallExpr:
		return call_value(flow, expression);
	case CXCursor_StmtExpr:
		return statement_expression(flow, expression, lower_value);
	case CXCursor_CompoundLiteralExpr:
		return reload(flow, expression,
			      lower_compound_literal(flow, expression));
	case CXCursor_AddrLabelExpr:
		return label_address(flow, expression);
	case CXCursor_GenericSelectionExpr:
		return generic(flow, expression);
	default:
		return flow_unknown(flow);
	}
}

static uint32_t operator_address(struct flow *flow, CXCursor expression)
{
	enum CXUnaryOperatorKind op =
		clang_getCursorUnaryOperatorKind(expression);
	GArray *kids = cursor_expressions(expression);
	uint32_t address = flow_unknown(flow);

	if (kids->len == 1 && op == CXUnaryOperator_Deref)
		address = lower_value(flow, KID(kids, 0));
	else if (kids->len == 1)
		address = lower_address(flow, KID(kids, 0));
	g_array_free(kids, TRUE);
	return address;
}

static uint32_t inner_address(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);
	uint32_t address = kids->len
				   ? lower_address(flow,
						   KID(kids, kids->len - 1))
				   : flow_unknown(flow);

	g_array_free(kids, TRUE);
	return address;
}

uint32_t lower_address(struct flow *flow, CXCursor expression)
{
	switch (expression.kind) {
	case CXCursor_DeclRefExpr:
		return name_address(flow, expression);
	case CXCursor_MemberRefExpr:
		return member_address(flow, expression);
	case CXCursor_ArraySubscriptExpr:
		return element_address(flow, expression);
	case CXCursor_UnaryOperator:
		return operator_address(flow, expression);
	case CXCursor_ParenExpr:
	case CXCursor_CStyleCastExpr:
		return inner_address(flow, expression);
	case CXCursor_UnexposedExpr:
		return unexposed(flow, expression, true);
	case CXCursor_BinaryOperator:
		if (clang_getCursorBinaryOperatorKind(expression) ==
		    CXBinaryOperator_Comma)
			return comma(flow, expression, lower_address);
		return lower_assign(flow, expression);
	case CXCursor_StmtExpr:
		return statement_expression(flow, expression, lower_address);
	case CXCursor_CompoundLiteralExpr:
		return lower_compound_literal(flow, expression);
	case CXCursor_StringLiteral:
		return flow_expr(flow, EXPR_STRING, 0, 0, 0);
	case CXCursor_GenericSelectionExpr:
		return lower_address(flow, generic_choice(expression));
	case CXCursor_CallExpr:
	case CXCursor_ConditionalOperator:
		return lower_value(flow, expression);
	default:
		return flow_unknown(flow);
	}
}

/* ---- for the effects only ---- */

static void each_effect(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);

	for (guint i = 0; i < kids->len; i++)
		lower_effects(flow, KID(kids, i));
	g_array_free(kids, TRUE);
}

static void binary_effects(struct flow *flow, CXCursor expression)
{
	enum CXBinaryOperatorKind op =
		clang_getCursorBinaryOperatorKind(expression);
	uint32_t end;

	if (op == CXBinaryOperator_Assign) {
		lower_assign(flow, expression);
	} else if (op == CXBinaryOperator_LAnd ||
		   op == CXBinaryOperator_LOr) {
		end = flow_label(flow);
		lower_branch(flow, expression, end, end, false);
		flow_place(flow, end);
	} else {
		each_effect(flow, expression);
	}
}

static void block_effects(struct flow *flow, CXCursor expression)
{
	CXCursor last;

	if (run_block(flow, expression, &last))
		lower_effects(flow, last);
}

/* (void)sizeof(f(x)) may be there for an alternative call. */
static void sizeof_effects(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);

	if (kids->len == 1)
		lower_twin(flow, KID(kids, 0), clang_getNullCursor());
	g_array_free(kids, TRUE);
}

void lower_effects(struct flow *flow, CXCursor expression)
{
	switch (expression.kind) {
	case CXCursor_CallExpr:
		lower_call(flow, expression, false, NULL);
		break;
	case CXCursor_BinaryOperator:
		binary_effects(flow, expression);
		break;
	case CXCursor_CompoundAssignOperator:
		lower_compound_assign(flow, expression);
		break;
	case CXCursor_UnaryOperator:
		lower_unary(flow, expression, false);
		break;
	case CXCursor_ConditionalOperator:
		conditional(flow, expression, false);
		break;
	case CXCursor_StmtExpr:
		block_effects(flow, expression);
		break;
	case CXCursor_UnaryExpr:
		sizeof_effects(flow, expression);
		break;
	case CXCursor_UnexposedExpr:
		unexposed(flow, expression, false);
		break;
	case CXCursor_CompoundLiteralExpr:
	case CXCursor_GenericSelectionExpr:
	case CXCursor_AddrLabelExpr:
		lower_value(flow, expression);
		break;
	default:
		each_effect(flow, expression);
	}
}

/* ---- conditions ---- */

static bool branch_logical(struct flow *flow, CXCursor condition,
			   uint32_t yes, uint32_t no, bool is_loop)
{
	enum CXBinaryOperatorKind op =
		clang_getCursorBinaryOperatorKind(condition);
	GArray *kids;
	uint32_t more;

	if (op != CXBinaryOperator_LAnd && op != CXBinaryOperator_LOr &&
	    op != CXBinaryOperator_Comma)
		return false;
	kids = cursor_expressions(condition);
	more = flow_label(flow);
	if (op == CXBinaryOperator_Comma) {
		lower_effects(flow, KID(kids, 0));
		flow_go(flow, more);
	} else if (op == CXBinaryOperator_LAnd) {
		lower_branch(flow, KID(kids, 0), more, no, is_loop);
	} else {
		lower_branch(flow, KID(kids, 0), yes, more, is_loop);
	}
	flow_place(flow, more);
	lower_branch(flow, KID(kids, 1), yes, no, is_loop);
	g_array_free(kids, TRUE);
	return true;
}

/* Conversions that keep zero zero and all else not zero. */
static bool keeps_truth(struct flow *flow, CXCursor from, CXCursor to)
{
	const struct fact_type *f, *t;

	tu_type_of(flow->tu, from);
	t = tu_type_of(flow->tu, to);
	f = tu_type_of(flow->tu, from);
	if (t->kind != TYPE_INT)
		return t->kind == f->kind;
	return t->bits == 1 || (f->kind == TYPE_INT && f->bits <= t->bits) ||
	       (f->kind == TYPE_POINTER && t->bits >= 64);
}

/* What decides if condition holds, as condition itself does; or null. */
static CXCursor inner_condition(struct flow *flow, CXCursor condition)
{
	GArray *kids = cursor_children(condition);
	CXCursor inner = clang_getNullCursor();
	char *name;

	if ((condition.kind == CXCursor_ParenExpr ||
	     condition.kind == CXCursor_UnexposedExpr) &&
	    kids->len == 1 && clang_isExpression(KID(kids, 0).kind) &&
	    keeps_truth(flow, KID(kids, 0), condition)) {
		inner = KID(kids, 0);
	} else if (condition.kind == CXCursor_CallExpr && kids->len == 3) {
		name = cx_text(clang_getCursorSpelling(condition));
		if (!strcmp(name, "__builtin_expect"))
			inner = KID(kids, 1);
		g_free(name);
	}
	g_array_free(kids, TRUE);
	return inner;
}

static bool is_logical(CXCursor expression)
{
	CXCursor bare = cursor_strip(expression);
	enum CXBinaryOperatorKind op =
		clang_getCursorBinaryOperatorKind(bare);

	return op == CXBinaryOperator_LAnd || op == CXBinaryOperator_LOr;
}

void lower_branch(struct flow *flow, CXCursor condition, uint32_t yes,
		  uint32_t no, bool is_loop)
{
	CXCursor inner = inner_condition(flow, condition);
	GArray *kids;

	if (!clang_Cursor_isNull(inner)) {
		lower_branch(flow, inner, yes, no, is_loop);
		return;
	}
	if (condition.kind == CXCursor_UnaryOperator &&
	    clang_getCursorUnaryOperatorKind(condition) ==
		    CXUnaryOperator_LNot) {
		kids = cursor_expressions(condition);
		if (is_loop && !is_logical(KID(kids, 0)))
			flow_branch(flow, lower_value(flow, condition), yes,
				    no, true, condition);
		else
			lower_branch(flow, KID(kids, 0), no, yes, false);
		g_array_free(kids, TRUE);
		return;
	}
	if (condition.kind == CXCursor_BinaryOperator &&
	    branch_logical(flow, condition, yes, no, is_loop))
		return;
	flow_branch(flow, lower_value(flow, condition), yes, no, is_loop,
		    condition);
}
