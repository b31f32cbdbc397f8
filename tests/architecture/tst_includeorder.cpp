// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/sourcerules.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lockscope;

class IncludeOrderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theHouseKeepsItsRules();
    void aGoodTreeHasNoFault();
    void everyRuleFindsItsFault_data();
    void everyRuleFindsItsFault();
    void aFileWithoutLicenceIsFound();
    void aLongFileIsFound();
};

static const QString licence = QStringLiteral("// SPDX-License-Identifier: GPL-3.0-or-later\n");

static void write(const QDir& root, const QString& path, const QString& text)
{
    QVERIFY(root.mkpath(QFileInfo(path).path()));
    QFile file(root.filePath(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text.toUtf8());
}

/// One header a room, for the includes of the tests below.
static void writeHeaders(const QDir& root)
{
    const QStringList headers { QStringLiteral("core/base/clock.h"), QStringLiteral("core/redis/connection.h"),
        QStringLiteral("core/redis/connectionuri.h"), QStringLiteral("core/locks/lockrecord.h"),
        QStringLiteral("core/watch/watchengine.h"), QStringLiteral("core/operations/lockoperation.h"),
        QStringLiteral("core/operations/lockoperations.h"), QStringLiteral("core/table/lockview.h"),
        QStringLiteral("core/deployment/deployment.h"), QStringLiteral("ui/mainwindow/mainwindow.h"),
        QStringLiteral("app/cli/command.h") };
    for (const QString& header : headers)
        write(root, header, licence + QStringLiteral("#pragma once\n"));
}

void IncludeOrderTest::theHouseKeepsItsRules()
{
    SourceRules rules(QStringLiteral(LOCKSCOPE_SOURCE_DIR));
    const QStringList faults = rules.faults();
    QVERIFY2(rules.filesRead() > 30, "the sources were not found");
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
}

void IncludeOrderTest::aGoodTreeHasNoFault()
{
    QTemporaryDir folder;
    const QDir root(folder.path());
    writeHeaders(root);
    write(root, QStringLiteral("core/watch/good.cpp"),
        licence
            + QStringLiteral("#include \"watch/watchengine.h\"\n#include \"base/clock.h\"\n#include "
                             "<QObject>\n#include \"moc_good.cpp\"\n"
                             "// moveToThread is named in a comment only\n"
                             "const char* text = \"processEvents // \\\" waitForDone\";\n/* QEventLoop */\n"
                             "const char* lua = R\"(-- waitForReadyRead(\" /* )\";\n"));
    write(root, QStringLiteral("core/deployment/good.cpp"),
        licence + QStringLiteral("#include \"watch/watchengine.h\"\nvoid f() { engine->moveToThread(thread); }\n"));
    write(root, QStringLiteral("app/gui/main.cpp"),
        licence + QStringLiteral("#include \"mainwindow/mainwindow.h\"\n#include \"watch/watchengine.h\"\n"));
    SourceRules rules(root.path());
    QCOMPARE(rules.faults(), QStringList());
    QCOMPARE(rules.filesRead(), 14);
}

void IncludeOrderTest::everyRuleFindsItsFault_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("line"); // the third of the file
    QTest::addColumn<QString>("fault");
    const auto row = [](const char* name, const char* path, const char* line, const char* fault) {
        QTest::newRow(name) << QString::fromUtf8(path) << QString::fromUtf8(line) << QString::fromUtf8(fault);
    };
    row("upward", "core/locks/bad.cpp", "#include \"watch/watchengine.h\"", "locks may not include watch");
    row("blanks around", "core/base/bad.h", "  #  include  \"redis/connection.h\"", "base may not include redis");
    row("between neighbours", "core/watch/bad.cpp", "#include \"table/lockview.h\"", "watch may not include table");
    row("core of ui", "core/deployment/bad.cpp", "#include \"mainwindow/mainwindow.h\"",
        "deployment may not include ui");
    row("ui of app", "ui/mainwindow/bad.cpp", "#include \"cli/command.h\"", "ui may not include app");
    row("internals in ui", "ui/mainwindow/bad.cpp", "#include \"redis/connection.h\"",
        "ui may not include redis/connection.h");
    row("engine in ui", "ui/mainwindow/bad.cpp", "#include \"watch/watchengine.h\"",
        "ui may not include watch/watchengine.h");
    row("internals in app", "app/cli/bad.cpp", "#include \"operations/lockoperations.h\"",
        "app may not include operations/lockoperations.h");
    row("no such file", "core/watch/bad.cpp", "#include \"watch/nothing.h\"", "watch/nothing.h names no file");
    row("room of its own making", "core/misc/bad.cpp", "#include <QObject>", "core/misc is no room");
    row("widgets by module", "core/base/bad.cpp", "#include <QtWidgets/QWidget>", "core may not use QtWidgets");
    row("gui by class", "core/base/bad.cpp", "#include <QColor>", "core may not use QtGui");
    row("hiredis in watch", "core/watch/bad.cpp", "#include <hiredis/read.h>", "only core/redis uses hiredis");
    row("move to thread", "core/watch/bad.cpp", "void f() { engine->moveToThread(t); }", "moveToThread");
    row("nested loop", "ui/mainwindow/bad.cpp", "void f() { QEventLoop loop; loop.exec(); }",
        "nested event loop: QEventLoop");
    row("process events", "core/watch/bad.cpp", "void f() { QCoreApplication::processEvents(); }", "processEvents");
    row("blocking wait", "core/redis/bad.cpp", "void f() { socket.waitForConnected(100); }", "waitForConnected");
    row("text that lupdate misses", "ui/mainwindow/bad.cpp", "auto t = tr(QT_TRANSLATE_NOOP(\"A\", \"b\"));",
        "lupdate");
    row("after a string", "core/redis/bad.cpp", "void f() { g(\"//\"); socket.waitForReadyRead(); }",
        "waitForReadyRead");
}

void IncludeOrderTest::everyRuleFindsItsFault()
{
    QFETCH(QString, path);
    QFETCH(QString, line);
    QFETCH(QString, fault);
    QTemporaryDir folder;
    const QDir root(folder.path());
    writeHeaders(root);
    write(root, path, licence + QLatin1Char('\n') + line + QLatin1Char('\n'));
    const QStringList faults = SourceRules(root.path()).faults();
    QCOMPARE(faults.size(), 1);
    QVERIFY2(faults.first().startsWith(path + QStringLiteral(":")), qPrintable(faults.first()));
    QVERIFY2(faults.first().contains(fault), qPrintable(faults.first()));
}

void IncludeOrderTest::aFileWithoutLicenceIsFound()
{
    QTemporaryDir folder;
    write(QDir(folder.path()), QStringLiteral("tests/core/tst_bad.cpp"), QStringLiteral("#include <QTest>\n"));
    const QStringList faults = SourceRules(folder.path()).faults();
    QCOMPARE(faults.size(), 1);
    QVERIFY(faults.first().contains(QStringLiteral("SPDX")));
}

void IncludeOrderTest::aLongFileIsFound()
{
    QTemporaryDir folder;
    const QDir root(folder.path());
    write(root, QStringLiteral("core/base/longest.cpp"), licence + QString(599, QLatin1Char('\n')));
    write(root, QStringLiteral("core/base/toolong.cpp"), licence + QString(600, QLatin1Char('\n')));
    const QStringList faults = SourceRules(root.path()).faults();
    QCOMPARE(faults.size(), 1);
    QVERIFY(faults.first().startsWith(QStringLiteral("core/base/toolong.cpp:")));
}

QTEST_GUILESS_MAIN(IncludeOrderTest)
#include "tst_includeorder.moc"
