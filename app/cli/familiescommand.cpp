// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytetext.h"
#include "base/durationtext.h"
#include "cli/commands.h"
#include "cli/locktext.h"
#include "cli/optiontable.h"
#include "deployment/familyfilewatcher.h"
#include "deployment/familyjson.h"
#include "locks/families/declaredfamily.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace lockscope::cli {

namespace {

constexpr int widestCell = 60;
constexpr int faultyStatus = 2;

QString tableText(const std::vector<QStringList>& rows)
{
    std::vector<int> widths(size_t(rows.front().size()));
    for (const QStringList& row : rows) {
        for (size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], cellWidth(row[qsizetype(i)]));
    }
    QString text;
    for (const QStringList& row : rows) {
        QString line;
        for (size_t i = 0; i < widths.size(); ++i)
            line += fitted(row[qsizetype(i)], widths[i]) + QStringLiteral("  ");
        while (line.endsWith(QLatin1Char(' ')))
            line.chop(1);
        text += line + QLatin1Char('\n');
    }
    return text;
}

QString familiesText(const FamilyOverview& overview)
{
    const FamilyRegistry& registry = *overview.registry;
    std::vector<QStringList> rows { { cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "FAMILY")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "FROM")), cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "KEYS")) } };
    for (const QByteArray& name : registry.names()) {
        const FamilyId id = registry.byName(name);
        const DeclaredFamily* declared = registry.declared(id);
        const QString from = declared
            ? QFileInfo(overview.file).fileName() + QLatin1Char(':') + QString::number(declared->declaration().line)
            : cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "built in"));
        rows.push_back({ QString::fromLatin1(name), from, displayText(registry.family(id).facts().keys, 90) });
    }
    return tableText(rows);
}

QString verdictOf(const FamilyRegistry& registry, const FamilySighting& sighting)
{
    if (sighting.recognised)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "yes"));
    if (*sighting.objection)
        return QCoreApplication::translate("lockscope::FamilyFile", sighting.objection);
    return sighting.takenBy == FamilyId::None
        ? cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no"))
        : cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "no: %1 is surer")).arg(registry.name(sighting.takenBy));
}

QString previewText(const FamilyOverview& overview)
{
    const FamilyRegistry& registry = *overview.registry;
    std::vector<QStringList> rows { { cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "FAMILY")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "KEY")), cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "MATCHES")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "TOKEN")), cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "OWNER")),
        cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "TTL")) } };
    for (const FamilySighting& sighting : overview.preview->sightings)
        rows.push_back({ registry.name(sighting.family), displayText(sighting.key, widestCell),
            verdictOf(registry, sighting), displayText(sighting.token, 30), sighting.owner,
            sighting.ttlMs < 0 ? QStringLiteral("-") : durationText(Milliseconds(sighting.ttlMs)) });
    if (rows.size() == 1)
        return cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "No key has a name that a declared family claims."))
            + QLatin1Char('\n');
    return tableText(rows);
}

QList<QByteArray> declaredGlobs(const FamilyRegistry& registry)
{
    QList<QByteArray> globs;
    for (const FamilyId id : registry.declaredIds()) {
        for (const NamePattern& pattern : registry.declared(id)->declaration().keys)
            globs.append(pattern.glob());
    }
    return globs;
}

Result<FamilyOverview> readOverview(const Invocation& invocation)
{
    FamilyOverview overview;
    const bool named = !invocation.checkFile.isEmpty();
    overview.file = named ? invocation.checkFile : invocation.families->path();
    const Result<std::optional<QByteArray>> text = readFamilyFile(overview.file);
    if (!text)
        return fail(text.error());
    overview.fileExists = text->has_value();
    if (named && !overview.fileExists)
        return fail(ErrorKind::Unreadable,
            cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1: there is no such file")).arg(overview.file));
    FamilyFileContents contents = parseFamilyFile(text->value_or(QByteArray()), QFileInfo(overview.file).fileName());
    overview.faults = contents.faults;
    if (!overview.faults.isEmpty())
        contents.families.clear();
    Result<std::shared_ptr<const FamilyRegistry>> registry
        = FamilyRegistry::builtIn().withDeclared(contents.families, contents.owners);
    if (!registry)
        return fail(registry.error());
    overview.registry = *registry;
    return overview;
}

Status lookAtServer(Session& session, FamilyOverview& overview)
{
    DiscoveryOptions options;
    options.registry = overview.registry;
    options.sightDeclared = true;
    options.matches = session.invocation().deployment.watch.matches;
    if (options.matches.isEmpty())
        options.matches = declaredGlobs(*overview.registry);
    session.invocation().deployment.watchLocks = false;
    if (const Status opened = session.open(); !opened)
        return opened;
    Result<DiscoveryReport> report = session.await(session.deployment().discover(options));
    if (!report)
        return fail(report.error());
    overview.preview = std::move(*report);
    return {};
}

} // namespace

Result<int> runFamilies(Session& session)
{
    const Invocation& invocation = session.invocation();
    Result<FamilyOverview> overview = readOverview(invocation);
    if (!overview)
        return fail(overview.error());
    const bool wantsPreview
        = invocation.preview && overview->faults.isEmpty() && !overview->registry->declaredIds().isEmpty();
    if (wantsPreview) {
        if (const Status looked = lookAtServer(session, *overview); !looked)
            return fail(looked.error());
    }
    if (invocation.json) {
        session.write(familiesToJson(*overview) + '\n');
    } else {
        if (invocation.checkFile.isEmpty() && !invocation.preview)
            session.write(familiesText(*overview).toUtf8());
        if (overview->preview)
            session.write(previewText(*overview).toUtf8());
    }
    for (const FamilyFileFault& fault : std::as_const(overview->faults))
        session.complain(faultText(fault, overview->file));
    if (!overview->faults.isEmpty())
        return faultyStatus;
    if (overview->preview) {
        const Completeness& whole = overview->preview->server.completeness;
        const char* text = whole.complete
            ? QT_TRANSLATE_NOOP("lockscope::Cli", "complete: %1 of %2 keys scanned, %3 read, in %4")
            : QT_TRANSLATE_NOOP("lockscope::Cli", "a SAMPLE: %1 of about %2 keys scanned, %3 read, in %4");
        session.note(cliText(text)
                         .arg(whole.keysScanned)
                         .arg(whole.keysExpected)
                         .arg(overview->preview->keysRead)
                         .arg(durationText(whole.passTime)));
    } else if (!invocation.checkFile.isEmpty() || invocation.preview) {
        session.note(cliText(QT_TRANSLATE_NOOP("lockscope::Cli", "%1: %2 families declared, no faults"))
                         .arg(overview->file)
                         .arg(overview->registry->declaredIds().size()));
    }
    return 0;
}

} // namespace lockscope::cli
