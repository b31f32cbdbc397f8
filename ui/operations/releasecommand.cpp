// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/releasecommand.h"

#include "base/bytetext.h"
#include "locks/families/familyregistry.h"

#include <QCoreApplication>
#include <QStringList>

namespace lockscope {

namespace {

// A lock that no family claimed is a string key with a value: the plain pattern.
const LockFamily& familyOf(FamilyId family)
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    return registry.family(family == FamilyId::None ? registry.byName("plain") : family);
}

} // namespace

QString releaseExplanation(FamilyId family)
{
    return QCoreApplication::translate("lockscope::Recipes", familyOf(family).releaseRecipe().explanation);
}

QString releaseCommands(const QList<ForceReleaseTarget>& targets)
{
    QStringList lines;
    for (const ForceReleaseTarget& target : targets) {
        const LockFamily& family = familyOf(target.family);
        const QList<QByteArray> keys = family.releaseKeys(target.key);
        QStringList words { QStringLiteral("EVAL"), redisCliQuoted(family.releaseRecipe().luaSource),
            QString::number(keys.size()) };
        for (const QByteArray& key : keys)
            words += redisCliQuoted(key);
        words += { redisCliQuoted(target.expectedToken), target.anyToken ? QStringLiteral("1") : QStringLiteral("0") };
        for (const QByteArray& argument : family.releaseArguments(target.key))
            words += redisCliQuoted(argument);
        lines += words.join(QLatin1Char(' '));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace lockscope
