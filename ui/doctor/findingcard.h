// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/theme.h"
#include "doctor/doctorreport.h"

#include <QFrame>

class QLabel;
class QVBoxLayout;

namespace lockscope {

/// How a severity looks: never by colour alone.
[[nodiscard]] Tone severityTone(Severity severity);
[[nodiscard]] QString severityIcon(Severity severity);

/// A label that wraps, can be selected, and takes nothing for markup.
[[nodiscard]] QLabel* makePlainText(const QString& text);

/// One finding of the doctor: what is wrong, what was read, why it matters, and the commands that mend it, to be
/// copied. What is good takes a line. Can be reached with Tab; Ctrl+C on it copies the commands, or else its text.
class FindingCard final : public QFrame {
    Q_OBJECT
public:
    /// `showNodes`: names the servers, where there is more than one.
    FindingCard(const Finding& finding, bool showNodes, QWidget* parent = nullptr);

    [[nodiscard]] const Finding& finding() const { return m_finding; }
    void copyCommands() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] bool isCompact() const { return m_finding.severity == Severity::Ok; }
    void addText(QVBoxLayout* layout, const QString& heading, const QString& text);
    [[nodiscard]] QWidget* buildTitle(bool showNodes);
    [[nodiscard]] QWidget* buildCommands();
    void updateIcon();

    const Finding m_finding;
    QLabel* m_icon;
};

} // namespace lockscope
