/* SPDX-License-Identifier: MIT */
/* The basis of every unit test: cmocka, asserts that print the sentence of an error, temporary
 * folders and files, and random numbers that can be repeated. */
#ifndef QUERN_TESTS_SUPPORT_TESTING_H
#define QUERN_TESTS_SUPPORT_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "tests/support/testing_random.h"

/* A sanitizer makes tests several times as slow: random ones then do one round of TESTING_FEWER. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { TESTING_FEWER = 5 };
#else
enum { TESTING_FEWER = 1 };
#endif

/* Asserts that a call returns ST_OK; else prints the sentence of the error. */
#define assert_ok(call, err) testing_assert_status((call), ST_OK, (err), #call, __FILE__, __LINE__)
/* Asserts that a call returns this status. */
#define assert_status(call, expected, err)                                                         \
    testing_assert_status((call), (expected), (err), #call, __FILE__, __LINE__)
/* Asserts that two slices hold the same bytes. */
#define assert_slice(actual, expected) testing_assert_slice(actual, expected, __FILE__, __LINE__)

void testing_assert_status(enum status status, enum status expected, const struct error *err,
                           const char *call, const char *file, int line);
void testing_assert_slice(struct slice actual, struct slice expected, const char *file, int line);

/* The path of a new, empty folder. The folder and the string live until the program exits. */
const char *testing_folder(void);
/* A path below a new folder, at which nothing exists yet. It lives as long. */
const char *testing_path(const char *name);

/* Writes the file, which need not exist before. */
void testing_write_file(const char *path, struct slice bytes);
/* Appends the bytes of the file to *out. */
void testing_read_file(struct buffer *out, const char *path);

/* A generator seeded with QUERN_SEED of the environment, or else with a fixed number. Prints the
 * seed, so that a failure can be repeated. */
struct testing_random testing_random(void);
/* Appends `words` words of w0, w1, ..., w(vocabulary - 1), each followed by a space. The frequency
 * of a word falls with its number, as in a language (Zipf). Every word is its own term. */
void testing_random_words(struct buffer *text, struct testing_random *random, uint32_t words,
                          uint32_t vocabulary);

#endif
