/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes after the labels of a linker script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <unistd.h>

#include "facts_table.h"
#include "linkscript.h"
#include "sample_facts.h"

static const char script[] =
	"#define LABEL __macro = .;\n"
	"ENTRY(start)\n"
	"PHDRS { text PT_LOAD ; }\n"
	"SECTIONS {\n"
	"  . = 0x100; __outside = .;\n"
	"  /* __comment = .; *(.comment) */\n"
	"  .rodata : AT(ADDR(\".rodata\") - 4) {\n"
	"       __start_a = .;\n"
	"       *(.a .a.*) KEEP(*(SORT(.b.?)))\n"
	"       __mid = . ;\n"
	"       . = ALIGN(8); *(.c)\n"
	"       PROVIDE(__stop_a = .);\n"
	"       __not_here = ALIGN(8);\n"
	"  } :text\n"
	"  .data : { __twice = .; *(.d) }\n"
	"  .more : { __twice = .; *(.e) }\n"
	"}\n"
	"ASSERT(__mid == . , \"moved\")\n";

static fact_id declare(struct facts *f, const char *name, uint32_t flags)
{
	return sample_global(f, name, name, 0, flags);
}

/* What the script says of a variable of that name. */
static void expect(const char *name, uint32_t flags, const char *section)
{
	struct linkscript *w = linkscript_new();
	struct facts *f = facts_new();
	fact_id id = declare(f, name, flags);
	char *path = NULL;
	int fd = g_file_open_tmp("linkscript-XXXXXX", &path, NULL);

	assert_true(fd >= 0);
	close(fd);
	assert_true(g_file_set_contents(path, script, -1, NULL));
	assert_true(linkscript_read(w, path));
	linkscript_apply(w, f);
	assert_string_equal(FACT_GLOBAL(f, id)->section, section);
	unlink(path);
	g_free(path);
	facts_free(f);
	linkscript_free(w);
}

static void test_labels(void **state)
{
	(void)state;
	expect("__start_a", 0, ".a .a.* .b.? __mid: .c __stop_a:");
	expect("__mid", 0, ".c __stop_a:");
	expect("__stop_a", 0, "");
	expect("__twice", 0, ".d .e");
}

static void test_no_labels(void **state)
{
	(void)state;
	expect("__outside", 0, "");
	expect("__comment", 0, "");
	expect("__macro", 0, "");
	expect("__not_here", 0, "");
	expect("__start_a", GLOBAL_DEFINED, "");
	expect("__start_a", GLOBAL_STATIC, "");
}

static void test_no_file(void **state)
{
	struct linkscript *w = linkscript_new();

	(void)state;
	assert_false(linkscript_read(w, "/nowhere/xen.lds"));
	linkscript_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_no_labels),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
