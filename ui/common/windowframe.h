// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/environment.h"

#include <QWidget>

namespace lockscope {

/// A coloured border around a whole window, that no panel can cover and no click can hit. Makes room for itself by the
/// window's contents margins.
class WindowFrame final : public QWidget {
    Q_OBJECT
public:
    static constexpr int width = 3;

    explicit WindowFrame(QWidget* window);
    void setEnvironment(Environment environment);
    [[nodiscard]] Environment environment() const { return m_environment; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void cover();

    Environment m_environment = Environment::Unspecified;
};

} // namespace lockscope
