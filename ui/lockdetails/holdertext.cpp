// SPDX-License-Identifier: GPL-3.0-or-later
#include "lockdetails/holdertext.h"

#include "base/bytetext.h"
#include "base/durationtext.h"
#include "common/locktext.h"

#include <QCoreApplication>
#include <QLocale>

namespace lockscope {

namespace {

constexpr size_t mostLines = 50;
constexpr int tokenCharacters = 60;

} // namespace

QString lockModeTitle(LockMode mode)
{
    switch (mode) {
    case LockMode::Exclusive:
        return QCoreApplication::translate("lockscope::HolderText", "exclusive");
    case LockMode::Read:
        return QCoreApplication::translate("lockscope::HolderText", "shared by readers");
    case LockMode::Write:
        return QCoreApplication::translate("lockscope::HolderText", "exclusive, for writing");
    case LockMode::Semaphore:
        break;
    }
    return QCoreApplication::translate("lockscope::HolderText", "semaphore with permits");
}

QString holdersText(const LockRecord& record, SteadyTime now)
{
    if (!record.extras->holders)
        return {};
    const auto passed = std::chrono::duration_cast<Milliseconds>(now - record.verifiedAt).count();
    QStringList lines;
    for (const LockHolder& holder : *record.extras->holders) {
        if (size_t(lines.size()) == mostLines) {
            lines += QCoreApplication::translate("lockscope::HolderText", "and %1 more")
                         .arg(QLocale().toString(qulonglong(record.extras->holders->size() - mostLines)));
            break;
        }
        QString line = tokenText(holder.token, tokenCharacters);
        if (holder.count != 1)
            line += QStringLiteral("  \u00d7") + QLocale().toString(holder.count);
        if (holder.ttlMs >= 0)
            line += QStringLiteral("  ") + durationText(Milliseconds(qMax<qint64>(0, holder.ttlMs - passed)));
        lines += line;
    }
    return lines.join(QLatin1Char('\n'));
}

QString waitersText(const LockInspection& inspection)
{
    if (inspection.waiters < 0)
        return inspection.waitersReason;
    QString result = QLocale().toString(inspection.waiters);
    QStringList names;
    for (const QByteArray& waiter : inspection.firstWaiters)
        names += tokenText(waiter, tokenCharacters);
    if (!names.isEmpty())
        result += QStringLiteral(": ") + names.join(QStringLiteral(", "));
    if (inspection.waiters > names.size() && !names.isEmpty())
        result += QChar(0x2026);
    return result;
}

QString auxiliaryText(const LockInspection& inspection)
{
    QStringList lines;
    for (const AuxiliaryFound& found : inspection.auxiliary) {
        QString line = QStringLiteral("%1 (%2, %3")
                           .arg(displayText(found.key, tokenCharacters), found.role, QString::fromUtf8(found.type));
        if (found.ttlMs >= 0)
            line += QStringLiteral(", ") + durationText(Milliseconds(found.ttlMs));
        lines += line + QLatin1Char(')');
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace lockscope
