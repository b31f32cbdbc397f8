// SPDX-License-Identifier: GPL-3.0-or-later

// What real lock libraries leave in Redis (tests/core/locks/fixtures) against what the families say of it, on a real
// server.
#include "locks/families/familyregistry.h"
#include "redis/sandboxserver.h"
#include "support/blockingclient.h"
#include "support/familyfixture.h"
#include "support/testsupport.h"

#include <QDir>
#include <QFile>

#include <map>

using namespace lockscope;
using Answer = BlockingClient::Answer;

/// Fails the test with the fixture's line.
#define CHECK_AT(line, condition, message)                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            const QByteArray text = m_case.file.toUtf8() + ':' + QByteArray::number(line) + ": " + (message);          \
            QFAIL(text.constData());                                                                                   \
        }                                                                                                              \
    } while (false)

class TestFamilies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void namesAreUnique();
    void rhythmDecides_data();
    void rhythmDecides();
    void fixture_data();
    void fixture();

private:
    void runCommands();
    void checkLock(const ExpectedLock& expected);
    void checkReading(const ExpectedLock& expected, const LockFamily& family, const LockReading& reading);
    void checkSurroundings(const ExpectedLock& expected, const LockFamily& family);
    void checkOthers();
    void checkChanged(const ExpectedLock& expected, const LockFamily& family);
    void checkRelease(const ExpectedLock& expected, const LockFamily& family);

    [[nodiscard]] KeySample sample(const QByteArray& key);
    [[nodiscard]] FamilySet served() const;
    [[nodiscard]] FamilyMatch recognise(const QByteArray& key);
    /// What the recipe answers; its first element is `released`, `gone`, `changed` or `type`.
    [[nodiscard]] QByteArrayList runRecipe(
        const ExpectedLock& expected, const LockFamily& family, const QByteArray& token);
    /// Every key with its bytes and deadline.
    [[nodiscard]] std::map<QByteArray, QByteArray> wholeServer();

    std::unique_ptr<SandboxServer> m_server;
    std::unique_ptr<BlockingClient> m_client;
    FamilyCase m_case;
    qint64 m_nowMs = 0;
};

namespace {

const QString fixtureFolder = QStringLiteral(LOCKSCOPE_SOURCE_DIR "/tests/core/locks/fixtures/");

QByteArrayList texts(const Answer& answer)
{
    QByteArrayList list;
    for (const Answer& item : answer.items)
        list.append(item.text);
    return list;
}

QByteArray waiterKind(WaiterSource::Kind kind)
{
    switch (kind) {
    case WaiterSource::Kind::List:
        return "list";
    case WaiterSource::Kind::SortedSet:
        return "zset";
    case WaiterSource::Kind::Channel:
        return "channel";
    case WaiterSource::Kind::None:
        break;
    }
    return "none";
}

QByteArray hintText(const QList<OwnerHint>& hints)
{
    QByteArray text;
    for (const OwnerHint& hint : hints)
        text += ' ' + hint.name + '=' + hint.value.toUtf8();
    return text.isEmpty() ? " none" : text;
}

} // namespace

void TestFamilies::initTestCase()
{
    SandboxServer::Options options;
    options.notifyFlags.clear(); // every message is then one of a release recipe
    auto server = SandboxServer::start(options);
    VERIFY_RESULT(server);
    m_server = std::move(*server);
    m_client = std::make_unique<BlockingClient>(m_server->socketPath());
}

void TestFamilies::namesAreUnique()
{
    QByteArrayList names = FamilyRegistry::instance().names();
    std::sort(names.begin(), names.end());
    QVERIFY(std::adjacent_find(names.cbegin(), names.cend()) == names.cend());
    QVERIFY(names.size() < qsizetype(FamilySet().size()));
}

void TestFamilies::rhythmDecides_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("longestTtlMs");
    QTest::addColumn<bool>("renewed");
    QTest::addColumn<QByteArray>("family");
    const QByteArray uuid = "7f0c2c1e-5b1a-4d0e-9c36-0b6a5f1d2e3c";
    QTest::newRow("renewed by itself") << QByteArray("redlock:a") << uuid << qint64(5000) << true
                                       << QByteArray("redlock.net");
    QTest::newRow("longer than pottery's")
        << QByteArray("redlock:a") << uuid << qint64(30'000) << false << QByteArray("redlock.net");
    QTest::newRow("open") << QByteArray("redlock:a") << uuid << qint64(9990) << false << QByteArray("pottery");
    const QByteArray letters = "qWeRtYuIoPaSdFgH";
    QTest::newRow("half a second more") << QByteArray("lock:a") << letters << qint64(5498) << false
                                        << QByteArray("go-zero");
}

void TestFamilies::rhythmDecides()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, value);
    QFETCH(qint64, longestTtlMs);
    QFETCH(bool, renewed);
    KeySample watched { key, value, 3000 };
    watched.longestTtlMs = longestTtlMs;
    watched.renewed = renewed;
    const FamilyRegistry& registry = FamilyRegistry::instance();
    QTEST(QByteArray(registry.name(registry.recognise(watched).id).data()), "family");
}

void TestFamilies::fixture_data()
{
    QTest::addColumn<FamilyCase>("familyCase");
    QStringList faults;
    for (const QString& name : QDir(fixtureFolder).entryList({ QStringLiteral("*.txt") }, QDir::Files, QDir::Name)) {
        QFile file(fixtureFolder + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const FixtureFile parsed = parseFixture(name, file.readAll());
        faults += parsed.faults;
        for (const FamilyCase& familyCase : parsed.cases)
            QTest::addRow("%s: %s", qPrintable(name), familyCase.name.constData()) << familyCase;
    }
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
}

void TestFamilies::fixture()
{
    QFETCH(FamilyCase, familyCase);
    m_case = familyCase;
    runCommands();
    for (const ExpectedLock& expected : m_case.locks) {
        if (!QTest::currentTestFailed())
            checkLock(expected);
    }
    if (!QTest::currentTestFailed())
        checkOthers();
    for (const ExpectedLock& expected : m_case.locks) {
        if (QTest::currentTestFailed())
            return;
        const FamilyRegistry& registry = FamilyRegistry::instance();
        const LockFamily& family = registry.family(registry.byName(expected.family));
        checkChanged(expected, family);
        if (!QTest::currentTestFailed() && expected.release)
            checkRelease(expected, family);
    }
}

void TestFamilies::runCommands()
{
    m_client->run({ "FLUSHALL" });
    const QByteArrayList time = texts(m_client->run({ "TIME" }));
    m_nowMs = time.value(0).toLongLong() * 1000 + time.value(1).toLongLong() / 1000;
    for (qsizetype i = 0; i < m_case.commands.size(); ++i) {
        QByteArrayList words;
        for (const QByteArray& word : m_case.commands[i])
            words.append(withTimes(word, m_nowMs));
        const Answer answer = m_client->run(words);
        CHECK_AT(m_case.commandLines[i], answer.type != 0 && answer.type != '-', answer.text);
    }
}

KeySample TestFamilies::sample(const QByteArray& key)
{
    KeySample result;
    result.key = key;
    result.type = keyTypeByName(m_client->run({ "TYPE", key }).text);
    result.ttlMs = m_client->run({ "PTTL", key }).number;
    result.serverMs = m_nowMs;
    result.explicitMatch = m_case.named.contains(key);
    QByteArrayList parts;
    switch (result.type) {
    case KeyType::String:
        result.value = m_client->run({ "GETRANGE", key, "0", QByteArray::number(maximumTokenBytes) }).text;
        return result;
    case KeyType::Hash:
        parts = texts(m_client->run({ "HGETALL", key }));
        for (qsizetype i = 0; i + 1 < parts.size(); i += 2)
            result.elements.push_back({ parts[i], parts[i + 1] });
        break;
    case KeyType::SortedSet:
        parts = texts(m_client->run({ "ZRANGE", key, "0", "-1", "WITHSCORES" }));
        for (qsizetype i = 0; i + 1 < parts.size(); i += 2)
            result.elements.push_back({ parts[i], {}, parts[i + 1].toDouble() });
        break;
    case KeyType::Set:
        parts = texts(m_client->run({ "SMEMBERS", key }));
        std::sort(parts.begin(), parts.end());
        break;
    case KeyType::List:
        parts = texts(m_client->run({ "LRANGE", key, "0", "-1" }));
        break;
    case KeyType::Other:
        break;
    }
    if (result.elements.empty()) {
        for (const QByteArray& part : parts)
            result.elements.push_back({ part });
    }
    result.size = result.elements.size();
    return result;
}

FamilySet TestFamilies::served() const
{
    FamilySet set;
    for (const QByteArray& name : m_case.served)
        set.set(size_t(FamilyRegistry::instance().byName(name)));
    return set;
}

FamilyMatch TestFamilies::recognise(const QByteArray& key)
{
    return FamilyRegistry::instance().recognise(sample(key), served());
}

void TestFamilies::checkLock(const ExpectedLock& expected)
{
    const KeySample seen = sample(withTimes(expected.key, m_nowMs));
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const FamilyMatch match = registry.recognise(seen, served());
    const QByteArray got = QByteArray(registry.name(match.id).data()) + ' '
        + QByteArray::number(double(match.recognition.confidence)) + " \"" + match.recognition.rule + '"';
    CHECK_AT(expected.line, match.id != FamilyId::None, "no lock");
    CHECK_AT(expected.line, registry.byName(expected.family) != FamilyId::None, "no such family " + expected.family);
    CHECK_AT(expected.line, registry.name(match.id) == QLatin1StringView(expected.family), "is " + got);
    CHECK_AT(expected.line, *match.recognition.rule != '\0' && match.recognition.confidence <= 1, "is " + got);
    CHECK_AT(expected.line, (seen.ttlMs >= 0) == expected.hasTtl, "PTTL " + QByteArray::number(seen.ttlMs));
    CHECK_AT(expected.line, expected.rule.isEmpty() || expected.rule == match.recognition.rule, "is " + got);
    const float confidence = match.recognition.confidence;
    CHECK_AT(expected.line, expected.confidenceRelation != ">=" || confidence >= expected.confidence, "is " + got);
    CHECK_AT(expected.line, expected.confidenceRelation != "<=" || confidence <= expected.confidence, "is " + got);
    const LockFamily& family = registry.family(match.id);
    checkReading(expected, family, family.read(seen));
    if (!QTest::currentTestFailed())
        checkSurroundings(expected, family);
}

void TestFamilies::checkReading(const ExpectedLock& expected, const LockFamily& family, const LockReading& reading)
{
    const QLatin1StringView mode = lockModeName(reading.mode);
    CHECK_AT(expected.line, mode == QLatin1StringView(expected.mode), "mode " + QByteArray(mode.data()));
    if (expected.holders) {
        QByteArray all;
        for (const LockHolder& holder : reading.holders)
            all += " \"" + holder.token + "\" count " + QByteArray::number(holder.count);
        CHECK_AT(expected.line, reading.holders.size() == size_t(expected.holders->size()), "holders:" + all);
        for (qsizetype i = 0; i < expected.holders->size(); ++i) {
            const LockHolder& holder = reading.holders[size_t(i)];
            const ExpectedLock::Holder& wanted = expected.holders->at(i);
            CHECK_AT(expected.line, holder.token == withTimes(wanted.token, m_nowMs), "holders:" + all);
            CHECK_AT(expected.line, !wanted.count || holder.count == *wanted.count, "holders:" + all);
        }
    }
    QList<OwnerHint> hints;
    for (const LockHolder& holder : reading.holders)
        hints += family.ownerHints(holder.token);
    for (const QByteArrayList& owner : expected.owners) {
        const bool found = std::any_of(hints.cbegin(), hints.cend(), [&](const OwnerHint& hint) {
            return hint.name == owner[0] && hint.value.toUtf8() == owner[1] && *hint.rule != '\0';
        });
        CHECK_AT(expected.line, found, "no owner " + owner.join(' ') + ", but" + hintText(hints));
    }
    CHECK_AT(expected.line, !expected.ownerless || hints.isEmpty(), "owner hints:" + hintText(hints));
    for (const LockHolder& holder : reading.holders) {
        QByteArrayList names;
        for (const OwnerHint& hint : family.ownerHints(holder.token)) {
            CHECK_AT(expected.line, *hint.rule != '\0', "no rule for the owner hint " + hint.name);
            CHECK_AT(expected.line, !names.contains(hint.name), "two owner hints " + hint.name);
            names.append(hint.name);
            // Times and nodes are decoded; all else stands in the token as it is shown.
            const bool decoded = hint.name == "created_at" || hint.name == "node";
            CHECK_AT(expected.line, decoded || holder.token.contains(hint.value.toUtf8()),
                "not in the token: " + hint.name + ' ' + hint.value.toUtf8());
        }
    }
}

void TestFamilies::checkSurroundings(const ExpectedLock& expected, const LockFamily& family)
{
    QByteArrayList auxiliaries;
    for (const AuxiliaryKey& auxiliary : family.auxiliaryKeys(expected.key)) {
        CHECK_AT(expected.line, *auxiliary.role != '\0', "no role: " + auxiliary.key);
        auxiliaries.append(auxiliary.key);
    }
    for (const QByteArray& key : expected.auxiliaries)
        CHECK_AT(expected.line, auxiliaries.contains(key), "auxiliary keys: " + auxiliaries.join(' '));
    const WaiterSource source = family.waiters(expected.key);
    const QByteArray kind = waiterKind(source.kind);
    const bool reasoned = source.kind == WaiterSource::Kind::None ? *source.reason != '\0' : !source.name.isEmpty();
    CHECK_AT(expected.line, reasoned, "waiters without a reason or a name");
    if (!expected.waiters.isEmpty()) {
        CHECK_AT(expected.line, kind == expected.waiters[0], "waiters " + kind + ' ' + source.name);
        CHECK_AT(expected.line, source.name == expected.waiters.value(1), "waiters " + kind + ' ' + source.name);
    }
    const QList<QByteArray> keys = family.releaseKeys(expected.key);
    CHECK_AT(expected.line, !keys.isEmpty() && keys[0] == expected.key, "the first release key is not the lock");
    CHECK_AT(expected.line, *family.releaseRecipe().explanation != '\0', "a release recipe without an explanation");
}

void TestFamilies::checkOthers()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    for (const QByteArray& key : m_case.notLocks) {
        CHECK_AT(m_case.line, m_client->run({ "EXISTS", key }).number == 1, "no such key: " + key);
        const FamilyMatch match = recognise(key);
        CHECK_AT(
            m_case.line, match.id == FamilyId::None, key + " is a lock: " + QByteArray(registry.name(match.id).data()));
    }
    for (const QByteArray& key : m_case.unlikely) {
        CHECK_AT(m_case.line, m_client->run({ "EXISTS", key }).number == 1, "no such key: " + key);
        const FamilyMatch match = recognise(key);
        const QByteArray got = QByteArray(registry.name(match.id).data()) + ' '
            + QByteArray::number(double(match.recognition.confidence));
        CHECK_AT(m_case.line, match.id == FamilyId::None || got == "plain " + QByteArray::number(double(0.3F)),
            key + " is " + got);
    }
}

QByteArrayList TestFamilies::runRecipe(const ExpectedLock& expected, const LockFamily& family, const QByteArray& token)
{
    const QList<QByteArray> keys = family.releaseKeys(expected.key);
    QByteArrayList words { "EVAL", family.releaseRecipe().luaSource, QByteArray::number(keys.size()) };
    words += keys;
    words += { withTimes(token, m_nowMs), "0" };
    words += family.releaseArguments(expected.key);
    const Answer answer = m_client->run(words);
    return answer.type == '*' ? texts(answer) : QByteArrayList { "error", answer.text };
}

std::map<QByteArray, QByteArray> TestFamilies::wholeServer()
{
    std::map<QByteArray, QByteArray> state;
    for (const QByteArray& key : texts(m_client->run({ "KEYS", "*" }))) {
        // Not DUMP: a hash that is still being rehashed changes the order of its fields by itself.
        const qint64 deadline = m_client->run({ "PEXPIRETIME", key }).number;
        const QByteArrayList digest = texts(m_client->run({ "DEBUG", "DIGEST-VALUE", key }));
        state[key] = digest.value(0) + QByteArray::number(deadline);
    }
    return state;
}

void TestFamilies::checkChanged(const ExpectedLock& expected, const LockFamily& family)
{
    for (const QByteArray& token : expected.changed) {
        const auto before = wholeServer();
        const QByteArrayList answer = runRecipe(expected, family, token);
        CHECK_AT(expected.line, answer.value(0) == "changed", "a wrong token answers: " + answer.join(' '));
        CHECK_AT(expected.line, wholeServer() == before, "a wrong token changed the server");
    }
}

void TestFamilies::checkRelease(const ExpectedLock& expected, const LockFamily& family)
{
    const ExpectedLock::Release& release = *expected.release;
    BlockingClient listener(m_server->socketPath());
    listener.run({ "PSUBSCRIBE", "*" });
    const QByteArrayList answer = runRecipe(expected, family, release.token);
    CHECK_AT(release.line, answer.value(0) == "released", "answers: " + answer.join(' '));
    // The marker comes behind every message of the script: what is missing then was not sent.
    m_client->run({ "PUBLISH", "end", "end" });
    QList<QByteArrayList> messages;
    QByteArray all;
    for (QByteArrayList got = texts(listener.read()); got.size() == 4 && got[2] != "end";
         got = texts(listener.read())) {
        messages.append(got.mid(2));
        all += " \"" + got.mid(2).join("\" \"") + '"';
    }
    CHECK_AT(release.line, messages == release.messages, "messages:" + all);
    for (const QByteArray& key : release.gone)
        CHECK_AT(release.line, m_client->run({ "EXISTS", key }).number == 0, "is still there: " + key);
    for (const QByteArray& key : release.left)
        CHECK_AT(release.line, m_client->run({ "EXISTS", key }).number == 1, "is gone: " + key);
}

QTEST_GUILESS_MAIN(TestFamilies)
#include "tst_families.moc"
