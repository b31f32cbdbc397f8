// SPDX-License-Identifier: GPL-3.0-or-later

// Families of the operator's own, on a real server by the facade: recognised, read, released, previewed, and put to use
// while it is watched.
#include "deployment/familyfilewatcher.h"
#include "deployment/livedeployment.h"
#include "locks/families/familyregistry.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/testsupport.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

using namespace lockscope;
using namespace std::chrono_literals;

class DeclaredFamiliesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void recognisedAndReleased_data();
    void recognisedAndReleased();
    void oneOfSeveralHoldersGoes();
    void theMessageIsPublished();
    void aChangedFileIsUsedAtOnce();
    void faultsLeaveTheLastGoodState();
    void theFileMayComeAndGo();
    void ownerPatternsReadBuiltInTokens();
    void previewTellsWhatMatchesAndWhatNot();

private:
    [[nodiscard]] std::unique_ptr<LiveDeployment> open();
    void write(const QByteArray& text);
    QByteArray ask(const QByteArray& command);

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

namespace {

const QByteArray uuid = "7f0c2c1e-5b1a-4d0e-9c36-0b6a5f1d2e3c";
const QByteArray otherUuid = "8f0c2c1e-5b1a-4d0e-9c36-0b6a5f1d2e3c";

template <typename T> Result<T> await(QFuture<Result<T>> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 60000))
        return fail(ErrorKind::Internal, QStringLiteral("the future never finished"));
    return future.takeResult();
}

/// The locks as the deltas tell them.
class Picture {
public:
    explicit Picture(LiveDeployment& deployment)
        : m_deployment(deployment)
    {
    }
    [[nodiscard]] std::optional<LockRecord> lock(const QByteArray& key)
    {
        while (std::optional<LockDelta> delta = m_deployment.takeDelta()) {
            for (const LockId& id : delta->removed)
                m_locks.remove(id.slot);
            for (const LockRecord& record : delta->changed)
                m_locks.insert(record.id.slot, record);
            for (const LockEvent& event : delta->events)
                m_events.append(event.kind);
        }
        for (const LockRecord& record : std::as_const(m_locks)) {
            if (record.key == key)
                return record;
        }
        return {};
    }
    [[nodiscard]] QByteArray familyOf(const QByteArray& key)
    {
        const std::optional<LockRecord> found = lock(key);
        return found ? QByteArray(FamilyRegistry::instance().name(found->family).data()) : QByteArray();
    }
    [[nodiscard]] const QList<LockEventKind>& events() const { return m_events; }

private:
    LiveDeployment& m_deployment;
    QHash<quint32, LockRecord> m_locks;
    QList<LockEventKind> m_events;
};

} // namespace

void DeclaredFamiliesTest::initTestCase()
{
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

void DeclaredFamiliesTest::init()
{
    ask("FLUSHALL");
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath(QStringLiteral("families.conf"));
}

QByteArray DeclaredFamiliesTest::ask(const QByteArray& command)
{
    const auto answer = m_client->run(command.split(' '));
    if (answer.type == ':')
        return QByteArray::number(answer.number);
    QByteArrayList items;
    for (const auto& item : answer.items)
        items.append(item.text);
    return answer.items.isEmpty() ? answer.text : items.join(' ');
}

void DeclaredFamiliesTest::write(const QByteArray& text)
{
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

std::unique_ptr<LiveDeployment> DeclaredFamiliesTest::open()
{
    DeploymentOptions options;
    options.specs = { m_server->spec() };
    options.auditFile = m_folder->filePath(QStringLiteral("audit.sqlite"));
    auto deployment = LiveDeployment::create(options);
    if (!deployment)
        return nullptr;
    (*deployment)->start();
    return std::move(*deployment);
}

void DeclaredFamiliesTest::recognisedAndReleased_data()
{
    QTest::addColumn<QByteArray>("declaration");
    QTest::addColumn<QByteArrayList>("commands");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<qint64>("count");
    QTest::addColumn<qint64>("waiters");
    QTest::addColumn<QByteArrayList>("gone");
    QTest::addColumn<QByteArrayList>("left");
    const auto row = [](const char* name, const QByteArray& declaration, const QByteArrayList& commands,
                         const QByteArray& key, const QByteArray& token, qint64 count, qint64 waiters,
                         const QByteArrayList& gone, const QByteArrayList& left) {
        QTest::newRow(name) << "[family own]\n" + declaration << commands << key << token << count << waiters << gone
                            << left;
    };
    row("string", "key = bill:<n>\nauxiliary = info:<n>\nfence = fence:<n>\nqueue = queue:<n>\n",
        { "SET bill:7 web-1:17 PX 60000", "SET info:7 x", "SET fence:7 41", "RPUSH queue:7 a b" }, "bill:7", "web-1:17",
        1, 2, { "bill:7", "info:7" }, { "fence:7", "queue:7" });
    row("hash with a field",
        "key = imp:<n>\ntype = hash\nholder = field owner\ncount = field depth\ntoken = uuid\nsorted-queue = q:<n>\n"
        "wake-list = sig:<n>\n",
        { "HSET imp:7 owner " + uuid + " depth 3 since 12", "ZADD q:7 1 a" }, "imp:7", uuid, 3, 1, { "imp:7" },
        { "q:7", "sig:7" });
    row("hash of fields", "key = own:<n>\ntype = hash\nignore = mode\ncount = value\n",
        { "HSET own:7 mode write t1 2", "PEXPIRE own:7 60000" }, "own:7", "t1", 2, -1, { "own:7" }, {});
    row("set", "key = own:<n>\ntype = set\nmode = semaphore\nauxiliary = <key>:aux\n",
        { "SADD own:7 t1", "SET own:7:aux x" }, "own:7", "t1", 1, -1, { "own:7", "own:7:aux" }, {});
    row("sorted set", "key = own:<n>\ntype = zset\nmode = semaphore\ndeadline = score-s\n",
        { "ZADD own:7 9999999999 t1 1 dead" }, "own:7", "t1", 1, -1, {}, { "own:7" });
    row("list", "key = own:<n>\ntype = list\nholder = first\n", { "RPUSH own:7 t1" }, "own:7", "t1", 1, -1, { "own:7" },
        {});
    row("last of a list", "key = own:<n>\ntype = list\nholder = last\n", { "RPUSH own:7 w1 t1" }, "own:7", "t1", 1, -1,
        {}, { "own:7" });
    row("long token", "key = own:<n>\n", { "SET own:7 " + QByteArray(900, 'x') + " PX 60000" }, "own:7",
        QByteArray(900, 'x'), 1, -1, { "own:7" }, {});
}

void DeclaredFamiliesTest::recognisedAndReleased()
{
    QFETCH(QByteArray, declaration);
    QFETCH(QByteArrayList, commands);
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, token);
    QFETCH(qint64, count);
    QFETCH(qint64, waiters);
    QFETCH(QByteArrayList, gone);
    QFETCH(QByteArrayList, left);
    for (const QByteArray& command : commands)
        QVERIFY2(!ask(command).startsWith("ERR"), command.constData());
    write(declaration);
    FamilyFileWatcher file(m_file);
    file.load();
    QVERIFY2(file.isGood(), qPrintable(file.faultTexts().join(QLatin1Char('\n'))));
    const auto deployment = open();
    QVERIFY(deployment);
    const auto snapshot = await(deployment->completeSnapshot());
    VERIFY_RESULT(snapshot);
    QCOMPARE(snapshot->locks.size(), size_t(1));
    QCOMPARE(snapshot->locks[0]->key, key);
    QCOMPARE(FamilyRegistry::instance().name(snapshot->locks[0]->family), QLatin1StringView("own"));
    QCOMPARE(snapshot->locks[0]->token, token);

    const auto seen = await(deployment->inspect({ key }));
    VERIFY_RESULT(seen);
    QCOMPARE(seen->token, token);
    QCOMPARE(seen->waiters, waiters);
    QVERIFY(seen->rule.contains(QLatin1String("families.conf")));
    if (count > 1)
        QCOMPARE(seen->holders.front().count, count);

    const FamilyId family = snapshot->locks[0]->family;
    const QString reason = QStringLiteral("test");
    const auto wrong = await(deployment->forceRelease({ { { key, family, "another", false } }, reason }));
    VERIFY_RESULT(wrong);
    QCOMPARE(wrong->first().outcome, ReleaseOutcome::HolderChanged);
    QCOMPARE(wrong->first().token, token);
    QCOMPARE(ask("EXISTS " + key), QByteArray("1"));

    const auto right = await(deployment->forceRelease({ { { key, family, token, false } }, reason }));
    VERIFY_RESULT(right);
    QCOMPARE(right->first().outcome, ReleaseOutcome::Released);
    QCOMPARE(right->first().token, token);
    for (const QByteArray& name : gone)
        QVERIFY2(ask("EXISTS " + name) == "0", name.constData());
    for (const QByteArray& name : left)
        QVERIFY2(ask("EXISTS " + name) == "1", name.constData());
}

void DeclaredFamiliesTest::oneOfSeveralHoldersGoes()
{
    write("[family own]\nkey = own:<n>\ntype = set\nmode = semaphore\nauxiliary = <key>:aux\n");
    ask("SADD own:7 t1 t2");
    ask("SET own:7:aux x");
    FamilyFileWatcher file(m_file);
    file.load();
    QVERIFY(file.isGood());
    const auto deployment = open();
    const FamilyId family = FamilyRegistry::instance().byName("own");
    const QString reason = QStringLiteral("test");
    const auto released = await(deployment->forceRelease({ { { "own:7", family, "t1", false } }, reason }));
    VERIFY_RESULT(released);
    QCOMPARE(released->first().outcome, ReleaseOutcome::Released);
    QCOMPARE(ask("SMEMBERS own:7"), QByteArray("t2"));
    QCOMPARE(ask("EXISTS own:7:aux"), QByteArray("1"));
    const auto any = await(deployment->forceRelease({ { { "own:7", family, {}, true } }, reason }));
    VERIFY_RESULT(any);
    QCOMPARE(any->first().token, QByteArray("t2"));
    QCOMPARE(ask("EXISTS own:7 own:7:aux"), QByteArray("0"));
}

void DeclaredFamiliesTest::theMessageIsPublished()
{
    write("[family own]\nkey = own:<n>\nchannel = wake:<n>\nmessage = \"go on\"\n");
    ask("SET own:7 t1 PX 60000");
    FamilyFileWatcher file(m_file);
    file.load();
    BlockingClient listener(m_server->socketPath());
    listener.run({ "SUBSCRIBE", "wake:7" });
    const auto deployment = open();
    const auto seen = await(deployment->inspect({ "own:7" }));
    VERIFY_RESULT(seen);
    QCOMPARE(seen->waiters, 1);
    const FamilyId family = FamilyRegistry::instance().byName("own");
    VERIFY_RESULT(await(deployment->forceRelease({ { { "own:7", family, "t1", false } }, QStringLiteral("test") })));
    const auto message = listener.read();
    QCOMPARE(message.items.value(1).text, QByteArray("wake:7"));
    QCOMPARE(message.items.value(2).text, QByteArray("go on"));
}

void DeclaredFamiliesTest::aChangedFileIsUsedAtOnce()
{
    ask("SET bill:7 web-1:17 PX 600000");
    ask("HSET slot:1 t1 1");
    ask("SET lock:redsync rQ7uY3Jt8m0fQ2xJxv1bLg== PX 600000");
    write("# nothing yet\n");
    FamilyFileWatcher file(m_file);
    file.load();
    const auto deployment = open();
    file.follow();
    connect(&file, &FamilyFileWatcher::installed, deployment.get(), [&] { deployment->useNewFamilies(); });
    VERIFY_RESULT(await(deployment->completeSnapshot()));
    Picture picture(*deployment);
    QTRY_COMPARE_WITH_TIMEOUT(picture.familyOf("lock:redsync"), QByteArray("redsync"), 20000);
    QVERIFY(!picture.lock("slot:1"));
    const std::optional<LockRecord> before = picture.lock("lock:redsync");

    write("[family slots]\nkey = slot:*\ntype = hash\n[family bills]\nkey = bill:*\nowner = "
          "^(?<host>[^:]+):(?<pid>\\d+)\n");
    QTRY_COMPARE_WITH_TIMEOUT(picture.familyOf("slot:1"), QByteArray("slots"), 20000);
    QTRY_COMPARE_WITH_TIMEOUT(picture.familyOf("bill:7"), QByteArray("bills"), 20000);
    QCOMPARE(picture.lock("bill:7")->extras->owner, QStringLiteral("web-1 · pid 17"));
    // Whatever it was before is the same lock with the same history.
    QCOMPARE(picture.lock("lock:redsync")->id, before->id);
    QCOMPARE(picture.familyOf("lock:redsync"), QByteArray("redsync"));

    // The token stands elsewhere now: on the server nothing has changed, and no transition is told.
    ask("HSET slot:1 owner t9");
    QTRY_VERIFY_WITH_TIMEOUT(picture.lock("slot:1") && picture.lock("slot:1")->extras->holders, 20000);
    const auto handOvers = picture.events().count(LockEventKind::HolderChanged);
    write("[family slots]\nkey = slot:*\ntype = hash\nholder = field owner\n");
    QTRY_COMPARE_WITH_TIMEOUT(picture.lock("slot:1").value_or(LockRecord()).token, QByteArray("t9"), 20000);
    QCOMPARE(picture.events().count(LockEventKind::HolderChanged), handOvers);
    QCOMPARE(picture.events().count(LockEventKind::Released), 0);
    // Nobody declares it any more.
    QTRY_VERIFY_WITH_TIMEOUT(picture.familyOf("bill:7") != "bills", 20000);
}

void DeclaredFamiliesTest::faultsLeaveTheLastGoodState()
{
    write("[family good]\nkey = good:*\n");
    FamilyFileWatcher file(m_file);
    file.load();
    file.follow();
    int loads = 0;
    int installs = 0;
    connect(&file, &FamilyFileWatcher::loaded, this, [&] { ++loads; });
    connect(&file, &FamilyFileWatcher::installed, this, [&] { ++installs; });
    write("[family good]\nkey = good:*\ntokn = uuid\n");
    QTRY_VERIFY_WITH_TIMEOUT(loads > 0 && !file.isGood(), 20000);
    QCOMPARE(installs, 0);
    QCOMPARE(
        file.faultTexts(), QStringList(QStringLiteral("families.conf:3: unknown key 'tokn' (did you mean 'token'?)")));
    QVERIFY(FamilyRegistry::instance().byName("good") != FamilyId::None);
    write("[family better]\nkey = good:*\n");
    QTRY_VERIFY_WITH_TIMEOUT(file.isGood() && installs == 1, 20000);
    QVERIFY(FamilyRegistry::instance().byName("good") == FamilyId::None);
    QVERIFY(FamilyRegistry::instance().byName("better") != FamilyId::None);
}

void DeclaredFamiliesTest::theFileMayComeAndGo()
{
    m_file = m_folder->filePath(QStringLiteral("not/yet/families.conf"));
    FamilyFileWatcher file(m_file);
    file.load();
    file.follow();
    QVERIFY(file.isGood());
    QVERIFY(!file.exists());
    QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("not/yet")));
    write("[family came]\nkey = came:*\n");
    QTRY_VERIFY_WITH_TIMEOUT(FamilyRegistry::instance().byName("came") != FamilyId::None, 20000);
    QVERIFY(QFile::remove(m_file));
    QTRY_VERIFY_WITH_TIMEOUT(FamilyRegistry::instance().byName("came") == FamilyId::None, 20000);
    // As editors and deployment tools do it: another file in its place.
    write("[family first]\nkey = came:*\n");
    QTRY_VERIFY_WITH_TIMEOUT(FamilyRegistry::instance().byName("first") != FamilyId::None, 20000);
    const QString place = std::exchange(m_file, m_file + QStringLiteral(".new"));
    write("[family second]\nkey = came:*\n");
    QCOMPARE(::rename(QFile::encodeName(m_file).constData(), QFile::encodeName(place).constData()), 0);
    QTRY_VERIFY_WITH_TIMEOUT(FamilyRegistry::instance().byName("second") != FamilyId::None, 20000);
}

void DeclaredFamiliesTest::ownerPatternsReadBuiltInTokens()
{
    ask("SET lock:a web-1/17/resize PX 600000");
    write("[owner ours]\nfamilies = plain\npattern = ^(?<host>[^/]+)/(?<pid>\\d+)/(?<job>\\w+)$\n");
    FamilyFileWatcher file(m_file);
    file.load();
    QVERIFY(file.isGood());
    const auto deployment = open();
    const auto seen = await(deployment->inspect({ "lock:a" }));
    VERIFY_RESULT(seen);
    QCOMPARE(seen->owner.size(), 3);
    QCOMPARE(seen->owner[0].name, QByteArray("host"));
    QCOMPARE(seen->owner[0].value, QStringLiteral("web-1"));
    QCOMPARE(seen->owner[2].name, QByteArray("job"));
    QCOMPARE(seen->owner[2].rule, "owner pattern of families.conf, line 3");
}

void DeclaredFamiliesTest::previewTellsWhatMatchesAndWhatNot()
{
    ask("SET bill:1 " + uuid + " PX 600000");
    ask("SET bill:2 nonsense PX 600000");
    ask("HSET bill:3 a 1");
    ask("SET bill:4 " + otherUuid);
    for (int i = 0; i < 100; ++i)
        ask("SET cache:" + QByteArray::number(i) + " x");
    const FamilyFileContents contents
        = parseFamilyFile("[family own]\nkey = bill:*\ntoken = uuid\nttl = required\n", QStringLiteral("f"));
    const auto registry = FamilyRegistry::instance().withDeclared(contents.families, contents.owners);
    VERIFY_RESULT(registry);
    const auto deployment = open();
    DiscoveryOptions options;
    options.registry = *registry;
    options.sightDeclared = true;
    options.matches = { "bill:*" };
    const auto report = await(deployment->discover(options));
    VERIFY_RESULT(report);
    QCOMPARE(report->sightings.size(), 4);
    QVERIFY(report->server.completeness.complete);
    QHash<QByteArray, QByteArray> verdicts;
    for (const FamilySighting& sighting : report->sightings) {
        QCOMPARE((*registry)->name(sighting.family), QLatin1StringView("own"));
        verdicts.insert(sighting.key, sighting.recognised ? "yes " + sighting.token : QByteArray(sighting.objection));
    }
    QCOMPARE(verdicts.value("bill:1"), "yes " + uuid);
    QCOMPARE(verdicts.value("bill:2"), QByteArray("the token does not look as it was declared"));
    QCOMPARE(verdicts.value("bill:3"), QByteArray("the key has another type"));
    QCOMPARE(verdicts.value("bill:4"), QByteArray("the key has no TTL"));
    // A look at declarations that are only typed yet changes nothing for anybody else.
    QVERIFY(FamilyRegistry::instance().byName("own") == FamilyId::None
        || FamilyRegistry::instance().recognise({ "bill:1", uuid, 1 }).id != (*registry)->byName("own"));
}

QTEST_GUILESS_MAIN(DeclaredFamiliesTest)
#include "tst_declaredfamilies.moc"
