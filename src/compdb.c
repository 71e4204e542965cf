/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads compile_commands.json, in both of its forms: a "command" line in
 * shell quoting or a list of "arguments".  Nothing is expanded but quotes;
 * response files stay as they are.
 */
#include "compdb.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "diag.h"
#include "output.h"

static void command_free(gpointer data)
{
	struct compile_command *command = data;

	g_free(command->directory);
	g_free(command->file);
	g_free(command->output);
	g_strfreev(command->argv);
	g_free(command);
}

static char **argv_of_list(const json_t *list)
{
	GPtrArray *argv = g_ptr_array_new();
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		if (json_is_string(item))
			g_ptr_array_add(argv, g_strdup(json_string_value(item)));
	}
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

static char **argv_of(const json_t *entry)
{
	const json_t *list = json_object_get(entry, "arguments");
	const char *line = json_string_value(json_object_get(entry, "command"));
	char **argv = NULL;

	if (json_is_array(list))
		return argv_of_list(list);
	if (!line || !g_shell_parse_argv(line, NULL, &argv, NULL))
		return NULL;
	return argv;
}

/* What -o names, if "output" is missing. */
static const char *output_of(const json_t *entry, char **argv)
{
	const char *output =
		json_string_value(json_object_get(entry, "output"));

	if (output)
		return output;
	for (char **arg = argv; *arg; arg++) {
		if (!strcmp(*arg, "-o") && arg[1])
			return arg[1];
	}
	return "";
}

static struct compile_command *command_new(const json_t *entry,
					   const char *base)
{
	const char *directory =
		json_string_value(json_object_get(entry, "directory"));
	const char *file = json_string_value(json_object_get(entry, "file"));
	struct compile_command *command;
	char **argv;

	if (!file)
		return NULL;
	argv = argv_of(entry);
	if (!argv || !argv[0]) {
		g_strfreev(argv);
		return NULL;
	}
	command = g_new0(struct compile_command, 1);
	command->directory =
		g_canonicalize_filename(directory ? directory : ".", base);
	command->file = g_canonicalize_filename(file, command->directory);
	command->output = g_strdup(output_of(entry, argv));
	command->argv = argv;
	return command;
}

static int read_entries(GPtrArray *out, const json_t *root, const char *path)
{
	char *cwd = g_get_current_dir();
	char *dir = g_path_get_dirname(path);
	char *base = g_canonicalize_filename(dir, cwd);
	json_t *entry;
	size_t i;
	int ret = 0;

	json_array_foreach(root, i, entry) {
		struct compile_command *command = command_new(entry, base);

		if (!command) {
			ret = diag_error("entry %zu of '%s' has no file or no "
					 "command that can be read",
					 i + 1, path);
			break;
		}
		g_ptr_array_add(out, command);
	}
	g_free(base);
	g_free(dir);
	g_free(cwd);
	return ret;
}

static int read_file(GPtrArray *out, const char *path)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error);
	int ret;

	if (!root)
		return diag_error("cannot read '%s': %s", path, error.text);
	if (!json_is_array(root) || json_array_size(root) == 0)
		ret = diag_error("'%s' is no compilation database, or an "
				 "empty one", path);
	else
		ret = read_entries(out, root, path);
	json_decref(root);
	return ret;
}

int compdb_read(GPtrArray **out, const char *path)
{
	char *file = g_file_test(path, G_FILE_TEST_IS_DIR)
			     ? g_build_filename(path, "compile_commands.json",
						NULL)
			     : g_strdup(path);
	int ret;

	*out = g_ptr_array_new_with_free_func(command_free);
	ret = read_file(*out, file);
	if (ret < 0) {
		g_ptr_array_free(*out, TRUE);
		*out = NULL;
	}
	g_free(file);
	return ret;
}

static json_t *command_json(const struct compile_command *command)
{
	json_t *argv = json_array();

	for (char **arg = command->argv; *arg; arg++)
		json_array_append_new(argv, json_string(*arg));
	return json_pack("{s:s, s:o, s:s, s:s}",
			 "directory", command->directory, "arguments", argv,
			 "file", command->file, "output", command->output);
}

int compdb_write(const GPtrArray *commands, const char *path)
{
	json_t *root = json_array();
	char *text;
	int ret;

	for (guint i = 0; i < commands->len; i++)
		json_array_append_new(root, command_json(commands->pdata[i]));
	text = json_dumps(root, JSON_INDENT(1));
	if (text)
		ret = output_write(path, text);
	else
		ret = diag_error("cannot write '%s': a name in it is not "
				 "UTF-8", path);
	free(text);
	json_decref(root);
	return ret;
}

static char *stem_of(const char *path)
{
	char *name = g_path_get_basename(path);
	char *dot = strrchr(name, '.');

	if (dot)
		*dot = '\0';
	return name;
}

/* The object's name follows the file's, if it did before. */
static char *output_alike(const struct compile_command *command,
			  const char *file)
{
	char *old = stem_of(command->file), *new = stem_of(file);
	char *stem = stem_of(command->output);
	char *dir = g_path_get_dirname(command->output);
	char *name = g_strconcat(new, ".o", NULL), *output;

	if (strcmp(stem, old) == 0)
		output = g_build_filename(dir, name, NULL);
	else
		output = g_strdup(command->output);
	g_free(name);
	g_free(dir);
	g_free(stem);
	g_free(new);
	g_free(old);
	return output;
}

static char **argv_alike(const struct compile_command *command,
			 const char *file, const char *output)
{
	char **argv = g_strdupv(command->argv);

	for (char **arg = argv + 1; *arg; arg++) {
		char *full = g_canonicalize_filename(*arg, command->directory);
		const char *other = !strcmp(full, command->file) ? file :
			!strcmp(*arg, command->output) ? output : NULL;

		if (other) {
			g_free(*arg);
			*arg = g_strdup(other);
		}
		g_free(full);
	}
	return argv;
}

void compdb_add_alike(GPtrArray *commands,
		      const struct compile_command *command, const char *file)
{
	struct compile_command *copy = g_new0(struct compile_command, 1);

	copy->directory = g_strdup(command->directory);
	copy->file = g_strdup(file);
	copy->output = output_alike(command, file);
	copy->argv = argv_alike(command, file, copy->output);
	g_ptr_array_add(commands, copy);
}

bool compile_command_is_c(const struct compile_command *command)
{
	return g_str_has_suffix(command->file, ".c");
}

bool compile_command_is_assembly(const struct compile_command *command)
{
	return g_str_has_suffix(command->file, ".S");
}
