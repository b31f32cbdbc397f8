// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/databasefinder.h"

#include "redis/linkoptions.h"

namespace lockscope {

namespace {

using namespace std::chrono_literals;
constexpr auto lookInterval = 1s;

/// The numbers of the lines `dbN:keys=…`.
QList<qint32> databasesIn(QByteArrayView info)
{
    QList<qint32> result;
    for (const QByteArray& line : info.toByteArray().split('\n')) {
        const qsizetype colon = line.indexOf(':');
        bool ok = false;
        const int number = line.startsWith("db") && colon > 2 ? line.mid(2, colon - 2).toInt(&ok) : 0;
        if (ok && number >= 0)
            result.append(number);
    }
    return result;
}

} // namespace

DatabaseFinder::DatabaseFinder(const ConnectionSpec& spec, const std::shared_ptr<const CommandGate>& gate,
    Milliseconds timeout, bool follow, QObject* parent)
    : QObject(parent)
    , m_connection(spec, gate, (follow ? linkOptions : oneTryOptions)("lockscope-databases", timeout))
    , m_follow(follow)
{
    connect(&m_connection, &Connection::ready, this, &DatabaseFinder::ask);
    connect(&m_connection, &Connection::lost, this, [this](const Error& error) {
        m_timer.stop();
        Q_EMIT failed(error);
    });
    connect(&m_timer, &QTimer::timeout, this, &DatabaseFinder::ask);
}

DatabaseFinder::~DatabaseFinder()
{
    blockSignals(true);
    m_connection.close();
}

void DatabaseFinder::start() { m_connection.open(); }

void DatabaseFinder::stop()
{
    m_timer.stop();
    m_connection.close();
}

void DatabaseFinder::ask()
{
    m_connection.send({ "INFO", "keyspace" }, [this](const Result<ReplyView>& reply) {
        if (reply)
            Q_EMIT found(databasesIn(reply->bytes()));
        else if (reply.error().kind != ErrorKind::Cancelled && reply.error().kind != ErrorKind::ConnectionLost)
            Q_EMIT failed(reply.error());
        if (reply && m_follow && !m_timer.isActive())
            m_timer.start(lookInterval);
    });
}

} // namespace lockscope

#include "moc_databasefinder.cpp"
