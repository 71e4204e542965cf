/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operators: arithmetic, comparisons, assignments.
 *
 * Values are those that the abstract machine of C computes, held in 64 bits:
 * what may leave the range of a narrower unsigned type is cut back to it.  A
 * comparison, division or right shift of unsigned operands has an imm of 1.
 */
#include "extract_int.h"

#include "facts_table.h"

bool operator_is_assignment(enum CXBinaryOperatorKind op)
{
	return op >= CXBinaryOperator_Assign && op <= CXBinaryOperator_OrAssign;
}

static int64_t pointee_size(CXType pointer)
{
	CXType type = clang_getCanonicalType(pointer);
	long long size;

	type = type.kind == CXType_Pointer ? clang_getPointeeType(type)
					   : clang_getArrayElementType(type);
	size = clang_Type_getSizeOf(type);
	return size > 0 ? size : 1;
}

static bool is_pointer(struct flow *flow, CXType type)
{
	enum type_kind kind = tu_type_kind(flow->tu, type);

	return kind == TYPE_POINTER || kind == TYPE_ARRAY;
}

static uint32_t pointer_arithmetic(struct flow *flow,
				   enum CXBinaryOperatorKind op, uint32_t a,
				   CXType a_type, uint32_t b, CXType b_type)
{
	bool a_is = is_pointer(flow, a_type), b_is = is_pointer(flow, b_type);

	if (a_is && b_is)
		return flow_expr(flow, EXPR_DIV,
				 flow_expr(flow, EXPR_SUB, a, b, 0),
				 flow_const(flow, pointee_size(a_type)), 0);
	if (b_is)
		return flow_expr(flow, EXPR_INDEX, b, a,
				 pointee_size(b_type));
	if (op == CXBinaryOperator_Sub)
		b = flow_expr(flow, EXPR_NEG, b, 0, 0);
	return flow_expr(flow, EXPR_INDEX, a, b, pointee_size(a_type));
}

static const struct operation {
	enum expr_op op;
	bool may_overflow;	/* leave the range of the operands' type */
	bool has_sign;		/* signed and unsigned ones differ */
} operations[] = {
	[CXBinaryOperator_Mul] = { EXPR_MUL, true, false },
	[CXBinaryOperator_Div] = { EXPR_DIV, false, true },
	[CXBinaryOperator_Rem] = { EXPR_REM, false, true },
	[CXBinaryOperator_Add] = { EXPR_ADD, true, false },
	[CXBinaryOperator_Sub] = { EXPR_SUB, true, false },
	[CXBinaryOperator_Shl] = { EXPR_SHL, true, false },
	[CXBinaryOperator_Shr] = { EXPR_SHR, false, true },
	[CXBinaryOperator_LT] = { EXPR_LT, false, true },
	[CXBinaryOperator_GT] = { EXPR_GT, false, true },
	[CXBinaryOperator_LE] = { EXPR_LE, false, true },
	[CXBinaryOperator_GE] = { EXPR_GE, false, true },
	[CXBinaryOperator_EQ] = { EXPR_EQ, false, false },
	[CXBinaryOperator_NE] = { EXPR_NE, false, false },
	[CXBinaryOperator_And] = { EXPR_AND, false, false },
	[CXBinaryOperator_Xor] = { EXPR_XOR, false, false },
	[CXBinaryOperator_Or] = { EXPR_OR, false, false },
};

static uint32_t cut(struct flow *flow, uint32_t value, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(flow->tu->facts, type);

	if (t->kind != TYPE_INT || t->is_signed || t->bits >= 64)
		return value;
	return flow_expr(flow, EXPR_CAST, value, 0, t->bits);
}

static bool is_unsigned(struct flow *flow, CXType type)
{
	fact_id id = tu_type(flow->tu, type);
	const struct fact_type *t = FACT_TYPE(flow->tu->facts, id);

	return t->kind != TYPE_INT || !t->is_signed;
}

uint32_t lower_arithmetic(struct flow *flow, enum CXBinaryOperatorKind op,
			  uint32_t a, CXType a_type, uint32_t b,
			  CXType b_type, CXType type)
{
	const struct operation *operation;
	uint32_t value;

	if ((op == CXBinaryOperator_Add || op == CXBinaryOperator_Sub) &&
	    (is_pointer(flow, a_type) || is_pointer(flow, b_type)))
		return pointer_arithmetic(flow, op, a, a_type, b, b_type);
	if (tu_type_kind(flow->tu, a_type) == TYPE_OTHER ||
	    (size_t)op >= G_N_ELEMENTS(operations) ||
	    operations[op].op == EXPR_UNKNOWN)
		return flow_unknown(flow);
	operation = &operations[op];
	value = flow_expr(flow, operation->op, a, b,
			  operation->has_sign && is_unsigned(flow, a_type));
	return operation->may_overflow ? cut(flow, value,
					     tu_type(flow->tu, type))
				       : value;
}

uint32_t lower_binary(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);
	uint32_t a, b, value = flow_unknown(flow);

	if (kids->len == 2) {
		a = lower_value(flow, KID(kids, 0));
		b = lower_value(flow, KID(kids, 1));
		value = lower_arithmetic(
			flow, clang_getCursorBinaryOperatorKind(expression),
			a, clang_getCursorType(KID(kids, 0)), b,
			clang_getCursorType(KID(kids, 1)),
			clang_getCursorType(expression));
	}
	g_array_free(kids, TRUE);
	return value;
}

/* ---- ++ and -- ---- */

static uint32_t step(struct flow *flow, CXCursor expression, CXCursor operand,
		     enum CXUnaryOperatorKind op, bool used)
{
	bool post = op == CXUnaryOperator_PostInc ||
		    op == CXUnaryOperator_PostDec;
	bool up = op == CXUnaryOperator_PostInc ||
		  op == CXUnaryOperator_PreInc;
	static const CXType no_type = { CXType_Invalid, { NULL, NULL } };
	CXType type = clang_getCursorType(operand);
	fact_id id = tu_type(flow->tu, type);
	uint32_t address = lower_address(flow, operand);
	uint32_t old = flow_load(flow, address), value = old;
	uint32_t temp, holder;

	if (post && used) {
		temp = flow_local(flow, "", id, LOCAL_TEMP);
		holder = flow_local_address(flow, temp);
		flow_assign(flow, holder, old, id, expression);
		value = flow_load(flow, holder);
	}
	old = lower_arithmetic(flow,
			       up ? CXBinaryOperator_Add
				  : CXBinaryOperator_Sub,
			       old, type, flow_const(flow, 1),
			       is_pointer(flow, type) ? no_type : type, type);
	flow_assign(flow, address, old, id, expression);
	g_array_index(flow->node, struct fact_node,
		      flow->node->len - 1).flags |= NODE_WEAK;
	return value;
}

static uint32_t unary_value(struct flow *flow, CXCursor expression,
			    CXCursor operand, enum CXUnaryOperatorKind op)
{
	fact_id type = tu_type(flow->tu, clang_getCursorType(expression));
	uint32_t value = lower_value(flow, operand);

	switch (op) {
	case CXUnaryOperator_Minus:
		value = flow_expr(flow, EXPR_NEG, value, 0, 0);
		return cut(flow, value, type);
	case CXUnaryOperator_Not:
		value = flow_expr(flow, EXPR_BITNOT, value, 0, 0);
		return cut(flow, value, type);
	case CXUnaryOperator_LNot:
		return flow_expr(flow, EXPR_LNOT, value, 0, 0);
	case CXUnaryOperator_Plus:
	case CXUnaryOperator_Extension:
		return value;
	default:
		return flow_unknown(flow);
	}
}

/* The function that *p calls is what p points to. */
static uint32_t dereference(struct flow *flow, CXCursor expression,
			    CXCursor operand)
{
	uint32_t address = lower_value(flow, operand);
	enum type_kind kind = tu_type_of(flow->tu, expression)->kind;

	if (kind == TYPE_FUNCTION || kind == TYPE_RECORD ||
	    kind == TYPE_ARRAY)
		return address;
	return flow_load(flow, address);
}

static uint32_t address_of(struct flow *flow, CXCursor operand)
{
	uint32_t address = lower_address(flow, operand);

	flow_address_taken(flow, address);
	return address;
}

uint32_t lower_unary(struct flow *flow, CXCursor expression, bool used)
{
	enum CXUnaryOperatorKind op =
		clang_getCursorUnaryOperatorKind(expression);
	GArray *kids = cursor_expressions(expression);
	CXCursor operand;

	if (kids->len != 1) {
		g_array_free(kids, TRUE);
		return flow_unknown(flow);
	}
	operand = KID(kids, 0);
	g_array_free(kids, TRUE);
	switch (op) {
	case CXUnaryOperator_PostInc:
	case CXUnaryOperator_PostDec:
	case CXUnaryOperator_PreInc:
	case CXUnaryOperator_PreDec:
		return step(flow, expression, operand, op, used);
	case CXUnaryOperator_AddrOf:
		return address_of(flow, operand);
	case CXUnaryOperator_Deref:
		return dereference(flow, expression, operand);
	default:
		return unary_value(flow, expression, operand, op);
	}
}

/* ---- assignments ---- */

uint32_t lower_assign(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);
	fact_id type = tu_type(flow->tu, clang_getCursorType(expression));
	uint32_t address = flow_unknown(flow), value;

	if (kids->len == 2 && type_is_record(flow->tu, clang_getCursorType(
							       KID(kids, 0)))) {
		value = lower_address(flow, KID(kids, 1));
		address = lower_address(flow, KID(kids, 0));
		flow_copy(flow, address, value, type, expression);
	} else if (kids->len == 2) {
		value = lower_value(flow, KID(kids, 1));
		address = lower_address(flow, KID(kids, 0));
		flow_assign(flow, address, value, type, expression);
	}
	g_array_free(kids, TRUE);
	return address;
}

/* The operator that a compound assignment applies. */
static enum CXBinaryOperatorKind applied(enum CXBinaryOperatorKind op)
{
	switch (op) {
	case CXBinaryOperator_MulAssign:
		return CXBinaryOperator_Mul;
	case CXBinaryOperator_DivAssign:
		return CXBinaryOperator_Div;
	case CXBinaryOperator_RemAssign:
		return CXBinaryOperator_Rem;
	case CXBinaryOperator_AddAssign:
		return CXBinaryOperator_Add;
	case CXBinaryOperator_SubAssign:
		return CXBinaryOperator_Sub;
	case CXBinaryOperator_ShlAssign:
		return CXBinaryOperator_Shl;
	case CXBinaryOperator_ShrAssign:
		return CXBinaryOperator_Shr;
	case CXBinaryOperator_AndAssign:
		return CXBinaryOperator_And;
	case CXBinaryOperator_XorAssign:
		return CXBinaryOperator_Xor;
	case CXBinaryOperator_OrAssign:
		return CXBinaryOperator_Or;
	default:
		return CXBinaryOperator_Invalid;
	}
}

/*
 * Approximation: computed in the type of the left operand; off for a division
 * or shift that is wider or of other sign, which decides no lock.
 */
uint32_t lower_compound_assign(struct flow *flow, CXCursor expression)
{
	GArray *kids = cursor_expressions(expression);
	CXType type = clang_getCursorType(expression);
	fact_id id = tu_type(flow->tu, type);
	uint32_t address = flow_unknown(flow), value;
	const struct fact_type *t;

	if (kids->len == 2) {
		value = lower_value(flow, KID(kids, 1));
		address = lower_address(flow, KID(kids, 0));
		value = lower_arithmetic(
			flow,
			applied(clang_getCursorBinaryOperatorKind(expression)),
			flow_load(flow, address), type, value,
			clang_getCursorType(KID(kids, 1)), type);
		t = FACT_TYPE(flow->tu->facts, id);
		if (t->kind == TYPE_INT && t->bits < 64 && t->bits > 0 &&
		    (!t->is_signed || t->bits < 32))
			value = flow_expr(flow, EXPR_CAST, value, 0,
					  t->is_signed ? -(int64_t)t->bits
						       : t->bits);
		flow_assign(flow, address, value, id, expression);
		g_array_index(flow->node, struct fact_node,
			      flow->node->len - 1).flags |= NODE_WEAK;
	}
	g_array_free(kids, TRUE);
	return address;
}
