// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QByteArray>
#include <QHash>

#include <array>
#include <optional>
#include <vector>

namespace lockscope {

/// How long locks of similar names are usually held: a histogram for each pattern of names, a quarter of a kilobyte
/// each, a thousand at most; the one that was not asked for longest makes room. Old holds fade as new ones come.
class HoldHistory {
public:
    static constexpr quint32 fewestHolds = 20; ///< fewer say nothing
    static constexpr size_t maximumPatterns = 1024;

    struct Usual {
        Milliseconds limit { 0 }; ///< 99 of 100 holds were no longer, to a fifth
        quint32 holds = 0;
        QByteArray pattern;
    };

    /// A hold that was seen from its beginning to its end.
    void note(QByteArrayView key, Milliseconds held);
    /// What is usual for a key like this; nothing while too few holds were seen.
    [[nodiscard]] std::optional<Usual> usual(QByteArrayView key);
    [[nodiscard]] size_t patternCount() const { return m_patterns.size(); }

    /// The key with its segments that have a digit as stars: `lock:orders:4711` is `lock:orders:*`.
    [[nodiscard]] static QByteArray patternOf(QByteArrayView key);

private:
    static constexpr int bucketsPerOctave = 4;
    static constexpr int bucketCount = 34 * bucketsPerOctave; ///< up to half a year
    struct Pattern {
        QByteArray name;
        std::array<quint16, bucketCount> counts {};
        quint32 total = 0;
        bool used = false; ///< since the last search for room
    };

    [[nodiscard]] static int bucketOf(Milliseconds held);
    [[nodiscard]] static Milliseconds upperEnd(int bucket);
    [[nodiscard]] Pattern& patternFor(const QByteArray& name);
    void makeRoom(const QByteArray& name);

    std::vector<Pattern> m_patterns;
    QHash<QByteArray, size_t> m_index;
    size_t m_hand = 0; ///< where the search for room goes on
};

} // namespace lockscope
