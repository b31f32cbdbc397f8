// SPDX-License-Identifier: GPL-3.0-or-later

// For builds with ThreadSanitizer, part of every program. Qt starts a child by clone(CLONE_VM | CLONE_VFORK): until its
// exec it runs in our memory. The sanitizer's own clone() takes it for a fork and, where there are several threads, has
// the child ignore all that follows: in shared memory that makes the parent's thread deaf to its own mutexes for good,
// and every later use of them looks like a race.

#include <cstdarg>
#include <sys/types.h>

extern "C" {

int __clone(
    int (*function)(void*), void* stack, int flags, void* argument, ...); // glibc's, which clone() is an alias of

int clone(int (*function)(void*), void* stack, int flags, void* argument, ...)
{
    va_list more;
    va_start(more, argument);
    auto* parentId = va_arg(more, pid_t*);
    auto* threadArea = va_arg(more, void*);
    auto* childId = va_arg(more, pid_t*);
    va_end(more);
    return __clone(function, stack, flags, argument, parentId, threadArea, childId);
}
}
