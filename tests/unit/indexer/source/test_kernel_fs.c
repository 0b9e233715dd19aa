/* SPDX-License-Identifier: MIT */
/* Kernel file systems are distinguished from ordinary ones. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <unistd.h>

#include "indexer/source/kernel_fs.h"

static bool has_folder(const char *path) {
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    bool found = kernel_fs_has_folder(directory);
    close(directory);
    return found;
}

static void test_kernel_fs_has_folder__by_magic_number(void **state) {
    (void)state;
    assert_true(has_folder("/proc"));
    assert_true(has_folder("/proc/self"));
    assert_false(has_folder(testing_folder()));
}

static void test_kernel_fs_has_path__shared_memory_is_ordinary(void **state) {
    (void)state;
    static const char *const kernel[] = {"/proc", "/proc/self/maps", "/sys/block", "/dev/zero"};
    static const char *const ordinary[] = {"/", "/srv/proc", "/process", "/dev/shm", "/dev/shm/a"};
    for (size_t i = 0; i < sizeof kernel / sizeof *kernel; i++)
        assert_true(kernel_fs_has_path(slice_of_string(kernel[i])));
    for (size_t i = 0; i < sizeof ordinary / sizeof *ordinary; i++)
        assert_false(kernel_fs_has_path(slice_of_string(ordinary[i])));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel_fs_has_folder__by_magic_number),
        cmocka_unit_test(test_kernel_fs_has_path__shared_memory_is_ordinary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
