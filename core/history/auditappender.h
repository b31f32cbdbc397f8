// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditentry.h"

#include <memory>
#include <utility>

namespace lockscope {

class AuditDatabase;
struct AuditRow;

/// The writing side of AuditLog for somebody who writes often: keeps the file open from one append to the next, for
/// opening and closing it costs ten times as much as an entry. Where another file has taken the place of the open one,
/// that is written. Blocking; all calls and the destructor in one thread. Errors as of AuditLog.
class AuditAppender {
public:
    explicit AuditAppender(QString file);
    ~AuditAppender();
    AuditAppender(const AuditAppender&) = delete;
    AuditAppender& operator=(const AuditAppender&) = delete;

    [[nodiscard]] Result<QList<qint64>> appendIntents(const QList<AuditIntent>& intents);
    [[nodiscard]] Status appendOutcomes(const QList<AuditOutcome>& outcomes);
    [[nodiscard]] Status appendAftermaths(const QList<AuditAftermath>& aftermaths);
    /// Notes beside the log how far it has come; to be called when nobody waits for an append any more. The destructor
    /// and close() do it, too.
    void noteHead();
    void close(); ///< until the next append

private:
    [[nodiscard]] Result<QList<qint64>> append(const QList<AuditRow>& rows);
    [[nodiscard]] Status open();

    const QString m_file;
    std::unique_ptr<AuditDatabase> m_database; // null: not open
    std::pair<quint64, quint64> m_identity; // device and inode of the open file
    QByteArray m_unnotedHead;
};

/// The file beside the log that tells how far it had come at least.
[[nodiscard]] QString auditHeadFile(const QString& file);

} // namespace lockscope
