// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connections/connectionopener.h"
#include "deployment/connectionbook.h"

#include <QDialog>
#include <QPointer>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace lockscope {

class ConnectionFields;
class ConnectionTest;
class EnvironmentStrip;
class MessageStrip;
class PasswordWait;
class SecretStore;
class WindowFrame;

/// Adds or changes one saved connection, and tries it out. The password goes to the secret store, or nowhere.
class ConnectionEditor final : public QDialog {
    Q_OBJECT
public:
    /// `secrets` outlives it. A connection without an id is a new one.
    ConnectionEditor(
        const SavedConnection& connection, const QStringList& groups, SecretStore& secrets, QWidget* parent = nullptr);
    ~ConnectionEditor() override;

    void reject() override;

Q_SIGNALS:
    /// To be kept; its password is in the secret store by then. The dialog closes when accept() is called.
    void saveRequested(const lockscope::SavedConnection& connection);

private:
    void build(const QStringList& groups);
    void layOut();
    void wire();
    void showConnection();
    [[nodiscard]] Result<SavedConnection> edited() const;
    [[nodiscard]] PasswordSource source() const;
    void check();
    void showPasswordRows();
    void environmentChosen();
    void save();
    void keepSecret(const SavedConnection& connection);
    void beginWait(PasswordSource from);
    void endWait();
    void test();
    void makeRoom();
    void runTest(const ConnectionChoice& choice, const QString& note);

    SavedConnection m_connection;
    QString m_newId; // under which the password of a new one was kept
    SecretStore& m_secrets;
    bool m_readOnlyTouched = false;

    WindowFrame* m_frame = nullptr;
    EnvironmentStrip* m_strip;
    QLineEdit* m_name;
    QComboBox* m_group;
    QComboBox* m_environment;
    QCheckBox* m_readOnly;
    ConnectionFields* m_fields;
    QComboBox* m_source;
    QLineEdit* m_password;
    QLineEdit* m_command;
    QLabel* m_sourceNote;
    QLineEdit* m_note;
    MessageStrip* m_message;
    PasswordWait* m_wait;
    QPointer<QWidget> m_pressed; // what had the focus when waiting began
    ConnectionTest* m_test;
    QPushButton* m_testButton = nullptr;
    QPushButton* m_saveButton = nullptr;
};

} // namespace lockscope
