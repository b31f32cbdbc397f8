// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/settings.h"

namespace lockscope {

namespace {

struct SettingEntry {
    Setting setting;
    const char* key;
    QMetaType::Type type;
};

constexpr SettingEntry settingTable[settingCount] = {
    { Setting::Theme, "ui/theme", QMetaType::QString },
    { Setting::WindowGeometry, "window/geometry", QMetaType::QByteArray },
    { Setting::WindowState, "window/state", QMetaType::QByteArray },
    { Setting::TableLayout, "table/layout", QMetaType::QByteArray },
    { Setting::ActivityLayout, "activity/layout", QMetaType::QByteArray },
    { Setting::RecentUris, "connections/recent", QMetaType::QStringList },
    { Setting::HideEnded, "table/hideEnded", QMetaType::Bool },
    { Setting::ReducedMotion, "ui/reducedMotion", QMetaType::Bool },
    { Setting::SavedViews, "table/views", QMetaType::QByteArray },
    { Setting::Listen, "connections/listen", QMetaType::QString },
    { Setting::VerifyRate, "connections/budget", QMetaType::Int },
    { Setting::Environments, "connections/environments", QMetaType::QStringList },
    { Setting::AuditGeometry, "audit/geometry", QMetaType::QByteArray },
    { Setting::LabGeometry, "lab/geometry", QMetaType::QByteArray },
    { Setting::StressLab, "lab/run", QMetaType::QByteArray },
};

constexpr int maximumRecentUris = 10;
constexpr qsizetype maximumEnvironments = 200;

const SettingEntry& entryOf(Setting setting) { return settingTable[int(setting)]; }

} // namespace

Settings::Settings(std::unique_ptr<QSettings> store)
    : m_store(std::move(store))
{
}

Settings Settings::standard()
{
    return Settings(std::make_unique<QSettings>(
        QSettings::IniFormat, QSettings::UserScope, QStringLiteral("lockscope"), QStringLiteral("lockscope")));
}

Settings Settings::inFile(const QString& path)
{
    return Settings(std::make_unique<QSettings>(path, QSettings::IniFormat));
}

Settings Settings::inMemory() { return Settings(nullptr); }

QVariant Settings::value(Setting setting) const
{
    const SettingEntry& entry = entryOf(setting);
    QVariant value = m_store ? m_store->value(QLatin1StringView(entry.key)) : m_memory.value(setting);
    const QMetaType type(entry.type);
    if (!value.isValid() || !value.canConvert(type) || !value.convert(type))
        return QVariant(type);
    return value;
}

void Settings::setValue(Setting setting, const QVariant& value)
{
    Q_ASSERT(value.typeId() == entryOf(setting).type);
    if (m_store)
        m_store->setValue(QLatin1StringView(entryOf(setting).key), value);
    else
        m_memory.insert(setting, value);
}

ThemeMode Settings::themeMode() const
{
    return themeModeByName(value(Setting::Theme).toString()).value_or(ThemeMode::System);
}

void Settings::setThemeMode(ThemeMode mode) { setValue(Setting::Theme, themeModeName(mode)); }

ListenChoice Settings::listenChoice() const
{
    return listenChoiceByName(value(Setting::Listen).toString()).value_or(ListenChoice::Auto);
}

void Settings::setListenChoice(ListenChoice choice) { setValue(Setting::Listen, QString(listenChoiceName(choice))); }

QStringList Settings::recentUris() const { return value(Setting::RecentUris).toStringList(); }

void Settings::addRecentUri(const ConnectionSpec& spec)
{
    QStringList uris = recentUris();
    const QString uri = storableUri(spec);
    uris.removeAll(uri);
    uris.prepend(uri);
    setValue(Setting::RecentUris, QStringList(uris.mid(0, maximumRecentUris)));
}

// One entry a connection, `NAME URI`, the newest first.
Environment Settings::environmentOf(const ConnectionSpec& spec) const
{
    const QString suffix = QLatin1Char(' ') + storableUri(spec);
    for (const QString& entry : value(Setting::Environments).toStringList()) {
        if (entry.endsWith(suffix) && entry.indexOf(QLatin1Char(' ')) == entry.size() - suffix.size())
            return environmentByName(QStringView(entry).chopped(suffix.size())).value_or(Environment::Unspecified);
    }
    return Environment::Unspecified;
}

void Settings::setEnvironmentOf(const ConnectionSpec& spec, Environment environment)
{
    const QString uri = storableUri(spec);
    QStringList entries = value(Setting::Environments).toStringList();
    entries.removeIf([&uri](const QString& entry) { return entry.section(QLatin1Char(' '), 1) == uri; });
    if (environment != Environment::Unspecified)
        entries.prepend(QString(environmentName(environment)) + QLatin1Char(' ') + uri);
    setValue(Setting::Environments, QStringList(entries.mid(0, maximumEnvironments)));
}

QString Settings::keyOf(Setting setting) { return QLatin1StringView(entryOf(setting).key); }

QString storableUri(ConnectionSpec spec)
{
    spec.password = Secret();
    return spec.redactedUri();
}

} // namespace lockscope
