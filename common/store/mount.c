/* SPDX-License-Identifier: MIT */
/* Tells local file systems from those that machines share. */
#include "common/store/mount.h"

#include <linux/magic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

bool mount_fuse_is_local(const char *type) {
    static const char prefix[] = "fuse.";
    static const char *const local[] = {
        /* disks */
        "ext2", "ext3", "ext4", "fuse2fs", "fuse-ext2", "ntfs", "ntfs-3g", "lowntfs-3g", "exfat",
        /* other folders of this machine, combined, mapped or encrypted */
        "mergerfs", "unionfs", "unionfs-fuse", "fuse-overlayfs", "bindfs", "encfs", "gocryptfs",
        "cryfs", "securefs"};
    if (strcmp(type, "fuseblk") == 0) /* on a block device */
        return true;
    if (strncmp(type, prefix, strlen(prefix)) != 0)
        return false;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if (strcmp(type + strlen(prefix), local[i]) == 0)
            return true;
    return false;
}

/* A line: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw". The third field is the
 * device, the one after " - " the type. Blanks within a field are escaped. */
bool mount_find_type(char *type, FILE *mounts, dev_t device) {
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    while (!found && getline(&line, &size, mounts) > 0) {
        unsigned high, low;
        const char *end = strstr(line, " - ");
        found = end && sscanf(line, "%*u %*u %u:%u", &high, &low) == 2 && high == major(device) &&
                low == minor(device) && sscanf(end, " - %63s", type) == 1;
    }
    free(line);
    return found;
}

static bool fuse_is_local(char *type, const char *path) {
    struct stat info;
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    bool found = mounts && stat(path, &info) == 0 && mount_find_type(type, mounts, info.st_dev);
    if (mounts)
        fclose(mounts);
    return found && mount_fuse_is_local(type);
}

bool mount_is_network(char *type, const char *path) {
    static const struct {
        uint32_t magic;
        const char *name;
    } kinds[] = {
        {NFS_SUPER_MAGIC, "nfs"},   {SMB_SUPER_MAGIC, "smb"},   {SMB2_SUPER_MAGIC, "smb3"},
        {CIFS_SUPER_MAGIC, "cifs"}, {V9FS_MAGIC, "9p"},         {CEPH_SUPER_MAGIC, "ceph"},
        {AFS_SUPER_MAGIC, "afs"},   {CODA_SUPER_MAGIC, "coda"}, {FUSE_SUPER_MAGIC, "fuse"}};
    struct statfs stat;
    if (statfs(path, &stat) < 0)
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((uint32_t)stat.f_type != kinds[i].magic)
            continue;
        snprintf(type, MOUNT_TYPE_SIZE, "%s", kinds[i].name);
        return kinds[i].magic != FUSE_SUPER_MAGIC || !fuse_is_local(type, path);
    }
    return false;
}
