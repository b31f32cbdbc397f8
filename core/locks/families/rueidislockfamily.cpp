// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/randomtoken.h"
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/releasescripts.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "24 bytes under rueidislock:, and a TTL");
constexpr const char* siblingRole
    = QT_TRANSLATE_NOOP("lockscope::Roles", "the same lock once more: a majority holds it");
constexpr const char* invalidation = QT_TRANSLATE_NOOP(
    "lockscope::Waiters", "Waiters are told by client-side caching: the server does not tell of which key.");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token, and the sibling keys that hold it too: with the majority gone the "
    "context of the holder is cancelled at once. In a cluster the siblings lie in other slots, and each has to be "
    "released by itself.");

constexpr const char* version = "rueidislock 1.0.76";

constexpr QByteArrayView prefix = "rueidislock:";
constexpr int usualKeys = 3;

Recognition recognise(const KeySample& sample)
{
    if (sample.value.size() != 24 || sample.ttlMs < 0 || !sample.key.startsWith(prefix))
        return {};
    const QByteArrayView rest = QByteArrayView(sample.key).sliced(prefix.size());
    const qsizetype colon = rest.indexOf(':');
    return colon > 0 && isDecimal(rest.first(colon)) ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

QList<OwnerHint> noHints(const QByteArray& /*token*/) { return {}; }

constexpr const char* siblingsToo = R"(for i = 2, #KEYS do
    local sibling = beside(i) and redis.call('TYPE', KEYS[i]).ok == 'string' and redis.call('GETRANGE', KEYS[i], 0, 1024)
    if sibling == shown then leased[#leased + 1] = KEYS[i] end
end
)";
constexpr const char* swapSiblings = "for i = 2, #leased do redis.call('SET', leased[i], ARGV[3]) end\n";

QList<QByteArray> siblingsOf(const QByteArray& key)
{
    const QByteArray name = key.mid(key.indexOf(':', prefix.size()));
    QList<QByteArray> siblings;
    for (int i = 0; i < usualKeys; ++i) {
        const QByteArray sibling = prefix.toByteArray() + QByteArray::number(i) + name;
        if (sibling != key)
            siblings.append(sibling);
    }
    return siblings;
}

class RueidislockFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] QList<AuxiliaryKey> auxiliaryKeys(const QByteArray& key) const override
    {
        QList<AuxiliaryKey> keys;
        for (const QByteArray& sibling : siblingsOf(key))
            keys.append({ sibling, siblingRole });
        return keys;
    }
    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {}, invalidation };
    }
    [[nodiscard]] ReleaseRecipe releaseRecipe() const override
    {
        static const QByteArray source = compareAndDeleteScript(
            "for i = 2, #KEYS do\n"
            "    local sibling = KEYS[i] ~= KEYS[1] and redis.call('TYPE', KEYS[i]).ok == 'string' and "
            "redis.call('GETRANGE', KEYS[i], 0, 1024)\n"
            "    if sibling == shown then redis.call('DEL', KEYS[i]) end\n"
            "end\n");
        return { source, explanation };
    }
    [[nodiscard]] QList<QByteArray> releaseKeys(const QByteArray& key) const override
    {
        return QList<QByteArray> { key } + siblingsOf(key);
    }
    [[nodiscard]] ActRecipe actRecipe(LockAct act) const override
    {
        if (!needsTtl(act))
            return StringFamily::actRecipe(act);
        return { stringActScript(act, siblingsToo, swapSiblings), leaseActExplanation(act) };
    }
    [[nodiscard]] QByteArray operatorToken(const QByteArray& /*holder*/, const QByteArray& /*who*/) const override
    {
        return "lockscope-" + randomToken().first(14);
    }
};

} // namespace

std::unique_ptr<LockFamily> makeRueidislockFamily()
{
    return std::make_unique<RueidislockFamily>(StringFamily::Description {
        .name = "rueidislock",
        .facts
        = { "rueidislock (Go)", "`rueidislock:I:NAME`, by default three keys with I from 0 to 2, held with two: string",
            "24 random bytes", "5 s by default, renewed every 2.5 s",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "its context is cancelled at once, as soon as it has lost the majority") },
        .recognise = recognise,
        .sizes = { 24, 24 },
        .fingerprints = { { "3875d208d9e377969d2022550302cc83ad17b584", "acquire (PXAT)", version },
            { "fa3d1aaa7e4145457755016a3d5daf72fa7a11bf", "acquire (PX)", version },
            { "c10e8119872659b926e8e28002d9b7fccbf15617", "force (PXAT)", version },
            { "4384ed08baff4dd7071b6c78c516a2fded4ee3e7", "force (PX)", version },
            { "852ba6ec6104340ced36643283c856d4698569e4", "extend", version },
            { "9eb62214c9af87ae5f9a9f12bb4520281c0d2ae1", "delete", version } },
        .ownerHints = noHints,
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
