// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/auditbook.h"

#include "base/workerpool.h"
#include "deployment/audittext.h"
#include "history/auditlog.h"

#include <QFileInfo>
#include <QSaveFile>

namespace lockscope {

namespace {

template <typename Answer> struct Question {
    QString file;
    QString target;
    AuditQuery query;
    Result<Answer> answer;
};

template <typename Answer>
void ask(QObject* guard, Question<Answer> question, void (*work)(Question<Answer>&),
    UniqueFunction<void(Result<Answer>)> handler)
{
    runInPool<Question<Answer>>(guard, std::move(question), work,
        [handler = std::move(handler)](Question<Answer> answered) mutable { handler(std::move(answered.answer)); });
}

Result<qint64> writeExport(const AuditLog& log, const QString& target, const AuditQuery& query)
{
    const Result<QList<AuditEntry>> entries = log.entries(query);
    if (!entries)
        return fail(entries.error());
    const bool csv = QFileInfo(target).suffix().compare(QLatin1StringView("csv"), Qt::CaseInsensitive) == 0;
    const QByteArray text = csv ? auditCsv(*entries) : auditJson(*entries);
    QSaveFile file(target);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(text) != text.size() || !file.commit())
        return fail(ErrorKind::Storage, target + QStringLiteral(": ") + file.errorString());
    return entries->size();
}

} // namespace

AuditBook::AuditBook(const QString& file, QObject* parent)
    : QObject(parent)
    , m_file(AuditLog(file).file())
{
}

void AuditBook::entries(const AuditQuery& query, UniqueFunction<void(Result<QList<AuditEntry>>)> handler)
{
    using Asked = Question<QList<AuditEntry>>;
    ask<QList<AuditEntry>>(
        this, { m_file, {}, query, {} }, [](Asked& asked) { asked.answer = AuditLog(asked.file).entries(asked.query); },
        std::move(handler));
}

void AuditBook::count(const AuditQuery& query, UniqueFunction<void(Result<qint64>)> handler)
{
    using Asked = Question<qint64>;
    ask<qint64>(
        this, { m_file, {}, query, {} }, [](Asked& asked) { asked.answer = AuditLog(asked.file).count(asked.query); },
        std::move(handler));
}

void AuditBook::verify(UniqueFunction<void(Result<AuditVerdict>)> handler)
{
    using Asked = Question<AuditVerdict>;
    ask<AuditVerdict>(
        this, { m_file, {}, {}, {} }, [](Asked& asked) { asked.answer = AuditLog(asked.file).inspect(); },
        std::move(handler));
}

void AuditBook::exportTo(const QString& file, const AuditQuery& query, UniqueFunction<void(Result<qint64>)> handler)
{
    using Asked = Question<qint64>;
    ask<qint64>(
        this, { m_file, file, query, {} },
        [](Asked& asked) { asked.answer = writeExport(AuditLog(asked.file), asked.target, asked.query); },
        std::move(handler));
}

Result<QList<AuditEntry>> AuditBook::entriesNow(const AuditQuery& query) const
{
    return AuditLog(m_file).entries(query);
}

Result<AuditVerdict> AuditBook::verifyNow() const { return AuditLog(m_file).inspect(); }

Result<qint64> AuditBook::exportNow(const QString& file, const AuditQuery& query) const
{
    return writeExport(AuditLog(m_file), file, query);
}

} // namespace lockscope
