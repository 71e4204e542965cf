/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the extract_*.c files: one translation unit while it is read, and
 * one control-flow graph while it is built.
 */
#ifndef XLA_EXTRACT_INT_H
#define XLA_EXTRACT_INT_H

#include <stdbool.h>
#include <stdint.h>

#include <clang-c/Index.h>
#include <glib.h>

#include "facts.h"

struct flow;

/* A file of the translation unit. */
struct source {
	fact_id id;
	const char *path;	/* as in struct fact_file */
	const char *text;	/* not NUL-terminated; NULL if not to be had */
	size_t size;
	GArray *line_start;	/* size_t, made when first asked for */
	GHashTable *kept;	/* lines that are in the facts already */
};

/* A declaration with its row in one of the tables of facts. */
struct decl {
	CXCursor cursor;	/* the canonical one */
	fact_id id;
	bool is_queued;		/* function: its body has been asked for */
	bool is_header;		/* static, from a header */
	bool is_local;		/* means something else in each object */
	GArray *uses;		/* struct decl *: what a header's body names */
	GPtrArray *members;	/* record: its FieldDecls, as struct decl * */
};

struct tu {
	struct facts *facts;
	CXTranslationUnit unit;
	const char *directory;	/* of the command */
	const char *source_root;
	char *main_file;	/* relative */
	char *object;		/* relative */
	GHashTable *source;	/* CXFile -> struct source */
	GHashTable *type;	/* clang's type -> fact_id */
	GHashTable *type_name;	/* name -> fact_id */
	GHashTable *file_id;	/* path -> fact_id */
	GHashTable *decl;	/* CXCursor -> struct decl */
	GPtrArray *function;	/* struct decl of each function, by fact_id */
	GPtrArray *pending;	/* functions whose bodies are to be lowered */
	struct flow *init;	/* the initialisers of globals */
	struct flow *flow;	/* the function being lowered, or NULL */
	struct decl *user;	/* the function being lowered, or NULL */
};

/* ---- extract_text.c: the characters behind cursors ---- */

/* A copy of text, which is disposed of. */
char *cx_text(CXString text);

struct source *tu_source(struct tu *tu, CXFile file);

/* Where a cursor begins in the text as spelled, or in the file it expands in:
 * NULL if that is in no file. */
struct source *tu_spelled(struct tu *tu, CXCursor cursor, unsigned *offset);
struct source *tu_expanded(struct tu *tu, CXCursor cursor, unsigned *offset,
			   unsigned *line);

/* The outermost macro that cursor comes from: a string of facts, or 0. */
fact_id tu_macro(struct tu *tu, CXCursor cursor);

/* Keeps the lines from..to of a file in facts->source_line. */
void tu_keep_lines(struct tu *tu, struct source *source, unsigned from,
		   unsigned to);

/* Which of init, condition, increment a for statement has: bits 0, 1, 2; or
 * -1 if its text cannot be read. */
int tu_for_parts(struct tu *tu, CXCursor statement);

/* An asm statement's text. */
struct asm_text {
	bool is_known;		/* the parentheses could be found */
	bool is_goto;
	char *template;		/* its strings, pasted; macros in it left out */
	bool has_macro;		/* template has macros in it */
	int outputs, inputs;	/* numbers of operands, -1 if not known */
	bool matches;		/* first input has a constraint like "0" */
	bool reads_first;	/* first output's constraint has a "+" */
	bool clobbers_memory;
};

void tu_asm_text(struct tu *tu, CXCursor statement, struct asm_text *out);
void asm_text_release(struct asm_text *text);

/* ---- extract_type.c ---- */

fact_id tu_type(struct tu *tu, CXType type);
const struct fact_type *tu_type_of(struct tu *tu, CXCursor expression);
enum type_kind tu_type_kind(struct tu *tu, CXType type);
bool type_is_noreturn(CXType function);

/* Is it an array or record type that holds values of its own? */
bool type_is_record(struct tu *tu, CXType type);
bool type_is_array(struct tu *tu, CXType type);

struct decl *tu_record(struct tu *tu, CXType type); /* NULL if it is none */
struct decl *tu_field(struct tu *tu, CXCursor field);
/* Is its record nothing but this integer, and seen through? */
bool field_is_all(struct tu *tu, CXCursor field);
/* The members of a record, in order: struct decl *, borrowed. */
const GPtrArray *tu_members(struct tu *tu, struct decl *record);

/* ---- extract_decl.c: functions and globals ---- */

struct decl *tu_decl(struct tu *tu, CXCursor cursor, bool *is_new);
struct decl *tu_function(struct tu *tu, CXCursor cursor);
struct decl *tu_global(struct tu *tu, CXCursor cursor);
fact_id tu_literal_global(struct tu *tu, CXCursor literal);
bool cursor_is_global(CXCursor variable);
void tu_address_taken(struct tu *tu, fact_id function);
/* After the last body: keys that say which object they belong to. */
void tu_finish_keys(struct tu *tu);

/* ---- extract_flow.c: graph and expressions under construction ---- */

/* A part of a statement expression that calls a function for its type only. */
struct twin {
	CXCursor call;
	CXCursor result;	/* variable of the call's type, or null */
};

/* What break, continue and case refer to. */
struct frame {
	struct frame *up;
	uint32_t on_break, on_continue;	/* labels; 0: of the frame around */
	GArray *cases;		/* struct fact_case; NULL if no switch */
	uint32_t on_default;
};

struct flow {
	struct tu *tu;
	GArray *expr;		/* struct fact_expr */
	GArray *node;		/* struct fact_node */
	GArray *extra;		/* uint32_t */
	GArray *cases;		/* struct fact_case */
	GArray *local;		/* struct fact_local */
	GHashTable *known;	/* struct fact_expr -> its number */
	GHashTable *local_id;	/* CXCursor -> local */
	GHashTable *label;	/* place (gint64) -> struct label */
	GArray *jumps;		/* uint32_t: computed and asm gotos */
	GArray *twins;		/* struct twin, of the blocks around */
	GArray *decls;		/* CXCursor: initialised variables of these */
	uint32_t tail;		/* the node that what comes next follows, or 0 */
	struct frame *frame;
	GHashTable *set;	/* addresses that an initialiser has set */
	bool in_list;		/* within the list of an initialiser */
	bool is_init;		/* initialisers: nothing is executed */
	bool keep_integers;	/* initialisers: record these too */
};

/* A label of C. */
struct label {
	uint32_t node;
	bool is_reached;	/* by a goto */
	bool is_taken;		/* by && */
};

struct flow *flow_new(struct tu *tu);
void flow_free(struct flow *flow);
void flow_free_tables(struct flow *flow); /* all but what a body takes over */

uint32_t flow_expr(struct flow *flow, enum expr_op op, uint32_t a, uint32_t b,
		   int64_t imm);
uint32_t flow_const(struct flow *flow, int64_t imm);
uint32_t flow_unknown(struct flow *flow);
bool flow_is_const(const struct flow *flow, uint32_t expr, int64_t *imm);
uint32_t flow_load(struct flow *flow, uint32_t address);
uint32_t flow_local(struct flow *flow, const char *name, fact_id type,
		    uint32_t flags);
uint32_t flow_local_address(struct flow *flow, uint32_t local);
/* Marks the local that address points into, if any. */
void flow_address_taken(struct flow *flow, uint32_t address);

/* Appends a node after the tail.  Borrowed until the next node is made. */
struct fact_node *flow_emit(struct flow *flow, enum node_kind kind,
			    CXCursor at);
void flow_extra(struct flow *flow, struct fact_node *node,
		const uint32_t *extra, unsigned nr);
void flow_assign(struct flow *flow, uint32_t address, uint32_t value,
		 fact_id type, CXCursor at);
void flow_copy(struct flow *flow, uint32_t to, uint32_t from, fact_id type,
	       CXCursor at);

/* Labels of the graph: make one, go to it, go on from it. */
uint32_t flow_label(struct flow *flow);
void flow_go(struct flow *flow, uint32_t label);
void flow_place(struct flow *flow, uint32_t label);
/* No node if value is a constant. */
void flow_branch(struct flow *flow, uint32_t value, uint32_t yes, uint32_t no,
		 bool is_loop, CXCursor at);
struct label *flow_c_label(struct flow *flow, CXCursor statement);

/* ---- extract_fold.c ---- */

/* Is a op b (op a) known for constants a, b?  imm as in struct fact_expr. */
bool fold_constants(enum expr_op op, int64_t a, int64_t b, int64_t imm,
		    int64_t *out);

/* ---- extract_finish.c ---- */

/* Ends the body; frees flow. */
struct fact_body *flow_finish(struct flow *flow);

/* ---- extract_expr.c ---- */

/* The children of a cursor, and those of them that are expressions. */
GArray *cursor_children(CXCursor cursor);
GArray *cursor_expressions(CXCursor cursor);
#define KID(kids, i) g_array_index((kids), CXCursor, (i))

/* Without parentheses and conversions. */
CXCursor cursor_strip(CXCursor expression);
/* Without parentheses. */
CXCursor cursor_unparen(CXCursor expression);
/* An integer constant, as clang sees it. */
bool cursor_evaluate(CXCursor expression, int64_t *out);
/* Do both spell the same expression? */
bool cursor_same(CXCursor a, CXCursor b);

/*
 * Nodes for what the expression does; what they return has no side effects.
 * The value of a record or an array is its address.
 */
uint32_t lower_value(struct flow *flow, CXCursor expression);
uint32_t lower_address(struct flow *flow, CXCursor expression);
void lower_effects(struct flow *flow, CXCursor expression);
void lower_branch(struct flow *flow, CXCursor condition, uint32_t yes,
		  uint32_t no, bool is_loop);
uint32_t lower_convert(struct flow *flow, uint32_t value, CXType from,
		       CXType to);

/* ---- extract_operator.c ---- */

uint32_t lower_unary(struct flow *flow, CXCursor expression, bool used);
uint32_t lower_binary(struct flow *flow, CXCursor expression);
/* Assignments; the address assigned to. */
uint32_t lower_assign(struct flow *flow, CXCursor expression);
uint32_t lower_compound_assign(struct flow *flow, CXCursor expression);
/* a + b and so on, of clang's operator, in type. */
uint32_t lower_arithmetic(struct flow *flow, enum CXBinaryOperatorKind op,
			  uint32_t a, CXType a_type, uint32_t b,
			  CXType b_type, CXType type);
bool operator_is_assignment(enum CXBinaryOperatorKind op);

/* ---- extract_call.c ---- */

/* The local that holds the result, 0 if not used or void; *value is the
 * value of a call that is none. */
bool lower_call(struct flow *flow, CXCursor call, bool used, uint32_t *value);

/* ---- extract_init.c ---- */

/* Is the element of a list one with a designator, like ".member = 1"? */
bool init_is_designated(CXCursor kid);
/* Gives the object at address what initializer says. */
void lower_init(struct flow *flow, uint32_t address, CXType type,
		CXCursor initializer);
/* An initialiser of a global, for the pseudo function. */
void lower_global_init(struct tu *tu, fact_id global, CXCursor variable);
uint32_t lower_compound_literal(struct flow *flow, CXCursor literal);

/* ---- extract_stmt.c ---- */

void lower_statement(struct flow *flow, CXCursor statement);
void lower_block(struct flow *flow, GArray *statements, unsigned nr);
struct fact_body *lower_function(struct tu *tu, CXCursor definition);

/* ---- extract_asm.c ---- */

void lower_asm(struct flow *flow, CXCursor statement);
/* Notes a call that is only there for its type. */
void lower_twin(struct flow *flow, CXCursor operand, CXCursor result);
/* ---- extract_symbols.c ---- */

/* Symbols that assembly names: text is that of a file, or of a statement with
 * its quotes. */
void asm_symbols(struct facts *f, const char *text, size_t size,
		 const char *path, unsigned line);

/* ---- extract_args.c ---- */

/* The arguments for clang: a NULL-terminated vector, to be freed. */
char **clang_arguments(char **argv, const char *file);

/* A file's name relative to the root, to be freed. */
char *relative_path(const char *path, const char *directory,
		    const char *source_root);
/* The object file's name as it ends up, relative to the root. */
char *object_path(const char *output, const char *file, const char *directory,
		  const char *source_root);

/* ---- extract_tu.c ---- */

struct compile_command;

/* As extract_tu; included (char *, or NULL) gets the names of all files that
 * were read, the main file first, as clang names them. */
struct facts *tu_extract(const struct compile_command *command,
			 const char *source_root, GPtrArray *included);

/* ---- extract_cache.c ---- */

struct cache *cache_new(const char *directory);
void cache_free(struct cache *cache);	/* may be NULL, also below */

/* Appends the bytes of a unit's facts to out if the cache has them. */
bool cache_find(struct cache *cache, const struct compile_command *command,
		const char *source_root, GByteArray *out);

/* Extracts the unit; the bytes of its facts go to out and into the cache. */
void cache_make(struct cache *cache, const struct compile_command *command,
		const char *source_root, GByteArray *out);

/* ---- extract_pool.c ---- */

struct pool_options {
	const char *source_root;
	struct cache *cache;	/* or NULL */
	unsigned jobs, timeout;
	bool progress;
};

/* Called in the parent with the facts of one unit, which it may keep. */
typedef void pool_result(struct facts *facts, void *data);

/* Extracts the commands in processes of their own, in any order; -1 with a
 * message if that cannot be done or was interrupted. */
int pool_run(const GPtrArray *commands, const struct pool_options *options,
	     pool_result *result, void *data);

/* ---- all ---- */

guint cursor_hash(gconstpointer cursor);
gboolean cursor_equal(gconstpointer a, gconstpointer b);

#endif
