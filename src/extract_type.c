/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types, records and their members.
 *
 * A type's name is put together from its parts, so that it does not depend on
 * where the file lies; a record without a name goes by its key.  A record that
 * a .c file defines belongs to that file: another file may have another one of
 * the same name.
 */
#include "extract_int.h"

#include <string.h>

#include "facts_table.h"

static fact_id add_type(struct tu *tu, const char *name, struct fact_type row)
{
	fact_id id = GPOINTER_TO_UINT(
		g_hash_table_lookup(tu->type_name, name));

	if (id)
		return id;
	row.name = facts_text(tu->facts, name);
	g_array_append_val(tu->facts->type, row);
	id = tu->facts->type->len - 1;
	g_hash_table_insert(tu->type_name, (char *)row.name,
			    GUINT_TO_POINTER(id));
	return id;
}

static const char *type_name(struct tu *tu, fact_id id)
{
	return id ? FACT_TYPE(tu->facts, id)->name : "?";
}

static bool is_integer(enum CXTypeKind kind)
{
	return kind >= CXType_Bool && kind <= CXType_Int128;
}

static bool is_signed(enum CXTypeKind kind)
{
	return kind == CXType_Char_S || kind == CXType_SChar ||
	       (kind >= CXType_Short && kind <= CXType_Int128);
}

static fact_id integer_type(struct tu *tu, CXType type)
{
	char *name = cx_text(
		clang_getTypeSpelling(clang_getUnqualifiedType(type)));
	long long size = clang_Type_getSizeOf(type);
	struct fact_type row = {
		.kind = TYPE_INT,
		.bits = (uint8_t)(size > 0 ? size * 8 : 0),
		.is_signed = is_signed(type.kind),
	};
	fact_id id;

	if (type.kind == CXType_Bool)
		row.bits = 1;
	id = add_type(tu, name, row);
	g_free(name);
	return id;
}

static fact_id enum_type(struct tu *tu, CXType type)
{
	CXCursor decl = clang_getTypeDeclaration(type);
	CXType integer = clang_getCanonicalType(
		clang_getEnumDeclIntegerType(decl));
	fact_id base = tu_type(tu, integer);
	char *tag, *name;
	struct fact_type row;
	fact_id id;

	if (clang_Cursor_isAnonymous(decl))
		return base;
	tag = cx_text(clang_getCursorSpelling(decl));
	name = g_strconcat("enum ", tag, NULL);
	row = *FACT_TYPE(tu->facts, base);
	id = add_type(tu, name, row);
	g_free(name);
	g_free(tag);
	return id;
}

static fact_id pointer_type(struct tu *tu, CXType type)
{
	fact_id target = tu_type(tu, clang_getPointeeType(type));
	struct fact_type row = { .kind = TYPE_POINTER, .target = target };
	char *name = g_strconcat(type_name(tu, target), " *", NULL);
	fact_id id;

	if (target && FACT_TYPE(tu->facts, target)->kind == TYPE_FUNCTION)
		row.kind = TYPE_FUNCTION_POINTER;
	id = add_type(tu, name, row);
	g_free(name);
	return id;
}

static fact_id array_type(struct tu *tu, CXType type)
{
	fact_id target = tu_type(tu, clang_getArrayElementType(type));
	struct fact_type row = { .kind = TYPE_ARRAY, .target = target };
	long long nr = clang_getArraySize(type);
	char *name = nr >= 0 ? g_strdup_printf("%s[%lld]",
					       type_name(tu, target), nr)
			     : g_strconcat(type_name(tu, target), "[]", NULL);
	fact_id id = add_type(tu, name, row);

	g_free(name);
	return id;
}

static fact_id function_type(struct tu *tu, CXType type)
{
	fact_id target = tu_type(tu, clang_getResultType(type));
	struct fact_type row = { .kind = TYPE_FUNCTION, .target = target };
	int nr = clang_getNumArgTypes(type);
	GString *name = g_string_new(type_name(tu, target));
	fact_id id;

	g_string_append(name, " (");
	for (int i = 0; i < nr; i++) {
		fact_id arg = tu_type(tu,
				      clang_getArgType(type, (unsigned)i));

		g_string_append(name, i ? ", " : "");
		g_string_append(name, type_name(tu, arg));
	}
	if (clang_isFunctionTypeVariadic(type))
		g_string_append(name, nr > 0 ? ", ..." : "...");
	g_string_append_c(name, ')');
	id = add_type(tu, name->str, row);
	g_string_free(name, TRUE);
	return id;
}

/* WRAPPED: the integer that is all there is in it, or 0. */
static fact_id record_type(struct tu *tu, CXType type, fact_id wrapped)
{
	struct decl *decl = tu_record(tu, type);
	struct fact_type row = { .kind = TYPE_RECORD };
	const struct fact_record *record;
	const char *file;
	bool has_tag;
	char *name;
	fact_id id;

	if (!decl)
		return add_type(tu, "?", (struct fact_type){ 0 });
	if (wrapped)
		row = *FACT_TYPE(tu->facts, wrapped);
	row.record = decl->id;
	record = FACT_RECORD(tu->facts, decl->id);
	file = strchr(record->key, '|');
	has_tag = record->name[0] && !clang_Cursor_isAnonymous(decl->cursor);
	name = g_strconcat(record->is_union ? "union " : "struct ",
			   has_tag ? record->name : record->key,
			   has_tag && file ? file : "", NULL);
	id = add_type(tu, name, row);
	g_free(name);
	return id;
}

static fact_id other_type(struct tu *tu, CXType type)
{
	char *name = cx_text(
		clang_getTypeSpelling(clang_getUnqualifiedType(type)));
	fact_id id = add_type(tu, name, (struct fact_type){ 0 });

	g_free(name);
	return id;
}

struct only_member {
	CXCursor field;
	unsigned nr;
};

static enum CXVisitorResult count_member(CXCursor field, CXClientData data)
{
	struct only_member *only = data;

	only->field = field;
	return ++only->nr > 1 ? CXVisit_Break : CXVisit_Continue;
}

/*
 * The type of the integer that is all there is in a struct, like gfn_t and
 * atomic_t; 0 if that is not so.  Such a struct is seen through: it is that
 * integer, and its member has no address of its own.
 */
static fact_id wrapped_type(struct tu *tu, CXType type)
{
	CXCursor decl = clang_getTypeDeclaration(type);
	struct only_member only = { .nr = 0 };
	CXType member;
	fact_id id;

	if (decl.kind != CXCursor_StructDecl || clang_Cursor_isAnonymous(decl))
		return 0;
	clang_Type_visitFields(type, count_member, &only);
	if (only.nr != 1 || clang_Cursor_isBitField(only.field))
		return 0;
	/* A pointer may lead back to this type. */
	member = clang_getCanonicalType(clang_getCursorType(only.field));
	if (!is_integer(member.kind) && member.kind != CXType_Enum &&
	    member.kind != CXType_Record)
		return 0;
	id = tu_type(tu, member);
	return FACT_TYPE(tu->facts, id)->kind == TYPE_INT ? id : 0;
}

static fact_id make_type(struct tu *tu, CXType type)
{

	switch (type.kind) {
	case CXType_Pointer:
		return pointer_type(tu, type);
	case CXType_ConstantArray:
	case CXType_IncompleteArray:
	case CXType_VariableArray:
		return array_type(tu, type);
	case CXType_FunctionProto:
	case CXType_FunctionNoProto:
		return function_type(tu, type);
	case CXType_Record:
		return record_type(tu, type, wrapped_type(tu, type));
	case CXType_Enum:
		return enum_type(tu, type);
	default:
		return is_integer(type.kind) ? integer_type(tu, type)
					     : other_type(tu, type);
	}
}

fact_id tu_type(struct tu *tu, CXType type)
{
	CXType canonical = clang_getCanonicalType(type);
	gpointer key = canonical.data[0];
	fact_id id = GPOINTER_TO_UINT(g_hash_table_lookup(tu->type, key));

	if (id || canonical.kind == CXType_Invalid)
		return id;
	id = make_type(tu, canonical);
	g_hash_table_insert(tu->type, key, GUINT_TO_POINTER(id));
	return id;
}

const struct fact_type *tu_type_of(struct tu *tu, CXCursor expression)
{
	/* making a type may move the table */
	fact_id id = tu_type(tu, clang_getCursorType(expression));

	return FACT_TYPE(tu->facts, id);
}

enum type_kind tu_type_kind(struct tu *tu, CXType type)
{
	fact_id id = tu_type(tu, type);

	return FACT_TYPE(tu->facts, id)->kind;
}

bool type_is_noreturn(CXType function)
{
	CXType type = clang_getCanonicalType(function);
	char *name;
	bool is_noreturn;

	if (type.kind == CXType_Pointer)
		type = clang_getCanonicalType(clang_getPointeeType(type));
	name = cx_text(clang_getTypeSpelling(type));
	is_noreturn = strstr(name, "noreturn") != NULL;
	g_free(name);
	return is_noreturn;
}

bool type_is_record(struct tu *tu, CXType type)
{
	return tu_type_kind(tu, type) == TYPE_RECORD;
}

bool type_is_array(struct tu *tu, CXType type)
{
	return tu_type_kind(tu, type) == TYPE_ARRAY;
}

/* ---- records ---- */

/* "" for a member without a name, which libclang may give a text for. */
static char *member_name(CXCursor field)
{
	char *name = cx_text(clang_getCursorSpelling(field));

	if (strchr(name, '('))
		name[0] = '\0';
	return name;
}

struct member_search {
	CXType type;
	char *name;
};

static enum CXVisitorResult match_member(CXCursor field, CXClientData data)
{
	struct member_search *search = data;
	CXType type = clang_getCanonicalType(clang_getCursorType(field));

	while (type.kind == CXType_ConstantArray ||
	       type.kind == CXType_IncompleteArray)
		type = clang_getCanonicalType(clang_getArrayElementType(type));
	if (!clang_equalTypes(type, search->type))
		return CXVisit_Continue;
	search->name = member_name(field);
	return CXVisit_Break;
}

/*
 * "domain.arch" for what stands as member arch in struct domain.  Members of a
 * member without a name are those of the record around it.
 */
static char *nested_name(struct tu *tu, CXCursor decl, CXType type)
{
	CXCursor parent = clang_getCursorSemanticParent(decl);
	struct member_search search = { .type = type };
	struct decl *around;
	char *name;

	if (parent.kind != CXCursor_StructDecl &&
	    parent.kind != CXCursor_UnionDecl)
		return g_strdup("");
	around = tu_record(tu, clang_getCursorType(parent));
	clang_Type_visitFields(clang_getCursorType(parent), match_member,
			       &search);
	name = g_strconcat(FACT_RECORD(tu->facts, around->id)->name,
			   search.name && search.name[0] ? "." : "",
			   search.name, NULL);
	g_free(search.name);
	return name;
}

static char *record_name(struct tu *tu, CXCursor decl, CXType type)
{
	char *spelling = cx_text(
		clang_getTypeSpelling(clang_getUnqualifiedType(type)));
	char *name;

	if (strchr(spelling, '('))
		name = nested_name(tu, decl, type);
	else if (g_str_has_prefix(spelling, "struct "))
		name = g_strdup(spelling + strlen("struct "));
	else if (g_str_has_prefix(spelling, "union "))
		name = g_strdup(spelling + strlen("union "));
	else
		name = g_strdup(spelling);
	g_free(spelling);
	return name;
}

static const char *record_key(struct tu *tu, CXCursor decl, const char *path)
{
	char *usr = cx_text(clang_getCursorUSR(decl));
	char *key = g_str_has_suffix(path, ".c")
			    ? g_strconcat(usr, "|", path, NULL)
			    : g_strdup(usr);
	const char *kept = facts_text(tu->facts, key);

	g_free(key);
	g_free(usr);
	return kept;
}

static void fill_record(struct tu *tu, struct decl *decl, CXType type)
{
	CXCursor definition = clang_getCursorDefinition(decl->cursor);
	CXCursor shown = clang_Cursor_isNull(definition) ? decl->cursor
							 : definition;
	unsigned line = 0;
	struct source *source = tu_expanded(tu, shown, NULL, &line);
	char *name = record_name(tu, shown, type);
	struct fact_record row = {
		.key = record_key(tu, shown, source ? source->path : ""),
		.name = facts_text(tu->facts, name),
		.file = source ? source->id : 0,
		.line = line,
		.is_union = shown.kind == CXCursor_UnionDecl,
	};

	*FACT_RECORD(tu->facts, decl->id) = row;
	g_free(name);
}

struct decl *tu_record(struct tu *tu, CXType type)
{
	CXType canonical = clang_getCanonicalType(type);
	CXCursor cursor = clang_getTypeDeclaration(canonical);
	static const struct fact_record empty = { .key = "", .name = "" };
	struct decl *decl;
	bool is_new;

	if (cursor.kind != CXCursor_StructDecl &&
	    cursor.kind != CXCursor_UnionDecl)
		return NULL;
	decl = tu_decl(tu, cursor, &is_new);
	if (is_new) {
		g_array_append_val(tu->facts->record, empty);
		decl->id = tu->facts->record->len - 1;
		fill_record(tu, decl, canonical);
	}
	return decl;
}

static enum CXVisitorResult collect_member(CXCursor field, CXClientData data)
{
	g_array_append_val((GArray *)data, field);
	return CXVisit_Continue;
}

static void add_member(struct tu *tu, struct decl *record, CXCursor field)
{
	char *usr = cx_text(clang_getCursorUSR(field));
	char *name = member_name(field);
	const char *file = strchr(FACT_RECORD(tu->facts, record->id)->key, '|');
	char *key;
	struct fact_field row = {
		.record = record->id,
		.type = tu_type(tu, clang_getCursorType(field)),
		.index = record->members->len,
	};
	struct decl *decl = tu_decl(tu, field, NULL);

	/* members without a name have keys that say nothing */
	key = name[0] ? g_strconcat(usr, file ? file : "", NULL)
		      : g_strdup_printf("%s#%u%s", usr, row.index,
					file ? file : "");
	row.key = facts_text(tu->facts, key);
	row.name = facts_text(tu->facts, name);
	g_array_append_val(tu->facts->field, row);
	decl->id = tu->facts->field->len - 1;
	g_ptr_array_add(record->members, decl);
	g_free(key);
	g_free(name);
	g_free(usr);
}

const GPtrArray *tu_members(struct tu *tu, struct decl *record)
{
	GArray *fields;

	if (record->members)
		return record->members;
	fields = g_array_new(FALSE, FALSE, sizeof(CXCursor));
	record->members = g_ptr_array_new();
	clang_Type_visitFields(clang_getCursorType(record->cursor),
			       collect_member, fields);
	for (guint i = 0; i < fields->len; i++)
		add_member(tu, record, g_array_index(fields, CXCursor, i));
	g_array_free(fields, TRUE);
	return record->members;
}

struct decl *tu_field(struct tu *tu, CXCursor field)
{
	CXCursor parent = clang_getCursorSemanticParent(field);
	struct decl *record = tu_record(tu, clang_getCursorType(parent));
	struct decl *decl;

	if (!record)
		return NULL;
	tu_members(tu, record);
	decl = tu_decl(tu, field, NULL);
	return decl->id ? decl : NULL;
}

bool field_is_all(struct tu *tu, CXCursor field)
{
	CXCursor parent = clang_getCursorSemanticParent(field);

	return tu_type_kind(tu, clang_getCursorType(parent)) == TYPE_INT;
}
