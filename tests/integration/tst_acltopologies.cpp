// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/clifixture.h"
#include "support/clusterfixture.h"
#include "support/readmeacl.h"
#include "support/sentinelfixture.h"
#include "support/testsupport.h"

#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>

using namespace lockscope;

/// The users of the README behind Sentinel and in a cluster: with the words that it says are needed there they can
/// work, and without one of them they cannot.
class AclTopologiesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cluster();
    void sentinel();

private:
    void createUsers(GroupFixture& servers, const AclWords& added);
    CliResult run(const QString& uri, const QStringList& arguments);
    [[nodiscard]] bool sees(const QString& uri, int locks);
    static QString named(const QString& scheme, const char* user, const QString& rest);

    QMap<QByteArray, AclWords> m_lines;
    AclWords m_neededInCluster;
    AclWords m_usefulInCluster;
    AclWords m_usefulBehindSentinel;
};

void AclTopologiesTest::initTestCase()
{
    const QString readme = QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md");
    m_lines = aclLines(readme);
    QVERIFY(m_lines.contains(observer) && m_lines.contains(manager));
    QFile file(readme);
    QVERIFY(file.open(QIODevice::ReadOnly));
    static const QRegularExpression sentence(
        QStringLiteral("In a cluster both also need `([^`]+)`; `([^`]+)` let .*Behind Sentinel they need nothing more; "
                       "with `([^`]+)`"));
    const QRegularExpressionMatch found = sentence.match(QString::fromUtf8(file.readAll()).replace(u'\n', u' '));
    QVERIFY(found.hasMatch());
    m_neededInCluster = found.captured(1).toUtf8().split(' ');
    m_usefulInCluster = found.captured(2).toUtf8().split(' ');
    m_usefulBehindSentinel = found.captured(3).toUtf8().split(' ');
}

QString AclTopologiesTest::named(const QString& scheme, const char* user, const QString& rest)
{
    return QStringLiteral("%1://%2:CHANGE-ME@%3").arg(scheme, QLatin1StringView(user), rest);
}

void AclTopologiesTest::createUsers(GroupFixture& servers, const AclWords& added)
{
    for (const char* user : { observer, manager })
        servers.runAll(m_lines[user] + added);
}

CliResult AclTopologiesTest::run(const QString& uri, const QStringList& arguments)
{
    CliFixture cli(QStringLiteral(LOCKSCOPE_CLI));
    return cli.run(QStringList { QStringLiteral("--uri"), uri, QStringLiteral("--match"), QStringLiteral("lock:*"),
                       QStringLiteral("--timeout"), QStringLiteral("5000") }
        + arguments);
}

bool AclTopologiesTest::sees(const QString& uri, int locks)
{
    const CliResult result
        = run(uri, { QStringLiteral("--read-only"), QStringLiteral("list"), QStringLiteral("--json") });
    const QJsonObject json = result.json();
    const bool whole = json.value(QStringLiteral("server")).toObject().value(QStringLiteral("complete")).toBool();
    return result.status == 0 && whole && json.value(QStringLiteral("locks")).toArray().size() == locks;
}

void AclTopologiesTest::cluster()
{
    ClusterFixture cluster(3, false);
    QVERIFY(cluster.waitUntilOk());
    for (int node = 0; node < 3; ++node)
        cluster.set(node, cluster.keyOn(node, "lock:"), "token");
    const auto uri = [&](const char* user) {
        return named(QStringLiteral("redis-cluster"), user,
            QStringLiteral("127.0.0.1:%1").arg(cluster.servers().server(0).port()));
    };
    createUsers(cluster.servers(), m_neededInCluster + m_usefulInCluster);
    QVERIFY(sees(uri(observer), 3));
    createUsers(cluster.servers(), m_neededInCluster);
    const CliResult taken = run(uri(manager), { QStringLiteral("acquire"), QStringLiteral("lock:mine") });
    QVERIFY2(taken.status == 0, taken.err.constData());
    QVERIFY(sees(uri(observer), 4));
    for (const QByteArray& word : std::as_const(m_neededInCluster)) {
        AclWords fewer = m_neededInCluster;
        fewer.removeOne(word);
        createUsers(cluster.servers(), fewer);
        QVERIFY2(!sees(uri(observer), 4), word.constData());
    }
}

void AclTopologiesTest::sentinel()
{
    SentinelFixture sentinels;
    QVERIFY(sentinels.waitUntilSettled());
    sentinels.servers().run(0, { "SET", "lock:a", "token", "PX", "100000" });
    const auto uri = [&](const char* user) {
        return named(QStringLiteral("redis-sentinel"), user,
            QStringLiteral("127.0.0.1:%1/0?master=mymaster").arg(sentinels.sentinelPort(0)));
    };
    for (const AclWords& added : { m_usefulBehindSentinel, AclWords() }) {
        createUsers(sentinels.servers(), added);
        QVERIFY(sees(uri(observer), 1));
        const CliResult taken = run(uri(manager),
            { QStringLiteral("acquire"), QStringLiteral("lock:mine"), QStringLiteral("--"), QStringLiteral("true") });
        QVERIFY2(taken.status == 0, taken.err.constData());
    }
}

QTEST_GUILESS_MAIN(AclTopologiesTest)
#include "tst_acltopologies.moc"
