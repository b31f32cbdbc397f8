// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/sourcerules.h"

#include <QDirIterator>
#include <QFileInfo>
#include <QHash>
#include <QLibraryInfo>
#include <QRegularExpression>

#include <algorithm>

namespace lockscope {

namespace {

constexpr int longestFile = 600; // lines

/// Which floor of the house a room is on. A room includes lower floors and itself, never a neighbour.
const QHash<QString, int>& floors()
{
    static const QHash<QString, int> floors {
        { QStringLiteral("base"), 0 },
        { QStringLiteral("redis"), 1 },
        { QStringLiteral("locks"), 2 },
        { QStringLiteral("watch"), 3 },
        { QStringLiteral("operations"), 3 },
        { QStringLiteral("history"), 3 },
        { QStringLiteral("table"), 3 },
        { QStringLiteral("stress"), 4 },
        { QStringLiteral("doctor"), 4 },
        { QStringLiteral("deployment"), 5 },
        { QStringLiteral("ui"), 6 },
        { QStringLiteral("app"), 7 },
    };
    return floors;
}

/// All of core that the programs see: the facade, the table, and values.
bool isOpenTo(const QString& room, const QString& include, const QString& target)
{
    static const QStringList openRooms { QStringLiteral("base"), QStringLiteral("locks"), QStringLiteral("table"),
        QStringLiteral("deployment"), QStringLiteral("ui"), QStringLiteral("app") };
    static const QStringList openValues { QStringLiteral("operations/lockoperation.h"),
        QStringLiteral("redis/connectionuri.h"), QStringLiteral("redis/environment.h"),
        QStringLiteral("history/auditentry.h"), QStringLiteral("operations/restorerequest.h"),
        QStringLiteral("redis/writeaccess.h"), QStringLiteral("stress/stressconfig.h"),
        QStringLiteral("stress/stressreport.h"), QStringLiteral("doctor/doctorreport.h") };
    return openRooms.contains(target) || openValues.contains(include)
        || (room == QLatin1String("app") && include == QLatin1String("watch/watchengine.h")); // for WatchOptions
}

struct Exception {
    QString path;
    QString word;
};

/// Files that may block or move threads, and why.
bool isExcepted(const QString& path, const QString& word)
{
    static const QList<Exception> exceptions {
        // The one place that starts threads and hands live objects over.
        { QStringLiteral("core/deployment/"), QStringLiteral("moveToThread") },
        // Starts and ends a child process; used by tests and before the engine runs, never from a running event loop.
        { QStringLiteral("core/redis/sandboxserver"), QStringLiteral("waitFor") },
        // ssh is ended with its link, at once: two seconds at most, and a few milliseconds as a rule.
        { QStringLiteral("core/redis/sshtunnel"), QStringLiteral("waitFor") },
        // Blocks by contract; the window calls it in a worker thread.
        { QStringLiteral("core/deployment/passwordcommand"), QStringLiteral("waitFor") },
    };
    return std::any_of(exceptions.begin(), exceptions.end(),
        [&](const Exception& exception) { return path.startsWith(exception.path) && word.startsWith(exception.word); });
}

/// The room of a source file by its path; empty for tests, `?` for a folder that is none.
QString roomOf(const QString& path)
{
    const QStringList parts = path.split(QLatin1Char('/'));
    if (parts.first() != QLatin1String("core"))
        return parts.first() == QLatin1String("tests") ? QString() : parts.first();
    return floors().contains(parts.value(1)) ? parts.at(1) : QStringLiteral("?");
}

/// The same lines without what stands in comments, strings and character constants.
QString withoutCommentsAndStrings(QString text)
{
    static const QRegularExpression pattern(
        QStringLiteral(R"RX(//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')RX"),
        QRegularExpression::DotMatchesEverythingOption);
    QString code;
    qsizetype from = 0;
    for (auto matches = pattern.globalMatch(text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        code += QStringView(text).mid(from, match.capturedStart() - from);
        code += QString(match.capturedView().count(QLatin1Char('\n')), QLatin1Char('\n'));
        from = match.capturedEnd();
    }
    return code + QStringView(text).mid(from);
}

/// `QtWidgets` or `QtGui` where an include in angle brackets names something of them, else empty.
QString graphicalModule(const QString& name)
{
    static const QStringList modules { QStringLiteral("QtGui"), QStringLiteral("QtWidgets"), QStringLiteral("QtSvg") };
    static const QString headers = QLibraryInfo::path(QLibraryInfo::HeadersPath);
    for (const QString& module : modules) {
        if (name.startsWith(module + QLatin1Char('/'))
            || QFile::exists(headers + QLatin1Char('/') + module + QLatin1Char('/') + name))
            return module;
    }
    return {};
}

} // namespace

QStringList SourceRules::faults()
{
    m_faults.clear();
    m_filesRead = 0;
    const QDir root(m_root);
    for (const QString& folder :
        { QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app"), QStringLiteral("tests") }) {
        QDirIterator files(root.filePath(folder), { QStringLiteral("*.h"), QStringLiteral("*.cpp") }, QDir::Files,
            QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            const QString path = root.relativeFilePath(file.fileName());
            if (!file.open(QIODevice::ReadOnly)) {
                m_faults.append(path + QStringLiteral(":1: cannot be read"));
                continue;
            }
            ++m_filesRead;
            checkFile({ path, QString::fromUtf8(file.readAll()), roomOf(path) });
        }
    }
    std::sort(m_faults.begin(), m_faults.end());
    return m_faults;
}

void SourceRules::checkFile(const File& file)
{
    checkShape(file);
    if (file.room == QLatin1String("?"))
        return complain(
            file, 1, file.path.section(QLatin1Char('/'), 0, 1) + QStringLiteral(" is no room of the house"));
    if (file.room.isEmpty())
        return; // tests include whatever they test
    static const QRegularExpression include(QStringLiteral(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])"));
    int line = 0;
    for (const QString& text : file.text.split(QLatin1Char('\n'))) {
        ++line;
        const QRegularExpressionMatch match = include.match(text);
        if (!match.hasMatch())
            continue;
        if (match.capturedView(1) == QLatin1String("\""))
            checkOwnInclude(file, line, match.captured(2));
        else
            checkForeignInclude(file, line, match.captured(2));
    }
    checkCode(file);
    checkTexts(file);
}

void SourceRules::checkShape(const File& file)
{
    if (!file.text.startsWith(QLatin1String("// SPDX-License-Identifier: GPL-3.0-or-later\n")))
        complain(file, 1, QStringLiteral("the first line is not the SPDX line"));
    const auto lines = file.text.count(QLatin1Char('\n'));
    if (lines > longestFile)
        complain(file, longestFile, QStringLiteral("%1 lines; split it at %2").arg(lines).arg(longestFile));
}

void SourceRules::checkForeignInclude(const File& file, int line, const QString& name)
{
    if (name.startsWith(QLatin1String("hiredis/")) && file.room != QLatin1String("redis"))
        complain(file, line, QStringLiteral("only core/redis uses hiredis"));
    if (!file.path.startsWith(QLatin1String("core/")))
        return;
    if (const QString module = graphicalModule(name); !module.isEmpty())
        complain(file, line, QStringLiteral("core may not use %1: %2").arg(module, name));
}

void SourceRules::checkOwnInclude(const File& file, int line, const QString& name)
{
    if (name.endsWith(QLatin1String(".moc")) || name.startsWith(QLatin1String("moc_")))
        return;
    const QString target = roomOfInclude(name);
    if (target.isEmpty())
        return complain(file, line, name + QStringLiteral(" names no file of ours"));
    if (target == file.room)
        return;
    if (floors().value(target) >= floors().value(file.room))
        return complain(file, line, QStringLiteral("%1 may not include %2: %3").arg(file.room, target, name));
    if (!file.path.startsWith(QLatin1String("core/")) && !isOpenTo(file.room, name, target))
        complain(file, line, QStringLiteral("%1 may not include %2, which is internal to core").arg(file.room, name));
}

void SourceRules::checkCode(const File& file)
{
    static const QRegularExpression words(
        QStringLiteral(R"(\b(moveToThread|QEventLoop|processEvents|waitFor[A-Z]\w*)\b)"));
    const QString code = withoutCommentsAndStrings(file.text);
    for (auto matches = words.globalMatch(code); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        const QString word = match.captured();
        const bool moves = word == QLatin1String("moveToThread");
        // The programs' main.cpp and cli::run own the event loop.
        if (isExcepted(file.path, word) || (!moves && file.room == QLatin1String("app")))
            continue;
        const int line = int(QStringView(code).left(match.capturedStart()).count(QLatin1Char('\n'))) + 1;
        complain(file, line,
            (moves ? QStringLiteral("only core/deployment moves objects: ") : QStringLiteral("no nested event loop: "))
                + word);
    }
}

void SourceRules::checkTexts(const File& file)
{
    static const QRegularExpression hidden(
        QStringLiteral(R"RX(\b(?:tr|translate)\(\s*(?:"[^"]*"\s*,\s*)?QT_(?:TR|TRANSLATE)_N?_?NOOP)RX"));
    for (auto matches = hidden.globalMatch(file.text); matches.hasNext();) {
        const auto line = QStringView(file.text).left(matches.next().capturedStart()).count(QLatin1Char('\n')) + 1;
        complain(file, int(line), QStringLiteral("lupdate does not see a text marked inside tr() or translate()"));
    }
}

void SourceRules::complain(const File& file, int line, const QString& what)
{
    m_faults.append(QStringLiteral("%1:%2: %3").arg(file.path).arg(line).arg(what));
}

QString SourceRules::roomOfInclude(const QString& name) const
{
    for (const QString& top : { QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app") }) {
        const QString path = top + QLatin1Char('/') + name;
        if (QFile::exists(m_root + QLatin1Char('/') + path))
            return roomOf(path);
    }
    return {};
}

} // namespace lockscope
