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
        const ReleaseRecipe recipe = familyOf(target.family).releaseRecipe();
        lines += QStringLiteral("EVAL %1 1 %2 %3 %4")
                     .arg(redisCliQuoted(recipe.luaSource), redisCliQuoted(target.key),
                         redisCliQuoted(target.expectedToken),
                         target.anyToken ? QStringLiteral("1") : QStringLiteral("0"));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace lockscope
