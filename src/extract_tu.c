/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One translation unit: runs clang's parser, then lowers what the main file
 * defines and what that reaches in headers.  A static function of a header
 * that nothing names is left out: nothing can call it.
 */
#include "extract_int.h"

#include <string.h>
#include <unistd.h>

#include "compdb.h"
#include "extract.h"
#include "facts_table.h"

static void source_free(gpointer data)
{
	struct source *source = data;

	if (source->line_start)
		g_array_free(source->line_start, TRUE);
	if (source->kept)
		g_hash_table_destroy(source->kept);
	g_free(source);
}

static void decl_free(gpointer data)
{
	struct decl *decl = data;

	if (decl->uses)
		g_array_free(decl->uses, TRUE);
	if (decl->members)
		g_ptr_array_free(decl->members, TRUE);
	g_free(decl);
}

static void tu_init(struct tu *tu, const struct compile_command *command,
		    const char *source_root)
{
	*tu = (struct tu){ .facts = facts_new() };
	tu->directory = command->directory;
	tu->source_root = source_root;
	tu->main_file = relative_path(command->file, command->directory,
				      source_root);
	tu->object = object_path(command->output, command->file,
				 command->directory, source_root);
	tu->source = g_hash_table_new_full(NULL, NULL, NULL, source_free);
	tu->type = g_hash_table_new(NULL, NULL);
	tu->type_name = g_hash_table_new(g_str_hash, g_str_equal);
	tu->file_id = g_hash_table_new(g_str_hash, g_str_equal);
	tu->decl = g_hash_table_new_full(cursor_hash, cursor_equal, NULL,
					 decl_free);
	tu->function = g_ptr_array_new();
	g_ptr_array_set_size(tu->function, 1);
	tu->pending = g_ptr_array_new();
	tu->init = flow_new(tu);
	tu->init->is_init = true;
}

static void tu_release(struct tu *tu)
{
	g_free(tu->main_file);
	g_free(tu->object);
	g_hash_table_destroy(tu->source);
	g_hash_table_destroy(tu->type);
	g_hash_table_destroy(tu->type_name);
	g_hash_table_destroy(tu->file_id);
	g_hash_table_destroy(tu->decl);
	g_ptr_array_free(tu->function, TRUE);
	g_ptr_array_free(tu->pending, TRUE);
	flow_free(tu->init);
}

/* ---- declarations at file scope ---- */

/* Must be lowered even if nothing here names it. */
static bool is_root(CXCursor function)
{
	CXFile file = NULL;
	char *name;
	bool is_c;

	if (!clang_isCursorDefinition(function))
		return false;
	if (clang_getCursorLinkage(function) != CXLinkage_Internal)
		return true;
	clang_getExpansionLocation(clang_getCursorLocation(function), &file,
				   NULL, NULL, NULL);
	name = file ? cx_text(clang_getFileName(file)) : NULL;
	is_c = name && g_str_has_suffix(name, ".c");
	g_free(name);
	return is_c || !clang_Cursor_isFunctionInlined(function);
}

static void variable(struct tu *tu, CXCursor cursor)
{
	CXCursor init = clang_Cursor_getVarDeclInitializer(cursor);

	if (clang_isCursorDefinition(cursor) && !clang_Cursor_isNull(init))
		lower_global_init(tu, tu_global(tu, cursor)->id, cursor);
}

/* Top-level assembly is the one thing that has no kind of its own. */
static void unexposed(struct tu *tu, CXCursor cursor)
{
	CXSourceLocation end =
		clang_getRangeEnd(clang_getCursorExtent(cursor));
	unsigned from = 0, to = 0, line = 0;
	struct source *source = tu_spelled(tu, cursor, &from);
	struct source *place = tu_expanded(tu, cursor, NULL, &line);

	clang_getSpellingLocation(end, NULL, NULL, NULL, &to);
	if (source && place && source->text && from < to &&
	    to <= source->size && source->text[from] == 'a')
		asm_symbols(tu->facts, source->text + from, to - from,
			    place->path, line);
}

static enum CXChildVisitResult top_level(CXCursor cursor, CXCursor parent,
					 CXClientData data)
{
	struct tu *tu = data;

	(void)parent;
	if (cursor.kind == CXCursor_FunctionDecl && is_root(cursor))
		tu_function(tu, cursor);
	else if (cursor.kind == CXCursor_VarDecl)
		variable(tu, cursor);
	else if (cursor.kind == CXCursor_UnexposedDecl)
		unexposed(tu, cursor);
	return CXChildVisit_Continue;
}

/* ---- bodies ---- */

static void lower_pending(struct tu *tu, struct decl *decl)
{
	CXCursor definition = clang_getCursorDefinition(decl->cursor);
	struct source *source;
	struct fact_body *body;
	struct fact_function *row;

	if (clang_Cursor_isNull(definition))
		return;
	tu->user = decl;
	body = lower_function(tu, definition);
	tu->user = NULL;
	row = FACT_FUNCTION(tu->facts, decl->id);
	row->body = body;
	source = tu_expanded(tu, definition, NULL, NULL);
	if (source && body)
		tu_keep_lines(tu, source, row->line, row->end_line);
}

static void add_init_function(struct tu *tu)
{
	char *key = g_strconcat("<init>@", tu->object, NULL);
	struct fact_function row = {
		.key = facts_text(tu->facts, key),
		.name = facts_text(tu->facts, "<init>"),
		.flags = FUNCTION_STATIC | FUNCTION_INIT,
	};
	CXFile file = clang_getFile(tu->unit, tu->main_file);

	row.display = row.name;
	if (file)
		row.file = tu_source(tu, file)->id;
	flow_emit(tu->init, NODE_RETURN,
		  clang_getTranslationUnitCursor(tu->unit));
	row.body = flow_finish(tu->init);
	tu->init = NULL;
	g_array_append_val(tu->facts->function, row);
	g_ptr_array_add(tu->function, NULL);
	g_free(key);
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
	const struct fact_line *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static void lower_unit(struct tu *tu)
{
	CXCursor unit = clang_getTranslationUnitCursor(tu->unit);

	clang_visitChildren(unit, top_level, tu);
	for (guint i = 0; i < tu->pending->len; i++)
		lower_pending(tu, g_ptr_array_index(tu->pending, i));
	add_init_function(tu);
	tu_finish_keys(tu);
	g_array_sort(tu->facts->source_line, compare_lines);
}

/* ---- parsing ---- */

/* "file:line: text" of the first error, or NULL. */
static char *first_error(struct tu *tu)
{
	unsigned nr = clang_getNumDiagnostics(tu->unit);
	char *message = NULL;

	for (unsigned i = 0; i < nr && !message; i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(tu->unit, i);
		CXFile file = NULL;
		unsigned line = 0;
		char *text;

		if (clang_getDiagnosticSeverity(diagnostic) >=
		    CXDiagnostic_Error) {
			clang_getExpansionLocation(
				clang_getDiagnosticLocation(diagnostic),
				&file, &line, NULL, NULL);
			text = cx_text(clang_getDiagnosticSpelling(
				diagnostic));
			message = g_strdup_printf(
				"%s:%u: %s",
				file ? tu_source(tu, file)->path
				     : tu->main_file,
				line, text);
			g_free(text);
		}
		clang_disposeDiagnostic(diagnostic);
	}
	return message;
}

static void set_status(struct tu *tu, enum tu_status status,
		       const char *message)
{
	struct fact_tu row = {
		.file = facts_text(tu->facts, tu->main_file),
		.object = facts_text(tu->facts, tu->object),
		.status = status,
		.message = facts_text(tu->facts, message ? message : ""),
	};

	g_array_append_val(tu->facts->tu, row);
}

static void add_included(CXFile file, CXSourceLocation *stack, unsigned nr,
			 CXClientData data)
{
	(void)stack;
	(void)nr;
	g_ptr_array_add(data, cx_text(clang_getFileName(file)));
}

static void parse(struct tu *tu, CXIndex index, char **argv,
		  GPtrArray *included)
{
	enum CXErrorCode code = clang_parseTranslationUnit2FullArgv(
		index, NULL, (const char *const *)argv,
		(int)g_strv_length(argv), NULL, 0, CXTranslationUnit_None,
		&tu->unit);
	char *message;

	if (code != CXError_Success) {
		tu->unit = NULL;
		set_status(tu, code == CXError_Crashed ? TU_CRASHED
						       : TU_UNREADABLE,
			   "clang refuses the command line or the file");
		return;
	}
	if (included)
		clang_getInclusions(tu->unit, add_included, included);
	lower_unit(tu);
	message = first_error(tu);
	set_status(tu, message ? TU_ERRORS : TU_OK, message);
	g_free(message);
	clang_disposeTranslationUnit(tu->unit);
}

struct facts *tu_extract(const struct compile_command *command,
			 const char *source_root, GPtrArray *included)
{
	char **argv = clang_arguments(command->argv, command->file);
	struct tu tu;

	tu_init(&tu, command, source_root);
	if (chdir(command->directory) < 0 ||
	    access(command->file, R_OK) < 0) {
		set_status(&tu, TU_UNREADABLE, "no such file or directory");
	} else {
		CXIndex index = clang_createIndex(0, 0);

		parse(&tu, index, argv, included);
		clang_disposeIndex(index);
	}
	tu_release(&tu);
	g_strfreev(argv);
	return tu.facts;
}

struct facts *extract_tu(const struct compile_command *command,
			 const char *source_root)
{
	return tu_extract(command, source_root, NULL);
}
