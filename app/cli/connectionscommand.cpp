// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "cli/commands.h"
#include "cli/locktext.h"
#include "cli/optiontable.h"
#include "deployment/connectionbook.h"

#include <array>
#include <vector>

namespace lockscope::cli {

namespace {

using Row = std::array<QString, 4>;

QString listText(const ConnectionBook& book)
{
    std::vector<Row> rows { { cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "NAME")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "ENVIRONMENT")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "PASSWORD")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "SERVER")) } };
    for (const SavedConnection& connection : book.connections) {
        const QString path
            = connection.group.isEmpty() ? connection.name : connection.group + QLatin1Char('/') + connection.name;
        const QString environment = connection.environment == Environment::Unspecified
            ? QStringLiteral("-")
            : QString(environmentName(connection.environment));
        rows.push_back(
            { displayText(path.toUtf8()), environment, QString(passwordSourceName(connection.passwordSource)),
                displayText(connection.uris().join(QLatin1Char(' ')).toUtf8()) });
    }
    std::array<int, 3> widths {};
    for (const Row& row : rows) {
        for (size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], cellWidth(row[i]));
    }
    QString text;
    for (const Row& row : rows) {
        for (size_t i = 0; i < widths.size(); ++i)
            text += fitted(row[i], widths[i]) + QStringLiteral("  ");
        text += row.back() + QLatin1Char('\n');
    }
    return text;
}

} // namespace

Result<int> runConnections(Session& session)
{
    const Result<ConnectionBook> book = ConnectionBookFile().load();
    if (!book)
        return fail(book.error());
    for (const QString& fault : book->faults)
        session.complain(fault);
    if (session.invocation().json)
        session.write(connectionListJson(*book) + '\n');
    else if (book->connections.isEmpty())
        session.note(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no connection is saved yet; the window saves them")));
    else
        session.write(listText(*book).toUtf8());
    return session.exitStatus(0);
}

} // namespace lockscope::cli
