// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/durationtext.h"
#include "cli/commands.h"
#include "cli/locktext.h"
#include "cli/optiontable.h"
#include "deployment/lockjson.h"
#include "locks/families/familyregistry.h"

#include <array>

namespace lockscope::cli {

namespace {

constexpr std::array titles { QT_TRANSLATE_NOOP("lockscope::Cli", "PATTERN"),
    QT_TRANSLATE_NOOP("lockscope::Cli", "FAMILY"), QT_TRANSLATE_NOOP("lockscope::Cli", "LOCKS SEEN"),
    QT_TRANSLATE_NOOP("lockscope::Cli", "CONFIDENCE"), QT_TRANSLATE_NOOP("lockscope::Cli", "NO TTL"),
    QT_TRANSLATE_NOOP("lockscope::Cli", "EXAMPLE") };
using Row = std::array<QString, titles.size()>;

constexpr int widestCell = 60;
/// Patterns for the command line to go on with: likely ones, and not more than somebody reads.
constexpr float likely = 0.5F;
constexpr qsizetype mostMatches = 8;

Row rowOf(const PatternProposal& proposal)
{
    return { displayText(proposal.match, widestCell), FamilyRegistry::instance().name(proposal.family),
        QString::number(proposal.count), QString::number(double(proposal.confidence), 'f', 2),
        QString::number(proposal.noTtl), displayText(proposal.examples.value(0), widestCell) };
}

QString tableText(const QList<PatternProposal>& proposals)
{
    std::vector<Row> rows(1);
    for (size_t i = 0; i < titles.size(); ++i)
        rows[0][i] = cliText(titles[i]);
    for (const PatternProposal& proposal : proposals)
        rows.push_back(rowOf(proposal));
    std::array<int, titles.size()> widths {};
    for (const Row& row : rows) {
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], cellWidth(row[i]));
    }
    QString text;
    for (const Row& row : rows) {
        QString line;
        for (size_t i = 0; i < row.size(); ++i) {
            const bool isNumber = i >= 2 && i <= 4;
            line += fitted(row[i], widths[i], isNumber) + QStringLiteral("  ");
        }
        while (line.endsWith(QLatin1Char(' ')))
            line.chop(1);
        text += line + QLatin1Char('\n');
    }
    return text;
}

/// As a shell takes it; what a terminal should not see, in the form `$'\xHH'`.
QString shellQuoted(const QByteArray& bytes)
{
    const QString text = QString::fromUtf8(bytes);
    if (isUtf8(bytes) && displayText(bytes) == text)
        return QLatin1Char('\'') + QString(text).replace(QLatin1Char('\''), QLatin1StringView("'\\''"))
            + QLatin1Char('\'');
    QString quoted = QStringLiteral("$'");
    for (char c : bytes) {
        const bool plain = c >= 0x20 && c < 0x7f && c != '\'' && c != '\\';
        quoted += plain ? QString(QLatin1Char(c))
                        : QStringLiteral("\\x") + QString::number(uchar(c), 16).rightJustified(2, QLatin1Char('0'));
    }
    return quoted + QLatin1Char('\'');
}

QString nextCommand(const QList<PatternProposal>& proposals)
{
    QList<QByteArray> globs;
    for (const PatternProposal& proposal : proposals) {
        const bool wanted = globs.isEmpty() || proposal.confidence >= likely;
        if (wanted && globs.size() < mostMatches && !globs.contains(proposal.match))
            globs.append(proposal.match);
    }
    QString command = QStringLiteral("lockscope-cli watch");
    for (const QByteArray& glob : std::as_const(globs))
        command += QStringLiteral(" --match ") + shellQuoted(glob);
    return command;
}

QString sampleText(const DiscoveryReport& report)
{
    const Completeness& whole = report.server.completeness;
    const char* text = whole.complete
        ? QT_TRANSLATE_NOOP("lockscope::Cli", "complete: %1 of %2 keys scanned, %3 read, in %4")
        : QT_TRANSLATE_NOOP("lockscope::Cli", "a SAMPLE: %1 of about %2 keys scanned, %3 read, in %4");
    return cliText(text)
        .arg(whole.keysScanned)
        .arg(whole.keysExpected)
        .arg(report.keysRead)
        .arg(durationText(whole.passTime));
}

QString nothingText(const DiscoveryReport& report)
{
    if (report.server.completeness.keysScanned == 0)
        return cliText(QT_TRANSLATE_NOOP(
            "lockscope::Cli", "This database has no keys. Locks may be in another one: redis://HOST/1"));
    return cliText(QT_TRANSLATE_NOOP("lockscope::Cli",
        "No names that hold locks were found. Try again while locks are held, in another database (redis://HOST/1), "
        "or name the keys yourself: lockscope-cli list --match GLOB"));
}

} // namespace

Result<int> runDiscover(Session& session)
{
    DeploymentOptions& deployment = session.invocation().deployment;
    deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return fail(opened.error());
    DiscoveryOptions options;
    options.matches = deployment.watch.matches;
    options.families = deployment.watch.families;
    const Result<DiscoveryReport> report = session.await(session.deployment().discover(options));
    if (!report)
        return fail(report.error());
    if (session.invocation().json) {
        session.write(discoveryToJson(*report) + '\n');
        return 0;
    }
    if (report->proposals.isEmpty()) {
        session.writeLine(nothingText(*report));
    } else {
        session.write(tableText(report->proposals).toUtf8());
        session.writeLine(QLatin1Char('\n') + nextCommand(report->proposals));
    }
    session.note(
        sampleText(*report) + scanSourceText(report->server) + QStringLiteral(" - ") + serverText(report->server));
    return 0;
}

} // namespace lockscope::cli
