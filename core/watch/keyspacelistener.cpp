// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/keyspacelistener.h"

#include "watch/globpattern.h"

#include <QTimer>

namespace lockscope {

KeyspaceListener::KeyspaceListener(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate,
    ConnectionOptions options, QList<QByteArray> globs, EventHandler handler, QObject* parent)
    : ChangeListener(parent)
    , m_subscriber(spec, std::move(gate), std::move(options))
    , m_database(spec.database)
    , m_globs(std::move(globs))
    , m_handler(std::move(handler))
{
    m_subscriber.setMessageHandler([this](const PubSubMessage& message) { receive(message); });
    connect(&m_subscriber, &Subscriber::subscribed, this, &ChangeListener::subscribed);
    connect(&m_subscriber, &Subscriber::lost, this, &KeyspaceListener::handleLoss);
}

QList<QByteArray> KeyspaceListener::patterns(const QByteArray& prefix) const
{
    if (m_globs.isEmpty() || m_globs.size() > maximumPatterns)
        return { prefix + '*' };
    QList<QByteArray> result;
    for (const QByteArray& glob : m_globs)
        result.append(prefix + glob);
    return result;
}

QList<QByteArray> KeyspaceListener::exactChannels() const
{
    QList<QByteArray> result;
    for (const QByteArray& verb : lockVerbs())
        result.append("__keyevent@" + QByteArray::number(m_database) + "__:" + verb);
    return result;
}

void KeyspaceListener::open(EventChannels channels, bool others)
{
    // An ACL compares patterns literally, and `__keyspace@*__:GLOB` is the spelling that administrators grant.
    m_channels = channels;
    const QList keyspace { Spelling::Keyspace, Spelling::KeyspaceAnyDatabase };
    const QList keyevent { Spelling::Keyevent };
    m_spellings = channels == EventChannels::Keyspace ? keyspace : keyevent;
    if (others)
        m_spellings += channels == EventChannels::Keyspace ? keyevent : keyspace;
    openNext();
}

void KeyspaceListener::openNext()
{
    if (m_spellings.isEmpty())
        return;
    const Spelling spelling = m_spellings.first();
    m_filtering = !m_globs.isEmpty() && (spelling == Spelling::Keyevent || m_globs.size() > maximumPatterns);
    if (spelling == Spelling::Keyevent)
        m_subscriber.open({}, exactChannels());
    else if (spelling == Spelling::KeyspaceAnyDatabase)
        m_subscriber.open(patterns("__keyspace@*__:"));
    else
        m_subscriber.open(patterns("__keyspace@" + QByteArray::number(m_database) + "__:"));
}

void KeyspaceListener::close()
{
    m_spellings.clear();
    m_subscriber.close();
}

void KeyspaceListener::handleLoss(const Error& error)
{
    if (error.kind != ErrorKind::Permission) {
        Q_EMIT lost(error);
        return;
    }
    m_subscriber.close();
    if (!m_spellings.isEmpty())
        m_spellings.removeFirst();
    if (m_spellings.isEmpty())
        Q_EMIT denied(error);
    else
        QTimer::singleShot(0, this, [this] { openNext(); });
}

void KeyspaceListener::receive(const PubSubMessage& message)
{
    const std::optional<KeyEvent> event = parseKeyspaceMessage(message.channel, message.payload);
    if (!event || event->database != m_database || event->verb == KeyVerb::Ignored)
        return;
    if (!m_filtering || globsMatch(m_globs, event->key))
        m_handler(*event);
}

} // namespace lockscope

#include "moc_keyspacelistener.cpp"
