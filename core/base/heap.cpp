// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/heap.h"

#include <algorithm>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace lockscope {

namespace {

constexpr qsizetype longestShared = 1024; // beyond it, a header is no matter, and a copy is

/// `size` bytes of `whole`, from `at` on, in its storage.
QByteArray part(QByteArray::DataPointer& whole, qsizetype at, qsizetype size)
{
    whole.d_ptr()->ref(); // the pointer that is made here gives one back
    return QByteArray(QByteArray::DataPointer(whole.d_ptr(), whole.data() + at, size));
}

} // namespace

void keepHeapSmall()
{
#ifdef __GLIBC__
    // NOLINTBEGIN(concurrency-mt-unsafe): the program has no other thread yet
    mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    // NOLINTEND(concurrency-mt-unsafe)
#endif
}

void trimHeap()
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void shareStorage(QByteArray& first, QByteArray& second)
{
    if (first.isEmpty() || second.isEmpty() || first.size() + second.size() > longestShared)
        return;
    QByteArray whole(first.size() + 1 + second.size(), Qt::Uninitialized);
    char* const bytes = whole.data();
    std::copy_n(first.constData(), first.size(), bytes);
    bytes[first.size()] = '\0'; // as every QByteArray ends
    std::copy_n(second.constData(), second.size(), bytes + first.size() + 1);
    const qsizetype at = first.size() + 1;
    first = part(whole.data_ptr(), 0, first.size());
    second = part(whole.data_ptr(), at, second.size());
}

} // namespace lockscope
