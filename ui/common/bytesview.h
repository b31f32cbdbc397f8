// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace lockscope {

/// A key or token, escaped, in a fixed-width font: wrapped anywhere, selectable, as high as its text up to a number of
/// lines and scrolled beyond. Read-only.
class BytesView final : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit BytesView(QWidget* parent = nullptr);
    void setBytes(QByteArrayView bytes);
    void setMaximumLines(int lines);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitHeight();
    int m_maximumLines = 6;
};

/// The desktop's fixed-width font in the size of the interface.
[[nodiscard]] QFont fixedFont();

} // namespace lockscope
