/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs git and tar.  Only commands that read are run, and none that takes
 * options or paths from the revisions' content: revisions are resolved to full
 * names first, and paths are given literally.
 */
#include "git.h"

#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "saf.h"

/* What of the tree's root is read: see collect_source.c. */
static const char *const parts[] = {
	"Config.mk", ".config", "config", "xen", SAF_SAFE, SAF_FALSE,
	NULL,
};

/* Hooks run with these set for their own repository. */
static char **environment(void)
{
	static const char *const unwanted[] = {
		"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX",
		"GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS",
		"GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
		"GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS",
	};
	char **env = g_get_environ();

	for (size_t i = 0; i < G_N_ELEMENTS(unwanted); i++)
		env = g_environ_unsetenv(env, unwanted[i]);
	env = g_environ_setenv(env, "GIT_OPTIONAL_LOCKS", "0", TRUE);
	env = g_environ_setenv(env, "GIT_TERMINAL_PROMPT", "0", TRUE);
	return g_environ_setenv(env, "LC_ALL", "C", TRUE);
}

/* What of a program's complaint fits in one line of ours; in place. */
static const char *first_line(char *text)
{
	static const char *const heads[] = { "fatal: ", "error: ", "tar: " };

	g_strstrip(text);
	text[strcspn(text, "\n")] = '\0';
	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
		if (g_str_has_prefix(text, heads[i]))
			return text + strlen(heads[i]);
	return text;
}

/* *out: what it prints.  false: it failed, and *why says why; both for
 * g_free, *why is NULL on success. */
static bool spawn(const GPtrArray *argv, char **out, char **why)
{
	char **env = environment();
	GError *error = NULL;
	char *complaint = NULL;
	int status = 0;
	bool done;

	*out = *why = NULL;
	done = g_spawn_sync(NULL, (char **)argv->pdata, env,
			    G_SPAWN_SEARCH_PATH, NULL, NULL, out, &complaint,
			    &status, &error);
	g_strfreev(env);
	if (!done) {
		*why = g_strdup_printf("%s; install the package '%s'",
				       error->message,
				       (const char *)argv->pdata[0]);
	} else if (!g_spawn_check_wait_status(status, &error)) {
		bool is_foreign = strstr(complaint, "safe.directory") != NULL;
		const char *line = first_line(complaint);

		*why = g_strconcat(*line ? line : error->message,
				   is_foreign ? "; allow it with 'git config "
				   "--global --add safe.directory ...'" : "",
				   NULL);
		done = false;
	}
	g_clear_error(&error);
	g_free(complaint);
	return done;
}

static void add(GPtrArray *argv, const char *word)
{
	g_ptr_array_add(argv, g_strdup(word));
}

/* "git ..." with what follows up to a NULL; for g_ptr_array_unref. */
static GPtrArray *command(const struct git *git, ...) G_GNUC_NULL_TERMINATED;

static GPtrArray *command(const struct git *git, ...)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	const char *word;
	va_list words;

	add(argv, "git");
	add(argv, "--literal-pathspecs");
	add(argv, "-c");
	add(argv, "core.quotePath=false");
	add(argv, "-C");
	add(argv, git->directory);
	va_start(words, git);
	while ((word = va_arg(words, const char *)))
		add(argv, word);
	va_end(words);
	return argv;
}

static void add_paths(GPtrArray *argv, const char *const *paths)
{
	add(argv, "--");
	for (; *paths; paths++)
		add(argv, *paths);
}

/* Runs and frees argv; -1 with a message "cannot WHAT: ...". */
static int run(GPtrArray *argv, char **out, const char *what)
{
	char *why;
	int ret = 0;

	g_ptr_array_add(argv, NULL);
	if (!spawn(argv, out, &why)) {
		ret = diag_error("cannot %s: %s", what, why);
		g_clear_pointer(out, g_free);
	}
	g_free(why);
	g_ptr_array_unref(argv);
	return ret;
}

/* As above, but failure is an answer: then NULL. */
static char *ask(GPtrArray *argv)
{
	char *out, *why;

	g_ptr_array_add(argv, NULL);
	if (!spawn(argv, &out, &why))
		g_clear_pointer(&out, g_free);
	g_free(why);
	g_ptr_array_unref(argv);
	return out ? g_strchomp(out) : NULL;
}

int git_open(struct git *git, const char *directory)
{
	char *out = NULL, *what, **line;
	int ret;

	memset(git, 0, sizeof(*git));
	git->directory = g_canonicalize_filename(directory, NULL);
	if (!g_file_test(git->directory, G_FILE_TEST_IS_DIR))
		return diag_error("cannot open '%s': not a directory",
				  directory);
	what = g_strdup_printf("use '%s' as a git checkout or repository",
			       directory);
	ret = run(command(git, "rev-parse", "--absolute-git-dir",
			  "--show-prefix", NULL), &out, what);
	g_free(what);
	if (ret < 0)
		return -1;
	line = g_strsplit(out, "\n", 3);
	git->repository = g_strdup(line[0]);
	git->prefix = g_strdup(line[0] && line[1] ? line[1] : "");
	git->top = ask(command(git, "rev-parse", "--show-toplevel", NULL));
	g_strfreev(line);
	g_free(out);
	return 0;
}

void git_release(struct git *git)
{
	g_free(git->directory);
	g_free(git->repository);
	g_free(git->top);
	g_free(git->prefix);
	g_free(git->root);
	memset(git, 0, sizeof(*git));
}

static bool is_shallow(const struct git *git)
{
	char *answer = ask(command(git, "rev-parse",
				   "--is-shallow-repository", NULL));
	bool shallow = answer && strcmp(answer, "true") == 0;

	g_free(answer);
	return shallow;
}

int git_resolve(const struct git *git, const char *revision, char **commit)
{
	char *wanted = g_strconcat(revision, "^{commit}", NULL);

	*commit = ask(command(git, "rev-parse", "--verify", "--quiet",
			      "--end-of-options", wanted, NULL));
	g_free(wanted);
	if (*commit)
		return 0;
	return diag_error("'%s' is no revision of '%s'; %s", revision,
			  git->directory, is_shallow(git) ?
			  "the clone is shallow: fetch more of it with "
			  "'git fetch --unshallow'" :
			  "name a commit, branch or tag that is there");
}

/* "COMMIT", or "COMMIT:FOLDER" where the tree is not all of it. */
static char *tree_of(const char *commit, const char *root)
{
	char *tree;

	if (!root || !*root)
		return g_strdup(commit);
	tree = g_strconcat(commit, ":", root, NULL);
	tree[strlen(tree) - 1] = '\0';
	return tree;
}

/* ls-tree of the parts, or NULL. */
static char *list_parts(const struct git *git, const char *commit,
			const char *root)
{
	char *tree = tree_of(commit, root);
	GPtrArray *argv = command(git, "ls-tree", "--full-tree", tree, NULL);

	for (const char *const *part = parts; *part; part++)
		add(argv, *part);
	g_free(tree);
	return ask(argv);
}

static bool is_root(const struct git *git, const char *commit,
		    const char *root)
{
	char *list = list_parts(git, commit, root);
	bool found = list && strstr(list, "\tConfig.mk") &&
		     strstr(list, "\txen");

	g_free(list);
	return found;
}

int git_find_root(struct git *git, const char *commit)
{
	char *root = g_strdup(git->prefix);

	while (!is_root(git, commit, root)) {
		char *slash;

		if (!*root) {
			g_free(root);
			return diag_error("commit %.12s of '%s' is not a Xen "
					  "tree: no Config.mk beside a folder "
					  "xen", commit, git->directory);
		}
		root[strlen(root) - 1] = '\0';
		slash = strrchr(root, '/');
		*(slash ? slash + 1 : root) = '\0';
	}
	git->root = root;
	return 0;
}

int git_sources(const struct git *git, const char *commit, char **out)
{
	*out = list_parts(git, commit, git->root);
	if (*out && **out)
		return 0;
	g_clear_pointer(out, g_free);
	return diag_error("commit %.12s of '%s' is not a Xen tree", commit,
			  git->directory);
}

/* Those of the parts that the commit has; for g_strfreev. */
static char **parts_of(const struct git *git, const char *commit)
{
	GStrvBuilder *names = g_strv_builder_new();
	char *list = list_parts(git, commit, git->root);
	char **line = g_strsplit(list ? list : "", "\n", -1), **out;

	for (char **l = line; *l; l++)
		if (strchr(*l, '\t'))
			g_strv_builder_add(names, strchr(*l, '\t') + 1);
	out = g_strv_builder_end(names);
	g_strv_builder_unref(names);
	g_strfreev(line);
	g_free(list);
	return out;
}

static int archive_run(const struct git *git, const char *commit,
		       const char *const *paths, const char *archive)
{
	char *tree = tree_of(commit, git->root), *out = NULL;
	GPtrArray *argv = command(git, "archive", "--format=tar", "-o",
				  archive, tree, NULL);
	int ret;

	add_paths(argv, paths);
	ret = run(argv, &out, "take sources out of git");
	g_free(out);
	g_free(tree);
	return ret;
}

/* Every file is made anew, now, and ours: see tar(1). */
static int unpack(const char *archive, const char *directory)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	char *out = NULL;
	int ret;

	add(argv, "tar");
	add(argv, "-xom");
	add(argv, "-f");
	add(argv, archive);
	add(argv, "-C");
	add(argv, directory);
	ret = run(argv, &out, "unpack sources");
	g_free(out);
	return ret;
}

int git_export(const struct git *git, const char *commit,
	       const char *const *paths, const char *directory,
	       const char *archive)
{
	char **all = paths ? NULL : parts_of(git, commit);
	int ret = archive_run(git, commit,
			      paths ? paths : (const char *const *)all,
			      archive);

	if (ret == 0)
		ret = unpack(archive, directory);
	unlink(archive);
	g_strfreev(all);
	return ret;
}

static void change_free(void *p)
{
	struct git_change *change = p;

	g_free(change->path);
	g_free(change->old_path);
	g_free(change);
}

/* Git quotes names with control characters and quotes as C does. */
static char *unquoted(const char *name)
{
	size_t length = strlen(name);
	char *inner, *out;

	if (length < 2 || name[0] != '"' || name[length - 1] != '"')
		return g_strdup(name);
	inner = g_strndup(name + 1, length - 2);
	out = g_strcompress(inner);
	g_free(inner);
	return out;
}

/* A line "M<tab>path" or "R100<tab>old<tab>new". */
static void add_change(GPtrArray *changes, const char *line)
{
	char **field = g_strsplit(line, "\t", 3);
	struct git_change *change;

	if (field[0] && field[0][0] && field[1]) {
		change = g_new0(struct git_change, 1);
		change->status = field[0][0];
		change->path = unquoted(field[field[2] ? 2 : 1]);
		if (field[2])
			change->old_path = unquoted(field[1]);
		g_ptr_array_add(changes, change);
	}
	g_strfreev(field);
}

static GPtrArray *diff_command(const struct git *git, const char *from,
			       const char *to)
{
	char *a = tree_of(from, git->root), *b = tree_of(to, git->root);
	GPtrArray *argv = command(git, "diff-tree", "-r", "-M", "--no-color",
				  "--no-ext-diff", "--no-textconv",
				  "--no-relative", NULL);

	add(argv, "--src-prefix=a/");
	add(argv, "--dst-prefix=b/");
	add(argv, a);
	add(argv, b);
	g_free(a);
	g_free(b);
	return argv;
}

int git_changes(const struct git *git, const char *from, const char *to,
		GPtrArray **out)
{
	GPtrArray *argv = diff_command(git, from, to);
	char *text = NULL, **line;

	*out = NULL;
	add(argv, "--name-status");
	add_paths(argv, parts);
	if (run(argv, &text, "compare the revisions") < 0)
		return -1;
	*out = g_ptr_array_new_with_free_func(change_free);
	line = g_strsplit(text, "\n", -1);
	for (char **l = line; *l; l++)
		add_change(*out, *l);
	g_strfreev(line);
	g_free(text);
	return 0;
}

int git_diff(const struct git *git, const char *from, const char *to,
	     char **out)
{
	GPtrArray *argv = diff_command(git, from, to);

	add(argv, "-U0");
	add_paths(argv, parts);
	return run(argv, out, "compare the revisions");
}

static void commit_free(void *p)
{
	struct git_commit *commit = p;

	g_free(commit->id);
	g_free(commit->parent);
	g_free(commit->subject);
	g_free(commit);
}

/* A line "ID<tab>PARENT PARENT...<tab>SUBJECT". */
static void add_commit(GPtrArray *commits, const char *line)
{
	char **field = g_strsplit(line, "\t", 3);

	if (field[0] && field[1] && field[1][0] && field[2]) {
		struct git_commit *commit = g_new0(struct git_commit, 1);

		commit->id = g_strdup(field[0]);
		commit->parent = g_strndup(field[1], strcspn(field[1], " "));
		commit->subject = g_strdup(field[2]);
		g_ptr_array_add(commits, commit);
	}
	g_strfreev(field);
}

int git_series(const struct git *git, const char *base, const char *head,
	       GPtrArray **out)
{
	char *range = g_strconcat(base, "..", head, NULL);
	char *text = NULL, **line;
	int ret = run(command(git, "log", "--no-color", "--reverse",
			      "--topo-order", "--no-show-signature",
			      "--format=%H%x09%P%x09%s", range, "--", NULL),
		      &text, "list the series");

	*out = NULL;
	g_free(range);
	if (ret < 0)
		return -1;
	*out = g_ptr_array_new_with_free_func(commit_free);
	line = g_strsplit(text, "\n", -1);
	for (char **l = line; *l; l++)
		add_commit(*out, *l);
	g_strfreev(line);
	g_free(text);
	return 0;
}

bool git_has(const struct git *git, const char *commit)
{
	char *object = g_strconcat(commit, "^{commit}", NULL);
	char *answer = ask(command(git, "cat-file", "-e", object, NULL));
	bool has = answer != NULL;

	g_free(answer);
	g_free(object);
	return has;
}

bool git_is_ancestor(const struct git *git, const char *one, const char *other)
{
	char *answer = ask(command(git, "merge-base", "--is-ancestor", one,
				   other, NULL));
	bool is = answer != NULL;

	g_free(answer);
	return is;
}
