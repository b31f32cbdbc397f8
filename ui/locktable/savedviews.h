// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockcolumn.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QString>

#include <optional>

namespace lockscope {

class Settings;

/// A way to look at the table, under a name.
struct SavedView {
    QString name;
    QString filter; ///< as typed
    QByteArray layout {}; ///< LockTableView::saveLayout(): sort and columns; empty: as they are
    bool isBuiltIn = false;
    std::optional<LockColumn> rankBy {}; ///< built-in ones: shown, and the largest first

    friend bool operator==(const SavedView&, const SavedView&) = default;
};

/// The saved views: ours first, then the operator's in the order of saving, remembered in the settings.
class SavedViews final : public QObject {
    Q_OBJECT
public:
    /// `settings` outlives this object.
    explicit SavedViews(Settings& settings, QObject* parent = nullptr);

    [[nodiscard]] QList<SavedView> all() const;
    [[nodiscard]] const QList<SavedView>& own() const { return m_own; }
    /// Whether a view may be saved under this name: it says something, and is none of ours.
    [[nodiscard]] static bool isUsable(const QString& name);
    /// Replaces an own view of that name. False, and nothing changed, where the name is not usable or there are too
    /// many.
    bool save(const SavedView& view);
    /// False, and nothing changed, where there is no such own view or the new name is not usable or taken.
    bool rename(const QString& from, const QString& to);
    void remove(const QString& name);

    static constexpr qsizetype maximumCount = 100;
    static constexpr qsizetype maximumNameLength = 80;

Q_SIGNALS:
    void changed();

private:
    void store();
    [[nodiscard]] qsizetype indexOf(const QString& name) const;

    Settings& m_settings;
    QList<SavedView> m_own;
};

} // namespace lockscope
