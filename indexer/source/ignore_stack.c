/* SPDX-License-Identifier: MIT */
/* Reads the ignore files of a folder and those above it, and asks them in order. */
#include "indexer/source/ignore_stack.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/array.h"
#include "indexer/source/ignore.h"

/* Bytes of an ignore file, or of a file of git that contains a path. */
enum { RULES_MAX_SIZE = 1024 * 1024 };

static const char quern_name[] = ".quernignore";
static const char git_name[] = ".gitignore";
static const char repository_name[] = ".git";

/* The rules of a folder. */
struct layer {
    struct ignore *quern, *git, *exclude;
    bool repository;  /* the folder is the root of a git repository */
    size_t path_size; /* of the folder; above the walk's root, in stack->real_path */
};

struct ignore_stack {
    struct file_set forbidden;
    struct buffer real_path; /* of the root, without links, then of what is asked about */
    size_t root_size, real_size;
    struct layer *layers;
    size_t layers_above_root; /* of `layers` */
    size_t count, capacity;
    size_t rule_file_count; /* in all layers */
    struct buffer bytes;
};

/* Reads a file in an open folder into stack->bytes. ST_NOT_FOUND: there is no regular file of this
 * name, or it is forbidden. ST_INVALID: it cannot be read. */
static enum status read_small_file(struct ignore_stack *stack, int directory, const char *name,
                                   struct error *err) {
    struct file_request request = {.directory = directory,
                                   .name = name,
                                   .path = name,
                                   .max_size = RULES_MAX_SIZE,
                                   .forbidden = stack->forbidden};
    struct stat st;
    enum status status = file_read(&stack->bytes, NULL, &request, err);
    if (status == ST_SKIPPED && fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        (!S_ISREG(st.st_mode) || file_set_has(stack->forbidden, &st)))
        return ST_NOT_FOUND;
    return status == ST_SKIPPED || status == ST_EIO ? ST_INVALID : status;
}

static enum status read_rules(struct ignore **out, struct ignore_stack *stack, int directory,
                              const char *name, struct error *err) {
    enum status status = read_small_file(stack, directory, name, err);
    if (!status)
        status = ignore_parse(out, buffer_slice(&stack->bytes));
    return status == ST_NOT_FOUND ? ST_OK : status;
}

static bool is_absolute(struct slice path) {
    return path.size > 0 && path.data[0] == '/';
}

/* Turns the path of a folder into that of `name` in it, with a NUL at the end. */
static enum status path_append(struct buffer *path, struct slice name) {
    if (is_absolute(name))
        buffer_clear(path);
    else if (path->size > 0)
        path->data[path->size - 1] = '/'; /* in place of the NUL */
    enum status status = buffer_append_slice(path, name);
    return status ? status : buffer_append_byte(path, '\0');
}

/* Appends the path in stack->bytes, which follows the label. */
static enum status path_append_from_line(struct buffer *path, const struct ignore_stack *stack,
                                         const char *label) {
    struct slice line = buffer_slice(&stack->bytes);
    size_t size = strlen(label);
    if (line.size < size || memcmp(line.data, label, size) != 0)
        return ST_NOT_FOUND;
    line = slice_after(line, size);
    while (line.size > 0 && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
        line.size--;
    return line.size > 0 && !memchr(line.data, '\0', line.size) ? path_append(path, line)
                                                                : ST_NOT_FOUND;
}

/* Finds the git directory if the folder is the root of a repository; *path is absolute or relative
 * to the folder. It is .git, or in a submodule or a work tree what a file of that name says
 * (gitrepository-layout(5)). ST_NOT_FOUND: the folder is no such root. */
static enum status find_git_directory(struct buffer *path, struct ignore_stack *stack,
                                      int directory, struct error *err) {
    buffer_clear(path);
    enum status status = read_small_file(stack, directory, repository_name, err);
    if (!status)
        status = path_append_from_line(path, stack, "gitdir: ");
    else if (status == ST_NOT_FOUND)
        status = path_append(path, slice_of_string(repository_name));
    size_t size = path->size;
    if (!status)
        status = path_append(path, slice_of_string("HEAD"));
    if (status)
        return status;
    if (faccessat(directory, (const char *)path->data, F_OK, 0) != 0)
        return ST_NOT_FOUND;
    path->size = size;
    path->data[size - 1] = '\0';
    return ST_OK;
}

/* Reads info/exclude, which a work tree shares with the repository that its git directory names. */
static enum status read_exclude(struct layer *layer, struct ignore_stack *stack, int directory,
                                struct error *err) {
    struct buffer git = {0}, common = {0};
    enum status status = find_git_directory(&git, stack, directory, err);
    layer->repository = !status;
    if (!status)
        status = buffer_append_slice(&common, buffer_slice(&git));
    if (!status)
        status = path_append(&git, slice_of_string("commondir"));
    if (!status) {
        status = read_small_file(stack, directory, (const char *)git.data, err);
        if (!status)
            status = path_append_from_line(&common, stack, "");
        if (status == ST_NOT_FOUND)
            status = ST_OK;
    }
    if (!status)
        status = path_append(&common, slice_of_string("info/exclude"));
    if (!status)
        status = read_rules(&layer->exclude, stack, directory, (const char *)common.data, err);
    buffer_release(&git);
    buffer_release(&common);
    return status == ST_NOT_FOUND ? ST_OK : status;
}

static size_t layer_files(const struct layer *layer) {
    return (size_t)(!!layer->quern + !!layer->git + !!layer->exclude);
}

static void layer_release(struct layer *layer) {
    ignore_free(layer->quern);
    ignore_free(layer->git);
    ignore_free(layer->exclude);
}

enum status ignore_stack_push(struct ignore_stack *stack, int directory, size_t path_size,
                              struct ignore_names names, struct error *err) {
    struct layer *layers =
        array_reserve(stack->layers, &stack->capacity, stack->count + 1, sizeof *layers);
    if (!layers)
        return error_nomem(err);
    stack->layers = layers;
    struct layer layer = {.path_size = path_size};
    enum status status = ST_OK;
    if (names.quern)
        status = read_rules(&layer.quern, stack, directory, quern_name, err);
    if (!status && names.git)
        status = read_rules(&layer.git, stack, directory, git_name, err);
    if (!status && names.repository)
        status = read_exclude(&layer, stack, directory, err);
    if (status) {
        layer_release(&layer);
        return status == ST_NOMEM ? error_nomem(err) : status;
    }
    stack->layers[stack->count++] = layer;
    stack->rule_file_count += layer_files(&layer);
    return ST_OK;
}

void ignore_stack_pop(struct ignore_stack *stack) {
    struct layer *layer = &stack->layers[--stack->count];
    stack->rule_file_count -= layer_files(layer);
    layer_release(layer);
}

void ignore_names_add(struct ignore_names *names, const char *name) {
    if (*name != '.')
        return;
    names->quern = names->quern || strcmp(name, quern_name) == 0;
    names->git = names->git || strcmp(name, git_name) == 0;
    names->repository = names->repository || strcmp(name, repository_name) == 0;
}

/* The size of the path of the parent of a folder whose path has this size. */
static size_t parent_size(const struct ignore_stack *stack, size_t size) {
    const uint8_t *slash = memrchr(stack->real_path.data, '/', size);
    size_t parent = slash ? (size_t)(slash - stack->real_path.data) : 0;
    return parent > 0 ? parent : 1;
}

/* Opens the folder whose path is the first `size` bytes of stack->real_path; -1 if that fails. */
static int open_ancestor(struct ignore_stack *stack, size_t size) {
    char *path = strndup((const char *)stack->real_path.data, size);
    int directory = path ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    free(path);
    return directory;
}

/* Adds the path of the folder above the root to the message. */
static enum status set_ancestor_error(const struct ignore_stack *stack, size_t size,
                                      const struct error *inner, struct error *err) {
    return error_set(err, ST_INVALID, 0, "%.*s: %s", (int)size, (const char *)stack->real_path.data,
                     inner->text);
}

/* Finds the root of the repository around the walk's root; *found is the size of its path, or 0 if
 * there is none or it is the walk's root itself. */
static enum status find_repository(size_t *found, struct ignore_stack *stack, struct error *err) {
    struct error inner;
    struct buffer git = {0};
    size_t size = stack->real_size;
    enum status status = ST_NOT_FOUND;
    *found = 0;
    for (;;) {
        int directory = open_ancestor(stack, size);
        if (directory < 0)
            break;
        status = find_git_directory(&git, stack, directory, &inner);
        close(directory);
        if (status != ST_NOT_FOUND || size == 1)
            break;
        size = parent_size(stack, size);
    }
    if (!status && size < stack->real_size)
        *found = size;
    if (status == ST_INVALID)
        set_ancestor_error(stack, size, &inner, err);
    buffer_release(&git);
    return status == ST_NOT_FOUND ? ST_OK : status;
}

/* Pushes the folders from the root of the repository down to the parent of the walk's root. */
static enum status push_ancestors(struct ignore_stack *stack, struct error *err) {
    struct error inner;
    size_t size;
    enum status status = find_repository(&size, stack, err);
    while (!status && size > 0 && size < stack->real_size) {
        int directory = open_ancestor(stack, size);
        if (directory >= 0) {
            status = ignore_stack_push(stack, directory, size,
                                       (struct ignore_names){true, true, true}, &inner);
            close(directory);
            if (status == ST_INVALID)
                set_ancestor_error(stack, size, &inner, err);
        }
        size += size > 1; /* the slash, which "/" already has */
        const uint8_t *slash = memchr(stack->real_path.data + size, '/', stack->real_size - size);
        size = slash ? (size_t)(slash - stack->real_path.data) : stack->real_size;
    }
    stack->layers_above_root = stack->count;
    return status;
}

enum status ignore_stack_new(struct ignore_stack **out, const char *root, struct file_set forbidden,
                             struct error *err) {
    *out = NULL;
    struct ignore_stack *stack = calloc(1, sizeof *stack);
    if (!stack)
        return error_nomem(err);
    stack->forbidden = forbidden;
    stack->root_size = strlen(root);
    enum status status = ST_OK;
    char *real = realpath(root, NULL);
    if (real) {
        stack->real_size = strlen(real);
        status = buffer_append(&stack->real_path, real, stack->real_size);
        if (!status)
            status = push_ancestors(stack, err);
    }
    free(real);
    if (status) {
        ignore_stack_free(stack);
        return status == ST_NOMEM ? error_nomem(err) : status;
    }
    *out = stack;
    return ST_OK;
}

void ignore_stack_free(struct ignore_stack *stack) {
    if (!stack)
        return;
    while (stack->count > 0)
        ignore_stack_pop(stack);
    free(stack->layers);
    buffer_release(&stack->real_path);
    buffer_release(&stack->bytes);
    free(stack);
}

/* Appends the part of `path` below the root to stack->real_path. */
static enum status set_real_path(struct ignore_stack *stack, struct slice path) {
    struct slice below = slice_of(path.data + stack->root_size, path.size - stack->root_size);
    stack->real_path.size = stack->real_size;
    enum status status = buffer_append_slice(&stack->real_path, below);
    return status ? status : buffer_append_byte(&stack->real_path, '\0');
}

enum status ignore_stack_match(bool *ignored, struct ignore_stack *stack, struct slice path,
                               bool is_directory) {
    *ignored = false;
    if (stack->rule_file_count == 0)
        return ST_OK;
    if (stack->layers_above_root > 0 && set_real_path(stack, path))
        return ST_NOMEM;
    bool git = true; /* git's files still apply */
    for (size_t i = stack->count; i-- > 0;) {
        const struct layer *layer = &stack->layers[i];
        const uint8_t *whole = i < stack->layers_above_root ? stack->real_path.data : path.data;
        const char *relative = (const char *)whole + layer->path_size;
        relative += *relative == '/';
        const struct ignore *files[] = {layer->quern, git ? layer->git : NULL,
                                        git ? layer->exclude : NULL};
        for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
            enum ignore_verdict verdict =
                files[k] ? ignore_match(files[k], relative, is_directory) : IGNORE_NONE;
            if (verdict != IGNORE_NONE) {
                *ignored = verdict == IGNORE_SKIP;
                return ST_OK;
            }
        }
        git = git && !layer->repository;
    }
    return ST_OK;
}
