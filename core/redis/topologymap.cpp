// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/topologymap.h"

#include <array>

namespace lockscope {

namespace {

// CRC16 as the cluster specification wants it: polynomial 0x1021, most significant bit first, start 0.
constexpr std::array<quint16, 256> makeCrcTable()
{
    std::array<quint16, 256> table {};
    for (int byte = 0; byte < 256; ++byte) {
        unsigned crc = unsigned(byte) << 8;
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 0x8000U ? (crc << 1) ^ 0x1021U : crc << 1;
        table[size_t(byte)] = quint16(crc);
    }
    return table;
}
constexpr std::array<quint16, 256> crcTable = makeCrcTable();

quint16 crc16(QByteArrayView bytes)
{
    quint16 crc = 0;
    for (const char c : bytes)
        crc = quint16((crc << 8) ^ crcTable[((crc >> 8) ^ quint8(c)) & 0xff]);
    return crc;
}

/// What counts of a key: what stands in its first braces, if there is something in them.
QByteArrayView hashedPart(QByteArrayView key)
{
    const qsizetype open = key.indexOf('{');
    const qsizetype close = open < 0 ? -1 : key.indexOf('}', open + 1);
    return close > open + 1 ? key.sliced(open + 1, close - open - 1) : key;
}

} // namespace

quint16 clusterSlotOf(QByteArrayView key) { return crc16(hashedPart(key)) % clusterSlotCount; }

int TopologyMap::masterOf(QByteArrayView key) const
{
    if (masters.isEmpty() || isQuorumGroup())
        return -1;
    if (kind != Topology::Cluster)
        return 0;
    const size_t slot = clusterSlotOf(key);
    return slot < slotOwners.size() ? slotOwners[slot] : -1;
}

int TopologyMap::indexOf(const Endpoint& endpoint) const
{
    for (qsizetype i = 0; i < masters.size(); ++i) {
        if (masters.at(i).spec.endpoint() == endpoint)
            return int(i);
    }
    return -1;
}

std::optional<Redirect> redirectOf(const Error& error, const Endpoint& asked)
{
    if (error.serverCode != "MOVED" && error.serverCode != "ASK")
        return {};
    const QStringList words = error.detail.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const qsizetype code = words.indexOf(QString::fromLatin1(error.serverCode));
    if (code < 0 || words.size() < code + 3)
        return {};
    Redirect redirect;
    redirect.to.via = asked.via;
    redirect.ask = error.serverCode == "ASK";
    bool slotOk = false;
    redirect.slot = words.at(code + 1).toUShort(&slotOk);
    const QString& place = words.at(code + 2);
    const qsizetype colon = place.lastIndexOf(QLatin1Char(':'));
    bool portOk = false;
    redirect.to.port = place.mid(colon + 1).toUShort(&portOk);
    redirect.to.host = place.left(qMax<qsizetype>(colon, 0));
    if (redirect.to.host.startsWith(QLatin1Char('[')) && redirect.to.host.endsWith(QLatin1Char(']')))
        redirect.to.host = redirect.to.host.mid(1, redirect.to.host.size() - 2);
    if (redirect.to.host.isEmpty())
        redirect.to.host = asked.host;
    if (!slotOk || !portOk || colon < 0 || redirect.slot >= clusterSlotCount)
        return {};
    return redirect;
}

} // namespace lockscope
