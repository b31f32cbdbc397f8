// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/connectionimport.h"

#include <QDialog>

class QCheckBox;
class QPushButton;
class QTreeWidget;

namespace lockscope {

class MessageStrip;
class SecretStore;

/// Shows what another program's export holds before anything is taken over: what is new, what is here already, what
/// cannot be taken over.
class ImportDialog final : public QDialog {
    Q_OBJECT
public:
    /// `secrets` outlives it.
    ImportDialog(const QString& file, const ConnectionBook& book, SecretStore& secrets, QWidget* parent = nullptr);

Q_SIGNALS:
    /// At least one; their passwords are in the secret store, or `note` says why not.
    void imported(const QList<lockscope::SavedConnection>& connections, const QString& note);

private:
    void read(const QString& file, const ConnectionBook& book);
    void addRow(const ImportedConnection& imported, const ConnectionBook& book, int index);
    void updateButton();
    void take();
    void keepNext(QList<SavedConnection> connections, int index);

    SecretStore& m_secrets;
    ConnectionImport m_import;
    QList<Secret> m_pending; // passwords of what is being taken over
    QString m_note;
    MessageStrip* m_message;
    QTreeWidget* m_list;
    QCheckBox* m_withPasswords;
    QPushButton* m_take = nullptr;
};

} // namespace lockscope
