// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/scriptedserver.h"
#include "support/testsupport.h"

using namespace lockscope;
using Script = ScriptedServer::Script;

namespace {

// What a terminal obeys, what turns reading around, what ends a line, and what a page takes for markup.
const QByteArray evil = "\x1b]0;owned\x07\x1b[2J\r\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xff<img src=x>";
const QByteArray key = "lock:" + evil;
const QByteArray token = "tok-" + evil + "-0123456789abcdef";

} // namespace

/// Keys, tokens, names and errors of a server that means harm, through every command of the real program: no byte that
/// a terminal would obey comes out, on either stream.
class CliHostileTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void commandsShowNothingRaw_data();
    void commandsShowNothingRaw();
    void jsonKeepsTheBytesEscaped();
    void aServersOwnWordsAreHarmless();

private:
    static QByteArray faultOf(const QByteArray& output);

    std::unique_ptr<CliFixture> m_cli;
};

void CliHostileTest::initTestCase()
{
    m_cli = std::make_unique<CliFixture>(QStringLiteral(LOCKSCOPE_CLI));
    m_cli->ask({ "SET", key, token, "PX", "600000" });
    m_cli->ask({ "HSET", "lock:h" + evil, "b983c153-7421-469a-addb-44fb92259a1b:31", "1" });
    m_cli->ask({ "PEXPIRE", "lock:h" + evil, "600000" });
}

// The first thing in it that misleads; empty: none.
QByteArray CliHostileTest::faultOf(const QByteArray& output)
{
    for (const QChar c : QString::fromUtf8(output)) {
        const bool isLayout = c == QLatin1Char('\n') || c == QLatin1Char('\t');
        const QChar::Category category = c.category();
        if (!isLayout
            && (category == QChar::Other_Control || category == QChar::Other_Format || category == QChar::Separator_Line
                || category == QChar::Separator_Paragraph || c == QChar::ReplacementCharacter))
            return "U+" + QByteArray::number(c.unicode(), 16) + " in " + output.toPercentEncoding(" \n:/,()");
    }
    return {};
}

void CliHostileTest::commandsShowNothingRaw_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("withKey"); // and the key's own name behind --
    const auto row = [](const char* line, bool withKey = false) {
        QTest::newRow(line) << QString::fromLatin1(line).split(QLatin1Char(' ')) << withKey;
    };
    row("list");
    row("list --verbose");
    row("watch --duration 1");
    row("discover");
    row("families");
    row("force-release --match lock:* --any-token --reason test --dry-run");
    row("audit");
    row("show", true);
    row("release --token x", true);
    row("extend --token x --ttl 1000", true);
    row("acquire --ttl 1000", true);
    row("force-release --any-token --reason test --dry-run", true);
    row("force-release --expect-token other --reason test --yes", true);
}

void CliHostileTest::commandsShowNothingRaw()
{
    QFETCH(QStringList, arguments);
    QFETCH(bool, withKey);
    // Arguments are bytes: what is no UTF-8 cannot be given here, everything else can.
    QByteArray name = key;
    name.replace('\xff', "");
    m_cli->ask({ "SET", name, token, "PX", "600000" });
    if (withKey)
        arguments << QStringLiteral("--") << QString::fromUtf8(name);
    const CliResult result = m_cli->run(arguments);
    QVERIFY2(result.status >= 0 && result.status <= 3, result.err.constData());
    QVERIFY2(faultOf(result.out).isEmpty(), faultOf(result.out).constData());
    QVERIFY2(faultOf(result.err).isEmpty(), faultOf(result.err).constData());
    QVERIFY(!result.out.isEmpty() || !result.err.isEmpty());
}

void CliHostileTest::jsonKeepsTheBytesEscaped()
{
    for (const QStringList& arguments : { QStringList { QStringLiteral("list"), QStringLiteral("--json") },
             QStringList {
                 QStringLiteral("watch"), QStringLiteral("--json"), QStringLiteral("--duration"), QStringLiteral("1") },
             QStringList { QStringLiteral("discover"), QStringLiteral("--json") } }) {
        const CliResult result = m_cli->run(arguments);
        QCOMPARE(result.status, 0);
        for (const char c : result.out)
            QVERIFY(quint8(c) >= 0x20 || c == '\n');
        QVERIFY(!result.lines().first().isEmpty());
    }
    const CliResult list = m_cli->run({ QStringLiteral("list"), QStringLiteral("--json") });
    QVERIFY(list.out.contains(QByteArray("key_base64\":\"" + key.toBase64() + '"')));
    QVERIFY(list.out.contains(QByteArray("token_base64\":\"" + token.toBase64() + '"')));
}

// Versions and errors come from the server, too.
void CliHostileTest::aServersOwnWordsAreHarmless()
{
    QByteArray words = evil;
    words.replace("\r", "");
    ScriptedServer refusing;
    refusing.addConnection(Script().answerAllWith("-ERR " + words + "\r\n"));
    ScriptedServer talking;
    const QByteArray info = "redis_version:" + words + "\r\nserver_name:" + words + "\r\nrole:" + words + "\r\n";
    talking.addConnection(Script().answerAllWith('$' + QByteArray::number(info.size()) + "\r\n" + info + "\r\n"));
    for (const ScriptedServer* server : { &refusing, &talking }) {
        for (const char* command : { "list", "discover" }) {
            const CliResult result = m_cli->run({ QString::fromLatin1(command), QStringLiteral("--timeout"),
                QStringLiteral("1500"), QStringLiteral("--uri"), server->spec().redactedUri() });
            QVERIFY2(faultOf(result.out).isEmpty(), faultOf(result.out).constData());
            QVERIFY2(faultOf(result.err).isEmpty(), faultOf(result.err).constData());
            QVERIFY(!result.out.isEmpty() || !result.err.isEmpty());
        }
    }
    const CliResult json = m_cli->run(
        { QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--uri"), refusing.spec().redactedUri() });
    QVERIFY(!json.error().isEmpty());
    QVERIFY2(faultOf(json.err).isEmpty(), faultOf(json.err).constData());
}

QTEST_GUILESS_MAIN(CliHostileTest)
#include "tst_clihostile.moc"
