// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/keyspacelistener.h"

#include "watch/globpattern.h"

#include <QTimer>

#include <algorithm>

namespace lockscope {

namespace {
constexpr qsizetype maximumPatterns = 8;
}

KeyspaceListener::KeyspaceListener(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate,
    ConnectionOptions options, QList<QByteArray> globs, EventHandler handler, QObject* parent)
    : QObject(parent)
    , m_subscriber(spec, std::move(gate), std::move(options))
    , m_database(spec.database)
    , m_globs(std::move(globs))
    , m_handler(std::move(handler))
{
    m_subscriber.setMessageHandler([this](const PubSubMessage& message) { receive(message); });
    connect(&m_subscriber, &Subscriber::subscribed, this, &KeyspaceListener::subscribed);
    connect(&m_subscriber, &Subscriber::lost, this, &KeyspaceListener::handleLoss);
}

QList<QByteArray> KeyspaceListener::patterns() const
{
    const QByteArray prefix
        = m_anyDatabase ? QByteArray("__keyspace@*__:") : "__keyspace@" + QByteArray::number(m_database) + "__:";
    if (m_globs.isEmpty() || m_globs.size() > maximumPatterns)
        return { prefix + '*' };
    QList<QByteArray> result;
    for (const QByteArray& glob : m_globs)
        result.append(prefix + glob);
    return result;
}

void KeyspaceListener::open() { m_subscriber.open(patterns()); }

void KeyspaceListener::close() { m_subscriber.close(); }

void KeyspaceListener::handleLoss(const Error& error)
{
    if (error.kind != ErrorKind::Permission) {
        Q_EMIT lost(error);
        return;
    }
    // An ACL compares patterns literally, and `__keyspace@*__:GLOB` is the spelling that administrators grant.
    m_subscriber.close();
    if (m_anyDatabase) {
        Q_EMIT denied(error);
        return;
    }
    m_anyDatabase = true;
    QTimer::singleShot(0, this, [this] { open(); });
}

void KeyspaceListener::receive(const PubSubMessage& message)
{
    const std::optional<KeyEvent> event = parseKeyspaceMessage(message.channel, message.payload);
    if (!event || event->database != m_database || event->verb == KeyVerb::Ignored)
        return;
    if (m_globs.size() > maximumPatterns) {
        const bool wanted = std::any_of(
            m_globs.cbegin(), m_globs.cend(), [&](const QByteArray& glob) { return globMatches(glob, event->key); });
        if (!wanted)
            return;
    }
    m_handler(*event);
}

} // namespace lockscope

#include "moc_keyspacelistener.cpp"
