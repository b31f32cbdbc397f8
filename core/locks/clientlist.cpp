// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/clientlist.h"

#include <algorithm>

namespace lockscope {

namespace {

constexpr qsizetype shortestName = 3;
constexpr qsizetype longestToken = 256;

bool isWordByte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

bool saysSomething(QByteArrayView name)
{
    return name.size() >= shortestName && !name.startsWith("lockscope-")
        && std::any_of(name.begin(), name.end(), [](char c) { return isWordByte(c) && !(c >= '0' && c <= '9'); });
}

bool isWholeWord(QByteArrayView token, qsizetype begin, qsizetype end)
{
    return (begin == 0 || !isWordByte(token[begin - 1])) && (end == token.size() || !isWordByte(token[end]));
}

} // namespace

std::vector<ServerClient> parseClientList(QByteArrayView list)
{
    std::vector<ServerClient> clients;
    for (qsizetype begin = 0; begin < list.size();) {
        qsizetype end = list.indexOf('\n', begin);
        end = end < 0 ? list.size() : end;
        ServerClient client;
        for (qsizetype word = begin; word < end;) {
            qsizetype stop = list.indexOf(' ', word);
            stop = stop < 0 || stop > end ? end : stop;
            const QByteArrayView field = list.sliced(word, stop - word);
            if (field.startsWith("addr="))
                client.address = field.sliced(5).toByteArray();
            else if (field.startsWith("name="))
                client.name = field.sliced(5).toByteArray();
            word = stop + 1;
        }
        if (!client.address.isEmpty())
            clients.push_back(std::move(client));
        begin = end + 1;
    }
    return clients;
}

ClientIndex::ClientIndex(const std::vector<ServerClient>& clients)
{
    for (const ServerClient& client : clients) {
        // All clients of a Unix socket have the same one.
        const bool isOwn = client.name.startsWith("lockscope-");
        if (!isOwn && !client.address.contains('/'))
            m_addresses.insert(client.address, client.address);
        if (saysSomething(client.name))
            m_addresses.insert(client.name, client.address);
    }
    for (auto it = m_addresses.cbegin(); it != m_addresses.cend(); ++it)
        m_longest = std::max(m_longest, it.key().size());
}

// Every run of whole words of the token is looked up: names may have separators in them.
std::optional<ClientIndex::Match> ClientIndex::find(const QByteArray& token) const
{
    if (m_addresses.isEmpty())
        return {};
    const QByteArrayView text = QByteArrayView(token).first(std::min(token.size(), longestToken));
    std::optional<Match> best;
    for (qsizetype begin = 0; begin < text.size(); ++begin) {
        const bool startsWord = begin == 0 || !isWordByte(text[begin - 1]);
        if (!startsWord)
            continue;
        const qsizetype limit = std::min(text.size(), begin + m_longest);
        for (qsizetype end = begin + shortestName; end <= limit; ++end) {
            if (!isWholeWord(text, begin, end) || (best && best->identity.size() >= end - begin))
                continue;
            const QByteArray word = QByteArray::fromRawData(text.data() + begin, end - begin);
            const auto found = m_addresses.constFind(word);
            if (found != m_addresses.constEnd())
                best = Match { found.key(), found.value() };
        }
    }
    return best;
}

std::optional<QByteArray> ClientIndex::addressOf(const QByteArray& identity) const
{
    const auto found = m_addresses.constFind(identity);
    return found == m_addresses.constEnd() ? std::nullopt : std::optional(found.value());
}

} // namespace lockscope
