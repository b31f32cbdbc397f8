// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lockfilter.h"

#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QMenu;
class QToolButton;

namespace lockscope {

/// The search box above the table, with a count of what it lets through.
class FilterBar final : public QWidget {
    Q_OBJECT
public:
    /// `returnFocusTo` gets the focus when Escape leaves the box; may be null.
    explicit FilterBar(QWidget* returnFocusTo, QWidget* parent = nullptr);

    enum class Picture : quint8 {
        Whole,
        Scanning, ///< a pass is still finding more
        Partial, ///< not whole, and nobody is looking at the moment
    };
    /// How many locks pass, of how many.
    void setCounts(qsizetype shown, qsizetype total, Picture picture);
    /// A new order or filter is being worked out.
    void setArranging(bool arranging);
    [[nodiscard]] QString text() const;
    void setText(const QString& text); ///< in force at once
    void focusSearch();
    /// Shows a star button with this menu beside the box; once.
    void setViewsMenu(QMenu* menu);
    /// Opens that menu, for the keyboard.
    void openViewsMenu();

Q_SIGNALS:
    void filterChanged(const lockscope::LockFilter& filter); ///< once typing pauses

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void publish();
    void showCounts();
    bool escape();

    QWidget* m_returnFocusTo;
    QLineEdit* m_edit;
    QLabel* m_counts;
    qsizetype m_shown = 0;
    qsizetype m_total = 0;
    Picture m_picture = Picture::Whole;
    bool m_isArranging = false;
    QHBoxLayout* m_row;
    QToolButton* m_views = nullptr;
    QTimer m_debounce;
};

} // namespace lockscope
