/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/opts.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/edit_distance.h"

enum { MAX_OPTS = 48, FIRST_LONG = 256 };

/** What getopt_long() wants, made from the tables. */
struct compiled {
	const struct ks_opt *opts[MAX_OPTS];
	void *values[MAX_OPTS];
	struct option longs[MAX_OPTS + 1];
	char shorts[2 * MAX_OPTS + 3];
	int nr;
};

static void compile(struct compiled *c, const struct ks_opts *sets, size_t nr, bool stop_early)
{
	char *s = c->shorts;
	if (stop_early)
		*s++ = '+';
	*s++ = ':'; // a missing value is told apart from an unknown option
	for (size_t i = 0; i < nr; i++)
		for (const struct ks_opt *o = sets[i].table; o && o->name && c->nr < MAX_OPTS;
		     o++) {
			c->opts[c->nr] = o;
			c->values[c->nr] = sets[i].values;
			c->longs[c->nr] = (struct option){
				.name = o->name,
				.has_arg = o->arg ? required_argument : no_argument,
				.val = FIRST_LONG + c->nr,
			};
			c->nr++;
			if (!o->letter)
				continue;
			*s++ = o->letter;
			if (o->arg)
				*s++ = ':';
		}
}

static int index_of(const struct compiled *c, int val)
{
	if (val >= FIRST_LONG)
		return val - FIRST_LONG;
	for (int i = 0; i < c->nr; i++)
		if (c->opts[i]->letter == val)
			return i;
	return -1;
}

static struct ks_error *set_number(const struct ks_opt *o, unsigned int *value, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || n < 1 || n > 1024)
		return ks_error_new(KS_ERR_USAGE, "--%s takes a number from 1 to 1024, not '%s'",
				    o->name, text);
	*value = (unsigned int)n;
	return NULL;
}

static struct ks_error *set_choice(const struct ks_opt *o, int *value, const char *text)
{
	size_t len = 0;
	for (int i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], text) == 0) {
			*value = i;
			return NULL;
		}
		len += strlen(o->choices[i]) + 2;
	}
	char *all = calloc(1, len + 1);
	struct ks_near_word near = ks_near_word_of(text);
	for (int i = 0; all && o->choices[i]; i++) {
		strcat(all, i ? ", " : "");
		strcat(all, o->choices[i]);
		ks_near_word_see(&near, o->choices[i]);
	}
	struct ks_error *err =
		ks_error_new(KS_ERR_USAGE, "--%s is one of %s, not '%s'%s", o->name,
			     all ? all : "those of --help", text, ks_near_word_hint(&near));
	free(all);
	return err;
}

static struct ks_error *set(const struct ks_opt *o, void *values, const char *text)
{
	void *at = (char *)values + o->offset;
	switch (o->type) {
	case KS_OPT_FLAG:
		*(bool *)at = true;
		return NULL;
	case KS_OPT_COUNT:
		++*(unsigned int *)at;
		return NULL;
	case KS_OPT_NUMBER:
		return set_number(o, at, text);
	case KS_OPT_TEXT:
	case KS_OPT_INPUT:
	case KS_OPT_OUTPUT:
	case KS_OPT_RESULT:
		*(const char **)at = text;
		return NULL;
	case KS_OPT_CHOICE:
		return set_choice(o, at, text);
	}
	return NULL;
}

/** @param word as it was typed: --NAME or --NAME=VALUE */
static struct ks_error *unknown_option(const struct compiled *c, const char *word)
{
	char name[64];
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	struct ks_near_word near = ks_near_word_of(name + strspn(name, "-"));
	for (int i = 0; i < c->nr; i++)
		ks_near_word_see(&near, c->opts[i]->name);
	if (near.near)
		return ks_error_new(KS_ERR_USAGE, "unknown option %s; did you mean --%s?", word,
				    near.near);
	return ks_error_new(KS_ERR_USAGE, "unknown option %s; try --help", word);
}

static struct ks_error *complain(const struct compiled *c, int result, char **argv)
{
	int i = optopt ? index_of(c, optopt) : -1;
	if (i >= 0 && result == ':')
		return ks_error_new(KS_ERR_USAGE, "--%s needs a value: %s", c->opts[i]->name,
				    c->opts[i]->arg);
	if (i >= 0)
		return ks_error_new(KS_ERR_USAGE, "--%s takes no value", c->opts[i]->name);
	if (optopt)
		return ks_error_new(KS_ERR_USAGE, "unknown option -%c; try --help", optopt);
	return unknown_option(c, argv[optind - 1]);
}

struct ks_error *ks_opts_parse(const struct ks_opts *sets, size_t nr, int argc, char **argv,
			       bool stop_early, int *first)
{
	struct compiled c = { 0 };
	compile(&c, sets, nr, stop_early);
	opterr = 0;
	optind = 0; // GNU: start afresh
	int result;
	while ((result = getopt_long(argc, argv, c.shorts, c.longs, NULL)) != -1) {
		if (result == '?' || result == ':')
			return complain(&c, result, argv);
		int i = index_of(&c, result);
		if (i >= 0)
			KS_TRY(set(c.opts[i], c.values[i], optarg));
	}
	*first = optind;
	return NULL;
}
