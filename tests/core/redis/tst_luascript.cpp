// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.h"
#include "redis/luascript.h"
#include "redis/sandboxserver.h"
#include "support/connectionsupport.h"
#include "support/testsupport.h"

using namespace lockscope;

class LuaScriptTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void scriptsFallBackOnNoscript();

private:
    std::unique_ptr<SandboxServer> m_server;
};

void LuaScriptTest::initTestCase()
{
    SandboxServer::Options options;
    options.tcp = true;
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
}

void LuaScriptTest::scriptsFallBackOnNoscript()
{
    Connection connection(m_server->spec(), openGate());
    connection.open();
    QTRY_VERIFY(connection.isReady());
    const LuaScript script("return {KEYS[1], ARGV[1], ARGV[2]}");
    for (int round = 0; round < 2; ++round) {
        const quint64 before = connection.traffic().commands;
        QList<QByteArray> words;
        runScript(connection, script, { "key" }, { "one", QByteArray("\0", 1) }, [&words](Result<ReplyView> reply) {
            VERIFY_RESULT(reply);
            for (const ReplyView word : *reply)
                words += word.toByteArray();
        });
        QTRY_COMPARE(words, (QList<QByteArray> { "key", "one", QByteArray("\0", 1) }));
        QCOMPARE(connection.traffic().commands - before, quint64(round == 0 ? 2 : 1));
    }
    Outcome broken;
    runScript(connection, LuaScript("return redis.call('NOPE')"), {}, {}, broken.handler());
    QTRY_COMPARE(broken.calls, 1);
    QVERIFY(broken.error);
}

QTEST_GUILESS_MAIN(LuaScriptTest)
#include "tst_luascript.moc"
