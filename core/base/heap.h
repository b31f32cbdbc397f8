// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lockscope {

/// Empties it; room that only a rare burst had asked for goes back.
template <typename T> void clearFully(std::vector<T>& vector)
{
    constexpr size_t worthKeeping = 64 * 1024; // bytes
    if (vector.capacity() * sizeof(T) > worthKeeping)
        vector = {};
    else
        vector.clear();
}

/// Makes it that long, with room for an eighth more that is not touched yet: a vector by itself would take twice its
/// size.
template <typename T> void growSparingly(std::vector<T>& vector, size_t size)
{
    if (size > vector.capacity())
        vector.reserve(size + size / 8);
    vector.resize(size);
}

/// Has large blocks (the arrays of a million locks, sorted anew) given back to the system when they are freed. glibc
/// would raise its limits for that by itself, and every thread that ever sorted keep tens of megabytes (mallopt(3),
/// M_MMAP_THRESHOLD). For the start of a program.
void keepHeapSmall();

/// Gives free memory inside the heap back to the system (malloc_trim(3)): less than a millisecond with a million locks.
/// For when a burst is over. Any thread.
void trimHeap();

/// Puts the bytes of both into one allocation, where they are short: a million pairs of them then need one header each
/// instead of two. Their values stay the same.
void shareStorage(QByteArray& first, QByteArray& second);

} // namespace lockscope
