// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/lockfamily.h"
#include "locks/families/namepattern.h"

#include <QRegularExpression>

#include <memory>

namespace lockscope {

/// Where the holders of a declared family stand in its key.
enum class HolderPlace : quint8 {
    Value, ///< string: the value
    Field, ///< hash: the value of one field
    Fields, ///< hash: the name of every field
    Members, ///< set and sorted set: every member
    First, ///< list: its first element; the others wait
    Last, ///< list: its last element; the others wait
    Elements, ///< list: every element
};

/// What a token of a declared family looks like.
struct TokenTest {
    QByteArray name = "any"; ///< as the file has it
    bool (*test)(QByteArrayView token) = nullptr; ///< null: `expression`, or anything
    std::shared_ptr<const QRegularExpression> expression; ///< over the token's bytes as Latin-1; matches all of it
};

/// A regular expression over a token whose named groups tell something of its holder.
struct OwnerPattern {
    std::shared_ptr<const QRegularExpression> expression; ///< over the token's bytes as Latin-1
    QList<QByteArray> families {}; ///< only tokens of these; empty: of all
    QByteArray rule {}; ///< UTF-8; which file and line
    int line = 0;
};

/// A lock family as a families file declares it. Checked: what contradicts itself is no declaration.
struct FamilyDeclaration {
    QByteArray name; ///< ASCII
    int line = 0; ///< of its section
    QByteArray about {}; ///< UTF-8, like the next two
    QByteArray renewal {};
    QByteArray afterwards {};
    std::vector<NamePattern> keys {};
    QList<QByteArray> keyTexts {}; ///< as the file has them
    KeyType type = KeyType::String;
    HolderPlace holder = HolderPlace::Value;
    QByteArray holderField {};
    TokenTest token {};
    LockMode mode = LockMode::Exclusive;
    QByteArray countField {}; ///< of a holder in a field
    bool countInValue = false; ///< of holders in fields
    qint64 scoreUnitMs = 0; ///< sorted set: scores are deadlines in this unit; 0: they mean nothing
    QList<QByteArray> ignoredFields {}; ///< hash: fields that name no holder
    std::optional<bool> hasTtl {}; ///< what it must be; no value: both
    float confidence = 0.9F;
    std::optional<NameTemplate> queue {};
    bool queueIsSorted = false; ///< a sorted set, else a list
    std::optional<NameTemplate> channel {};
    QByteArray message = "1";
    std::optional<NameTemplate> wakeList {};
    QByteArray wakeValue = "1";
    qint64 wakeTtlMs = 0; ///< 0: none
    std::vector<NameTemplate> auxiliary {}; ///< deleted with the lock
    std::vector<NameTemplate> kept {}; ///< stay when it is deleted
    std::optional<NameTemplate> fence {};
    QList<OwnerPattern> owners {};
    QByteArray rule {}; ///< UTF-8; which file and line
};

/// What the pattern tells of a token; nothing where it does not match. `host`, `pid`…: the groups' own names; `time`,
/// `time_s` and `time_ms` become `created_at`.
[[nodiscard]] QList<OwnerHint> hintsOf(const OwnerPattern& pattern, const QByteArray& token);

} // namespace lockscope
