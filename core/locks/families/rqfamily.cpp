// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/bytetests.h"
#include "locks/families/families.h"
#include "locks/families/stringfamily.h"

#include <QCoreApplication>
#include <base/bytetext.h>

namespace lockscope {

namespace {

constexpr const char* nameAndToken = QT_TRANSLATE_NOOP("lockscope::Rules", "a process id under rq:scheduler-lock:");
constexpr const char* pidRule = QT_TRANSLATE_NOOP("lockscope::Rules", "the process id in the token");

Recognition recognise(const KeySample& sample)
{
    const bool token
        = sample.key.startsWith("rq:scheduler-lock:") && sample.value.size() <= 10 && isDecimal(sample.value);
    return token ? Recognition { 0.95F, nameAndToken } : Recognition {};
}

QList<OwnerHint> hints(const QByteArray& token) { return { { "pid", displayText(token, 20), pidRule } }; }

} // namespace

std::unique_ptr<LockFamily> makeRqFamily()
{
    return std::make_unique<StringFamily>(StringFamily::Description {
        .name = "rq",
        .facts = { "RQ scheduler (Python)", "`rq:scheduler-lock:QUEUE`: string", "the process id",
            "its interval and 60 s more; renewed with each heartbeat, whoever holds it",
            QT_TRANSLATE_NOOP("lockscope::Afterwards",
                "it goes on scheduling and its heartbeat prolongs the next one's lock; at its end it deletes the key "
                "whoever holds it") },
        .recognise = recognise,
        .sizes = { 1, 10 },
        .ownerHints = hints,
    });
}

} // namespace lockscope
