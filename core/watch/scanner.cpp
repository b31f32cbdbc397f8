// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/scanner.h"

#include "watch/globpattern.h"

#include <algorithm>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr int fullCount = 10000;
constexpr int gentleCount = 100;
constexpr int autoCountFirst = 500;
constexpr int autoCountLeast = 250;
constexpr int autoCountMost = 1000;
constexpr auto wantedCallTime = 1ms;
constexpr auto readTimePerKey = 3us; ///< GETRANGE and PTTL on the server
/// Up to this size a walk takes the server some milliseconds in all: no pauses are needed.
constexpr quint64 smallKeySpace = 10000;

} // namespace

Scanner::Scanner(Connection& connection, const Clock& clock, QList<QByteArray> globs, QObject* parent)
    : QObject(parent)
    , m_connection(&connection)
    , m_clock(clock)
    , m_globs(std::move(globs))
{
    m_pause.setSingleShot(true);
    m_pause.setTimerType(Qt::PreciseTimer);
    connect(&m_pause, &QTimer::timeout, this, [this] {
        m_waiting = true;
        if (!m_heldBack)
            sendNext();
    });
}

void Scanner::setHandlers(KeyHandler onKey, EndHandler onEnd)
{
    m_onKey = std::move(onKey);
    m_onEnd = std::move(onEnd);
}

void Scanner::start(Pace pace, quint64 keysExpected)
{
    Q_ASSERT(!m_running);
    m_pace = pace;
    m_count = pace == Pace::Full ? fullCount : pace == Pace::Gentle ? gentleCount : autoCountFirst;
    m_cursor = "0";
    m_keysScanned = 0;
    m_keysExpected = keysExpected;
    m_running = true;
    m_heldBack = false;
    ++m_run;
    sendNext();
}

void Scanner::stop()
{
    m_running = false;
    m_waiting = false;
    m_pause.stop();
    ++m_run;
}

void Scanner::setHeldBack(bool heldBack)
{
    m_heldBack = heldBack;
    if (!heldBack && m_waiting && m_running)
        sendNext();
}

void Scanner::sendNext()
{
    m_waiting = false;
    m_sentAt = m_clock.now();
    const QByteArray count = QByteArray::number(m_count);
    const bool byServer = m_globs.size() == 1 && !globMatchesAll(m_globs.first());
    const Command command = byServer ? Command { "SCAN", m_cursor, "MATCH", m_globs.first(), "COUNT", count }
                                     : Command { "SCAN", m_cursor, "COUNT", count };
    m_connection->send(command, [this, run = m_run](const Result<ReplyView>& reply) { receive(run, reply); });
}

bool Scanner::isWanted(QByteArrayView key) const
{
    if (m_globs.size() < 2)
        return true;
    return std::any_of(
        m_globs.cbegin(), m_globs.cend(), [&](const QByteArray& glob) { return globMatches(glob, key); });
}

void Scanner::receive(quint64 run, const Result<ReplyView>& reply)
{
    if (run != m_run || !m_running)
        return;
    if (!reply) {
        end(fail(reply.error()));
        return;
    }
    if (reply->size() != 2 || !reply->at(1).isArray()) {
        end(fail(ErrorKind::Protocol, QStringLiteral("SCAN: unexpected answer")));
        return;
    }
    m_callTime = m_clock.now() - m_sentAt;
    m_cursor = reply->at(0).toByteArray();
    m_keysScanned = std::min(m_keysScanned + quint64(m_count), m_keysExpected);
    const bool last = m_cursor == "0";
    // The next call leaves before the reads of this batch: the server is never idle while we work.
    if (!last)
        scheduleNext(reply->at(1).size());
    for (ReplyView key : reply->at(1)) {
        if (isWanted(key.bytes()))
            m_onKey(key.bytes());
        if (run != m_run)
            return;
    }
    if (last) {
        m_keysScanned = m_keysExpected;
        end({});
    }
}

void Scanner::scheduleNext(qsizetype keysFound)
{
    if (m_pace == Pace::Full || m_keysExpected <= smallKeySpace) {
        if (m_heldBack)
            m_waiting = true;
        else
            sendNext();
        return;
    }
    adaptCount(m_callTime);
    const int factor = m_pace == Pace::Gentle ? 20 : 4;
    const auto pause = std::chrono::ceil<Milliseconds>((m_callTime + keysFound * readTimePerKey) * factor);
    m_pause.start(std::clamp(pause, Milliseconds(m_pace == Pace::Gentle ? 10 : 1), Milliseconds(1000)));
}

void Scanner::adaptCount(SteadyTime::duration callTime)
{
    if (m_pace != Pace::Auto)
        return;
    if (callTime > wantedCallTime)
        m_count = std::max(autoCountLeast, m_count * 4 / 5);
    else
        m_count = std::min(autoCountMost, m_count + 50);
}

void Scanner::end(const Status& status)
{
    stop();
    m_onEnd(status);
}

} // namespace lockscope

#include "moc_scanner.cpp"
