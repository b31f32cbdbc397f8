// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "redis/environment.h"

#include <QFrame>

class QHBoxLayout;

namespace lockscope {

class ElidedLabel;

/// Says in which environment a window or a dialog acts: a filled strip with a shape, a colour and the word. Hidden
/// where the environment is not specified. For the top of every dialog that can change something.
class EnvironmentStrip : public QFrame {
    Q_OBJECT
public:
    explicit EnvironmentStrip(QWidget* parent = nullptr);
    /// `detail`: what stands behind the word, the server say; plain text.
    void setEnvironment(Environment environment, const QString& detail = {});
    void setDetail(const QString& detail);
    [[nodiscard]] Environment environment() const { return m_environment; }
    [[nodiscard]] QString word() const; ///< `PRODUCTION`; empty where nothing is specified
    [[nodiscard]] QString detail() const;

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    /// For what stands at the right end.
    [[nodiscard]] QHBoxLayout* row() const { return m_row; }

private:
    void updateColors();
    [[nodiscard]] int wordWidth() const;

    Environment m_environment = Environment::Unspecified;
    QHBoxLayout* m_row;
    ElidedLabel* m_detail;
};

/// `PRODUCTION`, `STAGING`, `DEVELOPMENT`; empty where nothing is specified.
[[nodiscard]] QString environmentWord(Environment environment);
/// The strip's ground, for the frame of the window; not valid where nothing is specified.
[[nodiscard]] QColor environmentColor(Environment environment);

} // namespace lockscope
