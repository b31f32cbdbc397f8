// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/sandboxserver.h"
#include "support/testsupport.h"

#include <QImage>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>

namespace lockscope {

/// The program `lockscope` itself, from its command line to its exit status.
class ProgramTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void refusesWithAWord_data();
    void refusesWithAWord();
    void tellsItsVersion();
    void picturesTheSandbox();
    void takesTheUriFromTheEnvironment();
    void failsWhereNobodyListens();
    void failsWhereNothingCanBeTried();

private:
    struct Outcome {
        int status = -1;
        QByteArray output;
        QByteArray errors;
    };
    static Outcome run(const QStringList& arguments, const QList<std::pair<QString, QString>>& variables = {})
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        environment.remove(QStringLiteral("LOCKSCOPE_URI"));
        for (const auto& [name, value] : variables)
            environment.insert(name, value);
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(LOCKSCOPE_GUI_PROGRAM), arguments);
        if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 60000))
            process.kill();
        const int status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
        return { status, process.readAllStandardOutput(), process.readAllStandardError() };
    }
};

void ProgramTest::refusesWithAWord_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("word");
    const auto add = [](const char* name, const QStringList& arguments, const QByteArray& word) {
        QTest::newRow(name) << arguments << word;
    };
    add("bad databases", { QStringLiteral("--db"), QStringLiteral("x") }, "numbers and ranges");
    add("URI and sandbox", { QStringLiteral("--sandbox"), QStringLiteral("--uri"), QStringLiteral("redis://b") },
        "exclude each other");
    add("recording", { QStringLiteral("night.lockscope") }, "not supported yet");
    add("bad URI", { QStringLiteral("--uri"), QStringLiteral("http://a") }, "lockscope: ");
    add("bad theme", { QStringLiteral("--theme"), QStringLiteral("pink") }, "light, dark or system");
    add("bad pace", { QStringLiteral("--pace"), QStringLiteral("fast") }, "auto, gentle or full");
    add("bad way of listening", { QStringLiteral("--listen"), QStringLiteral("ears") },
        "notifications, tracking or poll");
    add("bad budget", { QStringLiteral("--budget"), QStringLiteral("0") }, "--budget");
    add("a consent that cannot count", { QStringLiteral("--read-only"), QStringLiteral("--enable-notifications") },
        "leave one of them out");
    add("bad option", { QStringLiteral("--nonsense") }, "nonsense");
}

void ProgramTest::refusesWithAWord()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, word);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.status, 2);
    QVERIFY2(outcome.errors.contains(word), outcome.errors.constData());
}

void ProgramTest::tellsItsVersion()
{
    const Outcome outcome = run({ QStringLiteral("--version") });
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.output, QByteArray("lockscope " LOCKSCOPE_VERSION "\n"));
}

void ProgramTest::picturesTheSandbox()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("window.png"));
    const Outcome outcome = run({ QStringLiteral("--sandbox"), QStringLiteral("--theme"), QStringLiteral("dark"),
        QStringLiteral("--screenshot"), file });
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    const QImage picture(file);
    QCOMPARE(picture.size(), QSize(1280, 800));
    QVERIFY(picture.pixelColor(2, 2).lightness() < 128);
}

void ProgramTest::takesTheUriFromTheEnvironment()
{
    const auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("window.png"));
    const Outcome outcome = run({ QStringLiteral("--screenshot"), file },
        { { QStringLiteral("LOCKSCOPE_URI"), (*server)->spec().redactedUri() } });
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    QVERIFY(!QImage(file).isNull());
}

void ProgramTest::failsWhereNobodyListens()
{
    const QTemporaryDir folder;
    const Outcome outcome = run({ QStringLiteral("--uri"), QStringLiteral("redis://ops:hunter2@127.0.0.1:1"),
        QStringLiteral("--screenshot"), folder.filePath(QStringLiteral("window.png")) });
    QCOMPARE(outcome.status, 3);
    QVERIFY2(outcome.errors.contains("127.0.0.1:1"), outcome.errors.constData());
    QVERIFY(!outcome.errors.contains("hunter2"));
}

void ProgramTest::failsWhereNothingCanBeTried()
{
    const QTemporaryDir folder;
    const Outcome outcome = run({ QStringLiteral("--uri"), QStringLiteral("redis-cluster://127.0.0.1:1"),
        QStringLiteral("--screenshot"), folder.filePath(QStringLiteral("window.png")) });
    QCOMPARE(outcome.status, 3);
    QVERIFY(outcome.errors.contains("lockscope:"));
}

} // namespace lockscope

QTEST_GUILESS_MAIN(lockscope::ProgramTest)
#include "tst_program.moc"
