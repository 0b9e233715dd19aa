/* SPDX-License-Identifier: MIT */
/* A walk gives every entry in order, and survives what happens to the tree meanwhile. */
#include "tests/support/testing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "indexer/source/walk.h"

static const char *folder; /* holds root, and is the current one */
static struct error err;
static const struct walk_options defaults;

static int set_up(void **state) {
    (void)state;
    folder = testing_folder();
    return chdir(folder) || mkdir("root", 0755);
}

static void put(const char *name, const char *text) {
    testing_write_file(name, slice_of_string(text));
}

static void make(const char *name) {
    assert_int_equal(mkdir(name, 0755), 0);
}

/* The entries of a walk, one line each, such as "file root/a". */
static struct buffer listing(const struct walk_options *options) {
    static const char *const kinds[] = {
        [WALK_DIRECTORY_BEGIN] = "begin", [WALK_FILE] = "file",
        [WALK_SKIPPED] = "skip",          [WALK_FAILED] = "fail",
        [WALK_SUBDIRECTORY] = "sub",      [WALK_DIRECTORY_END] = "end"};
    struct buffer out = {0};
    struct walk *walk;
    struct walk_entry entry;
    assert_int_equal(walk_open(&walk, "root", options, &err), ST_OK);
    enum status status;
    while ((status = walk_next(&entry, walk, &err)) == ST_OK) {
        char line[8192];
        const char *why = entry.kind == WALK_SKIPPED  ? walk_reason_text(entry.reason)
                          : entry.kind == WALK_FAILED ? strerror(entry.sys)
                                                      : "";
        assert_int_equal(strlen(entry.path), entry.path_size);
        const char *slash = strrchr(entry.path, '/');
        assert_string_equal(entry.name, slash ? slash + 1 : entry.path);
        int size = snprintf(line, sizeof line, "%s %s%s%s\n", kinds[entry.kind], entry.path,
                            *why ? ": " : "", why);
        assert_int_equal(buffer_append(&out, line, (size_t)size), ST_OK);
        if (entry.kind == WALK_FILE) {
            struct stat now;
            assert_int_equal(fstatat(entry.directory, entry.name, &now, AT_SYMLINK_NOFOLLOW), 0);
            assert_int_equal(now.st_ino, entry.stat.st_ino);
            assert_true(S_ISREG(entry.stat.st_mode));
        }
    }
    assert_int_equal(status, ST_END);
    assert_int_equal(walk_next(&entry, walk, &err), ST_END);
    walk_close(walk);
    assert_int_equal(buffer_append_byte(&out, '\0'), ST_OK);
    return out;
}

static void assert_walk(const struct walk_options *options, const char *expected) {
    struct buffer out = listing(options);
    assert_string_equal((const char *)out.data, expected);
    buffer_release(&out);
}

static void test_walk_next__order(void **state) {
    (void)state;
    put("root/b", "");
    put("root/a", "");
    put("root/a.txt", "");
    put("root/\xC3\xA9", "");
    put("root/new\nline", "");
    put("root/\xFF", "");
    make("root/sub");
    make("root/a-sub");
    put("root/sub/z", "");
    put("root/a-sub/y", "");
    make("root/a-sub/deep");
    assert_walk(&defaults, "begin root\n"
                           "file root/a\n"
                           "file root/a.txt\n"
                           "file root/b\n"
                           "file root/new\nline\n"
                           "file root/\xC3\xA9\n"
                           "file root/\xFF\n"
                           "sub root/a-sub\n"
                           "sub root/sub\n"
                           "end root\n"
                           "begin root/a-sub\n"
                           "file root/a-sub/y\n"
                           "sub root/a-sub/deep\n"
                           "end root/a-sub\n"
                           "begin root/a-sub/deep\n"
                           "end root/a-sub/deep\n"
                           "begin root/sub\n"
                           "file root/sub/z\n"
                           "end root/sub\n");
}

static void test_walk_next__special_files(void **state) {
    (void)state;
    put("root/file", "");
    assert_int_equal(mkfifo("root/fifo", 0644), 0);
    assert_int_equal(symlink("file", "root/link"), 0);
    assert_int_equal(symlink(".", "root/loop"), 0);
    assert_int_equal(symlink("nowhere", "root/dangling"), 0);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "root/socket"};
    assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    assert_walk(&defaults, "begin root\n"
                           "skip root/dangling: symbolic link\n"
                           "skip root/fifo: FIFO\n"
                           "file root/file\n"
                           "skip root/link: symbolic link\n"
                           "skip root/loop: symbolic link\n"
                           "skip root/socket: socket\n"
                           "end root\n");
    close(server);
}

static void test_walk_next__hidden_and_version_control(void **state) {
    (void)state;
    put("root/.secret", "");
    make("root/.git");
    put("root/.git/config", "");
    make("root/CVS");
    put("root/seen", "");
    assert_walk(&defaults, "begin root\n"
                           "skip root/.git: version control\n"
                           "skip root/.secret: hidden\n"
                           "skip root/CVS: version control\n"
                           "file root/seen\n"
                           "end root\n");
    assert_walk(&(struct walk_options){.hidden = true}, "begin root\n"
                                                        "skip root/.git: version control\n"
                                                        "file root/.secret\n"
                                                        "skip root/CVS: version control\n"
                                                        "file root/seen\n"
                                                        "end root\n");
}

static void test_walk_next__ignore_files(void **state) {
    (void)state;
    put("root/.gitignore", "*.o\nbuild/\n/only-here\nkept\n");
    put("root/.quernignore", "!kept\n");
    put("root/a.o", "");
    put("root/kept", "");
    put("root/only-here", "");
    make("root/build");
    put("root/build/x", "");
    make("root/sub");
    put("root/sub/.gitignore", "!special.o\nlocal\n");
    put("root/sub/special.o", "");
    put("root/sub/other.o", "");
    put("root/sub/local", "");
    put("root/sub/only-here", "");
    assert_walk(&defaults, "begin root\n"
                           "skip root/.gitignore: hidden\n"
                           "skip root/.quernignore: hidden\n"
                           "skip root/a.o: ignored\n"
                           "skip root/build: ignored\n"
                           "file root/kept\n"
                           "skip root/only-here: ignored\n"
                           "sub root/sub\n"
                           "end root\n"
                           "begin root/sub\n"
                           "skip root/sub/.gitignore: hidden\n"
                           "skip root/sub/local: ignored\n"
                           "file root/sub/only-here\n"
                           "skip root/sub/other.o: ignored\n"
                           "file root/sub/special.o\n"
                           "end root/sub\n");
    struct buffer all = listing(&(struct walk_options){.no_ignore = true});
    assert_non_null(strstr((const char *)all.data, "file root/build/x\n"));
    assert_null(strstr((const char *)all.data, ": ignored"));
    buffer_release(&all);
}

static void test_walk_next__excluded_folder(void **state) {
    (void)state;
    make("root/index");
    put("root/index/lock.mdb", "");
    put("root/text", "");
    struct stat stat_of_index;
    assert_int_equal(stat("root/index", &stat_of_index), 0);
    struct file_identity own = {stat_of_index.st_dev, stat_of_index.st_ino};
    struct walk_options options = {.excluded = {&own, 1}};
    assert_walk(&options, "begin root\n"
                          "skip root/index: excluded\n"
                          "file root/text\n"
                          "end root\n");
    struct walk *walk;
    assert_int_equal(walk_open(&walk, "root/index", &options, &err), ST_SKIPPED);
    assert_null(walk);
}

static void test_walk_next__closed_folder(void **state) {
    (void)state;
    if (geteuid() == 0) {
        print_message("skipped: root may read everything\n");
        skip();
    }
    make("root/closed");
    make("root/open");
    assert_int_equal(chmod("root/closed", 0), 0);
    assert_walk(&defaults, "begin root\n"
                           "sub root/closed\n"
                           "sub root/open\n"
                           "end root\n"
                           "fail root/closed: Permission denied\n"
                           "begin root/open\n"
                           "end root/open\n");
    assert_int_equal(chmod("root/closed", 0755), 0);
}

/* A folder may be removed, or replaced by a link, after it was listed and before it is entered. */
static void test_walk_next__folder_disappears(void **state) {
    (void)state;
    make("root/a");
    make("root/b");
    make("root/c");
    struct walk *walk;
    struct walk_entry entry;
    assert_int_equal(walk_open(&walk, "root", &defaults, &err), ST_OK);
    do
        assert_int_equal(walk_next(&entry, walk, &err), ST_OK);
    while (entry.kind != WALK_DIRECTORY_END);
    assert_int_equal(rmdir("root/a"), 0);
    assert_int_equal(rmdir("root/b"), 0);
    assert_int_equal(symlink("/", "root/b"), 0);
    assert_int_equal(walk_next(&entry, walk, &err), ST_OK);
    assert_int_equal(entry.kind, WALK_FAILED);
    assert_string_equal(entry.path, "root/b");
    assert_int_equal(walk_next(&entry, walk, &err), ST_OK);
    assert_int_equal(entry.kind, WALK_DIRECTORY_BEGIN);
    assert_string_equal(entry.path, "root/c");
    walk_close(walk);
}

static int open_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    int count = 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* Makes folders "d/d/d/..." down to `depth`, with a file "f" and a folder "z" beside each "d". */
static void make_deep(int depth) {
    assert_int_equal(chdir("root"), 0);
    for (int i = 0; i < depth; i++) {
        make("d");
        assert_int_equal(chdir("d"), 0);
        make("z");
        put("f", "");
    }
    assert_int_equal(chdir(folder), 0);
}

static void remove_deep(int depth) {
    assert_int_equal(chdir("root"), 0);
    for (int i = 0; i < depth; i++)
        assert_int_equal(chdir("d"), 0);
    for (int i = 0; i < depth; i++)
        assert_true(unlink("f") == 0 && rmdir("z") == 0 && chdir("..") == 0 && rmdir("d") == 0);
    assert_int_equal(chdir(folder), 0);
}

static void test_walk_next__five_thousand_deep(void **state) {
    (void)state;
    enum { DEPTH = 5000 };
    make_deep(DEPTH);
    int before = open_descriptors(), most = 0;
    struct walk *walk;
    struct walk_entry entry;
    size_t files = 0, failed = 0, begun = 0, ended = 0;
    assert_int_equal(walk_open(&walk, "root", &defaults, &err), ST_OK);
    while (walk_next(&entry, walk, &err) == ST_OK) {
        files += entry.kind == WALK_FILE;
        begun += entry.kind == WALK_DIRECTORY_BEGIN;
        ended += entry.kind == WALK_DIRECTORY_END;
        if (entry.kind == WALK_FAILED) {
            failed++;
            assert_int_equal(entry.sys, ENAMETOOLONG);
            assert_true(entry.path_size > WALK_PATH_MAX);
        } else {
            assert_true(entry.path_size <= WALK_PATH_MAX);
        }
        if (begun % 100 == 0) {
            int open = open_descriptors();
            most = open > most ? open : most;
        }
    }
    walk_close(walk);
    /* "root" and n times "/d" have 4 + 2n bytes; the deepest folder that fits has n = 2045, and a
     * name of one more letter in it does not fit. */
    assert_int_equal(files, 2044);
    assert_int_equal(begun, 1 + 2045 + 2044);
    assert_int_equal(ended, begun);
    assert_int_equal(failed, 3);
    assert_true(most > before && most <= before + WALK_OPEN_MAX + 1);
    assert_int_equal(open_descriptors(), before);
    remove_deep(DEPTH);
}

/* A folder is moved away while the walk is deep inside it. */
static void test_walk_next__moved_while_deep(void **state) {
    (void)state;
    make_deep(200);
    struct walk *walk;
    struct walk_entry entry;
    assert_int_equal(walk_open(&walk, "root", &defaults, &err), ST_OK);
    int begun = 0;
    while (begun <= 200) {
        assert_int_equal(walk_next(&entry, walk, &err), ST_OK);
        begun += entry.kind == WALK_DIRECTORY_BEGIN;
    }
    make("elsewhere");
    assert_int_equal(rename("root/d/d/d", "elsewhere/d"), 0);
    size_t failed = 0;
    while (walk_next(&entry, walk, &err) == ST_OK)
        if (entry.kind == WALK_FAILED) {
            assert_int_equal(entry.sys, ESTALE);
            failed++;
        }
    assert_int_equal(failed, 2); /* the "z" of the two folders above */
    walk_close(walk);
}

static void test_walk_open__not_a_folder(void **state) {
    (void)state;
    struct walk *walk;
    put("root/file", "");
    assert_int_equal(walk_open(&walk, "root/nothing", &defaults, &err), ST_NOT_FOUND);
    assert_null(walk);
    assert_int_equal(walk_open(&walk, "", &defaults, &err), ST_NOT_FOUND);
    assert_int_equal(walk_open(&walk, "root/file", &defaults, &err), ST_EIO);
    assert_int_equal(err.sys, ENOTDIR);
}

static void test_walk_open__link_and_slashes(void **state) {
    (void)state;
    put("root/file", "");
    assert_int_equal(symlink("root", "link"), 0);
    struct walk *walk;
    struct walk_entry entry;
    assert_int_equal(walk_open(&walk, "link//", &(struct walk_options){.follow = true}, &err),
                     ST_OK);
    assert_int_equal(walk_next(&entry, walk, &err), ST_OK);
    assert_string_equal(entry.path, "link");
    assert_int_equal(walk_next(&entry, walk, &err), ST_OK);
    assert_string_equal(entry.path, "link/file");
    walk_close(walk);
    assert_int_equal(walk_open(&walk, "link/", &defaults, &err), ST_EIO);
    assert_int_equal(walk_open(&walk, "link", &defaults, &err), ST_EIO);
    assert_int_equal(err.sys, ENOTDIR);
}

static void test_walk_open__kernel_file_systems(void **state) {
    (void)state;
    struct walk *walk;
    assert_int_equal(walk_open(&walk, "/proc", &defaults, &err), ST_SKIPPED);
    assert_string_equal(err.text, "/proc: kernel file system");
}

/* Closing any descriptor of LMDB's lock file drops the locks of the process, so it must not be
 * opened even as an ignore file. */
static void test_walk_next__ignore_file_is_an_index_file(void **state) {
    (void)state;
    put("lock", "file\n");
    put("root/file", "");
    assert_int_equal(link("lock", "root/.gitignore"), 0);
    struct stat state_of_lock;
    assert_int_equal(stat("lock", &state_of_lock), 0);
    struct file_identity own = {state_of_lock.st_dev, state_of_lock.st_ino};
    assert_walk(&(struct walk_options){.excluded = {&own, 1}}, "begin root\n"
                                                               "skip root/.gitignore: hidden\n"
                                                               "file root/file\n"
                                                               "end root\n");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(test_walk_next__order),
        TEST(test_walk_next__special_files),
        TEST(test_walk_next__hidden_and_version_control),
        TEST(test_walk_next__ignore_files),
        TEST(test_walk_next__excluded_folder),
        TEST(test_walk_next__closed_folder),
        TEST(test_walk_next__folder_disappears),
        TEST(test_walk_next__five_thousand_deep),
        TEST(test_walk_next__moved_while_deep),
        TEST(test_walk_open__not_a_folder),
        TEST(test_walk_open__link_and_slashes),
        TEST(test_walk_open__kernel_file_systems),
        TEST(test_walk_next__ignore_file_is_an_index_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
