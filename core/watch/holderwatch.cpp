// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/holderwatch.h"

#include <QPointer>

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto firstLook = 300ms;
constexpr Milliseconds shortestInterval = 2000ms;
/// While no token names a connection.
constexpr Milliseconds idleInterval = 5000ms;
constexpr auto retryInterval = 30s;
/// A listing of so many takes the server milliseconds in which nobody else is served.
constexpr qint64 mostClients = 5000;
/// At most so many bytes of listings a millisecond, on the average.
constexpr qint64 bytesPerMs = 50;
constexpr int missesUntilGone = 2;
constexpr qsizetype mostJoins = 20'000;
constexpr quint32 slotsPerRound = 4096;

qint64 connectedClients(QByteArrayView info)
{
    constexpr QByteArrayView name = "connected_clients:";
    const qsizetype at = info.indexOf(name);
    if (at < 0)
        return -1;
    const QByteArrayView rest = info.sliced(at + name.size());
    qint64 count = 0;
    for (const char c : rest) {
        if (c < '0' || c > '9')
            break;
        count = count * 10 + (c - '0');
    }
    return count;
}

bool isRefusal(const Error& error) { return error.kind == ErrorKind::Permission || error.kind == ErrorKind::Server; }

} // namespace

HolderWatch::HolderWatch(
    Connection& connection, const Clock& clock, LockTracker& tracker, LoadBudget& budget, QObject* parent)
    : QObject(parent)
    , m_connection(connection)
    , m_clock(clock)
    , m_tracker(tracker)
    , m_budget(budget)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &HolderWatch::ask);
}

void HolderWatch::start()
{
    m_evidence = ClientEvidence::Unknown;
    m_timer.start(firstLook);
}

void HolderWatch::stop()
{
    m_timer.stop();
    // What the link hid from us is no absence.
    for (Join& join : m_joins)
        join.misses = 0;
}

void HolderWatch::ask()
{
    if (!m_connection.isReady())
        return;
    if (m_tracker.store().size() == 0) {
        m_timer.start(shortestInterval);
        return;
    }
    m_timer.start(retryInterval);
    m_budget.charge(2);
    m_connection.send({ "INFO", "clients" }, [self = QPointer(this)](const Result<ReplyView>& reply) {
        if (!self || !self->m_timer.isActive())
            return;
        if (reply && connectedClients(reply->bytes()) > mostClients)
            self->m_evidence = ClientEvidence::TooMany;
        else
            self->askForList();
    });
}

void HolderWatch::askForList()
{
    m_connection.send({ "CLIENT", "LIST" }, [self = QPointer(this)](const Result<ReplyView>& reply) {
        if (!self || !self->m_timer.isActive())
            return;
        if (reply)
            self->read(reply->bytes());
        else if (isRefusal(reply.error()))
            self->giveUp();
    });
}

// Asking again would only fill the server's log of refusals.
void HolderWatch::giveUp()
{
    m_evidence = ClientEvidence::Refused;
    m_timer.stop();
}

void HolderWatch::read(QByteArrayView list)
{
    m_evidence = ClientEvidence::Available;
    const ClientIndex clients(parseClientList(list));
    const bool followed = follow(clients);
    const bool joined = joinMore(clients);
    if (followed || joined)
        Q_EMIT changed();
    const Milliseconds interval = m_joins.isEmpty() ? idleInterval : shortestInterval;
    m_timer.start(std::max(interval, Milliseconds(list.size() / bytesPerMs)));
}

bool HolderWatch::follow(const ClientIndex& clients)
{
    bool isNews = false;
    const SteadyTime now = m_clock.now();
    for (auto it = m_joins.begin(); it != m_joins.end();) {
        const LockStore::Slot* slot = m_tracker.store().find(it.key());
        Join& join = it.value();
        if (!slot || !slot->record().hasToken || slot->record().token != join.token) {
            it = m_joins.erase(it);
            continue;
        }
        const std::optional<QByteArray> address = clients.addressOf(join.found.identity);
        const HolderLink before = join.found.link;
        if (address) {
            join.misses = 0;
            join.found.link = HolderLink::Connected;
            join.found.address = *address;
            join.found.lastConnected = now;
        } else {
            if (join.misses++ == 0 && before != HolderLink::Gone)
                join.found.goneSince = now;
            if (join.misses >= missesUntilGone)
                join.found.link = HolderLink::Gone;
        }
        if (join.found.link != before && m_tracker.setHolderLink(it.key(), join.token, join.found))
            isNews = true;
        ++it;
    }
    return isNews;
}

bool HolderWatch::joinMore(const ClientIndex& clients)
{
    bool isNews = false;
    LockStore& store = m_tracker.store();
    const quint32 slots = store.slotCount();
    for (quint32 looked = 0; looked < std::min(slots, slotsPerRound) && m_joins.size() < mostJoins; ++looked) {
        m_next = (m_next + 1) % slots;
        const LockStore::Slot& slot = store.slot(m_next);
        if (!slot.alive || !slot.record().hasToken || m_joins.contains(slot.record().id))
            continue;
        const std::optional<ClientIndex::Match> match = clients.find(slot.record().token);
        if (!match)
            continue;
        LockDoubts found;
        found.link = HolderLink::Connected;
        found.identity = match->identity;
        found.address = match->address;
        found.lastConnected = m_clock.now();
        m_joins.insert(slot.record().id, { slot.record().token, found, 0 });
        isNews = m_tracker.setHolderLink(slot.record().id, slot.record().token, found) || isNews;
    }
    return isNews;
}

} // namespace lockscope

#include "moc_holderwatch.cpp"
