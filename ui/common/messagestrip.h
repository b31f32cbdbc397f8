// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "common/theme.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace lockscope {

/// A message inside the window, never a modal box: icon, what happened, what can be done, and buttons. Hidden while
/// empty.
class MessageStrip final : public QFrame {
    Q_OBJECT
public:
    explicit MessageStrip(QWidget* parent = nullptr);

    void showMessage(Tone tone, const QString& text, const QString& detail = {});
    /// What happened and its remedy.
    void showError(const Error& error);
    void clear();
    [[nodiscard]] QString text() const;
    [[nodiscard]] QString detail() const;
    [[nodiscard]] Tone tone() const { return m_tone; }

    /// A button at the end; owned by the strip.
    QPushButton* addButton(const QString& text);
    void setClosable(bool closable);

Q_SIGNALS:
    void closed(); ///< by the operator

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void updateIcon();

    Tone m_tone = Tone::Info;
    QLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QLabel* m_detail = nullptr;
    QHBoxLayout* m_buttons = nullptr;
    QToolButton* m_close = nullptr;
};

/// The icon that goes with a tone, so that colour is never alone.
[[nodiscard]] QString toneIcon(Tone tone);

} // namespace lockscope
