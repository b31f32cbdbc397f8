// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connections/connectionchoice.h"

#include <QDialog>

#include <functional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace lockscope {

class MessageStrip;

/// Asks what to connect to. Says what is wrong with a URI while it is typed; a password in it is hidden from the
/// history.
class ConnectDialog final : public QDialog {
    Q_OBJECT
public:
    /// `alwaysReadOnly`: the program was started so; the box is then fixed.
    ConnectDialog(
        const QStringList& recentUris, const ConnectionChoice& current, bool alwaysReadOnly, QWidget* parent = nullptr);
    /// What is remembered of a connection; asked whenever the URI names another one.
    void setEnvironments(std::function<Environment(const ConnectionSpec&)> environmentOf);

Q_SIGNALS:
    void chosen(const lockscope::ConnectionChoice& choice);

private:
    /// Everything but what is not said in words that can be wrong.
    [[nodiscard]] Result<ConnectionChoice> choice() const;
    void check();
    void choose();
    void buildEnvironment(Environment environment);
    void recallEnvironment(const ConnectionSpec& spec);
    [[nodiscard]] Environment environment() const;

    QComboBox* m_uri;
    QLineEdit* m_password;
    QLineEdit* m_databases;
    QLineEdit* m_matches;
    QComboBox* m_listen;
    QCheckBox* m_readOnly;
    QComboBox* m_environment;
    QLabel* m_environmentNote;
    std::function<Environment(const ConnectionSpec&)> m_environmentOf;
    QString m_environmentUri; // that the shown environment belongs to
    MessageStrip* m_message;
    QPushButton* m_connect;
};

} // namespace lockscope
