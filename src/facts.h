/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the source says: the vocabulary of facts.  Plain structs and enums,
 * no functions.  The same structs hold the facts of one translation unit (as
 * the extractor makes them) and of a whole tree (as the linker joins them and
 * the analysis reads them).
 *
 * Every table starts with an unused element 0, so that 0 means "none" wherever
 * an index may be absent.  Strings belong to the facts that point to them.
 */
#ifndef XLA_FACTS_H
#define XLA_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* An index into one of the tables of struct facts; 0 means none. */
typedef uint32_t fact_id;

enum type_kind {
	TYPE_OTHER,		/* void, floating point, vectors, ... */
	TYPE_INT,		/* integers, enums, bool */
	TYPE_POINTER,		/* to anything but a function */
	TYPE_FUNCTION_POINTER,
	TYPE_RECORD,		/* struct or union */
	TYPE_ARRAY,
	TYPE_FUNCTION,
};

/* A canonical C type, without qualifiers. */
struct fact_type {
	const char *name;	/* canonical spelling, unqualified; unique */
	enum type_kind kind;
	uint8_t bits;		/* TYPE_INT: width, 1 for bool */
	bool is_signed;		/* TYPE_INT */
	fact_id target;		/* pointee, array element, return type */
	fact_id record;		/* TYPE_RECORD: its record; TYPE_INT: the struct
				 * that is nothing but this integer, or 0 */
};

struct fact_file {
	const char *path;	/* relative to the tree's xen/ folder if inside
				 * it, else absolute or relative to the build */
};

/* A struct or union type. */
struct fact_record {
	const char *key;	/* clang's USR: unique over translation units */
	const char *name;	/* "domain"; of an anonymous one the name of the
				 * record around it and the member, "domain.arch" */
	fact_id file;
	uint32_t line;
	bool is_union;
};

/* A member of a struct or union. */
struct fact_field {
	const char *key;	/* clang's USR */
	const char *name;	/* the member's own name; may be "" */
	fact_id record;
	fact_id type;
	uint32_t index;		/* position in its record, from 0 */
};

enum global_flags {
	GLOBAL_STATIC = 1 << 0,
	GLOBAL_PER_CPU = 1 << 1, /* found by its "per_cpu__" prefix */
	GLOBAL_CONST = 1 << 2,
	GLOBAL_DEFINED = 1 << 3,
	GLOBAL_SECTION = 1 << 4, /* put into a section by an attribute */
};

/* A variable of static storage; one at block scope belongs here too. */
struct fact_global {
	const char *key;	/* name, or name@object for internal linkage */
	const char *name;
	fact_id type;
	fact_id file;
	uint32_t line;
	uint32_t flags;		/* enum global_flags */
	const char *section;	/* of a variable: the section that an attribute
				 * puts it into.  Of a label of the linker's
				 * script: what comes after it in its output
				 * section, names and patterns of sections and,
				 * with a colon, further labels.  "" else. */
};

enum expr_op {
	EXPR_UNKNOWN,	/* any value */
	EXPR_CONST,	/* imm */
	EXPR_STRING,	/* address of a string literal: not null */
	/* addresses */
	EXPR_LOCAL,	/* address of local a */
	EXPR_GLOBAL,	/* address of global a */
	EXPR_FUNCTION,	/* address of function a */
	EXPR_FIELD,	/* address of field b of the record at address a; if
			 * imm is 1 the reverse (container_of): address of the
			 * record whose field b is at address a */
	EXPR_INDEX,	/* address of element (value b) of the array at address
			 * a; also pointer arithmetic a + b; imm: bytes of an
			 * element */
	/* values */
	EXPR_LOAD,	/* the value at address a; a pointer dereference is the
			 * use of a pointer's value as an address */
	EXPR_NEG, EXPR_BITNOT, EXPR_LNOT,		/* of value a */
	EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV, EXPR_REM,
	EXPR_SHL, EXPR_SHR, EXPR_AND, EXPR_OR, EXPR_XOR,
	EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE, /* a op b; of
			 * DIV, REM, SHR and the orders: imm is 1 if unsigned */
	EXPR_CAST,	/* value a made an integer of imm bits: imm > 0
			 * unsigned, imm < 0 signed of -imm bits; imm == 1 is
			 * conversion to bool (a != 0).  Pointer casts vanish */
};

/*
 * An expression without side effects and without control flow: calls,
 * assignments, ++, ?:, && and || are nodes of the control-flow graph, and what
 * they yield is a temporary local.  (!, == and so on stay expressions.)
 */
struct fact_expr {
	uint8_t op;		/* enum expr_op */
	uint32_t a, b;		/* expressions, or table indices */
	int64_t imm;
};

enum node_kind {
	NODE_NOP,
	NODE_ASSIGN,	/* store value b at address a (scalar types) */
	NODE_COPY,	/* copy the record at address b to address a; type is
			 * the fact_type of the record */
	NODE_UNDEF,	/* local a comes into being with no value */
	NODE_CALL,	/* call; a: expr of the callee (EXPR_FUNCTION for a
			 * direct call, else the pointer's value); b: local
			 * that takes the result, or 0; extra: args */
	NODE_ASM,	/* inline assembly; extra: all operand exprs: first b
			 * addresses, of lvalue operands, each of which it may
			 * write; then values */
	NODE_BRANCH,	/* value a: next if not zero, other if zero */
	NODE_SWITCH,	/* value a: cases; next: the default target, always
			 * valid (falls out of the switch without default) */
	NODE_JUMP,	/* computed goto or asm goto: extra are node numbers;
			 * next is one as well if not 0 */
	NODE_RETURN,	/* value a, or 0 */
	NODE_DEAD,	/* never passed: __builtin_unreachable, after a call of
			 * a noreturn function */
};

enum node_flags {
	NODE_ALTERNATIVE = 1 << 0, /* CALL: the unevaluated twin of an
				    * alternative_call stands for the assembly */
	NODE_FROM_ASM = 1 << 1,	   /* CALL: callee is an assembly operand, no
				    * twin was found; args unknown */
	NODE_VOLATILE = 1 << 2,
	NODE_LOOP = 1 << 3,	   /* BRANCH: condition of a loop: next enters
				    * the body, other leaves it */
	NODE_ADDRESS_ONLY = 1 << 4, /* record value kept by address: see b */
	NODE_WEAK = 1 << 5,	   /* ASSIGN: read-modify-write (++, |=) */
	/* Of calls that hidden.h adds; never stored. */
	NODE_ELSEWHERE = 1 << 6,   /* CALL: by another CPU, which is waited
				    * for */
	NODE_FAULT = 1 << 7,	   /* CALL: by an access that faults */
};

struct fact_node {
	uint8_t kind;		/* enum node_kind */
	uint8_t flags;		/* enum node_flags */
	uint32_t line;		/* in the function's file; macros: line of the
				 * outermost expansion */
	fact_id macro;		/* string: outermost macro that this comes from */
	uint32_t a, b;
	uint32_t next, other;	/* nodes; 0 where there is none */
	uint32_t extra, extra_nr; /* slice of body extra[], or cases[] */
	fact_id type;
};

/* One case of a NODE_SWITCH: lo..hi (GNU ranges) goes to node. */
struct fact_case {
	int64_t lo, hi;
	uint32_t node;
};

enum local_flags {
	LOCAL_PARAM = 1 << 0,
	LOCAL_TEMP = 1 << 1,	/* made by the extractor */
	LOCAL_ADDRESS_TAKEN = 1 << 2, /* & is applied to it or part of it,
				       * or it decays to a pointer */
};

struct fact_local {
	const char *name;	/* "" for a temporary */
	fact_id type;
	uint32_t flags;
};

/* A body: element 0 of every table unused, control starts at node 1. */
struct fact_body {
	struct fact_expr *expr;
	uint32_t expr_nr;
	struct fact_node *node;
	uint32_t node_nr;
	uint32_t *extra;
	uint32_t extra_nr;
	struct fact_case *cases;
	uint32_t cases_nr;
	struct fact_local *local; /* the parameters first: locals 1..param_nr */
	uint32_t local_nr;
};

enum function_flags {
	FUNCTION_STATIC = 1 << 0,
	FUNCTION_INLINE = 1 << 1,
	FUNCTION_NORETURN = 1 << 2,
	FUNCTION_VARIADIC = 1 << 3,
	FUNCTION_INIT = 1 << 4,	/* the pseudo function that holds a translation
				 * unit's initialisers of globals as assignments */
	FUNCTION_ADDRESS_TAKEN = 1 << 5,
	FUNCTION_ASM_CALLED = 1 << 6, /* a .S file or top-level assembly names it */
	FUNCTION_RESIDENT = 1 << 7, /* a body of it is in no section .init*,
				 * which are freed when the host has booted */
};

struct fact_function {
	const char *key;	/* identity by linkage: the name if external;
				 * name@object for a static one of a .c file;
				 * name@file:line for a header's inline, with
				 * #hash of the body where bodies differ */
	const char *name;
	const char *display;	/* name where unique in the tree, else
				 * name@object-file; set by the linker */
	fact_id type;		/* TYPE_FUNCTION; its target: the return type */
	fact_id file;		/* of the definition, else of a declaration */
	uint32_t line, end_line;
	uint32_t flags;		/* enum function_flags */
	uint32_t param_nr;
	struct fact_body *body;	/* NULL: no body seen */
};

enum tu_status { TU_OK, TU_ERRORS, TU_CRASHED, TU_TIMEOUT, TU_UNREADABLE };

struct fact_tu {
	const char *file;	/* main source file, relative to xen/ */
	const char *object;	/* output file of its command, relative to xen/ */
	enum tu_status status;
	const char *message;	/* of a failed one; "" else */
};

/* A symbol that assembly names: an entry point if a function has the name. */
struct fact_asm_symbol {
	const char *name;
	const char *file;
	uint32_t line;
};

/* One source line, kept for display. */
struct fact_line {
	fact_id file;
	uint32_t line;
	const char *text;
};

struct facts {
	GStringChunk *chunk;	/* owns every string (interned) */
	GArray *string;		/* const char *: for fact_node.macro */
	GArray *type;		/* struct fact_type */
	GArray *file;		/* struct fact_file */
	GArray *record;		/* struct fact_record */
	GArray *field;		/* struct fact_field */
	GArray *global;		/* struct fact_global */
	GArray *function;	/* struct fact_function */
	GArray *tu;		/* struct fact_tu */
	GArray *asm_symbol;	/* struct fact_asm_symbol */
	GArray *source_line;	/* struct fact_line, by file and line */
};

#define FACT(facts, table, type, id) \
	(&g_array_index((facts)->table, type, id))
#define FACT_TYPE(f, id) FACT(f, type, struct fact_type, id)
#define FACT_FILE(f, id) FACT(f, file, struct fact_file, id)
#define FACT_RECORD(f, id) FACT(f, record, struct fact_record, id)
#define FACT_FIELD(f, id) FACT(f, field, struct fact_field, id)
#define FACT_GLOBAL(f, id) FACT(f, global, struct fact_global, id)
#define FACT_FUNCTION(f, id) FACT(f, function, struct fact_function, id)
#define FACT_TU(f, id) FACT(f, tu, struct fact_tu, id)

#endif
