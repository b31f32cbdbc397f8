// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/trackinglistener.h"

#include "watch/globpattern.h"

#include <algorithm>

namespace lockscope {

namespace {

/// The server compares each of them with every key that is written.
constexpr qsizetype maximumPrefixes = 32;

QByteArray commonHead(const QByteArray& a, const QByteArray& b)
{
    const auto differs = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return QByteArray(a.begin(), differs.first - a.begin());
}

/// Without those that lie within another one.
QList<QByteArray> reduced(QList<QByteArray> prefixes)
{
    std::sort(prefixes.begin(), prefixes.end()); // what lies within another one comes somewhere behind it
    QList<QByteArray> result;
    for (const QByteArray& prefix : std::as_const(prefixes)) {
        if (result.isEmpty() || !prefix.startsWith(result.last()))
            result.append(prefix);
    }
    return result;
}

} // namespace

QList<QByteArray> trackingPrefixes(const QList<QByteArray>& globs)
{
    QList<QByteArray> heads;
    for (const QByteArray& glob : globs)
        heads.append(globLiteralHead(glob));
    QList<QByteArray> prefixes = reduced(std::move(heads));
    while (prefixes.size() > maximumPrefixes) {
        // The two neighbours that have most in common become one.
        qsizetype best = 0;
        qsizetype longest = -1;
        for (qsizetype i = 0; i + 1 < prefixes.size(); ++i) {
            const qsizetype length = commonHead(prefixes[i], prefixes[i + 1]).size();
            if (length > longest) {
                longest = length;
                best = i;
            }
        }
        prefixes[best] = commonHead(prefixes[best], prefixes[best + 1]);
        prefixes.removeAt(best + 1);
        prefixes = reduced(std::move(prefixes));
    }
    return prefixes.contains(QByteArray()) ? QList<QByteArray>() : prefixes;
}

TrackingListener::TrackingListener(ConnectionSpec spec, std::shared_ptr<const CommandGate> gate,
    ConnectionOptions options, QList<QByteArray> globs, EventHandler handler, QObject* parent)
    : ChangeListener(parent)
    , m_subscriber(spec, std::move(gate), std::move(options))
    , m_database(spec.database)
    , m_globs(std::move(globs))
    , m_handler(std::move(handler))
{
    m_subscriber.setMessageHandler([this](const PubSubMessage& message) { receive(message); });
    connect(&m_subscriber, &Subscriber::subscribed, this, &ChangeListener::subscribed);
    connect(&m_subscriber, &Subscriber::lost, this, &TrackingListener::handleLoss);
}

void TrackingListener::open() { m_subscriber.openTracking(trackingPrefixes(m_globs)); }

void TrackingListener::close() { m_subscriber.close(); }

void TrackingListener::handleLoss(const Error& error)
{
    const bool isRefusal = error.kind == ErrorKind::Permission || error.kind == ErrorKind::NotSupported
        || error.kind == ErrorKind::Server;
    if (!isRefusal) {
        Q_EMIT lost(error);
        return;
    }
    m_subscriber.close();
    Q_EMIT denied(error);
}

void TrackingListener::receive(const PubSubMessage& message)
{
    if (message.body.isNil()) {
        Q_EMIT flushed();
        return;
    }
    const auto hear = [this](QByteArrayView key) {
        if (m_globs.isEmpty() || globsMatch(m_globs, key))
            m_handler({ m_database, key, KeyVerb::Touched });
    };
    if (!message.body.isArray())
        return hear(message.body.bytes());
    for (const ReplyView key : message.body)
        hear(key.bytes());
}

} // namespace lockscope

#include "moc_trackinglistener.cpp"
