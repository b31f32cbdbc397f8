// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QList>
#include <QString>

#include <optional>

namespace lockscope {

/// What a fixture says of one key that must be seen as a lock. `…Line` are line numbers for messages.
struct ExpectedLock {
    struct Holder {
        QByteArray token;
        std::optional<qint64> count;
    };
    struct Release {
        int line = 0;
        QByteArray token;
        QList<QByteArrayList> messages; ///< channel, payload
        QByteArrayList gone; ///< keys that must not be there afterwards
        QByteArrayList left; ///< keys that must be
    };

    int line = 0;
    QByteArray key;
    QByteArray family;
    QByteArray mode = "exclusive";
    bool hasTtl = true;
    QByteArray rule; ///< empty: any
    QByteArray confidenceRelation; ///< `>=`, `<=`; empty: any confidence
    float confidence = 0;
    std::optional<QList<Holder>> holders; ///< in order
    QList<QByteArrayList> owners; ///< hint name, value
    bool ownerless = false; ///< no hint at all
    QByteArrayList auxiliaries;
    QByteArrayList waiters; ///< kind, name; empty: not asked
    QByteArrayList changed; ///< tokens with which the release must change nothing
    std::optional<Release> release;
};

/// One case: what a library leaves on an empty server, and what must be seen of it.
struct FamilyCase {
    QString file;
    int line = 0;
    QByteArray name;
    QList<QByteArrayList> commands;
    QList<int> commandLines;
    QByteArrayList served; ///< families whose scripts the server knows
    QByteArrayList named; ///< keys that the operator named
    QList<ExpectedLock> locks;
    QByteArrayList notLocks; ///< keys that must not be recognised at all
    QByteArrayList unlikely; ///< keys that may look like a token, but not like a lock: `plain`, 0.3 at most
};

struct FixtureFile {
    QList<FamilyCase> cases;
    QStringList faults; ///< `file:line: what is wrong`
};

/// Words divided by blanks; those in double quotes take \xHH, \" and \\. Nothing for a quote that does not end.
[[nodiscard]] std::optional<QByteArrayList> fixtureWords(QByteArrayView line);

/// The cases of one file. tests/core/locks/fixtures/README.md describes the format.
[[nodiscard]] FixtureFile parseFixture(const QString& fileName, const QByteArray& text);

/// `@now`, `@now+5000`, `@now-5000`, `@seconds+60` in a word: `nowMs` (or whole seconds) with that added.
[[nodiscard]] QByteArray withTimes(const QByteArray& word, qint64 nowMs);

} // namespace lockscope
