// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/theme.h"
#include "locks/listenmode.h"
#include "redis/connectionuri.h"
#include "redis/environment.h"

#include <QHash>
#include <QSettings>
#include <QVariant>

#include <memory>

namespace lockscope {

/// Everything that is remembered between two runs; the table in settings.cpp gives each its key, type and default.
enum class Setting : quint8 {
    Theme,
    WindowGeometry,
    WindowState,
    TableLayout,
    ActivityLayout,
    RecentUris,
    HideEnded,
    ReducedMotion,
    SavedViews,
    Listen, ///< as listenChoiceName() says
    VerifyRate, ///< keys a second; 0: the default
    Environments,
    AuditGeometry,
    LabGeometry,
    StressLab, ///< what the last run was told, as JSON; without addresses
};
inline constexpr int settingCount = int(Setting::StressLab) + 1;

/// The store of the settings: a file, or memory only (screenshots, tests). A value of the wrong type reads as the
/// default. Holds no secrets: URIs are stored without their password.
class Settings {
public:
    /// The user's own file, in the standard place.
    [[nodiscard]] static Settings standard();
    [[nodiscard]] static Settings inFile(const QString& path);
    [[nodiscard]] static Settings inMemory();

    [[nodiscard]] QVariant value(Setting setting) const;
    void setValue(Setting setting, const QVariant& value);
    [[nodiscard]] QByteArray bytes(Setting setting) const { return value(setting).toByteArray(); }

    [[nodiscard]] ThemeMode themeMode() const;
    void setThemeMode(ThemeMode mode);
    [[nodiscard]] ListenChoice listenChoice() const;
    void setListenChoice(ListenChoice choice);
    [[nodiscard]] QStringList recentUris() const;
    /// Puts it first; keeps the newest ten.
    void addRecentUri(const ConnectionSpec& spec);
    /// What the operator said of a connection; Unspecified where nothing is remembered.
    [[nodiscard]] Environment environmentOf(const ConnectionSpec& spec) const;
    void setEnvironmentOf(const ConnectionSpec& spec, Environment environment);

    [[nodiscard]] static QString keyOf(Setting setting);

private:
    explicit Settings(std::unique_ptr<QSettings> store);
    std::unique_ptr<QSettings> m_store; // null: memory only
    QHash<Setting, QVariant> m_memory;
};

/// The URI without its password: what may be stored.
[[nodiscard]] QString storableUri(ConnectionSpec spec);

} // namespace lockscope
