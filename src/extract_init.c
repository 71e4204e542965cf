/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Initialisers, of locals and of globals.  libclang shows lists as they are
 * written, so this follows the rules of C11 6.7.9: designators, positions, and
 * braces left out.
 *
 * A local's members that are not named become 0, unless there are very many.
 * Of a global only what can matter to an analysis of calls and locks is kept:
 * addresses of functions and globals, and integers beside pointers.
 */
#include "extract_int.h"

#include "facts_table.h"

enum {
	ZERO_MAX = 32,		/* members that are set to 0 one by one */
	RANGE_MAX = 64,		/* elements of [a ... b] set one by one */
};

/* A list that is worked through; nested ones without braces share it. */
struct list {
	struct flow *flow;
	GArray *kids;
	guint at;
};

static CXType element_type(CXType array)
{
	return clang_getArrayElementType(clang_getCanonicalType(array));
}

static uint32_t element_of(struct flow *flow, uint32_t address, CXType array,
			   uint32_t index)
{
	long long size = clang_Type_getSizeOf(element_type(array));

	return flow_expr(flow, EXPR_INDEX, address, index,
			 size > 0 ? size : 1);
}

static bool is_anonymous(struct flow *flow, const struct decl *member)
{
	const struct fact_field *row = FACT_FIELD(flow->tu->facts,
						  member->id);

	return row->name[0] == '\0';
}

/* The address of a member; an anonymous one is where its record is, and so is
 * one that is all of it. */
static uint32_t member_of(struct flow *flow, uint32_t address,
			  const struct decl *member)
{
	if (is_anonymous(flow, member) ||
	    field_is_all(flow->tu, member->cursor))
		return address;
	return flow_expr(flow, EXPR_FIELD, address, member->id, 0);
}

static const GPtrArray *members_of(struct flow *flow, CXType type)
{
	struct decl *record = tu_record(flow->tu, type);

	return record ? tu_members(flow->tu, record) : NULL;
}

static bool is_union(struct flow *flow, CXType type)
{
	struct decl *record = tu_record(flow->tu, type);

	return record && FACT_RECORD(flow->tu->facts, record->id)->is_union;
}

/* ---- zeroes ---- */

static unsigned count_scalars(struct flow *flow, CXType type, unsigned max)
{
	const GPtrArray *members;
	unsigned nr = 0;

	if (type_is_array(flow->tu, type)) {
		long long size = clang_getArraySize(
			clang_getCanonicalType(type));

		if (size < 0 || size > max)
			return max + 1;
		return (unsigned)size * count_scalars(flow,
						      element_type(type), max);
	}
	if (!type_is_record(flow->tu, type))
		return 1;
	members = members_of(flow, type);
	for (guint i = 0; i < members->len && nr <= max; i++) {
		const struct decl *member = g_ptr_array_index(members, i);

		nr += count_scalars(flow, clang_getCursorType(member->cursor),
				    max);
	}
	return nr;
}

static bool is_set(const struct flow *flow, uint32_t address)
{
	return g_hash_table_contains(flow->set, GUINT_TO_POINTER(address));
}

static void mark_set(struct flow *flow, uint32_t address)
{
	if (flow->set)
		g_hash_table_add(flow->set, GUINT_TO_POINTER(address));
}

/* Has some member of the union got a value? */
static bool is_union_set(struct flow *flow, uint32_t address,
			 const GPtrArray *members)
{
	for (guint i = 0; i < members->len; i++) {
		const struct decl *member = g_ptr_array_index(members, i);
		CXType type = clang_getCursorType(member->cursor);
		uint32_t part = member_of(flow, address, member);

		if (is_set(flow, part) ||
		    (type_is_record(flow->tu, type) &&
		     is_union_set(flow, part, members_of(flow, type))))
			return true;
	}
	return false;
}

/* Sets to 0 what is not set yet. */
static void fill_zero(struct flow *flow, uint32_t address, CXType type,
		      CXCursor at)
{
	const GPtrArray *members;

	if (is_set(flow, address))
		return;
	if (type_is_array(flow->tu, type)) {
		long long size = clang_getArraySize(
			clang_getCanonicalType(type));

		for (long long i = 0; i < size; i++)
			fill_zero(flow,
				  element_of(flow, address, type,
					     flow_const(flow, i)),
				  element_type(type), at);
		return;
	}
	if (!type_is_record(flow->tu, type)) {
		flow_assign(flow, address, flow_const(flow, 0),
			    tu_type(flow->tu, type), at);
		return;
	}
	members = members_of(flow, type);
	if (is_union(flow, type) && is_union_set(flow, address, members))
		return;
	for (guint i = 0; i < members->len; i++) {
		const struct decl *member = g_ptr_array_index(members, i);
		CXType member_type = clang_getCursorType(member->cursor);

		if (!is_anonymous(flow, member) ||
		    type_is_record(flow->tu, member_type))
			fill_zero(flow, member_of(flow, address, member),
				  member_type, at);
	}
}

/* ---- designators ---- */

bool init_is_designated(CXCursor kid)
{
	return kid.kind == CXCursor_UnexposedExpr &&
	       clang_getCursorType(kid).kind == CXType_Void;
}

static bool is_range(struct flow *flow, CXCursor kid, CXCursor from,
		     CXCursor to)
{
	unsigned start, end;
	struct source *source = tu_spelled(flow->tu, from, &start);
	struct source *other = tu_spelled(flow->tu, to, &end);

	(void)kid;
	if (!source || source != other || !source->text ||
	    end > source->size || start > end)
		return false;
	return g_strstr_len(source->text + start, end - start, "...") != NULL;
}

static guint member_index(struct flow *flow, CXCursor field)
{
	struct decl *decl = tu_field(flow->tu, field);

	return decl ? FACT_FIELD(flow->tu->facts, decl->id)->index : 0;
}

/*
 * Follows the designators from..; at the end what they name gets the value.
 * *next is the position after the first of them.
 */
static void designate(struct flow *flow, uint32_t address, CXType type,
		      const GArray *path, guint from, guint *next);

static void designate_range(struct flow *flow, uint32_t address, CXType type,
			    const GArray *path, guint from, guint *next)
{
	int64_t lo = 0, hi = 0;

	cursor_evaluate(KID(path, from), &lo);
	cursor_evaluate(KID(path, from + 1), &hi);
	*next = (guint)hi + 1;
	if (hi - lo >= RANGE_MAX) {
		designate(flow,
			  element_of(flow, address, type, flow_unknown(flow)),
			  element_type(type), path, from + 2, NULL);
		return;
	}
	for (int64_t i = lo; i <= hi; i++)
		designate(flow, element_of(flow, address, type,
					   flow_const(flow, i)),
			  element_type(type), path, from + 2, NULL);
}

static void designate_element(struct flow *flow, uint32_t address,
			      CXType type, const GArray *path, guint from,
			      guint *next)
{
	int64_t index = 0;

	if (from + 2 < path->len &&
	    clang_isExpression(KID(path, from + 1).kind) &&
	    is_range(flow, KID(path, from), KID(path, from),
		     KID(path, from + 1))) {
		designate_range(flow, address, type, path, from, next);
		return;
	}
	cursor_evaluate(KID(path, from), &index);
	*next = (guint)index + 1;
	designate(flow, element_of(flow, address, type,
				   flow_const(flow, index)),
		  element_type(type), path, from + 1, NULL);
}

static void designate(struct flow *flow, uint32_t address, CXType type,
		      const GArray *path, guint from, guint *next)
{
	guint ignored;
	CXCursor field;
	struct decl *decl;

	if (!next)
		next = &ignored;
	if (from + 1 >= path->len) {
		lower_init(flow, address, type, KID(path, from));
		return;
	}
	if (KID(path, from).kind != CXCursor_MemberRef) {
		designate_element(flow, address, type, path, from, next);
		return;
	}
	field = clang_getCursorReferenced(KID(path, from));
	*next = member_index(flow, field) + 1;
	decl = tu_field(flow->tu, field);
	if (decl)
		designate(flow, member_of(flow, address, decl),
			  clang_getCursorType(field), path, from + 1, NULL);
}

static guint designated(struct flow *flow, uint32_t address, CXType type,
			CXCursor kid)
{
	GArray *path = cursor_children(kid);
	guint next = 0;

	if (path->len >= 2)
		designate(flow, address, type, path, 0, &next);
	g_array_free(path, TRUE);
	return next;
}

/* ---- lists ---- */

static void list_record(struct list *list, uint32_t address, CXType type,
			bool has_braces);
static void list_array(struct list *list, uint32_t address, CXType type,
		       bool has_braces);

/* Is kid the value of all of an object of this type? */
static bool is_whole(struct flow *flow, CXCursor kid, CXType type)
{
	CXCursor bare = cursor_unparen(kid);

	if (bare.kind == CXCursor_InitListExpr)
		return true;
	if (type_is_array(flow->tu, type))
		return cursor_strip(kid).kind == CXCursor_StringLiteral ||
		       type_is_array(flow->tu, clang_getCursorType(bare));
	if (!type_is_record(flow->tu, type))
		return true;
	return tu_type(flow->tu, clang_getCursorType(bare)) ==
	       tu_type(flow->tu, type);
}

static void list_one(struct list *list, uint32_t address, CXType type)
{
	CXCursor kid = KID(list->kids, list->at);

	if (is_whole(list->flow, kid, type)) {
		list->at++;
		lower_init(list->flow, address, type, kid);
	} else if (type_is_record(list->flow->tu, type)) {
		list_record(list, address, type, false);
	} else {
		list_array(list, address, type, false);
	}
}

/* Integers count if a pointer stands beside them. */
static bool has_pointer(struct flow *flow, const GPtrArray *members)
{
	for (guint i = 0; i < members->len; i++) {
		const struct decl *member = g_ptr_array_index(members, i);
		enum type_kind kind = tu_type_kind(
			flow->tu, clang_getCursorType(member->cursor));

		if (kind == TYPE_POINTER || kind == TYPE_FUNCTION_POINTER)
			return true;
	}
	return false;
}

static bool is_padding(struct flow *flow, const struct decl *member)
{
	return is_anonymous(flow, member) &&
	       !type_is_record(flow->tu, clang_getCursorType(member->cursor));
}

static void list_members(struct list *list, uint32_t address, CXType type,
			 const GPtrArray *members, bool has_braces)
{
	struct flow *flow = list->flow;
	guint position = 0;

	while (list->at < list->kids->len) {
		CXCursor kid = KID(list->kids, list->at);
		const struct decl *member;

		if (init_is_designated(kid)) {
			if (!has_braces)
				return;
			list->at++;
			position = designated(flow, address, type, kid);
			continue;
		}
		if (position >= members->len ||
		    (position > 0 && is_union(flow, type)))
			return;
		member = g_ptr_array_index(members, position++);
		if (!is_padding(flow, member))
			list_one(list, member_of(flow, address, member),
				 clang_getCursorType(member->cursor));
	}
}

static void list_record(struct list *list, uint32_t address, CXType type,
			bool has_braces)
{
	struct flow *flow = list->flow;
	const GPtrArray *members = members_of(flow, type);
	bool kept = flow->keep_integers;
	guint before = list->at;

	flow->keep_integers |= has_pointer(flow, members);
	list_members(list, address, type, members, has_braces);
	flow->keep_integers = kept;
	if (list->at == before && !has_braces)
		list->at++;	/* an empty record takes nothing: go on */
}

static void list_array(struct list *list, uint32_t address, CXType type,
		       bool has_braces)
{
	long long nr = clang_getArraySize(clang_getCanonicalType(type));
	guint position = 0, before = list->at;

	while (list->at < list->kids->len && (nr < 0 || position < nr)) {
		CXCursor kid = KID(list->kids, list->at);

		if (init_is_designated(kid)) {
			if (!has_braces)
				break;
			list->at++;
			position = designated(list->flow, address, type, kid);
			continue;
		}
		list_one(list,
			 element_of(list->flow, address, type,
				    flow_const(list->flow, position)),
			 element_type(type));
		position++;
	}
	if (list->at == before && !has_braces)
		list->at++;
}

static void list_values(struct flow *flow, uint32_t address, CXType type,
			CXCursor expression)
{
	struct list list = { flow, cursor_expressions(expression), 0 };

	if (type_is_record(flow->tu, type))
		list_record(&list, address, type, true);
	else
		list_array(&list, address, type, true);
	g_array_free(list.kids, TRUE);
}

/* The outermost list sets to 0 what it and those in it left out. */
static void init_list(struct flow *flow, uint32_t address, CXType type,
		      CXCursor expression)
{
	GHashTable *around = flow->set;
	bool fills = !flow->is_init && !flow->in_list &&
		     count_scalars(flow, type, ZERO_MAX) <= ZERO_MAX;
	bool in_list = flow->in_list;

	if (fills)
		flow->set = g_hash_table_new(NULL, NULL);
	flow->in_list = true;
	list_values(flow, address, type, expression);
	flow->in_list = in_list;
	if (!fills)
		return;
	fill_zero(flow, address, type, expression);
	g_hash_table_destroy(flow->set);
	flow->set = around;
}

/* ---- values ---- */

/* Is the value made of the address of a function or a global? */
static bool is_linked(const struct flow *flow, uint32_t value)
{
	const struct fact_expr *e = &g_array_index(flow->expr,
						   struct fact_expr, value);

	while (e->op == EXPR_FIELD || e->op == EXPR_INDEX ||
	       e->op == EXPR_CAST || e->op == EXPR_ADD)
		e = &g_array_index(flow->expr, struct fact_expr, e->a);
	return e->op == EXPR_FUNCTION || e->op == EXPR_GLOBAL;
}

static bool is_kept(const struct flow *flow, uint32_t value)
{
	int64_t imm;

	if (!flow->is_init || is_linked(flow, value))
		return true;
	return flow->keep_integers && flow_is_const(flow, value, &imm) &&
	       imm != 0;
}

static void init_scalar(struct flow *flow, uint32_t address, CXType type,
			CXCursor initializer)
{
	GHashTable *set = flow->set;
	bool in_list = flow->in_list;
	uint32_t value;

	flow->set = NULL;	/* lists inside of the value are others */
	flow->in_list = false;
	value = lower_value(flow, initializer);
	flow->set = set;
	flow->in_list = in_list;
	mark_set(flow, address);
	if (is_kept(flow, value))
		flow_assign(flow, address, value, tu_type(flow->tu, type),
			    initializer);
}

/* (type){ ... } as initialiser of the same type counts as the list itself. */
static CXCursor list_within(CXCursor initializer)
{
	CXCursor bare = cursor_strip(initializer);
	GArray *kids;

	if (bare.kind != CXCursor_CompoundLiteralExpr)
		return cursor_unparen(initializer);
	kids = cursor_expressions(bare);
	if (kids->len > 0)
		bare = KID(kids, kids->len - 1);
	g_array_free(kids, TRUE);
	return bare;
}

/* A record from another; an array from a string, whose text is not kept. */
static void init_whole(struct flow *flow, uint32_t address, CXType type,
		       CXCursor initializer)
{
	GHashTable *set = flow->set;
	bool in_list = flow->in_list;
	uint32_t from;

	mark_set(flow, address);
	if (!type_is_record(flow->tu, type))
		return;
	flow->set = NULL;
	flow->in_list = false;
	from = lower_address(flow, initializer);
	flow->set = set;
	flow->in_list = in_list;
	flow_copy(flow, address, from, tu_type(flow->tu, type), initializer);
}

void lower_init(struct flow *flow, uint32_t address, CXType type,
		CXCursor initializer)
{
	enum type_kind kind = tu_type_kind(flow->tu, type);
	CXCursor list;

	if (kind != TYPE_RECORD && kind != TYPE_ARRAY) {
		init_scalar(flow, address, type, initializer);
		return;
	}
	list = list_within(initializer);
	if (list.kind == CXCursor_InitListExpr)
		init_list(flow, address, type, list);
	else
		init_whole(flow, address, type, initializer);
}

uint32_t lower_compound_literal(struct flow *flow, CXCursor literal)
{
	GArray *kids = cursor_expressions(literal);
	CXType type = clang_getCursorType(literal);
	uint32_t address, local;

	if (flow->is_init) {
		address = flow_expr(flow, EXPR_GLOBAL,
				    tu_literal_global(flow->tu, literal), 0,
				    0);
	} else {
		local = flow_local(flow, "", tu_type(flow->tu, type),
				   LOCAL_TEMP);
		address = flow_local_address(flow, local);
	}
	if (kids->len > 0)
		lower_init(flow, address, type, KID(kids, kids->len - 1));
	g_array_free(kids, TRUE);
	return address;
}

void lower_global_init(struct tu *tu, fact_id global, CXCursor variable)
{
	CXCursor initializer = clang_Cursor_getVarDeclInitializer(variable);
	struct flow *flow = tu->init;
	CXType type = clang_getCursorType(variable);

	if (clang_Cursor_isNull(initializer))
		return;
	flow->keep_integers = tu_type_kind(tu, type) == TYPE_INT;
	lower_init(flow, flow_expr(flow, EXPR_GLOBAL, global, 0, 0), type,
		   initializer);
}
