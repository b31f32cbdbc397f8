// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familyfile.h"

#include <QPlainTextEdit>

namespace lockscope {

/// The text of a families file with line numbers; lines with faults are marked in colour, by a sign beside their
/// number, and say what is wrong in a tool tip.
class DeclarationEditor final : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit DeclarationEditor(QWidget* parent = nullptr);

    void setFaults(const QList<FamilyFileFault>& faults);
    [[nodiscard]] const QList<FamilyFileFault>& faults() const { return m_faults; }
    /// Puts the cursor there and shows it.
    void goToLine(int line);

    // For the margin, which is a widget of its own.
    [[nodiscard]] int marginWidth() const;
    void paintMargin(QPaintEvent* event, QWidget* margin);
    [[nodiscard]] QString faultAt(int y) const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void placeMargin();
    void mark();
    [[nodiscard]] QString faultOfLine(int line) const;

    QWidget* m_margin;
    QList<FamilyFileFault> m_faults;
};

} // namespace lockscope
