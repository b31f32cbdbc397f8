// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/nodeanswers.h"

#include "doctor/doctortext.h"
#include "locks/families/familyregistry.h"
#include "redis/serverfacts.h"

namespace lockscope {

namespace {

/// INFO of a busy server with many databases has some ten kilobytes.
constexpr qsizetype mostBytes = 512 * 1024;
constexpr qsizetype mostElements = 20'000;

struct Room {
    qsizetype bytes = mostBytes;
    qsizetype elements = mostElements;
};

bool keepInto(KeptReply& kept, ReplyView reply, Room& room)
{
    room.bytes -= reply.bytes().size();
    if (room.bytes < 0 || --room.elements < 0)
        return false;
    kept.kind = reply.kind();
    kept.bytes = reply.toByteArray();
    kept.integer = reply.toInteger();
    if (reply.size() > room.elements)
        return false;
    kept.items.reserve(size_t(reply.size()));
    for (const ReplyView item : reply) {
        if (!keepInto(kept.items.emplace_back(), item, room))
            return false;
    }
    return true;
}

} // namespace

const KeptReply& KeptReply::at(size_t index) const
{
    static const KeptReply nil;
    return index < items.size() ? items[index] : nil;
}

qint64 KeptReply::toInteger(qint64 fallback) const
{
    if (kind == ReplyKind::Integer)
        return integer;
    bool ok = false;
    const qint64 value = bytes.toLongLong(&ok);
    return ok ? value : fallback;
}

Result<KeptReply> keepReply(ReplyView reply)
{
    KeptReply kept;
    Room room;
    if (!keepInto(kept, reply, room))
        return fail(ErrorKind::Protocol, DoctorText::tr("an answer larger than %1 kB").arg(mostBytes / 1024));
    return kept;
}

const Result<KeptReply>& NodeAnswers::answer(const Words& command) const
{
    static const Result<KeptReply> never = fail(ErrorKind::Cancelled);
    const auto found = m_answers.constFind(command);
    return found == m_answers.constEnd() ? never : *found;
}

QByteArray NodeAnswers::info(QByteArrayView field) const
{
    const Result<KeptReply>& all = answer(infoCommand());
    return all ? infoField(all->bytes, field) : QByteArray();
}

qint64 NodeAnswers::infoNumber(QByteArrayView field, qint64 fallback) const
{
    bool ok = false;
    const qint64 value = info(field).toLongLong(&ok);
    return ok ? value : fallback;
}

std::optional<Error> NodeAnswers::infoRefusal() const
{
    const Result<KeptReply>& all = answer(infoCommand());
    return all ? std::nullopt : std::optional(all.error());
}

Setting NodeAnswers::setting(const QByteArray& parameter) const
{
    const Result<KeptReply>& pair = answer(settingCommand(parameter));
    if (!pair)
        return { std::nullopt, pair.error() };
    if (pair->items.size() < 2)
        return {};
    return { pair->at(1).bytes, std::nullopt };
}

Words fingerprintCommand(const FamilyRegistry& registry)
{
    Words words { "SCRIPT", "EXISTS" };
    for (const FamilyFingerprint& known : registry.fingerprints())
        words.append(known.fingerprint.sha1);
    return words;
}

} // namespace lockscope
