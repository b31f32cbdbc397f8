// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QList>

namespace lockscope {

/// What an operator is about to do to one lock. Holds no token and no password: only the token's fingerprint.
struct AuditIntent {
    QString redisUser;
    QString server; ///< `host:port` or socket path
    int database = 0;
    QByteArray action; ///< `force_release`
    QByteArray family;
    QByteArray key;
    QString tokenFingerprint; ///< tokenFingerprint() of the token that was aimed at; empty for any token
    QString reason;
};

/// What came of an intent.
struct AuditOutcome {
    qint64 intentId = 0;
    QByteArray outcome; ///< releaseOutcomeName(), or `not_sent`
    QString tokenFingerprint; ///< of the token that was deleted or that holds it now
    QString error;
};

/// The append-only record of what operators did: one SQLite file that several processes may write. Intents and outcomes
/// are rows of their own that never change; every row carries the SHA-256 of its content and of the row before. Every
/// append is one transaction and on disk when it returns. All errors are of kind Storage. Blocking; the file is opened
/// for each call.
class AuditLog {
public:
    /// Made on first use: the file with mode 0600, its folder with mode 0700.
    explicit AuditLog(QString file);
    [[nodiscard]] static QString standardFile();

    /// All or none; answers their ids in order.
    [[nodiscard]] Result<QList<qint64>> appendIntents(const QList<AuditIntent>& intents) const;
    [[nodiscard]] Status appendOutcomes(const QList<AuditOutcome>& outcomes) const;
    /// Walks the chain; the error names the first row that does not fit.
    [[nodiscard]] Status verify() const;

private:
    QString m_file;
};

} // namespace lockscope
