// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/globpattern.h"

#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

using namespace lockscope;

namespace {

struct Case {
    QByteArray pattern;
    QByteArray text;
    bool matches;
};

QList<Case> cases()
{
    return {
        { "*", "anything", true },
        { "lock:*", "lock:1", true },
        { "lock:*", "lock:", true },
        { "lock:*", "lock", false },
        { "*lock", "a:lock", true },
        { "*lock", "a:locks", false },
        { "a*b*c", "a-b-b-c", true },
        { "a*b*c", "a-c-b", false },
        { "a**c", "abc", true },
        { "a?c", "abc", true },
        { "a?c", "ac", false },
        { "lock:[a]*", "lock:a1", true },
        { "lock:[a]*", "lock:[a]1", false },
        { "lock:\\[a\\]*", "lock:[a]1", true },
        { "[a-c]", "b", true },
        { "[c-a]", "b", true },
        { "[a-c]", "d", false },
        { "[^a-c]", "d", true },
        { "[^a-c]", "a", false },
        { "[ab", "a", true },
        { "[ab", "c", false },
        { "[\\]x]", "]", true },
        { "[a-]", "-", false },
        { "\\*", "*", true },
        { "\\*", "x", false },
        { "a\\", "a\\", true },
        { "A", "a", false },
        { "a", "a", true },
        { QByteArray("\xff*"), QByteArray("\xff\x01"), true },
        { QByteArray("[\x80-\xff]"), QByteArray("\xaa"), true },
        { QByteArray("a\0?", 3), QByteArray("a\0b", 3), true },
        { "*a*a*a*a*a*a*b", QByteArray(200, 'a'), false },
    };
}

} // namespace

class TestGlobPattern : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void table();
    void serverAgrees();
    void matchesAll();
};

void TestGlobPattern::table()
{
    for (const Case& one : cases())
        QVERIFY2(
            globMatches(one.pattern, one.text) == one.matches, QByteArray(one.pattern + " on " + one.text).constData());
}

void TestGlobPattern::serverAgrees()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    BlockingClient client((*server)->socketPath());
    for (const Case& one : cases()) {
        client.run({ "FLUSHALL" });
        client.run({ "SET", one.text, "1" });
        const auto reply = client.run({ "SCAN", "0", "MATCH", one.pattern, "COUNT", "10" });
        QVERIFY2((reply.items.value(1).items.size() == 1) == one.matches,
            QByteArray(one.pattern + " on " + one.text).constData());
    }
}

void TestGlobPattern::matchesAll()
{
    QVERIFY(globMatchesAll("*"));
    QVERIFY(globMatchesAll("**"));
    QVERIFY(!globMatchesAll("*a"));
}

QTEST_GUILESS_MAIN(TestGlobPattern)
#include "tst_globpattern.moc"
