// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/lockinspector.h"

#include "base/errortext.h"
#include "locks/fencing.h"
#include "locks/lockholders.h"
#include "locks/structurereader.h"
#include "locks/waiterreader.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr int waitersByName = 20;
/// A counter has at most 20 digits.
constexpr auto counterEnd = "31";

/// One look, in up to three rounds: the key, its elements, and what the family keeps beside it. Each round's last
/// answer starts the next one.
class Inspection : public std::enable_shared_from_this<Inspection> {
public:
    Inspection(Connection& connection, const Clock& clock, const FamilyRegistry& registry, const QByteArray& key,
        UniqueFunction<void(Result<LockInspection>)> handler)
        : m_connection(connection)
        , m_clock(clock)
        , m_registry(registry)
        , m_handler(std::move(handler))
    {
        m_sample.key = key;
        m_seen.key = key;
        m_seen.database = connection.spec().database;
        m_seen.node = connection.spec().endpoint().text();
    }
    void readKey();

private:
    template <typename Reader> ReplyHandler taking(Reader reader)
    {
        return [self = shared_from_this(), reader](const Result<ReplyView>& reply) {
            if (reply)
                reader(*self, *reply);
            else
                self->refuse(reply.error());
        };
    }
    /// Keeps the first failure; a key of another type answers WRONGTYPE to string reads, which is no failure.
    void refuse(const Error& error)
    {
        if (error.serverCode != "WRONGTYPE" && !m_error)
            m_error = error;
    }
    void readElements(KeyType type);
    void conclude();
    void recognise();
    void takeHolders(const LockReading& lock);
    void readAround();
    void ask(const Command& command, void (*reader)(LockInspection&, qsizetype, ReplyView), qsizetype index = 0);
    void answered();
    void readAuxiliary(const AuxiliaryKey& auxiliary);
    void finish();

    Connection& m_connection;
    const Clock& m_clock;
    const FamilyRegistry& m_registry;
    UniqueFunction<void(Result<LockInspection>)> m_handler;
    LockInspection m_seen;
    KeySample m_sample;
    int m_awaited = 0; ///< answers about what is beside the key
    bool m_tooLarge = false;
    std::optional<Error> m_error;
};

void Inspection::readKey()
{
    const QByteArray& key = m_sample.key;
    const auto self = shared_from_this();
    m_sample.serverMs = m_clock.wallNow().toMSecsSinceEpoch();
    m_connection.send({ "TIME" }, [self](const Result<ReplyView>& reply) {
        if (reply && reply->size() == 2)
            self->m_sample.serverMs = reply->at(0).toInteger() * 1000 + reply->at(1).toInteger() / 1000;
    });
    // First, because reading the value resets it; LFU policies refuse it.
    m_connection.send({ "OBJECT", "IDLETIME", key }, [self](const Result<ReplyView>& reply) {
        if (reply && reply->kind() == ReplyKind::Integer)
            self->m_seen.idleSeconds = reply->toInteger(-1);
    });
    m_connection.send({ "MEMORY", "USAGE", key },
        [self](const Result<ReplyView>& reply) { self->m_tooLarge = reply && reply->toInteger() > maximumLockBytes; });
    m_connection.send(
        { "TYPE", key }, taking([](Inspection& look, ReplyView reply) { look.m_seen.type = reply.toByteArray(); }));
    m_connection.send({ "STRLEN", key },
        taking([](Inspection& look, ReplyView reply) { look.m_seen.valueBytes = reply.toInteger(); }));
    m_connection.send({ "GETRANGE", key, "0", QByteArray::number(maximumTokenBytes - 1) },
        taking([](Inspection& look, ReplyView reply) { look.m_sample.value = reply.toByteArray(); }));
    m_connection.send({ "PTTL", key }, [self](const Result<ReplyView>& reply) {
        if (reply)
            self->m_seen.ttlMs = reply->toInteger(-1);
        else
            self->refuse(reply.error());
        const KeyType type = keyTypeByName(self->m_seen.type);
        const bool isStructure = type != KeyType::String && type != KeyType::Other;
        if (isStructure && !self->m_tooLarge && !self->m_error && self->m_seen.ttlMs != -2)
            self->readElements(type);
        else
            self->conclude();
    });
}

void Inspection::readElements(KeyType type)
{
    m_sample.type = type;
    readStructure(m_connection, m_sample.key, type, [self = shared_from_this()](StructureReading structure) {
        if (structure.error) {
            self->refuse(*structure.error);
        } else {
            self->m_seen.ttlMs = structure.ttlMs;
            self->m_seen.elements = structure.size;
            self->m_sample.size = structure.size;
            self->m_sample.elements = std::move(structure.elements);
        }
        self->conclude();
    });
}

void Inspection::conclude()
{
    if (m_error)
        return m_handler(tl::unexpected(*m_error));
    m_seen.at = m_clock.now();
    m_seen.atMs = m_clock.wallNow().toMSecsSinceEpoch();
    m_seen.exists = m_seen.type != "none" && m_seen.ttlMs != -2;
    if (!m_seen.exists) {
        m_seen.type = "none";
        m_seen.ttlMs = -1;
        m_seen.valueBytes = 0;
        return m_handler(std::move(m_seen));
    }
    m_sample.ttlMs = m_seen.ttlMs;
    recognise();
    if (m_seen.family == FamilyId::None)
        return m_handler(std::move(m_seen));
    readAround();
}

void Inspection::recognise()
{
    const bool isString = m_seen.type == "string";
    const bool isWhole = isString && m_seen.valueBytes <= maximumTokenBytes;
    m_seen.hasToken = isWhole;
    m_seen.token = isWhole ? m_sample.value : QByteArray();
    const bool isReadable = isWhole || m_sample.type != KeyType::String;
    if (!isReadable)
        return;
    FamilyMatch match = m_registry.recognise(m_sample);
    if (match.id == FamilyId::None) {
        // Somebody asked for this very key: that is evidence, too, but the weakest.
        m_sample.explicitMatch = true;
        match = m_registry.recognise(m_sample);
    }
    m_seen.family = match.id;
    m_seen.confidence = match.recognition.confidence;
    m_seen.rule = QCoreApplication::translate("lockscope::Rules", match.recognition.rule);
    if (match.id != FamilyId::None)
        takeHolders(m_registry.family(match.id).read(m_sample));
}

void Inspection::takeHolders(const LockReading& lock)
{
    m_seen.mode = lock.mode;
    m_seen.held = lock.held;
    m_seen.freePermits = lock.freePermits;
    m_seen.hasToken = !lock.holders.empty();
    m_seen.token = m_seen.hasToken ? lock.holders.front().token : QByteArray();
    m_seen.ttlMs = leaseTimes(m_seen.ttlMs, lock.holders).ttlMs;
    LockRecord record;
    record.type = m_sample.type;
    setHolders(record, lock, Milliseconds(0));
    m_seen.holders = listedHolders(record);
    if (m_seen.hasToken)
        m_seen.owner = m_registry.ownerHints(m_seen.family, m_seen.token);
}

void Inspection::ask(const Command& command, void (*reader)(LockInspection&, qsizetype, ReplyView), qsizetype index)
{
    ++m_awaited;
    m_connection.send(command, [self = shared_from_this(), reader, index](const Result<ReplyView>& reply) {
        if (reply)
            reader(self->m_seen, index, *reply);
        self->answered();
    });
}

void Inspection::readAround()
{
    const LockFamily& family = m_registry.family(m_seen.family);
    // What the holder's own token says counts more than the counter, which may have gone on.
    if (m_seen.hasToken)
        m_seen.fence = fenceOfToken(m_seen.token);
    ++m_awaited; // until all is asked
    for (const AuxiliaryKey& auxiliary : family.auxiliaryKeys(m_seen.key))
        readAuxiliary(auxiliary);
    if (const QByteArray counter = family.fencingCounter(m_seen.key); !counter.isEmpty()) {
        ask({ "GETRANGE", counter, "0", counterEnd }, [](LockInspection& seen, qsizetype, ReplyView reply) {
            bool isNumber = false;
            const qint64 fence = reply.toByteArray().toLongLong(&isNumber);
            if (isNumber && !seen.fence)
                seen.fence = fence;
        });
    }
    const WaiterSource source = family.waiters(m_seen.key);
    if (source.kind == WaiterSource::Kind::None)
        m_seen.waitersReason = QCoreApplication::translate("lockscope::Waiters", source.reason);
    ++m_awaited;
    readWaiters(m_connection, source, waitersByName, [self = shared_from_this()](WaiterReading waiters) {
        self->m_seen.waiters = waiters.count;
        self->m_seen.firstWaiters = std::move(waiters.first);
        if (waiters.error)
            self->m_seen.waitersReason = errorMessage(*waiters.error);
        self->answered();
    });
    answered();
}

void Inspection::readAuxiliary(const AuxiliaryKey& auxiliary)
{
    AuxiliaryFound found;
    found.key = auxiliary.key;
    found.role = QCoreApplication::translate("lockscope::Roles", auxiliary.role);
    m_seen.auxiliary.append(found);
    const qsizetype index = m_seen.auxiliary.size() - 1;
    ask(
        { "TYPE", auxiliary.key },
        [](LockInspection& seen, qsizetype at, ReplyView reply) { seen.auxiliary[at].type = reply.toByteArray(); },
        index);
    ask(
        { "PTTL", auxiliary.key },
        [](LockInspection& seen, qsizetype at, ReplyView reply) { seen.auxiliary[at].ttlMs = reply.toInteger(); },
        index);
}

void Inspection::answered()
{
    if (--m_awaited == 0)
        finish();
}

void Inspection::finish()
{
    // What did not answer is not shown as if it were there.
    m_seen.auxiliary.removeIf(
        [](const AuxiliaryFound& found) { return found.type.isEmpty() || found.type == "none" || found.ttlMs == -2; });
    m_handler(std::move(m_seen));
}

} // namespace

void inspectLock(Connection& connection, const Clock& clock, const QByteArray& key,
    UniqueFunction<void(Result<LockInspection>)> handler, const FamilyRegistry& registry)
{
    std::make_shared<Inspection>(connection, clock, registry, key, std::move(handler))->readKey();
}

} // namespace lockscope
