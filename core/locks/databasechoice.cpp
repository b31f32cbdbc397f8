// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/databasechoice.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace lockscope {

namespace {

/// Higher numbers no server is configured for.
constexpr int highestDatabase = 1'000'000;

tl::unexpected<Error> wrong()
{
    return fail(ErrorKind::Usage,
        QCoreApplication::translate(
            "lockscope::Databases", "databases are written as numbers and ranges, like 0,3-5, or as the word all"));
}

/// -1 if it is no number of a database.
int numberOf(const QString& text)
{
    const bool digits = !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) {
        return c >= QLatin1Char('0') && c <= QLatin1Char('9');
    });
    bool ok = false;
    const int number = digits ? text.toInt(&ok) : 0;
    return ok && number <= highestDatabase ? number : -1;
}

} // namespace

QString DatabaseChoice::text() const
{
    if (all)
        return QStringLiteral("all");
    QStringList parts;
    for (qsizetype i = 0; i < numbers.size();) {
        qsizetype end = i;
        while (end + 1 < numbers.size() && numbers.at(end + 1) == numbers.at(end) + 1)
            ++end;
        parts += end - i >= 2 ? QString::number(numbers.at(i)) + QLatin1Char('-') + QString::number(numbers.at(end))
                              : QString::number(numbers.at(i));
        i = end - i >= 2 ? end + 1 : i + 1;
    }
    return parts.join(QLatin1Char(','));
}

Result<DatabaseChoice> parseDatabaseChoice(const QString& text)
{
    DatabaseChoice choice;
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty())
        return choice;
    if (trimmed.compare(QLatin1StringView("all"), Qt::CaseInsensitive) == 0) {
        choice.all = true;
        return choice;
    }
    for (const QString& part : trimmed.split(QLatin1Char(','))) {
        const qsizetype dash = part.indexOf(QLatin1Char('-'));
        const int first = numberOf((dash < 0 ? part : part.left(dash)).trimmed());
        const int last = dash < 0 ? first : numberOf(part.mid(dash + 1).trimmed());
        if (first < 0 || last < first)
            return wrong();
        if (last - first >= mostDatabases || choice.numbers.size() + last - first >= mostDatabases)
            return fail(ErrorKind::Usage,
                QCoreApplication::translate("lockscope::Databases", "at most %1 databases can be named; write all")
                    .arg(mostDatabases));
        for (int number = first; number <= last; ++number)
            choice.numbers.append(number);
    }
    std::sort(choice.numbers.begin(), choice.numbers.end());
    choice.numbers.erase(std::unique(choice.numbers.begin(), choice.numbers.end()), choice.numbers.end());
    return choice;
}

} // namespace lockscope
