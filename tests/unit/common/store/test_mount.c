/* SPDX-License-Identifier: MIT */
/* Telling local file systems from network ones, also those that FUSE serves. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "common/store/mount.h"

static const char mountinfo[] =
    "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
    "27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
    "broken\n"
    "40 27 0:45 / /home/ann/server rw,nosuid shared:7 master:2 - fuse.sshfs ann@host:/ rw\n"
    "41 27 0:46 / /media/a\\040-\\040b rw,nosuid - fuse.mergerfs 1:2 rw,user_id=0\n"
    "42 27 8:17 / /media/stick rw,nosuid - fuseblk /dev/sdb1 rw,user_id=0\n"
    "43 27 8:18 / /media/none rw -\n"
    "44 27 0:47 / /mnt rw - a-type-whose-name-is-longer-than-all-that-are-known-and-is-cut-off x "
    "rw\n";

static void assert_type(unsigned high, unsigned low, const char *expected) {
    char type[MOUNT_TYPE_SIZE] = "";
    FILE *mounts = fmemopen((void *)(uintptr_t)mountinfo, sizeof mountinfo - 1, "r");
    assert_non_null(mounts);
    assert_int_equal(mount_find_type(type, mounts, makedev(high, low)), expected != NULL);
    fclose(mounts);
    if (expected)
        assert_string_equal(type, expected);
}

static void test_mount_find_type__finds_the_device(void **state) {
    (void)state;
    assert_type(0, 21, "proc");
    assert_type(254, 1, "ext4");
    assert_type(0, 45, "fuse.sshfs");
    assert_type(0, 46, "fuse.mergerfs");
    assert_type(8, 17, "fuseblk");
    assert_type(8, 18, NULL);
    assert_type(1, 254, NULL);
    assert_type(0, 47, "a-type-whose-name-is-longer-than-all-that-are-known-and-is-cut-");
}

static void test_mount_fuse_is_local__knows_names_of_types(void **state) {
    (void)state;
    static const char *const local[] = {"fuseblk",       "fuse.ext4",           "fuse.ntfs-3g",
                                        "fuse.mergerfs", "fuse.fuse-overlayfs", "fuse.gocryptfs"};
    static const char *const other[] = {
        "fuse",         "fuse.sshfs",     "fuse.s3fs", "fuse.rclone",
        "fuse.unheard", "fuse.glusterfs", "virtiofs",  "ext4",
        "fuse.",        "fuse.ext",       "",          "fuse.ext4x"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        assert_true(mount_fuse_is_local(local[i]));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(mount_fuse_is_local(other[i]));
}

/* File systems that every machine has. */
static void test_mount_is_network__accepts_local_file_systems(void **state) {
    (void)state;
    char type[MOUNT_TYPE_SIZE];
    assert_false(mount_is_network(type, "/proc"));
    assert_false(mount_is_network(type, "/nowhere/at/all"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mount_find_type__finds_the_device),
        cmocka_unit_test(test_mount_fuse_is_local__knows_names_of_types),
        cmocka_unit_test(test_mount_is_network__accepts_local_file_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
