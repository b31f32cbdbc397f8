// SPDX-License-Identifier: GPL-3.0-or-later
#include "locks/families/stringfamily.h"

namespace lockscope {

Recognition StringFamily::recognise(const KeySample& sample) const
{
    const qsizetype size = sample.value.size();
    if (sample.type != KeyType::String || size < m_description.sizes.shortest || size > m_description.sizes.longest)
        return {};
    return m_description.recognise(sample);
}

QList<OwnerHint> StringFamily::ownerHints(const QByteArray& token) const
{
    return m_description.ownerHints ? m_description.ownerHints(token) : LockFamily::ownerHints(token);
}

bool StringFamily::isAuxiliary(QByteArrayView key, KeyType type) const
{
    return m_description.isAuxiliary && m_description.isAuxiliary(key, type);
}

ReleaseRecipe StringFamily::releaseRecipe() const
{
    ReleaseRecipe recipe = LockFamily::releaseRecipe();
    if (m_description.releaseExplanation)
        recipe.explanation = m_description.releaseExplanation;
    return recipe;
}

ActRecipe StringFamily::actRecipe(LockAct act) const
{
    if (m_description.takeOverObstacle && (act == LockAct::TakeOver || act == LockAct::HandBack))
        return { {}, leaseActExplanation(act), m_description.takeOverObstacle };
    return LockFamily::actRecipe(act);
}

} // namespace lockscope
