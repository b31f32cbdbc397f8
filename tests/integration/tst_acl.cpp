// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockoperations.h"
#include "operations/rightsneeded.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/readmeacl.h"
#include "support/structurefamilies.h"
#include "support/testsupport.h"
#include "support/watchfixture.h"

#include <QSet>

#include <functional>

using namespace lockscope;
using namespace std::chrono_literals;

namespace {

using Words = AclWords;

constexpr int database = 3; ///< not 0, so that SELECT is needed, too
constexpr int patienceMs = 20000; ///< for what must come, on a busy machine

template <typename T> T awaited(const std::function<void(UniqueFunction<void(T)>)>& begin, T otherwise)
{
    // Shared with the handler, which may come later than our patience.
    const auto answer = std::make_shared<std::optional<T>>();
    begin([answer](T value) { *answer = std::move(value); });
    if (!QTest::qWaitFor([&] { return answer->has_value(); }, patienceMs))
        return otherwise;
    return std::move(**answer);
}

} // namespace

/// The users that the README recommends can do what it promises, no less and no more.
class TestAcl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void bothReadmesHaveTheSameLines();
    void observerSeesEverything_data();
    void observerSeesEverything();
    void observerOfUngrantedChannelsPolls();
    void trackerHearsByTracking();
    void notificationsAreSwitchedOnWithConfigSet();
    void observerChangesNothing();
    void operatorActs();
    void everyGrantIsNeeded_data();
    void everyGrantIsNeeded();
    void furtherRightsAreThoseOfTheRecipes();
    void withAllRightsEveryActIsPermitted();

private:
    void createUser(const Words& words);
    [[nodiscard]] ConnectionSpec specOf(const QByteArray& user) const;
    [[nodiscard]] bool wasDenied();
    [[nodiscard]] QByteArray watching(const QByteArray& user, WatchOptions options);
    [[nodiscard]] QByteArray inspecting(const QByteArray& user);
    [[nodiscard]] QByteArray operating(const QByteArray& user);

    QMap<QByteArray, Words> m_lines;
    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_admin;
};

namespace {

/// A connection of a user's, with the operations on it.
struct Hands {
    explicit Hands(const ConnectionSpec& spec, bool readOnly = false)
        : connection(spec, std::make_shared<CommandGate>(readOnly))
        , operations(connection)
    {
        operations.useFamilies(structureRegistry());
        connection.open();
    }
    bool waitUntilReady()
    {
        return QTest::qWaitFor([this] { return connection.isReady(); }, patienceMs);
    }
    Result<AcquireGrant> acquire(const QByteArray& key)
    {
        AcquireRequest request;
        request.key = key;
        return awaited<Result<AcquireGrant>>(
            [&](auto handler) { operations.acquire(request, std::move(handler)); }, fail(ErrorKind::Timeout));
    }
    Result<AcquireGrant> extend(const QByteArray& key, const QByteArray& token)
    {
        return awaited<Result<AcquireGrant>>(
            [&](auto handler) {
                operations.extend({ key, token, 60s }, std::move(handler));
            },
            fail(ErrorKind::Timeout));
    }
    Status release(const QByteArray& key, const QByteArray& token)
    {
        return awaited<Status>(
            [&](auto handler) {
                operations.release({ key, token }, std::move(handler));
            },
            fail(ErrorKind::Timeout));
    }
    ForceReleaseResult forceRelease(const QByteArray& key, const QByteArray& token)
    {
        ForceReleaseTarget target;
        target.key = key;
        target.expectedToken = token;
        return awaited<ForceReleaseResult>(
            [&](auto handler) { operations.forceRelease(target, std::move(handler)); }, {});
    }
    Result<LockInspection> inspect(const QByteArray& key)
    {
        return awaited<Result<LockInspection>>(
            [&](auto handler) { operations.inspect(key, std::move(handler)); }, fail(ErrorKind::Timeout));
    }

    Connection connection;
    LockOperations operations;
};

WatchOptions matching(const QList<QByteArray>& globs, ListenChoice listen = ListenChoice::Auto)
{
    WatchOptions options;
    options.listen = listen;
    options.matches = globs;
    return options;
}

} // namespace

void TestAcl::initTestCase()
{
    m_lines = aclLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md"));
    QCOMPARE(m_lines.keys(), QList<QByteArray>({ observer, manager, tracker }));
    auto server = SandboxServer::start();
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_admin = std::make_unique<BlockingClient>(m_server->socketPath());
    QCOMPARE(m_admin->run({ "SELECT", QByteArray::number(database) }).text, QByteArray("OK"));
}

void TestAcl::init()
{
    m_admin->run({ "FLUSHALL" });
    m_admin->run({ "SCRIPT", "FLUSH" });
    m_admin->run({ "CONFIG", "SET", "notify-keyspace-events", "Kg$hszlxe" });
    createUser(adapted(m_lines[observer], database, false));
    createUser(adapted(m_lines[manager], database, false));
    createUser(adapted(m_lines[tracker], database, false));
    QCOMPARE(m_admin->run({ "ACL", "LOG", "RESET" }).text, QByteArray("OK"));
}

void TestAcl::createUser(const Words& words)
{
    const BlockingClient::Answer answer = m_admin->run(words);
    QVERIFY2(answer.text == "OK", answer.text.constData());
}

ConnectionSpec TestAcl::specOf(const QByteArray& user) const
{
    ConnectionSpec spec = m_server->spec();
    spec.user = QString::fromLatin1(user);
    spec.password = Secret(QByteArray("CHANGE-ME"));
    spec.database = database;
    return spec;
}

/// The server keeps a record of whatever it refused for want of a right, also of what we would not miss.
bool TestAcl::wasDenied() { return !m_admin->run({ "ACL", "LOG" }).items.isEmpty(); }

/// What fails in watching as the user; empty if nothing.
QByteArray TestAcl::watching(const QByteArray& user, WatchOptions options)
{
    m_admin->run({ "HSET", "lock:hash", "holder", "1" });
    m_admin->run({ "SADD", "lock:set", "holder" });
    m_admin->run({ "ZADD", "lock:zset", "9999999999999", "holder" });
    m_admin->run({ "RPUSH", "lock:list", "no lock" });
    DeltaMirror mirror;
    options.registry = &structureRegistry();
    WatchEngine engine(specOf(user), std::make_shared<CommandGate>(true), options);
    engine.start();
    const auto becomes = [&](const std::function<bool()>& condition) {
        bool denied = false;
        const bool ended = QTest::qWaitFor(
            [&] {
                mirror.pull(engine);
                denied = wasDenied();
                return denied || condition();
            },
            patienceMs);
        return ended && !denied;
    };
    const ListenMode mode = options.listen == ListenChoice::Tracking ? ListenMode::Tracking : ListenMode::Notifications;
    const bool whole
        = becomes([&] { return engine.status().listening == mode && engine.status().completeness.complete; });
    if (!whole)
        return "no complete pass while listening";
    if (!becomes([&] { return mirror.find("lock:hash") && mirror.find("lock:set") && mirror.find("lock:zset"); }))
        return "structures were not seen";
    engine.setVisibleLocks({ mirror.find("lock:hash")->id, mirror.find("lock:set")->id });
    if (!becomes([&] { return mirror.find("lock:hash")->waiters == 0 && mirror.find("lock:set")->waiters == 0; }))
        return "waiters were not counted";
    m_admin->run({ "SET", "lock:live", "3f2a9c0b-token", "PX", "60000" });
    if (!becomes([&] { return mirror.find("lock:live") != nullptr; }))
        return "an acquisition was not seen";
    m_admin->run({ "DEL", "lock:live" });
    if (!becomes([&] { return mirror.find("lock:live") == nullptr; }))
        return "a release was not seen";
    if (mirror.kindsOf("lock:live") != QList { LockEventKind::Acquired, LockEventKind::Released })
        return "other events than an acquisition and a release";
    if (!becomes([&] { return engine.status().clientEvidence == ClientEvidence::Available; }))
        return "nothing of the holders' connections";
    if (engine.status().error)
        return "error in the status: " + errorMessage(*engine.status().error).toUtf8();
    return engine.status().eventsTotal > 0 ? "" : "no notification came";
}

/// What fails in looking at one lock as the user.
QByteArray TestAcl::inspecting(const QByteArray& user)
{
    m_admin->run({ "SET", "lock:seen", "3f2a9c0b-token", "PX", "60000" });
    Hands hands(specOf(user), true);
    if (!hands.waitUntilReady())
        return "no connection";
    const Result<LockInspection> seen = hands.inspect("lock:seen");
    if (!seen)
        return errorMessage(seen.error()).toUtf8();
    const bool whole = seen->token == "3f2a9c0b-token" && seen->type == "string" && seen->ttlMs > 0
        && seen->idleSeconds >= 0 && seen->valueBytes == seen->token.size();
    if (!whole)
        return "incomplete inspection";
    m_admin->run({ "HSET", "lock:hash", "holder", "2" });
    m_admin->run({ "SADD", "lock:set", "holder" });
    for (const char* key : { "lock:hash", "lock:set" }) {
        const Result<LockInspection> structure = hands.inspect(key);
        if (!structure || !structure->hasToken || structure->waiters < 0)
            return "incomplete inspection of " + QByteArray(key);
    }
    return wasDenied() ? "denied" : "";
}

/// What fails in acting as the user, with scripts that the server does not know yet and with those that it knows.
QByteArray TestAcl::operating(const QByteArray& user)
{
    m_admin->run({ "FLUSHDB" });
    Hands hands(specOf(user));
    if (!hands.waitUntilReady())
        return "no connection";
    for (const char* round : { "unknown scripts: ", "known scripts: " }) {
        const Result<AcquireGrant> grant = hands.acquire("lock:mine");
        if (!grant)
            return round + ("acquire: " + errorMessage(grant.error()).toUtf8());
        if (const auto extended = hands.extend("lock:mine", grant->token); !extended)
            return round + ("extend: " + errorMessage(extended.error()).toUtf8());
        if (m_admin->run({ "PTTL", "lock:mine" }).number <= 30000)
            return round + QByteArray("not extended");
        if (const Status released = hands.release("lock:mine", grant->token); !released)
            return round + ("release: " + errorMessage(released.error()).toUtf8());
        m_admin->run({ "SET", "lock:theirs", "theirs", "PX", "60000" });
        if (hands.forceRelease("lock:theirs", "theirs").outcome != ReleaseOutcome::Released)
            return round + QByteArray("force-release");
        if (m_admin->run({ "DBSIZE" }).number != 0)
            return round + QByteArray("something is left");
    }
    return wasDenied() ? "denied" : "";
}

void TestAcl::bothReadmesHaveTheSameLines()
{
    QCOMPARE(aclLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.zh-CN.md")), m_lines);
    for (const char* user : { manager, observer })
        QCOMPARE(furtherLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.zh-CN.md"), user),
            furtherLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md"), user));
    QCOMPARE(libraryGrants(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.zh-CN.md")),
        libraryGrants(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md")));
}

void TestAcl::observerSeesEverything_data()
{
    QTest::addColumn<bool>("everyKey");
    QTest::newRow("one pattern of keys") << false;
    QTest::newRow("every key") << true;
}

void TestAcl::observerSeesEverything()
{
    QFETCH(const bool, everyKey);
    createUser(adapted(m_lines[observer], database, everyKey));
    QCOMPARE(watching(observer, everyKey ? WatchOptions() : matching({ "lock:*" })), QByteArray());
    QCOMPARE(inspecting(observer), QByteArray());
}

void TestAcl::observerOfUngrantedChannelsPolls()
{
    m_admin->run({ "SET", "lock:a", "3f2a9c0b-token", "PX", "60000" });
    m_admin->run({ "SET", "other:a", "3f2a9c0b-token", "PX", "60000" });
    DeltaMirror mirror;
    WatchEngine engine(specOf(observer), std::make_shared<CommandGate>(true), WatchOptions());
    engine.start();
    QTRY_VERIFY(engine.status().notifications == NotificationSetting::Forbidden);
    QTRY_VERIFY(engine.status().completeness.complete);
    QCOMPARE(engine.status().listening, ListenMode::Polling);
    QVERIFY(engine.status().error);
    QCOMPARE(engine.status().error->kind, ErrorKind::Permission);
    QTRY_VERIFY(mirror.pull(engine) && mirror.find("lock:a"));
    QVERIFY(!mirror.find("other:a"));
    m_admin->run({ "DEL", "lock:a" });
    QTRY_VERIFY(mirror.pull(engine) && !mirror.find("lock:a"));
}

void TestAcl::trackerHearsByTracking()
{
    QCOMPARE(watching(tracker, matching({ "lock:*" }, ListenChoice::Tracking)), QByteArray());
    QCOMPARE(inspecting(tracker), QByteArray());
    // Also where it was not told to: CONFIG and notifications are refused, and tracking is found by itself.
    WatchEngine engine(specOf(tracker), std::make_shared<CommandGate>(true), matching({ "lock:*" }));
    engine.start();
    QTRY_COMPARE(engine.status().listening, ListenMode::Tracking);
    QTRY_VERIFY(engine.status().completeness.complete);
    QCOMPARE(engine.status().notifications, NotificationSetting::Forbidden);
    QVERIFY(!engine.status().error);
}

void TestAcl::notificationsAreSwitchedOnWithConfigSet()
{
    m_admin->run({ "CONFIG", "SET", "notify-keyspace-events", "" });
    createUser(adapted(m_lines[observer] + Words { "+config|set" }, database, false));
    WatchOptions options = matching({ "lock:*" });
    options.enableNotifications = true;
    WatchEngine engine(specOf(observer), std::make_shared<CommandGate>(), options);
    engine.start();
    QTRY_COMPARE(engine.status().listening, ListenMode::Notifications);
    QVERIFY(!wasDenied());
}

void TestAcl::observerChangesNothing()
{
    m_admin->run({ "SET", "lock:theirs", "theirs", "PX", "60000" });
    Hands hands(specOf(observer)); // not read-only: it is the server that has to refuse
    QVERIFY(hands.waitUntilReady());
    const auto refused = [](const auto& result) { return !result && result.error().kind == ErrorKind::Permission; };
    QVERIFY(refused(hands.acquire("lock:mine")));
    QVERIFY(refused(hands.extend("lock:theirs", "theirs")));
    QVERIFY(refused(hands.release("lock:theirs", "theirs")));
    const ForceReleaseResult forced = hands.forceRelease("lock:theirs", "theirs");
    QCOMPARE(forced.outcome, ReleaseOutcome::Refused);
    QVERIFY(forced.error);
    QCOMPARE(forced.error->kind, ErrorKind::Permission);
    QCOMPARE(m_admin->run({ "GET", "lock:theirs" }).text, QByteArray("theirs"));
    QCOMPARE(m_admin->run({ "DBSIZE" }).number, 1);
}

void TestAcl::operatorActs()
{
    QCOMPARE(operating(manager), QByteArray());
    QCOMPARE(watching(manager, matching({ "lock:*" })), QByteArray());
    QCOMPARE(inspecting(manager), QByteArray());
}

void TestAcl::everyGrantIsNeeded_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("grant");
    for (auto line = m_lines.cbegin(); line != m_lines.cend(); ++line) {
        for (const QByteArray& word : line.value()) {
            if (word.startsWith('+') || word.startsWith('~') || word.startsWith('%') || word.startsWith('&'))
                QTest::addRow("%s without %s", line.key().constData(), word.constData()) << line.key() << word;
        }
    }
}

void TestAcl::everyGrantIsNeeded()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, grant);
    Words words = m_lines[user];
    QCOMPARE(words.removeAll(grant), 1);
    createUser(adapted(words, database, false));
    const ListenChoice listen = user == tracker ? ListenChoice::Tracking : ListenChoice::Auto;
    const bool works = watching(user, matching({ "lock:*" }, listen)).isEmpty() && inspecting(user).isEmpty()
        && (user != manager || operating(user).isEmpty());
    QVERIFY2(!works, "nothing misses it");
}

/// No word too many and none too few: what the scripts call and the operator's own line has not.
void TestAcl::furtherRightsAreThoseOfTheRecipes()
{
    QSet<QByteArray> needed;
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& name : registry.names()) {
        for (int act = 0; act < lockActCount; ++act) {
            const QByteArray source = registry.family(registry.byName(name)).actRecipe(LockAct(act)).luaSource;
            for (const QByteArray& command : commandsOfScript(source))
                needed.insert('+' + command.toLower());
        }
    }
    for (const QByteArray& word : std::as_const(m_lines[manager]))
        needed.remove(word);
    const QList<Words> further = furtherLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md"));
    QCOMPARE(further.size(), 2);
    QSet<QByteArray> granted(further[0].cbegin() + 3, further[0].cend());
    granted.insert("+exists"); // stands in both, as either may be left out
    needed.insert("+exists");
    const QByteArray difference
        = (needed - granted).values().join(' ') + " missing, too many: " + (granted - needed).values().join(' ');
    QVERIFY2(granted == needed, difference.constData());
}

void TestAcl::withAllRightsEveryActIsPermitted()
{
    for (const Words& line : furtherLines(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/README.md")))
        createUser(line);
    createUser({ "ACL", "SETUSER", manager, "~*", "&*" }); // the keys and channels are each one's own
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& name : registry.names()) {
        for (int act = 0; act < lockActCount; ++act) {
            for (const Words& command :
                commandsNeeded(registry.family(registry.byName(name)), LockAct(act), "lock:a")) {
                const QByteArray answer = m_admin->run(Words { "ACL", "DRYRUN", manager } + command).text;
                QVERIFY2(answer == "OK", QByteArray(name + ": " + answer).constData());
            }
        }
    }
    m_admin->run({ "SET", "lock:theirs", "theirs", "PX", "60000" });
    Hands hands(specOf(manager));
    QVERIFY(hands.waitUntilReady());
    const auto impact = awaited<Result<ReleaseImpact>>(
        [&](auto handler) { hands.operations.weigh("lock:theirs", std::move(handler)); }, fail(ErrorKind::Timeout));
    VERIFY_RESULT(impact);
    QVERIFY(impact->rightsKnown && impact->evidence.verdict == HolderEvidence::Verdict::Undecidable);
    QVERIFY(!wasDenied());
}

QTEST_GUILESS_MAIN(TestAcl)
#include "tst_acl.moc"
