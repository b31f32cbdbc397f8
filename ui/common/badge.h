// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/theme.h"

#include <QWidget>

namespace lockscope {

/// A state in a shape, a colour and a word: an icon and a text on a rounded ground. Read out as its text.
class Badge final : public QWidget {
    Q_OBJECT
public:
    explicit Badge(QWidget* parent = nullptr);
    /// `icon`: a name for tintedPixmap(); empty for none.
    void setState(Tone tone, const QString& icon, const QString& text);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] Tone tone() const { return m_tone; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tone m_tone = Tone::Neutral;
    QString m_icon;
    QString m_text;
};

} // namespace lockscope
