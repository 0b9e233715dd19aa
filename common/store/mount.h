/* On what kind of file system something lies: an index needs locks and shared memory that work. */
#ifndef QUERN_COMMON_STORE_MOUNT_H
#define QUERN_COMMON_STORE_MOUNT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { MOUNT_TYPE_SIZE = 64 }; /* bytes of the name of a type, the NUL included */

/* Whether `path` lies on a file system that other machines may use at the same time, or that is not
 * known to be a local one; its name, such as "nfs" or "fuse.sshfs", into type[MOUNT_TYPE_SIZE].
 *
 * These are NFS, SMB, 9P, Ceph, AFS and Coda. FUSE serves local disks and network shares alike, and
 * only the name of the type says which: refused is what mount_fuse_is_local() does not know. */
bool mount_is_network(const char *path, char *type);

/* The type of the mounted file system with this device number, from lines as /proc/self/mountinfo
 * has them (proc(5)), into type[MOUNT_TYPE_SIZE]. False: there is none. */
bool mount_find_type(char *type, FILE *mounts, dev_t device);

/* Whether a type of FUSE lies on a disk of this machine, or on another file system that is mounted
 * here: "fuseblk", "fuse.ext4", "fuse.mergerfs" and the like. */
bool mount_fuse_is_local(const char *type);

#endif
