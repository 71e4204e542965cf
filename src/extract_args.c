/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines and file names: what clang has to be told of a command that
 * was written for gcc, and the names that files have in the facts.
 */
#include "extract_int.h"

#include <string.h>

#include "extract.h"

#ifndef XLA_CLANG_RESOURCE_DIR
#define XLA_CLANG_RESOURCE_DIR ""
#endif

/* Options that say nothing about the meaning of the source, or that clang
 * refuses.  A prefix ends in '*'. */
static const char *const dropped[] = {
	"-c",
	"-S",
	"-E",
	"-M*",
	"-W*",
	"-g*",
	"-pipe",
	"-save-temps*",
	"-malign-data=*",
	"-mindirect-branch*",
	"-mfunction-return=*",
	"-mmanual-endbr",
	"-mmemcpy-strategy=*",
	"-mmemset-strategy=*",
	"-mskip-rax-setup",
	"-mpreferred-stack-boundary=*",
	"-mno-fp-ret-in-387",
	"-mrecord-mcount",
	"-fconserve-stack",
	"-fno-allow-store-data-races",
	"-fno-ipa*",
	"-fno-reorder*",
	"-fno-tree*",
	"-fno-partial-inlining",
	"-fplugin*",
	"-fprofile*",
	"-ftest-coverage",
	"-fcondition-coverage",
	"-fsanitize*",
	"--param=*",
};

/* Options whose value is the next argument; dropped with it. */
static const char *const dropped_pairs[] = {
	"-o", "-MF", "-MT", "-MQ", "--param", "-aux-info", "-dumpbase",
};

static bool option_matches(const char *arg, const char *pattern)
{
	size_t size = strlen(pattern);

	if (pattern[size - 1] == '*')
		return !strncmp(arg, pattern, size - 1);
	return !strcmp(arg, pattern);
}

static bool is_dropped(const char *arg)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dropped); i++) {
		if (option_matches(arg, dropped[i]))
			return true;
	}
	return false;
}

static bool is_dropped_pair(const char *arg)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dropped_pairs); i++) {
		if (!strcmp(arg, dropped_pairs[i]))
			return true;
	}
	return false;
}

/* Is arg, an operand, the file to be compiled?  It may be spelled in many
 * ways; all our commands compile one C file. */
static bool is_source(const char *arg, const char *file)
{
	char *name = g_path_get_basename(arg);
	char *base = g_path_get_basename(file);
	bool same = arg[0] != '-' && !strcmp(name, base);

	g_free(base);
	g_free(name);
	return same;
}

char **clang_arguments(char **argv, const char *file)
{
	static const char *const ours[] = { "-w", "-Wno-everything",
					    "-ferror-limit=0",
					    "-fno-spell-checking" };
	GPtrArray *out = g_ptr_array_new();

	g_ptr_array_add(out, g_strdup("clang"));
	if (XLA_CLANG_RESOURCE_DIR[0]) {
		g_ptr_array_add(out, g_strdup("-resource-dir"));
		g_ptr_array_add(out, g_strdup(XLA_CLANG_RESOURCE_DIR));
	}
	for (char **arg = argv + 1; argv[0] && *arg; arg++) {
		if (is_dropped_pair(*arg)) {
			if (!arg[1])
				break;
			arg++;
		} else if (!strcmp(*arg, "-include") && arg[1]) {
			g_ptr_array_add(out, g_strdup(*arg++));
			g_ptr_array_add(out, g_strdup(*arg));
		} else if (!is_dropped(*arg) && !is_source(*arg, file)) {
			g_ptr_array_add(out, g_strdup(*arg));
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
		g_ptr_array_add(out, g_strdup(ours[i]));
	g_ptr_array_add(out, g_strdup(file));
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(out, FALSE);
}

/* What path is below prefix, or NULL. */
static const char *below(const char *path, const char *prefix)
{
	size_t size = strlen(prefix);

	while (size > 0 && prefix[size - 1] == '/')
		size--;
	if (strncmp(path, prefix, size) || path[size] != '/')
		return NULL;
	return path + size + 1;
}

char *relative_path(const char *path, const char *directory,
		    const char *source_root)
{
	char *full = g_canonicalize_filename(path, directory);
	const char *rest = below(full, source_root);
	const char *clang = XLA_CLANG_RESOURCE_DIR[0]
				    ? below(full, XLA_CLANG_RESOURCE_DIR)
				    : NULL;
	char *out = rest    ? g_strdup(rest)
		    : clang ? g_strconcat("<clang>/", clang, NULL)
			    : g_strdup(full);

	g_free(full);
	return out;
}

/* ".name.o.tmp", as some makefiles call an object at first. */
static char *final_name(const char *path)
{
	char *base = g_path_get_basename(path);
	char *dir = g_path_get_dirname(path);
	char *name = base;
	char *out;

	if (g_str_has_suffix(base, ".tmp"))
		base[strlen(base) - strlen(".tmp")] = '\0';
	if (name[0] == '.' && g_str_has_suffix(name, ".o"))
		name++;
	out = !strcmp(dir, ".") ? g_strdup(name)
				: g_build_filename(dir, name, NULL);
	g_free(dir);
	g_free(base);
	return out;
}

char *object_path(const char *output, const char *file, const char *directory,
		  const char *source_root)
{
	char *path = relative_path(output[0] ? output : file, directory,
				   source_root);
	char *out = final_name(path);

	if (!output[0] && g_str_has_suffix(out, ".c"))
		out[strlen(out) - 1] = 'o';
	g_free(path);
	return out;
}

/* Shortens path to the part that other starts with, in whole names. */
static void common_directory(char *path, const char *other)
{
	size_t size = 0, i;

	for (i = 0; path[i] && path[i] == other[i]; i++) {
		if (path[i] == '/')
			size = i;
	}
	if (!path[i] && other[i] == '/')
		size = i;
	path[size] = '\0';
}

static bool has_directory(const char *root, const char *name)
{
	char *path = g_build_filename(root, name, NULL);
	bool is_dir = g_file_test(path, G_FILE_TEST_IS_DIR);

	g_free(path);
	return is_dir;
}

char *extract_source_root(const char *const *files, unsigned nr)
{
	char *common = nr ? g_path_get_dirname(files[0]) : g_strdup("/");
	char *root;

	for (unsigned i = 1; i < nr; i++)
		common_directory(common, files[i]);
	root = g_strdup(common);
	while (strlen(root) > 1 &&
	       !(has_directory(root, "common") && has_directory(root, "arch"))) {
		char *up = g_path_get_dirname(root);

		g_free(root);
		root = up;
	}
	if (strlen(root) <= 1) {
		g_free(root);
		return common;
	}
	g_free(common);
	return root;
}
