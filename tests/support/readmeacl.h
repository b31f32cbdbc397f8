// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>

namespace lockscope {

// The users that the READMEs recommend, as they stand there. `file` is the path of one.

inline constexpr const char* observer = "lockscope-observer";
inline constexpr const char* manager = "lockscope-operator";
inline constexpr const char* tracker = "lockscope-tracker";

using AclWords = QList<QByteArray>;

/// The ACL SETUSER lines in the fenced blocks of a README, by user.
[[nodiscard]] QMap<QByteArray, AclWords> aclLines(const QString& file);
/// The lines that add rights to those of a user: to the operator's for all recipes, and for what is shown around an
/// act; to the observer's for the doctor.
[[nodiscard]] QList<AclWords> furtherLines(const QString& file, const char* user = manager);
/// The keys and channels of single libraries, as the text names them: `~redisson_lock_queue:* …`.
[[nodiscard]] AclWords libraryGrants(const QString& file);
/// The line as a reader adapts it: another database and, where wanted, every key.
[[nodiscard]] AclWords adapted(AclWords words, int database, bool everyKey);

} // namespace lockscope
