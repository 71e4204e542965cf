-- SPDX-License-Identifier: GPL-2.0-or-later
-- The schema of a database of facts.  Fact tables come first: what the source
-- says, from which everything else can be made again.  Then what follows from
-- the bodies of the functions, for queries; then what the analysis concludes.
--
-- An id counts from 1.  A column that is named like a table holds an id of it;
-- NULL means none.  A line is of the file beside it, or of the function's.
-- What starts with is_ or has_ is 0 or 1.  File names are relative to the
-- tree's xen/ folder.  The application id spells "XLAF"; the user version
-- changes when a table or column goes or changes its meaning.

PRAGMA application_id = 0x584c4146;
PRAGMA user_version = 3;

------------------------------------------------------------------ facts ------

-- What the database is of.  There is a row "justifications", too: a line "id,
-- rule, reason", parted by tabs, for each entry for this tool in docs/misra/.
CREATE TABLE meta (
	name TEXT PRIMARY KEY,	-- tree_version, tree_commit, tree_config,
				-- source_root_hash, shard, shards, facts_hash
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A text that bodies refer to: names of macros.
CREATE TABLE string (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL
) STRICT;

-- A source file.
CREATE TABLE file (
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL
) STRICT;

-- A canonical C type, without qualifiers.
CREATE TABLE type (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,	-- its spelling
	kind TEXT NOT NULL,	-- other, int, pointer, function-pointer,
				-- record, array, function
	bits INTEGER NOT NULL,	-- int: width; bool has 1
	is_signed INTEGER NOT NULL, -- int
	target INTEGER,		-- type: pointee, array element, return type
	record INTEGER		-- record: which; int: the struct that is nothing else
) STRICT;

-- A struct or union.
CREATE TABLE record (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL,	-- the same in every translation unit
	name TEXT NOT NULL,	-- "domain"; of an anonymous one the name of the
				-- record around it and the member
	file INTEGER,
	line INTEGER NOT NULL,
	is_union INTEGER NOT NULL
) STRICT;

-- A member of a struct or union.
CREATE TABLE field (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL,	-- the same in every translation unit
	name TEXT NOT NULL,	-- the member's own; may be ''
	record INTEGER NOT NULL, -- that it is a member of
	type INTEGER,
	position INTEGER NOT NULL -- in its record, from 0
) STRICT;

-- A variable of static storage.
CREATE TABLE global (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL,	-- name, or name@object if it is static
	name TEXT NOT NULL,
	type INTEGER,
	file INTEGER,
	line INTEGER NOT NULL,
	flags INTEGER NOT NULL,	-- the following, as bits
	is_static INTEGER AS (flags & 1 <> 0),
	is_per_cpu INTEGER AS (flags & 2 <> 0),
	is_const INTEGER AS (flags & 4 <> 0),
	is_defined INTEGER AS (flags & 8 <> 0),
	section TEXT NOT NULL,	-- that an attribute puts it into; of a label
				-- of the linker's script: what comes after it
				-- in its output section, labels with a colon
	is_in_section INTEGER AS (flags & 16 <> 0)
) STRICT;

-- A function, by linkage: statics of one name are several.
CREATE TABLE function (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL,	-- name if external; name@object if static;
				-- name@file:line for a header's inline;
				-- with #hash where bodies differ
	name TEXT NOT NULL,	-- as it stands in the source
	display TEXT NOT NULL,	-- what reports call it; unique
	type INTEGER,		-- its target is the return type
	file INTEGER,		-- of the definition, else of a declaration
	line INTEGER NOT NULL,
	end_line INTEGER NOT NULL,
	flags INTEGER NOT NULL,	-- the following, as bits
	param_nr INTEGER NOT NULL,
	has_body INTEGER NOT NULL,
	is_static INTEGER AS (flags & 1 <> 0),
	is_inline INTEGER AS (flags & 2 <> 0),
	is_noreturn INTEGER AS (flags & 4 <> 0),
	is_variadic INTEGER AS (flags & 8 <> 0),
	is_init INTEGER AS (flags & 16 <> 0), -- no function: holds the
				-- initialisers of a file's variables
	is_address_taken INTEGER AS (flags & 32 <> 0),
	is_asm_called INTEGER AS (flags & 64 <> 0) -- assembly names it
) STRICT;

-- A parameter.  Names are known of functions with a body only.
CREATE TABLE param (
	function INTEGER NOT NULL,
	position INTEGER NOT NULL, -- from 0
	name TEXT NOT NULL,
	type INTEGER,
	PRIMARY KEY (function, position)
) STRICT, WITHOUT ROWID;

-- The control-flow graph of a function, for the analysis only.
CREATE TABLE body (
	function INTEGER PRIMARY KEY,
	bytes BLOB NOT NULL
) STRICT;

-- A translation unit.
CREATE TABLE tu (
	id INTEGER PRIMARY KEY,
	file TEXT NOT NULL,	-- main source file
	object TEXT NOT NULL,	-- what its command writes
	status TEXT NOT NULL,	-- ok, errors, crashed, timeout, unreadable
	message TEXT NOT NULL	-- why it failed, or ''
) STRICT;

-- A symbol that assembly names; a function of that name is an entry point.
CREATE TABLE asm_symbol (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	file TEXT NOT NULL,
	line INTEGER NOT NULL
) STRICT;

-- A line of source, for display.
CREATE TABLE source_line (
	file INTEGER NOT NULL,
	line INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (file, line)
) STRICT, WITHOUT ROWID;

-- Shards only: the facts of each translation unit, for xen-lockaudit merge.
CREATE TABLE unit (
	id INTEGER PRIMARY KEY,
	bytes BLOB NOT NULL
) STRICT;

-------------------------------------------------- what the bodies say --------

-- A call site.
CREATE TABLE call (
	id INTEGER PRIMARY KEY,
	function INTEGER NOT NULL, -- the caller
	node INTEGER NOT NULL,	-- of the caller's graph
	line INTEGER NOT NULL,	-- in the caller's file
	kind TEXT NOT NULL,	-- direct, indirect, alternative (patched at
				-- boot; may have a callee), asm (from inline
				-- assembly; arguments unknown)
	callee INTEGER,		-- function, if the source names it
	type INTEGER,		-- of the function called
	macro INTEGER,		-- string: outermost macro it comes from
	text TEXT NOT NULL	-- what is called, as an expression
) STRICT;

-- An argument of a call.
CREATE TABLE argument (
	call INTEGER NOT NULL,
	position INTEGER NOT NULL, -- from 0
	kind TEXT NOT NULL,	-- constant; function, global, field (address
				-- of one); value-of-global, value-of-field;
				-- parameter (the caller's own, passed on);
				-- string; other
	value INTEGER,		-- the constant; the id; the position
	PRIMARY KEY (call, position)
) STRICT, WITHOUT ROWID;

-- Where pointers to functions go.  A place is a kind, an id, and for some a
-- position:  function (itself), field, global, parameter (of function, at
-- position), result (of function), argument (of call, at position), call (as
-- source: what it yields; as target: what it calls), unknown.
-- Approximation: locals are looked through in any order, and an array is one
-- place; this finds more flows than there are.
CREATE TABLE pointer_flow (
	id INTEGER PRIMARY KEY,
	function INTEGER NOT NULL, -- in whose body
	node INTEGER NOT NULL,
	line INTEGER NOT NULL,
	source_kind TEXT NOT NULL,
	source INTEGER,
	source_position INTEGER,
	target_kind TEXT NOT NULL,
	target INTEGER,
	target_position INTEGER
) STRICT;

-- The address of a function used otherwise than to call it.
CREATE TABLE address_taken (
	function INTEGER NOT NULL,
	user INTEGER NOT NULL,	-- the function whose body does it
	line INTEGER NOT NULL,
	PRIMARY KEY (function, user, line)
) STRICT, WITHOUT ROWID;

-- A branch or switch.
CREATE TABLE condition (
	id INTEGER PRIMARY KEY,
	function INTEGER NOT NULL,
	node INTEGER NOT NULL,
	line INTEGER NOT NULL,
	macro INTEGER,		-- string: outermost macro it comes from
	kind TEXT NOT NULL,	-- branch, loop, switch
	text TEXT NOT NULL	-- the condition, as an expression
) STRICT;

-- What is known of a call through a pointer.  Those of a callee that the
-- source names are not here.
CREATE TABLE indirect_call (
	call INTEGER PRIMARY KEY,
	state TEXT NOT NULL	-- closed: call_target has all functions that it
				-- may go to; outside: to code that is not in
				-- the tree; open: it may go elsewhere
) STRICT;

-- What a call through a pointer may go to.
CREATE TABLE call_target (
	call INTEGER NOT NULL,
	function INTEGER NOT NULL,
	reason TEXT NOT NULL,	-- flow: its address gets there; type: the call
				-- is open, and the type fits
	PRIMARY KEY (call, function)
) STRICT, WITHOUT ROWID;

-- A class of lock that the tree's header declares.
CREATE TABLE lock_class (
	name TEXT PRIMARY KEY,
	level INTEGER NOT NULL,
	form TEXT NOT NULL,	-- lock, rwlock, order
	file TEXT NOT NULL,	-- where it is declared
	line INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A function that acquires or releases a lock of a class.
CREATE TABLE lock_primitive (
	function INTEGER PRIMARY KEY,
	class TEXT,		-- NULL: told by the object alone
	operation TEXT NOT NULL, -- acquire, try, check, hold, release, held
	mode TEXT NOT NULL	-- lock, write, read, order, spin
) STRICT;

-- A call of a lock primitive.
CREATE TABLE lock_event (
	call INTEGER PRIMARY KEY,
	class TEXT,		-- of the primitive or of the lock's field;
				-- NULL: neither tells
	operation TEXT NOT NULL,
	mode TEXT NOT NULL,
	field INTEGER		-- of the lock object, if it is one
) STRICT;

--------------------------------------------------- what is concluded ---------

-- A finished analysis.
CREATE TABLE result (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE, -- facts, model, rule and version of the tool
	rule TEXT NOT NULL,
	json TEXT NOT NULL	-- all of it
) STRICT;

-- An order in which two locks are acquired; see xen-lockaudit(1) for the words.
CREATE TABLE ordering (
	result INTEGER NOT NULL REFERENCES result ON DELETE CASCADE,
	id TEXT NOT NULL,
	verdict TEXT NOT NULL,
	context TEXT NOT NULL,
	relation TEXT NOT NULL,
	held_class TEXT NOT NULL,
	held_instance TEXT NOT NULL,
	held_owner TEXT NOT NULL,
	held_mode TEXT NOT NULL,
	held_function TEXT NOT NULL,
	held_file TEXT NOT NULL,
	held_line INTEGER NOT NULL,
	acquired_class TEXT NOT NULL,
	acquired_instance TEXT NOT NULL,
	acquired_owner TEXT NOT NULL,
	acquired_mode TEXT NOT NULL,
	acquired_function TEXT NOT NULL,
	acquired_file TEXT NOT NULL,
	acquired_line INTEGER NOT NULL,
	holder_function TEXT NOT NULL,
	holder_file TEXT NOT NULL,
	holder_line INTEGER NOT NULL,	-- through which the lock is held
	acquire_line INTEGER NOT NULL,	-- in the holder
	held_level INTEGER NOT NULL,
	level_in_force INTEGER NOT NULL,
	needed_level INTEGER NOT NULL,
	is_runtime_visible INTEGER NOT NULL,
	is_confirmed INTEGER NOT NULL,
	worlds TEXT NOT NULL,	-- in which it is out of order, "; " between
	PRIMARY KEY (result, id)
) STRICT, WITHOUT ROWID;

-- A step of an ordering's witness.
CREATE TABLE witness_step (
	result INTEGER NOT NULL REFERENCES result ON DELETE CASCADE,
	ordering TEXT NOT NULL,
	position INTEGER NOT NULL, -- from 0
	event TEXT NOT NULL,
	function TEXT NOT NULL,
	file TEXT NOT NULL,
	line INTEGER NOT NULL,
	text TEXT NOT NULL,	-- the source line
	via TEXT,		-- indirect call: field or table
	PRIMARY KEY (result, ordering, position)
) STRICT, WITHOUT ROWID;

-- A finding.
CREATE TABLE finding (
	result INTEGER NOT NULL REFERENCES result ON DELETE CASCADE,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	severity TEXT NOT NULL,
	message TEXT NOT NULL,
	function TEXT NOT NULL,
	file TEXT NOT NULL,
	line INTEGER NOT NULL,
	context TEXT NOT NULL,
	worlds TEXT NOT NULL,	-- "; " between
	PRIMARY KEY (result, id)
) STRICT, WITHOUT ROWID;

-- Which orderings make a finding.
CREATE TABLE finding_ordering (
	result INTEGER NOT NULL REFERENCES result ON DELETE CASCADE,
	finding TEXT NOT NULL,
	ordering TEXT NOT NULL,
	PRIMARY KEY (result, finding, ordering)
) STRICT, WITHOUT ROWID;

-- What the result rests on.
CREATE TABLE assumption (
	result INTEGER NOT NULL REFERENCES result ON DELETE CASCADE,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	what TEXT NOT NULL,
	file TEXT NOT NULL,
	line INTEGER NOT NULL,
	effect TEXT NOT NULL,
	count INTEGER NOT NULL,
	blocks_proof INTEGER NOT NULL,
	PRIMARY KEY (result, id)
) STRICT, WITHOUT ROWID;

------------------------------------------------------------------ views ------

-- A function with its place as text.
CREATE VIEW function_place AS
SELECT function.id, display, name, path AS file, line
FROM function LEFT JOIN file ON file.id = function.file;

-- A field as people write it: "p2m_domain.set_entry".
CREATE VIEW field_name AS
SELECT field.id, record.name || '.' || field.name AS name
FROM field JOIN record ON record.id = field.record;

-- Who may call whom at which call site.
CREATE VIEW call_edge AS
SELECT id AS call, function AS caller, callee, kind AS reason
FROM call WHERE callee IS NOT NULL
UNION ALL
SELECT call.id, call.function, call_target.function, reason
FROM call_target JOIN call ON call.id = call_target.call;

-- A function's address stored to a field or variable.
CREATE VIEW function_store AS
SELECT id, function, line, source AS value, target_kind AS kind, target
FROM pointer_flow
WHERE source_kind = 'function' AND target_kind IN ('field', 'global');

-- Where locks are acquired and released: the innermost frame outside the
-- header that declares the classes.  An event in a function of that header is
-- one at each call of it from elsewhere.
CREATE VIEW lock_site AS
WITH RECURSIVE
header AS (
	SELECT DISTINCT file.id FROM lock_class
	JOIN file ON file.path = lock_class.file
),
place AS MATERIALIZED (
	SELECT call.id, call.function, call.line, call.callee,
	       function.file IN (SELECT id FROM header) AS is_inside
	FROM call JOIN function ON function.id = call.function
	WHERE call.function NOT IN (SELECT function FROM lock_primitive)
),
wrapper (function, class, operation, mode, field) AS (
	SELECT place.function, class, operation, mode, field
	FROM lock_event JOIN place ON place.id = lock_event.call
	WHERE is_inside
	UNION
	SELECT place.function, class, operation, mode, field
	FROM wrapper JOIN place ON place.callee = wrapper.function
	WHERE is_inside
)
SELECT lock_event.call, place.function, line, class, operation, mode, field
FROM lock_event JOIN place ON place.id = lock_event.call
WHERE NOT is_inside
UNION
SELECT place.id, place.function, line, class, operation, mode, field
FROM wrapper JOIN place ON place.callee = wrapper.function
WHERE NOT is_inside;
