// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/fuzztargets.h"

#include "base/bytetext.h"
#include "base/jsonwriter.h"
#include "locks/clientlist.h"
#include "redis/connectionuri.h"
#include "redis/respreader.h"
#include "redis/sshtunnel.h"
#include "redis/topologymap.h"
#include "watch/globpattern.h"
#include "watch/keyevent.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace lockscope {

namespace {

// A reply as text: the tree must be the same however the bytes came.
void spell(ReplyView reply, QByteArray& text)
{
    text += char('a' + int(reply.kind()));
    text += QByteArray::number(reply.toInteger(-7)) + ',' + reply.bytes().toByteArray().toHex();
    qsizetype children = 0;
    for (const ReplyView child : reply) {
        spell(child, text);
        ++children;
    }
    fuzz::require(children == reply.size(), "an array has as many children as it says");
    text += ';';
}

QByteArray readInPieces(QByteArrayView bytes, qsizetype piece)
{
    // Small limits, so that few bytes come to them.
    RespReader reader(64 * 1024, 256 * 1024);
    QByteArray text;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.sliced(at, std::min(piece, bytes.size() - at)));
        for (;;) {
            const RespReader::Progress progress = reader.next();
            if (progress == RespReader::Progress::Broken) {
                fuzz::require(reader.error().kind == ErrorKind::Protocol, "what is no reply is a protocol error");
                return text + "broken";
            }
            if (progress == RespReader::Progress::NeedMore)
                break;
            spell(reader.reply(), text);
        }
    }
    return text;
}

bool isHarmless(QChar c)
{
    const QChar::Category category = c.category();
    return category != QChar::Other_Control && category != QChar::Other_Format && category != QChar::Separator_Line
        && category != QChar::Separator_Paragraph;
}

/// What stands before the first line feed, and what follows it.
std::array<QByteArrayView, 2> halves(QByteArrayView bytes)
{
    const qsizetype end = bytes.indexOf('\n');
    if (end < 0)
        return { bytes, QByteArrayView() };
    return { bytes.first(end), bytes.sliced(end + 1) };
}

} // namespace

void fuzz::require(bool good, const char* what)
{
    if (good)
        return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

void fuzz::resp(QByteArrayView bytes)
{
    const QByteArray whole = readInPieces(bytes, RespReader::maxFeed);
    const QByteArray split = readInPieces(bytes, 1 + bytes.size() % 61);
    // Pieces may meet a limit earlier or later, but never read something else.
    const auto readings = [](const QByteArray& text) { return text.endsWith("broken") ? text.chopped(6) : text; };
    const QByteArray a = readings(whole);
    const QByteArray b = readings(split);
    require(a.startsWith(b) || b.startsWith(a), "replies are the same however they are split");
    require(a == b || a != whole || b != split, "nothing is missing where nothing is broken");
}

void fuzz::uri(QByteArrayView bytes)
{
    const Result<ConnectionSpec> spec = parseConnectionUri(QString::fromUtf8(bytes));
    if (!spec) {
        require(spec.error().kind == ErrorKind::Usage && !spec.error().detail.isEmpty(), "a wrong URI is explained");
        return;
    }
    const Result<ConnectionSpec> again = parseConnectionUri(spec->redactedUri());
    require(again.has_value(), "what is shown of a URI is a URI");
    ConnectionSpec shown = *spec;
    if (!shown.password.isEmpty())
        shown.password = Secret("***");
    require(*again == shown, "what is shown of a URI says the same");
}

void fuzz::channel(QByteArrayView bytes)
{
    const auto [channel, payload] = halves(bytes);
    const std::optional<KeyEvent> event = parseKeyspaceMessage(channel, payload);
    if (!event)
        return;
    require(event->database >= 0, "a database has a number from 0 on");
    const auto lies = [&event](QByteArrayView whole) {
        return event->key.data() >= whole.data()
            && event->key.data() + event->key.size() <= whole.data() + whole.size();
    };
    require(event->key.isEmpty() || lies(channel) || lies(payload), "the key lies in the message");
}

void fuzz::text(QByteArrayView bytes)
{
    for (const int limit : { 0, 1, 7, 64 }) {
        const QString shown = displayText(bytes, limit);
        for (const QChar c : shown)
            require(isHarmless(c), "nothing that misleads is shown");
        require(limit == 0 || shown.size() <= limit * 10 + 1, "the limit holds");
    }
    const QString quoted = redisCliQuoted(bytes);
    for (const QChar c : quoted)
        require(c.unicode() >= 0x20 && c.unicode() < 0x7f, "redis-cli gets printable ASCII");
    JsonWriter json;
    json.beginObject();
    json.bytes("k", bytes);
    json.endObject();
    QJsonParseError fault;
    const QByteArray written = json.take();
    const QJsonObject object = QJsonDocument::fromJson(written, &fault).object();
    require(fault.error == QJsonParseError::NoError, "JSON is JSON");
    const QByteArray back = object.contains(QLatin1StringView("k"))
        ? object.value(QLatin1StringView("k")).toString().toUtf8()
        : QByteArray::fromBase64(object.value(QLatin1StringView("k_base64")).toString().toLatin1());
    require(back == bytes, "JSON keeps every byte");
    for (const char c : written)
        require(quint8(c) >= 0x20 && c != 0x7f, "JSON has no control character");
    require(tokenFingerprint(bytes).size() == 8, "a fingerprint has eight digits");
}

void fuzz::glob(QByteArrayView bytes)
{
    const auto [pattern, key] = halves(bytes.first(std::min<qsizetype>(bytes.size(), 4096)));
    const bool matches = globMatches(pattern, key);
    require(!matches || key.startsWith(globLiteralHead(pattern)), "what matches begins as the pattern says");
    require(pattern.isEmpty() || !globMatchesAll(pattern) || matches, "what matches everything matches this");
}

void fuzz::serverwords(QByteArrayView bytes)
{
    const std::vector<ServerClient> clients = parseClientList(bytes);
    const ClientIndex index(clients);
    (void)index.find(bytes.first(std::min<qsizetype>(bytes.size(), 1024)).toByteArray());
    const Endpoint asked { QStringLiteral("127.0.0.1"), 6379, {}, QStringLiteral("bastion") };
    const Error error = errorFromReply(bytes.toByteArray(), asked.text());
    if (const std::optional<Redirect> redirect = redirectOf(error, asked)) {
        require(redirect->slot < clusterSlotCount, "a slot is one of them");
        require(
            !redirect->to.host.isEmpty() && redirect->to.via == asked.via, "a redirect leads somewhere, the same way");
    }
    if (const std::optional<Error> end = errorOfSsh(bytes.toByteArray(), false, asked)) {
        for (const QChar c : end->detail)
            require(isHarmless(c), "nothing that misleads is shown");
    }
}

std::span<const FuzzTarget> fuzzTargets()
{
    static constexpr std::array targets {
        FuzzTarget { "resp", &fuzz::resp },
        FuzzTarget { "uri", &fuzz::uri },
        FuzzTarget { "channel", &fuzz::channel },
        FuzzTarget { "family", &fuzz::family },
        FuzzTarget { "familyfile", &fuzz::familyfile },
        FuzzTarget { "text", &fuzz::text },
        FuzzTarget { "glob", &fuzz::glob },
        FuzzTarget { "serverwords", &fuzz::serverwords },
        FuzzTarget { "connectionexport", &fuzz::connectionexport },
        FuzzTarget { "connectionbook", &fuzz::connectionbook },
    };
    return targets;
}

} // namespace lockscope
