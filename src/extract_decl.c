/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions and variables of static storage: one row each, and their keys.
 *
 * A key says what the linker may take for the same thing in two translation
 * units.  What has external linkage goes by its name, what is static in a .c
 * file by name and object.  A static function of a header is the same wherever
 * the header is included, and goes by name and place; if its body names
 * something that each object has of its own, so does it.
 */
#include "extract_int.h"

#include <string.h>

#include "facts_table.h"

guint cursor_hash(gconstpointer cursor)
{
	return clang_hashCursor(*(const CXCursor *)cursor);
}

gboolean cursor_equal(gconstpointer a, gconstpointer b)
{
	return clang_equalCursors(*(const CXCursor *)a, *(const CXCursor *)b)
	       != 0;
}

struct decl *tu_decl(struct tu *tu, CXCursor cursor, bool *is_new)
{
	CXCursor canonical = clang_getCanonicalCursor(cursor);
	struct decl *decl = g_hash_table_lookup(tu->decl, &canonical);

	if (is_new)
		*is_new = !decl;
	if (decl)
		return decl;
	decl = g_new0(struct decl, 1);
	decl->cursor = canonical;
	g_hash_table_insert(tu->decl, &decl->cursor, decl);
	return decl;
}

static const char *object_key(struct tu *tu, const char *name)
{
	char *key = g_strconcat(name, "@", tu->object, NULL);
	const char *kept = facts_text(tu->facts, key);

	g_free(key);
	return kept;
}

/* ---- functions ---- */

static void note_user(struct tu *tu, struct decl *decl)
{
	if (!tu->user || !tu->user->is_header || decl == tu->user)
		return;
	if (!tu->user->uses)
		tu->user->uses = g_array_new(FALSE, FALSE,
					     sizeof(struct decl *));
	g_array_append_val(tu->user->uses, decl);
}

static const char *function_key(struct tu *tu, struct decl *decl,
				const struct fact_function *row)
{
	const char *path = FACT_FILE(tu->facts, row->file)->path;
	char *key;
	const char *kept;

	if (!(row->flags & FUNCTION_STATIC))
		return row->name;
	if (g_str_has_suffix(path, ".c")) {
		decl->is_local = true;
		return object_key(tu, row->name);
	}
	decl->is_header = true;
	key = g_strdup_printf("%s@%s:%u", row->name, path, row->line);
	kept = facts_text(tu->facts, key);
	g_free(key);
	return kept;
}

static enum CXChildVisitResult find_attribute(CXCursor cursor, CXCursor parent,
					      CXClientData data)
{
	(void)parent;
	if (!clang_isAttribute(cursor.kind))
		return CXChildVisit_Continue;
	*(bool *)data = true;
	return CXChildVisit_Break;
}

/*
 * The section that an attribute puts it into, to be freed; NULL if none does.
 * libclang names few attributes, but prints all of them.
 */
static char *section_of(CXCursor declared)
{
	CXPrintingPolicy policy;
	bool found = false;
	char *text, *start, *name = NULL;

	clang_visitChildren(declared, find_attribute, &found);
	if (!found)
		return NULL;
	policy = clang_getCursorPrintingPolicy(declared);
	clang_PrintingPolicy_setProperty(
		policy, CXPrintingPolicy_SuppressInitializers, 1);
	clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_TerseOutput,
					 1);
	text = cx_text(clang_getCursorPrettyPrinted(declared, policy));
	start = strstr(text, "section(\"");
	if (start) {
		start += strlen("section(\"");
		name = g_strndup(start, strcspn(start, "\""));
	}
	g_free(text);
	clang_PrintingPolicy_dispose(policy);
	return name;
}

static bool is_resident(CXCursor function)
{
	char *section = section_of(function);
	bool freed = section && g_str_has_prefix(section, ".init");

	g_free(section);
	return !freed;
}

/* _Noreturn is no part of the type: does the text before the name have it? */
static bool says_noreturn(struct tu *tu, CXCursor cursor)
{
	unsigned from = 0, to = 0;
	const struct source *source = tu_spelled(tu, cursor, &from);
	CXFile file;

	clang_getSpellingLocation(clang_getCursorLocation(cursor), &file, NULL,
				  NULL, &to);
	return source && source->text && file && from < to &&
	       to <= source->size && source == tu_source(tu, file) &&
	       g_strstr_len(source->text + from, to - from, "oreturn");
}

static uint32_t function_flags(struct tu *tu, CXCursor cursor)
{
	CXType type = clang_getCursorType(cursor);
	uint32_t flags = 0;

	if (clang_getCursorLinkage(cursor) == CXLinkage_Internal)
		flags |= FUNCTION_STATIC;
	if (clang_Cursor_isFunctionInlined(cursor))
		flags |= FUNCTION_INLINE;
	if (type_is_noreturn(type) || says_noreturn(tu, cursor))
		flags |= FUNCTION_NORETURN;
	if (clang_isFunctionTypeVariadic(type))
		flags |= FUNCTION_VARIADIC;
	if (clang_isCursorDefinition(cursor) && is_resident(cursor))
		flags |= FUNCTION_RESIDENT;
	return flags;
}

static void fill_function(struct tu *tu, struct decl *decl)
{
	CXCursor definition = clang_getCursorDefinition(decl->cursor);
	CXCursor shown = clang_Cursor_isNull(definition) ? decl->cursor
							 : definition;
	CXSourceLocation end =
		clang_getRangeEnd(clang_getCursorExtent(shown));
	char *name = cx_text(clang_getCursorSpelling(shown));
	unsigned line = 0, end_line = 0;
	struct source *source = tu_expanded(tu, shown, NULL, &line);
	int nr = clang_Cursor_getNumArguments(shown);
	struct fact_function row = {
		.name = facts_text(tu->facts, name),
		.type = tu_type(tu, clang_getCursorType(shown)),
		.file = source ? source->id : 0,
		.line = line,
		.flags = function_flags(tu, shown),
		.param_nr = nr > 0 ? (uint32_t)nr : 0,
	};

	clang_getExpansionLocation(end, NULL, &end_line, NULL, NULL);
	row.end_line = end_line;
	row.display = row.name;
	row.key = function_key(tu, decl, &row);
	*FACT_FUNCTION(tu->facts, decl->id) = row;
	g_free(name);
}

struct decl *tu_function(struct tu *tu, CXCursor cursor)
{
	static const struct fact_function empty = { .key = "", .name = "",
						    .display = "" };
	bool is_new;
	struct decl *decl = tu_decl(tu, cursor, &is_new);

	if (is_new) {
		g_array_append_val(tu->facts->function, empty);
		decl->id = tu->facts->function->len - 1;
		g_ptr_array_set_size(tu->function,
				     (gint)tu->facts->function->len);
		g_ptr_array_index(tu->function, decl->id) = decl;
		fill_function(tu, decl);
	}
	if (!decl->is_queued) {
		decl->is_queued = true;
		g_ptr_array_add(tu->pending, decl);
	}
	note_user(tu, decl);
	return decl;
}

void tu_address_taken(struct tu *tu, fact_id function)
{
	FACT_FUNCTION(tu->facts, function)->flags |= FUNCTION_ADDRESS_TAKEN;
}

/* ---- variables ---- */

bool cursor_is_global(CXCursor variable)
{
	enum CX_StorageClass storage;

	if (variable.kind != CXCursor_VarDecl)
		return false;
	storage = clang_Cursor_getStorageClass(variable);
	if (storage == CX_SC_Static || storage == CX_SC_Extern ||
	    storage == CX_SC_PrivateExtern)
		return true;
	return clang_getCursorLinkage(variable) == CXLinkage_External ||
	       clang_getCursorLinkage(variable) == CXLinkage_Internal;
}

/* A static variable of a function is told apart by the function's name. */
static const char *global_key(struct tu *tu, struct decl *decl,
			      const struct fact_global *row)
{
	CXCursor parent = clang_getCursorSemanticParent(decl->cursor);
	char *function, *name;
	const char *key;

	if (!(row->flags & GLOBAL_STATIC))
		return row->name;
	decl->is_local = true;
	if (parent.kind != CXCursor_FunctionDecl)
		return object_key(tu, row->name);
	function = cx_text(clang_getCursorSpelling(parent));
	name = g_strdup_printf("%s.%s:%u", function, row->name, row->line);
	key = object_key(tu, name);
	g_free(name);
	g_free(function);
	return key;
}

static uint32_t global_flags(CXCursor cursor, const char *name)
{
	uint32_t flags = 0;

	if (clang_getCursorLinkage(cursor) != CXLinkage_External &&
	    clang_Cursor_getStorageClass(cursor) != CX_SC_Extern)
		flags |= GLOBAL_STATIC;
	if (g_str_has_prefix(name, "per_cpu__"))
		flags |= GLOBAL_PER_CPU;
	if (clang_isConstQualifiedType(clang_getCursorType(cursor)))
		flags |= GLOBAL_CONST;
	if (clang_isCursorDefinition(cursor))
		flags |= GLOBAL_DEFINED;
	return flags;
}

static void fill_global(struct tu *tu, struct decl *decl)
{
	CXCursor definition = clang_getCursorDefinition(decl->cursor);
	CXCursor shown = clang_Cursor_isNull(definition) ? decl->cursor
							 : definition;
	char *name = cx_text(clang_getCursorSpelling(shown));
	char *section = clang_Cursor_isNull(definition) ? NULL
							: section_of(shown);
	unsigned line = 0;
	struct source *source = tu_expanded(tu, shown, NULL, &line);
	struct fact_global row = {
		.name = facts_text(tu->facts, name),
		.type = tu_type(tu, clang_getCursorType(shown)),
		.file = source ? source->id : 0,
		.line = line,
		.flags = global_flags(shown, name),
	};

	row.key = global_key(tu, decl, &row);
	row.section = facts_text(tu->facts, section ? section : "");
	if (section)
		row.flags |= GLOBAL_SECTION;
	*FACT_GLOBAL(tu->facts, decl->id) = row;
	g_free(section);
	g_free(name);
}

struct decl *tu_global(struct tu *tu, CXCursor cursor)
{
	static const struct fact_global empty = { .key = "", .name = "",
						  .section = "" };
	bool is_new;
	struct decl *decl = tu_decl(tu, cursor, &is_new);

	if (is_new) {
		g_array_append_val(tu->facts->global, empty);
		decl->id = tu->facts->global->len - 1;
		fill_global(tu, decl);
	}
	note_user(tu, decl);
	return decl;
}

/* The object that a compound literal outside of functions makes. */
fact_id tu_literal_global(struct tu *tu, CXCursor literal)
{
	unsigned offset = 0, line = 0;
	struct source *source = tu_expanded(tu, literal, &offset, &line);
	char *name = g_strdup_printf("<literal>:%u:%u",
				     tu->facts->global->len, line);
	struct fact_global row = {
		.name = "<literal>",
		.key = object_key(tu, name),
		.type = tu_type(tu, clang_getCursorType(literal)),
		.file = source ? source->id : 0,
		.line = line,
		.flags = GLOBAL_STATIC | GLOBAL_DEFINED,
	};

	row.name = facts_text(tu->facts, row.name);
	row.section = facts_text(tu->facts, "");
	g_array_append_val(tu->facts->global, row);
	g_free(name);
	return tu->facts->global->len - 1;
}

/* ---- keys, once all bodies are known ---- */

static bool uses_local(const struct decl *decl)
{
	for (guint i = 0; decl->uses && i < decl->uses->len; i++) {
		if (g_array_index(decl->uses, struct decl *, i)->is_local)
			return true;
	}
	return false;
}

void tu_finish_keys(struct tu *tu)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (guint i = 1; i < tu->function->len; i++) {
			struct decl *decl = g_ptr_array_index(tu->function, i);
			struct fact_function *row;

			if (!decl || decl->is_local || !decl->is_header ||
			    !uses_local(decl))
				continue;
			row = FACT_FUNCTION(tu->facts, decl->id);
			row->key = object_key(tu, row->key);
			decl->is_local = changed = true;
		}
	}
}
