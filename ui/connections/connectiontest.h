// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/connectionprobe.h"

#include <QFrame>

class QLabel;
class QTreeWidget;

namespace lockscope {

class MessageStrip;

/// Runs the test of a connection and shows each step with its time, and at a failure what to do. Hidden until started.
class ConnectionTest final : public QFrame {
    Q_OBJECT
public:
    explicit ConnectionTest(QWidget* parent = nullptr);
    void run(const QList<ConnectionSpec>& specs);
    void showNote(const QString& note); ///< above the steps; empty: none
    void stop();
    [[nodiscard]] bool isRunning() const { return m_probe != nullptr; }

Q_SIGNALS:
    void finished(bool usable);

private:
    void refresh();
    void showFirstFault();
    void showVerdict(ProbeVerdict verdict);

    MessageStrip* m_verdict;
    QTreeWidget* m_steps;
    QString m_note;
    std::unique_ptr<ConnectionProbe> m_probe;
};

} // namespace lockscope
