// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/lockfamily.h"

#include "base/randomtoken.h"
#include "locks/families/ownerhints.h"
#include "locks/families/releasescripts.h"

#include <QCoreApplication>

namespace lockscope {

LockReading LockFamily::read(const KeySample& sample) const
{
    return { LockMode::Exclusive, { { sample.value, -1, 1, LockMode::Exclusive } }, true, std::nullopt };
}

QList<OwnerHint> LockFamily::ownerHints(const QByteArray& token) const { return ownerHintsByShape(token); }

bool LockFamily::isAuxiliary(QByteArrayView /*key*/, KeyType /*type*/) const { return false; }

QList<AuxiliaryKey> LockFamily::auxiliaryKeys(const QByteArray& /*key*/) const { return {}; }

WaiterSource LockFamily::waiters(const QByteArray& /*key*/) const
{
    return { WaiterSource::Kind::None, {},
        QT_TRANSLATE_NOOP("lockscope::Waiters", "Waiters ask again and again: nothing of them is stored.") };
}

QByteArray LockFamily::fencingCounter(const QByteArray& /*key*/) const { return {}; }

EventMeaning LockFamily::meaningOf(QByteArrayView event) const
{
    if (event == "set" || event == "rename_to" || event == "restore" || event == "copy_to" || event == "move_to")
        return EventMeaning::Acquired;
    if (event == "expire" || event == "persist")
        return EventMeaning::Extended;
    return event == "del" || event == "expired" || event == "evicted" ? EventMeaning::Released : EventMeaning::Nothing;
}

QList<ScriptFingerprint> LockFamily::fingerprints() const { return {}; }

ReleaseRecipe LockFamily::releaseRecipe() const
{
    static const QByteArray source = compareAndDeleteScript();
    return { source,
        QT_TRANSLATE_NOOP("lockscope::Recipes",
            "Deletes the key if it still holds this token. The holder is not told: it may go on believing that it has "
            "the lock.") };
}

QList<QByteArray> LockFamily::releaseKeys(const QByteArray& key) const { return { key }; }

QList<QByteArray> LockFamily::releaseArguments(const QByteArray& /*key*/) const { return {}; }

ActRecipe LockFamily::actRecipe(LockAct act) const
{
    if (act == LockAct::Release) {
        const ReleaseRecipe recipe = releaseRecipe();
        return { recipe.luaSource, recipe.explanation };
    }
    if (act == LockAct::KillConnection)
        return { {}, leaseActExplanation(act) };
    return { stringActScript(act), leaseActExplanation(act) };
}

QByteArray LockFamily::operatorToken(const QByteArray& /*holder*/, const QByteArray& who) const
{
    return "lockscope-" + who + '-' + randomToken().first(16);
}

} // namespace lockscope
