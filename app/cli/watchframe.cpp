// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/watchframe.h"

#include "base/durationtext.h"
#include "base/errortext.h"
#include "cli/locktext.h"
#include "cli/optiontable.h"

#include <array>

namespace lockscope::cli {

namespace {

struct FrameColumn {
    LockColumn column;
    int width; ///< cells; 0: shares what is left
    bool rightAligned;
    int fromWidth; ///< shown on terminals of at least so many columns
};

constexpr std::array allColumns { FrameColumn { LockColumn::State, 6, false, 0 },
    FrameColumn { LockColumn::Remaining, 9, true, 0 }, FrameColumn { LockColumn::Held, 9, true, 60 },
    FrameColumn { LockColumn::Renewals, 8, true, 110 }, FrameColumn { LockColumn::Key, 0, false, 0 },
    FrameColumn { LockColumn::Token, 0, false, 0 } };
constexpr int gap = 2;
constexpr int headLines = 4; // title, status, locks, column titles
constexpr int shortestShare = 8;

constexpr char reverse[] = "\x1b[7m";
constexpr char bold[] = "\x1b[1m";

std::vector<FrameColumn> columnsFor(int terminalColumns)
{
    std::vector<FrameColumn> columns;
    int left = terminalColumns;
    for (const FrameColumn& column : allColumns) {
        if (terminalColumns < column.fromWidth)
            continue;
        left -= column.width + gap;
        columns.push_back(column);
    }
    // Keys tell more than tokens: they get the larger share.
    const int token = std::max(shortestShare, left * 2 / 5);
    columns[columns.size() - 2].width = std::max(shortestShare, left + gap - token);
    columns.back().width = token;
    return columns;
}

template <typename TextOf> QByteArray rowText(int terminalColumns, TextOf textOf)
{
    QString line;
    for (const FrameColumn& column : columnsFor(terminalColumns)) {
        if (!line.isEmpty())
            line += QString(gap, QLatin1Char(' '));
        line += fitted(textOf(column.column), column.width, column.rightAligned);
    }
    return fitted(line, terminalColumns).toUtf8();
}

QString linkText(const WatchStatus& status)
{
    switch (status.link) {
    case LinkState::Ready:
        if (status.listening == ListenMode::None)
            return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "connecting"));
        return status.listening == ListenMode::Notifications ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "live"))
            : status.listening == ListenMode::Tracking
            ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "live by client tracking: not told how a lock ended"))
            : cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "polling every %1: short holds can be missed"))
                  .arg(durationText(status.pollInterval));
    case LinkState::Connecting:
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "connecting"));
    case LinkState::Closed:
    case LinkState::Lost:
        break;
    }
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "CONNECTION LOST")) + QStringLiteral(": ")
        + (status.error ? errorMessage(*status.error) : QString());
}

QString gapText(const WatchStatus& status)
{
    if (!status.gapOpen)
        return {};
    const QString since = QDateTime::fromMSecsSinceEpoch(status.gapSinceMs).toString(QStringLiteral("HH:mm:ss"));
    return QStringLiteral(" - ") + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "GAP since %1")).arg(since);
}

QString rateText(const WatchStatus& status)
{
    QString text = cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 events/s, %2 own commands/s"))
                       .arg(status.eventsPerSecond, 0, 'f', 0)
                       .arg(status.commandsPerSecond, 0, 'f', 0);
    if (status.eventsMerged > 0)
        text += QStringLiteral(", ")
            + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1 events merged")).arg(status.eventsMerged);
    return text;
}

} // namespace

QList<QByteArray> watchFrame(const LockMirror& mirror, const QString& title, const QSize& size, SteadyTime now)
{
    const WatchStatus& status = mirror.status();
    const auto whole = [&](const QString& text) { return fitted(text, size.width()).toUtf8(); };
    QList<QByteArray> lines;
    lines << bold + whole(QStringLiteral("lockscope  ") + title + QStringLiteral("  ") + serverText(status));
    lines << whole(linkText(status) + gapText(status) + QStringLiteral(" - ") + rateText(status));
    lines << whole(completenessText(status, mirror.size()) + scanSourceText(status)
        + cliText(QT_TRANSLATE_NOOP("lockscope::Cli", " - ending soonest first - q quits")));
    lines << reverse + rowText(size.width(), &columnTitle);
    const int room = std::max(0, size.height() - headLines);
    for (const LockRecord* lock : mirror.soonest(size_t(room)))
        lines << rowText(size.width(), [&](LockColumn column) { return columnText(*lock, column, status, now); });
    lines.resize(std::min<qsizetype>(lines.size(), size.height()));
    return lines;
}

} // namespace lockscope::cli
