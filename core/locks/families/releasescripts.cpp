// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/releasescripts.h"

#include <QStringBuilder>

namespace lockscope {

namespace {

// TYPE first, so that a key of another type is no script error; STRLEN before GET, so that a huge value is never
// copied.
constexpr const char* compare = R"(local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return {'gone'} end
if kind ~= 'string' then return {'type', kind} end
local shown = redis.call('GETRANGE', KEYS[1], 0, 1024)
if ARGV[2] ~= '1' then
    local same = redis.call('STRLEN', KEYS[1]) == #ARGV[1] and redis.call('GET', KEYS[1]) == ARGV[1]
    if not same then return {'changed', shown} end
end
)";

} // namespace

QByteArray compareAndDeleteScript(QByteArrayView wakeUp)
{
    return compare + wakeUp.toByteArray() + "redis.call('DEL', KEYS[1])\nreturn {'released', shown}\n";
}

} // namespace lockscope
