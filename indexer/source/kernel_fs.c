/* SPDX-License-Identifier: MIT */
/* Recognizes the kernel's file systems by their magic numbers, and by where they always are. */
#include "indexer/source/kernel_fs.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include "indexer/source/path.h"

bool kernel_fs_has_folder(int directory) {
    static const uint32_t magics[] = {PROC_SUPER_MAGIC,   SYSFS_MAGIC,         DEVPTS_SUPER_MAGIC,
                                      CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
                                      TRACEFS_MAGIC,      SECURITYFS_MAGIC,    SELINUX_MAGIC,
                                      EFIVARFS_MAGIC,     PSTOREFS_MAGIC,      BPF_FS_MAGIC,
                                      BINFMTFS_MAGIC};
    struct statfs system;
    if (fstatfs(directory, &system))
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if ((uint32_t)system.f_type == magics[i])
            return true;
    return false;
}

bool kernel_fs_has_path(struct slice path) {
    static const char *const folders[] = {"/proc", "/sys", "/dev"};
    if (path_within(path, slice_of_string("/dev/shm")))
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (path_within(path, slice_of_string(folders[i])))
            return true;
    return false;
}
