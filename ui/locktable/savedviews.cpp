// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/savedviews.h"

#include "common/settings.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace lockscope {

namespace {

QList<SavedView> builtInViews()
{
    return {
        { SavedViews::tr("No TTL"), QStringLiteral("state:no_ttl"), {}, true },
        { SavedViews::tr("Ends within 5 s"), QStringLiteral("ttl<5s"), {}, true },
        { SavedViews::tr("Held over 10 minutes"), QStringLiteral("held>10m"), {}, true },
        { SavedViews::tr("Probably stuck"), QStringLiteral("stuck:"), {}, true, LockColumn::Suspicion },
    };
}

QList<SavedView> parse(const QByteArray& json)
{
    QList<SavedView> views;
    const QJsonArray array = QJsonDocument::fromJson(json).array();
    for (const QJsonValue& value : array) {
        const QJsonObject object = value.toObject();
        const SavedView view { object.value(QStringLiteral("name")).toString(),
            object.value(QStringLiteral("filter")).toString(),
            QByteArray::fromBase64(object.value(QStringLiteral("layout")).toString().toLatin1()), false };
        if (SavedViews::isUsable(view.name) && views.size() < SavedViews::maximumCount)
            views.append(view);
    }
    return views;
}

} // namespace

SavedViews::SavedViews(Settings& settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
    , m_own(parse(settings.bytes(Setting::SavedViews)))
{
}

QList<SavedView> SavedViews::all() const { return builtInViews() + m_own; }

bool SavedViews::isUsable(const QString& name)
{
    const QList<SavedView> ours = builtInViews();
    return !name.trimmed().isEmpty() && name.size() <= maximumNameLength
        && std::none_of(ours.begin(), ours.end(), [&](const SavedView& view) { return view.name == name; });
}

bool SavedViews::save(const SavedView& view)
{
    const qsizetype index = indexOf(view.name);
    if (!isUsable(view.name) || (index < 0 && m_own.size() >= maximumCount))
        return false;
    if (index < 0)
        m_own.append(view);
    else
        m_own[index] = view;
    store();
    return true;
}

bool SavedViews::rename(const QString& from, const QString& to)
{
    const qsizetype index = indexOf(from);
    if (index < 0 || !isUsable(to) || indexOf(to) >= 0)
        return false;
    m_own[index].name = to;
    store();
    return true;
}

void SavedViews::remove(const QString& name)
{
    if (const qsizetype index = indexOf(name); index >= 0) {
        m_own.removeAt(index);
        store();
    }
}

void SavedViews::store()
{
    QJsonArray array;
    for (const SavedView& view : std::as_const(m_own))
        array.append(QJsonObject { { QStringLiteral("name"), view.name }, { QStringLiteral("filter"), view.filter },
            { QStringLiteral("layout"), QString::fromLatin1(view.layout.toBase64()) } });
    m_settings.setValue(Setting::SavedViews, QJsonDocument(array).toJson(QJsonDocument::Compact));
    Q_EMIT changed();
}

qsizetype SavedViews::indexOf(const QString& name) const
{
    const auto found
        = std::find_if(m_own.begin(), m_own.end(), [&](const SavedView& view) { return view.name == name; });
    return found == m_own.end() ? -1 : found - m_own.begin();
}

} // namespace lockscope
