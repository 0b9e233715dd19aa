/* SPDX-License-Identifier: MIT */
/* The kind of file system that a path is on: an index needs locks and shared memory that work. */
#ifndef QUERN_COMMON_STORE_MOUNT_H
#define QUERN_COMMON_STORE_MOUNT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { MOUNT_TYPE_SIZE = 64 }; /* bytes of a type's name, including the NUL */

/* Whether `path` is on a file system that other machines may use at the same time, or that is not
 * known to be local. If so, type[MOUNT_TYPE_SIZE] gets its name, such as "nfs" or "fuse.sshfs".
 *
 * These are NFS, SMB, 9P, Ceph, AFS and Coda. FUSE serves local disks as well as network shares,
 * and only the name of the type distinguishes them: a FUSE type that mount_fuse_is_local() does not
 * know counts as a network. */
bool mount_is_network(char *type, const char *path);

/* Finds the type of the mounted file system with this device number in lines of the form of
 * /proc/self/mountinfo (proc(5)), and copies it to type[MOUNT_TYPE_SIZE]. False: it is not there. */
bool mount_find_type(char *type, FILE *mounts, dev_t device);

/* Whether a FUSE type is known to be on a disk of this machine or on top of another local file
 * system: "fuseblk", "fuse.ext4", "fuse.mergerfs" and the like. */
bool mount_fuse_is_local(const char *type);

#endif
