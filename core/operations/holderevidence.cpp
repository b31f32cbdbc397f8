// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/holderevidence.h"

#include <QCoreApplication>

#include <algorithm>

namespace lockscope {

namespace {

constexpr size_t mostClients = 20;
/// Shorter words would be found in names by chance.
constexpr qsizetype shortestWord = 3;

QString evidenceText(const char* text) { return QCoreApplication::translate("lockscope::Operations", text); }

QByteArrayView fieldOf(QByteArrayView line, QByteArrayView name)
{
    for (qsizetype at = 0; at < line.size();) {
        const qsizetype end = line.indexOf(' ', at);
        const QByteArrayView word = line.sliced(at, (end < 0 ? line.size() : end) - at);
        if (word.startsWith(name) && word.size() > name.size() && word[name.size()] == '=')
            return word.sliced(name.size() + 1);
        if (end < 0)
            break;
        at = end + 1;
    }
    return {};
}

/// What of a holder a connection could bear.
struct Traits {
    QList<QByteArray> ids; ///< token, UUID, worker…: one of them in a name is as good as proof
    QByteArray host;
    QByteArray pid;
    [[nodiscard]] bool isEmpty() const { return ids.isEmpty() && host.isEmpty(); }
};

Traits traitsOf(const QByteArray& token, const QList<OwnerHint>& owner)
{
    Traits traits;
    for (const OwnerHint& hint : owner) {
        const QByteArray value = hint.value.toUtf8();
        if (hint.name == "host")
            traits.host = value;
        else if (hint.name == "pid")
            traits.pid = value;
        else if ((hint.name == "uuid" || hint.name == "worker" || hint.name == "client") && value.size() >= 8)
            traits.ids.append(value);
    }
    if (token.size() >= 8 && !traits.isEmpty())
        traits.ids.prepend(token);
    if (traits.host.size() < shortestWord)
        traits.host.clear();
    return traits;
}

/// How sure it is that the client is the holder's: 0 not at all, 3 as good as proof.
int likeness(const Traits& traits, const ClientSeen& client, QString& why)
{
    for (const QByteArray& id : traits.ids) {
        if (client.name.contains(id)) {
            why = evidenceText(
                QT_TRANSLATE_NOOP("lockscope::Operations", "its name contains the holder's token or id"));
            return 3;
        }
    }
    if (traits.host.isEmpty())
        return 0;
    const bool named = client.name.contains(traits.host);
    if (named && !traits.pid.isEmpty() && client.name.contains(traits.pid)) {
        why = evidenceText(
            QT_TRANSLATE_NOOP("lockscope::Operations", "its name contains the holder's host and process"));
        return 3;
    }
    if (named) {
        why = evidenceText(QT_TRANSLATE_NOOP(
            "lockscope::Operations", "its name contains the holder's host; there may be several programs on it"));
        return 2;
    }
    const qsizetype port = client.address.lastIndexOf(':');
    if (port > 0 && client.address.first(port) == traits.host) {
        why = evidenceText(QT_TRANSLATE_NOOP(
            "lockscope::Operations", "it comes from the holder's address; there may be several programs on it"));
        return 1;
    }
    return 0;
}

ClientSeen clientFrom(QByteArrayView line)
{
    ClientSeen client;
    client.id = fieldOf(line, "id").toLongLong();
    client.address = fieldOf(line, "addr").toByteArray();
    client.name = fieldOf(line, "name").toByteArray();
    client.command = fieldOf(line, "cmd").toByteArray();
    client.ageSeconds = fieldOf(line, "age").toLongLong();
    client.idleSeconds = fieldOf(line, "idle").toLongLong();
    return client;
}

} // namespace

HolderEvidence holderEvidence(QByteArrayView clientList, const QByteArray& token, const QList<OwnerHint>& owner)
{
    const Traits traits = traitsOf(token, owner);
    HolderEvidence evidence;
    std::vector<std::pair<int, ClientSeen>> found;
    for (qsizetype at = 0; at < clientList.size();) {
        const qsizetype end = clientList.indexOf('\n', at);
        const QByteArrayView line = clientList.sliced(at, (end < 0 ? clientList.size() : end) - at);
        at = end < 0 ? clientList.size() : end + 1;
        ClientSeen client = clientFrom(line);
        if (client.id == 0)
            continue;
        ++evidence.connections;
        if (client.name.startsWith("lockscope"))
            continue;
        if (const int like = likeness(traits, client, client.why); like > 0)
            found.emplace_back(like, std::move(client));
    }
    std::stable_sort(
        found.begin(), found.end(), [](const auto& one, const auto& other) { return one.first > other.first; });
    for (size_t i = 0; i < std::min(found.size(), mostClients); ++i)
        evidence.clients.append(std::move(found[i].second));
    evidence.verdict = !evidence.clients.isEmpty() ? HolderEvidence::Verdict::Connected
        : traits.isEmpty()                         ? HolderEvidence::Verdict::Undecidable
                                                   : HolderEvidence::Verdict::NotSeen;
    return evidence;
}

} // namespace lockscope
