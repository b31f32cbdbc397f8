// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>
#include <base/bytetext.h>

namespace lockscope {

namespace {

constexpr const char* nameAndTtl
    = QT_TRANSLATE_NOOP("lockscope::Rules", "the key of a unique task of asynq, and a TTL");
constexpr const char* taskRule = QT_TRANSLATE_NOOP("lockscope::Rules", "the id of the task is the token");
constexpr const char* refused
    = QT_TRANSLATE_NOOP("lockscope::Waiters", "Nobody waits: the same task is refused while the key is there.");
constexpr const char* explanation = QT_TRANSLATE_NOOP("lockscope::Recipes",
    "Deletes the key if it still holds this token: the same task can then be queued again. The task itself is not "
    "touched.");

Recognition recognise(const KeySample& sample)
{
    const bool named = sample.key.startsWith("asynq:{") && sample.key.contains("}:unique:");
    return named && sample.ttlMs >= 0 && !sample.value.isEmpty() ? Recognition { 0.8F, nameAndTtl } : Recognition {};
}

QList<OwnerHint> hints(const QByteArray& token) { return { { "task", displayText(token, 80), taskRule } }; }

class AsynqFamily final : public StringFamily {
public:
    using StringFamily::StringFamily;

    [[nodiscard]] WaiterSource waiters(const QByteArray& /*key*/) const override
    {
        return { WaiterSource::Kind::None, {}, refused };
    }
};

} // namespace

std::unique_ptr<LockFamily> makeAsynqFamily()
{
    return std::make_unique<AsynqFamily>(StringFamily::Description {
        .name = "asynq",
        .facts = { "asynq unique tasks (Go)", "`asynq:{QUEUE}:unique:TYPE:PAYLOAD`: string", "the id of the task",
            "the window of uniqueness, not renewed",
            QT_TRANSLATE_NOOP(
                "lockscope::Afterwards", "nothing: it only keeps the same task from being queued again") },
        .recognise = recognise,
        .sizes = { 1, maximumTokenBytes },
        .ownerHints = hints,
        .releaseExplanation = explanation,
    });
}

} // namespace lockscope
